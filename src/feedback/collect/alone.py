"""The light form by itself, in as many processes as there are cores: `feedback collect`, or any ASGI server.

uvicorn --factory feedback.collect.alone:application
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from feedback.collect.answering import Desk
from feedback.collect.place import Place
from feedback.collect.routes import routes
from feedback.errors import be_careful
from feedback.settings import data_folder, read_settings, secret_key
from feedback.store.database import open_database, transaction
from feedback.store.glance import is_settled
from feedback.store.migrate import migrate
from feedback.store.versions import keep_versions
from feedback.survey.instrument import read_instrument_texts


def place() -> Place:
    """What the settings name: the database, migrated, the key and the questionnaires."""
    settings = read_settings()
    engine = open_database(settings.database_url)
    if not is_settled(settings.database_url):
        migrate(engine)
    texts = read_instrument_texts(data_folder() / "instruments")
    with transaction(engine) as session:
        keep_versions(session, texts)
    return Place(
        engine=engine,
        key=secret_key(settings),
        instruments={name: instrument for name, (instrument, _, _) in texts.items()},
        public_url=settings.public_url.rstrip("/"),
        people=settings.minimum_group,
        public_people=max(settings.minimum_group, settings.public_minimum),
    )


def application() -> Starlette:
    """The application of one process, whoever serves it. Raises Refused for wrong settings, DatabaseUnreachable without
    a database."""
    be_careful()
    logging.getLogger("uvicorn.access").disabled = True  # a line a request, with the link in it
    return answering_at(Desk(place()))


def answering_at(desk: Desk) -> Starlette:
    """The application of one desk; at its end what was counted is written down."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        desk.counts.write_down()

    return Starlette(routes=routes(desk), lifespan=lifespan)

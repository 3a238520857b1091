"""An institution with surveys to answer, invitations to them, and looks at what was kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, func, select, update
from starlette.applications import Starlette

from feedback.catalogue.values import Credential, Programme
from feedback.collect.alone import answering_at
from feedback.collect.answering import Desk
from feedback.collect.place import Place
from feedback.settings import data_folder
from feedback.store import invitations
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import NOT_YET, Person
from feedback.store.responses import receipt_hash
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import Drafts, Invitations, Responses, Surveys
from feedback.store.versions import keep_versions
from feedback.survey.instrument import read_instrument_texts
from feedback.survey.questionnaire import Instrument
from tests.collect.serving import SECRET

KEY = sha256(SECRET.encode()).digest()
"""The key of every server of tests/collect/serving.py."""
CREDENTIALS = ("data-badge", "sql-course", "agile-basics")
SHORT = "dropout"
"""The questionnaire with the fewest questions."""


@cache
def texts() -> dict[str, tuple[Instrument, str, str]]:
    """Every questionnaire with its text and that of its scales, by its id."""
    return dict(read_instrument_texts(data_folder() / "instruments"))


@cache
def instruments() -> dict[str, Instrument]:
    """Every questionnaire, by its id."""
    return {name: each for name, (each, _, _) in texts().items()}


def light_form(engine: Engine, asking: Mapping[str, Instrument] | None = None, public_url: str = "") -> Starlette:
    """The light form on a database. asking: today's questionnaires; None: those of the project."""
    return answering_at(Desk(Place(engine, KEY, instruments() if asking is None else asking, public_url)))


def found_institution(engine: Engine) -> None:
    """Three credentials of one programme."""
    with transaction(engine) as session:
        save(session, [Programme(slug="data", title="Data")])
        save(
            session,
            [
                Credential(slug=slug, title=slug.replace("-", " ").capitalize(), kind="badge", programme="data")
                for slug in CREDENTIALS
            ],
        )


def open_form(
    engine: Engine,
    instrument: str = SHORT,
    *,
    slug: str = "",
    mode: str = "link",
    credentials: int = 0,
    languages: Sequence[str] = ("en",),
    closes: datetime | None = None,
    zone: str = "UTC",
    own: Sequence[dict[str, Any]] = (),
) -> str:
    """Open a survey; its slug. credentials: how many it is about; 0: as many as one sitting takes. own: its own
    questions, as survey.local reads them."""
    asked = instruments()[instrument]
    name = slug or instrument.replace("_", "-")
    about = list(CREDENTIALS[: credentials or min(asked.maximum_subjects, len(CREDENTIALS))])
    survey = Survey(
        slug=name,
        instrument=instrument,
        version=asked.version,
        mode=mode,
        languages=list(languages),
        opens=datetime.now(UTC) - timedelta(days=400),
        closes=closes,
        zone=zone,
        credentials=about,
        local_questions=list(own),
    )
    with transaction(engine) as session:
        open_survey(session, survey)
        keep_versions(session, {instrument: texts()[instrument]})
    return name


def invite(engine: Engine, survey: str, number: int, *, expires_on: date | None = None) -> list[str]:
    """Invite so many people; their tokens."""
    with transaction(engine) as session:
        made = invitations.make(session, survey, [Person()] * number, key=KEY, expires_on=expires_on)
    return [token for _, token in made]


def count(engine: Engine, model: type, *conditions: object) -> int:
    """How many rows a table holds."""
    with reading(engine) as session:
        counted = select(func.count()).select_from(table_of(model)).where(*conditions)
        return session.connection().execute(counted).scalar_one()


def responses(engine: Engine, survey: str = "") -> int:
    """How many responses are kept, to one survey or to all."""
    table = table_of(Responses)
    return count(engine, Responses, *([table.c.survey == survey] if survey else []))


def used(engine: Engine, survey: str = "") -> int:
    """How many invitations were used."""
    table = table_of(Invitations)
    return count(engine, Invitations, table.c.used_on != NOT_YET, *([table.c.survey == survey] if survey else []))


def drafts(engine: Engine) -> int:
    """How many drafts wait."""
    return count(engine, Drafts)


def times_kept(engine: Engine, receipts: Sequence[str]) -> dict[str, int]:
    """How often each receipt is found among what is kept."""
    table = table_of(Responses)
    with reading(engine) as session:
        kept = Counter(session.connection().execute(select(table.c.receipt_hash)).scalars())
    return {receipt: kept[receipt_hash(receipt)] for receipt in receipts}


def move_close(engine: Engine, survey: str, by: timedelta) -> None:
    """Let a survey close so far from now, by the database's clock (negative: it has closed)."""
    table = table_of(Surveys)
    with transaction(engine) as session:
        closes = now(session) + by
        session.connection().execute(update(table).where(table.c.slug == survey).values(closes=closes))

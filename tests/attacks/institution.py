"""An institution of two programmes that have nothing to do with each other, and its pages as somebody sees them."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Contact, Credential, Organisation, Programme, Run
from feedback.policy import NOBODY, Actor
from feedback.settings import project_folder
from feedback.store.catalogue import save
from feedback.store.database import open_database, transaction
from feedback.store.surveys import Survey, open_survey
from feedback.ui import shell, visitor
from tests.people import ANN
from tests.ui.drawing import drawn, forget, html

SHUT = "There is nothing of that name here"
MINE, THEIRS = "sql", "welding"
"""A credential of the programme "data", and one of the programme "crafts"."""
SURVEYS = {"learn": "learner", "rate": "employer", "review": "expert"}
"""The surveys about MINE; those about THEIRS are called "their-learn" and so on."""

Visit = Callable[..., AppTest]


def found(engine: Engine) -> None:
    """Bring both programmes in, each with a credential, a run, and surveys of all three audiences."""
    opens = datetime.now(UTC) - timedelta(days=2)
    with transaction(engine) as session:
        for programme, slug in (("data", MINE), ("crafts", THEIRS)):
            title = slug.upper()
            run = Run(slug=f"{slug}-run", credential=slug, label=f"{title} in spring")
            made = Credential(slug=slug, title=title, kind="badge", programme=programme)
            save(session, [Programme(slug=programme, title=f"{title} programme"), made, run])
        mill = Organisation(slug="mill", name="The Mill")
        save(session, [mill, Contact(organisation="mill", name="Berta Brook", email="berta@example.org")])
        for name, instrument in SURVEYS.items():
            version = shell.instruments()[instrument].version
            for slug, credential in ((name, MINE), (f"their-{name}", THEIRS)):
                about = {"version": version, "credentials": [credential], "languages": ["en"]}
                open_survey(session, Survey(slug=slug, instrument=instrument, mode="link", opens=opens, **about))


@pytest.fixture(scope="module")
def two_programmes(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """That institution, which the tests of a module share and leave as it is, as the app's own."""
    path = tmp_path_factory.mktemp("two") / "feedback.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
        forget()
        found(engine)
        yield engine
    engine.dispose()
    forget()


@pytest.fixture
def comes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], None]:
    """Let somebody come: `comes(actor)`. Ann, who has every role, comes first."""

    def come(actor: Actor) -> None:
        monkeypatch.setattr(visitor, "find", lambda: actor)

    come(ANN)
    return come


@pytest.fixture
def visit(two_programmes: Engine, comes: Callable[[Actor], None], monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a page by its name, as an address would; give it drawn.

    Streamlit's test runner runs the files of a folder of pages by themselves, past the frame; the server does not (see
    `frame.prepare`), so here neither.
    """
    begin = PagesManager.__init__

    def by_the_frame(manager: PagesManager, *given: Any, **named: Any) -> None:
        begin(manager, *given, **named)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", by_the_frame)

    def go(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.context = {"url": f"http://127.0.0.1/{'' if name == 'home' else name}"}
        if name != "home":
            comer = visitor.find
            visitor.find = lambda: NOBODY  # pages are known from the first run on, which costs least for nobody
            app.run()
            visitor.find = comer
            app.switch_page(f"pages/{name}.py")
        for key, value in query.items():
            app.query_params[key] = value
        return app.run()

    return go


def words_of(app: AppTest) -> str:
    """All that a page says, all it links to, and all that could be chosen on it. Fails where it broke off."""
    said = [html(drawn(app))]
    ways = [f"{each.proto.label} {each.proto.page}" for each in app.get("page_link")]
    offered = [option for each in (*app.selectbox, *app.multiselect) for option in each.options]
    return "\n".join([*said, *ways, *offered])

"""What people ask for, as a page: how many at the least, texts as texts, and the way to an action for who may act."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from feedback.settings import project_folder
from feedback.store.database import open_database
from tests.people import ANN, with_role
from tests.ui.drawing import drawn, forget, html
from tests.ui.test_moderation import publish_comments

WISHES = tuple(f"Please record the <b>lectures</b>, {name}." for name in "abcdefghijk")


@pytest.fixture
def visit(sqlite_template, tmp_path, monkeypatch, comes):
    """The page on a database of its own, with eleven comments that ask for one thing."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")

    def go(texts, who=ANN) -> AppTest:
        if texts:
            publish_comments(engine, texts, "change")
        comes(who)
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/suggestions.py")
        return drawn(app.run())

    yield go
    engine.dispose()
    forget()


def offers(app) -> list:
    return [each for each in app.button if each.label == "Make this an action"]


def test_a_wish_stands_with_how_many_ask_for_it_and_a_way_to_an_action(visit):
    app = visit([text.replace("Please record", "The labs were good. Please record") for text in WISHES])
    told = html(app)
    assert "At least 11 people · learners · SQL" in told
    assert "&lt;b&gt;lectures&lt;/b&gt;" in told
    assert "<b>" not in told
    assert len(offers(app)) == 1
    reader = visit((), with_role("auditor"))
    assert "Not enough people ask for the same yet" in html(reader)
    assert not offers(reader)


def test_where_nothing_is_asked_for_it_says_what_can_be_done(visit):
    app = visit(("The labs were good",))
    assert "Not enough people ask for the same yet" in html(app)
    assert "What can be done meanwhile:" in html(app)

"""The page of how long what people said is kept: its first line, its clocks, and who may change what."""

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme
from feedback.policy import AUDITOR, OPERATOR
from feedback.settings import project_folder, settings
from feedback.store import notices, retention
from feedback.store.catalogue import save
from feedback.store.database import open_database, reading, transaction
from feedback.store.retention import EVERY, Clock, Hold, Term
from feedback.store.surveys import Survey, open_survey
from feedback.ui.retention import in_a_sentence, in_words
from tests.people import with_role
from tests.store.test_notices import TEXT

CLOSED = datetime(2026, 1, 31, 12, tzinfo=UTC)


def clock(slug="spring", comments_on=date(2028, 1, 31), **more) -> Clock:
    opens = CLOSED - timedelta(days=30)
    asked = Survey(slug=slug, instrument="learner", version=1, opens=opens, closes=CLOSED, credentials=["sql"])
    return Clock(asked, Term(), CLOSED.date(), comments_on, **more)


def test_the_first_line_says_what_goes_next():
    later = clock("autumn", date(2029, 1, 1))
    assert in_a_sentence([later, clock()]) == "The first comments to go are those of spring, on 31 January 2028."
    held = clock(hold=Hold("spring", "A complaint", "ann", CLOSED.date()))
    assert in_a_sentence([later, held]).endswith("autumn, on 1 January 2029. 1 survey is held.")
    assert in_a_sentence([held]) == "1 survey is held."


def test_terms_are_said_in_words():
    assert in_words(Term(6, 12)) == "comments go 6 months after the close, and all answers after 12."


@pytest.fixture
def engine(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with a survey that has closed and one under a hold."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    st.cache_resource.clear()
    st.cache_data.clear()
    settings.cache_clear()
    opened = open_database(f"sqlite:///{path}")
    with transaction(opened) as session:
        save(
            session, [Programme(slug="p", title="P"), Credential(slug="sql", title="SQL", kind="badge", programme="p")]
        )
        for slug in ("spring", "held"):
            open_survey(session, clock(slug).survey)
        retention.hold(session, "held", "<b>A complaint</b>", by=OPERATOR)
    yield opened
    opened.dispose()
    st.cache_resource.clear()
    settings.cache_clear()


def opened_page() -> AppTest:
    script = "import runpy\nrunpy.run_path({!r})".format(str(project_folder() / "pages" / "retention.py"))
    page = AppTest.from_string(script, default_timeout=30).run()
    assert not page.exception
    return page


def drawn(page: AppTest) -> str:
    return "\n".join(each.body if hasattr(each, "body") else "" for each in page.get("html"))


def test_every_clock_is_there_and_a_hold_says_why_as_text(engine):
    said = drawn(opened_page())
    assert "spring" in said
    assert "&lt;b&gt;A complaint&lt;/b&gt;" in said
    assert "<b>" not in said


def test_terms_are_set_and_a_hold_is_lifted_from_the_page(engine):
    page = opened_page()
    page.number_input(key=f"terms:comments:{EVERY}").set_value(12)
    next(each for each in page.button if each.label == "Set it").click().run()
    page.button(key="lift:held").click().run()
    with reading(engine) as session:
        assert retention.read_terms(session)[EVERY].comments_months == 12
        assert retention.read_holds(session) == {}


def test_whoever_may_only_read_sees_the_clocks_and_changes_nothing(engine, comes):
    comes(with_role(AUDITOR))
    page = opened_page()
    assert "spring" in drawn(page)
    assert not page.button
    assert not page.text_area


def test_the_notice_is_written_on_the_page_and_what_is_wrong_is_said(engine):
    page = opened_page()
    next(each for each in page.button if each.label.startswith("Tell people")).click().run()
    assert "is missing" in drawn(page)
    for name, text in TEXT.items():
        page.text_area(key=f"notice:en:{name}").set_value(text)
    next(each for each in page.button if each.label.startswith("Tell people")).click().run()
    with reading(engine) as session:
        assert notices.standing(session)["en"].text == TEXT
    assert "Version 1 stands" in drawn(page)

"""What pages ask of the shell: everything of one version of the data, and each thing looked up once."""

import pytest
import streamlit as st

from feedback.disclosure import Limits
from feedback.findings.evidence import Choice
from feedback.findings.finished import choice_key
from feedback.store import finished, meta
from feedback.store.database import transaction
from feedback.ui import shell

TABLE = {"rows": 0, "columns": []}
DOCUMENT = {
    "form": 1, "question": "Which?", "sentence": "This one.", "caution": "Few.", "alt": "A picture.", "table": TABLE,
    "rows": TABLE, "pictures": {"light": {"mark": "bar"}, "dark": {"mark": "bar", "background": "black"}},
}  # fmt: skip


@pytest.fixture
def engine(monkeypatch, sqlite_engine):
    """The shell on this database."""
    st.cache_resource.clear()
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    yield sqlite_engine
    st.cache_resource.clear()


def bump(engine):
    with transaction(engine) as session:
        meta.bump(session)


def test_a_page_shows_one_version_of_the_data_from_its_first_line_to_its_last(engine):
    before = shell.version()
    with shell.as_of_now():
        bump(engine)
        assert shell.version() == before
    assert shell.version() == before + 1


def test_a_page_that_ends_early_leaves_no_version_behind(engine):
    with pytest.raises(RuntimeError), shell.as_of_now():
        raise RuntimeError
    bump(engine)
    assert shell.version() == 1


@pytest.fixture
def kept(engine, monkeypatch):
    """What the worker left, by finding, key of the choice and version: put something in."""
    documents = {}
    monkeypatch.setattr(finished, "read", lambda session, *place: documents.get(place))
    return documents


def test_what_the_worker_left_is_shown_with_its_picture_for_light_and_dark(kept, monkeypatch):
    sql = Choice(credential="sql")
    kept["worth", choice_key(sql, Limits()), 0] = DOCUMENT
    assert shell.answer("worth", sql).sentence == "This one."
    assert shell.chart("worth", sql) == {"mark": "bar"}
    monkeypatch.setattr(shell, "mode", lambda: "dark")
    assert shell.chart("worth", sql)["background"] == "black"


def test_answers_are_kept_apart_by_choice_by_what_may_be_shown_and_by_version(engine, kept, monkeypatch):
    both, strict = Limits(), Limits(minimum_group=9)
    for number, (choice, limits) in enumerate(
        [(Choice(), both), (Choice(audience="learner"), both), (Choice(), strict)]
    ):
        monkeypatch.setattr(shell, "limits", lambda limits=limits: limits)
        kept["worth", choice_key(choice, limits), 0] = DOCUMENT | {"sentence": f"{number}"}
        assert shell.answer("worth", choice).sentence == f"{number}"
    bump(engine)
    kept["worth", choice_key(Choice(), strict), 1] = DOCUMENT | {"sentence": "new"}
    assert shell.answer("worth", Choice()).sentence == "new"


def test_before_the_first_release_the_last_one_says_so(engine):
    assert shell.last_release() == (None, "nothing has been published yet")

"""The page that says who did what."""

import pytest
from streamlit.testing.v1 import AppTest

from feedback.policy import NOBODY, OPERATOR, Forbidden, Grant
from feedback.store import audit as store
from feedback.store.audit import Event, Head
from feedback.store.database import reading, transaction
from feedback.ui import audit, shell, visitor
from tests.people import ANN, account_of, with_role


@pytest.fixture
def engine(sqlite_engine, monkeypatch):
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    audit._problems.clear()
    return sqlite_engine


def record(engine, action=store.EXPORTED, about="finding:market", actor=OPERATOR, **details):
    with transaction(engine) as session:
        store.record(session, actor, action, about, **details)


def shown():
    def page():
        from feedback.ui import audit

        audit.show()

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    return drawn


def words(drawn):
    return " ".join(each.body for each in drawn.get("html"))


def test_the_list_is_told_and_drawn_the_newest_first(engine):
    record(engine, format="csv", rows=3)
    record(engine, store.OPENED, "survey:spring", mode="link")
    drawn = shown()
    assert "2 entries, and the list is whole." in words(drawn)
    table = drawn.dataframe[0].value
    assert table["What"].tolist() == ["opened a survey", "took as a file"]
    assert table["Details"].tolist() == ["mode: link", "format: csv; rows: 3"]
    assert set(table["Who"]) == {"the command line"}


def test_the_list_is_narrowed(engine):
    record(engine)
    record(engine, store.OPENED, "survey:spring")
    drawn = shown()
    drawn.selectbox(key="audit:what").set_value(store.OPENED).run()
    assert drawn.dataframe[0].value["About"].tolist() == ["survey:spring"]
    drawn.text_input(key="audit:about").set_value("market").run()
    assert "Nothing of that is recorded." in words(drawn)


def test_an_empty_list_says_so(engine):
    assert "Nobody has done anything yet" in words(shown())


def test_s52_a_broken_list_says_so_first():
    said = audit.in_a_sentence(Head(3, "d"), ["audit: entry 2 is not as it was made."])
    assert said.startswith("The list is broken: entry 2 is not as it was made.")


@pytest.mark.parametrize("role", ["lead", "owner", "committee", "reviewer", "moderator"])
def test_s42_only_auditors_and_administrators_see_it(comes, role):
    comes(with_role(role))
    with pytest.raises(Forbidden):
        audit.show()
    comes(NOBODY)
    with pytest.raises(Forbidden):
        audit.show()


def test_s29_texts_in_the_file_are_inert(engine):
    record(engine, about='=HYPERLINK("http://evil.example")', rows=2)
    written = audit._written(account_of(engine), {}, {OPERATOR.id: "@ann"}).decode("utf-8-sig")
    line = next(each for each in written.splitlines() if "HYPERLINK" in each)
    assert "'=HYPERLINK" in line
    assert "'@ann" in line


def test_the_file_is_written_where_no_cookie_is_for_who_may_still_read_it_and_recorded(engine, monkeypatch):
    record(engine)
    monkeypatch.setattr(visitor, "find", lambda: NOBODY)
    ada = account_of(engine, Grant("auditor"), name="Ada")
    assert "finding:market" in audit._written(ada, {}, {}).decode()
    with reading(engine) as session:
        taken = store.read_events(session, action=store.EXPORTED)[0]
    assert (taken.actor, taken.about) == (ada.id, "audit")
    for other in (account_of(engine, Grant("lead"), name="Leo"), OPERATOR, ANN, NOBODY):
        with pytest.raises(Forbidden):
            audit._written(other, {}, {})


def test_days_are_told_where_no_more_is_kept(engine):
    record(engine, actor=NOBODY)
    record(engine)
    with reading(engine) as session:
        last, first = store.read_events(session)
    assert (len(first.when), len(last.when)) == (10, 19)


def test_an_action_without_words_is_told_by_its_name():
    event = Event(1, None, "a", "did_something", "x", {"many": [1, 2], "of": {"a": True}}, "")
    assert (event.words, event.more) == ("did something", "many: 1, 2; of: a yes")

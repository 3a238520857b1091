"""Who did what: entries in the transaction of what they record, sealed one with the other."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from feedback.errors import FeedbackError
from feedback.policy import NOBODY, OPERATOR, WORKER, Actor, Subject
from feedback.store import audit, dumps
from feedback.store.database import open_database, reading, transaction

ANN = Actor("a1", "Ann", how="password")


def note(engine, actor=ANN, action=audit.CHANGED, about="skill:sql", **details):
    with transaction(engine) as session:
        return audit.record(session, actor, action, about, **details)


def events(engine, **wanted):
    with reading(engine) as session:
        return audit.read_events(session, **wanted)


def problems(engine, key=None):
    with reading(engine) as session:
        return audit.verify(session, key)


def test_entries_are_numbered_from_one_and_say_who_what_and_about_what(engine):
    assert problems(engine) == []
    assert [note(engine), note(engine, OPERATOR, audit.OPENED, Subject(credential="data-badge"), mode="link")] == [1, 2]
    last, first = events(engine)
    assert (first.number, first.actor, first.action, first.about, first.details) == (
        1,
        "a1",
        "changed",
        "skill:sql",
        {},
    )
    assert (last.actor, last.about, last.details) == ("operator", "credential:data-badge", {"mode": "link"})
    assert first.words == "changed the catalogue"
    assert first.at.microsecond == 0
    assert abs(datetime.now(UTC) - first.at) < timedelta(hours=1)
    assert problems(engine) == []


def test_what_is_undone_is_not_recorded(engine):
    note(engine)
    with suppress(ZeroDivisionError), transaction(engine) as session:
        audit.record(session, ANN, audit.CHANGED, "skill:sql")
        raise ZeroDivisionError
    assert len(events(engine)) == 1
    assert note(engine) == 2
    assert problems(engine) == []


@pytest.mark.parametrize("actor", [WORKER, NOBODY])
def test_of_the_worker_and_of_nobody_known_only_the_day_is_kept(engine, actor):
    note(engine, actor, audit.RELEASED, "credential:data-badge")
    (event,) = events(engine)
    assert (event.at.hour, event.at.minute, event.at.second) == (0, 0, 0)


def test_details_are_numbers_and_short_words_of_one_line(engine):
    given = {"n": 3, "yes": True, "none": None, "day": date(2026, 3, 1), "many": ["a\nb", 2], "by": {"x\0": "\ud800"}}
    note(engine, about="file:evil\r\nname", long="x" * 900, **given)
    (event,) = events(engine)
    assert event.about == "file:evil\N{REPLACEMENT CHARACTER}" * 1 + "\N{REPLACEMENT CHARACTER}name"
    assert event.details["many"] == ["a\N{REPLACEMENT CHARACTER}b", 2]
    assert event.details["day"] == "2026-03-01"
    assert len(event.details["long"]) == audit.MOST_TEXT
    assert problems(engine) == []


@pytest.mark.parametrize("name", ["comment", "token", "password", "receipt", "email"])
def test_words_that_must_not_be_recorded_are_refused_and_their_number_is_not(engine, name):
    with pytest.raises(FeedbackError, match=name):
        note(engine, **{name: "something"})
    note(engine, **{name: 3})
    assert events(engine)[0].details == {name: 3}


def test_the_same_is_recorded_once_a_day_where_once_is_enough(engine):
    with transaction(engine) as session:
        assert audit.record_once(session, ANN, audit.SAW, "page:comments") == 1
        assert audit.record_once(session, ANN, audit.SAW, "page:comments") is None
        assert audit.record_once(session, ANN, audit.SAW, "page:market") == 2
        assert audit.record_once(session, OPERATOR, audit.SAW, "page:comments") == 3
        assert audit.record_once(session, NOBODY, audit.REFUSED, "page:audit") == 4
        assert audit.record_once(session, NOBODY, audit.REFUSED, "page:audit") is None


def test_entries_are_found_by_who_what_about_and_day(engine):
    note(engine)
    note(engine, OPERATOR, audit.BACKED_UP, "institution")
    note(engine, about="skill:s%l")
    today = events(engine)[0].at.date()

    def found(**wanted):
        return [event.number for event in events(engine, **wanted)]

    assert found() == [3, 2, 1]
    assert found(actors=["a1"]) == [3, 1]
    assert found(actors=[]) == []
    assert found(action=audit.BACKED_UP) == [2]
    assert found(about="sql") == [1]
    assert found(about="s%l") == [3]
    assert found(before=3, most=1) == [2]
    assert found(since=today, until=today) == [3, 2, 1]
    assert found(since=today + timedelta(days=1)) == found(until=today - timedelta(days=1)) == []
    with reading(engine) as session:
        assert audit.actors_in(session) == ["a1", "operator"]
        assert audit.ids_of(session, "command") == audit.ids_of(session, "operator") == ["operator"]


def test_several_who_record_at_once_make_one_chain(engine):
    url = engine.url.render_as_string(hide_password=False)

    def many(name):
        own = open_database(url, patience=30)
        for _ in range(15):
            note(own, Actor(name))
        own.dispose()

    threads = [Thread(target=many, args=(f"a{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.number for event in events(engine)] == list(range(45, 0, -1))
    assert problems(engine) == []


def test_a_restored_database_keeps_its_chain(engine, backing_up, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setenv("FEEDBACK_SECRET", "s" * 40)
    note(engine)
    note(engine, OPERATOR, audit.BACKED_UP, "institution")
    before = events(engine)
    held = dumps.dump(engine, tmp_path / "dump")
    dumps.load(elsewhere, tmp_path / "dump", held)
    assert events(elsewhere) == before
    assert problems(elsewhere) == []
    assert note(elsewhere, OPERATOR, audit.RESTORED, "institution") == 3
    assert problems(elsewhere) == []


def test_under_another_key_only_a_sealed_restore_makes_peace_with_what_was(engine, monkeypatch):
    monkeypatch.setenv("FEEDBACK_SECRET", "s" * 40)
    note(engine)
    note(engine)
    monkeypatch.setenv("FEEDBACK_SECRET", "t" * 40)
    assert len(problems(engine)) == 3
    note(engine, OPERATOR, audit.RESTORED, "institution", another_key=True)
    note(engine)
    assert problems(engine) == []
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM audit_events WHERE number = 1"))
    assert problems(engine) == ["audit: entries 1 to 1 are missing before 2."]
    monkeypatch.setenv("FEEDBACK_SECRET", "u" * 40)
    assert len(problems(engine)) > 1


def test_a_head_noted_elsewhere_is_found_again(engine):
    note(engine)
    with reading(engine) as session:
        noted = audit.head(session)
        assert noted.number == 1
    note(engine)
    with reading(engine) as session:
        assert audit.holds(session, noted)
        assert not audit.holds(session, audit.Head(1, "0" * 64))
        assert not audit.holds(session, audit.Head(9, noted.digest))


def test_nothing_here_changes_or_removes_an_entry():
    assert [name for name in dir(audit) if name.startswith(("delete", "update", "remove", "edit", "change"))] == []

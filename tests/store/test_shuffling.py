"""Mixing changes where rows lie, and nothing else. That it hides the order: tests/attacks/test_s19_s20_order.py."""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Organisation
from feedback.store import drafts, invitations, meta, releases, shuffling
from feedback.store.clock import now
from feedback.store.counted import Unit
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.responses import new_secret, response_key, save_submission
from feedback.store.shuffling import clear_away, mix_late, mix_waiting, shuffle
from feedback.store.tables import ResponseFlags, Responses, Waiting, metadata
from tests.store.releasing import EMPLOYERS, LEARNERS, assert_whole, bring, publish_all, read_all, save_all, stored

KEY = b"k" * 32


def contents(engine):
    """Every row there is, but for the numbers about the whole."""
    with reading(engine) as session:
        return {
            table.name: sorted(map(repr, session.connection().execute(select(table))))
            for table in metadata.sorted_tables
            if table.name != "meta"
        }


def fill(engine, instruments, said, employer_said):
    """Answers with all that hangs on them, invitations used and not, drafts; a part of it published."""
    save_all(engine, *[said(worth=step, keep="LABS exam", teaching={"sql": 4}) for step in range(1, 6)])
    read_all(engine, instruments)
    publish_all(engine, instruments, units=[LEARNERS])
    stands = employer_said(
        {"endorsement": {"data-badge": "yes"}}, gap="más", ladder={"data-badge": 2}, why="1e3 \\u0000 \n"
    )
    save_all(engine, stands, organisation=Organisation(slug="firm", name="Firm"), role="owner")
    save_all(engine, said(worth=1, keep="Labs"), said(worth=2, weeks_wanted=2.50, shown=["cv", "page"]))
    read_all(engine, instruments)
    with transaction(engine) as session:
        table = table_of(Responses)
        keys = session.connection().execute(select(table.c.key)).scalars().all()
        flags = [{"response": key, "flag": "fast"} for key in keys]
        session.connection().execute(table_of(ResponseFlags).insert(), flags)
        made = [each for each, _ in invitations.make(session, "of-learners", [Person("a@b.org")] * 9, key=KEY)]
        day = now(session).date()
        for each in made[:5]:
            invitations.add_link(session, each.id, key=KEY)
            assert invitations.use(session, each.id, "of-learners", day)
        drafts.save(session, "d", "of-learners", made[6].id, b"sealed", day)


def test_every_row_is_what_it_was(institution, instruments, said, employer_said):
    fill(institution, instruments, said, employer_said)
    before = contents(institution)
    assert {name for name, rows in before.items() if rows} >= {"waiting", "comment_readings", "response_flags"}
    assert shuffle(institution) > 0
    assert contents(institution) == before
    assert_whole(institution, instruments)
    clear_away(institution)
    assert contents(institution) == before
    publish_all(institution, instruments)
    assert_whole(institution, instruments)


def test_nothing_there_is_nothing_to_mix(engine):
    assert shuffle(engine) == 0
    assert mix_waiting(engine) == set()


def test_many_are_mixed_in_pieces(institution, said, monkeypatch):
    monkeypatch.setattr(shuffling, "PIECE", 2)
    save_all(institution, *[said(worth=step) for step in (1, 2, 3, 4, 5)])
    before = contents(institution)
    assert shuffle(institution) == 5
    assert contents(institution) == before


def test_only_what_waits_for_a_unit_is_mixed_before_its_release(institution, said, employer_said):
    secret, other = new_secret(), new_secret()
    save_all(institution, said(worth=1), secret=secret)
    save_all(institution, employer_said(gap="x"), secret=other)
    assert mix_waiting(institution, [LEARNERS]) == {response_key(secret)}
    assert mix_waiting(institution, EMPLOYERS) == {response_key(other)}
    assert mix_waiting(institution, [Unit("learner", "sql-course")]) == set()
    assert mix_waiting(institution, []) == set()


def test_neither_a_sample_nor_an_import_is_mixed(institution, said):
    save_all(institution, said(worth=1), is_sample=True)
    bring(institution, [stored(number, {"worth": 4}) for number in range(3)])
    assert mix_waiting(institution) == set()


def test_who_answers_between_mixing_and_the_release_is_mixed_in_it(institution, said, monkeypatch):
    written = []
    write = shuffling._write_again
    monkeypatch.setattr(shuffling, "_write_again", lambda *told: (written.append(set(told[-1])), write(*told)))
    save_all(institution, said(worth=1))
    mixed = mix_waiting(institution, [LEARNERS])
    late = new_secret()
    save_all(institution, said(worth=2), secret=late)
    with transaction(institution) as session:
        mix_late(session, mixed, mixed | {response_key(late)})
    assert written == [mixed, {response_key(late)}]
    with transaction(institution) as session:
        mix_late(session, mixed | {response_key(late)}, mixed)
    assert len(written) == 2


def test_mixing_loses_nothing_of_those_who_answer_meanwhile(institution, instruments, said):
    """People answer, and send it again; comments are read and releases made; and all the time everything is mixed."""
    people = [new_secret() for _ in range(24)]
    answered = threading.Event()

    def answer(some):
        for secret in some:
            with transaction(institution) as session:
                [(invitation, _)] = invitations.make(session, "of-learners", [Person()], key=KEY)
            for repeated in (False, True):
                with transaction(institution) as session:
                    saved = save_submission(session, said(worth=3, keep="Labs"), secret=secret)
                    assert saved.repeated == repeated
                    if not repeated:
                        assert invitations.use(session, invitation.id, "of-learners", now(session).date())

    def mix():
        while not answered.is_set():
            read_all(institution, instruments)
            shuffle(institution)
            with transaction(institution) as session:
                releases.publish(session, instruments, count_voices)

    with ThreadPoolExecutor(4) as pool:
        mixing = [pool.submit(mix), pool.submit(shuffle, institution)]
        try:
            list(pool.map(answer, (people[::2], people[1::2])))
        finally:
            answered.set()
        for each in mixing:
            each.result()
    shuffle(institution)
    with reading(institution) as session:
        kept = set(session.connection().execute(select(table_of(Responses).c.key)).scalars())
        assert kept == {response_key(secret) for secret in people}
        assert invitations.tally(session, "of-learners") == (24, 24, 0)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert_whole(institution, instruments)
    with reading(institution) as session:
        assert session.connection().execute(select(table_of(Waiting).c.response)).all() == []


def test_a_busy_survey_is_cleaned_up_seldom_and_in_the_end(institution, said, monkeypatch):
    cleaned = []
    monkeypatch.setattr(shuffling, "_vacuum", lambda _engine: cleaned.append("vacuum"))
    monkeypatch.setattr(shuffling, "_empty_log", lambda _engine: cleaned.append("log"))
    for _ in range(3):
        clear_away(institution, seldom=True)
    assert cleaned == (["log"] * 3 if institution.dialect.name == "sqlite" else ["vacuum"])
    clear_away(institution)
    assert len(cleaned) == (4 if institution.dialect.name == "sqlite" else 2)


@pytest.mark.parametrize("days", [0, 1])
def test_invitations_used_since_the_last_time_are_mixed_on_postgresql(institution, days):
    with transaction(institution) as session:
        made = [each for each, _ in invitations.make(session, "of-learners", [Person()] * 3, key=KEY)]
        for each in made[:2]:
            assert invitations.use(session, each.id, "of-learners", now(session).date())
        meta.set_number(session, "shuffled_on", now(session).date().toordinal() + days)
    assert clear_away(institution) == (0 if institution.dialect.name == "sqlite" else 2)


def test_chance_is_drawn_from_the_system():
    assert isinstance(shuffling._chance, type(secrets.SystemRandom()))

"""F30: what people were told, against what is there at the end. Several open, draft, send, send again and take back, at
random, while the server and the worker are killed again and again. Of what was acknowledged nothing is lost or kept
twice; what was taken back does not come back; what is counted is what a recount gives. That nobody knows how something
ended is an answer, too; "saved" and then gone is not.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest
from sqlalchemy import select, update

from feedback.analysis.comments.voices import count_voices
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import PARKED, READY, now, read_jobs
from feedback.store.receipts import WITHDRAW
from feedback.store.releases import rebuild
from feedback.store.tables import Jobs, Responses
from feedback.worker.loop import ANSWERS, run_once
from tests.collect.institution import found_institution, instruments, invite, open_form, responses, times_kept, used
from tests.collect.serving import Server, served
from tests.collect.visitor import Unanswered, Visitor
from tests.faults.worker_process import worker_processes

CLIENTS = 8
ONE_PAGE = "survey"
OK, UNKNOWN, NEVER = "ok", "unknown", "never"


@dataclass
class Person:
    """What somebody was told. receipts: every one shown. sent, taken_back: OK, UNKNOWN (the connection broke, and they
    left) or NEVER; wrong: what nobody should see."""

    receipts: set[str] = field(default_factory=set)
    sent: str = NEVER
    taken_back: str = NEVER
    wrong: list[str] = field(default_factory=list)


def live(server: Server, link: str, chance: random.Random) -> Person:
    """One person, from the link to wherever chance leads."""
    person = Person()
    with Visitor(server.port, seed=chance.getrandbits(30)) as visitor:
        try:
            opened = patiently(chance, lambda: visitor.get(link), lambda: visitor.form)
            if not opened:
                return person
            fields, action = visitor.fields(), visitor.action()
            for _ in range(chance.choice((0, 0, 1, 3))):
                patiently(chance, lambda: visitor.ask_as_script(f"{action}/draft", fields))
            if chance.random() < 0.1:
                return person
            send(person, visitor, action, fields, chance)
            if person.sent == OK and chance.random() < 0.4:
                take_back(person, visitor, chance)
                again = patiently(chance, lambda: visitor.post(action, fields))
                if again and visitor.page.receipt:
                    person.receipts.add(visitor.page.receipt)
        except Exception as error:
            person.wrong.append(repr(error))
    return person


def patiently(chance: random.Random, *steps) -> bool:
    """Do it, again where the connection breaks or nothing is to be had; False: they gave up."""
    while True:
        try:
            for step in steps:
                step()
        except Unanswered:
            if chance.random() < 0.05:
                return False
            time.sleep(0.02)
        else:
            return True


def send(person: Person, visitor: Visitor, action: str, fields, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2))):  # some press twice
        person.sent = UNKNOWN if person.sent == NEVER else person.sent
        while patiently(chance, lambda: visitor.post(action, fields)):
            if visitor.page.receipt:
                person.receipts.add(visitor.page.receipt)
                person.sent = OK
                break
            if visitor.answer.status != 503:
                person.wrong.append(f"{visitor.answer.status}: {visitor.page.words[:200]}")
                break


def take_back(person: Person, visitor: Visitor, chance: random.Random) -> None:
    (code,) = person.receipts
    person.taken_back = UNKNOWN
    while patiently(chance, lambda: visitor.post("/r", [("receipt", code), ("withdraw", "yes")])):
        if visitor.answer.status in (200, 404):  # it is on its way, or gone already
            person.taken_back = OK
            return
        if visitor.answer.status != 503:
            person.wrong.append(f"{visitor.answer.status} at taking back")
            return


def lives(engine, url, folder, *, seconds: float, seed: int) -> list[Person]:
    """Everybody who came while servers and workers were killed."""
    survey, over, people = open_form(engine, ONE_PAGE, mode="invitation"), Event(), []
    chance = random.Random(seed)

    def come(number: int) -> None:
        own = random.Random(seed * 100 + number)
        while not over.is_set():
            (token,) = invite(engine, survey, 1)
            people.append(live(server, f"/s/{token}", own))

    def work() -> None:
        own = random.Random(seed)
        while not over.is_set():
            with worker_processes(url, 1):
                over.wait(own.uniform(0.3, 2))

    with served(url, folder) as server:
        crowd = [Thread(target=come, args=(number,), daemon=True) for number in range(CLIENTS)]
        crowd.append(Thread(target=work, daemon=True))
        for each in crowd:
            each.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.5, 2))
            server.end()
            server.start()
        over.set()
        for each in crowd:
            each.join(60)
            assert not each.is_alive()
    return people


def settle(engine) -> None:
    """Do what is left to be done, also what waits for its next try or was a killed worker's."""
    jobs = table_of(Jobs)
    for _ in range(2):
        with transaction(engine) as session:
            free = {"state": READY, "ready_at": now(session), "worker": None, "lease_until": None}
            session.connection().execute(update(jobs).where(jobs.c.state != PARKED).values(free))
        run_once(engine, instruments(), kinds=ANSWERS)
    with reading(engine) as session:
        assert [job for job in read_jobs(session) if job.kind == WITHDRAW] == []
        assert [job for job in read_jobs(session) if job.state == PARKED] == []


def check(engine, people: list[Person]) -> Counter:
    """The history against what is there."""
    assert [wrong for person in people for wrong in person.wrong] == []
    assert [person for person in people if len(person.receipts) > 1] == []
    told = {code: person for person in people for code in person.receipts}
    assert len(told) == sum(bool(person.receipts) for person in people)
    kept = times_kept(engine, list(told))
    lost = [code for code, person in told.items() if person.taken_back == NEVER and kept[code] != 1]
    back = [code for code, person in told.items() if person.taken_back == OK and kept[code]]
    assert (lost, back) == ([], [])
    assert set(kept.values()) <= {0, 1}
    left_unknown = sum(person.sent == UNKNOWN for person in people)
    there = sum(kept.values())
    assert there <= responses(engine) <= there + left_unknown
    sent = sum(person.sent == OK for person in people)
    assert sent <= used(engine) <= sent + left_unknown
    with reading(engine) as session:
        hashes = session.connection().execute(select(table_of(Responses).c.receipt_hash)).scalars().all()
    assert len(hashes) == len(set(hashes))
    assert rebuild(engine, instruments(), count_voices) is None  # a recount changes nothing
    return Counter(f"sent {person.sent}, taken back {person.taken_back}" for person in people)


@pytest.mark.parametrize(
    "seconds", [10, pytest.param(600, marks=[pytest.mark.soak, pytest.mark.timeout(2400)])], ids=str
)
def test_f30_whatever_is_killed_the_history_people_saw_holds(engine, database_url, tmp_path, seconds):
    found_institution(engine)
    people = lives(engine, database_url, tmp_path, seconds=seconds, seed=30)
    settle(engine)
    counted = check(engine, people)
    assert counted[f"sent {OK}, taken back {NEVER}"] >= 2
    assert counted[f"sent {OK}, taken back {OK}"] >= 1


def test_f30_the_check_finds_what_is_lost_doubled_and_come_back(sqlite_engine, tmp_path):
    """A history that does not hold is told from one that does."""
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, ONE_PAGE, mode="invitation")
    with served(str(sqlite_engine.url), tmp_path) as server:
        people = [
            live(server, f"/s/{token}", random.Random(number))
            for number, token in enumerate(invite(sqlite_engine, survey, 8))
        ]
    settle(sqlite_engine)
    check(sqlite_engine, people)
    kept = next(person for person in people if person.sent == OK and person.taken_back == NEVER)
    for lie in ({"taken_back": OK}, {"receipts": {"0000-0000-0000-0000"}}, {"receipts": {*kept.receipts, "x"}}):
        changed = [Person(**{**vars(kept), **lie}) if person is kept else person for person in people]
        with pytest.raises(AssertionError):
            check(sqlite_engine, changed)

"""F1, F4: the server is killed while people send their answers. Every receipt given is found exactly once, and nobody's
invitation is used without an answer kept, nor the other way round."""

import random
import time
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread

import pytest

from tests.collect.institution import (
    drafts,
    found_institution,
    invite,
    open_form,
    responses,
    times_kept,
    used,
)
from tests.collect.serving import Server, served, settings_for
from tests.collect.visitor import Unanswered, Visitor
from tests.faults.dying import MARK

PEOPLE = 4
"""So many answer at a time."""
ONE_PAGE = "survey"
"""A questionnaire of one page: every third request sends everything."""
PAUSE = 0.02
"""Seconds until somebody tries again."""
GIVES_UP = 0.1
"""This share of those whose connection breaks do not try again."""


@dataclass
class Crowd:
    """People who answer one after the other, several at a time, until nobody more comes.

    receipts: what they were shown. interrupted: how often the connection broke while somebody sent everything. gave_up:
    how many left then without knowing. wrong: answers nobody should get. last: set when nobody more comes.
    """

    server: Server
    survey: str
    tokens: SimpleQueue = field(default_factory=SimpleQueue)
    receipts: list[str] = field(default_factory=list)
    interrupted: int = 0
    gave_up: int = 0
    wrong: list[str] = field(default_factory=list)
    last: Event = field(default_factory=Event)

    def answer(self, seed: int) -> None:
        """One after the other."""
        chance = random.Random(seed)
        while True:
            try:
                token = self.tokens.get_nowait()
            except Empty:
                if self.last.is_set():
                    return
                time.sleep(PAUSE)
                continue
            with Visitor(self.server.port, seed=chance.getrandbits(30)) as visitor:
                try:
                    self._one(visitor, f"/s/{token}", chance)
                except Exception as error:
                    self.wrong.append(repr(error))

    def _one(self, visitor: Visitor, link: str, chance: random.Random) -> None:
        """One person: whose connection breaks sends the same once more, or opens the link again."""
        while True:
            try:
                visitor.get(link)
                fields, action = visitor.to_the_last_step(), visitor.action()
                break
            except Unanswered:
                time.sleep(PAUSE)
        while True:
            try:
                visitor.post(action, fields)
            except Unanswered:
                self.interrupted += 1
                if chance.random() < GIVES_UP:
                    self.gave_up += 1
                    return
                continue
            if visitor.page.receipt:
                self.receipts.append(visitor.page.receipt)
                return
            assert visitor.answer
            if visitor.answer.status != 503:
                self.wrong.append(f"{visitor.answer.status}: {visitor.page.words[:300]}")
                return
            time.sleep(PAUSE)


def killed_again_and_again(engine, url, folder, *, kills: int, seed: int) -> Crowd:
    """People answer, and the server is killed so many times at moments nobody chose, each time after it has served
    somebody; what became of them."""
    survey = open_form(engine, ONE_PAGE, mode="invitation")
    chance = random.Random(seed)
    with served(url, folder) as server:
        crowd = Crowd(server, survey)
        people = come(crowd, seed)
        for _ in range(kills):
            put(crowd, engine, max(0, 20 - crowd.tokens.qsize()))
            before = len(crowd.receipts)
            while len(crowd.receipts) == before:
                time.sleep(0.002)
                assert crowd.wrong == []
            time.sleep(chance.uniform(0, 0.05))
            server.end()
            server.start()
        finish(crowd, people)
    check(engine, crowd)
    return crowd


def come(crowd: Crowd, seed: int) -> list[Thread]:
    """Some people begin."""
    people = [Thread(target=crowd.answer, args=(seed * 100 + number,), daemon=True) for number in range(PEOPLE)]
    for person in people:
        person.start()
    return people


def put(crowd: Crowd, engine, number: int) -> None:
    """So many more come."""
    for token in invite(engine, crowd.survey, number) if number else ():
        crowd.tokens.put(token)


def finish(crowd: Crowd, people: list[Thread]) -> None:
    """Let nobody new begin, and let those who have begun come to an end."""
    while not crowd.tokens.empty():
        try:
            crowd.tokens.get_nowait()
        except Empty:
            break
    crowd.last.set()
    for person in people:
        person.join(60)
        assert not person.is_alive()


def check(engine, crowd: Crowd) -> None:
    """Nothing acknowledged is lost, nothing is kept twice, no link is used in vain."""
    assert crowd.wrong == []
    assert len(set(crowd.receipts)) == len(crowd.receipts) >= 5
    assert set(times_kept(engine, crowd.receipts).values()) == {1}
    assert used(engine) == responses(engine)
    assert len(crowd.receipts) <= responses(engine) <= len(crowd.receipts) + crowd.gave_up
    assert drafts(engine) <= crowd.gave_up


def test_f1_killed_at_any_moment_every_receipt_given_is_found_exactly_once(engine, database_url, tmp_path):
    found_institution(engine)
    killed_again_and_again(engine, database_url, tmp_path, kills=10, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_f1_killed_five_hundred_times(engine, database_url, tmp_path):
    found_institution(engine)
    crowd = killed_again_and_again(engine, database_url, tmp_path, kills=500, seed=500)
    assert crowd.interrupted > 50


@pytest.mark.parametrize(("instrument", "mode"), [("dropout", "invitation"), ("learner", "link")])
def test_f4_killed_after_the_answer_was_kept_and_before_anybody_was_told(
    engine, database_url, tmp_path, instrument, mode
):
    found_institution(engine)
    survey = open_form(engine, instrument, mode=mode)
    mark = tmp_path / "dies"
    environment = settings_for(database_url) | {MARK: str(mark)}
    server = Server(environment, tmp_path / "server.log", "tests.faults.dying:application").start()
    try:
        with Visitor(server.port) as visitor:
            visitor.get(f"/s/{invite(engine, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}")
            fields, action = visitor.to_the_last_step(), visitor.action()
            mark.touch()
            with pytest.raises(Unanswered):
                visitor.post(action, fields)
            assert server.wait() == -9
            assert responses(engine) == 1
            server.start()
            visitor.post(action, fields)
            first = visitor.page.receipt
            visitor.post(action, fields)
            assert visitor.page.receipt == first
            assert times_kept(engine, [first]) == {first: 1}
            assert responses(engine) == 1
    finally:
        server.end()

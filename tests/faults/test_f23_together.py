"""F23: people answer while everything is read, published and worked out again and again, and others look. Whoever
answers goes first: nobody is told "not saved", nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier, Event

import pytest

from feedback.store import jobs
from feedback.store.answers import count_answers
from feedback.store.database import DatabaseBusy, reading, transaction
from tests.collect.institution import found_institution, instruments, invite, open_form, responses, times_kept, used
from tests.collect.serving import served
from tests.faults.test_bursts import ONE_PAGE, one, what_is_sent
from tests.faults.worker_process import worker_processes

AT_A_TIME = 8
"""So many answer at a time: rather more than a thousand a minute."""


@pytest.mark.parametrize(
    "people", [100, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])], ids=str
)
def test_f23_submissions_come_through_while_all_is_worked_out_again_and_others_look(
    engine, database_url, tmp_path, people
):
    found_institution(engine)
    survey = open_form(engine, ONE_PAGE, mode="invitation")
    links = [f"/s/{token}" for token in invite(engine, survey, people)]
    over = Event()
    with served(database_url, tmp_path) as server, ThreadPoolExecutor(2) as beside:
        answered = what_is_sent(server.port, survey, links[0])
        with worker_processes(database_url, 1):
            looked, asked = beside.submit(look, engine, over), beside.submit(work_out_again, engine, over)
            try:
                with ThreadPoolExecutor(AT_A_TIME) as crowd:
                    come = partial(one, server.port, survey, answered, Barrier(1))
                    receipts = list(crowd.map(come, links, range(people)))
            finally:
                over.set()
            assert looked.result() > 0
            assert asked.result() > 0
    assert len(set(receipts)) == people
    assert set(times_kept(engine, receipts).values()) == {1}
    assert responses(engine) == used(engine) == people
    assert Path(server.log).read_text(encoding="utf-8") == ""


def look(engine, over: Event) -> int:
    """Somebody who has everything counted, over and over: how often it was."""
    looks = 0
    while not over.is_set():
        with reading(engine) as session:
            count_answers(session, instruments())
        looks += 1
    return looks


def work_out_again(engine, over: Event) -> int:
    """Somebody who asks for everything to be counted anew, whenever that was done; how often it was asked for."""
    asked = 0
    while not over.is_set():
        try:
            with transaction(engine) as session:
                asked += jobs.enqueue(session, "rebuild", "", priority=50) is not None
        except DatabaseBusy:  # this one can wait
            pass
        over.wait(0.1)
    return asked

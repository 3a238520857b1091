"""A course ends, and everybody answers at once: nobody sees an error, no answer is lost, none is kept twice."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from feedback.store.database import reading
from feedback.store.inserting import table_of
from feedback.store.tables import Responses
from tests.collect.institution import drafts, found_institution, invite, open_form, responses, times_kept, used
from tests.collect.serving import served
from tests.collect.visitor import SEND, Fields, Visitor

ONE_PAGE = "survey"
"""A questionnaire of one page."""
AT_ONCE = 100
"""So many are at it at a time, each with a connection of their own."""
TWICE = 5
"""Every fifth presses the button once more before the answer is there."""


@pytest.mark.parametrize("mode", ["invitation", "link"])
@pytest.mark.parametrize(
    "people", [100, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(600)])], ids=str
)
def test_everybody_answers_at_once_and_every_answer_is_kept_once(engine, database_url, tmp_path, people, mode):
    found_institution(engine)
    survey = open_form(engine, ONE_PAGE, mode=mode)
    links = [f"/s/{token}" for token in invite(engine, survey, people)] if mode == "invitation" else [f"/f/{survey}"]
    with served(database_url, tmp_path) as server:
        answered = what_is_sent(server.port, survey, links[0])
        begin = Barrier(AT_ONCE)
        come = partial(one, server.port, survey, answered, begin)
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            receipts = list(crowd.map(come, links if mode == "invitation" else links * people, range(people)))
    assert len(set(receipts)) == people
    assert set(times_kept(engine, receipts).values()) == {1}
    assert responses(engine) == people
    assert used(engine) == (people if mode == "invitation" else 0)
    assert drafts(engine) == 0
    assert words_kept(engine) == sorted(f"Person {number} says so." for number in range(people))
    assert Path(server.log).read_text(encoding="utf-8") == ""


def what_is_sent(port: int, survey: str, link: str) -> Fields:
    """What a browser sends of the form, the seal and the words still to be put in."""
    with Visitor(port) as first:
        first.get(link)
        fields = first.fields()
        assert fields[-1] == SEND, f"{ONE_PAGE} has more than one page"
        areas = [each.name for each in first.form.controls if each.kind == "textarea"]
    assert len(areas) == 1
    return [("form", ""), (areas[0], ""), *((name, value) for name, value in fields if name not in ("form", *areas))]


def one(port: int, survey: str, answered: Fields, begin: Barrier, link: str, number: int) -> str:
    """One of them, from the link to the receipt. Fails at anything a person should not see."""
    with Visitor(port) as visitor:
        if number < AT_ONCE:
            begin.wait()
        page = visitor.get(link)
        assert page.status == 200, page.text
        seal = page.text.partition('name="form" value="')[2].partition('"')[0]
        fields = [("form", seal), (answered[1][0], f"Person {number} says so."), *answered[2:]]
        thanks = visitor.post(f"/f/{survey}", fields)
        receipt = receipt_on(thanks.text)
        assert thanks.status == 200, thanks.text
        assert receipt, thanks.text
        if number % TWICE == 0:
            again = visitor.post(f"/f/{survey}", fields)
            assert receipt_on(again.text) == receipt
        return receipt


def receipt_on(page: str) -> str:
    """What stands in the element with the id "receipt"; "" where there is none."""
    return page.partition('id="receipt"')[2].partition(">")[2].partition("<")[0].strip()


def words_kept(engine: Engine) -> list[str]:
    """What people wrote, as it is kept."""
    with reading(engine) as session:
        kept = session.connection().execute(select(table_of(Responses).c.answers)).scalars().all()
    return sorted(answers["comment"] for answers in kept)

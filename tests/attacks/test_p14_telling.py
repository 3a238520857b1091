"""P14: what is told to learners, employers and everybody obeys the minimum of public pages, at every look."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.findings import public
from feedback.limits import Limits
from feedback.policy import Grant
from feedback.settings import data_folder
from feedback.store import told
from feedback.store.database import reading, transaction
from feedback.store.surveys import Survey, open_survey
from feedback.survey.instrument import read_instruments
from feedback.worker import telling
from feedback.worker.gathering import gather
from feedback.worker.loop import ANSWERS, Worker
from tests.collect.institution import light_form
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor
from tests.people import account_of
from tests.store.telling import LEAST, WORDS, act_on, page_of
from tests.worker.working import answer, set_up

INSIDE = Limits()
GOALS = ("question", "learner", "goals", "")


@pytest.fixture(scope="module")
def instruments():
    return read_instruments(data_folder() / "instruments")


@pytest.fixture
def there(sqlite_engine, instruments):
    return set_up(sqlite_engine, instruments)


def learners(engine, instruments, number):
    for _ in range(number):
        answer(engine, instruments, goals=2, overall=3)
    Worker(engine, instruments, kinds=(*ANSWERS, telling.SHOW)).tick()


def ask(engine, instruments):
    """What may be told of how learners answered."""
    with reading(engine) as session:
        evidence, before = gather(session, instruments), told.found_before(session, "data-badge")
    limits = INSIDE.for_public()
    return public.found(evidence, "data-badge", "question", GOALS, ("learner",), limits, inside=5, before=before)


def test_p14_what_leads_may_see_of_five_is_told_to_nobody_and_of_ten_it_may_be(there, instruments):
    learners(there, instruments, 5)
    assert ask(there, instruments).refused
    learners(there, instruments, 5)
    assert ask(there, instruments).told["people"] == 10


def test_p14_whoever_looks_twice_sees_no_few_people_come(there, instruments):
    lead = account_of(there, Grant("lead"))
    learners(there, instruments, 10)
    seen = []
    for _ in range(3):
        found = ask(there, instruments).told
        action = act_on(there, lead)
        with transaction(there) as session:
            told.publish(session, lead, action.id, WORDS, found, least=LEAST)
        seen.append(found["people"])
        learners(there, instruments, 5)
    assert seen == [10, 10, 20]
    assert len(page_of(there).told) == 3


def test_p14_a_public_page_names_nobody_and_holds_no_word_anybody_wrote(there, instruments):
    lead = account_of(there, Grant("lead"))
    for number in range(12):
        answer(there, instruments, goals=2, overall=3, change=f"Teacher Xyzzy number {number} never answered me.")
    learners(there, instruments, 0)
    action, found = act_on(there, lead), ask(there, instruments).told
    with transaction(there) as session:
        told.publish(session, lead, action.id, WORDS, found, least=LEAST)
        told.switch_on(session, lead, "data-badge")
    learners(there, instruments, 0)
    with served_here(light_form(there)) as port, Visitor(port) as visitor:
        for path in ("/p", "/p/data-badge", "/p/data-badge/card", "/p/data-badge/card.svg"):
            text = visitor.get(path).text
            assert "Xyzzy" not in text
            assert lead.name not in text
            assert lead.id not in text
            assert "Say the goals first" not in text  # what the action is called inside


def test_p14_whoever_finds_a_receipt_reads_the_same_whatever_its_author_said(there, instruments):
    """Of one who was critical of what is told, one who praised it, one who skipped it, and one who dropped out."""
    lead = account_of(there, Grant("lead"))
    dropout = instruments["dropout"]
    with transaction(there) as session:
        opens = datetime.now(UTC) - timedelta(days=1)
        asked = Survey(slug="dropout", instrument="dropout", version=dropout.version, opens=opens,
                       credentials=["data-badge"])  # fmt: skip
        open_survey(session, asked)
    learners(there, instruments, 10)
    codes = [
        answer(there, instruments, goals=1, overall=1, change="The goals were never clear to me."),
        answer(there, instruments, goals=5, overall=5),
        answer(there, instruments, overall=3),
        answer(there, instruments, "dropout"),
    ]
    learners(there, instruments, 5)
    found = {**ask(there, instruments).told, "label": {"en": "The goals were clear"}}
    action = act_on(there, lead)
    with transaction(there) as session:
        told.publish(session, lead, action.id, WORDS, found, least=LEAST)
    with served_here(light_form(there)) as port, Visitor(port) as visitor:
        pages = []
        for code in codes:
            visitor.post("/r", [("receipt", code)])
            assert "What learners said about “The goals were clear”" in visitor.page.words
            pages.append(visitor.answer.text.partition("<h2>")[2].replace(code, ""))
    assert len(set(pages)) == 1

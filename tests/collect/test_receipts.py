from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from feedback.analysis.comments.voices import count_voices
from feedback.collect.receipts import MOST_TOLD, changed_since
from feedback.policy import Grant
from feedback.store import jobs
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.receipts import WITHDRAW, fate
from feedback.store.releases import erase_hashed
from feedback.store.responses import receipt_hash
from feedback.store.tables import Credentials
from feedback.store.told import PublicPage, Told
from feedback.survey.wording import word
from tests.collect.institution import CREDENTIALS, instruments, open_form, responses
from tests.people import account_of
from tests.store.telling import tell


@pytest.fixture
def sent(founded, visitor):
    """The receipt of somebody who has answered."""
    return visitor.answers(f"/f/{open_form(founded)}")


def test_whoever_holds_a_receipt_sees_that_the_answers_wait(sent, visitor):
    visitor.get("/r")
    visitor.post("/r", [("receipt", sent.lower().replace("-", " "))])
    assert visitor.answer.status == 200
    assert "5" in visitor.page.words
    assert any(form.controls for form in visitor.page.forms)


def test_a_receipt_of_nothing_is_told_and_can_be_typed_again(visitor):
    visitor.post("/r", [("receipt", "0000-0000-0000-0000")])
    assert visitor.answer.status == 404
    assert visitor.page.forms


def test_withdrawing_wants_to_be_sure(sent, founded, visitor):
    visitor.post("/r", [("receipt", sent), ("go", "withdraw")])
    with reading(founded) as session:
        assert not jobs.read_jobs(session)
    visitor.post("/r", [("receipt", sent), ("withdraw", "yes"), ("go", "withdraw")])
    with reading(founded) as session:
        assert [(job.kind, job.subject) for job in jobs.read_jobs(session)] == [(WITHDRAW, receipt_hash(sent))]


def test_asked_twice_it_is_withdrawn_once_and_then_unknown(sent, founded, visitor):
    for _ in range(2):
        visitor.post("/r", [("receipt", sent), ("withdraw", "yes")])
        assert visitor.answer.status == 200
    with transaction(founded) as session:
        (job,) = jobs.read_jobs(session)
        assert erase_hashed(session, instruments(), job.subject, count_voices)
    assert responses(founded) == 0
    visitor.post("/r", [("receipt", sent)])
    assert visitor.answer.status == 404


def test_the_address_names_the_language_and_keeps_it(sent, visitor):
    visitor.get("/r?language=de")
    assert visitor.page.language == "de"
    action = visitor.page.forms[0].action
    visitor.post(action, [("receipt", sent)])
    assert (action, visitor.page.language) == ("/r?language=de", "de")
    visitor.get("/r?language=xx")
    assert visitor.page.language == "en"


# --- what became of it ------------------------------------------------------------------------------------------------


@pytest.fixture
def lead(founded):
    return account_of(founded, Grant("lead"))


def test_a_receipt_tells_what_was_changed_about_the_credential_it_was_about_and_of_no_other(
    sent, founded, visitor, lead
):
    with reading(founded) as session:
        about, *_ = fate(session, sent).about
    other = next(slug for slug in CREDENTIALS if slug != about)
    tell(founded, lead, about, words={"learners": {"en": "Clearer goals.", "de": "Klarere Ziele."}})
    tell(founded, lead, other, words={"learners": {"en": "Something else."}})
    visitor.post("/r?language=de", [("receipt", sent)])
    assert "Klarere Ziele." in visitor.page.words
    assert f"/p/{about}?language=de" in visitor.answer.text
    assert "Something else." not in visitor.answer.text
    visitor.post("/r?language=es", [("receipt", sent)])
    assert 'lang="en" dir="auto">Clearer goals.' in visitor.answer.text


def test_a_receipt_tells_learners_nothing_that_is_told_employers_alone(sent, founded, visitor, lead):
    with reading(founded) as session:
        about, *_ = fate(session, sent).about
    tell(founded, lead, about, words={"employers": {"en": "For employers only."}})
    visitor.post("/r", [("receipt", sent)])
    assert "For employers only." not in visitor.answer.text


def one(audience, people, label="Goals", **words) -> Told:
    found = {"audience": audience, "people": people, "label": {"en": label}, "kind": "question"} if audience else {}
    return Told(label, "doing", date(2026, 3, 1), {"learners": {"en": label}, **words}, found, None)


def test_what_the_reader_s_like_spoke_of_stands_first_and_each_says_what_it_is_about():
    """Of so few people as a public page may not tell of today, what it is about is not told."""
    told = (one("employer", 40, "Jobs"), one("", 0, "All"), one("learner", 12, "Pace"), one("learner", 9, "Tests"))
    page = PublicPage("data-badge", "Data badge", "", False, told)
    [found] = changed_since([page], "learners", "en", 10)
    assert [(each["words"], each["about"]) for each in found["told"]] == [
        ("Pace", "What learners said about “Pace”"),
        ("Tests", ""),
        ("Jobs", "What employers said about “Jobs”"),
        ("All", ""),
    ]
    assert changed_since([page], "employers", "en", 10) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "what is not listed here was not told to you, or stands on the page linked below"),
        ("de", "was hier nicht dasteht, wurde Ihnen nicht mitgeteilt oder steht auf der unten verlinkten Seite"),
        ("es", "lo que no figura aquí no se te ha comunicado, o figura en la página enlazada abajo"),
        ("ar", "وما لم يُذكر هنا فإمّا أنه لم يُعلَن لكم أو تجدونه في الصفحة المرتبطة أدناه"),
    ],
)
def test_what_is_cut_off_or_told_to_others_alone_is_not_said_to_be_told_to_nobody(language, said):
    told = [*(one("learner", 12, f"Pace {at}") for at in range(MOST_TOLD + 1))]
    employers = replace(one("learner", 12, "Jobs"), words={"employers": {"en": "Jobs"}})
    page = PublicPage("data-badge", "Data badge", "", False, (*told, employers))
    [found] = changed_since([page], "learners", language, 10)
    assert (len(found["told"]), found["address"]) == (MOST_TOLD, f"/p/data-badge?language={language}")
    assert said in word("receipt.changed_yours", language)


def test_a_receipt_says_that_what_was_said_is_not_noted_with_it(sent, founded, visitor, lead):
    with reading(founded) as session:
        about, *_ = fate(session, sent).about
    tell(founded, lead, about)
    visitor.post("/r", [("receipt", sent)])
    assert "What you said is not noted with this code" in visitor.page.words
    assert "What learners said about “The goals were clear”" in visitor.page.words


def test_a_receipt_marks_what_is_invented(sent, founded, visitor, lead):
    with reading(founded) as session:
        about, *_ = fate(session, sent).about
    tell(founded, lead, about)
    visitor.post("/r", [("receipt", sent)])
    assert "sample, invented" not in visitor.answer.text
    table = table_of(Credentials)
    with transaction(founded) as session:
        session.connection().execute(update(table).where(table.c.slug == about).values(is_sample=True))
    visitor.post("/r", [("receipt", sent)])
    assert "sample, invented" in visitor.answer.text

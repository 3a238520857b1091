"""What anybody may read is finished by the worker; whoever asked to hear of it is written to once, in their words."""

from datetime import timedelta

import pytest

from feedback.catalogue.values import Contact, Organisation
from feedback.limits import Limits
from feedback.policy import Grant
from feedback.store import actions, asking, outbox, told
from feedback.store.action import Measure
from feedback.store.asking import FOLLOW_UP, NEWS
from feedback.store.catalogue import read, save
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.survey.wording import languages
from feedback.worker import asking as daily
from feedback.worker import telling
from feedback.worker.loop import Worker
from feedback.worker.mailing import opened, read_server
from feedback.worker.work import Asking
from tests.people import account_of
from tests.store.telling import EFFECT, LEAST, WORDS, page_of, tell
from tests.worker.working import answer, let_time_pass, set_up

KEY = b"k" * 32
HERE = Asking(KEY, "https://feedback.example.org")
MAIL = read_server("smtp://127.0.0.1:1", "feedback@example.org")
BOTH = {**WORDS, "employers": {"en": "Holders know the goals.", "de": "Die Ziele sind bekannt."}}


@pytest.fixture
def there(engine, instruments):
    return set_up(engine, instruments)


@pytest.fixture
def lead(there):
    return account_of(there, Grant("lead"))


def show(engine, instruments, limits=Limits()):
    said = []
    Worker(engine, instruments, limits, kinds=(telling.SHOW,), say=said.append).tick()
    assert said == []


def write(engine, instruments, asking_as=HERE, mail=MAIL):
    """Put what is to be written into the outbox; nothing leaves from here. How many messages wait."""
    worker = Worker(engine, instruments, kinds=(telling.WRITE,), mail=mail, asking=asking_as)
    worker.tick()
    with reading(engine) as session:
        return {each.recipient: (each.kind, each.subject, opened(KEY, each.body)) for each in outbox.due(session, 100)}


def contacts(engine, *those, about=("data-badge",)):
    with transaction(engine) as session:
        save(session, [Organisation(slug="acme", name="Acme", sector="C")])
        save(session, [Contact(organisation="acme", **each) for each in those])
        for each in read(session, "contacts"):
            asking.note_about(session, each.slug, about, now(session).date())


def leave(engine, address="lea@example.org", purpose=NEWS, credential="data-badge", language="de", days=300):
    with transaction(engine) as session:
        asking.keep_address(session, purpose, address, language, credential, now(session).date() + timedelta(days=days))


def ask_to_write(engine, lead, action):
    with transaction(engine) as session:
        assert told.ask_to_write(session, lead, action.id)


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_a_card_is_finished_when_it_is_switched_on_and_nothing_is_due_after(there, instruments, lead):
    with transaction(there) as session:
        told.switch_on(session, lead, "data-badge")
        assert telling.is_due(session, Limits())
    show(there, instruments)
    assert page_of(there).card == {"form": 1, "state": "few"}
    with reading(there) as session:
        assert not telling.is_due(session, Limits())
        assert telling.is_due(session, Limits(public_minimum=20))


def test_without_a_card_and_without_anything_told_nothing_is_ever_due(there, instruments):
    for _ in range(5):
        answer(there, instruments, "employer")
    with reading(there) as session:
        assert not telling.is_due(session, Limits())


def test_what_came_of_an_action_is_told_once_it_is_measured_and_only_above_the_public_minimum(there, instruments, lead):
    shown, hidden = tell(there, lead), tell(there, lead)
    with transaction(there) as session:
        run = {"run": "b", "run_label": "B", "baseline_run": "a", "baseline_label": "A"}
        actions.note_effect(session, shown.id, {**EFFECT, **run})
        actions.note_effect(session, hidden.id, {**EFFECT, **run, "people": [40, 9]})
    show(there, instruments)
    effects = {one.action: one.effect for one in page_of(there).told}
    assert effects[shown.id]["verdict"] == "worked"
    assert effects[hidden.id] == {}
    with reading(there) as session:
        assert not telling.is_due(session, Limits())


def test_what_it_is_about_is_named_in_every_language(there, instruments):
    with reading(there) as session:
        for measure in (
            Measure("question", "learner", "assessment"),
            Measure("question", "learner", "teaching", "feedback"),
            Measure("topic", "learner", "assessment"),
        ):
            labels = telling.labels_of(session, instruments, measure)["label"]
            assert set(labels) == set(languages())
            assert len(set(labels.values())) == len(labels), labels
            assert not any("{" in label for label in labels.values())
        assert telling.labels_of(session, instruments, None) == {}
        assert telling.labels_of(session, instruments, Measure("question", "learner", "no_such"))["label"] == {}


# --- writing to people ------------------------------------------------------------------------------------------------


def test_who_agreed_is_written_to_in_their_language_and_nobody_else(there, instruments, lead):
    contacts(
        there,
        {"name": "Ann", "email": "ann@acme.example", "language": "de", "consents": ["told", "panel"]},
        {"name": "Bob", "email": "bob@acme.example", "consents": ["panel", "committee", "quoted"]},
        {"name": "Cid", "email": "cid@acme.example", "consents": ["none"]},
        {"name": "Dee", "consents": ["told"]},
    )
    leave(there)
    leave(there, "later@example.org", FOLLOW_UP)
    ask_to_write(there, lead, tell(there, lead, words=BOTH))
    written = write(there, instruments)
    assert set(written) == {"ann@acme.example", "lea@example.org"}
    kind, subject, text = written["ann@acme.example"]
    assert (kind, subject) == (telling.KIND, "Was daraus geworden ist: Data badge")
    assert "Die Ziele sind bekannt." in text
    assert "Sie sind einverstanden" in text
    assert "https://feedback.example.org/p/data-badge?language=de" in text
    assert "https://feedback.example.org/u/" in text
    kind, _, text = written["lea@example.org"]
    assert kind == NEWS
    assert WORDS["learners"]["en"] in text
    assert "Ihre Adresse haben wir nur für diese eine Nachricht" in text


def test_an_employer_who_was_never_asked_about_the_credential_hears_nothing_of_it(there, instruments, lead):
    contacts(there, {"name": "Ann", "email": "ann@acme.example", "consents": ["told"]}, about=())
    ask_to_write(there, lead, tell(there, lead, words=BOTH))
    assert write(there, instruments) == {}


def test_nobody_is_written_to_twice_not_even_after_it_was_taken_back_and_told_again(there, instruments, lead):
    contacts(there, {"name": "Ann", "email": "ann@acme.example", "consents": ["told"]})
    leave(there)
    action = tell(there, lead, words=BOTH)
    ask_to_write(there, lead, action)
    assert len(write(there, instruments)) == 2
    with transaction(there) as session:
        told.take_back(session, lead, action.id)
        told.publish(session, lead, action.id, BOTH, {}, least=LEAST)
        assert not told.ask_to_write(session, lead, action.id)
    assert len(write(there, instruments)) == 2
    with reading(there) as session:
        assert asking.waiting_to_hear(session, "data-badge") == []


def test_the_words_of_one_kind_of_reader_go_to_no_other(there, instruments, lead):
    contacts(there, {"name": "Ann", "email": "ann@acme.example", "consents": ["told"]})
    leave(there)
    ask_to_write(there, lead, tell(there, lead, words=WORDS))
    assert set(write(there, instruments)) == {"lea@example.org"}


def test_whoever_wants_no_more_messages_gets_none_and_their_address_goes(there, instruments, lead):
    contacts(there, {"name": "Ann", "email": "ann@acme.example", "consents": ["told"]})
    leave(there)
    with transaction(there) as session:
        for address in ("ann@acme.example", "lea@example.org"):
            asking.refuse(session, asking.recipient_hash(KEY, address), now(session).date())
    ask_to_write(there, lead, tell(there, lead, words=BOTH))
    assert write(there, instruments) == {}
    with reading(there) as session:
        assert asking.waiting_to_hear(session, "data-badge") == []


def test_nothing_is_written_before_it_was_asked_for_and_nothing_without_a_server_or_an_address(
    there, instruments, lead
):
    leave(there)
    action = tell(there, lead)
    assert write(there, instruments) == {}
    ask_to_write(there, lead, action)
    assert write(there, instruments, mail=None) == {}
    assert write(there, instruments, asking_as=Asking(KEY, "")) == {}
    assert set(write(there, instruments)) == {"lea@example.org"}


def test_an_address_left_for_news_is_no_address_to_ask_and_goes_after_its_day(there, instruments):
    leave(there, days=0)
    assert daily.send_follow_ups(there, instruments, HERE) == 0
    with transaction(there) as session:
        today = now(session).date()
        assert asking.forget_overdue(session, today) == 0
        assert asking.forget_overdue(session, today + timedelta(days=1)) == 1


def test_a_message_that_a_lost_worker_left_half_way_is_not_put_twice(there, instruments, lead, monkeypatch):
    contacts(there, {"name": "Ann", "email": "ann@acme.example", "consents": ["told"]})
    leave(there)
    ask_to_write(there, lead, tell(there, lead, words=BOTH))
    whole = telling._write_to_learners
    monkeypatch.setattr(telling, "_write_to_learners", lambda *_: (_ for _ in ()).throw(KeyError("lost")))
    assert set(write(there, instruments)) == {"ann@acme.example"}
    monkeypatch.setattr(telling, "_write_to_learners", whole)
    let_time_pass(there)
    assert set(write(there, instruments)) == {"ann@acme.example", "lea@example.org"}


def test_a_mailing_stops_where_it_is_when_it_is_taken_back_and_who_agrees_no_more_gets_nothing(
    there, instruments, lead, monkeypatch
):
    monkeypatch.setattr(telling, "BATCH", 1)
    people = [{"name": name, "email": f"{name}@acme.example", "consents": ["told"]} for name in ("ann", "bob", "cid")]
    contacts(there, *people)
    leave(there)
    action = tell(there, lead, words=BOTH)
    ask_to_write(there, lead, action)
    whole, put, left = telling.Letter.put, [], []

    def first_then(what):
        def put_one(self, session, address, asking_as):
            put.append(address)
            sent = whole(self, session, address, asking_as)
            if len(put) == 1:
                what(session)
            return sent

        return put_one

    def disagree(session):
        kept = next(each for each in read(session, "contacts") if each.email not in put)
        save(session, [kept.model_copy(update={"consents": ["none"]})])
        left.append(kept.email)

    def take_back(session):
        told.take_back(session, lead, action.id)

    monkeypatch.setattr(telling.Letter, "put", first_then(take_back))
    assert list(write(there, instruments)) == put
    assert len(put) == 1
    with transaction(there) as session:
        assert told.read_telling(session, action.id).written_on is None
        assert len(asking.waiting_to_hear(session, "data-badge")) == 1
        told.publish(session, lead, action.id, BOTH, {}, least=LEAST)
    ask_to_write(there, lead, action)
    put.clear()
    monkeypatch.setattr(telling.Letter, "put", first_then(disagree))
    everybody = {"lea@example.org", *(each["email"] for each in people)}
    assert set(write(there, instruments)) == everybody - set(left)
    assert len(left) == 1


def test_a_card_that_is_switched_off_and_on_again_says_what_it_said(there, instruments, lead, monkeypatch):
    said = {"form": 1, "state": "shown", "asked": 10}
    monkeypatch.setattr(telling.public, "card", lambda *_: dict(said))
    for asked, shown in ((10, 10), (11, 10), (20, 20)):
        said["asked"] = asked
        with transaction(there) as session:
            told.switch_off(session, lead, "data-badge")
            told.switch_on(session, lead, "data-badge")
        show(there, instruments)
        assert page_of(there).card["asked"] == shown

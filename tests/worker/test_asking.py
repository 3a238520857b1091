"""Writing to people: once each, under the caps, never to who refused; addresses left for one message are gone after."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from feedback.catalogue.values import Contact, Organisation
from feedback.errors import FeedbackError, Refused
from feedback.exchange.mail import Server
from feedback.settings import data_folder
from feedback.store import asking, invitations, jobs, meta, outbox
from feedback.store.asking import FOLLOW_UP, REFERRAL
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.outbox import FAILED, SENT
from feedback.store.rounds import BY_THE_COMMITTEE, Round, keep_round
from feedback.store.surveys import Survey, close, open_survey, read_surveys
from feedback.store.tables import Askings, Invitations, KeptAddresses, Outbox
from feedback.store.versions import keep_versions
from feedback.survey.instrument import read_instrument_texts
from feedback.survey.wording import word
from feedback.worker import asking as writing
from feedback.worker.loop import Worker
from feedback.worker.mailing import opened
from feedback.worker.work import Asking
from tests.faults.mail_server import mail_server
from tests.worker.working import set_up

KEY = b"k" * 32
HERE = Asking(KEY, "https://feedback.example.org/")
ANN, BOB, EVE = (Person(f"{name}@example.org") for name in ("ann", "bob", "eve"))
LINK = re.compile(r"https://feedback\.example\.org/s/([\w-]{32})\n")


@pytest.fixture
def asked(engine, instruments):
    """The institution, and a survey by invitation that closes in ten days."""
    set_up(engine, instruments)
    _open(engine, instruments, "by-invitation", days=10)
    return engine


def _open(engine, instruments, slug, *, instrument="learner", days=None, mode="invitation", **more):
    moment = datetime.now(UTC)
    closes = moment + timedelta(days=days) if days is not None else None
    with transaction(engine) as session:
        open_survey(
            session,
            Survey(
                slug=slug,
                instrument=instrument,
                version=instruments[instrument].version,
                mode=mode,
                languages=["en", "de"],
                opens=moment - timedelta(days=1),
                closes=closes,
                zone="Europe/Madrid",
                credentials=["data-badge"],
                **more,
            ),
        )


@pytest.fixture
def invite(asked, instruments):
    def make(*people, slug="by-invitation", asking_as=HERE):
        return writing.invite_people(asked, slug, people, instruments, asking_as)

    return make


@pytest.fixture
def remind(asked, instruments):
    def make(slug="by-invitation", asking_as=HERE):
        return writing.remind_survey(asked, slug, instruments, asking_as)

    return make


def rows(engine, model):
    with reading(engine) as session:
        return session.connection().execute(select(table_of(model))).mappings().all()


def mails(engine, kind=None):
    """What waits, by recipient: (subject, what it will say)."""
    found = [row for row in rows(engine, Outbox) if kind in (None, row["kind"])]
    return {row["recipient"]: (row["subject"], opened(KEY, row["body"])) for row in found}


def days_pass(engine, days):
    """Everything that was noted happened so many days earlier."""
    with transaction(engine) as session:
        for model, column in ((Askings, "asked_on"), (KeptAddresses, "due_on"), (Invitations, "last_asked")):
            table = table_of(model)
            for row in session.connection().execute(select(table).where(table.c[column].is_not(None))).mappings().all():
                earlier = {column: row[column] - timedelta(days=days)}
                session.connection().execute(update(table).where(table.c.id == row["id"]).values(earlier))


def answer(engine, person, slug="by-invitation", day=None):
    """Somebody invited answers; on that day, else today."""
    with transaction(engine) as session:
        mine = [each for each in invitations.unanswered(session, slug) if each.recipient == person.recipient]
        assert invitations.use(session, mine[0].id, slug, day or now(session).date())


def keep(engine, address="ann@example.org", purpose=FOLLOW_UP, language="de"):
    with transaction(engine) as session:
        asking.keep_address(session, purpose, address, language, "data-badge", now(session).date())


def follow_up(engine, instruments, asking_as=HERE):
    return writing.send_follow_ups(engine, instruments, asking_as)


# --- invitations ------------------------------------------------------------------------------------------------------


def test_each_person_gets_one_message_with_a_link_of_their_own(asked, invite):
    assert invite(ANN, replace(BOB, language="de")) == writing.Invited(2, 0, 0)
    written = mails(asked)
    assert set(written) == {"ann@example.org", "bob@example.org"}
    tokens = {LINK.search(text)[1] for _, text in written.values()}
    assert len(tokens) == 2
    with reading(asked) as session:
        found = {invitations.find(session, token, key=KEY).recipient for token in tokens}
    assert found == set(written)
    assert [row["asked"] for row in rows(asked, Invitations)] == [1, 1]
    assert len(rows(asked, Askings)) == 2


def test_a_message_says_who_asks_why_how_long_until_when_and_how_to_stop(asked, invite):
    invite(ANN, replace(BOB, language="de"), replace(EVE, language="xx"))
    subject, text = mails(asked)["ann@example.org"]
    assert subject == word("message.invitation_subject", "en", title="Data badge")
    for said in ("who", "why", "anonymity", "link", "stop"):
        assert word(f"message.{said}", "en") in text
    for said in ("Data badge", " 3 ", "(Europe/Madrid)"):
        assert said in text
    assert text.splitlines()[-1] == asking.stop_address(HERE.public_url, KEY, "ann@example.org")
    assert "{" not in text
    assert word("message.why", "de") in mails(asked)["bob@example.org"][1]
    assert word("message.why", "en") in mails(asked)["eve@example.org"][1]


def test_an_expert_is_not_promised_to_be_unknown(asked, invite, instruments):
    _open(asked, instruments, "review", instrument="expert")
    invite(ANN, slug="review")
    assert word("message.anonymity", "en") not in mails(asked)["ann@example.org"][1]


def test_letters_speak_with_the_version_of_the_survey_and_not_with_today_s(asked, instruments):
    longer = replace(instruments["learner"], version=instruments["learner"].version + 1, minutes=99)
    with transaction(asked) as session:
        keep_versions(session, read_instrument_texts(data_folder() / "instruments"))
    assert writing.invite_people(asked, "by-invitation", [ANN], {"learner": longer}, HERE) == writing.Invited(1, 0, 0)
    assert "99" not in mails(asked)["ann@example.org"][1]
    assert writing.invite_people(asked, "by-invitation", [BOB], {}, HERE) == writing.Invited(1, 0, 0)


def test_the_survey_of_a_round_of_review_asks_its_reviewers_and_nobody_else(asked, invite, instruments):
    _open(asked, instruments, "review", instrument="expert", days=10)
    due = date(2036, 1, 1)
    with transaction(asked) as session:
        keep_round(session, Round("1" * 32, "data-badge", "yearly", due, "review", ["r1", "r2"], due, None))
    with pytest.raises(Refused, match=re.escape(BY_THE_COMMITTEE)):
        invite(EVE, slug="review")
    assert rows(asked, Outbox) == rows(asked, Invitations) == []
    done = writing.invite_people(asked, "review", [ANN, BOB], instruments, HERE, for_round=True)
    assert done == writing.Invited(2, 0, 0)


def test_without_its_questionnaire_nobody_is_asked(asked, invite, instruments):
    with pytest.raises(FeedbackError, match="not there any more"):
        writing.invite_people(asked, "by-invitation", [ANN], {}, HERE)
    writing.remind_before_close(asked, datetime.now(UTC) + timedelta(days=9), {}, HERE)
    assert rows(asked, Outbox) == []


def test_the_database_knows_no_link_that_waits(asked, invite):
    invite(ANN)
    token = LINK.search(mails(asked)["ann@example.org"][1])[1]
    (row,) = rows(asked, Outbox)
    assert token not in str(dict(row))
    assert "example.org/s/" not in row["body"]


def test_nobody_is_invited_twice(asked, invite):
    assert invite(ANN, replace(ANN, recipient=" ANN@example.org")) == writing.Invited(1, 0, 0)
    days_pass(asked, 30)
    assert invite(ANN, BOB) == writing.Invited(1, 1, 0)
    assert len(rows(asked, Invitations)) == len(rows(asked, Outbox)) == 2


def test_who_has_an_invitation_from_a_file_gets_none_by_message(asked, invite):
    with transaction(asked) as session:
        invitations.make(session, "by-invitation", [ANN], key=KEY)
    assert invite(ANN) == writing.Invited(0, 1, 0)
    assert mails(asked) == {}


def test_whose_link_was_taken_back_is_invited_again_at_once_and_once(asked, invite):
    invite(ANN, BOB)
    answer(asked, BOB)
    with transaction(asked) as session:
        assert invitations.revoke(session, "by-invitation") == 1
    cased = replace(ANN, recipient="Ann@Example.org ")
    assert writing.may_write(asked, "by-invitation", [cased, BOB], HERE) == writing.Invited(1, 1, 0)
    assert invite(cased, BOB) == writing.Invited(1, 1, 0)
    assert invite(ANN, BOB) == writing.Invited(0, 2, 0)


def test_the_cap_of_the_year_holds_for_whose_link_was_taken_back(asked, invite):
    once_a_year = replace(HERE, asks_a_year=1)
    invite(ANN, asking_as=once_a_year)
    with transaction(asked) as session:
        invitations.revoke(session, "by-invitation")
    assert invite(ANN, asking_as=once_a_year) == writing.Invited(0, 1, 0)


def test_who_refused_and_who_was_asked_of_late_are_left_in_peace(asked, invite, instruments):
    _open(asked, instruments, "another")
    with transaction(asked) as session:
        asking.refuse(session, asking.recipient_hash(KEY, "eve@example.org"), now(session).date())
    invite(ANN, slug="another")
    people = (ANN, BOB, EVE)
    assert writing.may_write(asked, "by-invitation", people, HERE) == writing.Invited(1, 1, 1)
    assert invite(*people) == writing.Invited(1, 1, 1)
    assert {row["recipient"] for row in rows(asked, Invitations) if row["survey"] == "by-invitation"} == {
        "bob@example.org"
    }


def test_a_wrong_address_is_refused_before_anything_is_kept(asked, invite):
    with pytest.raises(Refused) as refused:
        invite(ANN, Person("no address"), Person("bob@example.org\nBcc: eve@example.org"))
    assert len(refused.value.problems) == 2
    assert rows(asked, Invitations) == rows(asked, Outbox) == rows(asked, Askings) == []


def test_a_contact_asked_is_noted_so_that_other_credentials_have_their_turn(asked, invite):
    with transaction(asked) as session:
        save(session, [Organisation(slug="acme", name="Acme")])
        save(session, [Contact(slug="acme-ann", organisation="acme", name="Ann", email="ann@example.org")])
    invite(replace(ANN, contact="acme-ann", about=["data-badge"]))
    with reading(asked) as session:
        assert asking.asked_about(session, "acme-ann") == {"data-badge": now(session).date()}


def test_without_an_address_for_links_in_a_copy_and_after_the_close_nobody_is_asked(asked, invite, remind):
    for work in (invite, remind):
        with pytest.raises(FeedbackError, match="FEEDBACK_PUBLIC_URL"):
            work(asking_as=replace(HERE, public_url=""))
        with pytest.raises(FeedbackError, match="no survey"):
            work(slug="nowhere")
    with transaction(asked) as session:
        meta.set_number(session, "outbox_place", 1)
    for work in (invite, remind):
        with pytest.raises(FeedbackError, match="--send-from-here"):
            work()


def test_many_are_invited_in_several_transactions(asked, invite, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 3)
    people = [Person(f"{number}@example.org") for number in range(8)]
    assert invite(*people) == writing.Invited(8, 0, 0)
    assert len(mails(asked)) == 8


# --- reminders --------------------------------------------------------------------------------------------------------


def test_only_who_has_not_answered_is_reminded_by_a_fresh_link_and_the_first_stays_good(asked, invite, remind):
    invite(ANN, BOB)
    first = LINK.search(mails(asked)["ann@example.org"][1])[1]
    days_pass(asked, 4)
    with reading(asked) as session:
        yesterday = now(session).date() - timedelta(days=1)
    answer(asked, BOB, day=yesterday)
    assert remind() == writing.Reminded(sent=1, resting=0, refused=0, answered=1)
    ((recipient, (subject, text)),) = mails(asked, "reminder").items()
    assert recipient == "ann@example.org"
    assert subject == word("message.reminder_subject", "en", title="Data badge")
    assert word("message.begun", "en") in text
    second = LINK.search(text)[1]
    with reading(asked) as session:
        found = [invitations.find(session, token, key=KEY).id for token in (first, second)]
    assert first != second
    assert found[0] == found[1]


def test_reminders_rest_four_days_and_end_after_two(asked, invite, remind):
    invite(ANN)
    sent = []
    for _ in range(5):
        sent.append(remind().sent)
        days_pass(asked, 4)
    assert sent == [0, 1, 1, 0, 0]
    assert len(mails(asked, "invitation")) == 1


def test_the_cap_of_the_year_holds_for_reminders(asked, invite, remind):
    invite(ANN)
    days_pass(asked, 5)
    assert remind(asking_as=replace(HERE, asks_a_year=1)) == writing.Reminded(0, 1, 0, 0)


def test_nobody_can_watch_the_numbers_and_see_who_answered_today(asked, invite, remind):
    invite(ANN, BOB, EVE)
    days_pass(asked, 5)
    before = remind()
    answer(asked, ANN)
    again = remind()
    answer(asked, BOB)
    assert before == writing.Reminded(3, 0, 0, 0)
    assert again == remind() == writing.Reminded(0, 3, 0, 0)


def test_printed_codes_and_links_from_a_file_are_not_reminded(asked, remind):
    with transaction(asked) as session:
        invitations.make(session, "by-invitation", [Person(), ANN], key=KEY)
    assert remind() == writing.Reminded(0, 0, 0, 0)


def test_two_at_once_remind_once(asked, invite, instruments, monkeypatch):
    """Somebody else reminds between the look at who has not answered and the writing."""
    invite(ANN)
    days_pass(asked, 5)
    told = []

    def meanwhile():
        if not told:
            told.append(True)
            told.append(writing.remind_survey(asked, "by-invitation", instruments, HERE))

    assert writing.remind_survey(asked, "by-invitation", instruments, HERE, meanwhile).sent == 0
    assert told[1].sent == 1
    assert len([row for row in rows(asked, Outbox) if row["kind"] == "reminder"]) == 1


# --- addresses left for one message -----------------------------------------------------------------------------------


def test_a_follow_up_opens_a_survey_asks_once_and_forgets_the_address(asked, instruments):
    keep(asked)
    assert follow_up(asked, instruments) == 1
    assert follow_up(asked, instruments) == 0
    assert rows(asked, KeptAddresses) == []
    ((recipient, (subject, text)),) = mails(asked, "follow_up").items()
    assert recipient == "ann@example.org"
    assert "Data badge" in subject
    assert word("message.follow_up_why", "de") in text
    assert f"{datetime.now(UTC) + writing.ANSWERS_WITHIN:%Y-%m-%d}" in text
    with reading(asked) as session:
        found = invitations.find(session, LINK.search(text)[1], key=KEY)
        (survey,) = [each for each in read_surveys(session) if each.instrument == "six_months"]
        today = now(session).date()
    assert (found.survey, found.recipient, found.contact, list(found.about)) == (survey.slug, "", None, ["data-badge"])
    assert found.expires_on == today + writing.ANSWERS_WITHIN
    assert (survey.mode, survey.credentials) == ("invitation", ["data-badge"])
    assert found.language == "de"


def test_a_referral_is_asked_with_the_employers_questionnaire_in_a_survey_that_is_open(asked, instruments):
    _open(asked, instruments, "closes-soon", instrument="employer", days=3)
    _open(asked, instruments, "for-employers", instrument="employer", days=30)
    keep(asked, "bob@example.org", REFERRAL, "en")
    keep(asked, "eve@example.org", REFERRAL, "en")
    assert follow_up(asked, instruments) == 2
    assert {row["survey"] for row in rows(asked, Invitations)} == {"for-employers"}
    assert word("message.referral_why", "en") in mails(asked, "referral")["bob@example.org"][1]


def test_who_refused_gets_no_follow_up_and_is_forgotten_who_rests_waits(asked, instruments, invite):
    keep(asked)
    keep(asked, "bob@example.org")
    with transaction(asked) as session:
        asking.refuse(session, asking.recipient_hash(KEY, "bob@example.org"), now(session).date())
    invite(ANN)
    assert follow_up(asked, instruments) == 0
    assert [row["address"] for row in rows(asked, KeptAddresses)] == ["ann@example.org"]
    days_pass(asked, 14)
    assert follow_up(asked, instruments) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_after_a_follow_up_nothing_of_the_address_stays(asked, instruments, taken):
    keep(asked)
    follow_up(asked, instruments)
    with mail_server({} if taken else {"rcpt": "550 no such mailbox"}) as server:
        worker(asked, server.port, kinds=["outbox"]).tick()
        assert len(server.taken) == taken
    (row,) = rows(asked, Outbox)
    assert (row["state"], row["recipient"], row["body"]) == (SENT if taken else FAILED, "", "")
    assert "ann" not in str(everything(asked))
    with transaction(asked) as session:
        assert not outbox.retry(session, row["id"])


def test_a_follow_up_left_under_way_by_a_lost_worker_leaves_nothing_of_the_address(asked, instruments):
    keep(asked)
    follow_up(asked, instruments)
    with transaction(asked) as session:
        (message,) = outbox.due(session)
        assert outbox.begin(session, message)
        table = table_of(Outbox)
        session.connection().execute(update(table).values(ready_at=now(session) - timedelta(minutes=1)))
        assert outbox.close_lost(session) == 1
    assert "ann@" not in str(everything(asked))


def everything(engine):
    """All that the tables of asking and sending hold."""
    return [rows(engine, model) for model in (Outbox, KeptAddresses, Invitations, Askings, jobs.Jobs)]


# --- the worker -------------------------------------------------------------------------------------------------------


def worker(engine, port, kinds=("outbox", "asking"), asking_as=HERE, instruments=None):
    server = Server("smtp", "127.0.0.1", port, "", "", "feedback@example.org")
    return Worker(engine, instruments or {}, mail=server, asking=asking_as, kinds=kinds)


@pytest.fixture
def by_day(monkeypatch):
    """The day's round is due whatever the hour."""
    monkeypatch.setattr(writing, "HOUR", 0)


def test_the_days_round_is_made_once_a_day_and_not_at_night(asked, monkeypatch):
    monkeypatch.setattr(writing, "HOUR", 24)
    with reading(asked) as session:
        assert writing.days_due(session) == []
    monkeypatch.setattr(writing, "HOUR", 0)
    with reading(asked) as session:
        assert writing.days_due(session) == [now(session).date().isoformat()]
    Worker(asked, {}, kinds=["asking"]).tick()
    with reading(asked) as session:
        assert writing.days_due(session) == []
    with transaction(asked) as session:
        meta.set_number(session, "asked_day", now(session).toordinal() - 1)
        assert len(writing.days_due(session)) == 1


def test_two_days_before_the_close_who_has_not_answered_is_reminded(asked, invite, instruments, by_day):
    _open(asked, instruments, "closes-soon", days=2)
    _open(asked, instruments, "sample", days=2, is_sample=True)
    invite(ANN)
    invite(BOB, slug="closes-soon")
    invite(EVE, slug="sample")
    days_pass(asked, 5)
    with mail_server() as server:
        worker(asked, server.port, instruments=instruments).tick()
    assert [row["once"].split(":")[0] for row in rows(asked, Outbox)].count("reminder") == 1
    assert sorted(recipient for recipient, _ in server.taken) == sorted(
        ["ann@example.org", "bob@example.org", "bob@example.org", "eve@example.org"]
    )


def test_without_a_server_addresses_wait_and_those_overdue_go(asked, instruments, by_day):
    keep(asked)
    days_pass(asked, 46)
    keep(asked, "bob@example.org")
    Worker(asked, instruments, asking=HERE, kinds=["asking"]).tick()
    assert [row["address"] for row in rows(asked, KeptAddresses)] == ["bob@example.org"]
    assert rows(asked, Outbox) == []


def test_a_copy_of_the_database_writes_to_nobody(asked, instruments, by_day):
    keep(asked)
    with transaction(asked) as session:
        meta.set_number(session, "outbox_place", 1)
    with mail_server() as server:
        worker(asked, server.port, instruments=instruments).tick()
        assert server.taken == []
    assert len(rows(asked, KeptAddresses)) == 1


def test_a_message_leaves_with_its_link_and_a_button_to_stop(asked, invite):
    invite(ANN)
    token = LINK.search(mails(asked)["ann@example.org"][1])[1]
    with mail_server() as server:
        worker(asked, server.port, kinds=["outbox"]).tick()
        ((_, content),) = server.taken
    stop = asking.stop_address(HERE.public_url, KEY, "ann@example.org")
    assert f"List-Unsubscribe: <{stop}>".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content
    assert f"/s/{token}".encode() in content.replace(b"=\r\n", b"")
    assert token.encode() not in content.split(b"\r\n\r\n")[0]


def test_who_refuses_while_a_message_waits_does_not_get_it(asked, invite):
    invite(ANN)
    with transaction(asked) as session:
        asking.refuse(session, asking.recipient_hash(KEY, "ann@example.org"), now(session).date())
    with mail_server() as server:
        worker(asked, server.port, kinds=["outbox"]).tick()
        assert server.connections == 0
    (row,) = rows(asked, Outbox)
    assert (row["state"], row["error"]) == (FAILED, "The recipient asked for no more messages.")


def test_who_answered_meanwhile_or_lost_their_link_gets_no_message_and_nothing_names_them(asked, invite, remind):
    invite(ANN, BOB)
    with mail_server() as server:
        worker(asked, server.port, kinds=["outbox"]).tick()
        assert len(server.taken) == 2
    days_pass(asked, 5)
    remind()
    invite(EVE)
    answer(asked, ANN)
    with transaction(asked) as session:
        (bob,) = [each for each in invitations.unanswered(session, "by-invitation") if each.recipient == BOB.recipient]
        assert invitations.revoke(session, "by-invitation", [bob.id]) == 1
    with mail_server() as server:
        worker(asked, server.port, kinds=["outbox"]).tick()
        assert [recipient for recipient, _ in server.taken] == [EVE.recipient]
    assert [row["state"] for row in rows(asked, Outbox)] == [SENT] * 3


@pytest.mark.parametrize("reminded", [False, True])
def test_after_the_close_no_message_leaves(asked, invite, remind, reminded):
    invite(ANN)
    if reminded:
        days_pass(asked, 5)
        remind()
    with transaction(asked) as session:
        close(session, "by-invitation")
    with mail_server() as server:
        worker(asked, server.port, kinds=["outbox"]).tick()
        assert server.connections == 0
    assert rows(asked, Outbox) == []


def test_a_message_sealed_with_another_key_is_not_sent_as_gibberish(asked, invite):
    invite(ANN)
    with mail_server() as server:
        for other in (replace(HERE, key=b"x" * 32), None):
            worker(asked, server.port, kinds=["outbox"], asking_as=other).tick()
        assert server.taken == []
    (row,) = rows(asked, Outbox)
    assert row["state"] == FAILED

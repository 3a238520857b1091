"""Invitations: found by their link, used once, and forgotten when the survey is over."""

import string
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from feedback.catalogue.values import Contact, Organisation
from feedback.errors import FeedbackError
from feedback.store import invitations
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import NOT_YET, Person
from feedback.store.prepared import Prepared
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import InvitationLinks, Invitations, Surveys

KEY = b"k" * 32
DAY = date(2026, 3, 2)


def invite(engine, *people, survey="of-learners", **more):
    with transaction(engine) as session:
        return invitations.make(session, survey, people or [Person("one@example.org")], key=KEY, **more)


def found(engine, token, key=KEY):
    with reading(engine) as session:
        return invitations.find(session, token, key=key)


def use(engine, invitation, survey="of-learners", day=DAY):
    with transaction(engine) as session:
        return invitations.use(session, invitation.id, survey, day)


def test_nobody_is_invited_when_nobody_is_named(institution):
    with transaction(institution) as session:
        assert invitations.make(session, "of-learners", [], key=KEY) == []
        assert invitations.tally(session, "of-learners") == (0, 0, 0)


def test_each_gets_a_link_of_their_own_in_the_order_they_were_named(institution):
    people = [Person(f"{number}@example.org", language="ar") for number in range(50)]
    made = invite(institution, *people)
    assert [invitation.recipient for invitation, _ in made] == [person.recipient for person in people]
    assert all(found(institution, token) == invitation for invitation, token in made)
    with reading(institution) as session:
        assert invitations.find(session.connection(), made[7][1], key=KEY) == made[7][0]


def test_an_invitation_begins_unused_in_whatever_language_the_browser_asks_for(institution):
    [(made, _)] = invite(institution, Person())
    assert (made.language, made.recipient, made.contact, list(made.about)) == ("", "", None, [])
    assert (made.used_on, made.revoked_on, made.expires_on, made.asked, made.last_asked) == (
        NOT_YET,
        None,
        None,
        0,
        None,
    )
    assert invitations.is_good(made, DAY)


def test_a_survey_that_is_not_there_invites_nobody(institution):
    with pytest.raises(FeedbackError, match='no survey "elsewhere"'):
        invite(institution, survey="elsewhere")


def test_a_token_that_leads_nowhere_finds_nothing(institution):
    [(_, token)] = invite(institution)
    other = "B" if token[0] != "B" else "C"
    wrong = [
        "", "0", "null", "None", token[:-1], token + "A", f" {token}", f"{token} ", token.swapcase(), other + token[1:],
        f"%{ord(token[0]):x}{token[1:]}", token + "\x00", "ü" * 32, "\ud800" * 32, "A" * 1_000_000,
    ]  # fmt: skip
    assert all(found(institution, each) is None for each in wrong)
    assert found(institution, token, key=b"another") is None


def test_a_link_of_another_purpose_opens_no_form(institution):
    [(invitation, _)] = invite(institution)
    token = invitations.new_token()
    with transaction(institution) as session:
        row = {"hash": invitations.link_hash(KEY, token, "withdraw"), "invitation": invitation.id}
        session.connection().execute(table_of(InvitationLinks).insert(), [row])
    assert found(institution, token) is None


@pytest.mark.parametrize("token", ["A" * 32, "short", "A" * 100_000])
def test_a_wrong_token_costs_one_look_like_a_right_one(institution, token, monkeypatch):
    [(_, right)] = invite(institution)
    looks, first = [], Prepared.first

    def noted(statement, connection, values):
        looks.append(statement)
        return first(statement, connection, values)

    monkeypatch.setattr(Prepared, "first", noted)
    with reading(institution) as session:
        assert invitations.find(session, right, key=KEY) is not None
        assert invitations.find(session, token, key=KEY) is None
    assert len(looks) == 2
    assert looks[0] is looks[1]


def test_the_database_holds_no_token(institution):
    [(_, token)] = invite(institution)
    with reading(institution) as session:
        kept = [session.connection().execute(select(table_of(each))).all() for each in (InvitationLinks, Invitations)]
    assert token not in repr(kept)


def test_a_token_has_one_shape():
    assert all(invitations.is_token(invitations.new_token()) for _ in range(100))
    for text_ in ("", "A" * 31, "A" * 33, "A" * 31 + "=", "A" * 31 + "\n", "A" * 31 + "é"):
        assert not invitations.is_token(text_)


@given(st.text(alphabet=string.ascii_letters + string.digits + "-_", min_size=32, max_size=32))
def test_a_hash_tells_keys_and_purposes_apart(token):
    hashes = {
        invitations.link_hash(KEY, token),
        invitations.link_hash(b"other", token),
        invitations.link_hash(KEY, token, "consent"),
    }
    assert len(hashes) == 3
    assert all(len(each) == 64 for each in hashes)


def test_an_invitation_is_used_once(institution):
    [(invitation, token)] = invite(institution)
    assert use(institution, invitation)
    assert not use(institution, invitation)
    again = found(institution, token)
    assert again.used_on == "2026-03-02"
    assert not invitations.is_good(again, DAY)


def test_of_many_at_once_one_uses_it(institution):
    [(invitation, _)] = invite(institution)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: use(institution, invitation), range(16)))
    assert sum(told) == 1


def test_what_is_undone_has_not_been_used(institution):
    [(invitation, token)] = invite(institution)

    def use_and_stumble():
        with transaction(institution) as session:
            assert invitations.use(session, invitation.id, "of-learners", DAY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use_and_stumble()
    assert found(institution, token).used_on == NOT_YET


def test_an_invitation_is_for_one_survey(institution):
    [(invitation, token)] = invite(institution)
    assert not use(institution, invitation, survey="of-employers")
    assert found(institution, token).used_on == NOT_YET


def test_an_invitation_expires_after_its_last_day(institution):
    [(invitation, token)] = invite(institution, expires_on=DAY)
    after = DAY + timedelta(days=1)
    assert invitations.is_good(invitation, DAY)
    assert not invitations.is_good(invitation, after)
    assert not use(institution, invitation, day=after)
    assert found(institution, token) == invitation
    assert use(institution, invitation, day=DAY)


def test_what_is_revoked_is_good_no_more_and_what_was_used_stays_used(institution):
    made = [invitation for invitation, _ in invite(institution, *[Person()] * 4)]
    [(elsewhere, _)] = invite(institution, survey="of-employers")
    use(institution, made[0])
    with transaction(institution) as session:
        assert invitations.revoke(session, "of-learners", [made[0].id, made[1].id, elsewhere.id, "none"]) == 1
        assert invitations.revoke(session, "of-learners", []) == 0
        assert invitations.tally(session, "of-learners") == (4, 1, 1)
        assert invitations.revoke(session, "of-learners") == 2
        assert invitations.revoke(session, "of-learners") == 0
        assert invitations.tally(session, "of-learners") == (4, 1, 3)
        assert invitations.tally(session, "of-employers") == (1, 0, 0)
    assert not use(institution, made[1])
    assert use(institution, elsewhere, survey="of-employers")


def test_a_reminder_brings_another_link_and_the_first_stays_good(institution):
    [(invitation, first)] = invite(institution)
    with transaction(institution) as session:
        second = invitations.add_link(session, invitation.id, key=KEY)
    assert found(institution, first) == found(institution, second) == invitation
    use(institution, invitation)
    assert found(institution, first).used_on == found(institution, second).used_on != NOT_YET
    with pytest.raises(FeedbackError, match="no such invitation"), transaction(institution) as session:
        invitations.add_link(session, "none", key=KEY)


def test_reminders_reach_those_who_may_still_answer(institution):
    made = [invitation for invitation, _ in invite(institution, *[Person()] * 4)]
    [(over, _)] = invite(institution, expires_on=date(2020, 1, 1))
    use(institution, made[0])
    with transaction(institution) as session:
        invitations.revoke(session, "of-learners", [made[1].id])
        left = invitations.unanswered(session, "of-learners")
        assert left == sorted(made[2:], key=lambda each: each.id)
        assert over not in left
        invitations.note_asked(session, [each.id for each in left], DAY)
        invitations.note_asked(session, [left[0].id], DAY + timedelta(days=7))
        asked = {each.id: (each.asked, each.last_asked) for each in invitations.unanswered(session, "of-learners")}
    assert asked == {left[0].id: (2, DAY + timedelta(days=7)), left[1].id: (1, DAY)}


def test_whom_a_survey_asked_is_forgotten_thirty_days_after_its_close(institution):
    with transaction(institution) as session:
        save(session, [Organisation(slug="o", name="O"), Contact(slug="c", organisation="o", name="C")])
    made = invite(institution, Person("one@example.org"), Person(contact="c", about=["data-badge"]), Person())
    invite(institution, Person("two@example.org"), survey="of-employers")
    table, closes = table_of(Surveys), datetime(2026, 3, 1, 12, tzinfo=UTC)
    with transaction(institution) as session:
        session.connection().execute(update(table).where(table.c.slug == "of-learners").values(closes=closes))
        assert invitations.forget_recipients(session, date(2026, 3, 30)) == 0
        assert invitations.forget_recipients(session, date(2026, 3, 31)) == 2
        assert invitations.forget_recipients(session, date(2026, 4, 30)) == 0
        assert invitations.tally(session, "of-learners") == (3, 0, 0)
    told = [found(institution, token) for _, token in made]
    assert [(each.recipient, each.contact) for each in told] == [("", None)] * 3
    with reading(institution) as session:
        assert [each.recipient for each in invitations.unanswered(session, "of-employers")] == ["two@example.org"]


def test_used_rows_keep_their_place_in_the_file(sqlite_engine, tmp_path):
    """On SQLite a row that grew would move to where the newest rows are, and tell the order of answering."""
    with transaction(sqlite_engine) as session:
        open_survey(session, Survey(slug="s", instrument="i", version=1, opens=datetime(2026, 1, 1, tzinfo=UTC)))
        made = invitations.make(session, "s", [Person(f"{n}@example.org") for n in range(300)], key=KEY)

    def places():
        with sqlite_engine.connect() as connection:
            connection.execute(text("COMMIT"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        held = (tmp_path / "only.db").read_bytes()
        return [held.find(invitation.recipient.encode()) for invitation, _ in made]

    before = places()
    assert min(before) > 0
    for invitation, _ in made[::2]:
        assert use(sqlite_engine, invitation, survey="s")
    assert places() == before


def test_who_was_ever_asked_about_what_is_counted_also_who_was_taken_back(institution):
    made = invite(institution, Person("a@example.org"), Person("b@example.org"))
    chosen = Person("c@example.org", about=["sql-course"])
    with transaction(institution) as session:
        invitations.make(session, "of-employers", [chosen, chosen], key=KEY)
        invitations.revoke(session, "of-learners", [made[0][0].id])
    with reading(institution) as session:
        assert invitations.invited_about(session) == {("of-learners", ()): 2, ("of-employers", ("sql-course",)): 2}

"""Accounts: who may come in with which roles, from when to when, and that nobody is locked out for good."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from feedback.errors import Refused
from feedback.policy import NOBODY, OPERATOR, Actor, Forbidden, Grant
from feedback.store import accounts, audit
from feedback.store.accounts import LINK_LIFE, PASSWORD_LINK, SAMPLE_LINK, actor_of
from feedback.store.clock import now
from feedback.store.database import looking, open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Sessions, SignInLinks

ADMINISTRATOR, LEAD = Grant("administrator"), Grant("lead", "programme:data")
ISSUER = "https://id.example.org"


def add(engine, email="ann@example.org", *grants, name="Ann", **more):
    with transaction(engine) as session:
        return accounts.add_account(session, name, email, grants, **more)


def signed_in(engine, account, how="password"):
    with transaction(engine) as session:
        return accounts.begin_session(session, account.id, how)


def who(engine, token, moment=None):
    with looking(engine) as connection:
        return actor_of(connection, token, moment)


def do(engine, work, *given, **more):
    with transaction(engine) as session:
        return work(session, *given, **more)


def events(engine):
    with reading(engine) as session:
        return [(each.action, each.actor, each.details) for each in reversed(audit.read_events(session))]


def test_a_session_says_who_somebody_is_and_what_they_may(institution):
    ann = add(institution, "ann@example.org", LEAD, Grant("reviewer"))
    token = signed_in(institution, ann)
    assert who(institution, token) == Actor(ann.id, "Ann", (LEAD, Grant("reviewer")), "password")
    assert len(token) == 43


def test_who_has_no_role_is_somebody_all_the_same(engine):
    ann = add(engine)
    assert who(engine, signed_in(engine, ann)) == Actor(ann.id, "Ann", (), "password")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "A" * 1_000_000, "' OR 1=1 --"])
def test_a_token_that_was_never_made_is_nobody(engine, token):
    add(engine)
    assert who(engine, token) == NOBODY


def test_only_a_hash_of_the_token_is_kept(engine):
    token = signed_in(engine, add(engine))
    with reading(engine) as session:
        row = session.connection().execute(select(table_of(Sessions))).one()
    assert token not in str(row)
    assert len(row.hash) == 64


def test_a_session_ends_after_twelve_hours_whatever_is_done(engine):
    token = signed_in(engine, add(engine))
    with reading(engine) as session:
        moment = now(session)
    assert who(engine, token, moment + timedelta(hours=11, minutes=59)).is_known
    assert not who(engine, token, moment + timedelta(hours=12, seconds=5)).is_known


def test_roles_are_read_at_every_look(institution):
    ann = add(institution)
    token = signed_in(institution, ann)
    do(institution, accounts.give, ann.id, LEAD)
    assert who(institution, token).grants == (LEAD,)
    do(institution, accounts.take, ann.id, LEAD)
    assert who(institution, token).grants == ()


def test_signing_out_ends_one_session_and_signing_out_everywhere_all(engine):
    ann, ben = add(engine), add(engine, "ben@example.org", name="Ben")
    first, second, third, other = [signed_in(engine, each) for each in (ann, ann, ann, ben)]
    do(engine, accounts.end_session, first)
    assert [who(engine, each).is_known for each in (first, second, other)] == [False, True, True]
    do(engine, accounts.end_sessions, ann.id)
    assert [who(engine, each).is_known for each in (second, third, other)] == [False, False, True]


def test_who_may_sign_nobody_out_is_refused_before_any_session_ends(engine):
    ann = add(engine)
    token = signed_in(engine, ann)
    with transaction(engine) as session:
        with pytest.raises(Forbidden):
            accounts.end_sessions(session, ann.id, by=NOBODY)
        assert accounts.actor_of(session.connection(), token).is_known


def test_a_disabled_account_lets_nobody_in_and_comes_back_without_its_sessions(engine):
    ann = add(engine)
    token = signed_in(engine, ann)
    do(engine, accounts.disable, ann.id)
    assert who(engine, token) == NOBODY
    do(engine, accounts.enable, ann.id)
    assert who(engine, token) == NOBODY
    assert who(engine, signed_in(engine, ann)).is_known


def test_another_process_sees_at_once_that_somebody_was_signed_out(engine):
    other = open_database(engine.url.render_as_string(hide_password=False))
    ann = add(engine)
    tokens = [signed_in(engine, ann) for _ in range(2)]
    assert all(who(other, token).is_known for token in tokens)
    do(engine, accounts.end_session, tokens[0])
    assert [who(other, token).is_known for token in tokens] == [False, True]
    do(engine, accounts.disable, ann.id)
    assert not who(other, tokens[1]).is_known
    other.dispose()


def test_everything_wrong_with_a_new_account_is_told_at_once(engine):
    with pytest.raises(Refused) as refused:
        add(engine, "ann at example", Grant("leed"), Grant("lead", "programme:none"), Grant("lead", "x"), name=" ")
    said = str(refused.value)
    for part in ("name: must be", "'ann at example' is no address", 'Did you mean "lead"', '"none"', '"x" is not'):
        assert part in said
    assert do(engine, accounts.read_accounts) == ()


@pytest.mark.parametrize("name", ["Ann\nBen", "A\x00", "x" * 301])
def test_a_name_is_one_line_of_text(engine, name):
    with pytest.raises(Refused, match="name"):
        add(engine, name=name)


def test_an_address_has_one_account_however_it_is_written(engine):
    add(engine)
    with pytest.raises(Refused, match="has an account already"):
        add(engine, " ANN@Example.org ")
    assert do(engine, accounts.read_account, "Ann@EXAMPLE.org").email == "ann@example.org"


def test_two_addresses_that_only_look_alike_stay_two(engine):
    add(engine, "ann@strasse.example")
    add(engine, "ann@straße.example", name="Another")
    assert do(engine, accounts.read_account, "ann@straße.example").name == "Another"


def test_accounts_are_read_by_name_with_their_roles(institution):
    ben = add(institution, "ben@example.org", ADMINISTRATOR, name="ben")
    ann = add(institution, "ann@example.org", LEAD, Grant("auditor"))
    do(institution, accounts.disable, ann.id)
    found = do(institution, accounts.read_accounts)
    assert [(each.name, each.grants, each.is_disabled) for each in found] == [
        ("Ann", (Grant("auditor"), LEAD), True),
        ("ben", (ADMINISTRATOR,), False),
    ]
    assert do(institution, accounts.read_account, ben.id) == found[1]
    assert do(institution, accounts.read_account, "nobody@example.org") is None
    assert found[0].actor == NOBODY
    assert found[1].actor.id == ben.id


# --- the last administrator -------------------------------------------------------------------------------------------


def test_the_last_administrator_stays(engine):
    ann = add(engine, "ann@example.org", ADMINISTRATOR)
    for work, given in ((accounts.disable, ()), (accounts.take, (ADMINISTRATOR,))):
        with pytest.raises(Refused, match="only administrator"):
            do(engine, work, ann.id, *given)
    ben = add(engine, "ben@example.org", ADMINISTRATOR)
    do(engine, accounts.take, ann.id, ADMINISTRATOR)
    with pytest.raises(Refused, match="only administrator"):
        do(engine, accounts.disable, ben.id)


def test_one_for_a_programme_does_not_stand_in_for_the_last_administrator(institution):
    ann = add(institution, "ann@example.org", ADMINISTRATOR)
    add(institution, "ben@example.org", Grant("administrator", "programme:data"))
    gone = add(institution, "cat@example.org", ADMINISTRATOR)
    do(institution, accounts.disable, gone.id)
    with pytest.raises(Refused, match="only administrator"):
        do(institution, accounts.disable, ann.id)


def test_the_samples_administrator_counts_only_until_there_is_a_real_one(engine):
    sample = add(engine, "sample@localhost", ADMINISTRATOR, name="Sample", is_sample=True)
    token = signed_in(engine, sample, "link")
    assert who(engine, token).is_known
    assert not do(engine, accounts.has_administrator)
    ann = add(engine, "ann@example.org", ADMINISTRATOR)
    assert not who(engine, token).is_known
    assert do(engine, accounts.has_administrator)
    with pytest.raises(Refused, match="only administrator"):
        do(engine, accounts.disable, ann.id)
    shown = do(engine, accounts.read_account, sample.id)
    assert shown.is_over
    assert shown.actor == NOBODY
    assert [each.actor.is_known for each in do(engine, accounts.read_accounts)] == [True, False]
    do(engine, accounts.disable, sample.id)


def test_nobody_gets_a_password_for_the_samples_account(engine):
    sample = add(engine, "sample@localhost", ADMINISTRATOR, is_sample=True)
    with pytest.raises(Refused, match="the sample's own and has no password"):
        do(engine, accounts.add_link, sample.id, PASSWORD_LINK)
    assert do(engine, accounts.add_link, sample.id, SAMPLE_LINK)


def test_whoever_may_not_admit_changes_nothing(institution):
    ann = add(institution, "ann@example.org", LEAD)
    lead = Actor(ann.id, "Ann", (Grant("lead"),))
    for by in (NOBODY, lead, Actor("x", "", (Grant("administrator", "programme:data"),))):
        for work, given in (
            (accounts.give, (ann.id, ADMINISTRATOR)),
            (accounts.take, (ann.id, LEAD)),
            (accounts.disable, (ann.id,)),
            (accounts.enable, (ann.id,)),
            (accounts.end_sessions, (ann.id,)),
            (accounts.add_link, (ann.id, PASSWORD_LINK)),
            (accounts.add_account, ("Ben", "ben@example.org")),
        ):
            with pytest.raises(Forbidden):
                do(institution, work, *given, by=by)
    assert [each.grants for each in do(institution, accounts.read_accounts)] == [(LEAD,)]


def test_what_changes_is_recorded_once_and_says_when_it_was_ones_own(engine):
    ann = add(engine, "ann@example.org", ADMINISTRATOR)
    for _ in range(2):
        do(engine, accounts.give, ann.id, Grant("moderator"), by=ann.actor)
    do(engine, accounts.take, ann.id, Grant("moderator"))
    do(engine, accounts.take, ann.id, Grant("moderator"))
    assert events(engine) == [
        (audit.ACCOUNT_MADE, OPERATOR.id, {}),
        (audit.ROLE_GIVEN, OPERATOR.id, {"role": "administrator", "scope": ""}),
        (audit.ROLE_GIVEN, ann.id, {"role": "moderator", "scope": "", "own": True}),
        (audit.ROLE_TAKEN, OPERATOR.id, {"role": "moderator", "scope": ""}),
    ]


# --- passwords and links ----------------------------------------------------------------------------------------------


def test_a_link_works_once_and_only_its_hash_is_kept(engine):
    ann = add(engine)
    token = do(engine, accounts.add_link, ann.id, PASSWORD_LINK)
    with reading(engine) as session:
        assert token not in str(session.connection().execute(select(table_of(SignInLinks))).one())
        assert accounts.read_link(session, token) == accounts.SignInLink(ann.id, "Ann", PASSWORD_LINK)
    assert do(engine, accounts.use_link, token).account == ann.id
    assert do(engine, accounts.use_link, token) is None


def test_a_new_link_takes_the_place_of_the_one_before(engine):
    ann = add(engine)
    first, second = (do(engine, accounts.add_link, ann.id, PASSWORD_LINK) for _ in range(2))
    sample = do(engine, accounts.add_link, ann.id, SAMPLE_LINK)
    assert do(engine, accounts.read_link, first) is None
    assert do(engine, accounts.read_link, second)
    assert do(engine, accounts.read_link, sample)


@pytest.mark.parametrize("purpose", LINK_LIFE)
def test_a_link_is_over_in_time(engine, purpose, monkeypatch):
    token = do(engine, accounts.add_link, add(engine).id, purpose)
    with reading(engine) as session:
        moment = now(session) + LINK_LIFE[purpose]
    monkeypatch.setattr(accounts, "now", lambda _: moment - timedelta(seconds=5))
    assert do(engine, accounts.read_link, token)
    monkeypatch.setattr(accounts, "now", lambda _: moment + timedelta(seconds=5))
    assert do(engine, accounts.use_link, token) is None


def test_the_link_of_a_disabled_account_leads_nowhere(engine):
    ann = add(engine)
    token = do(engine, accounts.add_link, ann.id, PASSWORD_LINK)
    do(engine, accounts.disable, ann.id)
    do(engine, accounts.enable, ann.id)
    assert do(engine, accounts.use_link, token) is None


def test_a_new_password_ends_what_the_old_one_opened(engine):
    ann = add(engine)
    token = signed_in(engine, ann)
    link = do(engine, accounts.add_link, ann.id, PASSWORD_LINK)
    do(engine, accounts.keep_password, ann.id, "hashed")
    assert not who(engine, token).is_known
    assert do(engine, accounts.read_link, link) is None
    lock = do(engine, accounts.read_lock, "ann@example.org")
    assert (lock.password, lock.may_enter, do(engine, accounts.still_holds, lock)) == ("hashed", True, True)
    do(engine, accounts.keep_password, ann.id, "another")
    assert not do(engine, accounts.still_holds, lock)


def test_a_lock_says_when_nobody_may_enter(engine):
    ann = add(engine)
    do(engine, accounts.disable, ann.id)
    lock = do(engine, accounts.lock_of, ann.id)
    assert not lock.may_enter
    assert not do(engine, accounts.still_holds, lock)
    assert do(engine, accounts.read_lock, "ben@example.org") is None


def test_what_is_over_is_forgotten(engine, monkeypatch):
    ann = add(engine)
    signed_in(engine, ann)
    do(engine, accounts.add_link, ann.id, SAMPLE_LINK)
    assert do(engine, accounts.forget_ended) == 0
    with reading(engine) as session:
        later = now(session) + timedelta(hours=1)
    monkeypatch.setattr(accounts, "now", lambda _: later)
    assert do(engine, accounts.forget_ended) == 1
    monkeypatch.setattr(accounts, "now", lambda _: later + timedelta(days=1))
    assert do(engine, accounts.forget_ended) == 1


# --- OIDC -------------------------------------------------------------------------------------------------------------


def come(engine, subject="s1", email="ann@example.org", verified=True, issued=None, issuer=ISSUER):
    moment = issued or datetime.now(UTC)
    return do(engine, accounts.account_of_oidc, issuer, subject, email, verified, moment)


def test_a_verified_address_is_bound_once_and_then_only_the_subject_counts(institution):
    ann = add(institution, "ann@example.org", LEAD)
    assert come(institution) == Actor(ann.id, "Ann", (LEAD,), "oidc")
    assert come(institution, email="somebody.else@example.org", verified=False).id == ann.id
    assert come(institution, subject="s2") == NOBODY
    assert come(institution, issuer="https://evil.example") == NOBODY


@pytest.mark.parametrize(
    "said", [{"verified": False}, {"verified": None}, {"email": "ben@example.org"}, {"subject": ""}, {"issuer": ""}]
)
def test_who_is_not_known_for_certain_is_nobody_and_binds_nothing(engine, said):
    add(engine)
    assert come(engine, **said) == NOBODY
    assert not do(engine, accounts.read_account, "ann@example.org").is_vouched


def test_one_subject_is_bound_to_one_account(engine):
    ann = add(engine)
    add(engine, "ben@example.org", name="Ben")
    assert come(engine).id == ann.id
    assert come(engine, email="ben@example.org").id == ann.id
    assert not do(engine, accounts.read_account, "ben@example.org").is_vouched


def test_who_was_vouched_for_before_they_were_signed_out_or_long_ago_is_nobody(engine):
    ann = add(engine)
    assert come(engine).is_known
    assert come(engine, issued=datetime.now(UTC) - timedelta(hours=13)) == NOBODY
    before = datetime.now(UTC) - timedelta(minutes=1)
    assert come(engine, issued=before).is_known
    do(engine, accounts.end_sessions, ann.id)
    assert come(engine, issued=before) == NOBODY
    assert come(engine, issued=datetime.now(UTC) + timedelta(seconds=2)).is_known
    do(engine, accounts.disable, ann.id)
    assert come(engine, issued=datetime.now(UTC) + timedelta(seconds=2)) == NOBODY


def test_the_samples_account_is_never_bound(engine):
    add(engine, "sample@localhost", ADMINISTRATOR, is_sample=True)
    assert come(engine, email="sample@localhost") == NOBODY

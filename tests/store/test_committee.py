"""Decisions with frozen evidence, interests that keep people apart, and rules with all their versions."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from feedback.catalogue.values import Skill
from feedback.errors import Refused
from feedback.policy import NOBODY, OPERATOR, Actor, Forbidden, Grant
from feedback.store import audit
from feedback.store.accounts import add_account
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.committee import (
    COUNTS_FOR,
    Rule,
    Seen,
    Wanted,
    decide,
    declare,
    digest_of,
    end_conflict,
    in_force,
    last_changed,
    members_of,
    read_conflicts,
    read_decisions,
    read_rules,
    rule_slug,
    set_rule,
    subject_of,
    verify,
)
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import AuditEvents, Conflicts, Decisions

SEEN = Seen(
    "worth",
    "Was it worth it?",
    "Yes: 8 of 9 <b>agree</b>.",
    "Nine asked.",
    ("Credential", "Share"),
    (("Data badge", "88.9"), ("Ünïcode =1+1", "")),
)
DAY = date(2026, 3, 1)


@pytest.fixture
def house(institution):
    """The institution, with two committee members, one only of another programme, and a lead; by name."""
    people = {
        "Ann": Grant("committee"),
        "Bea": Grant("committee", "programme:data"),
        "Cid": Grant("committee", "credential:sql-course"),
        "Lea": Grant("lead"),
    }
    with transaction(institution) as session:
        made = {name: add_account(session, name, f"{name}@example.org", [grant]) for name, grant in people.items()}
    return institution, {name: each.actor for name, each in made.items()}


def asked(*present: Actor, **more) -> Wanted:
    about = {"credential": "data-badge", "outcome": "change", "words": "Shorten it.", "seen": [SEEN], "release": 3}
    return Wanted(**about | {"present": [each.id for each in present]} | more)


def decided(engine, by, wanted):
    with transaction(engine) as session:
        return decide(session, by, wanted)


def refused(engine, by, wanted) -> str:
    with pytest.raises(Refused) as told, transaction(engine) as session:
        decide(session, by, wanted)
    return str(told.value)


def test_a_decision_is_read_as_it_was_made_with_all_it_rested_on(house):
    engine, people = house
    made = decided(engine, people["Ann"], asked(people["Ann"], people["Bea"]))
    with reading(engine) as session:
        [found] = read_decisions(session, "data-badge")
        assert read_decisions(session, "sql-course") == []
        assert verify(session) == []
        assert found.day == now(session).date()
    assert found == made
    assert found.is_as_made
    assert found.seen == [
        Seen(**vars(SEEN) | {"columns": list(SEEN.columns), "rows": [list(row) for row in SEEN.rows]})
    ]
    assert (found.release, found.names("present"), found.names("apart")) == (3, ["Ann", "Bea"], [])


def test_every_problem_of_a_decision_is_told_at_once_and_nothing_is_kept(house):
    engine, people = house
    told = refused(engine, OPERATOR, asked(people["Lea"], outcome="love", words=" \n", corrects="x"))
    for said in ("words: is empty", 'outcome: "love"', "by: a decision", "may not decide", "corrects: there is no"):
        assert said in told
    assert "nobody is named" in refused(engine, people["Ann"], asked())
    assert 'Did you mean "data-badge"?' in refused(engine, people["Ann"], asked(people["Ann"], credential="data-bage"))
    assert "U+0000" in refused(engine, people["Ann"], asked(people["Ann"], words="a\0b"))
    with reading(engine) as session:
        assert read_decisions(session) == []
        assert audit.read_events(session, action=audit.DECIDED) == []


def test_only_who_may_decide_of_a_credential_does_and_what_is_not_theirs_is_not_there(house):
    engine, people = house
    for actor in (people["Lea"], people["Cid"], NOBODY):
        for slug in ("data-badge", "no-such-thing"):
            with pytest.raises(Forbidden) as told, transaction(engine) as session:
                decide(session, actor, asked(actor, credential=slug))
            assert "data-badge" not in str(told.value)
    assert decided(engine, people["Cid"], asked(people["Cid"], credential="sql-course")).by == people["Cid"].id
    with reading(engine) as session:
        names = [each.name for each in members_of(session, subject_of(session, "sql-course"))]
    assert names == ["Ann", "Bea", "Cid"]


def test_who_has_an_interest_neither_decides_nor_writes_it_down_and_is_listed_apart(house):
    engine, people = house
    with transaction(engine) as session:
        declare(session, people["Bea"], "data-badge", "My sister teaches it.")
    assert "Bea has declared an interest" in refused(engine, people["Ann"], asked(people["Ann"], people["Bea"]))
    assert "let somebody else write it" in refused(engine, people["Bea"], asked(people["Ann"]))
    made = decided(engine, people["Ann"], asked(people["Ann"]))
    assert (made.apart, made.names("apart")) == ([people["Bea"].id], ["Bea"])
    assert decided(engine, people["Bea"], asked(people["Bea"], credential="sql-course")).apart == []
    with transaction(engine) as session:
        end_conflict(session, people["Bea"], "data-badge")
        assert read_conflicts(session) == []
        [over] = read_conflicts(session, ended=True)
        assert over.ended_on is not None
    assert "let somebody else write it" in refused(engine, people["Bea"], asked(people["Bea"]))
    assert decided(engine, people["Ann"], asked(people["Ann"])).names("apart") == ["Bea"]
    ended(engine, COUNTS_FOR - timedelta(days=1))
    assert "Bea has declared an interest" in refused(engine, people["Ann"], asked(people["Bea"]))
    ended(engine, COUNTS_FOR)
    assert decided(engine, people["Bea"], asked(people["Bea"])).apart == []
    with reading(engine) as session:
        told = [event.details for event in audit.read_events(session, action=audit.CONFLICT_DECLARED)]
        assert told == [{"ended": True}, {}]  # and never what they said
        assert verify(session) == []


def ended(engine, ago):
    """Let every interest have ended so long ago."""
    with transaction(engine) as session:
        session.connection().execute(update(table_of(Conflicts)).values(ended_on=now(session).date() - ago))


def test_an_interest_is_declared_in_words_by_whoever_has_it(house):
    engine, people = house
    for by, slug, words in (
        (OPERATOR, "data-badge", "x"),
        (people["Ann"], "data-badge", ""),
        (people["Ann"], "nil", "x"),
    ):
        with pytest.raises(Refused), transaction(engine) as session:
            declare(session, by, slug, words)
    with pytest.raises(Forbidden), transaction(engine) as session:
        declare(session, people["Cid"], "data-badge", "x")


def test_a_mistake_is_put_right_by_a_new_decision_that_names_the_old(house):
    engine, people = house
    first = decided(engine, people["Ann"], asked(people["Ann"]))
    second = decided(engine, people["Ann"], asked(people["Ann"], outcome="keep", corrects=first.id))
    assert second.corrects == first.id
    with reading(engine) as session:
        assert [each.id for each in read_decisions(session)] == [second.id, first.id]
        assert verify(session) == []


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "keep"},
        {"words": "Keep it."},
        {"present": []},
        {"apart": ["x"]},
        {"by": "x"},
        {"day": DAY},
        {"digest": "0" * 64},
        {"evidence": {}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_decision_that_was_changed_afterwards_is_told(house, change):
    engine, people = house
    made = decided(engine, people["Ann"], asked(people["Ann"]))
    table = table_of(Decisions)
    with transaction(engine) as session:
        session.connection().execute(update(table).where(table.c.id == made.id).values(**change))
    with reading(engine) as session:
        assert any("is not as it was made" in problem for problem in verify(session))


def test_a_decision_changed_together_with_its_digest_or_taken_away_is_told_by_the_audit(house):
    engine, people = house
    made = decided(engine, people["Ann"], asked(people["Ann"]))
    evidence = json.loads(json.dumps(made.evidence))
    evidence["findings"][0]["sentence"] = "No."
    table = table_of(Decisions)
    with transaction(engine) as session:
        forged = {"evidence": evidence, "digest": digest_of(evidence)}
        session.connection().execute(update(table).where(table.c.id == made.id).values(**forged))
    with reading(engine) as session:
        assert read_decisions(session)[0].is_as_made
        assert [problem.split(" is ")[1] for problem in verify(session)] == ["not the one the audit knows of."]
    with transaction(engine) as session:
        session.connection().execute(delete(table))
    with reading(engine) as session:
        assert verify(session) == [f"decision {made.id} is missing: the audit knows of it."]
    with transaction(engine) as session:
        session.connection().execute(delete(table_of(AuditEvents)))
    with reading(engine) as session:
        assert verify(session) == []


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), DOCUMENTS, max_size=4))
def test_the_digest_is_the_same_after_a_round_through_json_in_any_order(document):
    turned = json.loads(json.dumps(dict(reversed(document.items()))))
    assert digest_of(turned) == digest_of(document)


# rules


def test_a_rule_keeps_all_its_versions_and_the_newest_that_has_begun_holds(house):
    engine, people = house
    with transaction(engine) as session:
        today = now(session).date()
        set_rule(session, people["Ann"], "appeals", "Appeals", "Write to us.", since=DAY, review_due=date(2027, 1, 1))
        set_rule(session, people["Ann"], "appeals", "Appeals", "Write to the dean.", since=today + timedelta(days=9))
        own = set_rule(session, people["Lea"], "appeals", "Appeals here", "Call us.", credential="data-badge")
    assert (own.slug, own.version, own.since) == ("appeals-data-badge", 1, today)
    with reading(engine) as session:
        rules = read_rules(session)
        assert len(audit.read_events(session, action=audit.POLICY_SET)) == 3
    assert [(each.slug, each.version) for each in rules] == [("appeals", 2), ("appeals", 1), ("appeals-data-badge", 1)]
    assert in_force(rules, "sql-course", today)["appeals"].text == "Write to us."
    assert in_force(rules, "sql-course", today + timedelta(days=9))["appeals"].text == "Write to the dean."
    assert in_force(rules, "data-badge", today)["appeals"].text == "Call us."
    assert in_force(rules, "data-badge", date(2026, 1, 1)) == {}


def test_a_rule_for_all_is_not_for_who_may_only_of_some_and_every_problem_is_told(house):
    engine, people = house
    with pytest.raises(Forbidden), transaction(engine) as session:
        set_rule(session, people["Bea"], "rights", "Rights", "Ours.")
    with pytest.raises(Refused) as told, transaction(engine) as session:
        set_rule(session, people["Ann"], "right", "", "x" * 10_001, since=DAY, review_due=DAY)
    for said in ('area: "right"', "title: is empty", "text: is 10,001", "review_due: 2026-03-01 is not after"):
        assert said in str(told.value)


def test_names_of_rules_fit_however_long_a_credential_is_called():
    one, other = (rule_slug("accessibility", "a" * 79 + end) for end in "bc")
    assert one != other
    assert len(one) <= 80


@given(st.lists(st.tuples(st.integers(1, 5), st.dates(DAY, DAY + timedelta(days=9)), st.sampled_from(["", "a"]))))
def test_what_holds_has_begun_and_nothing_newer_has(versions):
    rules = [Rule(rule_slug("data", slug), n, slug, "data", "t", "t", since, None, "") for n, since, slug in versions]
    today = DAY + timedelta(days=4)
    held = in_force(rules, "a", today).get("data")
    begun = [each for each in rules if each.since <= today]
    mine = [each for each in begun if each.credential == "a"] or begun
    assert (held is None) == (not begun)
    if held:
        assert (held.since, held.version) == max((each.since, each.version) for each in mine)


def test_only_changes_after_it_was_there_count_as_changes(institution):
    with reading(institution) as session:
        assert last_changed(session, "skills") == {}
    with transaction(institution) as session:
        save(session, [Skill(slug="sql", title="Structured query language")])
    with reading(institution) as session:
        assert last_changed(session, "skills") == {"sql": now(session).date()}
        assert list(last_changed(session, "credentials")) == []

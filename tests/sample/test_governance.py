"""What the sample's committee keeps: it is whole, dated backwards, and goes without a trace."""

from datetime import date

from feedback.policy import Grant
from feedback.sample import load_sample
from feedback.store import sample
from feedback.store.accounts import add_account
from feedback.store.catalogue import read_credentials
from feedback.store.committee import in_force, read_conflicts, read_decisions, read_rules, verify
from feedback.store.database import reading, transaction
from feedback.store.rounds import CLOSED, PLANNED, last_reviews, read_notes, read_rounds, unfit
from feedback.store.surveys import read_survey

TODAY = date(2026, 3, 5)


def test_rounds_a_note_rules_and_a_decision_are_there_and_go_without_a_trace(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        rounds, notes, rules = read_rounds(session), read_notes(session), read_rules(session)
        [decision] = read_decisions(session)
        assert verify(session) == []
        assert all(read_survey(session, each.survey) for each in rounds if each.survey)
        assert last_reviews(session)["drone-surveying"] == {"beta": date(2025, 12, 1)}
        assert read_conflicts(session) == []  # nobody has an account
    assert sorted(each.state for each in rounds) == [CLOSED] * 6 + [PLANNED]
    assert {each.criterion for each in notes} <= {question.id for question in instruments["expert"].questions}
    assert all(each.round in {one.id for one in rounds} for each in notes)
    assert set(in_force(rules, "machine-learning-foundations", TODAY)) == {"assessment", "appeals", "data", "identity"}
    assert decision.is_as_made
    assert decision.names("apart") == ["Committee member three"]
    assert all(each.is_sample for each in (*rounds, *notes, *rules, decision))
    with transaction(sqlite_engine) as session:
        sample.remove_sample(session)
        left = [read_rounds(session), read_notes(session), read_rules(session), read_decisions(session)]
    assert left == [[], [], [], []]


def test_every_reviewer_of_the_sample_may_judge_what_they_judge(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        known = {each.slug: each for each in read_credentials(session)}
        for one in read_rounds(session):
            assert unfit(session, known[one.credential], one.reviewers) == []


def test_a_member_of_the_sample_s_committee_has_an_interest(sqlite_engine, instruments):
    with transaction(sqlite_engine) as session:
        member = add_account(session, "Sam", "sam@example.org", [Grant("committee")], is_sample=True)
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        [interest] = read_conflicts(session)
    assert interest.account == member.id

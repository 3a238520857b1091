"""What the sample's committee keeps: it is whole, dated backwards, and goes without a trace."""

from datetime import date

from feedback.policy import Grant
from feedback.sample import load_sample
from feedback.store import sample
from feedback.store.accounts import add_account
from feedback.store.actions import read_actions, read_steps
from feedback.store.actions import verify as not_as_made
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


def test_actions_are_there_as_they_were_made_and_go_without_a_trace(sqlite_engine, institution, instruments):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        every = read_actions(session)
        assert not_as_made(session) == []
        steps = {each.id: read_steps(session, each.id) for each in every}
    assert sorted(each.state for each in every) == ["doing", "doing", "done", "done", "dropped", "planned"]
    assert sum(each.is_late(TODAY) for each in every) == 1
    assert all(each.is_sample and each.effect is None for each in every)
    assert {each.state for each in every if each.told_on is not None} == {"done"}
    assert all(steps[each.id][-1].state == each.state for each in every)
    assert all(step.day <= TODAY for some in steps.values() for step in some)
    known = {name: question for one in instruments.values() for name, question in named(one).items()}
    for each in every:
        assert each.measure is None or each.measure.kind != "question" or each.baseline["name"] in known.values()
    with transaction(sqlite_engine) as session:
        sample.remove_sample(session)
        assert read_actions(session) == []


def test_the_changes_of_the_sample_are_compared_with_the_run_before_by_the_first_after(
    sqlite_engine, institution, instruments
):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        done = [each for each in read_actions(session) if each.state == "done"]
    runs = {each.slug: each for each in institution.runs}
    assert {each.credential for each in done} == {slug for slug, truth in institution.truths.items() if truth.change}
    for each in done:
        before, after = runs[each.baseline["occasion"]], runs[each.by_run]
        assert before.starts < each.made_on <= after.starts
        theirs = [run.starts for run in runs.values() if run.credential == each.credential]
        assert not [day for day in theirs if before.starts < day < after.starts]
        assert each.title in institution.truths[each.credential].change.what


def named(instrument) -> dict[str, str]:
    """The English wording of questions and of rows of grids."""
    found = {}
    for each in instrument.questions:
        found[each.id] = each.text["en"]
        found |= {f"{each.id}/{item.id}": item.text["en"] for item in each.items or ()}
    return found

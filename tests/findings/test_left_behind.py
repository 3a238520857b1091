"""Who is left behind, of the runs and credentials that may be shown."""

from dataclasses import replace

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.left_behind import NOT_HERE
from feedback.findings.work import work_out
from tests.findings.evidence_of import runs_of
from tests.findings.portfolio_of import several


def found(held, choice=Choice()):
    return work_out(FINDINGS["left_behind"], held, choice, Limits())


def test_the_discipline_that_falls_behind_is_named_with_its_doubt():
    answer = found(several())
    assert answer.sentence.startswith(
        "Discipline: Letters: of 100 learners 60 fewer than elsewhere complete it (likely"
    )
    assert "300 people, 3 credentials" in answer.sentence
    told = answer.table.set_index("Group")["Beside the others"].to_dict()
    assert told == {"Letters": "behind", "Numbers": "ahead"}
    assert answer.chart("light")


def test_a_run_too_few_have_taken_moves_nothing():
    held = several()
    few = runs_of("a", (4, 0)).assign(slug="a-few", label="Few")
    more = replace(held, runs=type(few)([*held.runs.to_dict("records"), *few.to_dict("records")]))
    assert found(more).rows.equals(found(held).rows)


def test_a_group_of_one_credential_is_that_credential_and_no_group():
    held = several()
    alone = held.offers.assign(discipline=["Letters", *["Numbers"] * 5])
    answer = found(replace(held, offers=alone))
    assert answer.rows.empty
    assert answer.sentence.startswith("Not enough to compare yet")


def test_deliveries_are_compared_within_the_credential():
    runs = [
        runs_of(slug, (200, done), (200, done + 40)).assign(delivery=["digital", "in person"])
        for slug, done in (("a", 40), ("b", 90), ("c", 130), ("d", 70))
    ]
    held = replace(several(), runs=type(runs[0])([row for each in runs for row in each.to_dict("records")]))
    table = found(held).table
    by = table[table["By"] == "Delivery"].set_index("Group")
    assert by["Beside the others"].to_dict() == {"digital": "behind", "in person": "ahead"}
    assert by.loc["in person", "Difference from the others (points)"] == 20


def test_without_a_difference_it_says_how_small_a_one_would_have_been_missed():
    held = several()
    even = held.runs.assign(completed=[70, 74, 66, 71, 75, 67])
    answer = found(replace(held, runs=even))
    assert answer.sentence.startswith("No group is behind the others by more than chance may do: 2 comparisons made.")
    assert "would not have been seen" in answer.sentence


def test_of_one_credential_there_is_nothing_to_compare():
    answer = found(several(), Choice(credential="a"))
    assert answer.sentence == NOT_HERE
    assert answer.chart("light") is None

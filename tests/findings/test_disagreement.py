"""Whether employers agree on a credential, in a word; how far only where their steps are told."""

from dataclasses import replace

import pytest
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.disagreement import as_told
from feedback.findings.evidence import MEASURES, Choice, Step
from feedback.findings.work import work_out
from tests.findings.evidence_of import employers, evidence

LIMITS = Limits()
LADDER = tuple(Step(value, f"step {value}", 1 if value > 1 else -1) for value in range(5))


def worked(*answers, choice=Choice(credential="a"), **titles):
    held = evidence(*answers, **(titles or {"a": "A"}))
    held = replace(held, scales={**held.scales, "ladder5": LADDER})
    return work_out(FINDINGS["disagreement"], held, choice, LIMITS)


def from_sector(letter, steps, *, first=0, credential="a"):
    named = [f"{letter}{place % 6}" for place in range(len(steps))]
    return employers(credential, steps, first=first, houses=named).assign(sector=letter)


def test_employers_who_stand_close_together_agree():
    answer = worked(employers("a", [3] * 8 + [2] * 6))
    assert answer.shown["verdict"].tolist() == ["agree"]
    assert answer.sentence == (
        "Employers agree on A (14 people from 8 organisations): its average speaks for most of them."
    )


def test_employers_all_over_the_scale_differ():
    answer = worked(employers("a", [0, 1, 2, 3, 4] * 5))
    assert answer.shown["verdict"].tolist() == ["differ"]
    assert answer.shown["agreement"].between(0, 0.1).all()
    assert answer.sentence.startswith("Employers differ on A (25 people")


def test_two_camps_are_called_that_with_how_many_stand_in_each():
    answer = worked(employers("a", [0] * 12 + [4] * 13 + [2] * 5))
    assert answer.shown["verdict"].tolist() == ["two camps"]
    assert "40% rate it low and 43% high, and few between" in answer.sentence


def test_where_their_sector_is_why_it_says_which_rate_it_higher():
    answer = worked(from_sector("C", [4] * 10), from_sector("L", [0] * 10, first=50))
    assert (
        "Their sector is why, beyond chance (higher: Industry and construction; lower: Information and finance)."
        in (answer.sentence)
    )
    mixed = worked(from_sector("C", [0, 4] * 5), from_sector("L", [4, 0] * 5, first=50))
    assert mixed.sentence.endswith("Their sectors are not why, as far as can be told.")


def test_a_sector_near_the_average_is_called_neither_higher_nor_lower():
    answer = worked(
        from_sector("C", [4] * 10), from_sector("L", [0] * 10, first=50), from_sector("R", [2] * 10, first=90)
    )
    assert "(higher: Industry and construction; lower: Information and finance)." in answer.sentence


def test_three_people_of_one_organisation_are_not_three_witnesses_of_their_sector():
    kinds = (("C", 4, 0), ("L", 0, 50))
    many = [from_sector(letter, [step] * 9, first=at) for letter, step, at in kinds]
    few = [
        employers("a", [step] * 9, first=at, houses=[f"{letter}{place // 3}" for place in range(9)])
        for letter, step, at in kinds
    ]
    few = [table.assign(sector=letter) for table, (letter, *_) in zip(few, kinds, strict=True)]
    assert "Their sectors are not why" in worked(*few).sentence
    assert "Their sector is why" in worked(*many).sentence


def test_a_sector_that_is_hidden_is_not_compared():
    answer = worked(
        from_sector("C", [4] * 10), from_sector("L", [0] * 4, first=50), from_sector("R", [0] * 4, first=90)
    )
    assert "Information" not in answer.sentence + answer.table.to_string()
    assert answer.sentence.endswith("Too few of each sector have answered to say whether that is why.")


def test_over_several_those_on_which_they_differ_are_named():
    answer = worked(employers("a", [3] * 12), employers("b", [0, 4] * 6, first=50), choice=Choice(), a="A", b="B")
    assert answer.sentence == ("Employers agree on 1 of 2 credentials, and differ on B. On B they stand in two camps.")


# --- what must not show ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [0, 4, 9])
def test_below_twice_the_minimum_nothing_is_said(people):
    answer = worked(employers("a", [0, 4] * 5)[:0] if not people else employers("a", ([0, 4] * 5)[:people]))
    assert answer.table.equals(worked().table)
    assert answer.sentence == "Not enough employers have answered yet to say whether they agree."


def test_how_far_they_agree_is_told_where_the_steps_are_and_nowhere_else():
    told, joined = worked(employers("a", [3] * 12)), worked(employers("a", [3] * 8 + [4] * 2 + [0] * 3))
    assert told.shown["agreement"].tolist() == [1.0]
    assert joined.shown["agreement"].isna().all()
    assert joined.shown[["low_end", "high_end"]].isna().all(axis=None)


def test_one_answer_more_that_is_joined_with_others_moves_no_more_than_the_steps_told():
    base = [3] * 8 + [2] * 6
    one, two = (worked(employers("a", [*base, *more])).shown.iloc[0] for more in ([4], [4, 4]))
    assert (one["verdict"], two["verdict"]) == ("agree", "agree")
    assert one["agreement"] != one["agreement"]
    assert (one["high_end"], two["high_end"]) == (9 / 15, 10 / 16)


def test_a_part_that_reaches_across_an_end_tells_of_none():
    parts = DataFrame({"low": [0.0, 2.0], "high": [1.0, 4.0], "people": [6, 9]})
    agreement, low, high = as_told(parts, MEASURES[0])
    assert agreement != agreement
    assert low != low
    assert high != high
    parts = DataFrame({"low": [0.0, 2.0, 3.0], "high": [1.0, 2.0, 4.0], "people": [6, 5, 9]})
    assert as_told(parts, MEASURES[0])[1:] == (0.3, 0.45)

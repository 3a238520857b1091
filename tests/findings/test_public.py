"""What anybody may read: at the limits of public pages, moving by many people at once or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.findings import public
from feedback.findings.public import FEW, card, effect_told, found, remembered, renewed
from feedback.limits import Limits
from feedback.survey.told import effect_in_words
from feedback.survey.wording import languages
from tests.analysis.answers_table import answers_about
from tests.findings.evidence_of import comments, employers, evidence
from tests.store.telling import EFFECT

INSIDE = Limits()
OUTSIDE = INSIDE.for_public()
LADDER = [0, 1, 2, 3, 4, 3, 2, 1, 2, 3, 4, 2]


def learners(credential, positive, negative, question="goals"):
    return answers_about(credential, ratings=[4] * positive + [2] * negative, audience="learner", question=question)


def told_of(kept, source="question", measure=("question", "learner", "goals", ""), audiences=("learner",), **more):
    return found(kept, "a", source, measure, audiences, OUTSIDE, inside=5, **more)


# --- the card ---------------------------------------------------------------------------------------------------------


def test_a_card_says_how_many_know_it_and_how_far_they_count_it_with_its_doubt():
    said = card(evidence(employers("a", LADDER), a="A badge"), "a", OUTSIDE, 3, "2026-11-02")
    assert (said["asked"], said["n"], said["organisations"], said["release"], said["on"]) == (
        12,
        12,
        8,
        3,
        "2026-11-02",
    )
    assert said["low"] < said["index"] < said["high"]
    assert said["awareness_low"] < said["awareness"] <= said["awareness_high"]


@pytest.mark.parametrize("asked", [0, 5, 9])
def test_below_ten_employers_a_card_says_that_there_are_too_few_and_nothing_else(asked):
    kept = evidence(employers("a", LADDER[:asked]), a="A badge") if asked else evidence(a="A badge")
    assert card(kept, "a", OUTSIDE, 3, "2026-11-02") == {"form": public.FORM, "state": FEW}


def test_ten_employers_of_one_house_make_no_card():
    kept = evidence(employers("a", LADDER, houses=["ash"] * 12), a="A badge")
    assert card(kept, "a", OUTSIDE, 3, "")["state"] == FEW


@pytest.mark.parametrize("steps", [[4] * 12, [4] * 11 + [3], [0] * 15])
def test_where_the_mean_would_give_an_answer_away_the_card_is_about_awareness_alone(steps):
    kept = evidence(employers("a", steps), a="A badge")
    said = card(kept, "a", OUTSIDE, 3, "")
    assert said["asked"] == len(steps)
    assert not {"index", "n", "low", "high"} & said.keys()


def test_a_credential_nobody_else_answered_about_moves_no_other_card():
    alone = card(evidence(employers("a", LADDER), a="A badge", b="B"), "a", OUTSIDE, 3, "")
    beside = evidence(employers("a", LADDER), employers("b", LADDER[:7], first=50), a="A badge", b="B")
    assert card(beside, "a", OUTSIDE, 3, "") == alone


WHOLE = {"form": public.FORM, "state": "shown"}


@given(
    st.lists(st.tuples(st.integers(5, 60), st.integers(0, 50), st.booleans()), min_size=2, max_size=14),
    st.sampled_from([10, 10, 20]),
)
def test_what_a_card_ever_told_differs_by_ten_people_or_in_nothing_also_where_it_fell_silent_between(looks, raised):
    """asked, those who do not know it, and whether the index may be told; half way the minimum may be raised."""
    last, told = None, {"asked": None, "n": None}
    for number, (asked, out, has_index) in enumerate(looks):
        limits = Limits(public_minimum=raised if number >= len(looks) // 2 else 10).for_public()
        least = limits.minimum_group
        n = asked - out
        now = {"form": public.FORM, "state": FEW} if asked < least else WHOLE | {"asked": asked, "at": asked}
        if has_index and n >= least and asked >= least:
            now |= {"n": n, "index": n / 30, "low": 1.0, "high": 3.0}
        shown = renewed(last, now, limits)
        assert ("index" in shown) == ("n" in shown)
        if "index" not in now:
            assert "index" not in shown
        for name in ("asked", "n"):
            if name in shown:
                assert shown[name] >= least
                assert told[name] is None or shown[name] == told[name] or abs(shown[name] - told[name]) >= least
                told[name] = shown[name]
        if shown["state"] != FEW:
            assert shown["at"] == shown["asked"]
        if "n" in shown:
            assert shown["index"] == shown["n"] / 30
        last = remembered(last, shown)


def test_a_card_that_falls_below_the_minimum_is_gone_at_once_and_says_the_same_when_one_has_come_back():
    first = WHOLE | {"asked": 10, "n": 10, "index": 2.0, "low": 1.0, "high": 3.0}
    few = {"form": public.FORM, "state": FEW}
    assert renewed(None, first, OUTSIDE) == first
    last = remembered(None, first)
    assert renewed(last, few, OUTSIDE) == few
    last = remembered(last, few)
    assert renewed(last, first | {"index": 2.4}, OUTSIDE) == first
    moved = first | {"asked": 20, "n": 20, "index": 2.4}
    assert renewed(last, moved, OUTSIDE) == moved
    assert remembered(None, few) is None


def test_an_index_that_would_give_an_answer_away_is_gone_at_once_and_the_shares_stay():
    before = WHOLE | {"asked": 12, "n": 10, "awareness": 0.8, "index": 3.9, "low": 3.0, "high": 4.0}
    alike = WHOLE | {"asked": 13, "awareness": 0.9}
    shown = renewed(before, alike, OUTSIDE)
    assert shown == WHOLE | {"asked": 12, "awareness": 0.8}
    last = remembered(before, shown)
    assert renewed(last, before | {"asked": 13, "n": 11, "index": 3.6}, OUTSIDE) == before


def test_what_was_told_of_fewer_than_a_raised_minimum_falls_silent():
    first, higher = WHOLE | {"asked": 12, "n": 12}, Limits(public_minimum=20).for_public()
    assert renewed(first, WHOLE | {"asked": 24, "n": 24}, higher) == {"form": public.FORM, "state": FEW}
    assert renewed(first, WHOLE | {"asked": 32, "n": 32}, higher)["asked"] == 32


def test_a_card_of_another_form_is_made_anew():
    now = WHOLE | {"asked": 12, "n": 10}
    assert renewed({"form": 0, "state": "shown", "asked": 12, "n": 10}, now, OUTSIDE) == now


# --- what was found ---------------------------------------------------------------------------------------------------


def test_what_was_found_is_told_with_its_doubt_from_ten_people_on():
    kept = evidence(learners("a", 8, 12), a="A badge")
    answer = told_of(kept)
    assert answer.refused == ""
    assert (answer.told["kind"], answer.told["people"], answer.told["share"]) == ("question", 20, 0.6)
    assert answer.told["low"] < 0.6 < answer.told["high"]


@pytest.mark.parametrize("people", [0, 5, 9])
def test_what_fewer_than_ten_learners_said_is_refused_though_leads_may_see_it(people):
    kept = evidence(learners("a", people // 2, people - people // 2), a="A badge") if people else evidence(a="A badge")
    answer = told_of(kept)
    assert answer.told == {}
    assert "10 learners" in answer.refused


def test_a_question_few_answered_is_refused_though_many_answered_another():
    kept = evidence(learners("a", 20, 20, "worth"), learners("a", 3, 6), a="A badge")
    answer = told_of(kept)
    assert "10 people, and here inside 5" in answer.refused


def test_a_topic_few_were_critical_of_is_refused_and_many_are_told():
    def critical(number):
        wrote = [comments("a", 30, topic="content"), comments("a", number, first=200)]
        return told_of(
            evidence(learners("a", 30, 0), said=wrote, a="A badge"), "topic", ("topic", "learner", "pace", "")
        )

    assert critical(7).refused
    said = critical(14).told
    assert (said["kind"], said["people"], said["share"]) == ("topic", 44, 0.318)


def test_whom_it_is_told_must_be_a_crowd_also_where_nothing_is_looked_at():
    kept = evidence(learners("a", 10, 10), employers("a", LADDER[:6], first=90), a="A badge")
    assert told_of(kept, "review", None).refused == ""
    assert "3 organisations" in told_of(kept, "review", None, ("learner", "employer")).refused
    assert told_of(kept, "review", None, ()).told == {}


def test_answers_about_another_credential_make_no_crowd_of_this_one():
    kept = evidence(learners("b", 30, 30), learners("a", 2, 2), a="A badge", b="B")
    assert told_of(kept).refused


def test_the_same_is_told_in_the_same_numbers_until_ten_have_come_or_left():
    first = told_of(evidence(learners("a", 8, 12), a="A badge")).told
    near = told_of(evidence(learners("a", 8, 21), a="A badge"), before=[first]).told
    far = told_of(evidence(learners("a", 8, 22), a="A badge"), before=[first]).told
    assert near == first
    assert far["people"] == 30


def test_a_question_of_which_no_share_is_told_tells_how_many_answered_it():
    kept = evidence(
        answers_about("a", ratings=[4, 2] * 10, audience="learner", question="whole", construct="overall"), a="A badge"
    )
    answer = told_of(kept, measure=("question", "learner", "whole", ""))
    assert answer.told["kind"] == public.ANSWERED
    assert answer.told["people"] == 20
    assert "share" not in answer.told


# --- what came of it --------------------------------------------------------------------------------------------------


def test_what_came_of_it_is_told_where_both_sides_are_ten_or_more():
    said = effect_told(EFFECT, OUTSIDE)
    assert said["verdict"] == "worked"
    for people in ([40, 9], [9, 40], None, [40], [40, None]):
        assert effect_told({**EFFECT, "people": people}, OUTSIDE) == {}


def test_of_employers_both_sides_are_of_several_organisations_too():
    theirs = {**EFFECT, "audience": "employer", "organisations": [4, 3], "largest_share": 0.4}
    assert effect_told(theirs, OUTSIDE)["verdict"] == "worked"
    for wrong in ({"organisations": [4, 2]}, {"organisations": None}, {"largest_share": 0.6}, {"largest_share": None}):
        assert effect_told({**theirs, **wrong}, OUTSIDE) == {}


@pytest.mark.parametrize(
    ("verdict", "told"),
    [("worked", "worked"), ("did not", "did_not"), ("no evidence yet", "no_evidence"), ("?", "no_evidence")],
)
def test_a_verdict_nobody_knows_is_no_evidence(verdict, told):
    assert effect_told({**EFFECT, "verdict": verdict, "effect": -0.2}, OUTSIDE)["verdict"] == told


def test_what_was_held_against_nothing_is_not_said_to_be_better_than_what_was_left_as_it_was():
    assert effect_told({**EFFECT, "untouched": 0}, OUTSIDE)["verdict"] == "worked_alone"
    said = {verdict: " ".join(effect_in_words({"verdict": verdict}, "en")) for verdict in ("worked", "worked_alone")}
    assert "left as it was" in said["worked"]
    assert "left as it was" not in said["worked_alone"]
    assert "it got better" in said["worked_alone"]


def test_what_got_better_by_less_than_expected_is_not_said_to_be_no_better():
    missed = EFFECT | {"verdict": "did not", "low": -0.02, "high": 0.12}
    assert effect_told(missed | {"effect": 0.05}, OUTSIDE) == {"verdict": "less_than_expected"}
    for effect in (0.0, -0.05, None):
        assert effect_told(missed | {"effect": effect}, OUTSIDE) == {"verdict": "did_not"}
    for language in languages():
        said = [effect_in_words({"verdict": each}, language) for each in ("less_than_expected", "did_not")]
        assert said[0] != said[1]
        assert not any("public." in line for (line,) in said)


def test_of_single_runs_neither_people_nor_shares_are_told():
    """What was found of two runs less one of them would tell of the few of the other."""
    for kind in ("question", "topic", "skill"):
        assert effect_told(EFFECT | {"kind": kind}, OUTSIDE) == {"verdict": "worked"}
        assert not [sign for sign in "0123456789" if sign in "".join(effect_in_words({**EFFECT}, "en"))]


def test_what_was_told_of_fewer_than_a_raised_minimum_is_told_no_more():
    first = told_of(evidence(learners("a", 8, 12), a="A badge")).told
    limits = Limits(public_minimum=30).for_public()
    kept, measure = evidence(learners("a", 20, 20), a="A badge"), ("question", "learner", "goals", "")
    again = found(kept, "a", "question", measure, ("learner",), limits, inside=5, before=[first])
    assert again.told == {}
    assert "30 people" in again.refused

"""What anybody may read: at the limits of public pages, moving by many people at once or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.findings import public
from feedback.findings.public import FEW, card, effect_told, found, renewed
from feedback.limits import Limits
from feedback.survey.told import effect_in_words
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


@given(st.lists(st.tuples(st.integers(10, 60), st.integers(0, 50)), min_size=2, max_size=12))
def test_two_cards_somebody_can_see_one_after_the_other_differ_by_ten_people_in_all_they_say_or_in_nothing(looks):
    shown = None
    for asked, out in looks:
        now = WHOLE | {"asked": asked, "n": max(asked - out, 0)}
        after = renewed(shown, now, OUTSIDE)
        assert after in (shown, now)
        if shown is not None and after != shown:
            assert min(abs(after[name] - shown[name]) for name in ("asked", "n")) >= OUTSIDE.minimum_group
        shown = after


def test_a_card_that_falls_below_the_minimum_is_gone_at_once_and_comes_back_when_there_are_enough():
    before, few = WHOLE | {"asked": 12, "n": 10}, {"form": public.FORM, "state": FEW}
    assert renewed(before, few, OUTSIDE) == few
    assert renewed(few, before, OUTSIDE) == before
    assert renewed(None, before, OUTSIDE) == before


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
    assert (said["verdict"], said["people"], said["before"], said["after"]) == ("worked", [40, 30], 0.4, 0.2)
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
    assert effect_told({**EFFECT, "verdict": verdict}, OUTSIDE)["verdict"] == told


def test_what_was_held_against_nothing_is_not_said_to_be_better_than_what_was_left_as_it_was():
    assert effect_told({**EFFECT, "untouched": 0}, OUTSIDE)["verdict"] == "worked_alone"
    said = {
        verdict: " ".join(effect_in_words({"verdict": verdict, "people": [40, 30]}, "en"))
        for verdict in ("worked", "worked_alone")
    }
    assert "left as it was" in said["worked"]
    assert "left as it was" not in said["worked_alone"]
    assert "It got better" in said["worked_alone"]


def test_of_a_question_no_average_is_told():
    assert not {"before", "after"} & effect_told({**EFFECT, "kind": "question"}, OUTSIDE).keys()

"""What became of actions: against the shrunk baseline and untouched things, and what is said where nothing can be."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.store.action import verdict_of
from tests.analysis.answers_table import answers_about
from tests.findings.two_runs import action, actions, of_runs, over_runs, run, written

LIMITS = Limits()
ONE = Choice(credential="data-badge")
MIXED = [2, 3, 4] * 12
HIGH = [4, 4, 5] * 12
OTHERS = ("first", "second", "third")


def effects(evidence, choice=ONE, limits=LIMITS):
    return work_out(FINDINGS["effects"], evidence, choice, limits)


def only_row(answer):
    assert len(answer.rows) == 1
    return answer.rows.iloc[0]


def asked(goals, others=MIXED, **more):
    """Goals, what the action is about, beside three questions nobody touched."""
    return {"goals": goals, **dict.fromkeys(OTHERS, others), **more}


def after(goals, others=MIXED, *, said=None, **more):
    """One action on goals, and what was answered before it and after."""
    return over_runs(asked(MIXED), asked(goals, others), actions=actions(action(**more)), said=said)


def test_an_action_whose_measure_rose_while_others_stayed_worked():
    found = only_row(answer := effects(after(HIGH)))
    assert found["verdict"] == "worked"
    assert found["low"] > 0
    assert 0.9 < found["effect"] < 1.5
    assert (found["untouched"], found["people_before"], found["people_now"]) == (3, 36, 36)
    assert answer.sentence.startswith("Of 1 action looked at again: 1 worked. “Say the goals first” worked: 1.")
    assert "0.5 steps expected; 36, then 36 people" in answer.sentence


def test_one_whose_measure_stayed_did_not_where_what_was_expected_can_be_ruled_out():
    found = only_row(answer := effects(after(MIXED, expected=1.0)))
    assert found["verdict"] == "did not"
    assert found["high"] < 1.0
    assert "1 did not work" in answer.sentence


KEPT = {"stage": "measured", "verdict": "did not", "why": "", "effect": 0.2, "low": -0.1, "high": 0.4, "change": 0.3,
        "drift": 0.1, "untouched": 3, "smallest": 0.5, "value_before": 3.0, "value_now": 3.5, "people_before": 30,
        "people_now": 31, "expected": 1.0}  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "word"), [(0.2, "brought less than was expected"), (-0.05, "did not work"), (0.0, "did not work")]
)
def test_what_got_better_by_less_than_expected_is_called_as_on_its_own_page_in_sentence_table_and_picture(effect, word):
    answer = effects(after(MIXED, **KEPT | {"effect": effect}))
    assert f"1 {word}. “Say the goals first” {word}: " in answer.sentence
    assert list(answer.table["Found"]) == [word]
    assert f'"{word}"' in json.dumps(answer.chart("light"), ensure_ascii=False)
    assert f"it {word}" == verdict_of({"verdict": "did not", "effect": effect})


def test_where_the_effect_is_withheld_its_way_is_not_told_by_a_word():
    answer = effects(after(MIXED, **KEPT | {"people_before": 2, "people_now": 2}))
    assert answer.rows["effect"].isna().all()
    assert "less than" not in answer.sentence + "".join(answer.table["Found"])


def test_where_neither_can_be_ruled_out_there_is_no_evidence_yet_and_how_much_would_show_is_told():
    few = [2, 3, 4, 3, 2, 4, 3]
    evidence = over_runs({"goals": few}, {"goals": [*few[1:], 4]}, actions=actions(action()))
    found = only_row(effects(evidence))
    assert found["verdict"] == "no evidence yet"
    assert found["smallest"] > 0.5


def test_what_rose_everywhere_is_no_effect_of_one_action():
    found = only_row(effects(after(HIGH, HIGH)))
    assert found["change"] > 0.9
    assert found["drift"] == pytest.approx(found["change"], abs=0.2)
    assert found["verdict"] == "no evidence yet" or found["effect"] < 0.3


def test_what_another_action_touches_is_no_comparison():
    touched = actions(action(), action(id="two", about="first"))
    evidence = over_runs(asked(MIXED), asked(HIGH), actions=touched)
    assert set(effects(evidence).rows["untouched"]) == {0}


@pytest.mark.parametrize(
    ("other", "untouched"),
    [
        ({"kind": "topic", "about": "pace"}, 0),
        ({"kind": "topic", "about": "materials"}, 3),
        ({"kind": "question", "about": "first", "stage": "unmeasured"}, 0),
        ({"kind": "expert", "about": "aims_clear", "stage": "unmeasured"}, 0),
        ({"kind": "other", "about": "", "stage": "unmeasured"}, 3),
    ],
)
def test_what_another_action_touches_is_no_comparison_whoever_speaks_of_it_and_measured_or_not(other, untouched):
    """With one of the three gone too few are left to know what moves by itself."""
    evidence = over_runs(asked(MIXED), asked(HIGH), actions=actions(action(), action(id="two", **other)))
    same = {"topic:pace": "speed", "question:first": "speed", "criterion:aims_clear": "speed"}
    found = effects(replace(evidence, changes=same)).rows.set_index("id")
    assert found.loc["one", "untouched"] == untouched
    assert ("two" in found.index) == (other.get("stage") != "unmeasured")


def test_answers_of_the_same_people_go_together_so_a_difference_between_questions_is_surer():
    """Two questions the same people answer alike tell more of what an action changed than two of different people."""
    alike = {"worth": MIXED, **asked(MIXED)}
    now = {"worth": MIXED, **asked([3, 4, 4] * 12)}
    evidence = over_runs(alike, now, actions=actions(action()))
    apart = replace(evidence, products=evidence.products.iloc[:0])
    sure, unsure = (only_row(effects(each)) for each in (evidence, apart))
    assert sure["high"] - sure["low"] < unsure["high"] - unsure["low"]
    assert FINDINGS["effects"].mark(evidence, ONE) != FINDINGS["effects"].mark(apart, ONE)


def test_the_verdict_on_the_whole_is_compared_with_nothing_and_compares_nothing():
    both = {"worth": MIXED, **dict.fromkeys(OTHERS, MIXED)}
    evidence = over_runs(both, {**both, "worth": HIGH}, actions=actions(action(about="worth")))
    assert only_row(effects(evidence))["untouched"] == 0
    with_worth = over_runs(asked(MIXED, worth=MIXED), asked(HIGH, worth=HIGH), actions=actions(action()))
    assert only_row(effects(with_worth))["untouched"] == 3


def test_nearer_to_the_middle_is_better_and_the_table_says_how_far_off_it_was():
    evidence = over_runs({"pace": [6, 7] * 18}, {"pace": [4, 5] * 18}, actions=actions(action(about="pace")))
    found = only_row(effects(evidence))
    assert found["verdict"] == "worked"
    assert (found["value_before"], found["value_now"]) == (2.5, 0.5)


def test_a_topic_falls_among_those_who_write():
    said = [written("data-badge", 1, 40, 30), written("data-badge", 2, 40, 8)]
    topic = actions(action(kind="topic", about="pace", expected=0.2))
    found = only_row(answer := effects(over_runs({"goals": MIXED}, {"goals": MIXED}, actions=topic, said=said)))
    assert (found["verdict"], found["value_before"], found["value_now"]) == ("worked", 0.75, 0.2)
    assert "points of 100 better" in answer.sentence
    assert list(answer.table["Before"]) == [75.0]


def test_a_topic_of_which_a_few_are_left_over_is_not_told():
    """Forty in all less those of both runs would leave three who wrote in a third."""
    said = [written("data-badge", 1, 40, 30), written("data-badge", 2, 40, 8), written("data-badge", 3, 3, 1)]
    topic = actions(action(kind="topic", about="pace", expected=0.2))
    found = only_row(effects(over_runs({"goals": MIXED}, {"goals": MIXED}, actions=topic, said=said)))
    assert (found["verdict"], found["why"]) == ("no evidence yet", "too few")


@pytest.mark.parametrize(("before", "after"), [(1, 8), (8, 8), (5, 5), (0, 6)])
def test_of_a_topic_nothing_is_told_that_says_what_a_few_said_or_what_all_of_a_small_group_did(before, after):
    """One critical of eight, then eight of eight: whoever knows the eight would know what each wrote."""
    said = [written("data-badge", at, 8, critical) for at, critical in ((1, before), (2, after))]
    topic = actions(action(kind="topic", about="pace", expected=0.2))
    answer = effects(over_runs({"goals": MIXED}, {"goals": MIXED}, actions=topic, said=said))
    found = only_row(answer)
    assert (found["state"], found["verdict"], found["why"]) == ("withheld", "no evidence yet", "too few")
    assert found[["effect", "low", "high", "change", "smallest", "value_before", "value_now"]].isna().all()
    assert "too few one way or the other" in answer.table["Found"].iloc[0]


def test_of_a_topic_both_sides_of_which_are_large_enough_is_told():
    said = [written("data-badge", 1, 10, 5), written("data-badge", 2, 11, 6)]
    topic = actions(action(kind="topic", about="pace", expected=0.2))
    found = only_row(effects(over_runs({"goals": MIXED}, {"goals": MIXED}, actions=topic, said=said)))
    assert (found["value_before"], found["value_now"]) == (0.5, 0.55)


def test_a_topic_of_which_few_were_critical_in_the_other_runs_is_not_told():
    """What is told of the credential less both runs would leave two."""
    said = [written("data-badge", 1, 40, 30), written("data-badge", 2, 40, 8), written("data-badge", 3, 20, 2)]
    topic = actions(action(kind="topic", about="pace", expected=0.2))
    runs = ({"goals": MIXED},) * 3
    assert only_row(effects(over_runs(*runs, actions=topic, said=said)))["why"] == "too few"


def test_a_topic_that_beside_its_voices_would_say_how_few_were_not_critical_is_not_told():
    """Two runs are all there are: all who name it, less both together, leave the one who praises it."""
    parts = [written("data-badge", 1, 40, 18), written("data-badge", 2, 40, 8)]
    topics = pd.concat([each.topics for each in parts], ignore_index=True)
    topics["appreciative"] |= (topics["topic"] == "pace") & (topics["response"] < 1006)
    praise = (topics["topic"] == "other") & (topics["response"] < 1019)
    topics.loc[praise, ["topic", "critical", "appreciative"]] = ["pace", False, True]
    said = [replace(parts[0], topics=topics)]
    topic = actions(action(kind="topic", about="pace", expected=0.2))
    runs = ({"goals": MIXED},) * 2
    assert only_row(effects(over_runs(*runs, actions=topic, said=said)))["why"] == "too few"


def employers_short(survey: str, short: int, fine: int, first: int):
    """Employers who rated a skill: so many need it and see it done badly."""
    houses = [f"house-{place % 6}" for place in range(short + fine)]
    table = answers_about(
        "data-badge", ratings=[1] * short + [5] * fine, audience="employer", question="skill_shortfall",
        construct="skill_shortfall", item="charts", organisations=houses, first=first,
    )  # fmt: skip
    return table.assign(kind="derived", scale="", positive=table["number"] == 1, survey=survey)


def test_a_skill_is_compared_between_two_surveys_of_employers():
    tables = [employers_short("spring", 24, 6, 5000), employers_short("autumn", 6, 24, 6000)]
    skill = action(kind="skill", audience="employer", about="charts", expected=0.3, before="spring", by="autumn")
    found = only_row(effects(of_runs(*tables, actions=actions(skill), data_badge="Data badge")))
    assert found["verdict"] == "worked"
    assert (found["houses_before"], found["houses_now"]) == (6, 6)


@pytest.mark.parametrize(("before", "after"), [((1, 7), (8, 0)), ((24, 6), (4, 26)), ((8, 0), (24, 6))])
def test_of_a_skill_nothing_is_told_that_says_what_a_few_employers_said(before, after):
    tables = [employers_short("spring", *before, 5000), employers_short("autumn", *after, 6000)]
    skill = action(kind="skill", audience="employer", about="charts", expected=0.3, before="spring", by="autumn")
    found = only_row(effects(of_runs(*tables, actions=actions(skill), data_badge="Data badge")))
    assert (found["state"], found["why"]) == ("withheld", "too few")
    assert found[["effect", "change", "value_before", "value_now"]].isna().all()


def test_a_skill_nobody_has_rated_yet_takes_nothing_down():
    skill = action(kind="skill", audience="employer", about="charts", expected=0.3, before="spring", by="autumn")
    answer = effects(over_runs(asked(MIXED), asked(HIGH), actions=actions(action(id="two"), skill)))
    found = answer.rows.set_index("id")
    assert (found.loc["one", "why"], found.loc["two", "verdict"]) == ("too few", "worked")


@pytest.mark.parametrize("audience", ["learner", "employer"])
def test_shares_asked_in_another_version_are_not_compared(audience):
    spring = employers_short("spring", 24, 6, 5000)
    tables = [spring, employers_short("autumn", 6, 24, 6000).assign(version=2)]
    skill = action(kind="skill", audience="employer", about="charts", expected=0.3, before="spring", by="autumn")
    topic = action(kind="topic", about="pace", expected=0.2)
    tables += [run("data-badge", at, {"goals": MIXED}, version=at) for at in (1, 2)]
    said = [written("data-badge", 1, 40, 30), written("data-badge", 2, 40, 8)]
    one = actions(topic if audience == "learner" else skill)
    found = only_row(effects(of_runs(*tables, actions=one, said=said, data_badge="Data badge")))
    assert (found["verdict"], found["why"]) == ("no evidence yet", "another version")


def test_employers_of_too_few_organisations_are_not_told():
    tables = [employers_short("spring", 24, 6, 5000), employers_short("autumn", 4, 26, 6000)]
    tables[1]["organisation"] = "house-1"
    skill = action(kind="skill", audience="employer", about="charts", expected=0.3, before="spring", by="autumn")
    found = only_row(effects(of_runs(*tables, actions=actions(skill), data_badge="Data badge")))
    assert (found["state"], found["why"]) == ("withheld", "too few")


@pytest.mark.parametrize(("people", "told"), [(4, False), (12, True)])
def test_a_run_too_small_to_show_tells_nothing(people, told):
    answer = effects(over_runs({"goals": MIXED}, {"goals": [2, 3, 4, 3] * (people // 4)}, actions=actions(action())))
    assert (only_row(answer)["state"] != "withheld") == told
    assert ("too few answered in one of the two runs" in answer.table["Found"].iloc[0]) != told
    assert "nan" not in answer.sentence


def test_another_version_says_why_nothing_is_told():
    tables = [run("data-badge", 1, {"goals": MIXED}), run("data-badge", 2, {"goals": HIGH}, version=2)]
    found = only_row(effects(of_runs(*tables, actions=actions(action()), data_badge="Data badge")))
    assert found["verdict"] == "no evidence yet"
    assert found["why"] == "another version"


def test_one_that_waits_says_for_what_and_shows_no_number():
    answer = effects(after(HIGH, stage="waits"))
    assert answer.table["Found"].iloc[0] == "waits until “data-badge-2” has answered"
    assert answer.sentence == "Not enough has been answered yet: 1 action waits for the next run."
    assert answer.chart("light") is None
    assert list(answer.table["Shown"]) == ["not yet"]


def test_what_was_measured_once_stands_whatever_is_answered_later():
    kept = {"stage": "measured", "verdict": "worked", "why": "", "effect": 0.4, "low": 0.1, "high": 0.7, "change": 0.5,
            "drift": 0.1, "untouched": 3, "smallest": 0.5, "value_before": 3.0, "value_now": 3.5, "people_before": 30,
            "people_now": 31}  # fmt: skip
    found = only_row(effects(after(MIXED, **kept)))
    assert (found["verdict"], found["effect"], found["people"]) == ("worked", 0.4, 30)


def test_what_was_not_begun_in_time_is_counted_as_that_and_no_number_of_it_is_told():
    answer = effects(after(HIGH, stage="measured", verdict="not begun", why=""))
    found = only_row(answer)
    assert found["verdict"] == "not begun"
    assert list(answer.table["Found"]) == ["not begun in time: it was still planned when the run was over"]
    assert found[["effect", "low", "high", "value_before", "value_now", "people"]].isna().all()
    assert answer.sentence == "Of 1 action looked at again: 1 not begun in time."
    assert answer.chart("light") is None


def test_the_picture_has_each_effect_as_a_part_of_what_was_expected_beside_its_own_name():
    rows = actions(action(title="Goals"), action(id="two", about="first", title="First"))
    answer = effects(over_runs(asked(MIXED), asked(HIGH), actions=rows))
    by_title = answer.rows.set_index("title")
    assert by_title.loc["Goals", "verdict"] == "worked"
    for _, found in by_title.iterrows():
        assert found["part"] == pytest.approx(found["effect"] / found["expected"])
    assert answer.chart("dark") is not None


def test_actions_of_another_credential_are_not_told_of():
    other = action(id="two", credential="other", before="other-1", by="other-2", title="Elsewhere")
    tables = [run(slug, at, {"goals": MIXED}) for slug in ("data-badge", "other") for at in (1, 2)]
    evidence = of_runs(*tables, actions=actions(action(), other), data_badge="Data badge", other="Other")
    assert list(effects(evidence).rows["title"]) == ["Say the goals first"]
    assert sorted(effects(evidence, Choice()).rows["title"]) == ["Elsewhere", "Say the goals first"]


def test_a_new_action_is_a_new_mark_of_this_finding_and_of_no_other():
    held = after(MIXED)
    without = replace(held, actions=held.actions.iloc[:0])
    moved = {name for name, each in FINDINGS.items() if each.mark(held, ONE) != each.mark(without, ONE)}
    assert moved == {name for name, each in FINDINGS.items() if each.actions}

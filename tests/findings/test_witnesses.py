"""Skill by skill: what four witnesses say, whether employers confirmed the need, and what no credential covers."""

from dataclasses import replace
from datetime import date

import pytest
from pandas import isna

from feedback.analysis.witnesses import LEADS_TO
from feedback.disclosure import Limits
from feedback.findings.attacking import attack
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Step
from feedback.findings.skills import THE_WHOLE, say_stale, stale
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about
from tests.findings.evidence_of import HOUSES, evidence, market_of, runs_of

CONFIDENCE = tuple(Step(value, f"step {value}", 1 if value > 2 else -1) for value in range(1, 5))
STEPS = tuple(Step(value, f"step {value}", (value > 2) - (value < 2)) for value in range(5))
SCALES = {"confidence4": CONFIDENCE, "need5": STEPS, "perform5": STEPS}
ABLE, WEAK = [4, 3] * 10, [0, 1] * 5

SHORT = "Needed, and performed below the middle, by the same employers (%)"


def able(steps, *, skill="charts", first=300):
    return answers_about(
        "a", ratings=steps, question="skills", construct="skill_gain", item=skill, scale="confidence4", first=first
    )


def said(construct, steps, *, skill="charts", first=0, months=("2026-01",)):
    scale = "perform5" if construct == "skill_performance" else "need5"
    houses = [HOUSES[place % 8] for place in range(len(steps))]
    asked = answers_about(
        "a", ratings=steps, audience="employer", question=construct, item=skill, scale=scale, organisations=houses,
        first=first,
    )  # fmt: skip
    return asked.assign(month=[months[place % len(months)] for place in range(len(steps))])


def marked(*marks):
    return answers_about(
        "a", ratings=list(marks), audience="expert", question=LEADS_TO, construct="criterion", scale="mark4", first=600
    )


def held(*answers, claims=("charts",), **more):
    made = evidence(*answers, a="A badge", **more)
    asked = dict.fromkeys(("skills", "skill_need", "skill_performance"), "How far?")
    return replace(made, claims={"a": claims}, scales=made.scales | SCALES, questions={**made.questions, **asked})


def told(name, *answers, **more):
    return work_out(FINDINGS[name], held(*answers, **more), Choice(credential="a"), Limits())


def test_four_witnesses_stand_beside_the_whole_and_two_beside_a_skill():
    answer = told(
        "witnesses", able(ABLE), said("skill_performance", WEAK), marked(3, 1), runs=runs_of("a", (20, 16), (24, 9))
    )
    rows = answer.table.set_index("Skill")
    shares = [
        "Learners able (%)",
        "Tests passed (%)",
        "Employers see it done well (%)",
        "Experts' mark (% of its scale)",
    ]
    assert rows.loc[THE_WHOLE, shares].tolist() == [100, 92, 0, 67]
    assert rows.loc["Drawing charts", shares[::2]].tolist() == [100, 0]
    assert rows.loc["Drawing charts", shares[1::2]].isna().all()
    assert rows.loc["Drawing charts", "Differ beyond chance"] == "learners above employers"
    assert answer.sentence.startswith("On 1 of 1 skill learners and employers differ by more than chance")
    assert answer.chart("light") is not None


def test_a_witness_with_too_few_is_missing_and_the_others_stay():
    answer = told("witnesses", able(ABLE), said("skill_performance", [4] * 4), marked(3))
    rows = answer.table.set_index("Skill")
    assert rows.loc["Drawing charts", "Learners able (%)"] == 100
    assert isna(rows.loc["Drawing charts", "Employers see it done well (%)"])
    assert rows.loc["Drawing charts", "Shown"] == "yes, without employers: too few to show"
    assert rows.loc[THE_WHOLE, "Shown"] == "yes, without tests, employers and experts: too few to show"
    assert answer.sentence.startswith("No skill has been judged by two witnesses")


def test_a_claimed_skill_stands_there_heard_or_not_so_that_the_first_answer_cannot_be_seen():
    nobody, one = (
        told("witnesses", able(ABLE), *more, claims=("charts", "sql")) for more in ((), (able([1], skill="sql"),))
    )
    assert nobody.table.equals(one.table)
    assert "sql" in set(nobody.table["Skill"])


def test_the_whole_tells_nothing_of_a_hidden_skill():
    alone, beside = (
        told("witnesses", able(ABLE), *more, claims=("charts", "sql")) for more in ((), (able([1] * 4, skill="sql"),))
    )
    assert alone.table.equals(beside.table)


@pytest.mark.parametrize(
    ("steps", "state", "why"),
    [
        ([4] * 12, "validated", "surely half or more need it"),
        ([4] * 6 + [1] * 6, "contested", "employers disagree: the half lies within the interval"),
        ([1] * 12, "contested", "most do not need it"),
        ([4] * 4, "unvalidated", "too few have said so"),
    ],
)
def test_the_state_of_a_skill_stands_beside_its_reason(steps, state, why):
    row = told("skill_state", said("skill_need", steps)).table.iloc[0]
    assert (row["State"], row["Why"]) == (state, why)
    assert row["Stale from"] == ("" if state == "unvalidated" else "2027-01-31")


def test_a_skill_is_stale_a_year_after_enough_employers_were_heard():
    shown = told("skill_state", said("skill_need", [4] * 12, months=("2026-01",))).shown
    assert stale(shown, date(2027, 1, 30)) == []
    assert stale(shown, date(2027, 1, 31)) == ["Drawing charts"]
    assert "Drawing charts" in say_stale(shown, date(2027, 1, 31))
    assert say_stale(shown, date(2026, 2, 1)).startswith("No skill is stale")


def test_need_and_performance_are_paired_within_the_employer():
    row = told("skill_state", said("skill_need", [4] * 10), said("skill_performance", [0] * 3 + [4] * 7)).table.iloc[0]
    assert (row[SHORT], row["People who rated both"]) == (30, 10)
    few = told("skill_state", said("skill_need", [4] * 10), said("skill_performance", [0] * 3)).table.iloc[0]
    assert few["Needed (%)"] == 100
    assert isna(few["Performed well (%)"])
    assert isna(few[SHORT])
    assert isna(few["People who rated both"])


def test_what_is_performed_in_the_middle_is_neither_done_well_nor_short_and_the_share_has_its_own_people():
    need, seen = said("skill_need", [4] * 12), said("skill_performance", [2] * 4 + [4] * 2)
    row = told("skill_state", need, seen).table.iloc[0]
    assert row["Performed well (%)"] == 33
    assert (row[SHORT], row["People who rated both"], row["People"]) == (0, 6, 12)


def test_what_no_credential_covers_is_told_with_the_market_and_who_needs_it():
    market = market_of(("charts", 90, 2), ("sql", 10, 60), ("latin", 5, 70))
    covered = told("uncovered", market=market)
    assert set(covered.table["Skill"]) == {"sql", "latin"}
    taken_off = told("uncovered", said("skill_need", [4] * 8), market=market, claims=("sql", "latin"))
    row = taken_off.table.iloc[0]
    assert (row["Skill"], row["Employers who need it (%)"], row["People"]) == ("Drawing charts", 100, 8)
    assert "Employers need Drawing charts (100%" in taken_off.sentence
    few = told("uncovered", said("skill_need", [4] * 4), market=market, claims=("sql", "latin"))
    assert isna(few.table.iloc[0]["Employers who need it (%)"])
    assert few.table.iloc[0]["Wanted more than (% of the others)"] == 100


def test_nothing_small_follows_from_what_is_told_of_skills():
    made = held(
        able(ABLE), able([4, 3, 2, 1, 1, 3], skill="sql"), said("skill_need", [4] * 6 + [1] * 2),
        said("skill_performance", [4] * 3 + [1] * 3), said("skill_need", [4] * 4, skill="sql"),
        claims=("charts", "sql"),
    )  # fmt: skip
    found = attack(made, Limits(), findings=("answers", "skills", "what_to_change", "witnesses", "skill_state"))
    assert found.facts > 0
    assert found.solved == ()

"""Every finding through the one gate: the minimum from both sides, and a hidden cell that moves nothing."""

import json
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, measures_in
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about, together
from tests.findings.evidence_of import (
    FIGURES,
    chosen_between,
    combined,
    comments,
    employers,
    evidence,
    forms_of,
    hired,
    houses_of,
    later,
    learners,
    leavers,
    market_of,
    reviewed,
    reviews,
    roles_of,
    runs_of,
    wishes,
)
from tests.findings.portfolio_of import several
from tests.findings.test_impact import three
from tests.findings.test_rising import of, run
from tests.findings.test_themes import TOO_FAST, badge
from tests.findings.test_themes import said as said_of
from tests.findings.two_runs import action, actions, over_runs

EVERY = pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda finding: finding.id)
LIMITS = Limits()
PARTS = 4
"""All findings are tried on the same institutions, in so many parts."""


def said(finding, held, choice=Choice()):
    """Everything that leaves a finding: sentence, table, alternative text, and both pictures."""
    answer = work_out(finding, held, choice, LIMITS)
    charts = [answer.chart(mode) for mode in ("light", "dark")]
    return json.dumps([answer.sentence, answer.alt, answer.table.to_csv(), charts], default=str, sort_keys=True)


def agreed(credential, number):
    """Learners who all say the same of their goals, and gave every row of a grid the same answer."""
    goals = answers_about(credential, ratings=[5] * number, question="goals", first=100)
    line = answers_about(
        credential, ratings=[5] * number, question="skills:straight", construct="straight_lined", first=100
    )
    return together(goals, line.assign(kind="derived", scale="", number=1.0).astype(goals.dtypes.to_dict()))


@cache
def full(**more):
    """One credential everybody has answered about; worked out many times, since that leaves it as it was."""
    return evidence(
        employers("data-badge", [4, 3, 4, 2, 3, 4]),
        hired("data-badge", [1, 4, 1, 4, 5, 1]),
        learners("data-badge", [5, 4, 2, 4, 1, 5]).assign(survey="data-badge-1"),
        wishes("data-badge", [["no"], ["language"], ["subtitles", "local_cases"], *[["language"]] * 4, ["no"]]),
        leavers("data-badge", [["time"], ["time", "cost"], ["cost"], ["time"], ["time"], ["time"], ["cost"]]),
        later("data-badge", [True] * 5 + [False] * 5),
        reviews("data-badge", [[3, 0], [2, 3]], ["ready", "not_ready"]),
        agreed("data-badge", 6),
        said=[reviewed("data-badge", 6)],
        runs=runs_of("data-badge", (20, 16), (24, 9)),
        market=market_of(*FIGURES),
        forms=forms_of("data-badge-1", opened=40, started=36, reached_1=30, finished=27, seconds_130=20, seconds_400=7),
        roles=roles_of("data-badge", *((house, "recruiter") for house in ("ash", "oak", "elm", "fir", "yew"))),
        aims={"data-badge": ("R", "K")},
        data_badge="Data badge",
        **more,
    )


@EVERY
def test_a_finding_without_any_answer_says_so_and_draws_nothing(finding):
    answer = work_out(finding, evidence(data_badge="Data badge"), Choice(), LIMITS)
    assert answer.sentence.startswith(("Not enough", "No comments"))
    assert answer.chart("light") is None
    assert "nan" not in answer.sentence


def enough_for(finding):
    """Evidence of which a finding has something to tell: of most, what six have said."""
    if finding.splits or finding.id == "disagreement":  # of fewer than ten no part is told
        told = [
            employers("data-badge", [4, 3, 4, 2, 3], houses=list(letter * 2 + "abc"), first=at).assign(sector=letter)
            for at, letter in ((0, "R"), (20, "K"))
        ]
        return evidence(*told, houses=houses_of(("R", None, 9), ("K", None, 9)), data_badge="Data badge")
    if finding.id in ("left_behind", "returns", "pathways"):  # several are compared, or stand in a row
        return several()
    if finding.id == "pairs":  # two are needed to choose between
        return evidence(chosen_between({"data-badge": 1, "other": 0}), data_badge="Data badge", other="Other")
    if finding.id == "bundles":  # of two or more a combination is made
        return evidence(combined({"a": 2, "b": 1, "c": 0}, people=8), a="A", b="B", c="C")
    if finding.id == "changed":  # it takes two runs
        return over_runs({"worth": [2, 3, 4] * 8}, {"worth": [4, 4, 5] * 8})
    if finding.id in ("impact", "themes", "rising", "quotes"):  # many who say much the same
        return {"impact": three([2] * 9), "rising": of(run(1, 40, 6), run(2, 40, 27))}.get(
            finding.id, evidence(said=[badge(20), said_of([TOO_FAST] * 8, topic="pace", credential="b")], a="A", b="B")
        )
    if finding.id == "comments_by_run":
        return of(run(1, 40, 6), run(2, 40, 27))
    if finding.id == "suggestions":
        return evidence(said=[said_of(["There should be more labs with a tutor."] * 8, credential="b")], b="B")
    if finding.id == "effects":
        return over_runs({"goals": [2, 3, 4] * 4}, {"goals": [3, 4, 4] * 4}, actions=actions(action()))
    return full()


@EVERY
def test_a_finding_with_six_answers_says_something_and_draws_it(finding):
    answer = work_out(finding, enough_for(finding), Choice(), LIMITS)
    assert not answer.sentence.startswith(("Not enough", "No comments"))
    assert "nan" not in answer.sentence.lower().split()
    assert not answer.table.empty
    if finding.draw:
        spec = answer.chart("dark")
        assert spec is not None
        assert "NaN" not in json.dumps(spec)


@EVERY
def test_working_a_finding_out_leaves_the_evidence_as_it_was(finding):
    held = full()
    answers, topics, written = (table.copy(deep=True) for table in (held.answers, held.topics, held.comments))
    work_out(finding, held, Choice(credential="data-badge"), LIMITS)
    assert held.answers.equals(answers)
    assert held.topics.equals(topics)
    assert held.comments.drop(columns="topics").equals(written.drop(columns="topics"))


@pytest.mark.parametrize(
    ("finding", "four", "five"),
    [
        ("credential_value", employers("a", [4] * 4), employers("a", [4] * 5)),
        ("recognition", employers("a", [4] * 4), employers("a", [4] * 5)),
        ("skills", employers("a", [4] * 4), employers("a", [4] * 5)),
        ("worth", learners("a", [5] * 4), learners("a", [5] * 5)),
        ("learner_scales", learners("a", [5] * 4), learners("a", [5] * 5)),
        ("what_to_change", learners("a", [1] * 4), learners("a", [1] * 5)),
        ("dropout", leavers("a", [["time"]] * 4 + [["cost"]] * 3), leavers("a", [["time"]] * 5 + [["cost"]] * 2)),
        ("outcomes", later("a", [True] * 4), later("a", [True] * 5 + [False] * 5)),
        ("localisation", wishes("a", [["language"]] * 4), wishes("a", [["language"]] * 5 + [["no"]] * 2)),
    ],
)
def test_s18_four_people_are_withheld_and_five_are_shown(finding, four, five):
    few = work_out(FINDINGS[finding], evidence(four, a="A badge"), Choice(), LIMITS)
    enough = work_out(FINDINGS[finding], evidence(five, a="A badge"), Choice(), LIMITS)
    assert few.shown.empty
    assert few.chart("light") is None
    assert few.table.select_dtypes("number").isna().all(axis=None)
    assert not enough.shown.empty
    assert enough.shown["people"].min() >= 5


def test_s18_comments_of_four_people_are_withheld_and_of_five_are_shown():
    few = work_out(FINDINGS["comments"], evidence(said=[reviewed("a", 4)], a="A badge"), Choice(), LIMITS)
    enough = work_out(FINDINGS["comments"], evidence(said=[reviewed("a", 5)], a="A badge"), Choice(), LIMITS)
    assert few.table.empty
    assert len(enough.table) == 5


def test_employers_of_two_organisations_are_withheld_however_many_they_are():
    two = employers("a", [4] * 12, houses=["ash", "oak"] * 6)
    assert work_out(FINDINGS["credential_value"], evidence(two, a="A badge"), Choice(), LIMITS).shown.empty
    three = employers("a", [4] * 12, houses=["ash", "oak", "elm"] * 4)
    assert len(work_out(FINDINGS["credential_value"], evidence(three, a="A badge"), Choice(), LIMITS).shown) == 1


def test_a_question_few_answered_of_one_credential_moves_no_total():
    """S16: all minus one must not give away what one credential's few said of one question."""
    rest = (learners("shown", [5, 4, 2, 4, 1, 5]), learners("other", [4, 4, 4, 2, 2], first=300))
    few = answers_about("shown", ratings=[1], question="proof", first=100)
    enough = answers_about("other", ratings=[4, 4, 4, 2, 2], question="proof", first=300)
    with_one = evidence(*rest, few, enough, shown="Shown", other="Other")
    without = evidence(*rest, enough, shown="Shown", other="Other")
    assert said(FINDINGS["learner_scales"], with_one) == said(FINDINGS["learner_scales"], without)


def test_a_measure_hardly_anybody_answered_on_is_not_offered():
    one = evidence(employers("a", [4]), a="A badge")
    five = evidence(employers("a", [4] * 5), a="A badge")
    assert measures_in(one, LIMITS) == ()
    assert [measure.construct for measure in measures_in(five, LIMITS)] == ["recognition"]


@pytest.mark.parametrize("finding", ["credential_value", "recognition", "worth"])
def test_the_first_answer_about_a_credential_cannot_be_seen(finding):
    nobody = evidence(employers("a", [4] * 5), learners("a", [5] * 5), a="A badge", b="B badge")
    somebody = evidence(
        employers("a", [4] * 5), learners("a", [5] * 5), employers("b", [4], first=50), learners("b", [1], first=250),
        a="A badge", b="B badge",
    )  # fmt: skip
    assert said(FINDINGS[finding], nobody) == said(FINDINGS[finding], somebody)


@cache
def shown_of_enough():
    """What enough people said of two credentials."""
    return (
        employers("data-badge", [4, 3, 4, 2, 3, 4]),
        employers("loved", [4, 4, 4, 4, 4], first=20),
        learners("data-badge", [5, 4, 2, 4, 1, 5]),
        wishes("data-badge", [["no"], ["subtitles"], *[["language"]] * 5]),
        leavers("data-badge", [["time"], ["time", "cost"], ["cost"], ["time"], ["time"], ["time"], ["cost"]]),
        later("data-badge", [True] * 5 + [False] * 5),
        reviews("data-badge", [[3, 0], [2, 3]], ["ready", "not_ready"]),
    )


@settings(max_examples=4, deadline=None)
@given(
    hidden=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    other=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    worth=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    changed=st.lists(st.integers(1, 5), min_size=1, max_size=4),
)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_hidden_group_moves_nothing_that_is_shown(part, hidden, other, worth, changed):
    """Two institutions that differ only in a group below the minimum look the same: page, table and picture."""

    def held(steps, verdicts):
        wish = [["language"] if one > 2 else ["no"] for one in verdicts]
        of_same_people = wishes("hidden", wish, language="mt", first=200).assign(survey="hidden-1")
        return evidence(
            *shown_of_enough(),
            employers("hidden", steps, first=40),
            learners("hidden", verdicts, first=200).assign(survey="hidden-1"),
            of_same_people,
            leavers("hidden", [["cost"] if verdict > 2 else ["time"] for verdict in verdicts], first=450),
            later("hidden", [verdict > 2 for verdict in verdicts], first=550),
            reviews("hidden", [[min(3, steps[0]), 1]], ["ready" if steps[0] > 2 else "not_ready"], first=650),
            runs=pd.concat([runs_of("data-badge", (20, 16), (24, 9)), runs_of("hidden", (4, steps[0]))]),
            market=market_of(*FIGURES),
            said=[comments("data-badge", 6), comments("hidden", len(verdicts), first=200, text="Secret words.")],
            data_badge="Data badge", loved="Loved badge", hidden="Hidden badge",
        )  # fmt: skip

    one, another = held(hidden, worth), held(other, changed)
    for finding in list(FINDINGS.values())[part::PARTS]:
        shown = said(finding, one)
        assert "Secret" not in shown, finding.id
        assert shown == said(finding, another), finding.id


@EVERY
def test_a_finding_is_the_same_of_counted_answers(finding):
    assert said(finding, full()) == said(finding, full(sums=True))


@EVERY
def test_the_order_and_the_division_of_the_rows_move_nothing(finding):
    held = full(sums=True)
    mixed = replace(
        held,
        answers=divided(held.answers).sample(frac=1, random_state=3),
        topics=divided(held.topics).sample(frac=1, random_state=4),
    )
    assert said(finding, held) == said(finding, mixed)


def divided(table):
    """The same people in more rows: every row that stands for two or more becomes two."""
    one, rest = table.assign(people=1), table.assign(people=table["people"] - 1)
    return pd.concat([one, rest[rest["people"] > 0]], ignore_index=True)


def test_who_left_or_looks_back_never_enters_the_averages_of_the_end():
    course = learners("a", [5, 4, 2, 4, 1, 5])
    asked = answers_about("a", ratings=[1] * 9, question="worth", construct="overall", first=700)
    more = [asked.assign(instrument=name) for name in ("dropout", "six_months", "survey")]
    apart = answers_about("a", ratings=[0] * 9, question="assessment", audience="expert", scale="mark4", first=800)
    alone, beside = evidence(course, a="A badge"), evidence(course, *more, apart, a="A badge")
    for finding in ("worth", "learner_scales", "what_to_change"):
        assert said(FINDINGS[finding], alone) == said(FINDINGS[finding], beside)


def test_what_is_about_nobody_reads_no_answers():
    for finding in FINDINGS.values():
        if finding.published:
            nobody = evidence(market=market_of(*FIGURES), data_badge="Data badge")
            assert said(finding, nobody) == said(finding, full())

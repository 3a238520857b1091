"""Every finding through the one gate: the minimum from both sides, and a hidden cell that moves nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, measures_in
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about
from tests.findings.evidence_of import comments, employers, evidence, learners

EVERY = pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda finding: finding.id)
LIMITS = Limits()


def said(finding, held, choice=Choice()):
    """Everything that leaves a finding: sentence, table, alternative text, and both pictures."""
    answer = work_out(finding, held, choice, LIMITS)
    charts = [answer.chart(mode) for mode in ("light", "dark")]
    return json.dumps([answer.sentence, answer.alt, answer.table.to_csv(), charts], default=str, sort_keys=True)


def full():
    """One credential everybody has answered about."""
    return evidence(
        employers("data-badge", [4, 3, 4, 2, 3, 4]),
        learners("data-badge", [5, 4, 2, 4, 1, 5]),
        said=[comments("data-badge", 6)],
        data_badge="Data badge",
    )


@EVERY
def test_a_finding_without_any_answer_says_so_and_draws_nothing(finding):
    answer = work_out(finding, evidence(data_badge="Data badge"), Choice(), LIMITS)
    assert answer.sentence.startswith(("Not enough", "No comments"))
    assert answer.chart("light") is None
    assert "nan" not in answer.sentence


@EVERY
def test_a_finding_with_six_answers_says_something_and_draws_it(finding):
    answer = work_out(finding, full(), Choice(), LIMITS)
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
    answers, written = held.answers.copy(deep=True), held.comments.copy(deep=True)
    work_out(finding, held, Choice(credential="data-badge"), LIMITS)
    assert held.answers.equals(answers)
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
    few = work_out(FINDINGS["comments"], evidence(said=[comments("a", 4)], a="A badge"), Choice(), LIMITS)
    enough = work_out(FINDINGS["comments"], evidence(said=[comments("a", 5)], a="A badge"), Choice(), LIMITS)
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


@settings(max_examples=4, deadline=None)
@given(
    hidden=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    other=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    worth=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    changed=st.lists(st.integers(1, 5), min_size=1, max_size=4),
)
@pytest.mark.parametrize("finding", list(FINDINGS))
def test_a_hidden_group_moves_nothing_that_is_shown(finding, hidden, other, worth, changed):
    """Two institutions that differ only in a group below the minimum look the same: page, table and picture."""

    def held(steps, verdicts):
        return evidence(
            employers("data-badge", [4, 3, 4, 2, 3, 4]),
            employers("loved", [4, 4, 4, 4, 4], first=20),
            learners("data-badge", [5, 4, 2, 4, 1, 5]),
            employers("hidden", steps, first=40),
            learners("hidden", verdicts, first=200),
            said=[comments("data-badge", 6), comments("hidden", len(verdicts), first=200, text="Secret words.")],
            data_badge="Data badge", loved="Loved badge", hidden="Hidden badge",
        )  # fmt: skip

    shown, again = said(FINDINGS[finding], held(hidden, worth)), said(FINDINGS[finding], held(other, changed))
    assert "Secret" not in shown
    assert shown == again

"""What a finding is given to work on, and the mark by which one knows that it is still the same."""

from dataclasses import fields, replace
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import (
    APART,
    AUDIENCES,
    FLAGGED,
    MARKET,
    NEEDS,
    OFFERS,
    PATHWAYS,
    RATED,
    ROLES,
    RUNS,
    SAID,
    Choice,
    Step,
)
from tests.analysis.answers_table import awareness_of
from tests.findings.evidence_of import comments, employers, evidence, forms_of, houses_of, learners, leavers, reviews

CHOICES = (Choice(), Choice(credential="b"), Choice(programme="data"))


def written(*rows):
    return DataFrame(rows, columns=["audience", "credential", "mark"])


@cache
def held():
    """Two credentials, of which one is of a programme, and one that does not exist; everybody has said something."""
    made = evidence(
        employers("a", [4, 3, 4, 2, 3, 4]),
        employers("b", [1, 2, 3, 2, 3, 4], first=20),
        learners("a", [5, 4, 2, 4, 1, 5]),
        learners("b", [5, 4, 2, 4, 1, 1], first=120),
        leavers("a", [["time"], ["time", "cost"], ["cost"], ["time"], ["time"]]),
        reviews("a", [[3, 0], [2, 3]], ["ready", "not_ready"]),
        awareness_of("foil:x", said=["never"] * 6, organisations=["ash", "oak", "elm"] * 2, first=40),
        said=[comments("a", 6), comments("b", 6, first=120)],
        a="A badge",
        b="B badge",
    )
    marks = written(("learner", "a", "1"), ("learner", "b", "1"), ("employer", "a", "1"))
    return replace(made, programmes={"a": "data"}, written=marks)


def more_of(table, audience, credential):
    """The table with one of its rows said once more, by that audience of that credential."""
    row = table.astype(object).tail(1).assign(audience=audience, credential=credential, number=1.0, people=3)
    return pd.concat([table.astype(object), row], ignore_index=True)[list(table)].astype(table.dtypes.to_dict())


@pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda finding: finding.id)
@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_a_finding_does_without_what_it_is_not_given(finding, choice):
    """What `audiences` and `foils` leave out, and other credentials, it would not have looked at."""
    given_less = held().about(choice, finding.audiences, foils=finding.foils)
    found, same = (finding.work(each, choice, Limits()) for each in (held(), given_less))
    pd.testing.assert_frame_equal(found, same, check_categorical=False)
    assert finding.say(found.assign(state="shown"), held(), choice) == finding.say(
        same.assign(state="shown"), given_less, choice
    )


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SAID[:2]),
    st.sampled_from(AUDIENCES),
    st.sampled_from(["a", "b", "", "foil:x"]),
    st.sampled_from(CHOICES),
    st.sets(st.sampled_from(AUDIENCES)),
    st.booleans(),
)
def test_the_mark_changes_with_whatever_is_let_through_and_with_nothing_else(
    name, audience, credential, choice, audiences, foils
):
    before = held()
    after = replace(before, **{name: more_of(getattr(before, name), audience, credential)})
    seen = [len(getattr(each.about(choice, audiences, foils=foils), name)) for each in (before, after)]
    marks = [each.mark(choice, audiences, foils=foils) for each in (before, after)]
    assert (seen[0] == seen[1]) == (marks[0] == marks[1])


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_comments_that_are_written_change_the_mark_where_they_are_let_through(choice):
    before = held()
    after = replace(before, written=written(("learner", "a", "1"), ("learner", "b", "2"), ("employer", "a", "1")))
    assert (before.mark(choice) != after.mark(choice)) == (choice in (Choice(), Choice(credential="b")))
    assert before.mark(choice, ["employer"]) == after.mark(choice, ["employer"])


def test_any_name_or_figure_changes_every_mark():
    before = held()
    changed = {
        "titles": {**before.titles, "b": "Another badge"},
        "programmes": {},
        "aims": {"b": ("R",)},
        "occupations": {"b": ("Nurse",)},
        "sectors": {},
        "forms": {},
        "skills": {},
        "claims": {"b": ("sql",)},
        "questions": {},
        "topic_names": {},
        "watched": {"learner": ("overall",)},
        "changes": {"question:worth": "worth"},
        "change_names": {"worth": "What it is worth"},
        "survey_runs": {"survey": "run"},
        "settled": {"run": True},
        "scales": {"agree5": (Step(1, "one", 0),)},
        "asides": {"learner:worth": ("dont_know",)},
        "numbers": {"learner:weeks": (1.0, 9.0)},
        "runs": DataFrame([dict.fromkeys(RUNS, "x")]),
        "market": DataFrame([dict.fromkeys(MARKET, "x")]),
        "offers": DataFrame([dict.fromkeys(OFFERS, "x")]),
        "pathways": DataFrame([dict.fromkeys(PATHWAYS, "x")]),
    }
    assert set(changed) == {each.name for each in fields(before)} - set(APART)
    marks = {name: replace(before, **{name: value}).mark(Choice(credential="a"), []) for name, value in changed.items()}
    assert len({*marks.values(), before.mark(Choice(credential="a"), [])}) == len(changed) + 1


def test_a_sign_changes_the_mark_where_it_is_let_through():
    before = held()
    after = replace(before, flagged=DataFrame([("learner", "learner", "b", "fast", 1, None)], columns=FLAGGED))
    assert before.mark(Choice(credential="b")) != after.mark(Choice(credential="b"))
    assert before.mark(Choice(credential="a")) == after.mark(Choice(credential="a"))
    assert before.mark(Choice(), ["employer"]) == after.mark(Choice(), ["employer"])


@pytest.mark.parametrize("name", ["roles", "rated", "needs"])
def test_who_was_heard_by_role_and_when_on_which_skill_changes_the_mark_where_it_is_let_through(name):
    before = held()
    columns = {"roles": ROLES, "rated": RATED, "needs": NEEDS}[name]
    said = {"audience": "employer", "credential": "b", "organisation": "ash", "role": "lead", "skill": "sql"}
    row = said | {"month": "2026-03", "people": 1, "instrument": "employer", "construct": "recognition", "number": 3.0}
    rows = (row, row | {"organisation": "oak"})
    after, other = (
        replace(before, **{name: pd.concat([getattr(before, name), DataFrame([each])[list(columns)]])}) for each in rows
    )
    assert len({each.mark(Choice(credential="b")) for each in (before, after, other)}) == 3
    assert len({each.mark(Choice(credential="a")) for each in (before, after, other)}) == 1
    assert len({each.mark(Choice(), ["learner"]) for each in (before, after, other)}) == 1


def test_counts_of_forms_change_the_mark_of_what_works_on_them_and_of_nothing_else():
    before = held()
    after = replace(before, funnel=forms_of("s", opened=7))
    assert before.mark(Choice()) == after.mark(Choice())
    assert before.mark(Choice(), (), forms=True) != after.mark(Choice(), (), forms=True)


def test_neither_the_order_of_rows_nor_the_listed_comments_change_the_mark():
    before = held()
    after = replace(before, answers=before.answers.iloc[::-1], comments=before.comments.iloc[:1])
    assert after.mark(Choice()) == before.mark(Choice())


def test_evidence_without_anything_has_a_mark():
    assert evidence().mark(Choice()) == evidence().mark(Choice())
    assert evidence().about(Choice()).answers.empty


def test_organisations_of_the_catalogue_change_the_mark_of_what_weighs_by_them_and_of_nothing_else():
    before = held()
    after = replace(before, houses=houses_of(("C", "1-9", 7)))
    changed = {name for name, each in FINDINGS.items() if each.mark(before, Choice()) != each.mark(after, Choice())}
    assert changed == {name for name, each in FINDINGS.items() if each.weighs} >= {"groups", "as_listed"}

"""Counted tables add up: raw rows, their sums, and any division of them give every analysis the same."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from feedback.analysis import people
from feedback.analysis.changes import what_falls_short
from feedback.analysis.people import count_people, numbered
from feedback.analysis.ratings import percent_positive
from feedback.analysis.recognition import awareness, recognition_index
from feedback.analysis.skills import need_and_performance
from feedback.disclosure import showable
from tests.analysis.answers_table import answers_about, awareness_of, counted, together, topics_about, with_joint

HOUSES = ["ash", "oak", "elm", None]
ANALYSES = {
    "people": lambda answers, topics: count_people(answers, ["credential", "audience"]),
    "percent positive": lambda answers, topics: percent_positive(answers, ["credential", "audience", "question"]),
    "awareness": lambda answers, topics: awareness(answers),
    "recognition": lambda answers, topics: recognition_index(answers),
    "skills": lambda answers, topics: need_and_performance(answers),
    "changes": what_falls_short,
    "changes over all": lambda answers, topics: what_falls_short(answers, topics, by_credential=False),
    "who may be shown": lambda answers, topics: count_people(showable(answers, ["credential"]), ["credential"]),
}

employer = st.tuples(st.sampled_from(HOUSES), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
learner = st.tuples(st.integers(1, 5), st.sampled_from(["pace", "tests", ""]), st.booleans())
credential = st.tuples(st.lists(employer, max_size=7), st.lists(learner, max_size=7))


def institution(drawn: list) -> tuple[DataFrame, DataFrame]:
    """Answers and topics about a, b and a foil, by employers and learners."""
    answers, topics = [answers_about("a", ratings=[])], [topics_about("a", topics=[])]
    for slug, (employers, learners) in zip(("a", "b", "foil:x"), drawn, strict=False):
        houses = [house for house, *_ in employers]
        asked = {"audience": "employer", "organisations": houses}
        said = ["name" if step else "never" for _, step, _, _ in employers]
        answers += [
            awareness_of(slug, said=said, organisations=houses),
            answers_about(
                slug, ratings=[step for _, step, _, _ in employers], question="ladder", construct="recognition",
                scale="ladder5", **asked,
            ),
            answers_about(
                slug, ratings=[need for *_, need, _ in employers], question="skill_need", item="sql", scale="need5",
                **asked,
            ),
            answers_about(
                slug, ratings=[seen for *_, seen in employers], question="skill_performance", item="sql",
                scale="perform5", **asked,
            ),
            answers_about(slug, ratings=[rating for rating, *_ in learners], question="proof", first=50),
            answers_about(slug, ratings=[6 - rating for rating, *_ in learners], question="pace", item="x", first=50),
        ]  # fmt: skip
        named = [[topic] if topic else [] for _, topic, _ in learners]
        both = topics_about(slug, topics=named, first=50)
        kind = {50 + place: critical for place, (*_, critical) in enumerate(learners)}
        critical = both["response"].map(kind).astype(bool) & (both["topic"] != "")
        topics.append(both.assign(critical=critical, appreciative=~critical & (both["topic"] != "")))
    return with_joint(together(*answers)), pd.concat(topics, ignore_index=True)


def divided(table: DataFrame, cut: int, seed: int) -> DataFrame:
    """The rows in another order, cut in two, each part summed up, and both put together again."""
    mixed = table.sample(frac=1, random_state=seed)
    return pd.concat([counted(mixed.iloc[:cut]), counted(mixed.iloc[cut:])], ignore_index=True)


@settings(max_examples=12, deadline=None)
@given(drawn=st.lists(credential, min_size=1, max_size=3), cut=st.integers(0, 60), seed=st.integers(0, 9))
def test_raw_rows_their_sums_and_any_division_of_them_give_the_same(drawn: list, cut: int, seed: int):
    rows = institution(drawn)
    sums, parts = [counted(table) for table in rows], [divided(table, cut, seed) for table in rows]
    for name, analysis in ANALYSES.items():
        whole = analysis(*sums)
        assert_frame_equal(analysis(*rows), whole, check_dtype=False, obj=f"raw rows, {name}")
        assert_frame_equal(whole, analysis(*parts), check_dtype=False, obj=f"parts, {name}")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(["worth", "proof"]), st.sampled_from(["m1", "m2"])), max_size=25
    )
)
def test_nobody_is_ever_taken_for_two(rows: list):
    answers = DataFrame(rows, columns=["response", "question", "month"]).assign(people=1, credential="a", item="")
    answers = answers.drop_duplicates(["response", "question"])
    answers["month"] = answers["response"].map({n: f"m{n % 2}" for n in range(7)})
    people = count_people(answers, ["credential"])["people"].sum()
    assert people <= answers["response"].nunique()
    each = answers.groupby("question")["response"].nunique()
    assert people >= each.max() if len(each) else people == 0


def test_an_empty_table_counts_nobody():
    found = count_people(answers_about("a", ratings=[]), ["credential"])
    assert found.empty
    assert found["people"].dtype == np.int64


KINDS_OF_VALUES = {
    "word": (["é", "z", "a", None], "str"),
    "old word": (["b", "a", None], object),
    "of a list": (["y", "x", None], pd.CategoricalDtype(["y", "not there", "x"])),
    "whole": ([3, -1, None], "Int64"),
    "number": ([1.5, float("nan"), -2.0], float),
    "yes or no": ([True, False, None], "boolean"),
}
row_of_values = st.tuples(*(st.integers(0, len(values) - 1) for values, _ in KINDS_OF_VALUES.values()))


def table_of(rows) -> DataFrame:
    """A column of each kind, row by row the values that were drawn."""
    return DataFrame(
        {
            name: pd.Series([values[row[place]] for row in rows], dtype=object).astype(kind)
            for place, (name, (values, kind)) in enumerate(KINDS_OF_VALUES.items())
        }
    )


@settings(max_examples=60)
@given(st.lists(row_of_values, max_size=12), st.permutations(list(KINDS_OF_VALUES)), st.integers(0, 6))
def test_rows_are_numbered_by_their_combination_as_pandas_groups_them(rows, names, so_many):
    table, by = table_of(rows), names[:so_many]
    groups = table.groupby(by, observed=True, dropna=False).ngroup() if by else pd.Series(0, index=table.index)
    assert numbered(table, by).tolist() == groups.tolist()
    loose = numbered(table, by, ordered=False)
    assert len(set(zip(loose, groups, strict=True))) == len(set(loose)) == len(set(groups))


def test_rows_are_numbered_the_same_where_their_combinations_are_too_many_to_list_or_to_count(monkeypatch):
    table = DataFrame(
        {name: [f"{name}{(place * step) % 7}" for place in range(30)] for step, name in enumerate("abcd")}
    )
    usual = numbered(table, list("abcd"))
    monkeypatch.setattr(people, "FEW_NUMBERS", 0)
    assert numbered(table, list("abcd")).tolist() == usual.tolist()
    monkeypatch.setattr(people, "MOST_NUMBERS", 100)
    assert numbered(table, list("abcd")).tolist() == usual.tolist()

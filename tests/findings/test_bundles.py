"""What credentials bring to a combination, by the best and the worst of several."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as some

from feedback.disclosure import Limits
from feedback.findings.bundles import NOT_HERE
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.finished import MODES
from feedback.findings.work import work_out
from tests.findings.evidence_of import combined, evidence

WORTH = {"a": 4, "b": 3, "c": 2, "d": 1, "e": 0}
TITLES = {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}


def found(*answers, choice=Choice(), **titles):
    return work_out(FINDINGS["bundles"], evidence(*answers, **titles), choice, Limits())


def test_what_is_in_the_best_and_never_in_the_worst_brings_most_and_the_doubt_is_said():
    answer = found(combined(WORTH, people=8), **TITLES)
    rows = answer.rows
    assert list(rows["credential"]) == list(WORTH)
    assert rows["estimate"].is_monotonic_decreasing
    assert ((rows["low"] < rows["estimate"]) & (rows["estimate"] < rows["high"])).all()
    assert rows["estimate"].between(0, 1).all()
    assert rows["people"].tolist() == [6 * 8] * 5
    assert answer.sentence.startswith("In combinations, A brings most")
    assert all(answer.chart(mode) for mode in MODES)


def test_whether_one_more_is_worth_it_is_said_only_where_it_is_known():
    few = found(combined(WORTH, people=1), **TITLES)
    assert "we cannot tell yet" in few.sentence
    all_best = combined(WORTH, people=8)
    whole = all_best["item"].map(lambda item: "|".join(sorted(item.split("|"), key=lambda one: (-one.count("+"), one))))
    assert "One more, as good as the others, is worth it" in found(all_best.assign(item=whole), **TITLES).sentence


def test_a_credential_few_have_compared_shows_nothing_and_moves_nothing():
    few = combined({"a": 4, "b": 3, "z": 0}, people=4, first=990)
    with_few, without = (
        found(combined(WORTH, people=4), few, z="Z", **TITLES).rows.set_index("credential"),
        found(combined(WORTH, people=4), z="Z", **TITLES).rows.set_index("credential"),
    )
    assert with_few.loc["z", "state"] == "withheld"
    pd.testing.assert_series_equal(with_few.loc[list(WORTH), "estimate"], without.loc[list(WORTH), "estimate"])


def test_one_organisation_a_title_nobody_knows_and_nobody_at_all_say_nothing():
    alone = found(combined(WORTH, people=8).assign(organisation="ash"), **TITLES)
    assert alone.sentence.startswith("Not enough employers")
    assert alone.chart("light") is None
    assert found(**TITLES).sentence.startswith("Not enough employers")
    assert "gone" not in set(found(combined({**WORTH, "gone": 9}, people=3), **TITLES).rows["credential"])


def test_combinations_are_of_the_whole_institution_and_nothing_is_told_of_a_programme():
    answer = found(combined(WORTH, people=8), choice=Choice(credential="a"), **TITLES)
    assert answer.sentence == NOT_HERE
    assert answer.chart("light") is None


@settings(max_examples=6)
@given(some.lists(some.sampled_from(["a|a+b|b", "b|a|a+b", "c+d|c|d", "a+b|a+c|a+b+c|b+c"]), max_size=4))
def test_few_alike_or_unconnected_sets_never_put_what_is_no_number_on_a_page(items):
    rows = [combined(WORTH, people=1).head(9).assign(item=item) for item in items]
    answer = found(*rows, **TITLES)
    assert answer.shown[["estimate", "low", "high", "p_top", "tier"]].notna().all(axis=None)
    assert "nan" not in f"{answer.sentence} {answer.table.to_string()}".lower()

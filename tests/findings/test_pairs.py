"""What employers choose when two credentials stand side by side, and whether the ladder agrees."""

import json

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as some

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.finished import MODES
from feedback.findings.pairs import APART, NOT_HERE
from feedback.findings.work import work_out
from tests.findings.evidence_of import chosen_between, employers, evidence

LIMITS = Limits()
TITLES = {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}


def ladder(steps):
    """Eight employers of as many organisations on each, around these steps."""
    return [
        employers(slug, [min(4, max(0, step + shift)) for shift in (-1, 0, 0, 0, 0, 0, 1, 0)], first=40 * at)
        for at, (slug, step) in enumerate(sorted(steps.items()))
    ]


def found(*answers, choice=Choice(), **titles):
    return work_out(FINDINGS["pairs"], evidence(*answers, **titles), choice, LIMITS)


WORTH = {"a": 4, "b": 3, "c": 2, "d": 1, "e": 0}


def test_what_is_chosen_most_comes_first_with_its_doubt():
    answer = found(chosen_between(WORTH), **TITLES)
    rows = answer.rows
    assert list(rows["credential"]) == list(WORTH)
    assert rows["estimate"].is_monotonic_decreasing
    assert ((rows["low"] < rows["estimate"]) & (rows["estimate"] < rows["high"])).all()
    assert rows["estimate"].between(0, 1).all()
    assert answer.sentence.startswith("Side by side, employers choose A most")
    assert all(answer.chart(mode) for mode in MODES)


def test_the_ladder_is_said_to_agree_where_it_does_and_to_differ_where_it_does():
    agreeing = found(chosen_between(WORTH, people=24), *ladder(WORTH), **TITLES)
    assert "Both ways of asking agree" in agreeing.sentence
    turned = {slug: 4 - step for slug, step in WORTH.items()}
    assert "says otherwise" in found(chosen_between(WORTH, people=24), *ladder(turned), **TITLES).sentence
    assert "ladder" not in found(chosen_between(WORTH), **TITLES).sentence


def test_where_both_ways_agree_one_picture_has_both_on_the_ladder_with_each_alone_behind_it():
    answer = found(chosen_between(WORTH, people=24), *ladder(WORTH), **TITLES)
    rows = answer.rows
    assert list(rows["credential"]) == list(WORTH)
    assert rows["estimate"].is_monotonic_decreasing
    between = rows[["rated", "as_rated"]]
    assert rows["estimate"].between(between.min(axis=1) - 0.2, between.max(axis=1) + 0.2).all()
    assert rows[["estimate", "low", "high"]].stack().between(0, 4).all()
    assert 0 < rows["narrower"].iloc[0] < 1
    assert "on a scale of 0 to 4" in answer.sentence
    assert "narrower than by rating alone" in answer.sentence
    assert "the ladder alone" in json.dumps(answer.chart("light"))
    assert {"Both in one", "Rated alone", "Chosen (%)"} <= set(answer.table)


def test_the_joined_picture_has_no_tiers_and_leaves_it_to_the_ranking_what_can_be_told_apart():
    answer = found(chosen_between(WORTH, people=24), *ladder(WORTH), **TITLES)
    assert answer.rows[["tier", "p_top"]].isna().all(axis=None)
    assert not {"Tier", "In the top three"} & set(answer.table)
    assert "cannot be told" not in answer.sentence
    assert answer.sentence.endswith("Which can be told apart, the tiers of the ranking say.")
    assert "Tier" not in json.dumps(answer.chart("light"))


def test_what_stands_elsewhere_by_choices_is_named_and_has_two_places_and_none_by_both():
    slugs = "abcdefghij"
    eighths = {slug: divmod(round(28 - 2.8 * at), 8) for at, slug in enumerate(slugs)}
    rated = [
        employers(slug, [step + (place < more) for place in range(8)], first=40 * at)
        for at, (slug, (step, more)) in enumerate(eighths.items())
    ]
    worth = {slug: -at for at, slug in enumerate(slugs)} | {"c": -5.5}
    answer = found(chosen_between(worth), *rated, **{slug: slug.upper() for slug in slugs})
    rows = answer.rows.set_index("credential")
    assert set(rows["beside"]) == {"agree"}
    assert rows.index[rows["estimate"].isna()].tolist() == ["c"]
    assert rows.loc["c", "rated"] > rows.loc["c", "as_rated"] + 0.5
    assert "But C stands elsewhere by choices" in answer.sentence
    assert json.dumps(answer.chart("light")).count(f"C: {APART}")


def test_what_the_ladder_knows_nothing_of_stands_in_that_picture_by_the_choices_alone():
    steps = {slug: step for slug, step in WORTH.items() if slug != "c"}
    wider = {**WORTH, "f": 5}
    answer = found(chosen_between(wider, people=24), *ladder({**steps, "f": 4}), f="F", **TITLES)
    rows = answer.rows.set_index("credential")
    assert set(rows["beside"]) == {"agree"}
    assert rows["estimate"].notna().all()
    assert rows.index[rows["rated"].isna()].tolist() == ["c"]
    assert rows.loc["e", "estimate"] < rows.loc["c", "estimate"] < rows.loc["a", "estimate"]


def test_where_they_do_not_agree_the_choices_stand_by_themselves():
    turned = {slug: 4 - step for slug, step in WORTH.items()}
    answer = found(chosen_between(WORTH, people=24), *ladder(turned), **TITLES)
    assert answer.rows["estimate"].tolist() == answer.rows["chosen"].tolist()
    assert answer.rows[["rated", "as_rated", "narrower"]].isna().all(axis=None)
    assert "alone" not in json.dumps(answer.chart("light"))
    assert "Both in one" not in answer.table


def test_credentials_no_choice_joins_with_the_others_are_named():
    apart = chosen_between({"x": 1, "y": 0}, people=8, first=900)
    answer = found(chosen_between(WORTH), apart, x="X", y="Y", **TITLES)
    assert "No choice joins X and Y with the others" in answer.sentence


OUTCOMES = some.lists(
    some.tuples(
        some.sampled_from(["a|b", "a|c", "b|c", "d|e"]), some.sampled_from([0.0, 0.5, 1.0]), some.integers(1, 9)
    ),
    max_size=6,
)


@settings(max_examples=8)
@given(OUTCOMES, some.integers(1, 5))
def test_few_alike_tied_or_unconnected_choices_never_put_what_is_no_number_on_a_page(given_choices, houses):
    rows = [
        chosen_between({"a": 1, "b": 0}, people=people).assign(item=pair, number=outcome, organisation=f"house {house}")
        for pair, outcome, people in given_choices
        for house in range(houses)
    ]
    answer = found(*rows, **TITLES)
    shown = answer.shown
    assert shown[["estimate", "low", "high", "p_top", "tier"]].notna().all(axis=None)
    assert "nan" not in f"{answer.sentence} {answer.table.to_string()}".lower()


def test_a_credential_few_have_chosen_from_shows_nothing_and_moves_nothing():
    few = chosen_between({"a": 1, "z": 0}, people=4, first=900)
    with_few, without = (
        found(chosen_between(WORTH), few, z="Z", **TITLES).rows,
        found(chosen_between(WORTH), z="Z", **TITLES).rows,
    )
    assert with_few.set_index("credential").loc["z", "state"] == "withheld"
    pd.testing.assert_series_equal(
        with_few.set_index("credential").loc[list(WORTH), "estimate"],
        without.set_index("credential").loc[list(WORTH), "estimate"],
    )


def test_choices_of_one_organisation_are_no_choice_of_employers():
    alone = chosen_between(WORTH).assign(organisation="ash")
    assert found(alone, **TITLES).sentence.startswith("Not enough employers")


def test_pairs_are_of_the_whole_institution_and_nothing_is_told_of_a_programme():
    answer = found(chosen_between(WORTH), choice=Choice(credential="a"), **TITLES)
    assert answer.sentence == NOT_HERE
    assert answer.chart("light") is None


def test_a_title_nobody_knows_is_left_out():
    rows = found(chosen_between({**WORTH, "gone": 9}), **TITLES).rows
    assert "gone" not in set(rows["credential"])

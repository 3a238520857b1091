"""The portfolio puts side by side what other findings tell, and suggests no more than that allows."""

import json
from dataclasses import replace

import pytest
from pandas import concat

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.finished import MODES
from feedback.findings.suggesting import lines_of
from feedback.findings.work import work_out
from tests.analysis.answers_table import together
from tests.findings.evidence_of import employers, evidence, learners, reviews, runs_of
from tests.findings.portfolio_of import figures_of, needed_later, offers_of, rated

NEEDED, NOT_NEEDED = [4, 3, 4, 4, 3, 4, 4, 3, 4, 4], [0, 1, 0, 1, 1, 0, 0, 1, 0, 1]
COUNTED, NOT_COUNTED = [4, 3, 4, 3, 4, 3, 4, 4, 3, 4], [0, 1, 0, 0, 1, 0, 1, 0, 0, 1]
TITLES = {"good": "Good", "poor": "Poor", "copied": "Copied"}


def three(*more, offers=None, **facts):
    """One that is needed and counted, one that is neither, and one that many offer and few count."""
    held = evidence(
        rated("good", COUNTED, needs=NEEDED),
        rated("poor", NOT_COUNTED, needs=NOT_NEEDED, first=30),
        needed_later("poor", NOT_NEEDED, first=30),
        rated("copied", NOT_COUNTED, needs=NEEDED, first=60),
        *more,
        **TITLES,
    )
    market = figures_of(
        ("many", "supply", 90, "2026-01-01"), ("some", "supply", 20, "2026-01-01"), ("few", "supply", 5, "2026-01-01")
    )
    claims = {"copied": ("many",), "good": ("few",)}
    return replace(held, offers=offers_of(*TITLES) if offers is None else offers, market=market, claims=claims, **facts)


def found(held, choice=Choice()):
    return work_out(FINDINGS["portfolio"], held, choice, Limits())


def kinds(answer):
    return dict(zip(answer.table["Credential"], answer.table["Suggestion"], strict=True))


def test_each_is_suggested_what_its_evidence_allows_and_the_first_line_says_so():
    answer = found(three())
    assert kinds(answer) == {"Poor": "retire", "Copied": "differentiate", "Good": "keep"}
    assert answer.sentence.startswith("Poor may be retired; Copied should be told apart from what others offer.")
    assert "1 of 3 credentials is worth keeping" in answer.sentence
    assert "Beware of the herd" in answer.sentence
    assert all(answer.chart(mode) for mode in MODES)


def test_reasons_come_with_their_intervals_and_with_what_would_change_it():
    table = found(three()).table.set_index("Credential")
    assert table.loc["Poor", "Why"].startswith("0% (0 to 21%) of employers need its skills.")
    assert "Employers put it at" in table.loc["Copied", "Why"]
    assert "On the market its subject is offered most of all" in table.loc["Copied", "Why"]
    assert all(table["What would change it"])


@pytest.mark.parametrize("stage", ["idea", "design", "beta"])
def test_what_is_not_live_yet_is_never_retired_and_says_what_it_waits_for(stage):
    answer = found(three(offers=offers_of(*TITLES, lifecycle=stage)))
    assert "retire" not in kinds(answer).values()
    change = answer.table.set_index("Credential").loc["Poor", "What would change it"]
    assert change.startswith("It may be launched once employers surely need its skills")
    assert "retired" not in change


def test_what_the_market_wants_is_not_retired_and_says_so():
    wanted = figures_of(("poor", "demand", 90, "2026-01-01"), ("other", "demand", 5, "2026-01-01"))
    answer = found(replace(three(), market=wanted, claims={"poor": ("poor",)}))
    assert kinds(answer)["Poor"] == "not known enough"
    change = answer.table.set_index("Credential").loc["Poor", "What would change it"]
    assert change.startswith("It may be retired once the market wants it less than half of the others.")
    unwanted = found(replace(three(), market=wanted, claims={"poor": ("other",)}))
    assert kinds(unwanted)["Poor"] == "retire"


def test_a_title_is_about_a_topic_only_where_it_names_it_in_whole_words():
    market = figures_of(("AI", "demand", 90, "2026-01-01"), ("Wool", "demand", 5, "2026-01-01"))
    held = replace(evidence(r="Retail trade", u="Using AI"), market=market, offers=offers_of("r", "u", topics=None))
    rows = found(held).rows.drop_duplicates("credential").set_index("credential")
    assert rows["wanted"].isna().to_dict() == {"r": True, "u": False}


def test_a_run_without_a_first_day_is_not_among_the_newest_nor_before_them():
    runs = runs_of("good", (40, 30), (50, 44))
    undated = runs_of("good", (90, 9)).assign(slug="some-day", starts=None)
    named = ["share", "low", "high", "number", "before", "people"]
    both = found(three(runs=concat([undated, runs], ignore_index=True))).rows
    assert both[named].astype(float).equals(found(three(runs=runs)).rows[named].astype(float))


def test_what_may_be_needed_in_three_years_is_not_retired_yet():
    hope = three(needed_later("poor", [4] * 5, first=200))
    answer = found(hope)
    assert kinds(answer)["Poor"] == "not known enough"
    change = answer.table.set_index("Credential").loc["Poor", "What would change it"]
    assert change.startswith("It may be retired once it is sure")


def test_numbers_are_those_that_stand_under_the_findings_they_are_of():
    held = three(learners("good", [5, 4, 4, 2, 5, 5, 1]), runs=runs_of("good", (40, 30), (50, 44)))
    rows = found(held).rows.set_index(["credential", "aspect"])
    value = work_out(FINDINGS["credential_value"], held, Choice(), Limits()).rows.set_index("credential")
    for slug in TITLES:
        for name, column in (("share", "estimate"), ("low", "low"), ("high", "high")):
            assert 4 * rows.loc[(slug, "recognition"), name] == pytest.approx(value.loc[slug, column])
        assert rows.loc[(slug, "recognition"), "people"] == value.loc[slug, "people"]
    worth = work_out(FINDINGS["worth"], held, Choice(), Limits()).rows.set_index("credential").loc["good"]
    assert rows.loc[("good", "worth"), ["share", "low", "high"]].tolist() == worth[["share", "low", "high"]].tolist()
    state = work_out(FINDINGS["skill_state"], held, Choice(), Limits()).rows.set_index("credential")
    assert rows.loc[("poor", "need"), "share"] == state.loc["poor", "share"]
    assert rows.loc[("good", "completed"), "share"] == pytest.approx(74 / 90)


def test_a_run_too_few_have_taken_moves_no_number():
    with_few = found(three(runs=runs_of("good", (40, 30), (4, 1)))).rows
    without = found(three(runs=runs_of("good", (40, 30)))).rows
    named = ["share", "low", "high", "number", "before", "people"]
    assert with_few[named].astype(float).equals(without[named].astype(float))


def test_too_few_employers_suggest_nothing_and_show_nothing():
    held = evidence(employers("good", [4] * 4), runs=runs_of("good", (40, 30)), good="Good")
    answer = found(replace(held, offers=offers_of("good")))
    assert answer.sentence.startswith("Not enough is known yet of Good")
    assert answer.chart("light") is None
    assert answer.table.loc[0, "Suggestion"] == "not known enough"
    assert answer.table[["Needed (%)", "Recognition", "Employers"]].isna().all(axis=None)
    assert answer.table.loc[0, "Completed (%)"] == 75, "the institution's own figures stand by themselves"


def test_weeks_outside_ten_to_twelve_have_their_reason_or_say_that_there_is_none():
    offers = offers_of("good", planned_weeks=4.0, weeks_reason="Small tasks.")
    offers = [*offers.to_dict("records"), *offers_of("poor", planned_weeks=30.0).to_dict("records")]
    offers += offers_of("copied", planned_weeks=12.0, weeks_reason="Not asked for.").to_dict("records")
    table = found(three(offers=type(offers_of())(offers))).table.set_index("Credential")["Why not 10 to 12 weeks"]
    assert table.to_dict() == {"Good": "Small tasks.", "Poor": "the catalogue gives no reason", "Copied": ""}


def test_learners_experts_and_completion_stand_beside_and_decide_nothing():
    more = (learners("good", [1, 1, 2, 1, 2, 1, 1, 2]), reviews("good", [[0, 0], [0, 1]], ["ready", "ready"]))
    plain, beside = found(three()), found(three(*more, runs=runs_of("good", (100, 9))))
    assert kinds(plain) == kinds(beside)
    why = beside.table.set_index("Credential").loc["Good", "Why"]
    assert "But to only 0% (0 to 25%) of its learners it was worth it." in why
    assert "Of those who start, 9% (5 to 15%) complete it." in why


def test_of_one_credential_and_of_a_programme_the_same_is_suggested_of_each():
    held = replace(three(), programmes={"good": "x", "poor": "x", "copied": "y"})
    whole = kinds(found(held))
    assert kinds(found(held, Choice(credential="poor"))) == {"Poor": whole["Poor"]}
    assert set(kinds(found(held, Choice(programme="x")))) == {"Good", "Poor"}


def test_suggestions_follow_from_shown_rows_alone():
    rows = found(three()).rows
    hidden = rows[rows["credential"] == "poor"].assign(state="withheld")
    (line,) = lines_of(hidden)
    assert line.suggestion.kind == "not known enough"


def test_nothing_that_is_no_number_comes_onto_a_page():
    for held in (
        three(),
        evidence(together(rated("good", [4] * 5, needs=[3] * 5)), good="Good"),
        evidence(good="Good"),
    ):
        answer = found(held)
        said = answer.sentence + " ".join(answer.table["Why"]) + " ".join(answer.table["What would change it"])
        assert "nan" not in said.lower()
        assert "NaN" not in json.dumps([answer.chart(mode) for mode in MODES])

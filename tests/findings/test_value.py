"""The ranking in words: tiers with a heading, chances among the top three, and what no rater joins."""

from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.value import HANGS, HOLDS, NOT_TOLD, WITHOUT_INDEX, tier_names
from feedback.findings.work import work_out
from tests.analysis.answers_table import awareness_of
from tests.charts.drawn import words
from tests.findings.evidence_of import HOUSES, employers, evidence

STEPS = {"top": [4] * 20, "high": [3, 4] * 10, "low": [1, 2] * 10, "last": [0, 1] * 10}


def ranking(**slugs: int):
    """The finding over these credentials; the number is the first of its raters, so that equal ones share them."""
    given = [employers(slug, STEPS[slug], first=first) for slug, first in slugs.items()]
    titles = {slug: slug.capitalize() for slug in slugs}
    return work_out(FINDINGS["credential_value"], evidence(*given, **titles), Choice(), Limits())


def tiers(*rows: tuple[int, float]) -> list[str]:
    table = DataFrame(rows, columns=["tier", "p_top"])
    return tier_names(table.assign(state="shown"))


def test_a_tiers_heading_says_how_likely_its_members_are_in_the_top_three():
    assert tiers((1, 0.99), (2, 0.9), (2, 0.5), (3, 0.3)) == [
        "Tier 1: almost surely in the top three",
        *["Tier 2: from very likely to perhaps in the top three"] * 2,
        "Tier 3",
    ]


def test_one_tier_has_no_heading_and_three_credentials_no_chances():
    assert tiers((1, 0.9), (1, 0.8)) == ["", ""]
    assert tiers((1, 0.9), (2, 0.8)) == ["Tier 1", "Tier 2"]


def test_the_sentence_names_who_is_likely_in_the_top_three_and_the_picture_its_tiers():
    answer = ranking(top=0, high=0, low=0, last=0)
    assert answer.sentence.startswith("Employers value Top most")
    assert "In the top three: almost surely Top" in answer.sentence
    drawn = words(answer.chart("light"))
    assert "Tier 1: almost surely in the top three" in drawn
    assert "Credentials of one tier cannot be told from the first of it." in drawn


def test_of_one_tier_nothing_is_said_of_intervals():
    alike = [employers(slug, [3, 4] * 6, first=0) for slug in ("one", "two")]
    answer = work_out(FINDINGS["credential_value"], evidence(*alike, one="One", two="Two"), Choice(), Limits())
    assert answer.sentence == "We cannot tell these 2 credentials apart yet: 24 ratings."


def test_credentials_that_no_rater_joins_are_named():
    others = employers("low", STEPS["low"], first=100, houses=["bay", "box", "gum", "nut"] * 5)
    apart = evidence(employers("top", STEPS["top"]), others, top="Top", low="Low")
    answer = work_out(FINDINGS["credential_value"], apart, Choice(), Limits())
    assert "No rater known to us joins Top with the others" in answer.sentence
    assert "No rater known to us" not in ranking(top=0, low=0).sentence


def test_it_is_said_whether_the_first_place_hangs_on_five_ratings():
    assert HOLDS in ranking(top=0, last=0).sentence
    near = [employers("top", [4] * 5 + [3] * 3, first=0), employers("next", [3] * 7 + [4], first=0)]
    sentence = work_out(
        FINDINGS["credential_value"], evidence(*near, top="Top", next="Next"), Choice(), Limits()
    ).sentence
    assert HANGS in sentence
    assert HOLDS not in sentence


def test_what_the_ratings_are_good_for_stands_in_the_table_and_not_beside_what_is_withheld():
    few = employers("few", [1] * 4, first=300)
    given = [employers(slug, steps, first=0) for slug, steps in STEPS.items()]
    held = evidence(*given, few, few="Few", **{slug: slug.capitalize() for slug in STEPS})
    table = work_out(FINDINGS["credential_value"], held, Choice(), Limits()).table.set_index("Credential")
    assert list(table.loc[["Top", "Last"], "Good for"]) == ["ranks", "ranks"]
    assert table.loc["Few", "Good for"] == ""
    assert set(ranking(top=0, last=0).table["Good for"]) == {""}


def recognised(*answers, **titles):
    return work_out(FINDINGS["recognition"], evidence(*answers, **titles), Choice(), Limits())


def unheard(slug: str, people: int, first: int) -> DataFrame:
    """Employers who have never heard of it."""
    return awareness_of(slug, said=["never"] * people, organisations=(HOUSES * 4)[:people], first=first)


def test_the_sentence_tells_of_how_many_asked_and_of_how_many_gave_a_step():
    answer = recognised(employers("a", [2, 3] * 6), unheard("a", 4, 50), a="A badge")
    assert answer.sentence.startswith("75% of 16 employers asked knew A badge before; those who did put it at 2.5 of 4")
    assert "12 people from 8 organisations gave a step)" in answer.sentence
    assert answer.table["Asked"].tolist() == [16]


def test_the_share_that_is_said_is_the_share_that_is_drawn():
    foil = awareness_of("foil:x", said=["name"] * 4 + ["never"] * 12, organisations=HOUSES * 2, first=100)
    given = employers("a", [2, 3] * 6), unheard("a", 4, 50), foil
    for more in ((), (employers("b", [1, 2] * 4, first=200), unheard("b", 8, 300))):
        answer = recognised(*given, *more, a="A badge", **({"b": "B badge"} if more else {}))
        row = answer.table.set_index("Credential").loc["A badge"]
        assert row["Without overclaiming (%)"] < row["Aware (%)"]
        assert f"{row['Without overclaiming (%)']:.0f}% of 16 employers asked" in answer.sentence
        assert "of A badge 75% said they knew it" in answer.sentence
        assert "25% also knew a title that does not exist" in answer.sentence


def test_a_mean_that_would_give_an_answer_away_leaves_the_awareness_and_says_why():
    away = employers("a", [4] * 11 + [3]), unheard("a", 4, 50)
    answer = recognised(*away, a="A badge")
    row = answer.table.iloc[0]
    assert (row["Aware (%)"], row["Asked"], row["People"]) == (75, 16, 16)
    assert row[["Recognition (0-4)", "Low (90%)", "High (90%)"]].isna().all()
    assert row["Steps given"] == ""
    assert row["Shown"] == f"yes, early{WITHOUT_INDEX}"
    assert answer.sentence == f"75% of 16 employers asked knew A badge before; {NOT_TOLD}."
    assert answer.chart("light")
    beside = recognised(*away, employers("b", [1, 2] * 6, first=200), a="A badge", b="B badge")
    assert list(beside.table["Credential"]) == ["B badge", "A badge"]
    assert "B badge counts most" in beside.sentence
    two = recognised(*away, *(each.assign(credential="b") for each in away), a="A badge", b="B badge")
    assert two.sentence.endswith(f"asked); {NOT_TOLD}.")


def test_of_four_who_gave_a_step_nothing_is_told_whatever_their_mean():
    answer = recognised(employers("a", [4] * 4), unheard("a", 8, 50), a="A badge")
    assert answer.shown.empty
    assert answer.table["Shown"].tolist() == ["too few to show"]

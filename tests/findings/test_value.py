"""The ranking in words: tiers with a heading, chances among the top three, and what no rater joins."""

from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.value import tier_names
from feedback.findings.work import work_out
from tests.charts.drawn import words
from tests.findings.evidence_of import employers, evidence

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
    assert "Credentials of one tier cannot be told apart." in drawn


def test_credentials_that_no_rater_joins_are_named():
    others = employers("low", STEPS["low"], first=100, houses=["bay", "box", "gum", "nut"] * 5)
    apart = evidence(employers("top", STEPS["top"]), others, top="Top", low="Low")
    answer = work_out(FINDINGS["credential_value"], apart, Choice(), Limits())
    assert "No rater known to us joins Top with the others" in answer.sentence
    assert "No rater known to us" not in ranking(top=0, low=0).sentence

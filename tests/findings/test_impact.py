"""What a topic weighs: shares as under topics, and the rating without its critics, drawn together and of enough."""

from dataclasses import replace

import pytest
from pandas import DataFrame, concat, isna
from pandas.testing import assert_frame_equal

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import REGARD, Choice, Evidence
from feedback.findings.impact import weight_in_words
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about
from tests.findings.evidence_of import comments, evidence

TOPICS = ("pace", "price", "tools")


def regard(credential: str, topic: str, ratings: list[int]) -> list[tuple]:
    return [("learner", "learner", credential, topic, True, False, float(each), 1) for each in ratings]


def held(*critics: tuple[str, list[int]], low: int = 10, high: int = 50, credential: str = "a") -> Evidence:
    """A credential with so many low and high ratings, and critics of topics with theirs."""
    said = [
        comments(credential, len(ratings), topic=topic, first=300 * at) for at, (topic, ratings) in enumerate(critics)
    ]
    rated = answers_about(credential, ratings=[2] * low + [5] * high, question="worth", construct="overall")
    rows = [row for topic, ratings in critics for row in regard(credential, topic, ratings)]
    return replace(evidence(rated, said=said, **{credential: "A badge"}), regard=DataFrame(rows, columns=list(REGARD)))


def told(evidence: Evidence, choice: Choice = Choice()) -> DataFrame:
    return work_out(FINDINGS["impact"], evidence, choice, Limits()).rows.set_index("topic")


def three(first: list[int]) -> Evidence:
    return held(("pace", first), ("price", [5] * 8), ("tools", [5] * 8))


def test_the_topic_whose_critics_rate_lowest_comes_first_and_says_what_goes_with_it():
    rows = told(three([2] * 9))
    assert rows.index[0] == "pace"
    assert rows.loc["pace", "below"] > 1 > rows.loc["price", "below"]
    assert rows.loc["pace", "lift"] > 0
    answer = work_out(FINDINGS["impact"], three([2] * 9), Choice(), Limits())
    assert answer.sentence.startswith("“Pace” goes with the lowest ratings")
    assert "need not come from it" in answer.table["In words"].iloc[0]


def test_its_shares_are_those_under_topics():
    row = told(three([2] * 12)).loc["pace"]
    assert (row["people"], row["negative"]) == (12, 12)
    assert row["share"] == 1
    assert isna(row["net"]), "who is appreciative is not told, so neither is the difference"
    assert "points" not in weight_in_words(row)
    assert row["named"] == pytest.approx(12 / 28)
    assert row["low"] < 1 == row["high"]


@pytest.mark.parametrize(("number", "known"), [(4, False), (5, True)])
def test_of_too_few_critics_no_rating_is_told(number, known):
    evidence = held(("pace", [2] * number), ("price", [5] * 8), ("tools", [5] * 8), ("team", [5] * 8))
    rows = told(replace(evidence, topics=held(("pace", [2] * 9), ("price", [5] * 8), ("tools", [5] * 8)).topics))
    assert isna(rows.loc["pace", "below"]) != known


def test_of_fewer_than_three_topics_no_rating_is_told():
    rows = told(held(("pace", [2] * 9), ("price", [5] * 8)))
    assert rows["below"].isna().all()
    assert "Too few" in work_out(FINDINGS["impact"], held(("pace", [2] * 9)), Choice(), Limits()).sentence


def test_without_the_ratings_of_critics_the_shares_are_told_alone():
    rows = told(replace(three([2] * 12), regard=Evidence(answers=DataFrame()).regard))
    assert rows.loc["pace", "share"] == 1
    assert rows["lift"].isna().all()


def test_where_all_critics_rate_alike_no_topic_stands_out():
    answer = work_out(
        FINDINGS["impact"], held(*((topic, [2] * 6 + [5]) for topic in TOPICS), low=18), Choice(), Limits()
    )
    assert "whichever it is" in answer.sentence


def test_what_a_hidden_credential_says_moves_nothing():
    shown = three([2] * 9)

    def beside(rating: int) -> DataFrame:
        few = held(*((topic, [rating] * 4) for topic in TOPICS), low=2, high=2, credential="b")
        whole = evidence_of_both(shown, few)
        return told(whole)

    assert_frame_equal(beside(1), beside(5))


def evidence_of_both(one: Evidence, other: Evidence) -> Evidence:
    return replace(
        one,
        **{
            name: concat([getattr(one, name), getattr(other, name)], ignore_index=True)
            for name in ("answers", "topics", "comments", "regard")
        },
        titles={**one.titles, **other.titles},
    )


def test_what_must_not_be_told_is_not_in_the_words():
    told_of = {"people": 7, "named": 0.2, "share": None, "below": None}
    assert weight_in_words(told_of) == (
        "7 people name it, 20% of those who wrote. How many of them are critical is not told: it would give a few away."
    )

"""In which languages people write: what is not scored stands for itself, and small languages stand together."""

from dataclasses import replace

import pytest
from pandas import DataFrame, concat

from feedback.disclosure import Limits
from feedback.findings.comments_by_language import OTHERS
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import Answer, work_out
from tests.findings.evidence_of import Said, comments, evidence

BAD, MIXED, GOOD, UNSCORED = -0.9, 0.0, 0.9, None


def written(language: str, *sentiments: float | None, first: int) -> Said:
    """Comments in a language, each of somebody else, read so."""
    said = comments("a", len(sentiments), first=first)
    read = {"language": language, "sentiment": list(sentiments), "polarity": None}
    return replace(said, listed=said.listed.assign(**read))


def told(*said: Said, choice: Choice = Choice()) -> Answer:
    return work_out(FINDINGS["comments_by_language"], evidence(said=list(said), a="A badge"), choice, Limits())


def numbers(rows: DataFrame) -> dict[str, tuple[int, ...]]:
    names = ["comments", "critical", "mixed", "appreciative", "unscored"]
    return {row["language"]: tuple(int(row[name]) for name in names) for row in rows.to_dict("records")}


def test_each_language_tells_how_its_comments_are_meant_and_what_is_not_scored_apart():
    answer = told(
        written("en", *[BAD] * 8, *[GOOD] * 8, *[MIXED] * 4, first=0),
        written("vi", *[UNSCORED] * 6, first=100),
    )
    assert numbers(answer.rows) == {"en": (20, 8, 4, 8, 0), "vi": (6, 0, 0, 0, 6)}
    rows = answer.rows.set_index("language")
    assert rows.loc["en", "share"] == pytest.approx(0.4)
    assert rows.loc["en", "low"] < 0.4 < rows.loc["en", "high"]
    assert rows.loc["vi", ["share", "low", "high"]].isna().all()
    assert answer.sentence.startswith(
        "Of the comments of learners that are scored, critical are 40% in English (likely"
    )
    assert answer.sentence.endswith("). 6 comments are not scored, and no part of that.")
    assert answer.table.set_index("Language").loc["Vietnamese", "Not scored"] == 6


def test_languages_of_too_few_people_stand_together_and_alone_they_are_not_told():
    three = [written(code, BAD, GOOD, GOOD, first=100 * at) for at, code in enumerate(("de", "es", ""), start=1)]
    english = written("en", *[GOOD] * 10, first=0)
    assert numbers(told(english, *three).rows) == {"en": (10, 0, 0, 10, 0), OTHERS: (9, 3, 0, 6, 0)}
    assert set(numbers(told(english, three[0]).rows)) == {"en"}


def test_several_comments_of_one_person_make_the_interval_wider_and_not_narrower():
    once = written("en", *[BAD] * 10, *[GOOD] * 10, first=0)
    also = replace(once, listed=concat([once.listed, once.listed.assign(question="keep")], ignore_index=True))
    one, two = (told(each).rows.iloc[0] for each in (once, also))
    assert (two["comments"], two["people"]) == (2 * one["comments"], one["people"])
    assert (two["low"], two["high"]) == pytest.approx((one["low"], one["high"]))


def test_languages_are_compared_within_the_audience_of_which_most_is_listed():
    said = told(written("en", *[BAD] * 8, *[GOOD] * 8, first=0), written("de", *[GOOD] * 8, first=100)).sentence
    assert "50% in English (" in said
    assert " and 0% in German (" in said
    unscored = told(written("vi", *[UNSCORED] * 12, first=0)).sentence
    assert unscored.startswith("No language that enough people write in is scored. 12 comments are not scored")


def test_what_is_not_scored_is_counted_of_those_alone_whose_shares_are_said():
    english = written("en", *[BAD] * 8, *[GOOD] * 8, *[UNSCORED] * 3, first=0)
    theirs = written("en", *[GOOD] * 6, *[UNSCORED] * 4, first=100)
    houses = [f"house {at % 5}" for at in range(10)]
    asked = {"audience": "employer", "instrument": "employer"}
    employers = Said(
        theirs.topics.assign(**asked, organisation=[houses[at // 2 % 10] for at in range(len(theirs.topics))]),
        theirs.listed.assign(**asked, organisation=houses),
    )
    others = written("de", *[UNSCORED] * 3, first=200)
    answer = told(english, employers, others)
    assert answer.rows["unscored"].sum() >= 7
    assert answer.sentence.endswith("). 3 comments are not scored, and no part of that.")


def test_of_nobody_nothing_is_told():
    answer = told()
    assert answer.rows.empty
    assert "Not enough people" in answer.sentence

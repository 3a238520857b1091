"""Themes and quotes come from enough people, masked, and never from the rarest voice."""

import numpy as np
import pytest
from pandas import DataFrame, concat
from pandas.testing import assert_frame_equal

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.themes import _of_several
from feedback.findings.work import work_out
from tests.analysis.answers_table import topics_about
from tests.findings.evidence_of import Said, evidence

BADGE = "The digital badge arrived very late by post."
TOO_FAST = "The second half was rushed and far too fast for beginners."
WORDS = [
    "apple",
    "river",
    "stone",
    "cloud",
    "paper",
    "garden",
    "window",
    "bottle",
    "candle",
    "ladder",
    "mirror",
    "pocket",
]


def others(number: int) -> list[str]:
    """Comments that have nothing in common but by chance."""
    chance = np.random.default_rng(3)
    return [" ".join(chance.choice(WORDS, 4, replace=False)) for _ in range(number)]


def said(texts: list[str], *, topic: str = "", credential: str = "a", state: str = "internal", **more) -> Said:
    """Learners' comments, one a person; of a topic the whole text speaks of it."""
    given = {
        "audience": "learner", "instrument": "learner", "credential": credential, "question": "change",
        "construct": "change", "polarity": "negative", "month": "2026-01", "organisation": None, "language": "en",
        "vader": -0.5, "textblob": -0.5, "sentiment": -0.5, "state": state, "survey": "survey",
    }  # fmt: skip
    tags = [[{"topic": topic, "start": 0, "end": len(text), "polarity": "neg"}] if topic else [] for text in texts]
    listed = DataFrame({"text": texts, "topics": tags}).assign(**given | more)
    return Said(topics_about(credential, topics=[[topic] if topic else []] * len(texts), first=len(texts) * 10), listed)


def told(finding: str, *what: Said, choice: Choice = Choice(), limits: Limits = Limits()) -> DataFrame:
    return work_out(FINDINGS[finding], evidence(said=list(what), a="A badge", b="B badge"), choice, limits).rows


def badge(number: int, **more) -> Said:
    return said([BADGE] * number + others(60 - number), **more)


def test_what_no_topic_knows_of_is_told_with_its_quotes():
    row = told("themes", badge(12)).iloc[0]
    assert {"badge", "post"} <= set(row["words"])
    assert (row["comments"], row["people"], row["critical"], row["scored"]) == (12, 12, 12, 12)
    assert row["quotes"] == (BADGE,)


def test_what_a_topic_knows_of_is_no_theme():
    assert told("themes", badge(12, topic="pace")).empty


@pytest.mark.parametrize(("number", "rows"), [(4, 0), (8, 1)])
def test_a_theme_of_too_few_people_is_not_told(number, rows):
    assert len(told("themes", badge(number))) == rows


def test_one_person_who_answers_several_questions_is_no_theme():
    asked = [f"q{at}" for at in range(60)]
    assert told("themes", badge(12, question=asked)).empty


def test_comments_a_reader_may_not_see_make_no_theme_and_no_quote():
    assert told("themes", badge(12), limits=Limits().for_public()).empty
    assert told("quotes", said([TOO_FAST] * 12, topic="pace"), limits=Limits().for_public()).empty
    assert len(told("quotes", said([TOO_FAST] * 12, topic="pace", state="public"), limits=Limits().for_public())) == 1


def test_a_topic_is_quoted_by_the_sentences_that_name_it():
    texts = [f"{first.capitalize()}. {TOO_FAST}" for first in others(8)]
    what = said(texts, topic="pace")
    tags = [[{"topic": "pace", "start": len(text) - 10, "end": len(text), "polarity": "neg"}] for text in texts]
    row = told("quotes", Said(what.topics, what.listed.assign(topics=tags))).iloc[0]
    assert (row["topic"], row["meant"], row["audience"], row["language"]) == ("pace", "neg", "learner", "en")
    assert row["quotes"] == (TOO_FAST,)
    assert (row["comments"], row["people"]) == (8, 8)


def test_how_a_quote_is_meant_is_said_by_the_question_and_else_by_its_clause():
    liked = said([TOO_FAST] * 6, topic="pace", polarity="positive")
    open_ = said([TOO_FAST] * 6, topic="pace", polarity=None)
    assert told("quotes", liked)["meant"].tolist() == ["pos"]
    assert told("quotes", open_)["meant"].tolist() == ["neg"]


@pytest.mark.parametrize(("number", "rows"), [(4, 0), (5, 1)])
def test_a_topic_too_few_speak_of_has_no_quote(number, rows):
    assert len(told("quotes", said([TOO_FAST] * number, topic="pace"))) == rows


def test_the_rarest_voice_is_not_quoted():
    goat = "My goat ate the purple certificate near Lisbon."
    rows = told("quotes", said([TOO_FAST] * 9 + [goat], topic="pace"))
    assert goat not in rows["quotes"].iloc[0]


def test_names_that_were_left_in_a_comment_are_masked_in_its_quote():
    text = "The final exam by Dr. Miller was rushed and unfair."
    assert "Miller" not in told("quotes", said([text] * 6, topic="pace"))["quotes"].iloc[0][0]


def test_employers_are_quoted_once_enough_organisations_say_so():
    def employers(houses: list[str]) -> DataFrame:
        number = len(houses)
        what = said([TOO_FAST] * number, topic="pace", audience="employer", instrument="employer", organisation=houses)
        topics = topics_about("a", topics=[["pace"]] * number, audience="employer", organisations=houses)
        return told("quotes", Said(topics, what.listed))

    assert len(employers(["ash", "oak", "elm", "fir", "yew"])) == 1
    assert employers(["ash"] * 4 + ["oak"]).empty
    assert employers(["ash", "ash", "ash", "ash", "ash", "oak", "elm"]).empty


def test_who_left_early_is_not_quoted_under_the_course():
    what = said([TOO_FAST] * 9, topic="pace", instrument="dropout")
    topics = what.topics.assign(instrument="dropout")
    assert told("quotes", Said(topics, what.listed)).empty


def test_a_hidden_credential_moves_no_theme_and_no_quote():
    shown = [badge(12), said([TOO_FAST] * 8, topic="pace")]
    for finding in ("themes", "quotes"):
        first = told(finding, *shown, said([BADGE] * 4, credential="b"))
        second = told(finding, *shown, said([TOO_FAST] * 3, credential="b", topic="pace"))
        assert_frame_equal(first, second)


def test_the_table_holds_every_quote_as_text():
    answer = work_out(
        FINDINGS["quotes"], evidence(said=[said([TOO_FAST] * 8, topic="pace")], a="A badge"), Choice(), Limits()
    )
    assert answer.table["Quote 1"].tolist() == [TOO_FAST]
    assert answer.table["Quote 2"].tolist() == [""]
    assert answer.sentence == "1 topic has quotes that speak for many."


def test_nothing_to_quote_is_said():
    none = evidence(a="A badge")
    for finding in ("themes", "quotes"):
        answer = work_out(FINDINGS[finding], none, Choice(), Limits())
        assert answer.rows.empty
        assert answer.sentence.startswith("No comments")


def test_the_order_of_the_list_changes_nothing():
    what = badge(12)
    turned = Said(what.topics, what.listed.iloc[::-1].reset_index(drop=True))
    assert_frame_equal(told("themes", what), told("themes", turned))
    assert concat([told("quotes", what), told("quotes", turned)]).empty


def test_a_word_of_a_theme_is_told_only_where_enough_people_say_it():
    texts = ["The badge arrived late, says Corvin."] * 8 + ["The badge arrived late."] * 8
    of_one = [f"q{at}" for at in range(8)] + ["change"] * 8  # the first eight may all be one person's
    own = said(texts, question=of_one).listed.assign(rest=texts)
    assert _of_several(("badge", "late", "corvin"), own, "en", Limits()) == ("badge", "late")
    apart = said(texts).listed.assign(rest=texts)
    assert _of_several(("badge", "late", "corvin"), apart, "en", Limits()) == ("badge", "late", "corvin")


def test_what_somebody_says_of_a_topic_is_quoted_so_whatever_the_question_asked_for():
    what = said([TOO_FAST] * 8, topic="pace", polarity="positive")
    assert set(told("quotes", what)["meant"]) == {"pos"}
    tags = [[{**tag, "said": True} for tag in each] for each in what.listed["topics"]]
    assert set(told("quotes", Said(what.topics, what.listed.assign(topics=tags)))["meant"]) == {"neg"}

"""Comments: what waits to be read, what was read in them, and what of it may be shown."""

from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import select

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Organisation
from feedback.store.comments import COLUMNS, UNREAD, comment_marks, read_comments, save_readings, unread_comments
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version
from feedback.store.releases import erase
from feedback.store.responses import new_secret, response_key, save_submission
from feedback.store.tables import CommentReadings
from tests.store.releasing import bring, publish_all, read_all, readings_of, save_all, stored


def unread(engine, instruments, analyser="1", limit=None, **where):
    with reading(engine) as session:
        return unread_comments(session, instruments, analyser, limit, **where)


def shown(engine, instruments, **how):
    with reading(engine) as session:
        return read_comments(session, instruments, **how)


def keep(engine, instruments, readings, analyser="1"):
    with transaction(engine) as session:
        return save_readings(session, readings, analyser, instruments=instruments, count_voices=count_voices)


def version(engine):
    with reading(engine) as session:
        return data_version(session)


def test_without_comments_both_tables_have_their_columns_and_no_row(institution, instruments, said):
    save_all(institution, said(worth=5))
    assert tuple(unread(institution, instruments).columns) == UNREAD
    assert tuple(shown(institution, instruments).columns) == COLUMNS
    assert len(unread(institution, instruments)) == len(shown(institution, instruments)) == 0
    assert len(unread(institution, {})) == len(shown(institution, {})) == 0


def test_comments_wait_with_what_the_question_says_of_them(institution, instruments, said, employer_said):
    secret = new_secret()
    with transaction(institution) as session:
        save_submission(session, said(worth=5, keep="Examples", change="Pace", about_survey="Long"), secret=secret)
    save_all(institution, employer_said(change={"data-badge": "Newer tools", "sql-course": "Shorter"}, gap="Welding"))
    found = unread(institution, instruments)
    seen = {
        (row.question, row.credential, row.language, row.text, row.polarity) for row in found.fillna("").itertuples()
    }
    assert seen == {
        ("keep", "data-badge", "en", "Examples", "positive"),
        ("change", "data-badge", "en", "Pace", "negative"),
        ("change", "data-badge", "es", "Newer tools", ""),
        ("change", "sql-course", "es", "Shorter", ""),
    }
    assert set(found.loc[found["question"] == "keep", "response"]) == {response_key(secret)}
    assert set(zip(found["credential"], found["language"], found["audience"], found["instrument"], strict=True)) == {
        ("data-badge", "en", "learner", "learner"),
        ("data-badge", "es", "employer", "employer"),
        ("sql-course", "es", "employer", "employer"),
    }


def test_a_comment_that_was_read_waits_no_more_until_the_analyser_changes(institution, instruments, said):
    save_all(institution, said(keep="A", change="B"), said(keep="C"))
    assert read_all(institution, instruments, "1") == 3
    assert len(unread(institution, instruments, "1")) == 0
    assert len(unread(institution, instruments, "2")) == 3


def test_only_what_waits_is_looked_at_unless_all_is_asked_for(institution, instruments, said):
    save_all(institution, said(keep="A"))
    publish_all(institution, instruments)
    batch = bring(institution, [stored(n, {"keep": "B"}) for n in range(2)])
    assert len(unread(institution, instruments)) == 0
    assert unread(institution, instruments, batch=batch)["text"].tolist() == ["B", "B"]
    assert len(unread(institution, instruments, everything=True)) == 3


def test_comments_of_one_response_come_together_however_few_are_asked_for(institution, instruments, said):
    save_all(institution, *(said(keep="A", change="B") for _ in range(5)))
    found = unread(institution, instruments, limit=3)
    assert len(found) == 4
    assert found.groupby("response").size().tolist() == [2, 2]
    assert len(unread(institution, instruments, limit=100)) == 10


def test_whoever_goes_on_from_the_last_one_meets_every_comment_once(institution, instruments, said):
    save_all(institution, *(said(keep="A", change="B") for _ in range(5)), *(said(worth=1) for _ in range(5)))
    seen, after = [], ""
    while len(found := unread(institution, instruments, limit=1, after=after)):
        seen += zip(found["response"], found["question"], strict=True)
        after = found["response"].iloc[-1]
    assert len(seen) == len(set(seen)) == 10


def test_a_question_id_within_the_words_of_an_answer_is_no_comment(institution, instruments, said):
    save_all(institution, said(motive='"keep":'), said(about_survey='{"change": "x"}'))
    assert len(unread(institution, instruments)) == 0


def test_a_reading_by_the_same_analyser_is_not_overwritten(institution, instruments, said):
    save_all(institution, said(keep="Labs"))
    found = readings_of(unread(institution, instruments), "1")
    assert keep(institution, instruments, found) == 1
    publish_all(institution, instruments)
    before = version(institution)
    assert keep(institution, instruments, found.assign(sentiment=1.0, language="de")) == 0
    assert shown(institution, instruments)["sentiment"].tolist() == [-0.5]
    assert version(institution) == before


def test_a_reading_changes_what_is_shown_only_once_it_is_published(institution, instruments, said):
    before = version(institution)
    save_all(institution, said(keep="A"))
    read_all(institution, instruments)
    assert version(institution) == before
    assert len(shown(institution, instruments)) == 0
    publish_all(institution, instruments)
    assert len(shown(institution, instruments)) == 1
    middle = version(institution)
    read_all(institution, instruments, "2")
    assert version(institution) > middle > before


def test_a_comment_erased_while_it_was_read_is_left_out(institution, instruments, said):
    code, _ = save_all(institution, said(keep="Withdrawn"), said(keep="Stays"))
    found = readings_of(unread(institution, instruments), "1")
    with transaction(institution) as session:
        erase(session, instruments, code, count_voices)
    assert keep(institution, instruments, found) == 1
    publish_all(institution, instruments)
    assert shown(institution, instruments)["text"].tolist() == ["Stays"]


def test_readings_go_with_the_response_they_belong_to(institution, instruments, said):
    (code,) = save_all(institution, said(keep="A", change="B"))
    read_all(institution, instruments)
    with transaction(institution) as session:
        assert erase(session, instruments, code, count_voices)
        assert session.connection().execute(select(CommentReadings.response)).first() is None


def test_what_may_be_shown_is_masked_and_tells_nobody(institution, instruments, said, employer_said):
    save_all(institution, said(worth=4, keep="Great Smith", length=2), said(change="Too fast"))
    save_all(institution, employer_said(why="x"), organisation=Organisation(slug="x", name="Acme"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    found = shown(institution, instruments).set_index("question")
    assert "response" not in found
    one = found.loc["keep"]
    assert (one["text"], one["polarity"], one["audience"], one["credential"]) == (
        "Great [name]", "positive", "learner", "data-badge",
    )  # fmt: skip
    assert (one["language"], one["vader"], one["sentiment"], len(one["topics"])) == ("en", 0.5, -0.5, 2)
    assert pd.isna(one["textblob"])
    assert pd.isna(one["organisation"])
    assert (found.loc["why", "credential"], found.loc["why", "organisation"]) == ("", "acme")
    assert pd.isna(found.loc["why", "polarity"])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, {"A b", "C", "E", "F"}),
        ({"credential": "data-badge"}, {"A b", "C", "E"}),
        ({"audience": "employer"}, {"E", "F"}),
        ({"audience": "expert"}, set()),
        ({"programme_credentials": ["sql-course"]}, {"F"}),
        ({"programme_credentials": []}, set()),
        ({"credential": "data-badge", "audience": "learner"}, {"A b", "C"}),
    ],
)
def test_comments_are_chosen_by_what_they_are_about_and_who_wrote_them(
    institution, instruments, said, employer_said, how, expected
):
    save_all(
        institution, said(keep="A b"), said(change="C"), employer_said(change={"data-badge": "E", "sql-course": "F"})
    )
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert set(shown(institution, instruments, **how)["text"]) == expected


def test_the_order_means_nothing_stays_and_is_cut_short(institution, instruments, said):
    texts = [f"w{number:02d}" for number in range(40)]
    for text in texts:
        save_all(institution, said(keep=text))
        read_all(institution, instruments)
    publish_all(institution, instruments)
    found = shown(institution, instruments)["text"].tolist()
    assert sorted(found) == texts
    assert found != texts
    assert shown(institution, instruments, most=7)["text"].tolist() == found[:7]
    read_all(institution, instruments, "2")
    assert shown(institution, instruments)["text"].tolist() == found


def test_missing_scores_stay_missing_through_both_databases(institution, instruments, said):
    save_all(institution, said(keep="A"))
    found = readings_of(unread(institution, instruments), "1")
    keep(
        institution, instruments, found.assign(language=None, vader=float("nan"), textblob=0.0, sentiment=float("nan"))
    )
    publish_all(institution, instruments)
    (row,) = shown(institution, instruments).to_dict("records")
    assert pd.isna(row["sentiment"])
    assert pd.isna(row["vader"])
    assert pd.isna(row["language"])
    assert row["textblob"] == 0.0
    assert [tag["topic"] for tag in row["topics"]] == ["a1"]


def marks(engine, instruments):
    with reading(engine) as session:
        found = comment_marks(session, instruments)
    return {(row["audience"], row["credential"]): row["mark"] for row in found.to_dict("records")}


def test_the_mark_of_comments_changes_with_those_that_are_published(institution, instruments, said, employer_said):
    save_all(institution, *[said(keep="A")] * 2, employer_said(change={"data-badge": "E"}, why="F"))
    read_all(institution, instruments)
    assert marks(institution, instruments) == {}
    publish_all(institution, instruments)
    first = marks(institution, instruments)
    assert set(first) == {("learner", "data-badge"), ("employer", "data-badge"), ("employer", "")}
    (code,) = save_all(institution, said(keep="A"))
    read_all(institution, instruments)
    assert marks(institution, instruments) == first
    publish_all(institution, instruments)
    second = marks(institution, instruments)
    assert {place for place in second if second[place] != first[place]} == {("learner", "data-badge")}
    with transaction(institution) as session:
        erase(session, instruments, code, count_voices)
    assert marks(institution, instruments) == first
    read_all(institution, instruments, "2")
    third = marks(institution, instruments)
    assert all(third[place] != first[place] for place in first)
    asked = replace(instruments["employer"].by_id["why"], polarity="negative")
    others = tuple(asked if each.id == "why" else each for each in instruments["employer"].questions)
    changed = {**instruments, "employer": replace(instruments["employer"], questions=others)}
    fourth = marks(institution, changed)
    assert {place[0] for place in third if fourth[place] != third[place]} == {"employer"}

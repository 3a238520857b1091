"""Comments: what waits to be read, what was read in them, and the table of both."""

import pandas as pd

from feedback.catalogue.values import Organisation
from feedback.store.comments import COLUMNS, UNREAD, read_comments, save_readings, unread_comments
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version
from feedback.store.responses import erase_by_receipt, new_secret, response_key, save_submission

TOPICS = [{"topic": "pace", "start": 0, "end": 8, "polarity": "neg"}]


def unread(engine, instruments, analyser="1", limit=None):
    with reading(engine) as session:
        return unread_comments(session, instruments, analyser, limit)


def table(engine, instruments):
    with reading(engine) as session:
        return read_comments(session, instruments)


def read_all(engine, instruments, analyser="1", **read):
    found = unread(engine, instruments, analyser)
    columns = {"language": "en", "vader": -0.5, "textblob": None, "sentiment": -0.5, "topics": [TOPICS] * len(found)}
    with transaction(engine) as session:
        save_readings(session, found[["response", "question", "credential"]].assign(**(columns | read)), analyser)
    return found


def fill(engine, *submissions, **how):
    receipts = []
    with transaction(engine) as session:
        for submission in submissions:
            receipts.append(save_submission(session, submission, secret=new_secret(), **how).receipt)
    return receipts


def test_without_comments_both_tables_have_their_columns_and_no_row(institution, instruments, said):
    fill(institution, said(worth=5))
    assert tuple(unread(institution, instruments).columns) == UNREAD
    assert tuple(table(institution, instruments).columns) == COLUMNS
    assert len(unread(institution, instruments)) == len(table(institution, instruments)) == 0
    assert len(unread(institution, {})) == len(table(institution, {})) == 0


def test_comments_wait_with_what_the_question_says_of_them(institution, instruments, said, employer_said):
    secret = new_secret()
    with transaction(institution) as session:
        save_submission(session, said(worth=5, keep="Examples", change="Pace", about_survey="Long"), secret=secret)
    fill(institution, employer_said(change={"data-badge": "Newer tools", "sql-course": "Shorter"}, gap="Welding"))
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
    assert set(zip(found["credential"], found["language"], found["audience"], strict=True)) == {
        ("data-badge", "en", "learner"),
        ("data-badge", "es", "employer"),
        ("sql-course", "es", "employer"),
    }


def test_a_comment_that_was_read_waits_no_more_until_the_analyser_changes(institution, instruments, said):
    fill(institution, said(keep="A", change="B"), said(keep="C"))
    assert len(read_all(institution, instruments, "1")) == 3
    assert len(unread(institution, instruments, "1")) == 0
    assert len(unread(institution, instruments, "2")) == 3
    read_all(institution, instruments, "2", sentiment=0.25)
    found = table(institution, instruments)
    assert set(found["analyser"]) == {"2"}
    assert set(found["sentiment"]) == {0.25}


def test_a_limit_never_parts_the_comments_of_one_response(institution, instruments, said):
    fill(institution, *(said(keep="A", change="B") for _ in range(5)))
    found = unread(institution, instruments, limit=3)
    assert len(found) == 4
    assert found.groupby("response").size().tolist() == [2, 2]
    assert len(unread(institution, instruments, limit=100)) == 10


def test_a_question_id_within_the_words_of_an_answer_is_no_comment(institution, instruments, said):
    fill(institution, said(motive='"keep":'), said(about_survey='{"change": "x"}'))
    assert len(unread(institution, instruments)) == 0


def test_a_reading_by_the_same_analyser_is_not_overwritten(institution, instruments, said):
    fill(institution, said(keep="A"))
    found = read_all(institution, instruments, "1", sentiment=0.5)
    with reading(institution) as session:
        before = data_version(session)
    again = found[["response", "question", "credential"]].assign(
        language="de", vader=None, textblob=None, sentiment=-1.0, topics=[[]]
    )
    with transaction(institution) as session:
        save_readings(session, again, "1")
    assert table(institution, instruments)["sentiment"].tolist() == [0.5]
    with reading(institution) as session:
        assert data_version(session) > before > 0


def test_a_comment_erased_while_it_was_read_is_left_out(institution, instruments, said):
    (code, _) = fill(institution, said(keep="Withdrawn"), said(keep="Stays"))
    found = unread(institution, instruments)
    with transaction(institution) as session:
        erase_by_receipt(session, code)
    read = found.assign(vader=0.0, textblob=0.0, sentiment=0.0, topics=[[], []])
    with transaction(institution) as session:
        save_readings(session, read, "1")
    assert table(institution, instruments)["text"].tolist() == ["Stays"]


def test_readings_go_with_the_response_they_belong_to(institution, instruments, said):
    (code,) = fill(institution, said(keep="A", change="B"))
    read_all(institution, instruments)
    with transaction(institution) as session:
        assert erase_by_receipt(session, code)
    assert len(table(institution, instruments)) == 0


def test_the_table_joins_what_was_said_what_was_read_and_how_it_was_rated(institution, instruments, said):
    fill(institution, said(worth=4, keep="Great examples", length=2), said(worth="does_not_apply", change="Too fast"))
    read_all(institution, instruments)
    found = table(institution, instruments).set_index("question")
    keep, change = found.loc["keep"], found.loc["change"]
    assert (keep["text"], keep["polarity"], keep["rating"]) == ("Great examples", "positive", 0.75)
    assert (keep["audience"], keep["credential"], keep["kind"]) == ("learner", "data-badge", "long_text")
    assert (keep["language"], keep["vader"], keep["topics"], keep["analyser"]) == ("en", -0.5, TOPICS, "1")
    assert pd.isna(keep["textblob"])
    assert pd.isna(change["rating"])


def test_a_comment_that_waits_is_shown_unscored_never_as_neutral(institution, instruments, employer_said):
    fill(institution, employer_said(change={"data-badge": "X"}), organisation=Organisation(slug="x", name="Acme"))
    (row,) = table(institution, instruments).to_dict("records")
    assert (row["text"], row["topics"], row["organisation"]) == ("X", [], "acme")
    missing = ("language", "vader", "textblob", "sentiment", "rating", "analyser", "polarity")
    assert all(pd.isna(row[name]) for name in missing)


def test_missing_scores_stay_missing_through_both_databases(institution, instruments, said):
    fill(institution, said(keep="A"))
    read_all(institution, instruments, language=None, vader=float("nan"), textblob=0.0, sentiment=float("nan"))
    (row,) = table(institution, instruments).to_dict("records")
    assert pd.isna(row["sentiment"])
    assert pd.isna(row["vader"])
    assert pd.isna(row["language"])
    assert row["textblob"] == 0.0
    assert row["topics"] == TOPICS

"""What teaches the reader: comments with what people said of them, or the rating beside them; and what must not."""

from dataclasses import replace

import pytest

from feedback.store import moderation
from feedback.store.database import reading, transaction
from feedback.store.masking import WITHHELD
from feedback.store.mended import Said
from feedback.store.moderation import Decision
from feedback.store.teaching import COLUMNS, how_much, label_of, overall, teaching
from tests.store.conftest import LADDER, PACE
from tests.store.releasing import publish_all, read_all, save_all
from tests.store.test_corrections import MODERATOR, drawn, say


def taught(engine, instruments):
    with reading(engine) as session:
        found = teaching(session, instruments)
    assert list(found.columns) == list(COLUMNS)
    return found


def labels(engine, instruments):
    found = taught(engine, instruments)
    return sorted(zip(found["text"], found["label"], found["source"], strict=True))


@pytest.fixture
def published(institution, instruments, said):
    def publish(*submissions, **how):
        codes = save_all(institution, *submissions, **how)
        read_all(institution, instruments)
        publish_all(institution, instruments)
        return codes

    return publish


def test_without_comments_nothing_teaches(institution, instruments):
    assert taught(institution, instruments).empty


def test_a_rating_teaches_how_the_comment_beside_it_sounds_unless_the_question_says_otherwise(
    institution, instruments, said, published
):
    published(
        said(worth=5, keep="Labs", change="More time"),
        said(worth=1, keep="Breaks", change="All of it"),
        said(worth=3, keep="Some", change="Some more"),
        said(worth="does_not_apply", keep="No rating"),
    )
    assert labels(institution, instruments) == [("All of it", "neg", "rated"), ("Labs", "pos", "rated")]
    found = taught(institution, instruments).set_index("text")
    assert found.loc["Labs", ["language", "audience", "polarity"]].tolist() == ["en", "learner", "positive"]
    assert found.loc["Labs", "vader"] == 0.5


def test_a_comment_is_of_whoever_wrote_the_others_of_its_response(institution, instruments, said, published):
    learner = instruments["learner"]
    open_ended = tuple(replace(each, polarity=None) if each.polarity else each for each in learner.questions)
    asked = {**instruments, "learner": replace(learner, questions=open_ended)}
    published(said(worth=5, keep="One", change="Two"), said(worth=3, keep="Three"))
    people = taught(institution, asked).set_index("text")["person"]
    assert people["One"] == people["Two"] != people["Three"]
    assert dict(zip(*[taught(institution, asked)[name] for name in ("text", "label")], strict=True)) == {
        "One": "pos", "Two": "pos", "Three": "neu",
    }  # fmt: skip


def test_what_somebody_said_goes_before_the_rating_and_what_is_drawn_by_chance_teaches_nothing(
    institution, instruments, said, published
):
    published(*(said(worth=5, keep=f"Text {number}") for number in range(4)))
    by_chance = next(each for each in drawn(institution, instruments) if each.at_random)
    others = [each for each in drawn(institution, instruments) if each.place != by_chance.place]
    say(institution, instruments, by_chance, Said("neg", whole=True))
    first, second, third = others
    tag = {"topic": "pace", "start": 0, "end": 4, "polarity": "neg"}
    say(institution, instruments, replace(first, at_random=False), Said("neg", (tag,), ("labs",)))
    say(institution, instruments, replace(second, at_random=False), Said(whole=True))
    assert labels(institution, instruments) == sorted(
        [(first.text, "neg", "corrected"), (second.text, "pos", "rated"), (third.text, "pos", "rated")]
    )
    found = taught(institution, instruments).set_index("text")
    assert (found.loc[first.text, "topics"], found.loc[first.text, "absent"]) == ([tag], ["labs"])
    assert found["whole"].to_dict() == {first.text: False, second.text: True, third.text: False}


def test_what_nobody_may_read_and_what_is_made_up_teaches_nothing(institution, instruments, said, published):
    published(said(worth=5, keep="Kept back"), said(worth=5, keep="Ana explains"))
    published(said(worth=5, keep="Made up"), is_sample=True)
    with transaction(institution) as session:
        seen = {each.text: each for each in moderation.draw(session, MODERATOR)}
        moderation.decide(session, MODERATOR, seen["Kept back"], Decision(WITHHELD, "insult"))
        masked = Decision("public", "names_somebody", masks=((0, 3),))
        moderation.decide(session, MODERATOR, seen["Ana explains"], masked)
    save_all(institution, said(worth=5, keep="Waits"))
    read_all(institution, instruments)
    assert labels(institution, instruments) == [("[masked] explains", "pos", "rated")]


def test_a_rating_of_one_of_several_credentials_is_that_of_its_comment(institution, instruments, employer_said):
    employer = instruments["employer"]
    rated = [replace(each, construct="overall", scale=instruments["learner"].by_id["worth"].scale, positive=(4, 5))
             if each.id == "ladder" else each for each in employer.questions]  # fmt: skip
    asked = {"employer": replace(employer, questions=tuple(rated))}
    change = {"data-badge": "Newer", "sql-course": "Shorter"}
    save_all(institution, employer_said(ladder={"data-badge": 1, "sql-course": 4}, change=change, why="Because"))
    read_all(institution, asked)
    publish_all(institution, asked)
    assert labels(institution, asked) == [("Newer", "neg", "rated"), ("Shorter", "pos", "rated")]


def test_scales_that_say_nothing_of_the_whole_give_no_label(instruments):
    assert [label_of(scale, 3) for scale in (PACE, LADDER)] == [None, None]
    assert overall(instruments["learner"]).id == "worth"
    assert overall(instruments["employer"]) is None


def test_how_much_there_is_rises_with_comments_and_corrections(institution, instruments, said, published):
    with reading(institution) as session:
        assert how_much(session) == 0
    published(*(said(worth=5, keep=f"Text {number}") for number in range(3)))
    say(institution, instruments, drawn(institution, instruments)[0], Said("neg"))
    with reading(institution) as session:
        assert how_much(session) == 4


def test_of_many_those_are_taken_of_which_somebody_said_something(institution, instruments, said, published):
    published(*(said(worth=5, keep=f"Text {number}") for number in range(6)))
    seen = drawn(institution, instruments)[0]
    say(institution, instruments, replace(seen, at_random=False), Said("neg"))
    with reading(institution) as session:
        found = teaching(session, instruments, most=1)
    assert found["text"].tolist() == [seen.text]

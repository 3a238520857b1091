"""Everything read anew waits apart, and takes the place of what is shown in one go, with all that hangs on it."""

import pytest

from feedback.analysis.comments.voices import count_voices
from feedback.store import anew, moderation
from feedback.store.comments import unread_comments
from feedback.store.database import reading, transaction
from feedback.store.masking import AGAIN, PUBLIC
from feedback.store.mended import Said, said_of
from feedback.store.moderation import Decision
from tests.attacks.dumping import rows_of
from tests.store.releasing import assert_whole, publish_all, read_all, readings_of, save_all, take_out
from tests.store.test_corrections import MODERATOR, counted, drawn, listed, say, tag


@pytest.fixture
def commented(institution, instruments, said):
    """Two comments are published, as version 1 read them: "Ana explains LABS" and "Labs". The receipts stand beside."""
    codes = save_all(institution, said(keep="Ana explains LABS"), said(keep="Labs"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    return institution, codes


def wait(engine, instruments, instead=None, leave=()):
    """Version 2 reads everything, apart; instead: texts it masks otherwise; leave: those it cannot read."""
    with reading(engine) as session:
        found = unread_comments(session, instruments, "2", everything=True)
    readings = readings_of(found[~found["text"].isin(leave)], "2")
    readings["masked"] = [(instead or {}).get(text, text) for text in readings["masked"]]
    with transaction(engine) as session:
        return anew.keep_next(session, readings, "2")


def count(engine, instruments):
    return [each for each in anew.count_next(engine, instruments, "2", count_voices) if each is not None]


def take_over(engine, instruments, counted=None):
    with transaction(engine) as session:
        anew.take_over(session, instruments, "2", count_voices, counted)


def texts(engine, instruments):
    return [row[0] for row in listed(engine, instruments)[0]]


@pytest.mark.parametrize("beforehand", [True, False])
def test_nothing_shows_until_all_does(commented, instruments, beforehand):
    engine, _ = commented
    before = listed(engine, instruments), counted(engine, instruments)
    assert wait(engine, instruments) == 2
    assert (listed(engine, instruments), counted(engine, instruments)) == before
    assert wait(engine, instruments) == 0
    (made,) = count(engine, instruments)
    take_over(engine, instruments, made if beforehand else None)
    assert counted(engine, instruments) == {"ana2": 1, "explains2": 1, "labs2": 2}
    assert texts(engine, instruments) == ["Ana explains LABS", "Labs"]
    assert {row["analyser"] for row in rows_of(engine)["comment_readings"]} == {"2"}
    assert rows_of(engine)["next_readings"] == []
    assert_whole(engine, instruments)


def test_the_order_in_which_comments_are_listed_stays(commented, instruments):
    engine, _ = commented
    before = {row["response"]: row["order"] for row in rows_of(engine)["comment_readings"]}
    wait(engine, instruments)
    take_over(engine, instruments)
    assert {row["response"]: row["order"] for row in rows_of(engine)["comment_readings"]} == before


def test_what_happens_while_it_waits_is_in_what_shows_then(commented, instruments, said):
    engine, codes = commented
    wait(engine, instruments)
    (made,) = count(engine, instruments)
    take_out(engine, instruments, codes[0])
    save_all(engine, said(keep="Later"), said(keep="Later"))
    read_all(engine, instruments, "2")
    publish_all(engine, instruments)
    take_over(engine, instruments, made)
    assert texts(engine, instruments) == ["Labs", "Later", "Later"]
    assert counted(engine, instruments) == {"labs2": 1, "later2": 2}
    assert_whole(engine, instruments)


def test_a_comment_the_new_version_cannot_read_shows_no_more_and_one_it_can_now_does(commented, instruments):
    engine, _ = commented
    wait(engine, instruments, leave=["Labs"])
    take_over(engine, instruments, count(engine, instruments)[0])
    assert texts(engine, instruments) == ["Ana explains LABS"]
    assert_whole(engine, instruments)
    wait(engine, instruments)
    (made,) = count(engine, instruments)
    take_over(engine, instruments, made)
    assert texts(engine, instruments) == ["Ana explains LABS", "Labs"]
    assert_whole(engine, instruments)


def test_what_was_decided_and_said_of_a_comment_goes_along_or_is_asked_again(commented, instruments):
    engine, _ = commented
    seen = next(each for each in drawn(engine, instruments) if each.text != "Labs")
    say(engine, instruments, seen, Said(None, (tag("pace", seen.text, "LABS"), tag("names", seen.text, "Ana"))))
    with transaction(engine) as session:
        there = next(each for each in moderation.draw(session, MODERATOR) if each.place == seen.place)
        moderation.decide(session, MODERATOR, there, Decision(PUBLIC))
    wait(engine, instruments, {seen.text: "[name] explains LABS"})
    with reading(engine) as session:
        assert moderation.read_comment(session, MODERATOR, seen.place).decision.state == PUBLIC
    take_over(engine, instruments)
    with reading(engine) as session:
        again = moderation.read_comment(session, MODERATOR, seen.place)
    assert (again.text, again.decision.state) == ("[name] explains LABS", AGAIN)
    with reading(engine) as session:
        (kept,) = said_of(session, [seen.place.response]).values()
    assert kept.topics == (tag("pace", again.text, "LABS"),)
    assert_whole(engine, instruments)


def test_what_another_version_read_that_is_not_to_come_is_forgotten(commented, instruments):
    engine, _ = commented
    wait(engine, instruments)
    with transaction(engine) as session:
        assert anew.drop_others(session, "2") == 0
        assert anew.drop_others(session, "3") == 2
    assert rows_of(engine)["next_readings"] == []

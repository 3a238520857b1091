"""How those who name a topic rate the whole: counted with the topics, kept apart, gone with whoever takes it back."""

import pytest
from sqlalchemy import delete

from feedback.analysis.comments.voices import count_voices
from feedback.store import blocks
from feedback.store.blocks import COUNTED_RATED, RATED, read_rated
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.overall import overall, rating_in
from feedback.store.releases import erase, rebuild
from feedback.store.tables import Blocks
from tests.store.releasing import LEARNERS, publish_all, read_all, save_all


def rated(engine, instruments):
    """By topic, voice and rating how many people."""
    with reading(engine) as session:
        found = read_rated(session, instruments)
    assert tuple(found.columns) == COUNTED_RATED
    return found.groupby(["topic", "critical", "rating"], observed=True)["people"].sum().to_dict()


@pytest.fixture
def published(institution, instruments, said):
    """Two who name labs critically with a low rating, one with a high one, one without any."""
    receipts = save_all(
        institution,
        *[said(change="Labs", worth=2)] * 2,
        said(change="Labs EXAM", worth=5),
        said(change="Labs"),
        said(worth=1),
    )
    read_all(institution, instruments)
    publish_all(institution, instruments)
    return receipts


def test_who_names_a_topic_is_counted_with_their_rating(institution, instruments, published):
    assert rated(institution, instruments) == {
        ("", True, 2.0): 2, ("", True, 5.0): 1, ("labs1", True, 2.0): 2, ("labs1", True, 5.0): 1,
        ("exam1", True, 5.0): 1,
    }  # fmt: skip


def test_it_is_kept_without_survey_month_or_organisation(institution, instruments, published):
    with reading(institution) as session:
        held = blocks.contents(session)[*LEARNERS, RATED]
    assert held.people == 3
    assert tuple(blocks.unpack(held.data).columns) == ("topic", "critical", "appreciative", "rating")


def test_who_takes_their_answer_back_takes_this_with_them(institution, instruments, published):
    with transaction(institution) as session:
        erase(session, instruments, published[2], count_voices)
    assert rated(institution, instruments) == {("", True, 2.0): 2, ("labs1", True, 2.0): 2}
    with transaction(institution) as session:
        for receipt in (published[0], published[1]):
            erase(session, instruments, receipt, count_voices)
    assert rated(institution, instruments) == {}
    with reading(institution) as session:
        assert (*LEARNERS, RATED) not in blocks.contents(session)


def test_counted_anew_it_is_the_same_and_comes_where_an_earlier_release_did_not_count_it(
    institution, instruments, published
):
    before = rated(institution, instruments)
    rebuild(institution, instruments, count_voices)
    assert rated(institution, instruments) == before
    with transaction(institution) as session:
        table = table_of(Blocks)
        session.connection().execute(delete(table).where(table.c.part == RATED))
    assert rated(institution, instruments) == {}
    rebuild(institution, instruments, count_voices)
    assert rated(institution, instruments) == before


def test_another_reader_moves_the_ratings_to_its_own_topics(institution, instruments, published):
    read_all(institution, instruments, analyser="2")
    assert {topic for topic, _, _ in rated(institution, instruments)} == {"", "labs2", "exam2"}


def test_of_a_questionnaire_without_a_rating_of_the_whole_nothing_is_kept(institution, instruments, employer_said):
    save_all(institution, *[employer_said(change={"sql-course": "Labs"})] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert rated(institution, {"employer": instruments["employer"]}) == {}


def test_a_rating_is_a_number_that_was_given(instruments):
    asked = overall(instruments["learner"])
    assert rating_in({"worth": 4}, asked, "data-badge") == 4.0
    assert rating_in({"worth": {"sql": 3}}, asked, "sql") == 3.0
    for none in ({}, {"worth": "dont_know"}, {"worth": True}, {"worth": {"sql": 3}}):
        assert rating_in(none, asked, "data-badge") is None
    assert rating_in({"worth": 4}, None, "data-badge") is None

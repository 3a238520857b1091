"""What the sample tells everybody: pages that say they are invented, and that go with it."""

from feedback.policy import OPERATOR
from feedback.sample import load_sample
from feedback.store import told
from feedback.store.database import reading, transaction
from feedback.store.sample import remove_sample
from feedback.survey.wording import languages
from tests.sample.conftest import TODAY


def test_the_sample_tells_of_what_was_changed_and_shows_cards_until_it_is_taken_away(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        pages = {each.credential: each for each in told.read_pages(session)}
        assert told.is_unfinished(session)
    assert all(each.is_sample for each in pages.values())
    assert set(told_in(pages["web-development"])) == set(told_in(pages["machine-learning-foundations"]))
    assert set(told_in(pages["web-development"])) == set(languages())
    assert sum(each.has_card for each in pages.values()) == 4
    with transaction(sqlite_engine) as session:
        remove_sample(session)
    with reading(sqlite_engine) as session:
        assert told.read_pages(session) == []
        assert told.cards(session) == {}


def test_of_the_sample_nobody_is_written_to(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with transaction(sqlite_engine) as session:
        for page in told.read_pages(session):
            for one in page.told:
                assert not told.ask_to_write(session, OPERATOR, one.action)
        assert told.to_write(session) == []


def told_in(page):
    """The languages in which learners are told of what was changed."""
    (one,) = page.told
    return list(one.words["learners"])

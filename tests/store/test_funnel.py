"""The funnel: counts add up, whoever adds them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from feedback.store import funnel
from feedback.store.database import reading, transaction
from feedback.store.funnel import Count
from feedback.store.inserting import table_of
from feedback.store.tables import Funnel

OPENED = ("of-learners", "en", "opened", 0)
REACHED = ("of-learners", "es", "reached", 3)


def add(engine, counts):
    with transaction(engine) as session:
        funnel.add(session, counts)


def read(engine, survey=None):
    with reading(engine) as session:
        return funnel.read(session, survey)


def test_nothing_counted_is_nothing(institution):
    add(institution, {})
    add(institution, {OPENED: 0})
    assert read(institution) == []


def test_counts_add_up_by_survey_language_mark_and_value(institution):
    add(institution, {REACHED: 2, OPENED: 5})
    add(institution, {REACHED: 1, ("of-employers", "en", "opened", 0): 1})
    assert read(institution, "of-learners") == [Count(*OPENED, 5), Count(*REACHED, 3)]
    assert [each.survey for each in read(institution)] == ["of-employers", "of-learners", "of-learners"]
    assert read(institution, "elsewhere") == []


def test_marks_of_a_survey_that_is_gone_are_dropped(institution):
    add(institution, {("gone", "en", "opened", 0): 4, OPENED: 1})
    assert read(institution) == [Count(*OPENED, 1)]


def test_two_who_count_at_once_lose_nothing(institution):
    keys = [("of-learners", "en", "reached", step) for step in range(20)]

    def some(number):
        ordered = keys if number % 2 else keys[::-1]
        add(institution, dict.fromkeys(ordered, 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(some, range(20)))
    assert {each.count for each in read(institution)} == {20}


MARKS = st.sampled_from([OPENED, REACHED, ("of-employers", "en", "seconds", 120)])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.dictionaries(MARKS, st.integers(0, 50)), max_size=5))
def test_in_whatever_pieces_marks_come_their_sum_is_the_same(institution, pieces):
    with transaction(institution) as session:
        session.connection().execute(delete(table_of(Funnel)))
    whole = Counter()
    for piece in pieces:
        add(institution, piece)
        whole.update(piece)
    found = {(each.survey, each.language, each.mark, each.value): each.count for each in read(institution)}
    assert found == {key: count for key, count in whole.items() if count}

"""Sums of products: what the same people answered, added up exactly, whoever brings it and in whatever pieces."""

from functools import reduce

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.voices import count_voices
from feedback.analysis.drivers import sums_of
from feedback.store import blocks
from feedback.store.counted import KEYS, PRODUCTS, UNIT, added
from feedback.store.counting import Tally, add_up, count_keys
from feedback.store.database import reading
from feedback.store.products import EVERYBODY, WHATS, people_behind
from feedback.store.releases import publish_batch
from feedback.survey.levels import PARTS, WHOLE, levels_of, steps_as_levels
from tests.store.conftest import AGREE, PACE
from tests.store.releasing import (
    LEARNERS,
    assert_whole,
    bring,
    publish_all,
    read_all,
    save_all,
    stored,
    take_out,
    undo,
)
from tests.store.test_blocks import fill

NAMES = ["length", "teaching", WHOLE]
"""What goes together in the learners' questionnaire of these tests."""
steps = st.integers(1, 5)
learners = st.fixed_dictionaries(
    {},
    optional={
        "worth": steps | st.just("does_not_apply"),
        "length": st.integers(1, 7),
        "teaching": st.dictionaries(st.sampled_from(["clear", "kind", "fair"]), steps | st.just("does_not_apply")),
        "motive": st.just("required"),
    },
)
people = st.lists(learners, max_size=10)


def levels_given(answers):
    """The levels one person gave, worked out by hand."""
    length, worth = answers.get("length"), answers.get("worth")
    rows = [step - 1 for step in answers.get("teaching", {}).values() if isinstance(step, int)]
    return {
        "length": None if length is None else 6 - 2 * abs(length - 4),
        "teaching": round(PARTS * sum(rows) / len(rows)) if rows else None,
        WHOLE: worth - 1 if isinstance(worth, int) else None,
    }


def amounts_of(products):
    """Counted products as the four tables of `drivers.Sums`, for each pair both ways."""
    found = np.zeros((len(WHATS), len(NAMES), len(NAMES)))
    frame = products.frame()
    for first, second, what, amount in frame[["first", "second", "what", "people"]].itertuples(index=False):
        if first == EVERYBODY:
            continue
        i, j = NAMES.index(first), NAMES.index(second)
        found[WHATS.index(what), i, j] = amount
        if what in ("n", "product"):
            found[WHATS.index(what), j, i] = amount
    for i in range(len(NAMES)):
        found[WHATS.index("product"), i, i] = found[WHATS.index("square"), i, i]
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people)
def test_products_are_what_the_answers_of_each_person_give(institution, instruments, drawn):
    keys = fill(institution, [("learner", answers) for answers in drawn])
    with reading(institution) as session:
        count = count_keys(session, instruments, keys)
    by_hand = pd.DataFrame([levels_given(answers) for answers in drawn], columns=NAMES, dtype=float)
    assert amounts_of(count.products).tolist() == sums_of(by_hand).amounts.tolist()
    some = int(by_hand.notna().any(axis=1).sum())
    assert people_behind(count.products) == ({LEARNERS: some} if some else {})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, st.data())
def test_the_order_and_the_pieces_in_which_people_come_do_not_matter(institution, instruments, drawn, data):
    keys = fill(institution, [("learner", answers) for answers in drawn])
    part_of = {key: data.draw(st.integers(0, 2)) for key in keys}
    order = data.draw(st.permutations([0, 1, 2]))
    with reading(institution) as session:
        whole = count_keys(session, instruments, keys).products
        pieces = [count_keys(session, instruments, [key for key in keys if part_of[key] == part]) for part in order]
    pd.testing.assert_frame_equal(add_up(pieces).products.frame(), whole.frame())
    names = (*UNIT, *KEYS[PRODUCTS])
    assert len(reduce(lambda left, part: added([left, part.products], names, [1, -1]), pieces, whole)) == 0


def test_what_is_published_taken_back_and_undone_is_what_counting_gives(institution, instruments, said):
    """`assert_whole` counts everything from scratch, products, too."""
    codes = save_all(institution, *[said(worth=4, length=3, teaching={"clear": 2}, keep="A")] * 6)
    publish_all(institution, instruments)
    assert published_people(institution, instruments) == 6
    take_out(institution, instruments, codes[0])
    assert published_people(institution, instruments) == 5
    batch = bring(institution, [stored(n, {"worth": 5, "length": 4}) for n in range(7)])
    assert published_people(institution, instruments) == 5
    assert_whole(institution, instruments)
    publish_batch(institution, instruments, batch, count_voices)
    assert published_people(institution, instruments) == 12
    read_all(institution, instruments)
    assert_whole(institution, instruments)
    undo(institution, instruments, batch)
    assert published_people(institution, instruments) == 5
    assert_whole(institution, instruments)


def published_people(engine, instruments):
    with reading(engine) as session:
        found = blocks.read_products(session, instruments)
    assert tuple(found.columns) == blocks.COUNTED_PRODUCTS
    return int(found.loc[found["first"] == EVERYBODY, "amount"].sum())


def test_what_nobody_has_published_yet_is_in_no_block(institution, instruments, said):
    save_all(institution, *[said(worth=4, length=3)] * 3)
    assert published_people(institution, instruments) == 0


def test_a_questionnaire_without_an_overall_answer_has_no_products(institution, instruments, employer_said):
    assert levels_of(instruments["employer"]) == ()
    save_all(institution, *[employer_said(ladder={"data-badge": 2})] * 3)
    publish_all(institution, instruments)
    assert published_people(institution, instruments) == 0


def test_a_tally_of_nobody_has_none(instruments):
    assert len(Tally(instruments).count().products) == 0


def test_more_is_better_and_where_the_good_end_is_in_the_middle_nearness_to_it_counts():
    assert list(steps_as_levels(AGREE).values()) == [0, 1, 2, 3, 4]
    assert list(steps_as_levels(PACE).values()) == [0, 2, 4, 6, 4, 2, 0]


def test_the_overall_answer_stands_last_and_rows_that_differ_count_as_one(instruments):
    found = levels_of(instruments["learner"])
    assert [each.name for each in found] == NAMES
    assert [(each.row, each.parts) for each in found] == [("", 1), (None, PARTS), ("", 1)]

"""Blocks: counted answers that add up exactly, whatever the order and the pieces."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.catalogue.values import Organisation
from feedback.store import blocks
from feedback.store.answers import COUNTED, count_answers, described, read_answers
from feedback.store.counted import ANSWERS, KEYS, TOPICS, UNIT, Cells, added, cells_of, no_cells
from feedback.store.counting import Span, Tally, add_up, count_keys, read_span
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.responses import save_many
from feedback.store.tables import Blocks, Responses
from tests.store.releasing import publish_all, read_all, save_all, stored

SAME = [name for name in COUNTED if name != "people"]


def people_by(table: pd.DataFrame) -> dict:
    """The people of each combination of the counted columns."""
    plain = table[SAME].astype(object).where(table[SAME].notna(), None)
    rows = [tuple(row) for row in plain.itertuples(index=False)]
    return pd.Series(table["people"].to_numpy()).groupby(pd.Index(rows, tupleize_cols=False)).sum().to_dict()


learners = st.fixed_dictionaries(
    {},
    optional={
        "worth": st.integers(1, 5) | st.just("does_not_apply"),
        "length": st.integers(1, 7),
        "teaching": st.dictionaries(st.sampled_from(["clear", "kind"]), st.integers(1, 5) | st.just("does_not_apply")),
        "motive": st.sampled_from(["specialise", "required"]),
        "shown": st.lists(st.sampled_from(["cv", "page"]), unique=True, min_size=1),
        "weeks_wanted": st.sampled_from([1, 2, 2.5]),
        "keep": st.sampled_from(["a", "b"]),
        "gone_since": st.just(1),
    },
)
slugs = st.sampled_from(["data-badge", "sql-course"])
skills = st.dictionaries(st.sampled_from(["sql", "charts"]), st.integers(1, 5) | st.just("does_not_apply"), min_size=1)
employers = st.fixed_dictionaries(
    {},
    optional={
        "awareness": st.dictionaries(slugs | st.just("foil:x"), st.sampled_from(["never", "knows"])),
        "ladder": st.dictionaries(slugs, st.integers(0, 4)),
        "skill_need": st.dictionaries(slugs, skills),
        "skill_performance": st.dictionaries(slugs, skills),
        "pairs": st.dictionaries(st.just("data-badge|sql-course"), st.sampled_from(["data-badge", "same"]), min_size=1),
        "gap": st.just("x"),
    },
)
people = st.lists(
    st.one_of(st.tuples(st.just("learner"), learners), st.tuples(st.just("employer"), employers)), max_size=12
)


def fill(engine, drawn):
    """Save drawn answers as responses; returns their keys."""
    rows = [
        stored(n, answers, ["data-badge"] if name == "learner" else ["data-badge", "sql-course"], name)
        for n, (name, answers) in enumerate(drawn)
    ]
    with transaction(engine) as session:
        session.connection().execute(table_of(Responses).delete())
        save_many(session, rows)
    return [row.key for row in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people)
def test_counting_is_reading_and_adding_up(institution, instruments, drawn):
    fill(institution, drawn)
    with reading(institution) as session:
        counted = count_answers(session, instruments)
        tidy = read_answers(session, instruments)
    assert tuple(counted.columns) == COUNTED
    assert people_by(counted) == people_by(tidy.assign(people=1))
    assert not counted.duplicated(SAME).any()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, st.data())
def test_any_partition_in_any_order_adds_up_to_the_same(institution, instruments, drawn, data):
    keys = fill(institution, drawn)
    parts = {key: data.draw(st.integers(0, 2)) for key in keys}
    order = data.draw(st.permutations([0, 1, 2]))
    cuts = sorted({f"{n:032x}" for n in data.draw(st.lists(st.integers(0, 12), max_size=3))})
    with reading(institution) as session:
        tally = Tally(instruments)
        for rows in read_span(session, Span(), chunk=5):
            tally.add(rows)
        whole = add_up([tally.count()])
        by_part = add_up(
            [count_keys(session, instruments, [key for key in keys if parts[key] == part]) for part in order]
        )
        by_span = []
        for after, until in pairwise(["", *cuts, None]):
            some = Tally(instruments)
            for rows in read_span(session, Span(after or "", until), chunk=2):
                some.add(rows)
            by_span.append(some.count())
    for found in (by_part, add_up(by_span)):
        assert found.people == whole.people
        assert blocks.digest(found.cells) == blocks.digest(whole.cells)
        pd.testing.assert_frame_equal(found.cells.frame(), whole.cells.frame())


def test_counting_takes_only_what_is_asked_for(institution, instruments, said, employer_said):
    keys = fill(institution, [("learner", {"worth": 4}), ("employer", {"ladder": {"data-badge": 1, "sql-course": 2}})])
    with reading(institution) as session:
        for how in ({"keys": keys[:1]}, {"units": [("employer", "sql-course")]}, {"batch": "none"}):
            counted, tidy = count_answers(session, instruments, **how), read_answers(session, instruments, **how)
            assert people_by(counted) == people_by(tidy.assign(people=1))
    assert count_one(institution, instruments, units=[("employer", "sql-course")])["number"].tolist() == [2.0]


def count_one(engine, instruments, **how):
    with reading(engine) as session:
        return count_answers(session, instruments, **how)


cells = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1.0, 2.5, None]), st.integers(1, 5)), max_size=8
)


def table_of_cells(rows) -> Cells:
    frame = pd.DataFrame(rows, columns=["item", "number", "people"])
    return cells_of(frame.astype({"item": object, "number": float, "people": int}), ["item", "number"])


@settings(deadline=None)
@given(cells, cells, cells)
def test_adding_knows_no_order_and_taking_away_undoes_it(one, other, third):
    a, b, c = map(table_of_cells, (one, other, third))
    names = ["item", "number"]
    whole = added([a, b, c], names)
    assert blocks.digest(added([c, added([b, a], names)], names)) == blocks.digest(whole)
    assert blocks.digest(added([whole, c], names, [1, -1])) == blocks.digest(added([a, b], names))
    assert len(added([whole, whole], names, [1, -1])) == 0
    again = blocks.unpack(blocks.pack(whole))
    assert blocks.digest(again) == blocks.digest(whole)
    pd.testing.assert_frame_equal(again.frame(), whole.frame())


def test_a_digest_tells_any_difference():
    rows = [("a", 1.0, 1), ("b", 2.5, 2)]
    marks = {
        blocks.digest(table_of_cells(each))
        for each in (rows, rows[:1], [("a", 1.0, 2), rows[1]], [(None, 1.0, 1), rows[1]], [("a", None, 1), rows[1]], [])
    }
    assert len(marks) == 6


def test_columns_with_more_combinations_than_numbers_are_told_apart_all_the_same():
    random = np.random.default_rng(1)
    wide = pd.DataFrame({f"c{n}": random.integers(0, 500, 2000).astype(str) for n in range(8)}).assign(people=1)
    names = [name for name in wide if name != "people"]
    assert len(added([cells_of(wide, names)], names)) == len(wide.drop_duplicates())


def test_published_answers_are_read_with_what_is_known_of_them_now(institution, instruments, said, employer_said):
    save_all(institution, *[said(worth=4, teaching={"clear": 2}, motive="required")] * 3)
    firm = Organisation(slug="x", name="Acme", sector="J", size_band="10-49")
    save_all(institution, *[employer_said(ladder={"data-badge": 3}, gap="x")] * 2, organisation=firm, role="recruiter")
    publish_all(institution, instruments)
    with reading(institution) as session:
        found = blocks.read_blocks(session, ANSWERS, instruments)
        by_month = blocks.read_blocks(session, ANSWERS, instruments, by_month=True)
        one = blocks.read_blocks(session, ANSWERS, instruments, ["data-badge"])
        none = blocks.read_blocks(session, ANSWERS, {}, ["data-badge"])
        tidy = read_answers(session, instruments)
    assert tuple(found.columns) == tuple(none.columns) == COUNTED
    assert none.empty
    assert people_by(by_month) == people_by(tidy.assign(people=1))
    assert people_by(found) == people_by(tidy.assign(people=1, month=None, role=None))
    assert set(one["credential"].astype(str)) == {"data-badge"}
    ladder = found[found["construct"] == "recognition"].iloc[0]
    assert (ladder["organisation"], ladder["sector"], ladder["size_band"]) == ("acme", "J", "10-49")
    assert (ladder["score"], bool(ladder["positive"]), ladder["people"]) == (0.75, True, 2)
    assert found[["month", "role"]].isna().all(axis=None)
    assert {str(dtype) for dtype in found[["organisation", "credential", "question", "sector"]].dtypes} == {"category"}


def test_without_anything_published_the_tables_have_their_columns(institution, instruments):
    with reading(institution) as session:
        for by_month in (False, True):
            assert tuple(blocks.read_blocks(session, ANSWERS, instruments, by_month=by_month).columns) == COUNTED
        topics = blocks.read_blocks(session, TOPICS, instruments)
        assert len(blocks.read_counts(session, TOPICS)) == 0
        assert described(session, no_cells((*UNIT, *KEYS[ANSWERS])), instruments).empty
    assert tuple(topics.columns) == blocks.COUNTED_TOPICS
    assert len(topics) == 0


def test_topics_are_read_with_who_was_asked(institution, instruments, said, employer_said):
    save_all(institution, *[said(keep="Labs")] * 2, *[employer_said(change={"sql-course": "Labs EXAM"})] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    with reading(institution) as session:
        found = blocks.read_blocks(session, TOPICS, instruments)
        of_learners = blocks.read_blocks(session, TOPICS, {"learner": instruments["learner"]})
    assert found.groupby(["audience", "topic"], observed=True)["people"].sum().to_dict() == {
        ("learner", ""): 2, ("learner", "labs1"): 2,
        ("employer", ""): 3, ("employer", "labs1"): 3, ("employer", "exam1"): 3,
    }  # fmt: skip
    assert set(of_learners["audience"].astype(str)) == {"learner"}
    wrote = found[(found["audience"] == "employer") & (found["topic"] == "")].iloc[0]
    assert wrote["critical"]
    assert wrote["appreciative"]


def test_no_block_holds_a_response_or_a_word_that_was_written(institution, instruments, said):
    save_all(institution, *[said(keep="Unmistakable", worth=4)] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    with reading(institution) as session:
        for data in session.connection().execute(table_of(Blocks).select().with_only_columns(Blocks.data)).scalars():
            assert "response" not in blocks.unpack(data).columns
            assert "Unmistakable" not in str(blocks.unpack(data).frame().to_dict())


@pytest.mark.parametrize("part", [ANSWERS, TOPICS])
def test_a_table_of_an_analysis_can_be_added_and_taken_away(institution, instruments, said, part):
    frame = pd.DataFrame(
        {"instrument": "learner", "credential": "data-badge", "people": [2]}
        | {name: [True] if name in ("critical", "appreciative") else ["x"] for name in KEYS[part]}
    ).astype({"people": int})
    frame = frame.assign(version=1, number=2.0) if part == ANSWERS else frame.assign(topic="", rating=4.0)
    behind = {(blocks.Unit("learner", "data-badge"), "x"): 2} if part == ANSWERS else None
    with transaction(institution) as session:
        blocks.add(session, part, frame, behind)
        unit = blocks.Unit("learner", "data-badge")
        assert blocks.people_in(session, part, [unit, blocks.Unit("learner", "other")]) == {
            unit: (2, blocks.contents(session)[*unit, part].digest)
        }
        blocks.add(session, part, frame, behind, sign=-1)
        assert blocks.contents(session) == {}

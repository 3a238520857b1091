"""Releases stopped at any moment, made all at once, and in any order: nothing is doubled or lost. On both databases."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.voices import count_voices
from feedback.store.answers import count_answers
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.releases import (
    publish_batch,
    rebuild,
)
from feedback.store.responses import new_secret, save_submission
from feedback.store.tables import Blocks, Imports, Releases, Responses, metadata
from tests.store.releasing import (
    EMPLOYERS,
    assert_whole,
    bring,
    killed_everywhere,
    publish_all,
    published,
    read_all,
    releases,
    save_all,
    stored,
    take_out,
    undo,
)


@pytest.fixture
def busy(institution, instruments, said, employer_said):
    """An institution in which something is published, something waits, and an import waits; and a receipt."""
    save_all(institution, *[said(worth=4, keep="A b"), employer_said(ladder={"data-badge": 3}, why="x")] * 2)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    (code,) = save_all(institution, employer_said(ladder={"data-badge": 3}, change={"sql-course": "EXAM"}))
    read_all(institution, instruments)
    publish_all(institution, instruments, units=EMPLOYERS[1:2])
    save_all(institution, said(worth=1, change="c"))
    batch = bring(institution, [stored(n, {"worth": 4, "keep": "Labs"}) for n in range(5)])
    read_all(institution, instruments, limit=2)
    return code, batch


def test_publishing_stopped_anywhere_has_done_nothing(busy, institution, instruments):
    assert killed_everywhere(institution, lambda: publish_all(institution, instruments)).number == 3
    assert_whole(institution, instruments)


def test_publishing_an_import_stopped_anywhere_has_done_nothing(busy, institution, instruments):
    assert killed_everywhere(institution, lambda: publish_batch(institution, instruments, busy[1], count_voices))
    assert_whole(institution, instruments)


def test_erasing_stopped_anywhere_has_done_nothing(busy, institution, instruments):
    assert killed_everywhere(institution, lambda: take_out(institution, instruments, busy[0]))
    assert_whole(institution, instruments)


def test_undoing_stopped_anywhere_has_done_nothing(busy, institution, instruments):
    publish_batch(institution, instruments, busy[1], count_voices)
    assert killed_everywhere(institution, lambda: undo(institution, instruments, busy[1])) == 5
    assert_whole(institution, instruments)


def test_reading_stopped_anywhere_has_done_nothing(busy, institution, instruments):
    assert killed_everywhere(institution, lambda: read_all(institution, instruments, "2"))
    assert_whole(institution, instruments)


def test_rebuilding_stopped_anywhere_has_done_nothing(busy, institution, instruments):
    with transaction(institution) as session:
        session.connection().execute(table_of(Blocks).delete())
    assert killed_everywhere(institution, lambda: rebuild(institution, instruments, count_voices))
    assert_whole(institution, instruments)


def test_several_who_publish_read_and_erase_at_once_double_nothing_and_lose_nothing(
    institution, instruments, said, employer_said
):
    batches = [
        bring(institution, [stored(n + 100 * b, {"worth": 4, "keep": "Labs"}) for n in range(3)]) for b in (1, 2)
    ]
    codes = save_all(institution, *[said(worth=3, keep="A B")] * 6)
    publish_all(institution, instruments)
    together, failed = threading.Barrier(7), []

    def again(work, times):
        together.wait()
        for number in range(times):
            for _ in range(500):
                try:
                    work(number)
                    break
                except DatabaseBusy:
                    continue
                except Exception as error:
                    failed.append(error)
                    raise
            else:
                failed.append(f"{work} {number} never came to its turn")

    def submit(number):
        with transaction(institution) as session:
            one = (
                said(worth=5, change=f"C {number}") if number % 2 else employer_said(ladder={"sql-course": 2}, why="y")
            )
            save_submission(session, one, secret=new_secret())

    works = [
        (submit, 12),
        (submit, 12),
        (lambda number: publish_all(institution, instruments), 10),
        (lambda number: publish_all(institution, instruments), 10),
        (lambda number: read_all(institution, instruments, limit=4), 10),
        (lambda number: publish_batch(institution, instruments, batches[number], count_voices), 2),
        (lambda number: take_out(institution, instruments, codes[number]), 3),
    ]
    threads = [threading.Thread(target=again, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert_whole(institution, instruments)
    while publish_all(institution, instruments):
        pass
    assert_whole(institution, instruments)
    found = published(institution, instruments)
    assert found.loc[found["question"] == "worth", "people"].sum() == 6 + 3 + 12
    numbers = [each.number for each in releases(institution)]
    assert numbers == sorted(set(numbers), reverse=True)


words = st.sampled_from(["Labs", "EXAM", "Labs EXAM", "x"])
learners = st.fixed_dictionaries(
    {},
    optional={
        "worth": st.integers(1, 5) | st.just("does_not_apply"),
        "shown": st.lists(st.sampled_from(["cv", "page"]), unique=True, min_size=1),
        "weeks_wanted": st.integers(1, 3),
        "keep": words,
        "change": words,
    },
).filter(bool)
employers = st.fixed_dictionaries(
    {},
    optional={
        "awareness": st.dictionaries(
            st.sampled_from(["data-badge", "sql-course", "foil:x"]), st.sampled_from(["never", "knows"])
        ),
        "ladder": st.dictionaries(st.sampled_from(["data-badge", "sql-course"]), st.integers(0, 4)),
        "change": st.dictionaries(st.sampled_from(["data-badge", "sql-course"]), words),
        "why": words,
        "pairs": st.just({"data-badge|sql-course": "same"}),
    },
).filter(bool)
steps = st.one_of(
    st.tuples(st.just("learner"), learners),
    st.tuples(st.just("employer"), employers),
    st.tuples(st.just("import"), st.lists(learners, min_size=1, max_size=3)),
    st.tuples(
        st.sampled_from(["read", "reread", "publish", "one", "batch", "erase", "undo", "rebuild"]), st.integers(0, 9)
    ),
)


def check_that_the_blocks_are_what_counting_gives(institution, instruments, said, employer_said, happened):
    with transaction(institution) as session:
        for table in (Responses, Blocks, Releases, Imports):
            session.connection().execute(table_of(table).delete())
        session.connection().execute(metadata.tables["meta"].delete())
    codes, batches, key = [], [], 0
    for what, how in happened:
        if what == "learner":
            codes += save_all(institution, said(**how))
        elif what == "employer":
            codes += save_all(institution, employer_said(**how))
        elif what == "import":
            batches.append(bring(institution, [stored(key + n, each) for n, each in enumerate(how)]))
            key += len(how)
        elif what in ("read", "reread"):
            read_all(institution, instruments, "1" if what == "read" else "2", limit=how or None)
        elif what in ("publish", "one"):
            publish_all(institution, instruments, units=EMPLOYERS[how % 3 :][:1] if what == "one" else None)
        elif what == "batch" and batches:
            publish_batch(institution, instruments, batches[how % len(batches)], count_voices)
        elif what == "undo" and batches:
            undo(institution, instruments, batches[how % len(batches)])
        elif what == "erase" and codes:
            take_out(institution, instruments, codes[how % len(codes)])
        elif what == "rebuild":
            assert rebuild(institution, instruments, count_voices) is None
        assert_whole(institution, instruments)
    for batch in batches:
        publish_batch(institution, instruments, batch, count_voices)
    publish_all(institution, instruments)
    with reading(institution) as session:
        given_in_all = count_answers(session, instruments)
    assert published(institution, instruments, by_month=True)["people"].sum() == given_in_all["people"].sum()
    assert_whole(institution, instruments)


SHARED = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=6, **SHARED)
@given(st.lists(steps, max_size=14))
def test_whatever_happens_in_whatever_order_the_blocks_are_what_counting_gives(
    institution, instruments, said, employer_said, happened
):
    check_that_the_blocks_are_what_counting_gives(institution, instruments, said, employer_said, happened)


@pytest.mark.soak
@pytest.mark.timeout(3000)
@settings(max_examples=100, **SHARED)
@given(st.lists(steps, max_size=30))
def test_whatever_happens_at_length_the_blocks_are_what_counting_gives(
    institution, instruments, said, employer_said, happened
):
    check_that_the_blocks_are_what_counting_gives(institution, instruments, said, employer_said, happened)

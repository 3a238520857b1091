"""Releases: when answers are shown, exactly once, whatever happens meanwhile. On both databases."""

import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Organisation
from feedback.errors import FeedbackError
from feedback.store import blocks, meta
from feedback.store.answers import count_answers
from feedback.store.blocks import read_blocks
from feedback.store.counted import ANSWERS, TOPICS, Unit
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.imports import read_imports, waiting_imports
from feedback.store.inserting import table_of
from feedback.store.meta import data_version
from feedback.store.releases import (
    ToBeRebuilt,
    due,
    erase,
    needs_rebuild,
    publish_batch,
    read_releases,
    rebuild,
    undo_batch,
)
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import Blocks, Imports, Releases, Responses, Surveys, Waiting, metadata
from tests.store.releasing import (
    assert_whole,
    bring,
    everything,
    killed_everywhere,
    lying,
    publish_all,
    read_all,
    save_all,
    stored,
)

LEARNERS = Unit("learner", "data-badge")
EMPLOYERS = [Unit("employer", credential) for credential in ("", "data-badge", "sql-course")]


def are_due(engine, instruments, **limits):
    with reading(engine) as session:
        return due(session, instruments, **limits)


def published(engine, instruments, part=ANSWERS, **how):
    with reading(engine) as session:
        return read_blocks(session, part, instruments, **how)


def releases(engine):
    with reading(engine) as session:
        return read_releases(session)


def version(engine):
    with reading(engine) as session:
        return data_version(session)


def take_out(engine, instruments, code):
    with transaction(engine) as session:
        return erase(session, instruments, code, count_voices)


def undo(engine, instruments, batch):
    with transaction(engine) as session:
        return undo_batch(session, instruments, batch, count_voices)


def test_answers_wait_until_enough_people_have_answered(institution, instruments, said):
    save_all(institution, *[said(worth=4)] * 4)
    before = version(institution)
    assert are_due(institution, instruments) == []
    assert publish_all(institution, instruments, minimum_group=5) is None
    assert published(institution, instruments).empty
    save_all(institution, said(worth=5))
    assert version(institution) == before
    assert LEARNERS in are_due(institution, instruments)
    release = publish_all(institution, instruments, minimum_group=5)
    assert (release.number, release.reason, len(release.units)) == (1, "enough", 1)
    assert release.units[0]["people"] == 5
    assert published(institution, instruments).set_index("number")["people"].to_dict() == {4.0: 4, 5.0: 1}
    assert version(institution) > before
    assert are_due(institution, instruments) == []
    assert publish_all(institution, instruments) is None


def test_people_who_speak_about_several_credentials_are_released_for_each_by_itself(
    institution, instruments, employer_said, said
):
    both = [employer_said(ladder={"data-badge": 3, "sql-course": 1}, gap="x") for _ in range(3)]
    save_all(institution, *both)
    assert are_due(institution, instruments, minimum_group=3) == EMPLOYERS
    assert are_due(institution, instruments, minimum_group=4) == []
    publish_all(institution, instruments, minimum_group=3, units=[EMPLOYERS[1]])
    assert set(published(institution, instruments)["credential"].astype(str)) == {"data-badge"}
    assert are_due(institution, instruments, minimum_group=3) == [EMPLOYERS[0], EMPLOYERS[2]]
    save_all(institution, *both[:1])
    publish_all(institution, instruments, minimum_group=3)
    steps = published(institution, instruments)
    steps = steps[steps["construct"] == "recognition"].set_index("credential")["people"].to_dict()
    assert steps == {"data-badge": 3, "sql-course": 4}
    assert_whole(institution, instruments)


def test_a_foil_is_published_with_those_who_met_it(institution, instruments, employer_said):
    said = employer_said(awareness={"data-badge": "never", "foil:cloud": "knows"})
    save_all(institution, *[said] * 5)
    publish_all(institution, instruments, minimum_group=5)
    assert "foil:cloud" in set(published(institution, instruments)["credential"].astype(str))
    assert_whole(institution, instruments)


def test_what_is_left_when_a_survey_closes_is_published_once_its_grace_has_passed(institution, instruments, said):
    save_all(institution, said(worth=4))
    moment = datetime.now(UTC)
    for ago, expected in ((5, []), (20, [LEARNERS])):
        with transaction(institution) as session:
            closes = moment - timedelta(minutes=ago)
            session.connection().execute(update(table_of(Surveys)).values(closes=closes))
        assert [unit for unit in are_due(institution, instruments) if unit.credential] == expected
    assert publish_all(institution, instruments, minimum_group=5).reason == "closed"
    assert_whole(institution, instruments)


def test_two_experts_are_enough(institution, instruments, said):
    from dataclasses import replace

    experts = {"learner": replace(instruments["learner"], audience="expert")}
    save_all(institution, said(worth=4))
    assert are_due(institution, experts) == []
    save_all(institution, said(worth=4))
    assert LEARNERS in are_due(institution, experts)


def test_what_nobody_said_is_no_release_and_does_not_wait_for_ever(institution, instruments, said):
    save_all(institution, said(worth=4))
    assert publish_all(institution, instruments, units=[Unit("learner", "")]) is None
    assert releases(institution) == []
    assert [unit.credential for unit in are_due(institution, instruments, minimum_group=1)] == ["data-badge"]


def test_each_release_has_the_next_number_and_a_digest_that_holds_the_one_before(institution, instruments, said):
    digests = set()
    for _ in range(3):
        save_all(institution, said(worth=4))
        digests.add(publish_all(institution, instruments).digest)
    found = releases(institution)
    assert [each.number for each in found] == [3, 2, 1]
    assert len(digests) == 3
    assert [each.units[0]["people"] for each in found] == [3, 2, 1]
    assert all(each.made_on == datetime.now(UTC).date() for each in found)


def test_topics_are_published_with_the_answers_they_come_from(institution, instruments, said):
    save_all(institution, *[said(worth=4, keep="Labs", change="exam")] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    topics = published(institution, instruments, TOPICS).set_index("topic")
    assert topics["people"].to_dict() == {"": 3, "labs1": 3, "exam1": 3}
    assert topics.loc["labs1", ["critical", "appreciative"]].tolist() == [False, True]
    assert topics.loc["exam1", ["critical", "appreciative"]].tolist() == [True, False]
    assert_whole(institution, instruments)


def test_a_comment_read_after_its_release_joins_it(institution, instruments, said):
    save_all(institution, *[said(change="exam")] * 3)
    publish_all(institution, instruments)
    assert published(institution, instruments, TOPICS).empty
    before = version(institution)
    assert read_all(institution, instruments) == 3
    assert published(institution, instruments, TOPICS).set_index("topic")["people"].to_dict() == {"": 3, "exam1": 3}
    assert version(institution) > before
    assert_whole(institution, instruments)


def test_a_later_analyser_replaces_what_an_earlier_one_heard(institution, instruments, said):
    save_all(institution, *[said(change="exam")] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert read_all(institution, instruments, "2") == 3
    assert set(published(institution, instruments, TOPICS)["topic"].astype(str)) == {"", "exam2"}
    assert_whole(institution, instruments)


def test_voices_counted_otherwise_than_before_are_counted_again_not_below_nothing(institution, instruments, said):
    save_all(institution, *[said(change="exam")] * 3)
    read_all(institution, instruments)
    with transaction(institution) as session:
        from feedback.store.releases import publish

        publish(
            session, instruments, lambda comments: count_voices(comments.assign(polarity="positive")), minimum_group=1
        )
    read_all(institution, instruments, "2")
    assert_whole(institution, instruments)


# --- imports ----------------------------------------------------------------------------------------------------------


def test_an_import_is_published_whole_and_once(institution, instruments):
    batch = bring(institution, [stored(n, {"worth": 4, "keep": "Labs"}) for n in range(3)])
    with reading(institution) as session:
        assert waiting_imports(session) == [batch]
    assert read_all(institution, instruments, everything=False) == 0
    assert read_all(institution, instruments, everything=False, batch=batch) == 3
    assert publish_all(institution, instruments) is None
    assert lying(institution) == {}
    release = publish_batch(institution, instruments, batch, count_voices)
    assert (release.reason, release.units[0]["people"]) == ("import", 3)
    assert publish_batch(institution, instruments, batch, count_voices) is None
    assert publish_batch(institution, instruments, "unknown", count_voices) is None
    assert published(institution, instruments, TOPICS).set_index("topic")["people"].to_dict() == {"": 3, "labs1": 3}
    assert_whole(institution, instruments)
    with reading(institution) as session:
        assert waiting_imports(session) == []


def test_an_import_counted_by_several_processes_is_published_alike(institution, instruments, monkeypatch, tmp_path):
    # Within Streamlit the main module is the page that is drawn; the other processes must not draw it again.
    page = ModuleType("__main__")
    page.__file__ = str(tmp_path / "page.py")
    Path(page.__file__).write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "__main__", page)
    rows = [stored(n * 16**30 * 3, {"worth": n % 5 + 1}) for n in range(80)]
    batch = bring(institution, rows)
    told = []
    publish_batch(institution, instruments, batch, count_voices, lambda *at: told.append(at), processes=2)
    assert told[-1] == (4, 4)
    assert_whole(institution, instruments)
    with transaction(institution) as session:
        session.connection().execute(table_of(Blocks).delete())
    rebuild(institution, instruments, count_voices, processes=2)
    assert_whole(institution, instruments)
    assert published(institution, instruments)["people"].sum() == 80


def test_an_import_is_undone_as_if_it_had_not_been(institution, instruments, said):
    save_all(institution, *[said(worth=4, keep="Labs")] * 5)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    before = lying(institution)
    batch = bring(institution, [stored(n, {"worth": 4, "keep": "Labs Exams"}) for n in range(3)])
    read_all(institution, instruments)
    publish_batch(institution, instruments, batch, count_voices)
    assert lying(institution) != before
    assert undo(institution, instruments, batch) == 3
    assert lying(institution) == before
    assert undo(institution, instruments, batch) == 0
    assert [each.reason for each in releases(institution)] == ["undo", "import", "enough"]
    with reading(institution) as session:
        (brought,) = read_imports(session)
    assert brought.undone_on == datetime.now(UTC).date()
    assert not brought.waiting
    assert_whole(institution, instruments)
    with pytest.raises(FeedbackError, match="no import"):
        undo(institution, instruments, "unknown")


def test_an_import_that_still_waits_is_undone_without_a_word(institution, instruments):
    batch = bring(institution, [stored(n, {"worth": 4}) for n in range(3)])
    assert undo(institution, instruments, batch) == 3
    assert publish_batch(institution, instruments, batch, count_voices) is None
    assert releases(institution) == []
    assert_whole(institution, instruments)


def test_undoing_leaves_surveys_that_others_answered_and_takes_those_nobody_did(institution, instruments, said):
    opens = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction(institution) as session:
        for slug in ("import-a", "import-b"):
            open_survey(
                session, Survey(slug=slug, instrument="learner", version=1, opens=opens, closes=opens + timedelta(1))
            )
    from dataclasses import replace

    rows = [replace(stored(n, {"worth": 4}), survey=f"import-{'ab'[n % 2]}") for n in range(4)]
    first = bring(institution, rows[:3])
    bring(institution, rows[3:])
    undo(institution, instruments, first)
    with reading(institution) as session:
        left = set(session.connection().execute(select(table_of(Surveys).c.slug)).scalars())
    assert left == {"of-learners", "of-employers", "import-b"}


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_what_is_erased_is_gone_from_all_that_is_published(institution, instruments, employer_said):
    said = employer_said(
        awareness={"data-badge": "knows", "foil:x": "never"},
        ladder={"data-badge": 3},
        change={"data-badge": "exam", "sql-course": "LABS"},
        skill_need={"data-badge": {"sql": 5}},
        skill_performance={"data-badge": {"sql": 1}},
    )
    save_all(institution, *[said] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    before = lying(institution)
    (code,) = save_all(institution, said, organisation=Organisation(slug="x", name="Acme"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert lying(institution) != before
    assert take_out(institution, instruments, code)
    assert lying(institution) == before
    assert not take_out(institution, instruments, code)
    last = releases(institution)[0]
    assert (last.reason, last.units) == ("erasure", ())
    assert_whole(institution, instruments)


def test_what_waits_is_erased_without_a_word(institution, instruments, said):
    code, _ = save_all(institution, said(worth=4, keep="A"), said(worth=5))
    read_all(institution, instruments)
    assert take_out(institution, instruments, code)
    assert releases(institution) == []
    publish_all(institution, instruments)
    assert published(institution, instruments)["people"].tolist() == [1]
    assert_whole(institution, instruments)


def test_what_is_published_of_one_credential_and_waits_for_another_is_erased_from_both(
    institution, instruments, employer_said
):
    said = employer_said(ladder={"data-badge": 3, "sql-course": 1}, change={"sql-course": "exam", "data-badge": "B"})
    codes = save_all(institution, *[said] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments, units=[EMPLOYERS[1]])
    take_out(institution, instruments, codes[0])
    assert_whole(institution, instruments)
    publish_all(institution, instruments)
    steps = published(institution, instruments)
    assert steps[steps["construct"] == "recognition"]["people"].tolist() == [2, 2]
    assert_whole(institution, instruments)


# --- a changed questionnaire, and making all again --------------------------------------------------------------------


def test_rebuilding_gives_what_was_there_and_then_changes_nothing(institution, instruments, said, employer_said):
    save_all(institution, *[said(worth=4, keep="A B"), employer_said(ladder={"data-badge": 2}, why="x")] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    before, number, at = lying(institution), len(releases(institution)), version(institution)
    assert rebuild(institution, instruments, count_voices) is None
    assert (lying(institution), len(releases(institution)), version(institution)) == (before, number, at)
    with transaction(institution) as session:
        session.connection().execute(table_of(Blocks).delete())
    release = rebuild(institution, instruments, count_voices)
    assert release.reason == "rebuild"
    assert lying(institution) == before


def without(instruments, question):
    from dataclasses import replace

    learner = instruments["learner"]
    left = tuple(each for each in learner.questions if each.id != question)
    return {**instruments, "learner": replace(learner, questions=left)}


def test_a_questionnaire_that_changed_is_counted_again_before_anything_is_added(institution, instruments, said):
    fewer = without(instruments, "length")
    codes = save_all(institution, *[said(worth=4, length=3)] * 3)
    publish_all(institution, fewer)
    save_all(institution, *[said(worth=5, length=1)] * 5)
    with reading(institution) as session:
        assert not needs_rebuild(session, fewer)
        assert needs_rebuild(session, instruments)
    assert LEARNERS in are_due(institution, fewer)
    assert are_due(institution, instruments) == []
    batch = bring(institution, [stored(n, {"length": 2}) for n in range(3)])
    with pytest.raises(ToBeRebuilt):
        publish_batch(institution, instruments, batch, count_voices)
    assert rebuild(institution, instruments, count_voices).reason == "rebuild"
    assert_whole(institution, instruments)
    publish_all(institution, instruments)
    publish_batch(institution, instruments, batch, count_voices)
    take_out(institution, instruments, codes[0])
    assert published(institution, instruments).groupby("question", observed=True)["people"].sum().to_dict() == {
        "length": 10,
        "worth": 7,
    }
    assert_whole(institution, instruments)


def test_an_erasure_does_not_wait_for_a_rebuild(institution, instruments, said):
    codes = save_all(institution, *[said(worth=4, length=3, keep="A")] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    fewer = without(instruments, "length")
    take_out(institution, fewer, codes[0])
    assert published(institution, fewer).set_index("question")["people"].to_dict() == {"worth": 2, "keep": 2}
    rebuild(institution, fewer, count_voices)
    assert_whole(institution, fewer)


def test_what_was_there_before_there_were_releases_is_published_by_a_rebuild(institution, instruments, said):
    codes = save_all(institution, *[said(worth=4, keep="A")] * 3)
    with transaction(institution) as session:
        session.connection().execute(table_of(Waiting).delete())
    save_all(institution, *[said(worth=1)] * 5)
    with reading(institution) as session:
        assert needs_rebuild(session, instruments)
    assert publish_all(institution, instruments) is None
    take_out(institution, instruments, codes[0])
    read_all(institution, instruments)
    rebuild(institution, instruments, count_voices)
    assert published(institution, instruments).set_index("question")["people"].to_dict() == {"worth": 2, "keep": 2}
    publish_all(institution, instruments)
    assert_whole(institution, instruments)


@pytest.mark.parametrize("current", [True, False])
def test_what_happens_while_all_is_counted_again_is_not_lost(institution, instruments, said, current, monkeypatch):
    from feedback.store import releases as module

    codes = save_all(institution, *[said(worth=4, change="exam")] * 5)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    if not current:
        with transaction(institution) as session:
            meta.set_counted_by(session, "learner", 1)
    count, times = module._in_parts, []

    def meanwhile(*given):
        found = count(*given)
        if not times:
            times.append(1)
            save_all(institution, *[said(worth=5, change="labs")] * 3)
            read_all(institution, instruments, "2")
            publish_all(institution, instruments)
            take_out(institution, instruments, codes[0])
        return found

    monkeypatch.setattr(module, "_in_parts", meanwhile)
    rebuild(institution, instruments, count_voices)
    publish_all(institution, instruments)
    assert published(institution, instruments).set_index("number")["people"].to_dict()[5.0] == 3
    assert_whole(institution, instruments)


# --- stopped at any moment, and all at once ---------------------------------------------------------------------------


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
    batch = bring(institution, [stored(n, {"worth": 4, "keep": "Labs"}) for n in range(3)])
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
    assert killed_everywhere(institution, lambda: undo(institution, instruments, busy[1])) == 3
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
            for _ in range(20):
                try:
                    work(number)
                    break
                except DatabaseBusy:
                    continue
                except Exception as error:
                    failed.append(error)
                    raise

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


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=14))
def test_whatever_happens_in_whatever_order_the_blocks_are_what_counting_gives(
    institution, instruments, said, employer_said, happened
):
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


def test_a_look_before_and_after_is_the_same_where_nothing_was_due(institution, instruments, said):
    save_all(institution, said(worth=1))
    before = everything(institution)
    assert publish_all(institution, instruments, minimum_group=5) is None
    assert everything(institution) == before


def test_more_taken_away_than_there_is_is_an_error_of_ours(institution, instruments, said):
    save_all(institution, *[said(worth=4)] * 2)
    publish_all(institution, instruments)
    with reading(institution) as session:
        counted = blocks.read_counts(session, ANSWERS, by_month=True).frame()
    people = {(LEARNERS, str(counted["month"][0])): 3}

    def take_too_many():
        with transaction(institution) as session:
            blocks.add(session, ANSWERS, counted.assign(people=3), people, sign=-1)

    with pytest.raises(blocks.Miscounted, match="data-badge"):
        take_too_many()
    assert_whole(institution, instruments)

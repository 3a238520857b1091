"""Taking back: what is erased or undone is gone from all that is published. On both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Organisation
from feedback.errors import FeedbackError
from feedback.store import blocks, invitations
from feedback.store.counted import ANSWERS
from feedback.store.database import reading, transaction
from feedback.store.imports import read_imports
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.releases import (
    publish_batch,
)
from feedback.store.responses import new_secret, response_key
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import ResponseFlags, Surveys
from tests.store.releasing import (
    EMPLOYERS,
    LEARNERS,
    assert_whole,
    bring,
    lying,
    publish_all,
    published,
    read_all,
    releases,
    save_all,
    stored,
    take_out,
    undo,
)


def test_an_import_is_undone_as_if_it_had_not_been(institution, instruments, said):
    save_all(institution, *[said(worth=4, keep="Labs")] * 5)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    before = lying(institution)
    batch = bring(institution, [stored(n, {"worth": 4, "keep": "Labs Exams"}) for n in range(5)])
    read_all(institution, instruments)
    publish_batch(institution, instruments, batch, count_voices)
    assert lying(institution) != before
    assert undo(institution, instruments, batch) == 5
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
        for slug in ("import-a", "import-b", "import-c"):
            open_survey(
                session, Survey(slug=slug, instrument="learner", version=1, opens=opens, closes=opens + timedelta(1))
            )
        invitations.make(session, "import-c", [Person()], key=b"key")
    from dataclasses import replace

    rows = [replace(stored(n, {"worth": 4}), survey=f"import-{'abcb'[n]}") for n in range(4)]
    first = bring(institution, rows[:3])
    bring(institution, rows[3:])
    undo(institution, instruments, first)
    with reading(institution) as session:
        left = set(session.connection().execute(select(table_of(Surveys).c.slug)).scalars())
    assert left == {"of-learners", "of-employers", "import-b", "import-c"}  # to the last somebody was invited


@pytest.mark.parametrize("shown", [True, False])
def test_the_flags_of_a_response_are_erased_with_it(institution, instruments, said, shown):
    secret, table = new_secret(), table_of(ResponseFlags)
    receipts = save_all(institution, said(worth=1), secret=secret) + save_all(institution, said(worth=2))
    save_all(institution, *[said(worth=5)] * 4)
    with transaction(institution) as session:
        rows = [{"response": response_key(secret), "flag": flag} for flag in ("fast", "straight")]
        session.connection().execute(table.insert(), rows)
    if shown:
        publish_all(institution, instruments)
    take_out(institution, instruments, receipts[1])
    with reading(institution) as session:
        assert len(session.connection().execute(select(table)).all()) == 2
    take_out(institution, instruments, receipts[0])
    with reading(institution) as session:
        assert session.connection().execute(select(table)).all() == []
    assert_whole(institution, instruments)


def test_after_an_erasure_the_next_release_waits_until_it_moves_by_the_minimum_all_the_same(
    institution, instruments, said
):
    """Of eight one is gone: with five more there would be twelve, and the two releases would tell of four."""
    receipts = save_all(institution, *[said(worth=4)] * 8)
    publish_all(institution, instruments, minimum_group=5)
    take_out(institution, instruments, receipts[0])
    save_all(institution, *[said(worth=2)] * 5)
    assert publish_all(institution, instruments, minimum_group=5) is None
    save_all(institution, said(worth=2))
    (unit,) = publish_all(institution, instruments, minimum_group=5).units
    assert unit["people"] == 13
    assert_whole(institution, instruments)


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

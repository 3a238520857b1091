"""Releases: when answers are shown, exactly once. On both databases."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

from sqlalchemy import update

from feedback.analysis.comments.voices import count_voices
from feedback.store.counted import TOPICS, Unit
from feedback.store.database import reading, transaction
from feedback.store.imports import waiting_imports
from feedback.store.inserting import table_of
from feedback.store.releases import (
    publish_batch,
    rebuild,
)
from feedback.store.tables import Blocks, Surveys
from tests.store.releasing import (
    EMPLOYERS,
    LEARNERS,
    are_due,
    assert_whole,
    bring,
    everything,
    lying,
    publish_all,
    published,
    read_all,
    releases,
    save_all,
    stored,
    undo,
    version,
)


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


def test_who_answers_last_before_a_survey_closes_waits_for_others_once_some_are_shown(institution, instruments, said):
    save_all(institution, *[said(worth=4)] * 5)
    publish_all(institution, instruments, minimum_group=5)
    save_all(institution, said(worth=1))
    with transaction(institution) as session:
        session.connection().execute(update(table_of(Surveys)).values(closes=datetime.now(UTC) - timedelta(hours=1)))
    assert LEARNERS not in are_due(institution, instruments)
    with transaction(institution) as session:
        session.connection().execute(update(table_of(Surveys)).values(closes=None))
    save_all(institution, *[said(worth=2)] * 4)
    assert LEARNERS in are_due(institution, instruments)


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


def test_the_few_an_import_adds_to_what_is_shown_wait_for_others(institution, instruments, said):
    save_all(institution, *[said(worth=4, keep="Labs")] * 5)
    read_all(institution, instruments)
    publish_all(institution, instruments, minimum_group=5)
    before = lying(institution)
    batch = bring(institution, [stored(n, {"worth": 1, "keep": "Exams"}) for n in range(4)])
    read_all(institution, instruments)
    assert publish_batch(institution, instruments, batch, count_voices) is None
    assert lying(institution) == before
    assert_whole(institution, instruments)
    with reading(institution) as session:
        assert waiting_imports(session) == []
    save_all(institution, said(worth=4))
    publish_all(institution, instruments, minimum_group=5)
    assert published(institution, instruments, TOPICS).set_index("topic")["people"].to_dict()["exams1"] == 4
    assert_whole(institution, instruments)
    assert undo(institution, instruments, batch) == 4
    assert_whole(institution, instruments)


def test_an_import_is_undone_while_the_few_it_added_wait(institution, instruments, said):
    save_all(institution, *[said(worth=4)] * 5)
    publish_all(institution, instruments, minimum_group=5)
    before = lying(institution)
    rows = [stored(n, {"worth": 1, "keep": "Exams"}) for n in range(2)]
    skilled = {"ladder": {"sql-course": 2, "data-badge": 1}}
    batch = bring(institution, [*rows, *(stored(n, skilled, ("sql-course",), "employer") for n in range(5, 8))])
    read_all(institution, instruments)
    publish_batch(institution, instruments, batch, count_voices)
    assert_whole(institution, instruments)
    assert lying(institution) != before
    assert undo(institution, instruments, batch) == 5
    assert lying(institution) == before
    assert_whole(institution, instruments)


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


def test_a_look_before_and_after_is_the_same_where_nothing_was_due(institution, instruments, said):
    save_all(institution, said(worth=1))
    before = everything(institution)
    assert publish_all(institution, instruments, minimum_group=5) is None
    assert everything(institution) == before

"""Making all blocks again: a changed questionnaire, and what happens meanwhile. On both databases."""

import pytest

from feedback.analysis.comments.voices import count_voices
from feedback.store import meta
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.releases import (
    ToBeRebuilt,
    needs_rebuild,
    publish_batch,
    rebuild,
)
from feedback.store.tables import Blocks, Waiting
from tests.store.releasing import (
    LEARNERS,
    are_due,
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
    version,
    without,
)


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
    batch = bring(institution, [stored(n, {"length": 2}) for n in range(5)])
    with pytest.raises(ToBeRebuilt):
        publish_batch(institution, instruments, batch, count_voices)
    assert rebuild(institution, instruments, count_voices).reason == "rebuild"
    assert_whole(institution, instruments)
    publish_all(institution, instruments)
    publish_batch(institution, instruments, batch, count_voices)
    take_out(institution, instruments, codes[0])
    assert published(institution, instruments).groupby("question", observed=True)["people"].sum().to_dict() == {
        "length": 12,
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

"""Reading what arrived: each comment once, masked, whatever happens meanwhile."""

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.analysis.comments.voices import count_voices
from feedback.store import releases
from feedback.store.database import transaction
from feedback.worker import reading as reading_step
from feedback.worker.reader import ANALYSER
from feedback.worker.reading import read_arrived_comments
from tests.worker.working import (
    BAD,
    GREAT,
    answer,
    readings,
)


def test_without_comments_there_is_nothing_to_read(institution, instruments):
    assert read_arrived_comments(institution, instruments) == 0


def test_what_arrived_is_read(institution, instruments):
    answer(institution, instruments, keep=GREAT, change=BAD)
    told = []
    assert read_arrived_comments(institution, instruments, told.append) == 2
    assert told == [2]
    found = readings(institution).set_index("question")
    assert set(found["language"]) == {"en"}
    assert found.loc["keep", "sentiment"] > 0.3 > found.loc["change", "sentiment"]
    assert {tag["topic"] for tag in found.loc["change", "topics"]} == {"assessment"}
    assert {tag["polarity"] for tag in found.loc["change", "topics"]} == {"neg"}
    assert set(found["analyser"]) == {ANALYSER}


def test_what_is_kept_to_show_is_masked_and_its_topics_lie_in_the_masked_text(institution, instruments):
    answer(institution, instruments, change="Write to ann.smith@example.org about it: the exam was unfair.")
    read_arrived_comments(institution, instruments)
    (row,) = readings(institution).to_dict("records")
    assert row["masked"] == "Write to [e-mail] about it: the exam was unfair."
    (tag,) = row["topics"]
    assert row["masked"][tag["start"] : tag["end"]] == "exam"


def test_reading_twice_changes_nothing(institution, instruments):
    answer(institution, instruments, keep=GREAT)
    assert read_arrived_comments(institution, instruments) == 1
    before = readings(institution).to_dict("records")
    assert read_arrived_comments(institution, instruments) == 0
    assert readings(institution).to_dict("records") == before


def test_many_are_read_in_batches_and_each_once(institution, instruments, monkeypatch):
    monkeypatch.setattr(reading_step, "BATCH", 2)
    for _ in range(5):
        answer(institution, instruments, keep=GREAT)
    told = []
    assert read_arrived_comments(institution, instruments, told.append) == 5
    assert told == [2, 4, 5]


def test_a_comment_withdrawn_while_it_is_read_is_skipped(institution, instruments, monkeypatch):
    code = answer(institution, instruments, keep=GREAT)
    answer(institution, instruments, change=BAD)
    read = reading_step.read

    def withdrawn_meanwhile(waiting, *more):
        with transaction(institution) as session:
            releases.erase(session, instruments, code, count_voices)
        return read(waiting, *more)

    monkeypatch.setattr(reading_step, "read", withdrawn_meanwhile)
    read_arrived_comments(institution, instruments)
    assert readings(institution)["question"].tolist() == ["change"]


def test_only_topics_meant_for_whoever_was_asked_are_looked_for(institution, instruments, monkeypatch):
    seen = []
    read = reading_step.read
    monkeypatch.setattr(
        reading_step, "read", lambda waiting, *more: seen.extend(waiting["audience"]) or read(waiting, *more)
    )
    answer(institution, instruments, keep=GREAT)
    answer(institution, instruments, "employer", change={"data-badge": "More hands-on evidence and a good price."})
    read_arrived_comments(institution, instruments)
    assert sorted(seen) == ["employer", "learner"]
    topics = shipped_taxonomy().topics
    for row in readings(institution).to_dict("records"):
        audience = instruments[row["instrument"]].audience
        assert all(audience in topics[tag["topic"]].audiences for tag in row["topics"])

"""Checking what was read: comments are drawn, people say what they find, and the reader is measured by it."""

from feedback.analysis.comments.checking import macro_f1
from feedback.store.database import reading, transaction
from feedback.store.mended import Said
from feedback.store.topics import OwnTopic, save_topic
from feedback.worker.checking import Standing, correct, draw_to_check, heard_right, measure, standing
from feedback.worker.loop import ANSWERS, run_once
from tests.people import with_role
from tests.worker.working import BAD, GREAT, five

MODERATOR, LEAD = with_role("moderator"), with_role("lead")


def test_the_reader_is_measured_by_comments_drawn_by_chance_and_people_by_each_other(institution, instruments):
    five(institution, instruments, keep=GREAT, change=BAD)
    five(institution, instruments, keep=GREAT, change=BAD)
    run_once(institution, instruments, kinds=ANSWERS)
    for actor in (MODERATOR, LEAD, LEAD):
        with reading(institution) as session:
            drawn = draw_to_check(session, instruments, actor, most=20)
        assert drawn
        for seen in drawn:
            said = Said("pos" if seen.text == GREAT else "neg", seen.topics, whole=True)
            with transaction(institution) as session:
                correct(session, instruments, actor, seen, said)
    with reading(institution) as session:
        found = measure(session, LEAD)
        assert draw_to_check(session, instruments, LEAD) == []
        assert heard_right(session, LEAD) == found.right
        assert (found.right.of, found.right.hits, found.macro_f1) == (found.by_chance, found.by_chance, 1.0)
    assert found.by_chance >= 10
    assert found.checked == 20
    assert found.tones.set_index("tone").loc[["neg", "pos"], "recall"].tolist() == [1.0, 1.0]
    assert macro_f1(found.topics) == 1.0
    assert found.people.loc[0, "same"] == 1.0
    assert found.people.loc[0, "comments"] == 10  # the others one of them saw with their reading


def test_while_everything_is_read_anew_what_shows_is_measured_and_it_is_said_so(institution, instruments):
    five(institution, instruments, keep=GREAT, change=BAD)
    run_once(institution, instruments, kinds=ANSWERS)
    with reading(institution) as session:
        drawn = draw_to_check(session, instruments, MODERATOR, most=20)
        assert not standing(session).anew
    for seen in drawn:
        with transaction(institution) as session:
            correct(session, instruments, MODERATOR, seen, Said("pos", seen.topics, whole=True))
    with transaction(institution) as session:
        before = measure(session, LEAD).by_chance
        save_topic(session, LEAD, OwnTopic("mentors", {"en": "Mentors"}, {"en": ("mentor",)}))
        assert standing(session) == Standing(anew=True)
        assert measure(session, LEAD).by_chance == before > 0

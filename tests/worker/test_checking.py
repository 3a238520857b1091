"""Checking what was read: comments are drawn, people say what they find, and the reader is measured by it."""

from feedback.analysis.comments.checking import macro_f1
from feedback.store.database import reading, transaction
from feedback.store.mended import Said
from feedback.worker.checking import correct, draw_to_check, measure
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
    assert found.by_chance >= 10
    assert found.checked == 20
    assert found.tones.set_index("tone").loc[["neg", "pos"], "recall"].tolist() == [1.0, 1.0]
    assert macro_f1(found.topics) == 1.0
    assert found.people.loc[0, "same"] == 1.0
    assert found.people.loc[0, "comments"] == 20

"""What people of the sample answer is what the form would have taken, one person at a time."""

import pytest

from feedback.sample.answers import World
from feedback.sample.comments import read_phrases
from feedback.sample.habits import read_habits
from feedback.sample.loading import draw_responses
from feedback.sample.plan import EMPLOYER, INSTRUMENTS, NOBODY, chances, make_plan
from feedback.sample.sittings import sit, subjects_of
from feedback.settings import data_folder
from feedback.survey.routing import asked
from feedback.survey.submission import Submission, answers_of, check_answers, setting_for


def setting_of(row, instrument, subjects):
    by_slug = {subject.slug: subject for subject in subjects}
    candidates = [by_slug[row.about[0]]] if instrument.subjects == "one" else subjects
    return setting_for(instrument, row.about, candidates, row.key, row.language)


def named(row, instrument):
    """The answers of a response with those its form asks for and the store keeps as columns."""
    who = {"organisation": row.organisation, "role": row.role}
    return row.answers | {name: said for name, said in who.items() if said is not None and name in instrument.by_id}


def test_every_response_of_a_random_few_hundred_passes_the_forms_own_check_unchanged(institution, instruments, drawn):
    subjects = subjects_of(institution)
    picked = chances(7).choice(len(drawn), size=200, replace=False).tolist()
    for name in INSTRUMENTS:
        picked += [place for place, row in enumerate(drawn) if row.instrument == name][:60]
    for row in (drawn[place] for place in picked):
        instrument = instruments[row.instrument]
        checked = check_answers(
            instrument,
            named(row, instrument),
            survey=row.survey,
            version=row.version,
            language=row.language,
            setting=setting_of(row, instrument, subjects),
        )
        assert isinstance(checked, Submission), checked
        assert checked.answers == row.answers
        assert list(checked.about) == row.about


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_small_samples_pass_the_check_too(institution, instruments, size):
    plan = make_plan(institution, size, 3)
    rows = [row for piece, _ in draw_responses(institution, instruments, plan, 3) for row in piece]
    assert len(rows) == size
    for row in rows:
        instrument = instruments[row.instrument]
        setting = setting_of(row, instrument, subjects_of(institution))
        checked = check_answers(
            instrument, named(row, instrument), survey=row.survey, version=1, language=row.language, setting=setting
        )
        assert isinstance(checked, Submission), checked


def test_records_are_drawn_beside_the_answers_and_fit_the_form(institution, instruments):
    """Whatever an instrument keeps apart (an endorsement, who answers) is no part of the response."""
    folder = data_folder() / "sample"
    instrument, plan = instruments["employer"], make_plan(institution, 200, 1)
    plan = plan.of(EMPLOYER)
    world = World(
        institution, read_habits(folder / "habits.toml"), read_phrases(folder / "phrases.toml"), instrument, chances(1)
    )
    subjects = subjects_of(institution)
    sat = sit(world, plan, subjects)
    apart = {question.id for question in instrument.questions if question.record}
    assert {"endorse", "organisation", "role", "sector", "size_band", "country"} <= apart
    assert any("endorse" in records for records in sat.records)
    for number, (answers, records) in enumerate(zip(sat.answers, sat.records, strict=True)):
        assert not apart & set(answers)
        about = [subjects[index].slug for index in plan.about[number].tolist() if index != NOBODY]
        setting = setting_for(instrument, about, subjects, plan.keys[number].decode(), sat.languages[number])
        checked = check_answers(
            instrument,
            answers | records,
            survey="employers",
            version=1,
            language=sat.languages[number],
            setting=setting,
        )
        assert isinstance(checked, Submission), checked
        assert answers_of(instrument, checked) == answers | records


def test_answers_stand_only_where_routing_asks(institution, instruments, drawn):
    subjects = subjects_of(institution)
    for row in drawn[:60]:
        instrument = instruments[row.instrument]
        open_now = asked(instrument, row.answers, setting_of(row, instrument, subjects))
        reached = {(asking.question.id, asking.slug) for asking in open_now}
        for question, answer in row.answers.items():
            slugs = answer if question in instrument.repeated else [None]
            assert {(question, slug) for slug in slugs} <= reached

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.kinds import read_credential_kinds
from feedback.catalogue.values import Credential, Organisation, Programme, Run
from feedback.errors import FeedbackError, Refused
from feedback.sample import load_sample, sample_is_loaded
from feedback.sample import plan as plans
from feedback.sample.loading import draw_responses, sample_surveys
from feedback.settings import data_folder
from feedback.store import catalogue, sample, surveys
from feedback.store.database import reading, transaction
from feedback.store.imports import read_imports
from feedback.store.jobs import read_jobs
from feedback.store.meta import data_version
from feedback.store.tables import Responses

TODAY = date(2026, 3, 5)


def count(engine):
    with reading(engine) as session:
        return session.connection().execute(select(func.count()).select_from(Responses)).scalar_one()


def load_kinds(engine):
    kinds = read_credential_kinds(data_folder() / "credential_kinds.toml")
    with transaction(engine) as session:
        catalogue.save(session, kinds)
    return kinds[0].slug


def test_the_sample_loads_with_everything_of_it_and_goes_without_a_trace(engine, instruments):
    steps = []
    report = load_sample(
        engine, instruments, size=300, seed=1, today=TODAY, progress=lambda done, total: steps.append((done, total))
    )
    assert (report.responses, report.learners, report.employers, report.experts) == (300, 252, 45, 3)
    assert (report.credentials, report.organisations) == (13, 24)
    assert steps == [(300, 300)]
    assert count(engine) == 300
    assert sample_is_loaded(engine)
    with transaction(engine) as session:
        assert len(catalogue.read_credentials(session)) == 13
        assert len(surveys.read_surveys(session)) == report.surveys
        for name, entity in ENTITIES.items():
            assert catalogue.read(session, name), name
            assert catalogue.sample_slugs(session, entity.value), name
        assert {run.slug for run in catalogue.read_runs(session)} == catalogue.sample_slugs(session, Run)
        gone = sample.remove_sample(session)
    assert gone["responses"] == 300
    assert not sample_is_loaded(engine)
    with reading(engine) as session:
        assert catalogue.read_credentials(session) == []
        assert catalogue.read_organisations(session) == []
        assert surveys.read_surveys(session) == []
        assert len(catalogue.read_kinds(session)) >= 8


def test_a_newcomer_finds_every_survey_open(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=0, today=TODAY)
    with reading(sqlite_engine) as session:
        open_now = surveys.read_surveys(session, only_open=True)
    assert {survey.slug for survey in open_now} >= {
        "employers", "employers-minute", "learn-safety-auditor", "learn-drone-surveying", "left-safety-auditor",
        "later-safety-auditor", "review-safety-auditor",
    }  # fmt: skip
    assert sum(survey.instrument == "learner" for survey in open_now) == 13
    assert all(survey.is_sample and survey.mode == "link" and survey.closes is None for survey in open_now)
    assert all(survey.languages == ["en", "es", "de", "ar"] for survey in open_now)
    assert {len(survey.credentials) for survey in open_now} == {1, 13}


def test_each_run_that_has_ended_has_a_survey_and_whoever_answers_it_was_in_the_run(institution, instruments, drawn):
    opened = {survey.slug: survey for survey in sample_surveys(institution, instruments)}
    runs = {run.slug: run for run in institution.runs}
    assert {survey.run for survey in opened.values()} - {None} == {
        slug for slug, run in runs.items() if run.completed is not None
    }
    for row in drawn:
        survey = opened[row.survey]
        assert survey.instrument == row.instrument
        assert set(row.about) <= set(survey.credentials)
        if survey.run:
            assert [runs[survey.run].credential] == row.about
            assert f"{survey.opens:%Y-%m}" <= row.month
            assert survey.closes is None or row.month <= f"{survey.closes:%Y-%m}"


def test_its_answers_are_one_import_that_waits_to_be_published_and_a_job_for_it(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=40, today=TODAY)
    with reading(sqlite_engine) as session:
        [brought] = read_imports(session)
        [job] = read_jobs(session)
        batches = set(session.connection().execute(select(Responses.batch)).scalars())
    assert (brought.kind, brought.rows, brought.waiting, brought.is_sample) == ("sample", 40, True, True)
    assert batches == {brought.id}
    assert (job.kind, job.subject) == ("publish", brought.id)


def test_what_was_killed_midway_waits_for_nothing_and_can_be_removed(sqlite_engine, instruments, monkeypatch):
    monkeypatch.setattr(plans.Plan.pieces, "__defaults__", (50,))

    def stop(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_sample(sqlite_engine, instruments, size=120, today=TODAY, progress=stop)
    assert count(sqlite_engine) == 50
    with transaction(sqlite_engine) as session:
        assert read_imports(session) == []
        assert read_jobs(session) == []
        sample.remove_sample(session)
    assert count(sqlite_engine) == 0


@pytest.mark.parametrize("size", [0, 1, 3])
def test_any_size_from_none_on(sqlite_engine, instruments, size):
    assert load_sample(sqlite_engine, instruments, size=size, today=TODAY).responses == size
    assert count(sqlite_engine) == size


def test_the_same_size_seed_and_day_give_the_same_answers(institution, instruments):
    def rows(seed):
        plan = plans.make_plan(institution, 150, seed)
        return [row for piece, _ in draw_responses(institution, instruments, plan, seed) for row in piece]

    assert rows(4) == rows(4)
    assert rows(4) != rows(5)


def test_a_piece_never_holds_more_than_its_share_and_pieces_follow_by_key(institution, instruments, monkeypatch):
    plan = plans.make_plan(institution, 130, 1)
    monkeypatch.setattr(plans.Plan.pieces, "__defaults__", (50,))
    pieces = [[row.key for row in piece] for piece, _ in draw_responses(institution, instruments, plan, 1)]
    assert [len(piece) for piece in pieces] == [50, 50, 30]
    assert [key for piece in pieces for key in piece] == [key.decode() for key in plan.keys.tolist()]


def test_a_second_sample_is_refused_and_changes_nothing(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=20, today=TODAY)
    with reading(sqlite_engine) as session:
        before = data_version(session)
    with pytest.raises(Refused, match="loaded already"):
        load_sample(sqlite_engine, instruments, size=20, seed=2, today=TODAY)
    with reading(sqlite_engine) as session:
        assert data_version(session) == before
    assert count(sqlite_engine) == 20


def test_removed_and_loaded_again_it_is_the_same(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=20, today=TODAY)
    with transaction(sqlite_engine) as session:
        sample.remove_sample(session)
    load_sample(sqlite_engine, instruments, size=20, today=TODAY)
    assert count(sqlite_engine) == 20


def test_it_never_mixes_with_an_own_credential_or_organisation_of_the_same_name(
    sqlite_engine, instruments, institution
):
    own = Organisation(slug="pardelune-hotels", name="Pardelune Hotels")
    kind = load_kinds(sqlite_engine)
    with transaction(sqlite_engine) as session:
        programme = Programme(slug="mine", title="Mine")
        credential = Credential(slug="heat-pumps", title="Our own", kind=kind, programme="mine")
        catalogue.save(session, [programme, credential, own])
    with pytest.raises(Refused) as refused:
        load_sample(sqlite_engine, instruments, size=10, today=TODAY)
    assert {problem.where for problem in refused.value.problems} == {
        'credential "heat-pumps"',
        'organisation "pardelune-hotels"',
    }
    assert not sample_is_loaded(sqlite_engine)


def test_what_is_ones_own_stays_when_the_sample_goes(sqlite_engine, instruments):
    kind = load_kinds(sqlite_engine)
    with transaction(sqlite_engine) as session:
        catalogue.save(
            session,
            [
                Programme(slug="mine", title="Mine"),
                Credential(slug="my-badge", title="My badge", kind=kind, programme="mine"),
            ],
        )
        surveys.open_survey(
            session,
            surveys.Survey(
                slug="my-survey",
                instrument="learner",
                version=1,
                opens=datetime(2026, 1, 1, tzinfo=UTC),
                credentials=["my-badge"],
            ),
        )
    load_sample(sqlite_engine, instruments, size=10, today=TODAY)
    with transaction(sqlite_engine) as session:
        sample.remove_sample(session)
        assert [each.slug for each in catalogue.read_credentials(session)] == ["my-badge"]
        assert [each.slug for each in surveys.read_surveys(session)] == ["my-survey"]


@pytest.mark.parametrize("size", [-1, 10_000_001])
def test_a_size_out_of_range_is_refused(sqlite_engine, instruments, size):
    with pytest.raises(Refused, match="size"):
        load_sample(sqlite_engine, instruments, size=size, today=TODAY)
    assert not sample_is_loaded(sqlite_engine)


def test_a_missing_questionnaire_is_named(sqlite_engine, instruments):
    with pytest.raises(FeedbackError, match='needs questionnaire "dropout"'):
        load_sample(sqlite_engine, {"learner": instruments["learner"]}, size=1, today=TODAY)

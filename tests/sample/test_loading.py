from datetime import UTC, date, datetime

import pytest

from feedback.catalogue.kinds import read_credential_kinds
from feedback.catalogue.values import Credential, Organisation, Programme, Run
from feedback.errors import FeedbackError, Refused
from feedback.sample import load_sample, sample_is_loaded
from feedback.sample import plan as plans
from feedback.sample.loading import draw_responses
from feedback.settings import data_folder
from feedback.store import catalogue, sample, surveys
from feedback.store.answers import read_answers
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version

TODAY = date(2026, 3, 5)


def count(engine, instruments):
    with reading(engine) as session:
        return read_answers(session, instruments)["response"].nunique()


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
    assert (report.responses, report.learners, report.employers) == (300, 255, 45)
    assert (report.credentials, report.organisations, report.surveys) == (12, 24, 13)
    assert steps == [(300, 300)]
    assert count(engine, instruments) == 300
    assert sample_is_loaded(engine)
    with transaction(engine) as session:
        assert len(catalogue.read_credentials(session)) == 12
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
    assert {survey.slug for survey in open_now} >= {"employers", "learn-safety-auditor", "learn-drone-surveying"}
    assert len(open_now) == 13
    assert all(survey.is_sample and survey.mode == "link" and survey.closes is None for survey in open_now)
    assert all(survey.languages == ["en", "es", "de", "ar"] for survey in open_now)
    assert {len(survey.credentials) for survey in open_now} == {1, 12}


@pytest.mark.parametrize("size", [0, 1, 3])
def test_any_size_from_none_on(sqlite_engine, instruments, size):
    assert load_sample(sqlite_engine, instruments, size=size, today=TODAY).responses == size
    assert count(sqlite_engine, instruments) == size


def test_the_same_size_seed_and_day_give_the_same_answers(institution, instruments):
    def rows(seed):
        plan = plans.make_plan(institution, 150, seed, TODAY)
        return [row for piece in draw_responses(institution, instruments, plan, seed) for row in piece]

    assert rows(4) == rows(4)
    assert rows(4) != rows(5)


def test_a_piece_never_holds_more_than_its_share_and_pieces_follow_by_key(institution, instruments, monkeypatch):
    plan = plans.make_plan(institution, 130, 1, TODAY)
    monkeypatch.setattr(plans.Plan.pieces, "__defaults__", (50,))
    pieces = [[row.key for row in piece] for piece in draw_responses(institution, instruments, plan, 1)]
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
    assert count(sqlite_engine, instruments) == 20


def test_removed_and_loaded_again_it_is_the_same(sqlite_engine, instruments):
    load_sample(sqlite_engine, instruments, size=20, today=TODAY)
    with transaction(sqlite_engine) as session:
        sample.remove_sample(session)
    load_sample(sqlite_engine, instruments, size=20, today=TODAY)
    assert count(sqlite_engine, instruments) == 20


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
    with pytest.raises(FeedbackError, match='needs questionnaire "employer"'):
        load_sample(sqlite_engine, {"learner": instruments["learner"]}, size=1, today=TODAY)

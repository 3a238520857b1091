from datetime import date

import pytest

from feedback.errors import Refused
from feedback.sample.comments import read_phrases
from feedback.sample.habits import read_habits
from feedback.sample.institution import months_before, read_institution
from feedback.settings import data_folder

FILE = data_folder() / "sample" / "institution.toml"
EIGHT_KINDS = {
    "micro-credential", "badge", "bootcamp", "professional-certificate", "nanodegree", "competency-based-credential",
    "open-badge", "mooc-certificate",
}  # fmt: skip


def test_a_dozen_credentials_cover_the_eight_kinds(institution):
    assert len(institution.credentials) == 12
    assert {credential.kind for credential in institution.credentials} == EIGHT_KINDS
    assert all(each.description and each.issuer and each.carriers for each in institution.credentials)


def test_organisations_are_of_several_sectors_and_of_every_size(institution):
    organisations = [employer.organisation for employer in institution.employers]
    assert len(organisations) == 24
    assert len({each.sector for each in organisations}) >= 8
    assert len({each.size_band for each in organisations}) == 5


def test_what_refers_to_something_refers_to_what_is_there(institution):
    programmes = {each.slug for each in institution.programmes}
    skills = {each.slug for each in institution.skills}
    credentials = {each.slug for each in institution.credentials}
    organisations = {each.organisation.slug for each in institution.employers}
    assert {each.programme for each in institution.credentials} == programmes
    assert {skill for each in institution.credentials for skill in each.skills} == skills
    assert {run.credential for run in institution.runs} == credentials == set(institution.truths)
    assert all(set(truth.only_organisations) <= organisations for truth in institution.truths.values())
    assert sum(institution.languages.values()) == pytest.approx(1)


def test_every_truth_and_habit_names_a_construct_question_or_topic_that_exists(institution, instruments):
    folder = data_folder() / "sample"
    phrases, habits = read_phrases(folder / "phrases.toml"), read_habits(folder / "habits.toml")
    for audience in ("learner", "employer"):
        questions = instruments[audience].questions
        constructs = {question.construct for question in questions}
        rows = {f"{question.construct}.{item.id}" for question in questions for item in question.items}
        topics = {(topic, polarity) for who, topic, polarity, _ in phrases.points if who == audience}
        named = set(habits.shifts[audience])
        for truth in institution.truths.values():
            named |= set(getattr(truth, f"{audience}_offsets"))
            assert {(topic, "pos") for topic in getattr(truth, f"{audience}_praise")} <= topics
            assert {(topic, "neg") for topic in getattr(truth, f"{audience}_complaints")} <= topics
        assert named <= constructs | rows
        for question, options in habits.options[audience].items():
            assert set(options) <= {option.id for option in instruments[audience].by_id[question].options}
    assert {skill for by_skill in habits.skills.values() for skill in by_skill} <= {s.slug for s in institution.skills}


def test_the_planted_truth_is_written_down(institution):
    truths = institution.truths
    assert max(truths, key=lambda slug: truths[slug].employer_value) == "safety-auditor"
    assert min(truths, key=lambda slug: truths[slug].learner_worth) == "safety-auditor"


def test_runs_are_dated_back_from_today_and_say_nothing_of_what_has_not_ended(institution):
    day = date(2026, 3, 5)
    assert all(run.starts < day for run in institution.runs)
    assert all((run.completed is None) == (run.ends > day) for run in institution.runs)
    later = read_institution(FILE, date(2027, 3, 5))
    assert [run.starts.replace(year=run.starts.year + 1) for run in institution.runs] == [r.starts for r in later.runs]


def test_a_broken_entry_is_refused_with_its_place(tmp_path):
    broken = tmp_path / "institution.toml"
    broken.write_text(FILE.read_text(encoding="utf-8").replace('kind = "bootcamp"', 'kind = "Boot camp"'), "utf-8")
    with pytest.raises(Refused, match=r"institution\.toml, credential web-development, kind"):
        read_institution(broken, date(2026, 3, 5))


@pytest.mark.parametrize(("months", "first"), [(0, date(2026, 1, 1)), (1, date(2025, 12, 1)), (13, date(2024, 12, 1))])
def test_months_are_counted_back_over_the_year(months, first):
    assert months_before(date(2026, 1, 31), months) == first

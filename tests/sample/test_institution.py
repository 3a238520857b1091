from datetime import date

import pytest

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import PURPOSE, completeness, unusual_weeks
from feedback.errors import Refused
from feedback.sample.comments import read_phrases
from feedback.sample.habits import read_habits
from feedback.sample.institution import read_institution
from feedback.sample.plan import INSTRUMENTS, make_plan
from feedback.settings import data_folder

FILE = data_folder() / "sample" / "institution.toml"
EIGHT_KINDS = {
    "micro-credential", "badge", "bootcamp", "professional-certificate", "nanodegree", "competency-based-credential",
    "open-badge", "mooc-certificate",
}  # fmt: skip


def test_a_dozen_credentials_cover_the_eight_kinds_and_one_is_of_a_kind_of_its_own(institution):
    kinds = [credential.kind for credential in institution.credentials]
    assert len([kind for kind in kinds if kind in EIGHT_KINDS]) == 12
    assert set(kinds) == {*EIGHT_KINDS, *(kind.slug for kind in institution.kinds)}
    assert len(kinds) == 13
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
    claimed = {skill for each in institution.credentials for skill in each.skills}
    assert skills - claimed == {"ai-output-checks", "maintenance-planning"}
    assert claimed <= skills
    assert {run.credential for run in institution.runs} == credentials == set(institution.truths)
    assert all(set(truth.only_organisations) <= organisations for truth in institution.truths.values())
    assert sum(institution.languages.values()) == pytest.approx(1)


def test_every_truth_and_habit_names_a_construct_question_or_topic_that_exists(institution, instruments):
    folder = data_folder() / "sample"
    phrases, habits = read_phrases(folder / "phrases.toml"), read_habits(folder / "habits.toml")
    every = {question.id: question for name in INSTRUMENTS for question in instruments[name].questions}
    for truth in institution.truths.values():
        for question, options in truth.options.items():
            assert set(options) <= set(every[question].option_ids)
        assert set(truth.lines) <= set(every)
        change = truth.change
        if change:
            assert set(change.learner_offsets) <= set(truth.learner_offsets)
    for name in ("dropout", "six_months"):
        for question, options in habits.options[name].items():
            assert set(options) == set(instruments[name].by_id[question].option_ids)
        assert set(habits.tilts.get(name, {})) <= set(instruments[name].by_id)
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


def test_everything_the_catalogue_knows_is_in_the_sample_and_names_itself_once(institution):
    for entity in ENTITIES.values():
        slugs = [value.slug for value in institution.values if type(value) is entity.value]
        assert slugs, entity.name
        assert len(set(slugs)) == len(slugs), entity.name


def test_every_field_of_the_catalogue_says_something_somewhere(institution):
    silent = {
        (entity.name, name)
        for entity in ENTITIES.values()
        for name in entity.value.model_fields
        if not any(
            getattr(value, name) not in (None, "", [], {})
            for value in institution.values
            if type(value) is entity.value
        )
    }
    assert silent <= {("contacts", "note")}


def test_runs_go_back_three_years_in_several_deliveries(institution):
    assert min(run.starts for run in institution.runs) < date(2023, 6, 1)
    assert {run.delivery for run in institution.runs} == {"digital", "in person", "hybrid", "mixed"}
    assert sum(run.credential == "web-development" for run in institution.runs) >= 6
    assert {run.beta for run in institution.runs} == {True, False}


def test_what_was_changed_shows_in_who_completes(institution):
    def completing(slug):
        truth, shares = institution.truths[slug], {False: [], True: []}
        for run in institution.runs:
            if run.credential == slug and run.completed is not None:
                shares[truth.changed_in(run)].append(run.completed / run.started)
        return [sum(each) / len(each) for each in shares.values()]

    before, since = completing("web-development")
    assert since - before > 0.08
    before, since = completing("machine-learning-foundations")
    assert abs(since - before) < 0.03


def test_purpose_sheets_are_whole_for_some_and_wanting_for_others(institution):
    shares = {each.slug: completeness(each, PURPOSE).share for each in institution.credentials}
    assert min(shares.values()) < 0.5
    assert sum(share == 1 for share in shares.values()) >= 8
    missing = {
        each.slug for each in institution.credentials if unusual_weeks(each.planned_weeks) and not each.weeks_reason
    }
    assert missing == {"circular-economy"}


def test_reviews_name_reviewers_criteria_and_verdicts_that_are(institution, instruments):
    expert = instruments["expert"]
    criteria = {question.id for question in expert.questions if question.construct == "criterion"}
    assert {review.reviewer for review in institution.reviews} <= {each.slug for each in institution.reviewers}
    for review in institution.reviews:
        assert set(review.marks) <= criteria
        assert review.verdict in expert.by_id["verdict"].option_ids
        assert review.stage in expert.by_id["stage"].option_ids
        assert {effort for _, effort in review.changes} <= set(expert.by_id["change_1_effort"].option_ids)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2027, 12, 31), date(2028, 7, 15)])
def test_it_can_be_loaded_on_any_day(day):
    institution = read_institution(FILE, day)
    assert len(make_plan(institution, 500, 1)) == 500
    assert all(run.starts < day for run in institution.runs)
    assert {run.credential for run in institution.runs if run.completed is not None} == set(institution.truths)
    assert all(contact.last_asked is None or contact.last_asked < day for contact in institution.contacts)

"""What people are told before they answer: versions, which one stands, and where none does. On both databases."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.errors import Refused
from feedback.policy import OPERATOR, ROLES, Forbidden
from feedback.store import audit, notices, retention
from feedback.store.database import reading, transaction
from feedback.store.surveys import close
from feedback.survey.notice import FIELDS, MOST_BYTES, NEEDED, checked, in_language, items, read_notice_file
from feedback.survey.wording import languages
from tests.people import with_role

TEXT = {
    "controller": "Example University",
    "contact": "feedback@university.example",
    "dpo": "dpo@university.example",
    "why": "To see which credentials are worth keeping.",
    "basis": "public_task",
    "who_reads": "The lead of the programme reads comments with names covered.",
    "rights": "You may see, correct and erase what we hold of you.",
    "complaint": "The data protection authority of your country.",
    "help": "help@university.example",
    "minors": "Under 16, answer together with a parent.",
}


def set_notice(engine, texts, survey="", day=date(2026, 3, 1)):
    with transaction(engine) as session:
        return notices.set_notice(session, texts, by=OPERATOR, survey=survey, today=day)


def standing(engine, survey=""):
    with reading(engine) as session:
        return notices.standing(session, survey)


def test_before_anybody_has_said_anything_there_is_none(institution):
    assert standing(institution) == {}
    with reading(institution) as session:
        assert notices.without_notice(session) == ["of-employers", "of-learners"]


def test_a_notice_stands_for_every_survey_without_one_of_its_own(institution):
    assert set_notice(institution, {"en": TEXT}) == 1
    own = TEXT | {"controller": "The School of Data"}
    assert set_notice(institution, {"en": own}, "of-employers") == 2
    assert standing(institution, "of-learners")["en"].text["controller"] == "Example University"
    assert standing(institution, "of-employers")["en"].text["controller"] == "The School of Data"
    with reading(institution) as session:
        assert notices.without_notice(session) == []


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_who_may_not_keep_sets_no_notice(institution, role):
    with transaction(institution) as session, pytest.raises(Forbidden):
        notices.set_notice(session, {"en": TEXT}, by=with_role(role))
    assert standing(institution) == {}


def test_only_surveys_that_take_answers_are_missed(institution):
    with transaction(institution) as session:
        close(session, "of-employers")
    set_notice(institution, {"en": TEXT}, "of-employers")
    with reading(institution) as session:
        assert notices.without_notice(session) == ["of-learners"]


def test_p3_every_version_is_kept_with_its_day(institution):
    set_notice(institution, {"en": TEXT, "es": TEXT})
    set_notice(institution, {"en": TEXT | {"help": "Room 12"}})
    set_notice(institution, {"en": TEXT | {"help": "Room 13"}}, "of-learners")
    set_notice(institution, {"en": TEXT | {"help": "Room 14"}})
    with reading(institution) as session:
        said = [(number, language, since) for number, language, since, _ in notices.versions(session)]
    day = date(2026, 3, 1)
    assert said == [(3, "en", day), (2, "en", day), (1, "en", day), (1, "es", day)]


def test_the_same_text_again_is_no_new_version(institution):
    assert [set_notice(institution, {"en": TEXT}) for _ in range(2)] == [1, 1]
    assert set_notice(institution, {"en": TEXT, "de": TEXT}) == 2
    with reading(institution) as session:
        assert len(audit.read_events(session, action=audit.NOTICE_CHANGED)) == 2
        assert audit.verify(session) == []


def test_a_language_it_is_not_said_in_gets_english(institution):
    set_notice(institution, {"en": TEXT, "es": TEXT | {"controller": "La Universidad"}})
    told = standing(institution)
    spoken = {language: in_language(told, language) for language in ("es", "ar")}
    assert {language: each.language for language, each in spoken.items() if each} == {"es": "es", "ar": "en"}
    assert in_language({}, "es") is None


def test_how_long_things_are_kept_is_said_by_the_terms_that_hold(institution):
    set_notice(institution, {"en": TEXT})
    assert "deleted 24 months after" in dict(items(standing(institution, "of-learners")["en"]))["How long it is kept"]
    with transaction(institution) as session:
        retention.set_terms(session, "of-learners", 6, 60, by=OPERATOR)
    said = dict(items(standing(institution, "of-learners")["en"]))["How long it is kept"]
    assert "deleted 6 months after" in said
    assert "deleted 60 months after" in said


@pytest.mark.parametrize("basis", ["public_task", "legitimate_interest", "consent"])
@pytest.mark.parametrize("language", languages())
def test_known_grounds_are_worded_in_every_language(institution, basis, language):
    set_notice(institution, {"en": TEXT, language: TEXT | {"basis": basis}})
    said = " ".join(text for _, text in items(standing(institution)[language]))
    assert basis not in said
    assert "notice." not in said


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path):
    file = tmp_path / "notice.toml"
    file.write_text('[es]\ncontroler = "x"\ncontact = 7\n[xx]\nwhy = "x"\n', encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_notice_file(file)
    said = str(refused.value)
    for part in ("no table [en]", 'Did you mean "controller"', '"contact" must be a text', '"why" is missing', "[xx]"):
        assert part in said


def test_a_notice_too_long_for_a_bad_line_is_refused_and_one_just_short_enough_is_not(institution):
    room = MOST_BYTES - sum(len(text.encode()) for text in TEXT.values())
    assert set_notice(institution, {"en": TEXT | {"why": TEXT["why"] + "x" * room}}) == 1
    with pytest.raises(Refused, match="bytes long"):
        set_notice(institution, {"en": TEXT | {"why": TEXT["why"] + "x" * (room + 1)}})


def test_a_survey_there_is_not_is_refused(institution):
    with pytest.raises(Refused, match='Did you mean "of-learners"'):
        set_notice(institution, {"en": TEXT}, "of-learner")


@given(some.dictionaries(some.sampled_from([*FIELDS, "other"]), some.text(max_size=40) | some.integers()))
def test_what_passes_the_check_says_all_that_a_notice_must(table):
    texts, problems = checked({"en": table}, "notice")
    assert problems or all(texts["en"].get(name) for name in NEEDED)


def test_the_clock_of_a_notice_is_its_first_day(institution):
    set_notice(institution, {"en": TEXT}, day=datetime(2026, 5, 4, tzinfo=UTC).date())
    assert dict(items(standing(institution)["en"]))["Privacy notice"] == "Version 1 of this notice, since 2026-05-04."

"""Looking a questionnaire over: what is found, where, how much it matters; and that ids keep their meaning."""

import json

import pytest

from feedback.settings import data_folder
from feedback.survey.lint import ERROR, WARNING, changed_meanings, lint, lint_file
from tests.command_line import runner

INSTRUMENTS = data_folder() / "instruments"
SHIPPED = sorted(path for path in INSTRUMENTS.glob("*.toml") if path.name != "scales.toml")


def codes(report, severity=None) -> dict[str, str]:
    """What was found: code to place."""
    return {each.code: each.where for each in report.findings if severity in (None, each.severity)}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_questionnaire_of_the_project_has_an_error(path):
    report = lint_file(path)
    assert [str(finding) for finding in report.errors] == []
    assert set(report.efforts) == {"en", "es", "de", "ar"}


def test_what_the_reader_refuses_is_an_error_with_its_place(tmp_path, text, read):
    read(text)
    path = tmp_path / "employer.toml"
    path.write_text(text.replace(', de = "Ihre Rolle"', ""), encoding="utf-8")
    report = lint_file(path)
    assert [(each.severity, each.where, each.message) for each in report.findings] == [
        (ERROR, 'employer.toml, question "role"', "text lacks de. Languages of this file: en, de.")
    ]
    assert report.efforts == {}


def test_a_question_whose_conditions_exclude_each_other_is_unreachable(read, text):
    never = 'show_if = { all = [ { question = "trust", at_most = 1 }, { question = "trust", at_least = 3 } ] }'
    report = lint(read(text.replace('show_if = { question = "trust", at_most = 1 }', never)))
    assert codes(report, ERROR)["unreachable"] == 'question "change"'
    assert "unreachable" not in codes(lint(read(text)))


def test_a_question_that_hangs_on_an_unreachable_one_is_unreachable_too(read, text):
    closed = text.replace(
        'show_if = { question = "known", not_in = ["never"] }',
        """
show_if = { all = [ { question = "known", is = ["never"] }, { question = "known", is = ["met"] } ] }""",
        1,
    )
    found = [each.where for each in lint(read(closed)).findings if each.code == "unreachable"]
    assert found == ['question "trust"', 'question "change"', 'question "stand"']


def test_a_section_that_can_never_open_closes_its_questions(read, text):
    closed = text.replace(
        'show_if = { question = "trust", at_least = 3 }',
        """
show_if = { all = [ { question = "trust", at_least = 3 }, { question = "known", is = ["never"] } ] }""",
        1,
    )
    assert codes(lint(read(closed)), ERROR)["unreachable"] == 'question "stand"'


@pytest.mark.parametrize(
    ("wording", "is_found"),
    [
        ("It was clear and useful", True),
        ("It was clear or useful", True),
        ("It was clear", False),
        ("A brand new android", False),
        ("Safety & health matter", True),
        ("And then it was clear", False),
    ],
)
def test_two_things_rated_at_once_are_told(read, text, wording, is_found):
    report = lint(read(text.replace('en = "We trust it"', f'en = "{wording}"')))
    assert ("two_in_one" in codes(report, WARNING)) is is_found


@pytest.mark.parametrize(
    ("language", "wording"),
    [("de", "Es war klar und nützlich"), ("es", "Fue claro y útil"), ("ar", "كان واضحًا أو مفيدًا")],
)
def test_two_things_are_told_in_each_language(language, wording):
    from feedback.survey.lint import _joint

    assert _joint(wording, language)
    assert not _joint(wording.split()[0], language)


def test_a_list_of_options_may_well_say_and(read, text):
    assert "two_in_one" not in codes(lint(read(text.replace('en = "Network"', 'en = "People and places"'))))


def test_none_of_these_beside_others_is_told_until_it_is_exclusive(read, text):
    none = text.replace('{ id = "speed", label', '{ id = "none", label')
    assert codes(lint(read(none)))["not_exclusive"] == 'question "benefits", option "none"'
    assert "not_exclusive" not in codes(lint(read(none.replace('"none", label', '"none", exclusive = true, label'))))


def test_a_form_that_cannot_be_done_in_the_minutes_promised_is_an_error(read, text):
    long = "".join(
        text[text.index('[[questions]]\nid = "word"') :].replace('id = "word"', f'id = "more_{number}"')
        for number in range(40)
    ).replace('kind = "short_text"', 'kind = "scale"\nscale = "agree3"')
    promised = text.replace("version = 2", "version = 2\nminutes = 1")
    assert "over_long" not in codes(lint(read(promised)), ERROR)
    assert codes(lint(read(promised + long)), ERROR)["over_long"] == "minutes"


def test_a_language_the_interface_speaks_and_the_file_lacks_is_told(read, text):
    said = [each.message for each in lint(read(text)).findings if each.code == "missing_language"]
    assert said == ['there is no "ar", which the interface speaks.', 'there is no "es", which the interface speaks.']


def test_a_text_that_is_the_same_in_two_languages_is_told(read, text):
    same = text.replace('de = "Wen würden Sie einladen?"', 'de = "Whom would you invite?"')
    assert codes(lint(read(same)))["untranslated"] == 'question "pairs"'


def test_an_answer_after_which_nothing_more_is_asked_is_told(read, text):
    short = text[: text.index('[[questions]]\nid = "pairs"')]
    start = short.index('[[sections]]\nid = "together"')
    short = short[:start] + short[short.index("[[questions]]") :]
    report = lint(read(short))
    assert "dead_end" not in codes(report)  # a recruiter is asked about holders all the same
    either = '{ any = [ { question = "known", is = ["met"] }, { question = "role", is = ["recruiter"] } ] }'
    short = short.replace(either, '{ question = "known", is = ["met"] }')
    report = lint(read(short))
    assert any('"never" nothing more is asked' in each.message for each in report.findings if each.code == "dead_end")


def test_a_sentence_nobody_finishes_is_told(read, text):
    long = " ".join(["word"] * 30)
    assert codes(lint(read(text.replace('en = "Your role"', f'en = "{long}"'))))["long_sentence"] == 'question "role"'


# --- identity --------------------------------------------------------------------------------------------------------


def changed(read, text, *changes: tuple[str, str]) -> dict[str, str]:
    """What is found when a file is changed: code to severity."""
    old = read(text)
    for found, put in changes:
        assert found in text
        text = text.replace(found, put, 1)
    return {each.code: each.severity for each in changed_meanings(read(text), old)}


NEXT = ("version = 2", "version = 3")
ANEW = ('en = "We trust it"', 'en = "Our clients ask for it by name"')


def test_a_file_that_did_not_change_keeps_its_meaning(read, text):
    assert changed(read, text) == {}


def test_a_mended_typo_is_something_to_look_at(read, text):
    assert changed(read, text, ('en = "We trust it"', 'en = "We trust it."')) == {"reworded": WARNING}


def test_a_new_wording_needs_a_new_version_and_says_since_when(read, text):
    assert changed(read, text, ANEW) == {"no_new_version": ERROR}
    assert changed(read, text, ANEW, NEXT) == {"since_missing": ERROR}
    since = ('scale = "agree3"\nconstruct = "trust"', 'since = 3\nscale = "agree3"\nconstruct = "trust"')
    assert changed(read, text, ANEW, NEXT, since) == {}


def test_another_scale_or_construct_is_another_question_whatever_the_version(read, text):
    scale = ('scale = "agree3"\nconstruct = "trust"', 'scale = "pace3"\nconstruct = "trust"')
    construct = ('scale = "agree3"\nconstruct = "trust"', 'scale = "agree3"\nconstruct = "faith"')
    assert changed(read, text, scale, NEXT) == {"scale_changed": ERROR}
    assert changed(read, text, construct, NEXT) == {"construct_changed": ERROR}


def test_another_kind_is_another_question(read, text):
    kind = ('kind = "short_text"', 'kind = "long_text"')
    assert changed(read, text, kind, NEXT) == {"kind_changed": ERROR}


def test_options_and_questions_come_and_go_with_a_new_version_only(read, text):
    option = ('{ id = "speed", label', '{ id = "pace", label')
    gone = (text[text.index('[[questions]]\nid = "word"') :], "")
    assert changed(read, text, option) == changed(read, text, gone) == {"no_new_version": ERROR}
    assert changed(read, text, option, NEXT) == changed(read, text, gone, NEXT) == {}


def test_an_older_version_than_before_is_refused(read, text):
    assert changed(read, text, ("version = 2", "version = 1"))["older_version"] == ERROR


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    return runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'none.db'}")


def test_the_command_ends_with_0_when_nothing_is_wrong_and_says_what_it_assumes(run):
    ran = run("lint", INSTRUMENTS / "learner.toml")
    assert ran.code == 0
    assert "time, en: shortest" in ran.out
    assert "estimated, not measured" in ran.out


def test_the_command_ends_with_1_and_names_every_error(run, tmp_path, text, read):
    read(text)
    (tmp_path / "old.toml").write_text(text, encoding="utf-8")
    (tmp_path / "new.toml").write_text(text.replace(*ANEW), encoding="utf-8")
    ran = run("lint", tmp_path / "new.toml", "--against", tmp_path / "old.toml")
    assert ran.code == 1
    assert 'error: question "trust": it is worded anew, in the same version.' in ran.out
    told = json.loads(run("lint", tmp_path / "new.toml", "--against", tmp_path / "old.toml", "--json").out)
    assert (told["file"], told["errors"]) == ("new.toml", 1)
    assert told["seconds"]["en"]["shortest"]["seconds"] > 0


def test_a_file_that_is_not_there_is_an_error_in_words(run, tmp_path):
    ran = run("lint", tmp_path / "gone.toml")
    assert ran.code == 1
    assert "could not be read" in ran.out


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_p4_no_questionnaire_of_the_project_asks_for_data_of_a_special_category(path):
    assert "special_category" not in codes(lint_file(path))


def test_p4_a_question_about_health_or_origin_is_pointed_at(read, text):
    asks = text.replace("A word on this survey", "A word on your health")
    assert "special_category" in codes(lint(read(asks)), WARNING)
    assert "special_category" not in codes(lint(read(text)))

"""Questions of a programme's own: read by the same rules, asked at the end of the core, never mixed with it."""

import json
import re
from pathlib import Path

import pytest

from feedback.errors import Refused
from feedback.settings import data_folder, project_folder
from feedback.store.database import open_database, reading
from feedback.store.surveys import read_survey
from feedback.survey.instrument import read_instruments
from feedback.survey.local import read_local_questions, with_local
from feedback.survey.routing import asked
from feedback.survey.setting import Setting, Subject
from feedback.survey.submission import Submission, check_answers
from tests.command_line import runner

LEARNER = read_instruments(data_folder() / "instruments")["learner"]
ONE = Setting((Subject("badge", "Badge"),), seed="s")
OWN = """
languages = ["en", "de"]

[[questions]]
id = "local_room"
section = "local"
kind = "scale"
scale = "agree5"
text = { en = "The room for “{credential}” was quiet.", de = "Der Raum für „{credential}“ war ruhig." }

[[questions]]
id = "local_why"
section = "local"
kind = "long_text"
show_if = { question = "local_room", at_most = 2 }
text = { en = "What disturbed you?", de = "Was hat gestört?" }
"""


@pytest.fixture
def read(tmp_path: Path):
    def read_text(text: str, offered=("en", "de")):
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return read_local_questions(path, LEARNER, offered)

    return read_text


def problems(read, text: str, **more) -> str:
    with pytest.raises(Refused) as refused:
        read(text, **more)
    return "\n".join(map(str, refused.value.problems))


def test_local_questions_are_asked_after_everything_else_and_branch_like_any(read):
    instrument = with_local(LEARNER, read(OWN))
    answers = {"worth": 4, "local_room": 1}
    order = [each.question.id for each in asked(instrument, answers, ONE)]
    assert order[-2:] == ["local_room", "local_why"]
    assert [each.question.id for each in asked(instrument, {"worth": 4, "local_room": 5}, ONE)][-1] == "local_room"
    assert order[:-2] == [each.question.id for each in asked(LEARNER, answers, ONE)]


def test_their_answers_are_kept_with_the_response_and_no_analysis_of_the_core_meets_them(read):
    instrument = with_local(LEARNER, read(OWN))
    raw = {"worth": 4, "local_room": 2, "local_why": "Drilling."}
    checked = check_answers(instrument, raw, survey="s", version=LEARNER.version, language="en", setting=ONE)
    assert isinstance(checked, Submission)
    assert checked.answers == raw
    assert set(checked.answers) & set(LEARNER.by_id) == {"worth"}
    assert {question.construct for question in instrument.questions if question.section == "local"} == {"local"}


def test_without_local_questions_the_instrument_is_itself():
    assert with_local(LEARNER, []) is LEARNER


def test_what_was_kept_is_read_back_as_it_was(read):
    kept = read(OWN)
    assert with_local(LEARNER, kept) == with_local(LEARNER, [dict(each) for each in kept])
    assert with_local(LEARNER, kept).by_id["local_room"].scale == LEARNER.by_id["worth"].scale


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        ('id = "local_room"', 'id = "room"', 'id "room" must begin with "local_", as in "local_room".'),
        ('id = "local_why"', 'id = "local_room"', 'id "local_room" is used twice.'),
        ('section = "local"', 'section = "words"', 'section "words" is not known. Known: local.'),
        ('scale = "agree5"', 'scale = "agre5"', 'Did you mean "agree5"?'),
        ('scale = "agree5"', 'scale = "agree5"\nrequired = true', "required may not be said of a local question."),
        ('scale = "agree5"', 'scale = "agree5"\nrecord = "profile"', "record may not be said of a local question."),
        ('scale = "agree5"', 'scale = "agree5"\nconstruct = "overall"', "construct may not be said"),
        ('question = "local_room"', 'question = "nowhere"', 'question "nowhere" is not known.'),
        ('languages = ["en", "de"]', 'languages = ["en"]', 'languages lacks "de", which the survey offers.'),
        ('languages = ["en", "de"]', 'languages = ["en", "tlh"]', 'language "tlh" is not known.'),
        (', de = "Was hat gestört?"', "", "text lacks de."),
        ("languages =", "title = 3\nlanguages =", 'key "title" is not known'),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(read, found, put, said):
    assert found in OWN
    assert said in problems(read, OWN.replace(found, put, 1))


def test_more_than_three_are_refused(read):
    more = "".join(OWN.split("\n\n", 2)[1].replace("local_room", f"local_{number}") + "\n\n" for number in range(4))
    assert "there are 4 questions. At most 3" in problems(read, 'languages = ["en", "de"]\n\n' + more)


def test_a_condition_may_look_at_the_core(read):
    instrument = with_local(LEARNER, read(OWN.replace('local_room", at_most', 'worth", at_most')))
    assert "local_why" in {each.question.id for each in asked(instrument, {"worth": 1}, ONE)}
    assert "local_why" not in {each.question.id for each in asked(instrument, {"worth": 5}, ONE)}


def test_kept_questions_that_no_longer_fit_are_refused(read):
    kept = [{**each, "show_if": {"question": "gone", "answered": True}} for each in read(OWN)]
    with pytest.raises(Refused, match="gone"):
        with_local(LEARNER, kept)


def test_the_example_of_the_guide_can_be_read(read):
    guide = (project_folder() / "docs" / "guide" / "questionnaires.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert [each["id"] for each in read(example)] == ["local_room"]


# --- opening a survey ------------------------------------------------------------------------------------------------


@pytest.fixture
def url(sqlite_engine) -> str:
    return sqlite_engine.url.render_as_string()


@pytest.fixture
def run(monkeypatch, capsys, url):
    """The command line on a database with the sample catalogue."""
    command = runner(monkeypatch, capsys, url)
    assert command("import", "catalogue", data_folder() / "sample" / "catalogue.csv").code == 0
    return command


@pytest.fixture
def slugs() -> list[str]:
    lines = (data_folder() / "sample" / "catalogue.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",")[0] for line in lines[1:3]]


def test_a_survey_keeps_the_questions_of_its_file(run, url, slugs, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    named = ("open", "learner", "--credential", slugs[0], "--local-questions", path)
    refused = run(*named)
    assert refused.code == 1
    assert 'languages lacks "es"' in refused.err
    opened = json.loads(run(*named, "--language", "en", "--language", "de", "--json").out)
    engine = open_database(url)
    with reading(engine) as session:
        survey = read_survey(session, opened["survey"])
    engine.dispose()
    assert survey
    assert [each["id"] for each in survey.local_questions] == ["local_room", "local_why"]
    assert with_local(LEARNER, survey.local_questions).by_id["local_why"].show_if is not None


@pytest.mark.parametrize(
    ("instrument", "page"),
    [
        ("learner", "learner_survey"), ("dropout", "learner_survey"), ("six_months", "learner_survey"),
        ("survey", "learner_survey"), ("employer", "employer_rating"), ("expert", "expert_review"),
    ],
)  # fmt: skip
def test_every_questionnaire_opens_at_the_page_of_its_audience(run, slugs, instrument, page):
    opened = json.loads(run("open", instrument, "--credential", slugs[0], "--json").out)
    assert opened["page"].endswith(f"/{page}?survey={opened['survey']}")


def test_the_mode_of_pairs_opens_the_questionnaire_of_pairs_and_needs_two_credentials(run, slugs):
    named = [word for slug in slugs for word in ("--credential", slug)]
    opened = json.loads(run("open", "employer", "--mode", "pairs", *named, "--json").out)
    assert opened["survey"] == "employer-pairs"
    assert opened["page"].endswith("/employer_rating?survey=employer-pairs")
    one = run("open", "employer", "--mode", "pairs", *named[:2])
    assert one.code == 1
    assert "name two credentials or more" in one.err
    assert "no questionnaire of pairs" in run("open", "learner", "--mode", "pairs", *named).err

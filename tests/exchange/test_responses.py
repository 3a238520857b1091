"""Documents of answers meet the check of a form, and come in whole or not at all. On both databases."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Reviewer
from feedback.errors import Refused
from feedback.exchange.imports import import_file, undo_batch
from feedback.sample.institution import read_institution
from feedback.sample.loading import draw_responses, load_sample
from feedback.sample.plan import make_plan
from feedback.settings import data_folder, project_folder
from feedback.store import catalogue
from feedback.store.clock import month_of, now
from feedback.store.database import reading, transaction
from feedback.store.imports import read_imports, waiting_imports
from feedback.store.releases import publish_batch
from feedback.store.responses import new_secret, receipt, receipt_hash, response_key, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import Endorsements, Organisations, Responses
from feedback.survey.instrument import read_instruments
from feedback.survey.setting import Subject, choose_setting
from feedback.survey.submission import Submission, check_answers

SOLAR, DEMENTIA, HYGIENE = "rooftop-solar-installer", "dementia-companion", "kitchen-hygiene"
LEARNER = {"survey": "solar", "language": "en", "answers": {"worth": 4, "change": "More time for the roof."}}
EMPLOYER = {
    "survey": "employers",
    "language": "de",
    "organisation": "Öko Bau",
    "role": "hiring_employer",
    "answers": {
        "awareness": {SOLAR: "certifies", DEMENTIA: "never"},
        "ladder": {SOLAR: 3},
        "endorse": {SOLAR: "in_principle"},
    },
}


@pytest.fixture(scope="module")
def instruments():
    return dict(read_instruments(data_folder() / "instruments"))


@pytest.fixture
def institution(engine, instruments):
    """The database with a small catalogue, and surveys: one of learners, one of employers, a closed one, a review."""
    import_file(engine, "catalogue", data_folder() / "sample" / "catalogue.csv", instruments=instruments)
    with transaction(engine) as session:
        catalogue.save(session, [Reviewer(slug="ann", name="Ann Example")])
        begun, every = now(session) - timedelta(days=90), [SOLAR, DEMENTIA, HYGIENE]
        for slug, name, about, closes in (
            ("solar", "learner", [SOLAR], None),
            ("two", "learner", [SOLAR, DEMENTIA], None),
            ("employers", "employer", every, None),
            ("review", "expert", [SOLAR], None),
            ("over", "learner", [SOLAR], begun + timedelta(days=1)),
        ):
            version, languages = instruments[name].version, list(instruments[name].languages)
            more = {"credentials": about, "languages": languages, "opens": begun, "closes": closes}
            open_survey(session, Survey(slug=slug, instrument=name, version=version, **more))
    return engine


@pytest.fixture
def bring(institution, instruments, tmp_path):
    """Imports documents, or a text as it stands, into the test's database."""

    def bring(*lines, **options):
        path = tmp_path / "answers.jsonl"
        path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines), "utf-8")
        return import_file(institution, "responses", path, instruments=instruments, **options)

    return bring


def rows(engine, model=Responses) -> list:
    with reading(engine) as session:
        return list(session.connection().execute(select(model)).mappings())


def refusal(action) -> list[str]:
    with pytest.raises(Refused) as refused:
        action()
    return [str(problem) for problem in refused.value.problems]


def test_a_document_becomes_the_response_its_form_would_have_made(institution, bring, instruments):
    secret, asked = new_secret(), instruments["learner"]
    report = bring(LEARNER | {"key": secret}, EMPLOYER)
    assert (report.rows, report.new, report.unchanged, report.created) == (2, 2, 0, {"organisations": 1})
    learner, employer = sorted(rows(institution), key=lambda row: row["survey"], reverse=True)
    assert learner["key"] == response_key(secret)
    assert learner["receipt_hash"] == receipt_hash(receipt(secret))
    assert (learner["about"], learner["answers"]) == ([SOLAR], LEARNER["answers"])
    assert (learner["instrument"], learner["version"], learner["organisation"]) == ("learner", asked.version, None)
    assert (employer["organisation"], employer["role"], employer["language"]) == ("oko-bau", "hiring_employer", "de")
    assert employer["about"] == [SOLAR, DEMENTIA]
    assert "endorse" not in employer["answers"]
    [endorsement] = rows(institution, Endorsements)
    assert (endorsement["credential"], endorsement["organisation"], endorsement["answer"]) == (
        SOLAR, "oko-bau", "in_principle",
    )  # fmt: skip


def test_the_same_file_twice_changes_nothing_and_equal_documents_count(institution, bring):
    bring(LEARNER, LEARNER, EMPLOYER)
    before = [rows(institution, model) for model in (Responses, Endorsements, Organisations)]
    report = bring(EMPLOYER, LEARNER, LEARNER)
    assert (report.new, report.unchanged, report.batch) == (0, 3, "")
    assert [rows(institution, model) for model in (Responses, Endorsements, Organisations)] == before
    grown = bring(LEARNER, LEARNER, LEARNER, EMPLOYER)
    assert (grown.new, grown.unchanged) == (1, 3)


def test_what_a_form_handed_in_is_not_taken_again_by_its_key(institution, bring, instruments):
    secret, asked = new_secret(), instruments["learner"]
    setting = choose_setting(asked, [Subject(SOLAR, SOLAR)], secret, "en")
    about = {"survey": "solar", "version": asked.version, "language": "en"}
    said = check_answers(asked, {"worth": 5}, **about, setting=setting)
    assert isinstance(said, Submission)
    with transaction(institution) as session:
        save_submission(session, said, secret=secret)
    report = bring(LEARNER | {"key": secret})
    assert (report.new, report.unchanged) == (0, 1)
    assert [row["answers"] for row in rows(institution)] == [{"worth": 5}]


def test_one_key_holds_one_response(institution, bring):
    secret = new_secret()
    report = bring(LEARNER | {"key": secret}, LEARNER | {"key": secret})
    assert (report.rows, report.new, report.unchanged) == (2, 1, 1)
    other = LEARNER | {"key": secret, "answers": {"worth": 1}}
    assert refusal(lambda: bring(LEARNER | {"key": secret}, other)) == [
        'answers.jsonl, line 2, field "key": stands in line 1, too, with other answers; '
        "each response has a key of its own."
    ]


def test_every_problem_is_named_by_line_and_field_and_nothing_is_kept(institution, bring):
    told = refusal(
        lambda: bring(
            LEARNER,
            {"survey": "sola", "language": "en", "answers": {"worth": 4}},
            LEARNER | {"language": "fr", "key": "short", "mood": 1, "month": "2031-01"},
            LEARNER | {"answers": {"worth": 6, "worht": 4, "teaching": {"clear": "yes", "loud": 3}}},
            LEARNER | {"answers": [4], "organisation": "Öko Bau"},
            "{broken",
            "[1]",
            EMPLOYER | {"answers": {"awareness": {SOLAR: "heard", "bungee": "certifies"}}},
            LEARNER | {"survey": "two"},
            LEARNER | {"survey": "two", "about": [HYGIENE]},
            EMPLOYER | {"role": "king", "answers": EMPLOYER["answers"] | {"ladder": {}}},
            LEARNER | {"survey": "review", "answers": {}, "role": "bob"},
            LEARNER | {"answers": {}},
            LEARNER | {"version": 99},
        )
    )
    assert rows(institution) == []
    for place in (
        'line 2, field "survey": found "sola", which names no survey here. Did you mean "solar"?',
        'line 3, field "language": found "fr"; the survey is asked in: en, es, de, ar.',
        'line 3, field "key": found "short"; 22 to 200',
        'line 3, field "mood": is not known.',
        'line 3, field "month": found "2031-01"; a month from',
        'line 4, field "answers.worth": found 6. ',
        "Known: 1, 2, 3, 4, 5",
        'line 4, field "answers.worht": is no question of learner. Did you mean "worth"?',
        'line 4, field "answers.teaching": found {"clear":"yes","loud":3}. Rows: clear, feedback.',
        'line 4, field "answers.teaching.clear": found "yes".',
        'line 5, field "answers": found [4]; the answers by question are needed',
        "line 6: is not a JSON document (",
        "line 7: found [1]; a JSON document is needed.",
        '"bungee" is none of the survey\'s credentials.',
        'line 9, field "about": say which credentials it is about, as a list. Known: ' + f"{SOLAR}, {DEMENTIA}.",
        f'line 10, field "about": "{HYGIENE}" is none of the survey\'s credentials.',
        'line 11, field "answers.role": found "king".',
        f'line 11, field "answers.ladder.{SOLAR}": is needed. Known: 0, 1, 2, 3, 4',
        'line 12, field "role": found "bob"; of a review, the short name of its reviewer is needed.',
        'line 13, field "answers.worth": is needed.',
        'line 14, field "version": found 99; the survey asks version',
    ):
        assert any(place in each for each in told), (place, told)
    [organisation] = refusal(lambda: bring(LEARNER | {"organisation": "Öko Bau"}))
    assert 'field "organisation": the questionnaire learner does not ask for it' in organisation


def test_answers_are_of_a_month_in_which_the_survey_was_open(institution, bring):
    bring(LEARNER, LEARNER | {"survey": "over"})
    with reading(institution) as session:
        moment = now(session)
    months = {row["survey"]: row["month"] for row in rows(institution)}
    assert months == {"solar": month_of(moment, "UTC"), "over": month_of(moment - timedelta(days=89), "UTC")}
    earlier = month_of(moment - timedelta(days=90), "UTC")
    bring(LEARNER | {"month": earlier})
    assert sorted(row["month"] for row in rows(institution) if row["survey"] == "solar") == [earlier, months["solar"]]
    assert "a month from" in refusal(lambda: bring(LEARNER | {"month": "2001-01"}))[0]


def test_a_review_is_kept_under_its_reviewer(institution, bring, instruments):
    criterion = next(each for each in instruments["expert"].questions if each.scale and each.required)
    required = {each.id: each for each in instruments["expert"].questions if each.required and not each.show_if}
    answers = {
        name: each.steps[-1] if each.scale else (each.option_ids or ("Seen.",))[0] for name, each in required.items()
    }
    answers[criterion.id] = criterion.steps[-1]
    bring({"survey": "review", "language": "en", "role": "Ann Example", "answers": answers})
    assert [row["role"] for row in rows(institution)] == ["ann"]


def test_answers_that_are_not_asked_are_left_out_with_a_word(institution, bring):
    report = bring(LEARNER | {"answers": {"worth": 4, "weeks_wanted": 12}})
    assert [str(each) for each in report.problems] == [
        "answers.jsonl: answers to questions that are not asked where the others lead were left out: 1."
    ]
    assert rows(institution)[0]["answers"] == {"worth": 4}


def test_a_dry_run_counts_the_same_and_keeps_nothing(institution, bring):
    report = bring(LEARNER, EMPLOYER, dry_run=True)
    assert (report.rows, report.new, report.batch) == (2, 2, "")
    assert rows(institution) == rows(institution, Endorsements) == rows(institution, Organisations) == []
    assert bring(LEARNER, EMPLOYER).new == 2


@pytest.mark.parametrize("published", [False, True])
def test_it_is_taken_back_whole_by_its_batch(institution, bring, instruments, published):
    bring(EMPLOYER)
    kept = [len(rows(institution, model)) for model in (Responses, Endorsements, Organisations)]
    other = EMPLOYER | {"organisation": "ACME", "answers": EMPLOYER["answers"] | {"ladder": {SOLAR: 2}}}
    batch = bring(LEARNER, other).batch
    with reading(institution) as session:
        assert batch in waiting_imports(session)
        assert {(each.kind, each.rows) for each in read_imports(session)} >= {("responses", 2)}
    if published:
        publish_batch(institution, instruments, batch, count_voices)
    undone = undo_batch(institution, batch, instruments, count_voices)
    assert (undone.answers, undone.removed) == (2, 1)
    assert [len(rows(institution, model)) for model in (Responses, Endorsements, Organisations)] == kept


def test_a_file_of_another_kind_is_refused_at_its_first_line(bring, tmp_path, institution, instruments):
    for content, sentence in (
        ("[\n" + json.dumps(LEARNER) + "\n]", "is not a file of one JSON document a line"),
        ("[1, 2]", "holds no JSON document"),
        ("survey,worth\nsolar,4", "is not a file of one JSON document a line"),
        ("[" * 100_000, "is not a file of one JSON document a line"),
        ('{"survey": "solar", "answers": {"worth": NaN}}', "is not a file of one JSON document a line"),
        ('{"survey": "solar", "answers": {"keep": "\\ud800"}}', "is not a file of one JSON document a line"),
    ):
        [told] = refusal(lambda content=content: bring(content))
        assert told.startswith("answers.jsonl, line 1: ")
        assert sentence in told
    path = tmp_path / "map.toml"
    assert "a map is for columns" in refusal(lambda: bring(LEARNER, map_path=path))[0]
    packed = tmp_path / "answers.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(LEARNER).encode()))
    assert import_file(institution, "responses", packed, instruments=instruments).new == 1
    packed.write_bytes(json.dumps(LEARNER).encode("utf-16"))
    assert "UTF-16" in refusal(lambda: import_file(institution, "responses", packed, instruments=instruments))[0]


def test_hostile_values_are_refused_as_values(bring, institution):
    deep: object = 1
    for _ in range(900):
        deep = {"a": deep}
    long = {f"q{number}": 1 for number in range(20_000)}
    for answers in (deep, long, {"worth": [[4]]}, {"worth": {"a": 1}}, {"keep": "x" * 500_000}, {"worth": 1e308}):
        assert refusal(lambda answers=answers: bring(LEARNER | {"answers": answers}))
    for more in (
        {"about": {"a": 1}},
        {"survey": 7},
        {"month": []},
        {"key": "x" * 500},
        {"version": True},
        {"role": {}},
    ):
        assert refusal(lambda more=more: bring(LEARNER | more))
    assert "NUL" in refusal(lambda: bring('{"survey": "\x00"}'))[0]
    assert rows(institution) == []


def test_all_the_sample_says_comes_in_as_documents_just_as_it_was(sqlite_engine, instruments, tmp_path):
    with reading(sqlite_engine) as session:
        today = now(session).date()
    load_sample(sqlite_engine, instruments, size=0, today=today)
    sample = read_institution(data_folder() / "sample" / "institution.toml", today)
    names = {each.organisation.slug: each.organisation.name for each in sample.employers}
    drawn = [row for piece, _ in draw_responses(sample, instruments, make_plan(sample, 400, 1), 1) for row in piece]
    path = tmp_path / "all.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in drawn:
            said = {name: getattr(row, name) for name in ("survey", "language", "about", "month", "answers", "role")}
            file.write(json.dumps(said | {"organisation": names.get(row.organisation)}) + "\n")
    report = import_file(sqlite_engine, "responses", path, instruments=instruments)
    assert (report.new, report.problems) == (400, ())
    kept = ("survey", "instrument", "version", "language", "month", "about", "answers", "organisation", "role")

    def content(row) -> str:
        answers = dict(row["answers"])
        if "pairs" in answers:  # which of two stands left is chance
            answers["pairs"] = {"|".join(sorted(pair.split("|"))): won for pair, won in answers["pairs"].items()}
        return json.dumps([{**row, "answers": answers}[name] for name in kept], sort_keys=True)

    assert sorted(map(content, rows(sqlite_engine))) == sorted(content(vars(row)) for row in drawn)


def test_the_example_of_the_guide_works(bring, institution):
    guide = (project_folder() / "docs" / "guide" / "importing.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    slugs = dict.fromkeys(re.findall(r'"survey": "([^"]+)"', example))
    with transaction(institution) as session:
        for survey in ("learner-rooftop-solar-installer", "employer"):
            assert survey in slugs
            about = [SOLAR] if survey.startswith("learner") else [SOLAR, DEMENTIA]
            opened = datetime(2026, 1, 1, tzinfo=UTC)
            name = survey.split("-")[0]
            version = read_instruments(data_folder() / "instruments")[name].version
            open_survey(
                session,
                Survey(
                    slug=survey,
                    instrument=name,
                    version=version,
                    languages=["en", "de"],
                    opens=opened,
                    credentials=about,
                ),
            )
    report = bring(*example.splitlines())
    assert (report.new, report.problems) == (len(example.splitlines()), ())

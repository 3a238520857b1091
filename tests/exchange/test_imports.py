"""Files are brought in whole or not at all, and the same file twice changes nothing. On both databases."""

import gzip

import pytest
from sqlmodel import select

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.contents import ENTITIES
from feedback.errors import Refused
from feedback.exchange.imports import Difference, import_file, undo_batch
from feedback.settings import data_folder
from feedback.store import catalogue, history, jobs, meta
from feedback.store.database import reading
from feedback.store.imports import read_imports, waiting_imports
from feedback.store.releases import publish_batch
from feedback.store.surveys import read_surveys
from feedback.store.tables import Responses
from feedback.survey.instrument import read_instruments

SAMPLE = data_folder() / "sample"
INSTEVAL_MAP = """
item = "d"
rater = "s"
score = "y"
scale = [1, 5]
create_missing = true
item_title = "Lecturer {value}"
rater_title = "Student {value}"
"""
CORPUS_MAP = """
text = "text"
rating = "rating"
scale = [1, 5]
language = "lang"
language_values = { und = "" }
audience = "learner"
credential_default = "A course of others"
create_missing = true
"""
RATINGS = "item,rater,score\nData badge,ACME,4\nData badge,ACME,4\nData badge,Öko Bau,5\n"
MISSING = 'create_missing = true\nkind = "badge"\nprogramme = "School of Data"\n'


@pytest.fixture
def bring(engine, questionnaires):
    """Imports a file into the test's database."""

    def bring(kind, path, **options):
        return import_file(engine, kind, path, **{"instruments": questionnaires} | options)

    return bring


def everything(engine) -> list:
    """All that an import may touch, to compare before and after."""
    with reading(engine) as session:
        return [
            meta.data_version(session),
            *(catalogue.read(session, entity) for entity in ENTITIES),
            history.read_changes(session),
            jobs.read_jobs(session),
            read_surveys(session),
            read_imports(session),
            sorted(response.key for response in session.exec(select(Responses))),
        ]


def responses(engine) -> list[Responses]:
    with reading(engine) as session:
        return list(session.exec(select(Responses).order_by(Responses.key)))


def refusal(action) -> list[str]:
    with pytest.raises(Refused) as refused:
        action()
    return [str(problem) for problem in refused.value.problems]


def test_ratings_make_what_is_missing_and_become_responses(engine, bring, write):
    report = bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    assert (report.rows, report.new, report.unchanged) == (3, 3, 0)
    assert report.created == {"programmes": 1, "credentials": 1, "organisations": 2, "surveys": 1}
    with reading(engine) as session:
        (credential,) = catalogue.read_credentials(session)
        organisations = catalogue.read_organisations(session)
        (survey,) = read_surveys(session)
        (brought,) = read_imports(session)
        assert read_surveys(session, only_open=True) == []
    assert (credential.slug, credential.kind, credential.programme) == ("data-badge", "badge", "school-of-data")
    assert [organisation.name for organisation in organisations] == ["ACME", "Öko Bau"]
    assert survey.slug.startswith("import-ratings-")
    assert (survey.instrument, survey.credentials) == ("imported_ratings", ["data-badge"])
    assert (brought.kind, brought.file, brought.rows, brought.new_rows) == ("ratings", "r.csv", 3, 3)
    kept = responses(engine)
    assert {(row.survey, row.about[0], row.receipt_hash) for row in kept} == {(survey.slug, "data-badge", None)}
    assert sorted((row.organisation, row.answers["rating"]) for row in kept) == [
        ("acme", 4),
        ("acme", 4),
        ("oko-bau", 5),
    ]


def test_the_same_file_twice_changes_nothing_at_all(engine, bring, write):
    path, map_path = write("r.csv", RATINGS), write("m.toml", MISSING)
    bring("ratings", path, map_path=map_path)
    before = everything(engine)
    report = bring("ratings", path, map_path=map_path)
    assert (report.new, report.unchanged, report.created) == (0, 3, {})
    assert everything(engine) == before


def test_a_file_that_grew_brings_only_what_is_new_and_equal_rows_count(engine, bring, write):
    bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    grown = write("later.csv", RATINGS + "Data badge,acme,4\n")
    report = bring("ratings", grown)
    assert (report.rows, report.new, report.unchanged) == (4, 1, 3)
    assert len(responses(engine)) == 4


def test_a_dry_run_counts_the_same_and_keeps_nothing(engine, bring, write):
    before = everything(engine)
    dry = bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING), dry_run=True)
    assert everything(engine) == before
    wet = bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    assert (dry.rows, dry.new, dry.unchanged, dry.created) == (wet.rows, wet.new, wet.unchanged, wet.created)


@pytest.mark.parametrize("dry_run", [False, True])
def test_one_wrong_row_and_nothing_is_kept(engine, bring, write, dry_run):
    before = everything(engine)
    path = write("ratings.csv", RATINGS + "Data badge,ACME,six\nData badge,ACME\n")
    map_path = write("m.toml", MISSING)
    assert refusal(lambda: bring("ratings", path, map_path=map_path, dry_run=dry_run)) == [
        'ratings.csv, line 5, column "score": found "six"; a number from 1 to 5 is needed.',
        "ratings.csv, line 6: found 2 columns; the header has 3.",
    ]
    assert everything(engine) == before


def test_a_failure_on_the_way_leaves_nothing(engine, bring, write, monkeypatch):
    before = everything(engine)

    def fail(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("feedback.exchange.imports.save_import", fail)
    with pytest.raises(RuntimeError, match="disk"):
        bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    assert everything(engine) == before


def test_unknown_kinds_are_refused_with_those_this_version_knows(bring, write):
    path = write("r.csv", RATINGS)
    (message,) = refusal(lambda: bring("invitations", path))
    assert message.startswith('feedback import: "invitations" is not read by this version yet. It knows: catalogue, ')
    assert {*ENTITIES, "market", "ratings", "comments"} <= set(message.rstrip(".").replace(",", "").split())
    assert 'Did you mean "ratings"?' in refusal(lambda: bring("rating", path))[0]


def test_a_map_that_names_an_unknown_kind_of_credential_is_refused(bring, write):
    path, map_path = write("r.csv", RATINGS), write("m.toml", 'create_missing = true\nkind = "bagde"\n')
    (message,) = refusal(lambda: bring("ratings", path, map_path=map_path))
    assert message.startswith('m.toml, key "kind": kind "bagde" is not known. Did you mean "badge"? Known: badge,')


def test_comments_of_learners_and_employers_become_two_surveys(engine, bring, write):
    rows = "text,rating,lang,audience,credential,organisation\n" + "\n".join(
        ["Great,5,en,learner,Data badge,", "Zu kurz,2,de,learner,Data badge,", "Hire them,,en,employer,Data badge,ACME"]
    )
    report = bring("comments", write("c.csv", rows), map_path=write("m.toml", "create_missing = true\n"))
    assert (report.new, report.created["surveys"]) == (3, 2)
    kept = responses(engine)
    assert sorted((row.instrument, row.language, row.organisation) for row in kept) == [
        ("imported_comments", "de", None),
        ("imported_comments", "en", None),
        ("imported_employer_comments", "en", "acme"),
    ]
    with reading(engine) as session:
        surveys = {survey.instrument: survey for survey in read_surveys(session)}
    assert surveys["imported_comments"].slug.startswith("import-comments-")
    assert surveys["imported_comments"].languages == ["de", "en"]


def test_unread_columns_and_empty_rows_are_remarked_upon(bring, write):
    text = 'text,rating,mood\nfine,5,sunny\n" ",,rainy\n'
    map_path = write("m.toml", 'credential_default = "Data badge"\ncreate_missing = true\n')
    report = bring("comments", write("c.csv", text), map_path=map_path)
    assert [str(problem) for problem in report.problems] == [
        'c.csv, column "mood": was not read.',
        "c.csv: 1 rows say nothing and were left out.",
    ]
    assert (report.rows, report.new) == (2, 1)


def test_a_catalogue_comes_in_changes_and_stays(engine, bring, write):
    path = write(
        "c.csv", "title,kind,programme,issuer,skills\nData badge,badge,School,Us,Charts|Sums\nX,bootcamp,School,Us,\n"
    )
    report = bring("catalogue", path)
    assert (report.new, report.changed, report.unchanged) == (2, 0, 0)
    assert report.created == {"programmes": 1, "skills": 2}
    before = everything(engine)
    report = bring("catalogue", path)
    assert (report.new, report.changed, report.unchanged, report.created) == (0, 0, 2, {})
    assert everything(engine) == before
    report = bring("catalogue", write("d.csv", "title,issuer\nData badge,Them\nX,Us\n"))
    assert (report.new, report.changed, report.unchanged) == (0, 1, 1)
    with reading(engine) as session:
        (credential, _) = catalogue.read_credentials(session)
    assert (credential.issuer, credential.kind, credential.skills) == ("Them", "badge", ["charts", "sums"])


def test_a_catalogue_can_be_undone_by_its_batch_once(engine, bring, write):
    bring("catalogue", write("c.csv", "title,kind,programme,issuer\nOld,badge,School,Us\n"))
    before = everything(engine)[1 : len(ENTITIES) + 1]
    report = bring("catalogue", write("d.csv", "title,kind,programme,issuer\nOld,badge,New,Them\nX,badge,School,Us\n"))
    assert report.differences == (
        Difference("programmes", "new", "New"),
        Difference("credentials", "old", "Old", ("programme", "issuer")),
        Difference("credentials", "x", "X"),
    )
    undone = undo_batch(engine, report.batch, {}, count_voices, by="ann")
    assert (undone.removed, undone.restored, undone.answers, undone.problems) == (2, 1, 0, ())
    assert everything(engine)[1 : len(ENTITIES) + 1] == before
    with reading(engine) as session:
        assert {each.id: each.undone_on is None for each in read_imports(session)}[report.batch] is False
    assert "was undone already, on" in refusal(lambda: undo_batch(engine, report.batch, {}, count_voices))[0]
    undo_batch(engine, undone.batch, {}, count_voices)
    with reading(engine) as session:
        assert catalogue.find(session, "credentials", "old").issuer == "Them"


def test_a_dry_run_and_a_file_that_says_nothing_new_have_no_batch(engine, bring, write):
    path = write("o.csv", "name\nAcme\n")
    dry = bring("organisations", path, dry_run=True)
    assert (dry.batch, dry.differences) == ("", (Difference("organisations", "acme", "Acme"),))
    assert bring("organisations", path).batch
    again = bring("organisations", path)
    assert (again.batch, again.differences) == ("", ())


def test_answers_are_brought_as_a_batch_that_waits_to_be_published(engine, bring, write):
    report = bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    assert {response.batch for response in responses(engine)} == {report.batch}
    with reading(engine) as session:
        (brought,) = read_imports(session)
        assert waiting_imports(session) == [report.batch]
    assert (brought.id, brought.waiting) == (report.batch, True)


@pytest.mark.parametrize("published", [False, True])
def test_answers_are_taken_back_with_all_they_brought_along(engine, bring, write, questionnaires, published):
    before = everything(engine)[1 : len(ENTITIES) + 1]
    report = bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    if published:
        publish_batch(engine, questionnaires, report.batch, count_voices)
    undone = undo_batch(engine, report.batch, questionnaires, count_voices)
    assert (undone.removed, undone.restored, undone.answers, undone.problems) == (4, 0, 3, ())
    assert responses(engine) == []
    assert everything(engine)[1 : len(ENTITIES) + 1] == before
    with reading(engine) as session:
        assert read_surveys(session) == []


def test_what_answers_brought_along_stays_where_it_is_needed_by_now(engine, bring, write, questionnaires):
    first = bring("ratings", write("r.csv", RATINGS), map_path=write("m.toml", MISSING))
    bring("ratings", write("s.csv", "item,rater,score\nData badge,ACME,1\n"))
    undone = undo_batch(engine, first.batch, questionnaires, count_voices)
    assert (undone.answers, undone.removed) == (3, 0)
    assert [str(problem) for problem in undone.problems] == [
        'organisation "acme": is needed by 1 response. Take that away first, or let it refer to something else.',
        'credential "data-badge": is needed by 1 survey. Take that away first, or let it refer to something else.',
    ]
    assert len(responses(engine)) == 1


def test_a_broken_catalogue_names_line_and_the_files_own_column(engine, bring, write):
    before = everything(engine)
    path = write("c.csv", "Name,Art,programme\nA,badge,P\nB,bagde,P\n,badge,P\n")
    map_path = write("m.toml", 'title = "Name"\nkind = "Art"\n')
    messages = refusal(lambda: bring("catalogue", path, map_path=map_path))
    assert messages[0].startswith(
        'c.csv, line 3, column "Art": found "bagde", which is no kind here. Did you mean "badge"?'
    )
    assert messages[1:] == ['c.csv, line 4, column "Name": is empty; it is needed.']
    assert everything(engine) == before


def test_a_new_kind_comes_in_when_the_map_allows_it(engine, bring, write):
    path = write("c.csv", "title,kind,programme\nA,Digital passport,P\n")
    report = bring("catalogue", path, map_path=write("m.toml", "new_kinds = true\n"))
    assert report.created == {"programmes": 1, "kinds": 1}
    with reading(engine) as session:
        assert "digital-passport" in [kind.slug for kind in catalogue.read_kinds(session)]


def test_runs_and_organisations_come_in_alike(engine, bring, write):
    bring("catalogue", write("c.csv", "title,kind,programme\nData badge,badge,P\n"))
    runs = "credential,label,starts,delivery,enrolled,completed\nData badge,Spring,2025-03-01,hybrid,30,21\n"
    assert bring("runs", write("r.csv", runs)).new == 1
    assert bring("organisations", SAMPLE / "organisations.csv").new == 12
    assert bring("organisations", SAMPLE / "organisations.csv").unchanged == 12
    with reading(engine) as session:
        (run,) = catalogue.read_runs(session)
    assert (run.slug, run.delivery, run.completed) == ("data-badge-spring", "hybrid", 21)


def test_what_is_written_like_a_formula_is_kept_as_text(engine, bring, write):
    path = write("c.csv", "title,kind,programme,description\n=A1,badge,P,'=SUM(A1)\n")
    bring("catalogue", path)
    with reading(engine) as session:
        (credential,) = catalogue.read_credentials(session)
    assert (credential.title, credential.description) == ("=A1", "=SUM(A1)")


def test_progress_is_told_while_reading_and_while_keeping(bring, write):
    told = []
    rows = "item,rater,score\n" + "".join(f"a,{number},{number % 5 + 1}\n" for number in range(5000))
    bring(
        "ratings",
        write("r.csv", rows),
        map_path=write("m.toml", "create_missing = true\n"),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[:2] == [(2000, None), (4000, None)]
    assert told[-1] == (5000, 5000)


def test_the_walk_through_of_the_readme_works_with_the_real_questionnaires(engine):
    instruments = read_instruments(data_folder() / "instruments")
    brought = [
        import_file(engine, kind, SAMPLE / file, map_path=map_path and SAMPLE / map_path, instruments=instruments)
        for kind, file, map_path in (
            ("catalogue", "catalogue.csv", None),
            ("organisations", "organisations.csv", None),
            ("comments", "course_comments.csv", "course_comments.map.toml"),
            ("ratings", "employer_ratings.csv", "employer_ratings.map.toml"),
        )
    ]
    assert [(report.new, report.problems) for report in brought] == [(6, ()), (12, ()), (60, ()), (80, ())]
    assert brought[2].created == brought[3].created == {"surveys": 1}
    with reading(engine) as session:
        kinds = {credential.kind for credential in catalogue.read_credentials(session)}
    assert len(kinds) == 6


def test_the_real_ratings_of_lecturers_come_in_whole(sqlite_engine, write, shared_data, tmp_path):
    instruments = read_instruments(data_folder() / "instruments")
    path, map_path = shared_data / "reference" / "insteval.csv.gz", write("m.toml", INSTEVAL_MAP)
    report = import_file(sqlite_engine, "ratings", path, map_path=map_path, instruments=instruments)
    assert (report.rows, report.new) == (73_421, 73_421)
    assert report.created == {"programmes": 1, "credentials": 1128, "organisations": 2972, "surveys": 1}
    again = import_file(sqlite_engine, "ratings", path, map_path=map_path, instruments=instruments)
    assert (again.new, again.unchanged) == (0, 73_421)


@pytest.mark.parametrize("name", ["rmp", "zh_mooc", "vsfc", "sight_human", "coursera_ml"])
def test_real_comments_come_in_whole_in_any_language(sqlite_engine, write, shared_data, name):
    instruments = read_instruments(data_folder() / "instruments")
    path = shared_data / "corpora" / f"{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        assert "lang" in file.readline()
    report = import_file(sqlite_engine, "comments", path, map_path=write("m.toml", CORPUS_MAP), instruments=instruments)
    assert report.new == report.rows > 100
    (survey,) = {response.survey for response in responses(sqlite_engine)}
    assert survey.startswith("import-comments-")

"""P5, P6, P10, P11, P12: promises of privacy, each tried on the product. Where the others are tried: README.md."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import SQLModel

from feedback.catalogue.values import Contact, Organisation
from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.settings import data_folder, project_folder, settings
from feedback.store import audit, exposure
from feedback.store.catalogue import remove, save
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.meta import set_number
from feedback.store.responses import new_secret, save_submission
from feedback.store.shuffling import clear_away
from feedback.store.tables import Responses, Surveys
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from feedback.ui.quotes import kept_back_in_words
from feedback.worker.gathering import gather
from tests.attacks.dumping import everything_in
from tests.command_line import runner
from tests.findings.evidence_of import comments, evidence
from tests.worker.working import answer, set_up, work

INSTRUMENTS = dict(read_instruments(data_folder() / "instruments"))
SAID = "The labs were far too short for anybody who works all day."
WHO = ("Zyxwald Mill", "Berta Zyxbrook", "berta@zyx.example")


@pytest.fixture
def institution(sqlite_engine):
    """Seven learners answered and wrote, and eight people of four organisations; all of it is published."""
    set_up(sqlite_engine, INSTRUMENTS)
    for _ in range(7):
        answer(sqlite_engine, INSTRUMENTS, worth=4, change=SAID)
    version = INSTRUMENTS["employer"].version
    known = {"awareness": {"data-badge": "certifies"}, "ladder": {"data-badge": 3}}
    with transaction(sqlite_engine) as session:
        for number in range(8):
            house = Organisation(slug=f"zyxwald-mill-{number % 4}", name=f"{WHO[0]} {number % 4}")
            given = Submission("employer", version, "employer", "en", ("data-badge",), known)
            save_submission(session, given, secret=new_secret(), organisation=house)
        save(session, [Contact(organisation="zyxwald-mill-0", name=WHO[1], email=WHO[2])])
    work(sqlite_engine, INSTRUMENTS, times=1)
    return sqlite_engine


@pytest.fixture
def run(monkeypatch, capsys, institution):
    return runner(monkeypatch, capsys, institution.url.render_as_string(hide_password=False))


def everything_worked_out(engine, limits=Limits()) -> str:
    """All that findings say, show, draw and write into files, of all and of the credential."""
    with reading(engine) as session:
        found = gather(session, INSTRUMENTS, Choice())
    answers = [
        work_out(finding, found, choice, limits)
        for finding in FINDINGS.values()
        for choice in (Choice(), Choice(credential="data-badge"))
    ]
    return "\n".join(
        f"{each.sentence} {each.table.to_csv()} {each.rows.to_csv()} {each.chart('light')}" for each in answers
    )


def test_p5_no_finding_names_an_organisation_nor_anybody_at_one(institution):
    told = everything_worked_out(institution)
    assert "4 organisations" in told
    assert [who for who in (*WHO, "zyxwald", "Berta") if who.casefold() in told.casefold()] == []


def test_p5_answers_of_employers_lead_to_no_person_and_outlive_the_contact(institution):
    with reading(institution) as session:
        kept = table_of(Responses)
        employers = session.connection().execute(kept.select().where(kept.c.instrument == "employer")).mappings().all()
        before = gather(session, INSTRUMENTS).answers
        (contact,) = session.connection().exec_driver_sql("select slug from contacts").scalars()
    assert len(employers) == 8
    assert not any(who in str(dict(row)) for row in employers for who in (WHO[1], WHO[2], contact))
    assert not any(who.casefold() in contact for who in ("berta", "zyxbrook", "@"))
    with transaction(institution) as session:
        remove(session, "contacts", contact)
    with reading(institution) as session:
        after = gather(session, INSTRUMENTS).answers
    assert after.equals(before)
    clear_away(institution)
    assert WHO[1].encode() not in everything_in(institution)


def test_p6_the_minimum_is_ten_where_that_is_set_and_who_took_a_file_is_recorded(
    run, institution, monkeypatch, tmp_path
):
    def people(name: str) -> list:
        ran = run("export", "worth", "--output", tmp_path / f"{name}.json", "--format", "json")
        assert ran.code == 0, ran.err
        return [row["People"] for row in json.loads((tmp_path / f"{name}.json").read_text("utf-8"))["rows"]]

    assert people("five") == [7]
    monkeypatch.setenv("FEEDBACK_MINIMUM_GROUP", "10")
    monkeypatch.setenv("FEEDBACK_PUBLIC_MINIMUM", "10")
    settings.cache_clear()
    assert people("ten") == [None]
    with reading(institution) as session:
        events = audit.read_events(session, action=audit.EXPORTED)
    assert len(events) == 2


def test_p10_a_run_that_is_only_tried_takes_nothing_and_the_real_one_takes_that_and_is_in_the_log(run, institution):
    """Time has passed: the survey closed three years ago. Tried first; and a first look by itself erases nothing."""
    table, closed = table_of(Surveys), datetime.now(UTC) - timedelta(days=3 * 366)
    with transaction(institution) as session:
        passed = {"closes": closed, "opens": closed - timedelta(days=30)}
        session.connection().execute(update(table).where(table.c.slug == "learner").values(passed))
        set_number(session, "retention_since", closed.date().toordinal())
    tried = run("retention", "run", "--dry-run")
    assert "about 5" in tried.out
    assert texts(institution) == {SAID}
    assert erasures(institution) == []
    assert run("retention", "run").code == 0
    assert texts(institution) == {""}
    assert [(each.about, each.details) for each in erasures(institution)] == [
        ("survey:learner", {"what": "comments", "responses": "about 5"})
    ]


def texts(engine):
    table = table_of(Responses)
    with reading(engine) as session:
        rows = session.connection().execute(table.select().where(table.c.instrument == "learner"))
        return {row.answers["change"] for row in rows}


def erasures(engine):
    with reading(engine) as session:
        return audit.read_events(session, action=audit.ERASED)


CATALOGUE = {
    "alignments", "credential_kinds", "credential_skills", "credentials", "market_evidence", "modules", "occupations",
    "organisations", "pathways", "policies", "programmes", "runs", "skills", "stacks", "changes", "instrument_versions",
    "surveys", "survey_targets", "notices", "terms", "review_rounds", "holds", "imports", "releases", "jobs", "meta",
    "topics", "tellings", "public_cards",
}  # fmt: skip
"""What is about no person, or names nobody but, by an account's number, who wrote it."""
COUNTED = {"blocks", "finished", "funnel"}
"""What is counted or has passed the gate: nothing that the answers do not hold."""
BESIDE = {
    "asked_about": "contacts", "grants": "accounts", "invitation_links": "invitations", "response_flags": "responses",
    "next_readings": "comment_readings", "action_steps": "actions",
}  # fmt: skip
"""What goes with something that is told."""


def test_p11_what_a_thief_would_hold_is_told_of_every_table_about_people():
    tables = [each for each in vars(exposure).values() if isinstance(each, type) and issubclass(each, SQLModel)]
    told = {table_of(each).name for each in tables if hasattr(each, "__table__")}
    every = set(table_of(Responses).metadata.tables)
    assert every - told == CATALOGUE | COUNTED | BESIDE.keys()
    assert set(BESIDE.values()) <= told


def test_p11_the_command_says_it_without_a_word_of_anybody_and_the_checklist_lies_beside_it(run):
    ran = run("exposure")
    assert "names of contacts at organisations" in ran.out
    assert not any(word in ran.out for word in (*WHO, SAID))
    assert "72" in (project_folder() / "docs/guide/templates/breach.md").read_text("utf-8")


def test_p12_no_sentence_nor_telling_phrase_is_made_of_what_is_masked():
    text = "The teacher [name] [name] was late, and [name] never answered at [e-mail]."
    found = evidence(said=[comments("a", 12, text=text)], a="A badge")
    for name in ("topics", "what_to_change", "comments"):
        answer = work_out(FINDINGS[name], found, Choice(credential="a"), Limits())
        assert answer.has_table
        said = answer.sentence + (" ".join(answer.table["Told by"]) if name == "topics" else "")
        assert not any(part in said for part in ("[", "name]", "mail", "name name", "teacher name"))


def test_p12_leads_are_told_how_many_comments_are_kept_back_and_why():
    told = kept_back_in_words({"": 10, "insult": 5, "legal": 5})
    assert told.startswith("About 10 more comments are kept back by moderators (about 5: insults somebody; about 5: ")

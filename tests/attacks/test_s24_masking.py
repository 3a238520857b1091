"""S24: personal data in comments is masked in every view and file. The doors out are the findings, which pages, exports
and the command line all take (tests/test_doors.py); the sentences of tests/analysis/comments/masking.txt say how much
of it is found at all."""

import json
import zipfile
from io import BytesIO

import pytest

from feedback.catalogue.values import Contact, Organisation, Reviewer
from feedback.disclosure import STANDARD
from feedback.exchange.tables import write_table
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.files import about
from feedback.findings.work import work_out
from feedback.store import invitations, moderation
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.invitations import Person
from feedback.store.masking import INTERNAL, MASK, PUBLIC, SAFETY, WITHHELD
from feedback.store.moderation import DANGER, Decision
from feedback.store.responses import new_secret, save_submission
from feedback.survey.submission import Submission
from feedback.worker import loop
from feedback.worker import reading as reading_step
from feedback.worker.gathering import gather
from tests.attacks.dumping import rows_of
from tests.collect.institution import CREDENTIALS, KEY, instruments, open_form
from tests.command_line import run_once
from tests.people import with_role

BADGE = CREDENTIALS[0]
SECRETS = (
    "winona.tarrel@nowhere.example", "+44 20 7946 0123", "www.tarrel.example/labs", "@w_tarrel", "DE89 3704 0044 0532",
    "4711993", "Fenwick", "Winona", "Tarrel", "Quellmann", "Ovell", "Caldes",
)  # fmt: skip
"""What no view and no file may say: of each kind something, and the names of a contact, a reviewer, somebody invited
and somebody of the file, all made up."""
SAID = (
    "The labs were great. Write to winona.tarrel@nowhere.example or call +44 20 7946 0123.",
    "The labs were great, see www.tarrel.example/labs and @w_tarrel for the exams.",
    "The exams were unfair. Refund me: DE89 3704 0044 0532 0130 00, student number 4711993.",
    "The exams were unfair, said Mr Fenwick, and Winona Tarrel agreed.",
    "The labs were great; Quellmann explained them, and petra ovell helped me.",
    "The exams were unfair. Tarrel's labs were great, and Inigo Caldes knows why.",
)
MASKS = ("[e-mail]", "[phone]", "[link]", "[handle]", "[iban]", "[number]", "[name]")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """The worker works no findings out beforehand: it is not what is asked here."""
    kinds = {name: kind for name, kind in loop.KINDS.items() if name in ("read", "release", "reread", "rebuild")}
    monkeypatch.setattr(loop, "KINDS", kinds)


@pytest.fixture
def commented(founded, tmp_path, monkeypatch):
    """Learners have named people and given addresses, wherever the form takes words; it is read and published."""
    (tmp_path / "roster.txt").write_text("Íñigo Caldés\n", encoding="utf-8")
    monkeypatch.setattr(reading_step, "data_folder", lambda: tmp_path)
    survey = open_form(founded, "learner")
    with transaction(founded) as session:
        organisation = Organisation(slug="mill", name="The Mill")
        save(session, [organisation, Contact(organisation="mill", name="Winona Tarrel", email="w.t@mill.example")])
        save(session, [Reviewer(name="Prof. Ada Quellmann", email="ada@uni.example")])
        invitations.make(session, survey, [Person(recipient="petra.ovell@home.example")], key=KEY, expires_on=None)
    asked = instruments()["learner"]
    words = [each.id for each in asked.questions if each.kind in ("long_text", "short_text")]
    for number in range(18):
        said = SAID[number % len(SAID)]
        answers = dict.fromkeys(words, said) | {"worth": 4}
        with transaction(founded) as session:
            submission = Submission("learner", asked.version, survey, "en", (BADGE,), answers)
            save_submission(session, submission, secret=new_secret())
    loop.run_once(founded, instruments(), kinds=tuple(loop.KINDS))
    return founded


def leaks(told: str) -> list[str]:
    """The secrets that stand in it, however they are cased."""
    return [each for each in SECRETS if each.lower() in told.lower()]


def answers_of(engine):
    for choice in (Choice(), Choice(credential=BADGE)):
        with reading(engine) as session:
            read = gather(session, instruments(), choice, "en")
        for name, finding in FINDINGS.items():
            yield name, choice, work_out(finding, read, choice, STANDARD)


def test_s24_no_finding_no_picture_and_no_file_tells_who_was_named_or_how_somebody_is_reached(commented):
    seen = ""
    for name, choice, answer in answers_of(commented):
        picture = json.dumps(answer.chart("light"), default=str)
        told = f"{answer.sentence} {answer.table.to_dict()} {answer.rows.to_dict()} {picture}"
        if answer.has_table:
            told += write_table(answer.table, "json", about(answer, choice, "1", False), name).decode()
        assert leaks(told) == [], (name, choice)
        seen += told
    assert all(each in seen for each in MASKS)


def test_s24_what_the_command_line_writes_tells_none_of_it(commented, tmp_path):
    out = tmp_path / "comments.xlsx"
    environment = {"FEEDBACK_DATABASE_URL": commented.url.render_as_string(hide_password=False)}
    ran = run_once(environment, "export", "comments", "--format", "xlsx", "--output", out)
    assert ran.code == 0, ran.err
    with zipfile.ZipFile(BytesIO(out.read_bytes())) as book:
        told = " ".join(book.read(each).decode() for each in book.namelist())
    assert "[name]" in told
    assert leaks(told + ran.out + ran.err) == []


def test_s24_what_is_kept_to_be_shown_is_masked_and_its_topics_lie_in_it(commented):
    rows = rows_of(commented)["comment_readings"]
    assert len(rows) >= 18
    assert leaks(str(rows)) == []
    found = 0
    for row in rows:
        topics = row["topics"] if isinstance(row["topics"], list) else json.loads(row["topics"])
        for tag in topics:
            piece = row["masked"][tag["start"] : tag["end"]].lower()
            assert "[" not in piece
            found += piece in ("labs", "exams", "explained")
    assert found >= 18


def decide(engine, decision_of):
    """Have a moderator decide of every comment that waits."""
    actor = with_role("moderator")
    with transaction(engine) as session:
        for seen in moderation.draw(session, actor, most=1000):
            moderation.decide(session, actor, seen, decision_of(seen.text))


def told_by(engine) -> str:
    """All that is told of comments, in every finding, for every choice."""
    return " ".join(
        f"{answer.sentence} {answer.table.to_dict()} {answer.rows.to_dict()}" for *_, answer in answers_of(engine)
    )


@pytest.mark.parametrize("state", [PUBLIC, INTERNAL])
def test_s24_what_a_moderator_blackened_is_told_by_no_finding_and_no_file(commented, tmp_path, state):
    def without_labs(text):
        at = text.find("labs")
        return Decision(state, "names_somebody", masks=((at, at + 4),)) if at >= 0 else Decision(state)

    decide(commented, without_labs)
    told = told_by(commented)
    assert f"The {MASK} were great" in told
    assert "labs" not in told
    out = tmp_path / "comments.csv"
    environment = {"FEEDBACK_DATABASE_URL": commented.url.render_as_string(hide_password=False)}
    ran = run_once(environment, "export", "comments", "--format", "csv", "--output", out)
    assert ran.code == 0, ran.err
    assert MASK in out.read_text(encoding="utf-8")
    assert "labs" not in out.read_text(encoding="utf-8")


def test_s24_what_is_kept_back_or_of_danger_is_told_by_no_finding(commented):
    decide(
        commented,
        lambda text: Decision(WITHHELD, "legal") if "labs" in text else Decision(SAFETY, DANGER),
    )
    told = told_by(commented)
    assert "were great" not in told
    assert "unfair" not in told


def test_s18_nobody_reads_what_only_a_program_masked_without_the_right_to(commented):
    """Limits for those who may not: nothing until a moderator has decided, then what is for them; the public less."""

    def texts(limits):
        with reading(commented) as session:
            read = gather(session, instruments(), Choice(credential=BADGE), "en")
        return set(work_out(FINDINGS["comments"], read, Choice(credential=BADGE), limits).rows["text"])

    assert len(texts(STANDARD)) == 6
    assert texts(STANDARD.reviewed()) == texts(STANDARD.for_public()) == set()
    decide(commented, lambda text: Decision(PUBLIC if "unfair" in text else INTERNAL))
    assert len(texts(STANDARD.reviewed())) == 6
    assert all("unfair" in text for text in texts(STANDARD.for_public()))
    assert len(texts(STANDARD.for_public())) == 3


def test_s24_a_list_of_names_that_cannot_be_read_shows_nothing_instead_of_too_much(founded, tmp_path, monkeypatch):
    (tmp_path / "roster.txt").write_bytes("Íñigo".encode("latin-1"))
    monkeypatch.setattr(reading_step, "data_folder", lambda: tmp_path)
    survey = open_form(founded, "learner")
    for _ in range(6):
        asked = instruments()["learner"]
        submission = Submission("learner", asked.version, survey, "en", (BADGE,), {"keep": SAID[0], "worth": 4})
        with transaction(founded) as session:
            save_submission(session, submission, secret=new_secret())
    loop.run_once(founded, instruments(), kinds=tuple(loop.KINDS))
    assert rows_of(founded)["comment_readings"] == []


def test_s24_names_given_to_the_command_that_analyses_a_file_are_masked(tmp_path):
    texts, names, out = tmp_path / "a.csv", tmp_path / "names.txt", tmp_path / "out.csv"
    texts.write_text("text\nWinona Tarrel was kind.\nAsk tarrel winona.\n", encoding="utf-8")
    names.write_text("Winona Tarrel\n", encoding="utf-8")
    ran = run_once({}, "analyse", "comments", texts, "--output", out, "--names", names)
    assert ran.code == 0, ran.err
    redacted = [line.rpartition(",")[2] for line in out.read_text(encoding="utf-8").splitlines()[1:]]
    assert redacted == ["[name] was kind.", "Ask [name]."]

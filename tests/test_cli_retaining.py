"""`feedback retention`, `feedback notice` and `feedback exposure` on the command line."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from feedback.policy import OPERATOR, Grant
from feedback.settings import data_folder
from feedback.store import retention
from feedback.store.accounts import add_account
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.meta import set_number
from feedback.store.tables import Responses, Surveys
from feedback.survey.instrument import read_instruments
from feedback.worker.loop import ANSWERS, run_once
from tests.command_line import runner
from tests.store.test_notices import TEXT
from tests.worker.working import BAD, answer, set_up

INSTRUMENTS = read_instruments(data_folder() / "instruments")


@pytest.fixture
def url(sqlite_engine):
    set_up(sqlite_engine, INSTRUMENTS)
    return sqlite_engine.url.render_as_string(hide_password=False)


@pytest.fixture
def run(monkeypatch, capsys, url):
    return runner(monkeypatch, capsys, url)


@pytest.fixture
def over(sqlite_engine, url):
    """Seven learners answered, their survey closed three years ago, and the schedule has begun."""
    for _ in range(7):
        answer(sqlite_engine, INSTRUMENTS, worth=4, change=BAD)
    run_once(sqlite_engine, INSTRUMENTS, kinds=ANSWERS)
    table, closed = table_of(Surveys), datetime.now(UTC) - timedelta(days=3 * 366)
    with transaction(sqlite_engine) as session:
        passed = {"closes": closed, "opens": closed - timedelta(days=30)}
        session.connection().execute(update(table).where(table.c.slug == "learner").values(passed))
        set_number(session, "retention_since", closed.date().toordinal())
    return sqlite_engine


def texts(engine):
    table = table_of(Responses)
    with reading(engine) as session:
        return {row.answers["change"] for row in session.connection().execute(table.select())}


def test_the_clock_is_shown_by_survey(run, over):
    ran = run("retention", "show")
    assert (ran.code, ran.err) == (0, "")
    assert "comments 24 months, answers for good" in ran.out
    assert "employer: not closed, nothing goes" in ran.out
    learner = next(each for each in json.loads(run("retention", "show", "--json").out)["surveys"] if each["closed_on"])
    assert (learner["survey"], learner["answers_on"], learner["held"]) == ("learner", None, None)


def test_a_dry_run_tells_what_would_go_in_steps_and_the_run_does_it(run, over):
    assert run("retention", "run", "--dry-run").out.strip() == "learner: comments of about 5 answers would go"
    assert texts(over) == {BAD}
    ran = json.loads(run("retention", "run", "--json").out)
    assert ran["erased"] == [{"survey": "learner", "what": "comments", "about": 5}]
    assert texts(over) == {""}
    assert run("retention", "run").out.strip() == "Nothing is due."


def test_what_is_held_stays(run, over):
    assert run("retention", "hold", "learner", "--reason", "A complaint is heard").code == 0
    assert "HELD since" in run("retention", "show").out
    assert run("retention", "run").out.strip() == "Nothing is due."
    assert run("retention", "lift", "learner").code == 0
    assert "went" in run("retention", "run").out
    again = run("retention", "lift", "learner")
    assert (again.code, again.err.strip()) == (1, "learner: is not held.")


def test_terms_are_set_for_one_survey_and_for_all(run, over):
    assert run("retention", "set", "learner", "--comments-months", "6", "--answers-months", "12").code == 0
    ran = run("retention", "set", "--comments-months", "18")
    assert "answers for good" in ran.out
    with reading(over) as session:
        terms = retention.read_terms(session)
    assert (terms["learner"].comments_months, terms["learner"].answers_months) == (6, 12)
    assert terms[retention.EVERY].comments_months == 18


@pytest.mark.parametrize("months", ["soon", "-1", "0", "1.5"])
def test_months_that_are_none_are_refused_with_what_is_allowed(run, url, months):
    ran = run("retention", "set", "--answers-months", months)
    assert ran.code == 1
    assert "answers-months" in ran.err


def test_a_notice_is_set_from_a_file_and_shown(run, url, tmp_path):
    assert "none is set" in run("notice", "show").err
    file = tmp_path / "notice.toml"
    file.write_text("[en]\n" + "".join(f"{name} = {json.dumps(text)}\n" for name, text in TEXT.items()), "utf-8")
    assert run("notice", "set", "--file", file).out.startswith("Version 1 stands, in en.")
    shown = run("notice", "show", "--language", "de").out
    assert "Example University" in shown
    assert "Version 1, en, since" in shown
    assert json.loads(run("notice", "show", "--survey", "learner", "--json").out)["text"]["help"] == TEXT["help"]
    file.write_text("[en]\nwhy = 1\n", "utf-8")
    wrong = run("notice", "set", "--file", file)
    assert wrong.code == 1
    assert wrong.err.count("is missing") == 7


def test_p11_what_a_thief_would_hold_is_counted_and_never_quoted(run, over):
    with transaction(over) as session:
        retention.hold(session, "employer", "A complaint", by=OPERATOR)
    ran = run("exposure")
    assert "10 answers, without a name" in ran.out
    assert "10 of these, answers with unmasked texts" in ran.out
    assert BAD not in ran.out
    assert run("retention", "run").code == 0
    after = json.loads(run("exposure", "--json").out)["exposed"]
    assert not any("unmasked" in each["what"] for each in after)


def test_whoever_asks_does_not_open_again_what_is_to_go(run, over):
    with transaction(over) as session:
        for role in ("lead", "administrator"):
            add_account(session, role.title(), f"{role}@example.org", [Grant(role)])
    refused = run("--as", "lead@example.org", "extend", "learner", "--no-end")
    assert refused.code == 1
    assert "Only an administrator can open it again" in refused.err
    assert run("--as", "lead@example.org", "extend", "employer", "--closes", "2036-01-31").code == 0
    assert run("retention", "run").code == 0
    assert texts(over) == {""}
    assert run("--as", "administrator@example.org", "extend", "learner", "--no-end").code == 0

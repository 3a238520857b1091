"""The committee's page: what is due, reviews from plan to close, decisions that stay as they were, rules, interests."""

import shutil
from datetime import timedelta

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme, Reviewer, Skill
from feedback.policy import NOBODY, Forbidden, Grant
from feedback.settings import project_folder
from feedback.store import audit, rounds
from feedback.store.accounts import add_account, disable
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.committee import Seen, Wanted, decide, declare, read_conflicts, read_decisions, read_rules, set_rule
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Decisions, Invitations
from feedback.ui import committee, visitor
from feedback.ui.governing import listed
from tests.people import with_role
from tests.ui.drawing import drawn, forget, html, labels, press

HOSTILE = "<img src=x onerror=alert(1)> [link](javascript:alert(1)) =1+1"
DECLARED = {"independence": "I have no tie.", "independence_on": "2026-01-01"}


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with two credentials, two reviewers and nothing decided."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example.org")
    forget()
    engine = open_database(f"sqlite:///{path}")
    about = {"kind": "badge", "skills": ["queries"], "issuer": "Mill"}
    with transaction(engine) as session:
        save(
            session,
            [
                Programme(slug="data", title="Data"),
                Programme(slug="art", title="Art"),
                Skill(slug="queries", title="Queries"),
                Credential(slug="sql", title="SQL", programme="data", **about),
                Credential(slug="ink", title="Ink", programme="art", **about),
                Reviewer(slug="r1", name="Una", **DECLARED),
                Reviewer(slug="r2", name="Ole", **DECLARED),
                Reviewer(slug="r3", name="Mia", affiliation="The Mill", **DECLARED),
            ],
        )
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def cora(database, comes):
    """A committee member, who comes."""
    with transaction(database) as session:
        made = add_account(session, "Cora", "cora@example.org", [Grant("committee")]).actor
    comes(made)
    return made


@pytest.fixture
def visit(database):
    def go(part: str = "", *, forbidden: bool = False, **query: str) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/committee.py")
        if part:
            app.session_state["committee:part"] = part
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        return app if forbidden else drawn(app)

    return go


def made_by(engine, by, **more) -> str:
    seen = [Seen("worth", "Worth it?", "Yes: 8 of 9.", "Nine asked.", ("Share",), (("88",),))]
    about = {"credential": "sql", "outcome": "change", "words": "Shorten it.", "present": [by.id], "seen": seen}
    with transaction(engine) as session:
        return decide(session, by, Wanted(**about | more)).id


def test_what_is_due_stands_first_and_says_so_in_a_sentence(visit):
    app = visit()
    assert "2 credentials were never reviewed; 1 skill was never validated by enough employers." in html(app)
    assert "SQL**  \nNever yet · Yearly expert review" in labels(app)
    assert len(app.get("download_button")) == 1


def test_the_calendar_is_written_for_who_may_still_take_it_and_recorded(database, cora, monkeypatch):
    found = []
    monkeypatch.setattr(st, "download_button", lambda _label, write, **_: found.append(write))
    committee._file(committee._clocks())
    monkeypatch.setattr(visitor, "find", lambda: NOBODY)
    assert "SQL" in found[0]().decode()
    with transaction(database) as session:
        taken = audit.read_events(session, action=audit.EXPORTED)
        disable(session, cora.id)
    assert [(each.actor, each.about) for each in taken] == [(cora.id, "file:calendar")]
    with pytest.raises(Forbidden):
        found[0]()


def test_who_reads_of_one_programme_sees_nothing_of_another(visit, comes, database, cora):
    other = made_by(database, cora)
    comes(with_role("owner", "programme:art"))
    for part in ("What is due", "Reviews", "Decisions", "Interests", "Rules"):
        shown = visit(part)
        assert "SQL" not in html(shown) + labels(shown)
    assert "Ink" in labels(visit())
    assert "There is no such decision" in html(visit(decision=other))
    assert "There is no such credential" in html(visit(rules="sql"))


@pytest.mark.parametrize(
    ("who", "query"),
    [
        (NOBODY, {}),
        (with_role("reviewer"), {}),
        (with_role("lead"), {"new": "round"}),
        (with_role("lead"), {"new": "decision"}),
        (with_role("auditor"), {"new": "rule"}),
    ],
    ids=["nobody", "reviewer", "lead plans", "lead decides", "auditor rules"],
)
def test_whoever_may_not_finds_nothing(visit, comes, who, query):
    comes(who)
    app = visit(forbidden=True, **query)
    assert app.exception
    assert "page-title" not in html(app)


def test_a_lead_writes_rules_and_neither_plans_nor_decides(visit, comes):
    comes(with_role("lead"))
    assert "+ Plan a review" not in labels(visit("Reviews"))
    assert "+ Write a decision down" not in labels(visit("Decisions"))
    assert "Write a rule" in html(visit(new="rule"))


def test_a_review_is_planned_opened_and_closed_once_both_have_handed_in(visit, database, cora):
    app = visit(new="round", credential="sql")
    app.multiselect(key="round:reviewers").set_value(["r1", "r3"])
    app = press(drawn(app.run()), "round:plan")
    assert "Mia works for Mill" in html(app)
    assert app.multiselect(key="round:reviewers").value == ["r1", "r3"]
    app.multiselect(key="round:reviewers").set_value(["r1", "r2"])
    app = press(drawn(app.run()), "round:plan")
    assert "The review is planned." in html(app)
    app = press(app, "round:open")
    assert "Hand the links out below" in html(app)
    assert all(each.value.startswith("https://feedback.example.org/s/") for each in app.code)
    assert len({each.value for each in app.code}) == 2
    assert app.button(key="round:close").disabled
    app = press(app, "round:put-off")
    assert "The review is due on" in html(app)
    with transaction(database) as session:
        session.connection().execute(update(table_of(Invitations)).values(used_on="2026-03-01"))
    app = drawn(app.run())
    assert "2 of 2 have handed in" in html(app)
    app = press(app, "round:close")
    assert "The review is closed." in html(app)
    with reading(database) as session:
        assert rounds.last_reviews(session) == {"sql": {"yearly": now(session).date()}}


def test_a_decision_is_written_down_with_what_was_shown_and_told_when_it_was_changed(visit, database, cora):
    app = visit(new="decision", credential="sql")
    app = press(app, "decision:record")
    assert "Is empty; say it in words." in html(app)
    assert "Nobody is named" in html(app)
    app.radio(key="decision:outcome").set_value("approve_live")
    app.text_area(key="decision:words").set_value(HOSTILE)
    app.multiselect(key="decision:present:sql").set_value([cora.id])
    app = drawn(app.run())
    assert "No review of that stage is closed yet." in html(app)
    app = press(app, "decision:record")
    assert "Verified: it is as it was made" in html(app)
    assert "<img src=x" not in html(app)
    assert "Cora" in html(app)
    with reading(database) as session:
        [found] = read_decisions(session)
    assert [each.finding for each in found.seen][:2] == ["recognition", "skills"]
    assert all(each.sentence for each in found.seen)
    with transaction(database) as session:
        session.connection().execute(update(table_of(Decisions)).values(words="Keep it."))
    assert "Does not match" in html(visit(decision=found.id))
    assert "does not match its digest" in labels(visit("Decisions"))


def test_a_correction_names_the_decision_it_corrects(visit, database, cora):
    first = made_by(database, cora)
    second = made_by(database, cora, corrects=first)
    assert "Corrected on" in labels(visit(decision=first))
    assert "Corrects the one of" in labels(visit(decision=second))
    assert "corrected since" in labels(visit("Decisions"))
    assert "Yes: 8 of 9." in html(visit(decision=second))


def test_an_interest_is_declared_keeps_apart_and_is_over(visit, database, cora):
    app = visit("Interests")
    app.selectbox(key="interest:0:of").set_value("sql")
    app.text_area(key="interest:0:text").set_value("I teach it.")
    app = press(drawn(app.run()), "interest:0:button")
    assert "Cora: SQL" in html(app)
    assert "Cora has an interest and stands apart." in html(visit(new="decision", credential="sql"))
    app = press(visit("Interests"), "interest:over:sql")
    with reading(database) as session:
        assert read_conflicts(session) == []


def test_what_somebody_said_of_their_interest_is_for_those_who_decide(visit, database, cora, comes):
    with transaction(database) as session:
        declare(session, cora, "sql", "I teach it.")
    assert "I teach it." in html(visit("Interests"))
    comes(with_role("lead"))
    shown = html(visit("Interests"))
    assert "Cora: SQL" in shown
    assert "I teach it." not in shown


def test_rules_say_what_is_missing_and_a_new_version_leaves_the_old_to_be_read(visit, database, cora):
    with transaction(database) as session:
        set_rule(session, cora, "assessment", "Two marks", "By two people.")
    assert "1 of 8 areas" in labels(visit("Rules"))
    app = visit(new="rule", **{"for": ""})
    assert "This will be version 2" in html(app)
    assert app.text_area(key="rule:text::assessment").value == "By two people."
    app.text_area(key="rule:text::assessment").set_value("By three people.")
    app = press(drawn(app.run()), "rule:keep")
    assert "The rule is kept." in html(app)
    assert "By three people." in html(app)
    assert "Missing: identity and integrity" in html(app)
    with reading(database) as session:
        assert [each.text for each in read_rules(session)] == ["By three people.", "By two people."]


def test_what_is_wrong_with_a_rule_is_told_and_nothing_is_lost(visit, database, cora):
    app = visit(new="rule", **{"for": "sql"})
    with reading(database) as session:
        today = now(session).date()
    app.text_input(key="rule:title:sql:assessment").set_value("Marks")
    app.date_input(key="rule:due").set_value(today - timedelta(days=1))
    app = press(drawn(app.run()), "rule:keep")
    assert "Is empty; say it in words." in html(app)
    assert "is not after" in html(app)
    assert app.text_input(key="rule:title:sql:assessment").value == "Marks"


def test_names_in_a_row():
    assert [listed([]), listed(["Ann"]), listed(["Ann", "Bea"])] == ["", "Ann", "Ann and Bea"]

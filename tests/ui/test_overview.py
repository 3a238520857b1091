"""The overview leads from both answers to what stands behind them, to actions, and nowhere its reader may not go."""

import subprocess
import sys
from datetime import date

import pytest
from pandas import DataFrame
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.priorities import say_priorities
from feedback.findings.words import WEIGHTINGS
from feedback.policy import Actor, Grant
from feedback.store.accounts import add_account
from feedback.store.action import Wanted
from feedback.store.actions import add_action
from feedback.store.catalogue import save
from feedback.store.database import transaction
from feedback.ui.overview import headline
from tests.people import ANN, with_role
from tests.ui.drawing import drawn, forget, html


def on_the_way():
    from feedback.ui import ways

    ways.show("comments", "committee")
    ways.on("actions")


@pytest.mark.parametrize(
    ("who", "there"), [(ANN, ["**Comments**", "**Reviews and decisions**"]), (with_role("reviewer"), [])]
)
def test_a_way_leads_on_only_where_its_page_opens_to_the_reader(comes, monkeypatch, who: Actor, there: list[str]):
    comes(who)
    said: list[str] = []
    monkeypatch.setattr("streamlit.page_link", lambda page, label, **_: said.append(label.partition("  \n")[0]))
    drawn(AppTest.from_function(on_the_way, default_timeout=30).run())
    assert said == [*there, "All actions, who sees to them, and what they brought"]


def jumping():
    from feedback.ui import page

    page.jumps({"part-runs": "Run by run", 'x"y': "<b>bold</b>"})
    page.heading("How did it go?", ident="part-runs")


def test_a_long_page_leads_down_to_its_sections_and_their_words_stay_text():
    app = html(drawn(AppTest.from_function(jumping, default_timeout=30).run()))
    assert '<nav class="jumps" aria-label="On this page">' in app
    assert '<a href="#part-runs">Run by run</a>' in app
    assert 'id="part-runs"' in app
    assert "&lt;b&gt;bold" in app
    assert "<b>" not in app


def of_whom():
    import streamlit as st

    from feedback.ui import overview

    st.text("|".join(sorted(each.title for each in overview._readable())))


@pytest.mark.parametrize(
    ("who", "counted"),
    [
        (ANN, "Art|Data|Ink|SQL|Whole"),
        (with_role("lead", "credential:ink"), "Ink"),
        (with_role("lead", "programme:art"), "Art|Ink"),
        (with_role("reviewer"), ""),
    ],
)
def test_only_actions_on_what_the_reader_may_read_of_are_counted(comes, monkeypatch, sqlite_engine, who, counted):
    with transaction(sqlite_engine) as session:
        save(session, [Programme(slug=slug, title=slug) for slug in ("data", "art")])
        save(session, [Credential(slug="sql", title="SQL", programme="data", kind="badge")])
        save(session, [Credential(slug="ink", title="Ink", programme="art", kind="badge")])
        lea = add_account(session, "Lea", "lea@example.org", [Grant("lead")])
        for place, title in (("sql", "SQL"), ("ink", "Ink"), (":data", "Data"), (":art", "Art"), ("", "Whole")):
            slug, _, programme = place.partition(":")
            wanted = Wanted(slug, title, "other", "", lea.id, date(2099, 1, 1), programme=programme)
            add_action(session, lea.actor, wanted)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))
    forget()
    comes(who)
    app = drawn(AppTest.from_function(of_whom, default_timeout=30).run())
    forget()
    assert app.text[0].value == counted


NAMES = ("A", "B. So", "C (early), say learners")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sources", ["learners", "learners, employers, experts"])
def test_of_the_first_change_the_overview_names_it_and_its_gain_and_leaves_the_rest_to_its_page(name, sources):
    first = {"state": "shown", "title": name, "name": name, "label": name, "gain": 0.05, "low": 0.01, "high": 0.12,
             "sources": sources, "p_top": 0.2, "survives": True, "leads": ""}  # fmt: skip
    rows = DataFrame([first, *[first | {"leads": next(iter(WEIGHTINGS))}] * 4])
    whole = say_priorities(rows, Evidence(DataFrame()), Choice())
    brief = headline(whole)
    assert brief.startswith(f"Change this first in {name}: {name}. It would gain 5.0 of 100 points")
    assert brief.endswith(("say learners.", "say learners, employers and experts."))
    assert whole.startswith(f"{brief} Its place is unsure")
    assert "Weighed otherwise" in whole
    assert "Weighed otherwise" not in brief


def test_any_other_sentence_stands_whole_on_the_overview():
    assert headline("Not enough people have answered yet.") == "Not enough people have answered yet."


def test_the_overview_loads_no_tables():
    said = "import sys, feedback.ui.overview; print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout == "False\n"

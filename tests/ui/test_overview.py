"""The overview leads from both answers to what stands behind them, to actions, and nowhere its reader may not go."""

from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from feedback.policy import Actor, Subject
from feedback.store.action import DOING, DONE, DROPPED, PLANNED
from feedback.ui import overview
from feedback.ui.overview import in_a_sentence
from tests.exchange.test_acted import ONE
from tests.people import ANN, with_role
from tests.ui.drawing import drawn, html

TODAY = date(2026, 6, 1)
LATE, LATER = date(2026, 5, 31), date(2026, 6, 1)


def having(state: str, due: date = LATER, verdict: str = ""):
    return replace(ONE, state=state, due=due, effect={"verdict": verdict} if verdict else None)


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ([], "Nothing yet: no change has been made an action."),
        ([having(PLANNED)], "1 action is open."),
        ([having(PLANNED), having(DOING, LATE), having(DROPPED)], "2 actions are open, 1 of them late."),
        (
            [having(DONE, verdict="worked"), having(DONE, verdict="did not"), having(DONE)],
            "0 actions are open. Of 2 whose run is over, 1 did what was expected.",
        ),
    ],
)
def test_it_is_said_how_many_are_open_and_late_and_what_those_brought_whose_run_is_over(every, said):
    assert in_a_sentence(every, TODAY) == said


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

    st.text("|".join(sorted(each.credential for each in overview._readable())))


def test_only_actions_on_what_the_reader_may_read_of_are_counted(comes, monkeypatch, sqlite_engine):
    mine, theirs = replace(ONE, credential="mine"), replace(ONE, id="b" * 32, credential="theirs")
    monkeypatch.setattr(overview.actions, "read_actions", lambda session: [mine, theirs])
    monkeypatch.setattr(overview.shell, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(overview, "_subject", lambda one: Subject(credential=one.credential))
    for who, counted in ((ANN, "mine|theirs"), (with_role("lead", "credential:mine"), "mine")):
        comes(who)
        app = drawn(AppTest.from_function(of_whom, default_timeout=30).run())
        assert app.text[0].value == counted

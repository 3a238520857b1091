"""The page of actions: a form filled in from a line, a board, what is fixed, what moves on; and text stays text."""

import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme, Run
from feedback.findings.evidence import QUOTING, Choice
from feedback.policy import Forbidden, Grant
from feedback.settings import data_folder, project_folder
from feedback.store import audit
from feedback.store.accounts import add_account, disable
from feedback.store.action import DOING, DONE, DROPPED, PLANNED, Measure, Wanted
from feedback.store.actions import (
    CHANGED_SINCE,
    add_action,
    change_due,
    change_owner,
    change_state,
    note_effect,
    read_action,
    read_actions,
    read_steps,
)
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.committee import Seen, decide
from feedback.store.committee import Wanted as Decided
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import Actions
from feedback.survey.instrument import read_instruments
from feedback.ui import acting, actions, following, governing, making, noting, shell
from tests.people import with_role
from tests.ui.drawing import drawn, forget, html, labels, press
from tests.worker.working import answer, set_up, work

HOSTILE = "<img src=x onerror=alert(1)> [link](javascript:alert(1)) =1+1"
FAR = date(2099, 1, 1)
WORKED = {
    "verdict": "worked", "why": "", "effect": 0.6, "low": 0.2, "high": 1.0, "change": 0.5, "drift": -0.1,
    "smallest": 0.4, "untouched": 5, "expected": 0.5, "kind": "question", "audience": "learner", "before": 3.0,
    "after": 3.5, "people": [40, 38], "organisations": None, "run": "autumn", "run_label": "Autumn",
    "baseline_run": "learner", "baseline_label": "Spring", "measured_on": "2026-03-01",
}  # fmt: skip
"""What becomes of an action, as the worker notes it."""


@pytest.fixture(scope="module")
def answered(sqlite_template, tmp_path_factory):
    """A database in which twelve learners of the Data badge have answered, half of them unhappy with the feedback."""
    path = tmp_path_factory.mktemp("actions") / "feedback.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    instruments = dict(read_instruments(data_folder() / "instruments"))
    set_up(engine, instruments)
    with transaction(engine) as session:
        save(session, [Programme(slug="art", title="Art")])
        save(session, [Credential(slug="ink", title="Ink", kind="badge", programme="art")])
        save(session, [Run(slug="autumn", credential="data-badge", label="Autumn", starts=FAR)])
    for number in range(12):
        answer(engine, instruments, worth=4, pace=4, teaching={"clear": 4, "feedback": 1 if number % 2 else 4})
    work(engine, instruments, times=1)
    engine.dispose()
    return path


@pytest.fixture
def database(answered, tmp_path, monkeypatch):
    path = tmp_path / "feedback.db"
    shutil.copy(answered, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def lea(database, comes):
    """A lead, who comes."""
    with transaction(database) as session:
        made = add_account(session, "Lea", "lea@example.org", [Grant("lead")]).actor
    comes(made)
    return made


@pytest.fixture
def visit(database):
    def go(*, forbidden: bool = False, draft: acting.Draft | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/actions.py")
        if draft is not None:
            app.session_state[acting.DRAFT] = vars(draft) | {"choice": vars(draft.choice)}
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        return app if forbidden else drawn(app)

    return go


def made_by(engine, by, **more) -> str:
    seen = [Seen("worth", "Worth it?", "Yes: 8 of 9.", "Nine asked.", ("Share",), (("88",),))]
    about = {"credential": "data-badge", "title": "Tutors look in", "source": "question", "about": "x", "seen": seen}
    with transaction(engine) as session:
        return add_action(session, by, Wanted(**about | {"owner": by.id, "due": FAR} | more)).id


def known(engine):
    with reading(engine) as session:
        return read_actions(session)


LINE = acting.Draft(
    "data-badge", "question", "teaching/feedback", "Tutors look into the forum", "what_to_change",
    Choice(credential="data-badge"), ("question", "learner", "teaching", "feedback"),
)  # fmt: skip


def test_the_form_is_filled_in_from_the_line_and_what_it_expects_is_fixed(visit, database, lea):
    app = visit(draft=LINE, new="action", credential="data-badge")
    assert app.text_input(key="action:title").value == "Tutors look into the forum"
    assert app.selectbox(key="action:measure:data-badge").value == "question/learner/teaching/feedback"
    assert "Now it falls short for 50%" in html(app)
    assert "For how many does it fall short?" in html(app)
    app.number_input(key="action:steps").set_value(0.4)
    app.selectbox(key="action:run:data-badge").select("autumn")
    app = press(app, "action:make")
    [made] = known(database)
    assert (made.title, made.source, made.about) == ("Tutors look into the forum", "question", "teaching/feedback")
    assert (made.owner, made.by, made.state) == (lea.id, lea.id, PLANNED)
    assert (made.measure, made.expected, made.by_run) == (Measure(*LINE.measure), 0.4, "autumn")
    assert {name: made.baseline[name] for name in ("name", "people", "share")} == {
        "name": "Feedback on my work helped me get better", "people": 12, "share": 0.5,
    }  # fmt: skip
    assert [each.finding for each in made.seen] == ["what_to_change"]
    shown = html(app)
    for said in (
        "The action is made.",
        "0.4 steps better (on the scale from 1 to 5), by “Autumn”",
        "Not measured yet",
        "Verified: it is as it was",
    ):
        assert said in shown
    assert not app.number_input
    assert not [box for box in app.selectbox if "measure" in box.key or "run" in box.key]


def test_the_line_itself_is_frozen_where_it_bears_the_name(visit, database, lea):
    name = "Feedback on my work helped me get better"
    app = visit(draft=replace(LINE, title=name), new="action", credential="data-badge")
    assert "The line it comes from" in html(app)
    press(app, "action:make")
    [made] = known(database)
    assert [each.question for each in made.seen] == ["The line it comes from", "For how many does it fall short?"]
    assert f"What: {name}; Credential: Data badge" in made.seen[0].sentence


def test_of_something_new_nothing_is_looked_at_again_and_it_stands_with_its_programme(visit, comes, database, lea):
    what = "Look into a credential on “Ink”"
    draft = acting.Draft(source=acting.NEW, about="white_space:Ink", title=what, finding="white_space")
    app = visit(draft=draft, new="action")
    assert app.selectbox(key="action:of").value == acting.PROGRAMME
    app = app.selectbox(key="action:of").select("programme:art").run()
    assert "Nobody has been asked about it yet" in html(app)
    assert not [box for box in app.selectbox if "measure" in box.key or "run" in box.key]
    app = press(app, "action:make")
    [made] = known(database)
    assert (made.credential, made.programme, made.measure) == ("", "art", None)
    assert (made.source, made.about, [each.finding for each in made.seen]) == (
        "new",
        "white_space:Ink",
        ["white_space"],
    )
    assert "Something new in Art" in html(app)
    assert "There is nothing to look at again yet" in html(app)
    assert "hear of it" not in html(app), "there is no page on which it could be told"
    about = visit(credential="programme:art")
    assert about.selectbox(key="actions:credential").value == "programme:art"
    assert "Something new in Art" in labels(about)
    comes(with_role("owner", "programme:art"))
    assert what in labels(visit())
    comes(with_role("owner", "programme:data"))
    assert what not in labels(visit())
    assert "There is no such action" in html(visit(action=made.id))


def test_of_what_is_wanted_anew_a_credential_there_is_may_be_chosen_and_then_it_is_nothing_new(visit, database, lea):
    what = "Look into a credential on “Ink”"
    draft = acting.Draft(source=acting.NEW, about="white_space:Ink", title=what, finding="white_space")
    app = visit(draft=draft, new="action")
    press(app.selectbox(key="action:of").select("ink").run(), "action:make")
    [made] = known(database)
    assert (made.credential, made.source) == ("ink", "other")


def test_how_much_better_is_asked_in_the_unit_of_the_measure_and_within_its_reach(visit, database, lea):
    app = visit(draft=LINE, new="action", credential="data-badge")
    steps = app.number_input(key="action:steps")
    assert (steps.label, steps.min, steps.max) == ("Better by how many steps of the scale from 1 to 5?", 0.1, 4.0)
    press(app, "action:make")
    [made] = known(database)
    assert {made.baseline[name] for name in ("lowest", "highest", "reach")} == {1, 5, 4.0}


def test_what_nobody_had_begun_says_so_on_the_board_and_when_it_is_looked_at_again(visit, database, lea):
    late = WORKED | {
        "verdict": "not begun",
        "why": "not begun",
        "effect": None,
        "later": 0,
        "release": 1,
        "earlier": [],
        "run": "learner",
    }
    name = made_by(database, lea, measure=Measure("question", "learner", "worth"), expected=0.5)
    with transaction(database) as session:
        note_effect(session, name, late)
    app = visit()
    assert "1 was not begun when the run was over that was to show it." in html(app)
    assert "measured," not in html(app)
    assert "not begun, so not measured" in labels(app)
    shown = html(visit(action=name))
    assert "Not begun, so not measured (it was still planned when the run was over)." in shown
    assert "Once it is begun, it is looked at in the next run that is over (2 runs at most)." in shown
    with transaction(database) as session:
        assert note_effect(session, name, late | {"run": "gone"}, was=late)
    assert "It is not looked at in another run" in html(visit(action=name)), "which comes next is not known"
    with transaction(database) as session:
        assert note_effect(session, name, late, was=late | {"run": "gone"})
    with transaction(database) as session:
        change_state(session, lea, name, DOING)
        note_effect(session, name, WORKED | {"later": 1, "earlier": [late]}, was=late)
    shown = html(visit(action=name))
    assert "in “Autumn”, 1 run later than was said" in shown
    assert "Before that: “Autumn”, looked at on 1 March 2026: not begun, so not measured (it was" in shown


def test_what_is_in_the_way_is_told_and_nothing_typed_is_lost(visit, database, lea):
    app = visit(new="blank", credential="data-badge")
    app = press(app, "action:make")
    shown = html(app)
    assert "Nothing is kept yet, and nothing you wrote is lost." in shown
    assert "Is empty; say it in words." in shown
    assert known(database) == []


def test_what_people_wrote_is_neither_taken_over_nor_frozen(visit, database, lea):
    line = replace(LINE, source="suggestion", title="", finding="comments", measure=None)
    app = visit(draft=line, new="action", credential="data-badge")
    assert "In your own words" in html(app)
    app.text_input(key="action:title").input("More feedback")
    press(app, "action:make")
    [made] = known(database)
    assert made.measure is None
    [told, _] = made.seen
    assert (told.finding, told.sentence, list(told.rows)) == ("comments", acting.NOT_KEPT, [])


def test_of_what_shows_people_s_words_nothing_but_the_question_is_frozen():
    assert {"topics", "experts"} >= acting.COUNTING
    assert QUOTING - acting.COUNTING <= acting.TOLD_IN_WORDS


def test_a_line_is_offered_to_who_may_act_on_it_alone(database, comes, monkeypatch):
    offered = []
    monkeypatch.setattr(st, "button", lambda label, **_: offered.append(label))

    def offer(slug):
        acting.offer(slug, "topic", "pace", "Pace", finding="topics", choice=Choice(credential=slug), key="x")
        return bool(offered and offered.pop())

    assert offer("data-badge")
    assert offer("")
    comes(with_role("owner", "programme:art"))
    assert not offer("data-badge")
    assert offer("ink")
    for role in ("committee", "moderator", "auditor", "reviewer"):
        comes(with_role(role))
        assert not offer("data-badge")


def test_pressing_it_keeps_the_line_and_no_words_go_into_the_address(database, lea, monkeypatch):
    gone, held = [], {}
    monkeypatch.setattr(st, "button", lambda *_, **__: True)
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: gone.append((page, query_params)))
    monkeypatch.setattr(st, "session_state", held)
    about = {"finding": "suggestions", "choice": Choice(credential="ink"), "key": "x"}
    acting.offer("ink", "suggestion", "t1", "They wrote this", **about)
    assert gone == [("pages/actions.py", {"new": "action", "credential": "ink"})]
    assert (acting.draft().title, acting.draft().choice) == ("", Choice(credential="ink"))
    acting.offer("ink", "topic", "t1", "Pace", measure=("topic", "learner", "pace", ""), **about)
    assert (acting.draft().title, acting.draft().measure) == ("Pace", ("topic", "learner", "pace", ""))


def test_the_board_has_a_column_a_state_and_says_what_is_late_and_what_worked(visit, database, lea):
    late, worked, dropped = (made_by(database, lea, title=name) for name in ("Later", "Worked well", "Away"))
    about = {"measure": Measure("question", "learner", "worth"), "expected": 0.5}
    measured = made_by(database, lea, title="Measured", **about)
    with transaction(database) as session:
        yesterday = now(session).date() - timedelta(days=1)
        mine = update(table_of(Actions)).where(table_of(Actions).c.id == late)
        session.connection().execute(mine.values(due=yesterday))
        change_state(session, lea, worked, DOING)
        change_state(session, lea, measured, DONE)
        change_state(session, lea, dropped, DROPPED, "No room.")
        note_effect(session, measured, WORKED)
    app = visit()
    shown, cards = html(app), labels(app)
    assert "2 actions are open, 1 of them late. Of 1 measured, 1 worked." in shown
    for head in ("Planned (1)", "Under way (1)", "Done (1)"):
        assert head in shown
    assert "*1 day late*" in cards
    assert "it worked" in cards
    assert "Dropped (1)" in [fold.label for fold in app.expander]
    app.segmented_control(key="actions:view").set_value("List").run()
    assert "Done · was due on 1 January 2099 · Data badge · Lea · it worked: 0.6 steps better" in labels(app)
    app.selectbox(key="actions:state").select(DROPPED).run()
    assert "Away" in labels(app)
    assert "Measured" not in labels(app)


def test_who_reads_of_one_programme_sees_nothing_of_another(visit, comes, database, lea):
    name = made_by(database, lea)
    made_by(database, lea, credential="ink", title="Inks")
    comes(with_role("owner", "programme:art"))
    shown = visit()
    assert "Tutors" not in html(shown) + labels(shown)
    assert "Inks" in labels(shown)
    assert "There is no such action" in html(visit(action=name))
    assert "There is no such action" in html(visit(action="no-such-action"))
    comes(with_role("reviewer"))
    assert visit(forbidden=True).exception


def test_who_may_only_read_sees_how_it_stands_and_can_change_nothing(visit, comes, database, lea):
    name = made_by(database, lea)
    comes(with_role("committee"))
    app = visit(action=name)
    assert "Planned, due on 1 January 2099. Lea sees to it." in html(app)
    assert not [each for each in app.button if each.key and each.key.startswith("action:")]
    assert "+ Make an action" not in labels(visit())
    shut = visit(forbidden=True, new="action")
    assert shut.exception
    assert "page-title" not in html(shut)


def test_it_is_moved_on_and_says_why_where_somebody_did(visit, database, lea):
    name = made_by(database, lea)
    app = press(visit(action=name), f"action:to:{DOING}")
    assert "The action stands as under way now." in html(app)
    app = press(app, f"action:to:{DONE}")
    assert re.search("Done on [0-9]+ [A-Z][a-z]+ [0-9]+, was due on 1 January 2099[.] Lea saw to it[.]", html(app))
    assert [each.label for each in app.button if each.key.startswith("action:to:")] == ["Take it up again …"]
    with transaction(database) as session:
        change_state(session, lea, name, DROPPED, "No room.")
    assert "No room." in html(visit(action=name))
    with reading(database) as session:
        assert read_action(session, name).state == DROPPED
        assert [each.state for each in read_steps(session, name)] == [PLANNED, DOING, DONE, DROPPED]


def test_another_owner_and_another_day_are_set_and_an_owner_who_left_shows_as_such(visit, database, lea):
    name = made_by(database, lea)
    with transaction(database) as session:
        mia = add_account(session, "Mia", "mia@example.org", [Grant("owner", "credential:data-badge")])
    app = visit(action=name)
    turn = next(box.key for box in app.selectbox if box.key.startswith("action:give:"))
    app.selectbox(key=turn).select(mia.id)
    app = press(app, "action:hands")
    assert "Mia sees to it." in html(app)
    with transaction(database) as session:
        disable(session, mia.id)
        session.connection().execute(
            update(table_of(Actions)).where(table_of(Actions).c.id != name).values(owner="gone")
        )
    assert "Mia (may come in no more) sees to it." in html(visit(action=name))
    with transaction(database) as session:
        session.connection().execute(update(table_of(Actions)).values(owner="gone"))
    assert "Somebody without an account sees to it." in html(visit(action=name))


def test_what_was_changed_past_the_program_is_told(visit, database, lea):
    name = made_by(database, lea)
    with transaction(database) as session:
        session.connection().execute(update(table_of(Actions)).values(title="Something else"))
    shown = html(visit(action=name))
    assert "Does not match" in shown
    assert "Verified" not in shown


def test_whatever_people_write_stays_text(visit, database, lea):
    name = made_by(database, lea, title=HOSTILE)
    with transaction(database) as session:
        change_state(session, lea, name, DROPPED, HOSTILE)
    app = visit(action=name)
    assert "<img" not in html(app)
    assert html(app).count("&lt;img src=x onerror=alert(1)&gt;") >= 2
    [card] = [each for each in labels(visit()).splitlines() if "img" in each]
    assert "](javascript" not in card.replace("\\", "") or "\\[" in card


def test_a_decision_to_change_leads_to_an_action_that_names_it(visit, comes, database, lea):
    with transaction(database) as session:
        cora = add_account(session, "Cora", "cora@example.org", [Grant("committee"), Grant("lead")]).actor
        made = decide(session, cora, Decided("data-badge", "change", "Shorten it.", [cora.id]))
    comes(cora)
    app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
    app.switch_page("pages/committee.py")
    app.query_params["decision"] = made.id
    app = press(drawn(app.run()), f"acting:{made.id}")
    assert app.session_state[acting.DRAFT]["about"] == f"decision:{made.id}"
    name = made_by(database, cora, source="review", about=f"decision:{made.id}")
    assert "The decision it comes from" in labels(visit(action=name))


def test_the_file_is_written_for_who_may_still_take_it_and_recorded(database, lea, monkeypatch):
    name = made_by(database, lea, title="=1+1")
    found = []
    monkeypatch.setattr(st, "download_button", lambda _label, write, **_: found.append(write))
    with reading(database) as session:
        those = [read_action(session, name)]
    actions._file(those, {"data-badge": "Data badge"}, {lea.id: "Lea"}, date(2026, 1, 1))
    written = found[0]().decode()
    assert "Data badge" in written
    assert "\n=1+1" not in written
    with transaction(database) as session:
        taken = audit.read_events(session, action=audit.EXPORTED)
        disable(session, lea.id)
    assert [(each.actor, each.about) for each in taken] == [(lea.id, "file:actions")]
    with pytest.raises(Forbidden):
        found[0]()


def test_who_looks_at_an_action_is_recorded_by_a_name_there_is(database, lea, monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    name = made_by(database, lea)
    new = made_by(database, lea, credential="", programme="art")
    for asked in (name, new, "my dear diary"):
        noting.saw("actions", {"action": asked})
    with reading(database) as session:
        seen = {each.about for each in audit.read_events(session, action=audit.SAW)}
    assert seen == {f"page:actions action:{each}" for each in (name, new, "unknown")}


def test_a_form_that_lay_open_changes_nothing_a_colleague_changed_meanwhile(visit, database, lea):
    name = made_by(database, lea)
    with transaction(database) as session:
        mia, noa = (add_account(session, one, f"{one}@example.org", [Grant("lead")]) for one in ("Mia", "Noa"))
    app = visit(action=name)
    give = next(box for box in app.selectbox if box.key.startswith("action:give:"))
    with transaction(database) as session:
        change_owner(session, lea, name, noa.id)
        change_due(session, lea, name, FAR + timedelta(days=30))
    give.select(mia.id)
    app = press(app, "action:hands")
    assert "Somebody changed it since you looked" in html(app)
    assert "Noa sees to it." in html(app)
    assert next(box for box in app.selectbox if box.key.startswith("action:give:")).value == noa.id
    with reading(database) as session:
        found = read_action(session, name)
    assert (found.owner, found.due) == (noa.id, FAR + timedelta(days=30))
    next(box for box in app.selectbox if box.key.startswith("action:give:")).select(mia.id)
    assert "Mia sees to it." in html(press(app, "action:hands"))


def test_a_dialog_that_lay_open_drops_nothing_that_is_done_by_now(database, lea, monkeypatch):
    name, asked = made_by(database, lea), []
    with transaction(database) as session:
        seen = read_action(session, name)
        change_state(session, lea, name, DONE)
    monkeypatch.setattr(st, "rerun", lambda: asked.append("again"))
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", {})
    following._move(seen, DROPPED, "No room.")
    [problem] = st.session_state[governing.PROBLEMS]
    assert problem.message == CHANGED_SINCE
    assert asked == ["again"]
    with reading(database) as session:
        assert read_action(session, name).state == DONE


def test_who_drops_what_is_public_is_told_that_everybody_sees_it(database, lea, monkeypatch):
    said = []
    monkeypatch.setattr(following.page, "block", lambda _tag, text, *_, **__: said.append(text))
    monkeypatch.setattr(st, "text_area", lambda *_, **__: "")
    monkeypatch.setattr(st, "button", lambda *_, **__: False)
    with reading(database) as session:
        one = read_action(session, made_by(database, lea))
    following._why.__wrapped__(one, DROPPED, "Drop it")
    assert said == []
    following._why.__wrapped__(replace(one, told_on=FAR), DROPPED, "Drop it")
    assert said == [following.PUBLIC]


def test_what_a_page_of_all_showed_is_frozen_for_its_own_credential_alone(visit, database, lea):
    elsewhere = replace(LINE, finding="portfolio", title="Retire it", choice=Choice(), measure=None)
    visible = visit(draft=elsewhere, new="action", credential="data-badge")
    assert "The line it comes from" in html(visible)
    press(visible, "action:make")
    [made] = known(database)
    kept = json.dumps(made.evidence)
    assert "Credential: Data badge" in made.seen[0].sentence
    assert [each.finding for each in made.seen] == ["portfolio", "portfolio", "what_to_change"]
    others = {title for title in shell.everything().titles().values() if title != "Data badge"}
    assert "Ink" in others
    assert not [title for title in others if title in kept]


def test_of_what_is_about_all_credentials_it_is_kept_only_that_it_was_shown(database, lea):
    held = replace(LINE, finding="white_space", title="Look into a credential on Ink", choice=Choice(), measure=None)
    told = making._shown(held, "data-badge")
    assert (told.sentence, list(told.rows)) == (making.OF_ALL, [])
    assert making._line(held, "data-badge") is None


def test_it_is_compared_with_the_last_run_that_asked_what_is_measured(database, lea):
    with transaction(database) as session:
        moment = now(session)
        for days, kind in ((60, "learner"), (30, "six_months"), (20, "dropout")):
            run, began = f"run-of-{kind.replace('_', '-')}", moment - timedelta(days=days)
            save(session, [Run(slug=run, credential="data-badge", label=run.capitalize(), starts=began.date())])
            asked = {"instrument": kind, "version": shell.instruments()[kind].version, "run": run}
            when = {"opens": began, "closes": began + timedelta(days=5), "credentials": ["data-badge"]}
            open_survey(session, Survey(slug=f"s-{kind.replace('_', '-')}", **asked, **when))
    found = making._last_occasion("data-badge", Measure("question", "learner", "worth"))
    assert found == ("run-of-learner", "Run-of-learner")
    assert making._last_occasion("data-badge", Measure("skill", "employer", "sql")) == ("", "")


def test_the_words_of_a_decision_are_frozen_with_the_action_it_led_to(visit, database, comes):
    with transaction(database) as session:
        cora = add_account(session, "Cora", "cora@example.org", [Grant("committee"), Grant("lead")]).actor
        decided = decide(session, cora, Decided("data-badge", "change", "Shorten it by a week.", [cora.id]))
    comes(cora)
    line = replace(LINE, source="review", about=f"decision:{decided.id}", finding="experts", measure=None)
    press(visit(draft=line, new="action", credential="data-badge"), "action:make")
    [made] = known(database)
    assert (made.seen[0].finding, made.seen[0].sentence) == ("decision", "Shorten it by a week.")
    assert making._said(line, "ink") == []

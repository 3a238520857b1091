"""Actions: made with what they rest on, for good; seen through with reasons; measured once; told and taken back."""

import inspect
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from feedback.catalogue.values import Run
from feedback.errors import Refused
from feedback.policy import NOBODY, OPERATOR, WORKER, Forbidden, Grant
from feedback.store import actions, audit, meta, sample
from feedback.store.accounts import add_account, disable
from feedback.store.action import DOING, DONE, DROPPED, PLANNED, Action, Measure, Step, Wanted, made_with, sealed
from feedback.store.actions import (
    add_action,
    change_due,
    change_owner,
    change_state,
    keep_action,
    note_effect,
    note_looked,
    owners_for,
    read_action,
    read_actions,
    read_steps,
    set_words,
    tell,
    untell,
    verify,
)
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.committee import Seen, digest_of
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import Actions, ActionSteps

SEEN = Seen("what_to_change", "What first?", "Pace: 62% <b>fall short</b>.", "Ninety asked.", ("What",), (("=1+1",),))
PACE = Measure("question", "learner", "pace")
WORKED = {"verdict": "worked", "effect": 0.6, "low": 0.2, "high": 1.0, "people": [40, 38]}
TOO_FEW = {"verdict": "no evidence yet", "why": "too few", "effect": None, "later": 0, "release": 7}
FAR = date(2099, 1, 1)


@pytest.fixture
def house(institution):
    """The institution with a run to come; a lead, an owner of one credential and a committee member, by name."""
    people = {"Lea": Grant("lead"), "Oda": Grant("owner", "credential:sql-course"), "Cid": Grant("committee")}
    with transaction(institution) as session:
        save(session, [Run(slug="next", credential="data-badge", label="Autumn", starts=FAR)])
        made = {name: add_account(session, name, f"{name}@example.org", [grant]) for name, grant in people.items()}
    return institution, {name: each.actor for name, each in made.items()}


def wanted(by, /, **more) -> Wanted:
    about = {
        "credential": "data-badge",
        "title": "Two weeks of preparation",
        "source": "question",
        "about": "pace",
        "owner": by.id,
        "due": FAR,
        "measure": PACE,
        "baseline": {"name": "The pace was:", "people": 90, "share": 0.62, "low": 0.53, "high": 0.7, "occasion": "one"},
        "expected": 0.5,
        "by_run": "next",
        "seen": [SEEN],
        "release": 7,
    }
    return Wanted(**about | more)


def made_by(engine, by, **more) -> Action:
    with transaction(engine) as session:
        return add_action(session, by, wanted(by, **more))


def refused(engine, work) -> str:
    with pytest.raises(Refused) as told, transaction(engine) as session:
        work(session)
    return str(told.value)


def test_an_action_is_read_as_it_was_made_with_all_it_rests_on(house):
    engine, people = house
    made = made_by(engine, people["Lea"])
    with reading(engine) as session:
        assert read_actions(session) == [made] == read_actions(session, credential="data-badge", states=[PLANNED])
        assert read_actions(session, credential="sql-course") == read_actions(session, states=[DONE]) == []
        assert verify(session) == []
        [step] = read_steps(session, made.id)
        [event] = audit.read_events(session, action=audit.ACTION_MADE)
        today = now(session).date()
    assert made.is_as_made
    assert (made.state, made.made_on, made.by, made.release) == (PLANNED, today, people["Lea"].id, 7)
    assert made.seen == [Seen(**vars(SEEN) | {"columns": ["What"], "rows": [["=1+1"]]})]
    assert step == Step(made.id, 1, today, people["Lea"].id, "made", PLANNED, "")
    assert event.details["digest"] == made.digest


def test_every_problem_of_an_action_is_told_at_once_and_nothing_is_kept(house):
    engine, people = house
    wrong = {
        "title": " ",
        "source": "mood",
        "about": "a\nb",
        "owner": people["Cid"].id,
        "due": date(2020, 1, 1),
        "measure": Measure("mood", "expert", ""),
        "expected": -1.0,
        "by_run": "never",
    }
    told = refused(engine, lambda session: add_action(session, people["Lea"], wanted(people["Lea"], **wrong)))
    for said in (
        "title: is empty",
        'source: "mood"',
        "about: is no line",
        "owner: is somebody who may not act",
        "2020-01-01 is past",
        'measure: "mood"',
        "nothing that was asked",
        "expected: is -1",
        '"never" is no run',
    ):
        assert said in told
    with reading(engine) as session:
        assert read_actions(session) == []
        assert audit.read_events(session, action=audit.ACTION_MADE) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"expected": None}, "say beforehand how much better"),
        ({"expected": float("nan")}, "by how much it gets better"),
        ({"expected": 0.0}, "by how much it gets better"),
        ({"measure": Measure("topic", "learner", "pace"), "expected": 1.5}, "is 150 points of 100"),
        ({"measure": Measure("topic", "learner", "pace"), "expected": 0.63}, "above 0 to 62."),
        ({"expected": 2.1, "baseline": {"reach": 2.0}}, "is 2.1 steps of the scale; say by how much"),
        ({"measure": None}, "nothing is looked at again"),
        ({"measure": None, "expected": None}, "nothing is looked at again"),
        ({"owner": ""}, "is nobody"),
        ({"credential": "data-bage"}, 'Did you mean "data-badge"'),
    ],
)
def test_what_is_expected_is_written_down_beforehand_and_can_be(house, more, said):
    engine, people = house
    assert said in refused(engine, lambda session: add_action(session, OPERATOR, wanted(people["Lea"], **more)))


@pytest.mark.parametrize(
    ("slug", "starts", "said"),
    [
        ("today", date(2026, 5, 4), '"today" has begun already'),
        ("past", date(2026, 5, 3), '"past" has begun already'),
        ("undated", None, '"undated" has no first day yet'),
        ("one", date(2026, 5, 5), '"one" is the run it is compared with'),
        ("asked", None, '"asked" has begun already'),
        ("opened", date(2026, 5, 5), '"opened" has begun already'),
    ],
)
def test_nothing_is_expected_of_a_run_that_may_be_known_already(house, monkeypatch, slug, starts, said):
    engine, people = house
    monkeypatch.setattr(actions, "now", lambda _session: datetime(2026, 5, 4, 9, tzinfo=UTC))
    with transaction(engine) as session:
        save(session, [Run(slug=slug, credential="data-badge", label=slug, starts=starts)])
        if slug in ("asked", "opened"):
            about = {"instrument": "learner", "version": 1, "credentials": ["data-badge"]}
            opens = datetime(2026, 5, 3, tzinfo=UTC)
            open_survey(session, Survey(slug=f"{slug}-end", opens=opens, run=slug, **about))
    by = f"{slug}-end" if slug == "opened" else slug
    told = refused(engine, lambda session: add_action(session, OPERATOR, wanted(people["Lea"], by_run=by)))
    assert said.replace(f'"{slug}"', f'"{by}"') in told


def test_a_run_that_begins_tomorrow_can_be_expected_to_show_it(house, monkeypatch):
    engine, people = house
    monkeypatch.setattr(actions, "now", lambda _session: datetime(2026, 5, 4, 9, tzinfo=UTC))
    with transaction(engine) as session:
        save(session, [Run(slug="soon", credential="data-badge", label="Soon", starts=date(2026, 5, 5))])
    assert made_by(engine, people["Lea"], by_run="soon").by_run == "soon"


def test_an_action_without_a_measure_expects_nothing_and_is_never_measured(house):
    engine, people = house
    made = made_by(engine, people["Lea"], measure=None, expected=None, by_run="", baseline={})
    with transaction(engine) as session:
        assert note_effect(session, made.id, WORKED) is False
        found = read_action(session, made.id)
    assert found == made
    assert found.measure is None


def test_only_who_may_act_on_a_credential_does_and_what_is_not_theirs_is_not_there(house):
    engine, people = house
    made = made_by(engine, people["Lea"])
    steps = [
        lambda session, by: add_action(session, by, wanted(people["Lea"])),
        lambda session, by: add_action(session, by, wanted(people["Lea"], credential="no-such-thing")),
        lambda session, by: change_state(session, by, made.id, DOING),
        lambda session, by: change_owner(session, by, made.id, people["Lea"].id),
        lambda session, by: change_due(session, by, made.id, FAR),
        lambda session, by: set_words(session, by, made.id, "We did", ""),
        lambda session, by: tell(session, by, made.id),
        lambda session, by: untell(session, by, made.id),
        lambda session, by: change_state(session, by, "no-such-action", DOING),
    ]
    for actor in (people["Oda"], people["Cid"], NOBODY):
        for step in steps:
            with pytest.raises(Forbidden) as told, transaction(engine) as session:
                step(session, actor)
            assert "data-badge" not in str(told.value)
    assert made_by(engine, people["Oda"], credential="sql-course", by_run="").owner == people["Oda"].id
    with reading(engine) as session:
        assert [each.name for each in owners_for(session, "sql-course")] == ["Lea", "Oda"]
        assert read_action(session, made.id) == made


def test_it_goes_on_through_its_states_with_reasons_where_they_are_needed(house):
    engine, people = house
    lea, made = people["Lea"], made_by(engine, people["Lea"])
    assert "say why" in refused(engine, lambda session: change_state(session, lea, made.id, DROPPED, " "))
    assert '"gone" is not known' in refused(engine, lambda session: change_state(session, lea, made.id, "gone", "x"))
    with transaction(engine) as session:
        change_state(session, lea, made.id, DOING)
        change_state(session, lea, made.id, DOING)
        change_state(session, lea, made.id, DROPPED, "No room <b>left</b>.")
    assert "say why" in refused(engine, lambda session: change_state(session, lea, made.id, PLANNED))
    with transaction(engine) as session:
        change_state(session, lea, made.id, PLANNED, "A room was found.")
        change_due(session, lea, made.id, FAR + timedelta(days=1), "It takes longer.")
        steps = read_steps(session, made.id)
        events = audit.read_events(session, action=audit.ACTION_CHANGED)
    assert [(each.number, each.what, each.state, each.words) for each in steps] == [
        (1, "made", PLANNED, ""),
        (2, "state", DOING, ""),
        (3, "state", DROPPED, "No room <b>left</b>."),
        (4, "state", PLANNED, "A room was found."),
        (5, "due", PLANNED, "It takes longer."),
    ]
    assert [each.details.get("state") for each in reversed(events)] == [DOING, DROPPED, PLANNED, None]
    assert not any("room" in str(each.details) for each in events)  # why stands with the action, which can go


def test_another_owner_is_somebody_who_may_act_and_another_day_is_not_past(house):
    engine, people = house
    lea, made = people["Lea"], made_by(engine, people["Lea"])
    for owner in (people["Oda"].id, people["Cid"].id, "nobody", ""):
        assert "owner" in refused(engine, lambda session, to=owner: change_owner(session, lea, made.id, to))
    assert "is past" in refused(engine, lambda session: change_due(session, lea, made.id, date(2020, 1, 1)))
    with transaction(engine) as session:
        mia = add_account(session, "Mia", "mia@example.org", [Grant("owner", "credential:data-badge")])
        assert change_owner(session, lea, made.id, mia.id).owner == mia.id
        disable(session, mia.id)
        assert mia.id not in [each.id for each in owners_for(session, "data-badge")]
        assert read_action(session, made.id).owner == mia.id


def test_what_somebody_changed_since_it_was_seen_is_not_changed_unseen(house):
    engine, people = house
    lea, made = people["Lea"], made_by(engine, people["Lea"])
    later = FAR + timedelta(days=1)
    with transaction(engine) as session:
        mia, noa = (add_account(session, name, f"{name}@example.org", [Grant("lead")]) for name in ("Mia", "Noa"))
        change_state(session, lea, made.id, DONE, was=PLANNED)
        change_owner(session, lea, made.id, mia.id, was=lea.id)
        change_due(session, lea, made.id, later, was=FAR)
        before = read_action(session, made.id), read_steps(session, made.id)
    stale = (
        lambda session: change_state(session, lea, made.id, DROPPED, "No room.", was=PLANNED),
        lambda session: change_owner(session, lea, made.id, noa.id, was=lea.id),
        lambda session: change_due(session, lea, made.id, FAR, was=FAR + timedelta(days=2)),
    )
    for change in stale:
        assert "somebody changed it since you looked" in refused(engine, change)
    with transaction(engine) as session:
        assert (read_action(session, made.id), read_steps(session, made.id)) == before
        assert change_state(session, lea, made.id, DROPPED, "No room.", was=DONE).state == DROPPED


def test_what_is_told_was_written_first_and_is_taken_back_before_it_is_changed(house):
    engine, people = house
    lea, made = people["Lea"], made_by(engine, people["Lea"])
    assert "nothing is written yet" in refused(engine, lambda session: tell(session, lea, made.id))
    with transaction(engine) as session:
        set_words(session, lea, made.id, "You said it went too fast.", " ")
        told = tell(session, lea, made.id)
        assert told.told_on == now(session).date()
        assert tell(session, lea, made.id) == told
    assert "take them back first" in refused(engine, lambda session: set_words(session, lea, made.id, "Else", ""))
    with transaction(engine) as session:
        assert untell(session, lea, made.id).told_on is None
        untell(session, lea, made.id)
        found = set_words(session, lea, made.id, "Else", "For you")
        steps = [each.what for each in read_steps(session, made.id)]
        verbs = [each.details["what"] for each in audit.read_events(session, action=audit.ACTION_TOLD)]
    assert (found.words_learners, found.words_employers) == ("Else", "For you")
    assert steps == ["made", "words", "told", "untold", "words"]
    assert verbs == ["untold", "told"]


def test_the_effect_is_kept_once_and_never_measured_anew(house):
    engine, people = house
    made = made_by(engine, people["Lea"])
    with transaction(engine) as session:
        before = meta.data_version(session)
        assert note_effect(session, made.id, WORKED) is True
        assert meta.data_version(session) > before
        assert note_effect(session, made.id, WORKED | {"verdict": "did not"}) is False
        assert note_effect(session, "no-such-action", WORKED) is False
        found = read_action(session, made.id)
        [event] = audit.read_events(session, action=audit.ACTION_MEASURED)
        assert read_steps(session, made.id)[-1].by == WORKER.id
    assert found.effect == WORKED
    assert found.is_as_made
    assert (event.actor, event.details["verdict"]) == (WORKER.id, "worked")
    for verdict in ("splendid", None):
        assert "is not known" in refused(
            engine, lambda session, one=verdict: note_effect(session, made.id, {"verdict": one})
        )


def test_what_said_nothing_is_followed_by_what_is_found_next_and_the_first_stays_with_it(house):
    engine, people = house
    made = made_by(engine, people["Lea"])
    then = WORKED | {"later": 1, "earlier": [TOO_FEW]}
    with transaction(engine) as session:
        assert note_effect(session, made.id, TOO_FEW) is True
        note_looked(session, made.id, {"verdict": "another"}, 8)
        assert read_action(session, made.id).effect == TOO_FEW
        note_looked(session, made.id, TOO_FEW, 8)
        was = read_action(session, made.id)
        assert was.effect == TOO_FEW | {"release": 8}
        assert was.is_looked_at_again
        assert note_effect(session, made.id, then, was=TOO_FEW) is False, "somebody else was there meanwhile"
        assert note_effect(session, made.id, then, was=was.effect) is True
        found = read_action(session, made.id)
        assert [each.what for each in read_steps(session, made.id)] == ["made", "measured", "measured"]
        assert len(audit.read_events(session, action=audit.ACTION_MEASURED)) == 2
    assert (found.effect, found.earlier) == (then, [TOO_FEW])
    assert found.is_as_made
    assert not found.is_looked_at_again


@pytest.mark.parametrize(
    ("effect", "state", "again"),
    [
        (TOO_FEW, PLANNED, True),
        (TOO_FEW | {"later": 2}, PLANNED, False),
        (TOO_FEW, DROPPED, False),
        (TOO_FEW | {"why": "another version"}, DONE, False),
        (WORKED | {"later": 0}, DONE, False),
        (None, DONE, False),
    ],
)
def test_what_could_be_told_is_never_looked_at_again_and_what_could_not_in_two_runs_at_most(effect, state, again):
    assert replace(planned(), effect=effect, state=state).is_looked_at_again is again


def planned() -> Action:
    return sealed(
        Action(
            "a" * 32, "data-badge", "Say the goals first", "question", "goals", PACE, {}, 0.5, "", {}, "", "", FAR,
            PLANNED, "", "", None, None, "", date(2026, 1, 1),
        )
    )  # fmt: skip


NEW = {"credential": "", "source": "new", "about": "white_space:SQL", "measure": None, "baseline": {}, "expected": None,
       "by_run": ""}  # fmt: skip


def test_an_action_of_something_new_is_of_a_programme_or_of_the_institution(house):
    engine, people = house
    with transaction(engine) as session:
        pia = add_account(session, "Pia", "pia@example.org", [Grant("lead", "programme:data")]).actor
    of_all, of_data = made_by(engine, people["Lea"], **NEW), made_by(engine, pia, **NEW, programme="data")
    with transaction(engine) as session:
        assert read_actions(session) == [of_all, of_data]
        assert (of_all.credential, of_all.programme, of_data.programme) == ("", "", "data")
        assert all(each.is_as_made for each in read_actions(session))
        assert verify(session) == []
        assert [each.about for each in audit.read_events(session, action=audit.ACTION_MADE)] == [
            "programme:data", "institution",
        ]  # fmt: skip
        assert [each.name for each in owners_for(session, "", "data")] == ["Lea", "Pia"]
        assert change_state(session, pia, of_data.id, DOING).state == DOING
        set_words(session, pia, of_data.id, "You asked for it.", "")
    assert "no page on which" in refused(engine, lambda session: tell(session, pia, of_data.id))
    for by, more in ((pia, {}), (people["Oda"], {"programme": "data"}), (pia, {"programme": "else"})):
        with pytest.raises(Forbidden), transaction(engine) as session:
            add_action(session, by, wanted(by, **NEW | more))
    with pytest.raises(Forbidden), transaction(engine) as session:
        change_state(session, pia, of_all.id, DOING)


def test_of_something_new_nothing_is_looked_at_again_and_its_programme_is_one_there_is(house):
    engine, people = house
    asked = NEW | {"measure": PACE, "expected": 0.5}
    told = refused(engine, lambda session: add_action(session, OPERATOR, wanted(people["Lea"], **asked)))
    assert "of no credential yet" in told
    there = NEW | {"credential": "data-badge"}
    told = refused(engine, lambda session: add_action(session, OPERATOR, wanted(people["Lea"], **there)))
    assert "of something there is not yet" in told
    gone = NEW | {"programme": "no-such-thing"}
    assert '"no-such-thing" is not in' in refused(
        engine, lambda session: add_action(session, OPERATOR, wanted(people["Lea"], **gone))
    )


NEVER_CHANGED = ("programme", "credential", "title", "source", "about", "measure", "baseline", "expected", "by_run",
                 "evidence", "digest", "by", "made_on")  # fmt: skip


def test_no_function_changes_what_an_action_was_made_with(house):
    """All there are, in a row; a new one has to be tried here, too."""
    engine, people = house
    lea, made = people["Lea"], made_by(engine, people["Lea"])
    tried = {
        "change_state": lambda session: change_state(session, lea, made.id, DONE),
        "change_owner": lambda session: change_owner(session, lea, made.id, added.id),
        "change_due": lambda session: change_due(session, lea, made.id, FAR + timedelta(days=3)),
        "set_words": lambda session: set_words(session, lea, made.id, "You said", "You asked"),
        "tell": lambda session: tell(session, lea, made.id),
        "untell": lambda session: untell(session, lea, made.id),
        "note_effect": lambda session: note_effect(session, made.id, TOO_FEW),
        "note_looked": lambda session: note_looked(session, made.id, TOO_FEW, 9),
    }
    reading_or_new = {"add_action", "keep_action", "keep_step", "read_action", "read_actions",
                      "read_steps", "verify"}  # fmt: skip
    public = {name for name, one in inspect.getmembers(actions, inspect.isfunction)
              if one.__module__ == actions.__name__ and not name.startswith("_")}  # fmt: skip
    assert public == tried.keys() | reading_or_new
    with transaction(engine) as session:
        added = add_account(session, "Mia", "mia@example.org", [Grant("lead")])
        for name, work in tried.items():
            work(session)
            found = read_action(session, made.id)
            assert found.is_as_made, name
            assert all(getattr(found, each) == getattr(made, each) for each in NEVER_CHANGED), name
        assert verify(session) == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Something else"},
        {"expected": 0.1},
        {"by_run": ""},
        {"measure": {"kind": "question", "audience": "learner", "id": "worth", "item": ""}},
        {"baseline": {"share": 0.9}},
        {"evidence": {"form": 1}},
        {"made_on": date(2020, 1, 1)},
    ],
)
def test_whatever_was_changed_past_all_functions_is_told(house, change):
    engine, people = house
    made = made_by(engine, people["Lea"])
    with transaction(engine) as session:
        session.connection().execute(update(table_of(Actions)).values(**change))
    with reading(engine) as session:
        assert not read_action(session, made.id).is_as_made
        assert any("is not as it was made" in problem for problem in verify(session))


def test_one_changed_together_with_its_digest_or_taken_away_is_told_by_the_audit(house):
    engine, people = house
    made = made_by(engine, people["Lea"])
    evidence = json.loads(json.dumps(made.evidence))
    evidence["action"]["expected"] = 0.1
    forged = {"evidence": evidence, "digest": digest_of(evidence), "expected": 0.1}
    with transaction(engine) as session:
        session.connection().execute(update(table_of(Actions)).values(**forged))
    with reading(engine) as session:
        assert read_action(session, made.id).is_as_made
        assert [problem.split(" is ")[1] for problem in verify(session)] == ["not the one the audit knows of."]
    with transaction(engine) as session:
        session.connection().execute(delete(table_of(Actions)))
        assert read_steps(session, made.id) == []  # they go with it
    with reading(engine) as session:
        assert verify(session) == [f"action {made.id} is missing: the audit knows of it."]


def test_the_sample_s_actions_go_with_it_and_one_s_own_keep_their_credential(house):
    engine, people = house
    own = made_by(engine, people["Lea"])
    with transaction(engine) as session:
        table = table_of(Actions)
        keep_action(session, sealed(replace(own, id="f" * 32, is_sample=True)))
        assert sample.has_sample(session)
        assert verify(session) == []  # the audit knows nothing of the sample's
        gone = sample.remove_sample(session)
        left = session.connection().execute(table.select()).mappings().all()
    assert gone["actions"] == 1
    assert [row["id"] for row in left] == [own.id]


def test_steps_are_only_ever_added(house):
    engine, people = house
    made = made_by(engine, people["Lea"])
    with transaction(engine) as session:
        for state in (DOING, PLANNED, DOING, DONE):
            change_state(session, people["Lea"], made.id, state)
        rows = session.connection().execute(table_of(ActionSteps).select()).all()
    assert sorted(row.number for row in rows) == [1, 2, 3, 4, 5]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(title=TEXTS, about=TEXTS, expected=st.none() | st.floats(0.01, 100), item=TEXTS)
def test_the_digest_covers_all_an_action_was_made_with(title, about, expected, item):
    blank = Action("a", "c", title, "other", about, Measure("topic", "learner", "x", item), {"n": 1}, expected, "",
                   {}, "", "o", FAR, PLANNED, "", "", None, None, "b", FAR)  # fmt: skip
    one = sealed(blank, [SEEN], 3)
    assert one.is_as_made
    assert json.loads(json.dumps(one.evidence)) == one.evidence
    for name, other in made_with(one).items():
        changed = {"measure": None, "baseline": {"n": 2}, "expected": -1.0, "made_on": date(2000, 1, 1)}
        assert not replace(one, **{name: changed.get(name, f"{other}x")}).is_as_made, name

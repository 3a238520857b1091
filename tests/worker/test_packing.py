"""What a committee pack is made of: what passed the gate, without people's own words, and what is due and decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.exchange import acted
from feedback.findings.calendar import Clock
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.frozen import WRITTEN
from feedback.findings.work import work_out
from feedback.store.action import Action, Measure
from feedback.store.committee import Decision, digest_of
from feedback.worker import packing
from tests.findings.evidence_of import employers, evidence
from tests.findings.test_work import full

ONE, MANY = Choice(credential="data-badge"), Choice()


def section_of(answer, most=40, *, with_picture=True):
    return packing._section("x", answer, most, with_picture=with_picture)


def worked(name, held=None):
    return work_out(FINDINGS[name], held if held is not None else full(), MANY, Limits())


def test_every_finding_of_a_pack_is_one_there_is_and_stands_in_it_once():
    for choice in (ONE, MANY):
        names = [name for _, those in packing.contents(choice) for name in those]
        assert len(names) == len(set(names)) > 8
        assert set(names) <= FINDINGS.keys()


def test_a_finding_another_one_holds_is_left_out():
    names = [name for _, those in packing.contents(ONE) for name in those]
    assert ("what_to_change" in names) != ("priorities" in names)


def test_a_withheld_row_is_named_without_a_number():
    held = evidence(employers("a", [4] * 5), employers("b", [1, 1], first=70), a="A badge", b="B badge")
    made = section_of(worked("credential_value", held))
    assert [row[0] for row in made.table.rows] == ["A badge"]
    assert made.table.withheld == ("B badge",)
    assert "B badge" in made.table.below


def test_of_what_nobody_may_be_shown_there_is_no_picture_and_no_table():
    held = evidence(employers("b", [1, 1], first=70), b="B badge")
    made = section_of(worked("credential_value", held))
    assert made.is_empty
    assert made.sentence.startswith("Not enough")


def test_a_picture_stands_with_its_table_and_its_words():
    made = section_of(worked("recognition"))
    assert made.table.rows
    assert made.chart.light != made.chart.dark
    assert made.sentence in made.chart.alt
    assert section_of(worked("recognition"), with_picture=False).chart is None


@pytest.mark.parametrize("name", ["experts", "topics", "comments"])
def test_peoples_own_words_are_in_no_pack(name):
    answer = worked(name)
    made = section_of(answer)
    own = [column for column in answer.table if column in WRITTEN]
    wrote = {str(text) for column in own for text in answer.table[column].dropna() if str(text)}
    assert not wrote or own
    columns = made.table.columns if made.table else ()
    assert not set(columns) & {column for column in own if answer.table[column].astype(str).any()}
    cells = {cell for row in (made.table.rows if made.table else ()) for cell in row}
    assert not wrote & cells


def test_a_long_table_is_taken_whole_where_it_is_wanted_whole():
    long = DataFrame({"Credential": [f"c{at}" for at in range(450)], "n": range(450)})
    _, rows = packing._texts(long)
    assert len(rows) == 450
    assert rows[449] == ["c449", "449"]


def test_a_portfolio_has_at_most_ten_pictures_and_a_credential_all_of_its():
    names = [name for _, those in packing.contents(MANY) for name in those]
    every = dict.fromkeys(
        [*names, *(name for _, those in packing.contents(ONE) for name in those)], worked("recognition")
    )
    drawn = [each.chart is not None for part in packing._parts(every, MANY) for each in part.sections]
    assert drawn == [True] * 10 + [False] * (len(drawn) - 10)
    assert len(drawn) > 10
    assert all(each.chart for part in packing._parts(every, ONE) for each in part.sections)


# What is due, and what was decided


def clock(state, due_on=None):
    facts = dict.fromkeys(Clock.__dataclass_fields__)
    told = {"kind": "credential", "slug": "a", "title": "A", "awaits": "Yearly expert review", "stage": "yearly"}
    return Clock(**{**facts, **told, "state": state, "due_on": due_on})


@pytest.mark.parametrize(
    ("state", "due_on", "words"),
    [
        ("overdue", date(2026, 1, 2), "Overdue, since 2026-01-02"),
        ("due soon", date(2026, 4, 1), "Due soon, on 2026-04-01"),
        ("never", None, "Never yet"),
    ],
)
def test_what_is_due_is_told_with_its_day(state, due_on, words):
    assert packing._due(clock(state, due_on)).facts == words


def decision(**more):
    told: Mapping = {"present": [{"id": "a", "name": "Ann"}], "apart": [], "by": {"id": "a", "name": "Ann"}}
    held = {"form": 1, "decision": told, "release": 3, "findings": []}
    facts = {"id": "1", "credential": "a", "day": date(2026, 2, 1), "outcome": "keep", "words": "It stays.", "by": "a"}
    return Decision(**facts, evidence=held, digest=digest_of(held), present=["a"], apart=[], **more)


def test_a_decision_stands_with_who_was_present_and_its_digest():
    made = packing._decision(decision(), {})
    assert (made.title, made.words) == ("Keep it as it is", "It stays.")
    assert "Present: Ann" in made.facts
    assert "does not match" in made.facts  # what it says is not what it was sealed with
    assert packing._decision(decision(), {"a": "Data badge"}).title == "Data badge: Keep it as it is"


def test_an_action_stands_with_what_is_expected_and_what_it_brought_as_its_page_says_it():
    measure, stood = Measure("topic", "learner", "pace"), {"name": "Pace", "by_label": "Autumn"}
    effect = {"verdict": "worked", "effect": 0.08, "low": 0.02, "high": 0.14}
    one = Action("a", "data-badge", "Slow down", "topic", "pace", measure, stood, 0.1, "autumn", {}, "", "o",
                 date(2026, 3, 1), "done", "", "", None, effect, "b", date(2026, 1, 1))  # fmt: skip
    made = packing._action(one, "", {"o": "Lea (lead)"}, date(2026, 2, 1))
    assert "Looked at: the share of learners who write critically about “Pace”" in made.facts
    assert "Expected: 10 points of 100 better, by “Autumn”" in made.facts
    assert made.words == f"It worked{acted.effect_in_words(one).removeprefix('it worked')}."
    assert "8 points of 100 better (likely between 2 and 14)" in made.words
    bare = packing._action(replace(one, measure=None, expected=None, effect=None), "", {}, date(2026, 2, 1))
    assert bare.words == ""
    assert "Expected" not in bare.facts + bare.words
    assert "Looked at" not in bare.facts
    few = {"verdict": "no evidence yet", "why": "too few", "run_label": "Spring", "measured_on": "2026-02-01"}
    later = packing._action(replace(one, effect=effect | {"earlier": [few]}), "", {}, date(2026, 2, 1))
    assert later.words.endswith("“Spring”, looked at on 1 February 2026: no evidence yet (too few have answered).")


def test_something_new_stands_in_the_pack_of_its_programme_and_of_the_portfolio_alone():
    new = Action("a", "", "Look into SQL", "new", "white_space:SQL", None, {}, None, "", {}, "", "o",
                 date(2026, 3, 1), "planned", "", "", None, None, "b", date(2026, 1, 1), programme="data")  # fmt: skip
    known = ({"data-badge": "Data badge"}, {"data": "Data skills"})
    assert packing._place(new, *known) == "Something new in Data skills"
    assert packing._place(replace(new, programme=""), *known) == "Something new for the whole institution"
    assert packing._place(replace(new, credential="data-badge"), *known) == "Data badge"
    note = packing._action(new, packing._place(new, *known), {}, date(2026, 2, 1))
    assert note.facts.startswith("Something new in Data skills · ")
    choices = (Choice(), Choice(programme="data"), Choice(programme="art"), Choice(credential="data-badge"))
    assert [packing._is_new_in(new, each) for each in choices] == [True, True, False, False]
    assert not packing._is_new_in(replace(new, credential="data-badge"), Choice())


def test_a_long_list_says_how_many_more_there_are():
    made = packing._listed("Due", "Nothing.", [packing.Note(f"n{at}") for at in range(packing.MOST_DUE + 3)])
    assert len(made.notes) == packing.MOST_DUE + 1
    assert made.notes[-1].title == "3 more"

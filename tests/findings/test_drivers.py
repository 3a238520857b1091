"""What goes with the overall answer: drawn together over credentials, and of nobody who is too few."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis.drivers import sums_of
from feedback.disclosure import Limits
from feedback.findings.attacking import NOT_READ
from feedback.findings.contents import FINDINGS
from feedback.findings.drivers import FAINT, WHATS, WHOLE, _sums, importance_of, say_drivers, strengths
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.store import products
from feedback.survey import levels
from tests.analysis.answers_table import answers_about, together
from tests.findings.evidence_of import evidence

FINDING, LIMITS = FINDINGS["drivers"], Limits()


def course(slug, number, *, first, loud="goals", seed=0):
    """Learners whose overall answer follows one question, and another not at all."""
    chance = np.random.default_rng(seed)
    told, quiet = chance.integers(1, 6, number), chance.integers(1, 6, number)
    worth = np.clip(told + chance.integers(-1, 2, number), 1, 5)
    other = "assessment" if loud == "goals" else "goals"
    return together(
        answers_about(slug, ratings=worth.tolist(), question="worth", construct="overall", first=first),
        answers_about(slug, ratings=told.tolist(), question=loud, first=first),
        answers_about(slug, ratings=quiet.tolist(), question=other, first=first),
    )


def of(held, choice=Choice()):
    return work_out(FINDING, held, choice, LIMITS)


def test_the_question_people_s_verdict_follows_comes_first():
    said = of(evidence(course("a", 60, first=100), course("b", 60, first=300, seed=1), a="A", b="B"))
    assert list(said.rows["question"]) == ["goals", "assessment"]
    assert said.rows["importance"].iloc[0] > 0.5 > said.rows["importance"].iloc[1]
    assert said.sentence.startswith("“I knew what I would be able to do” goes most with the overall answer")
    assert "cause" not in said.sentence
    assert said.rows["importance"].sum() == pytest.approx(said.rows["explained"].iloc[0])


def test_the_numbers_are_those_of_the_question_that_is_named_first():
    """One that stands first may be less sure than the next."""
    row = {"state": "shown", "explained": 0.6, "own": 1.0}
    unsure = row | {"name": "Pace", "importance": 0.3, "low": FAINT / 2, "high": 0.6}
    sure = row | {"name": "Goals", "importance": 0.25, "low": 0.2, "high": 0.31}
    said = say_drivers(pd.DataFrame([unsure, sure]), evidence(), Choice())
    assert said.startswith("“Goals” goes most with the overall answer: of the differences between people 25% go with")
    assert "likely between 20 and 31%" in said
    alone = say_drivers(pd.DataFrame([unsure]), evidence(), Choice())
    assert alone.startswith("“Pace” goes most with the overall answer, as far as can be told: of the differences")
    assert "people 30% go with the first" in alone


def test_of_one_credential_it_says_how_much_is_its_own():
    held = evidence(course("a", 30, first=100), *[course(slug, 80, first=1000 * at, seed=at) for at, slug in
                    enumerate("bcd", start=1)], a="A", b="B", c="C", d="D")  # fmt: skip
    said = of(held, Choice(credential="a"))
    assert set(said.rows["credential"]) == {"a"}
    own = said.rows["own"].iloc[0]
    assert 0 < own < 0.5
    assert f"{100 * own:.0f}% is what its own learners answered" in said.sentence


def test_a_programme_s_drivers_are_of_its_credentials_alone():
    held = evidence(course("a", 60, first=100), course("b", 60, first=300, loud="assessment"), a="A", b="B")
    held = replace(held, programmes={"a": "one", "b": "two"})
    assert of(held, Choice(programme="one")).rows["question"].iloc[0] == "goals"
    assert of(held, Choice(programme="two")).rows["question"].iloc[0] == "assessment"


def test_what_four_answered_enters_nothing_and_what_five_did_does():
    rest = course("a", 40, first=100)
    few, enough = (course("b", number, first=300, loud="assessment") for number in (4, 5))
    alone = evidence(rest, a="A", b="B")
    assert of(evidence(rest, few, a="A", b="B")).table.equals(of(alone).table)
    assert not of(evidence(rest, enough, a="A", b="B")).table.equals(of(alone).table)


def test_a_question_few_of_a_credential_answered_beside_the_verdict_moves_nothing():
    rest, few = course("a", 40, first=100), answers_about("a", ratings=[1, 5, 1, 5], question="proof", first=100)
    assert of(evidence(rest, few, a="A")).table.equals(of(evidence(rest, a="A")).table)


def test_people_are_told_in_steps_of_five():
    assert set(of(evidence(course("a", 43, first=100), a="A")).rows["people"]) == {40}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=5, max_size=12))
def test_products_say_what_the_answers_they_are_of_say(rows):
    """The way from rows of products to `drivers.Sums` loses nothing."""
    names = ["worth", "goals", "assessment"]
    told = [
        answers_about("a", ratings=[row[at] for row in rows], question=name, construct=("overall" if not at else name))
        for at, name in enumerate(names)
    ]
    held = evidence(*told, a="A")
    found = _sums(held.products, held, "learner", LIMITS)["a"]
    table = np.array(rows, dtype=float) - 1
    right = sums_of(pd.DataFrame(table[:, [1, 2, 0]], columns=["goals", "assessment", WHOLE]))
    assert found.names == right.names
    assert found.amounts.tolist() == right.amounts.tolist()


def test_importance_is_that_of_all_where_a_credential_has_none():
    held = evidence(course("a", 60, first=100), a="A", b="B")
    pooled = strengths(held, LIMITS)
    assert importance_of(pooled, "b") == importance_of(pooled, "")
    assert sum(share for share, _ in importance_of(pooled, "a").values()) == pytest.approx(1)


def test_names_that_two_rooms_share_are_the_same():
    assert WHOLE == levels.WHOLE
    assert WHATS == products.WHATS


def test_its_mark_changes_with_what_any_credential_s_learners_answered():
    one = evidence(course("a", 20, first=100), course("b", 20, first=300), a="A", b="B")
    other = evidence(course("a", 20, first=100), course("b", 20, first=300, seed=5), a="A", b="B")
    choice = Choice(credential="a")
    assert FINDING.mark(one, choice) != FINDING.mark(other, choice)
    assert FINDINGS["worth"].mark(one, choice) == FINDINGS["worth"].mark(other, choice)


def test_the_doctor_says_why_it_does_not_read_it():
    assert "model" in NOT_READ["drivers"]

"""What two answers of one person say together, before people are counted."""

import pytest

from feedback.settings import data_folder
from feedback.survey.derived import DERIVED, derived_of
from feedback.survey.instrument import read_instruments
from feedback.survey.kinds import Part


@pytest.fixture(scope="module")
def instruments():
    return read_instruments(data_folder() / "instruments")


def parts(instrument, construct, answers, about=()):
    """What is derived from answers, of a sitting about these: {(credential, item): part}."""
    (derived,) = [each for each in derived_of(instrument) if each.construct == construct]
    found = {}
    for credential, item, first, second in derived.cases(answers, about):
        part = derived.part(item, first, second)
        if part is not None:
            assert derived.means(part.number) == (part.score, part.positive)
            found[credential, part.item] = part
    return found


def test_only_the_employers_questionnaire_has_joint_answers_on_value_and_skills(instruments):
    constructs = {name: {each.construct for each in derived_of(each)} for name, each in instruments.items()}
    assert {"recognition_among_aware", "skill_shortfall"} <= constructs["employer"]
    assert constructs["learner"] == {"straight_lined"}
    assert not constructs["imported_ratings"]
    named = {each.question for each in derived_of(instruments["employer"])}
    assert {"ladder:aware", "skill_shortfall"} <= named
    assert DERIVED == "derived"


def test_a_step_counts_among_the_aware_only_where_awareness_is_positive(instruments):
    answers = {
        "awareness": {"a": "certifies", "b": "never", "c": "name", "foil:x": "name"},
        "ladder": {"a": 3, "b": 4, "d": 1},
    }
    found = parts(instruments["employer"], "recognition_among_aware", answers)
    assert found == {("a", ""): Part("", "answered", 3.0, None, 0.75, True)}
    assert parts(instruments["employer"], "recognition_among_aware", {"ladder": {"a": 3}}) == {}
    assert parts(instruments["employer"], "recognition_among_aware", {}) == {}


def test_a_skill_falls_short_where_it_is_needed_and_done_poorly_and_both_were_rated(instruments):
    need = {"sql": 4, "law": 4, "art": 0, "rest": "not_required", "only": 4}
    seen = {"sql": 1, "law": 2, "art": 0, "rest": 1, "seen": 4}
    answers = {"skill_need": {"a": need}, "skill_performance": {"a": seen, "b": seen}}
    found = parts(instruments["employer"], "skill_shortfall", answers)
    assert {item: (part.number, part.positive) for (_, item), part in found.items()} == {
        "sql": (1.0, True),
        "law": (0.0, False),
        "art": (0.0, False),
    }
    aside = {"skill_need": {"a": {"sql": 4}}, "skill_performance": {"a": {"sql": "not_seen"}}}
    assert parts(instruments["employer"], "skill_shortfall", aside) == {}


def test_what_was_chosen_of_a_pair_becomes_a_number(instruments):
    answers = {"pairs": {"a|b": "a", "b|c": "c", "a|c": "same", "x|y": "gone"}}
    found = parts(instruments["employer"], "preference_chosen", answers)
    assert {item: part.number for (_, item), part in found.items()} == {"a|b": 1.0, "b|c": 0.0, "a|c": 0.5}


def test_the_best_and_the_worst_become_numbers(instruments):
    found = parts(instruments["employer"], "bundle_chosen", {"bundle": {"best": "a+b", "worst": "c"}})
    assert {item: part.number for (_, item), part in found.items()} == {"a+b": 1.0, "c": -1.0}


def test_of_best_and_worst_the_whole_set_is_known_by_the_credentials_of_the_sitting(instruments):
    def task(about, best, worst):
        found = parts(instruments["employer"], "bundle_task", {"bundle": {"best": best, "worst": worst}}, about)
        return [(credential, item, part.number, part.status) for (credential, item), part in found.items()]

    of_three = "b+c|a+b|a+b+c|a+c"
    assert task(("c", "a", "b"), "c+b", "c+a") == [("", of_three, None, "answered")]
    assert task(("b", "a"), "a", "b+a") == [("", "a|b|a+b", None, "answered")]
    assert task(("a", "b", "c"), "a+b", "a+b") == []
    assert task(("a", "b", "c"), "a+b", "a+x") == []
    assert task(("a", "b", "c"), "a+b", None) == []
    assert task((), "a+b", "a+c") == []


def test_three_rows_with_the_same_answer_are_a_straight_line_and_two_are_not(instruments):
    employer = instruments["employer"]
    grid = next(question for question in employer.questions if question.kind == "grid" and len(question.items) >= 3)
    names = [item.id for item in grid.items][:3]
    answers = {
        grid.id: {
            "a": dict.fromkeys(names, 4),
            "b": dict(zip(names, (4, 4, 2), strict=True)),
            "c": dict.fromkeys(names[:2], 4),
        }
    }
    found = {
        credential: derived.part(item, first, second)
        for derived in derived_of(employer)
        if derived.question == f"{grid.id}:straight"
        for credential, item, first, second in derived.cases(answers)
    }
    assert {credential: part and part.positive for credential, part in found.items()} == {
        "a": True,
        "b": False,
        "c": None,
    }

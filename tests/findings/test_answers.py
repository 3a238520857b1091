"""What was answered, question by question: no small number is told, and none follows from those that are."""

from collections import defaultdict
from itertools import product

import pytest
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.answers import (
    MEASURES,
    display_answers,
    safe_to_tell,
    say_answers,
    work_answers,
)
from feedback.findings.evidence import ANSWERS, Choice, Evidence, Step
from feedback.findings.work import Finding, work_out

STEPS = tuple(Step(value, label, 0) for value, label in enumerate(["no", "rather no", "partly", "rather", "yes"], 1))
FINDING = Finding(
    id="answers", question="What was answered?", caution="", work=work_answers, measures=MEASURES, say=say_answers,
    display=display_answers, keys=("order", "place"),
)  # fmt: skip
BLANK = {
    "audience": "learner", "instrument": "learner", "version": 1, "survey": "s", "month": "2026-03",
    "organisation": None, "role": None, "credential": "data-badge", "question": "worth", "construct": "overall",
    "kind": "scale", "scale": "agree5", "item": "", "status": "answered", "number": None, "score": None,
    "positive": None, "sector": None, "size_band": None, "people": 1,
}  # fmt: skip


def rated(*counts: int, **more) -> list[dict]:
    """How many gave step 1, 2, ...; none of a step has no row."""
    return [BLANK | {"number": float(step), "people": people} | more for step, people in enumerate(counts, 1) if people]


def chosen(kind: str, **people: int) -> list[dict]:
    more = {"question": "motive", "kind": kind, "scale": ""}
    return [BLANK | more | {"item": option, "people": number} for option, number in people.items()]


def evidence(*rows: dict) -> Evidence:
    return Evidence(
        answers=DataFrame(list(rows), columns=list(ANSWERS)),
        titles={"data-badge": "Data Badge", "agile": "Agile"},
        questions={
            "worth": "Was it worth it?",
            "motive": "Why?",
            "motive/job": "For a job",
            "motive/fun": "For fun",
            "weeks": "How many weeks?",
            "note": "Anything else?",
        },
        scales={"agree5": STEPS},
    )


def told(*rows: dict, choice: Choice = Choice(), limits: Limits = Limits()) -> dict[tuple[str, str], int | None]:
    """What the finding shows: (credential, answer) -> people, None where it is withheld."""
    table = work_out(FINDING, evidence(*rows), choice, limits).table
    return {
        (title, answer): None if state.startswith("too few") else int(people)
        for title, answer, people, state in zip(
            table["Credential"], table["Answer"], table["People"], table["Shown"], strict=True
        )
    }


def test_each_answer_has_the_number_of_people_who_gave_it():
    assert told(*rated(0, 0, 0, 12, 30)) == {
        ("Data Badge", "1 no"): None,
        ("Data Badge", "2 rather no"): None,
        ("Data Badge", "3 partly"): None,
        ("Data Badge", "4 rather"): 12,
        ("Data Badge", "5 yes"): 30,
    }


def test_nobody_and_too_few_look_the_same():
    none, few = told(*rated(0, 0, 0, 12, 30)), told(*rated(2, 2, 3, 12, 30))
    assert none == few


def test_an_option_nobody_chose_and_one_too_few_chose_look_the_same():
    base = BLANK | {"question": "motive", "kind": "several", "scale": "", "people": 30}
    none, few = told(base, *chosen("several", fun=30)), told(base, *chosen("several", fun=30, job=2))
    assert none == few == {("Data Badge", "For a job"): None, ("Data Badge", "For fun"): 30}


def test_a_single_small_number_takes_the_next_smallest_with_it():
    shown = told(*rated(3, 20, 8, 0, 30))
    assert shown["Data Badge", "1 no"] is None
    assert shown["Data Badge", "3 partly"] is None
    assert shown["Data Badge", "2 rather no"] == 20


def test_a_question_of_which_no_answer_may_be_told_is_not_there():
    assert told(*rated(4, 4, 4, 4, 4)) == {}
    assert told() == {}


def test_a_group_of_five_shows_and_of_four_does_not():
    assert told(*rated(0, 0, 0, 0, 5))["Data Badge", "5 yes"] == 5
    assert told(*rated(0, 0, 0, 0, 4)) == {}


def test_options_are_named_in_the_order_of_asking_and_what_is_set_aside_comes_last():
    aside = BLANK | {"question": "motive", "kind": "one", "status": "dont_know", "people": 7}
    shown = told(*chosen("one", fun=9, job=8), aside)
    assert list(shown.items()) == [
        (("Data Badge", "For a job"), 8),
        (("Data Badge", "For fun"), 9),
        (("Data Badge", "dont know"), 7),
    ]


def test_of_several_choices_nothing_adds_up_so_nothing_else_is_hidden():
    base = BLANK | {"question": "motive", "kind": "several", "item": "", "people": 20}
    shown = told(*chosen("several", job=3, fun=19), base)
    assert shown == {("Data Badge", "For a job"): None, ("Data Badge", "For fun"): 19}


def test_numbers_are_told_in_ranges():
    weeks = [
        BLANK | {"question": "weeks", "kind": "number", "scale": "", "number": float(number), "people": 6}
        for number in (4, 8, 11, 12, 60)
    ]
    shown = told(*weeks)
    assert shown["Data Badge", "10 to 19"] == 12
    assert shown["Data Badge", "60 to 69"] == 6


def test_what_people_wrote_and_what_is_derived_is_not_counted_here():
    note = BLANK | {"question": "note", "kind": "long_text", "people": 30}
    derived = BLANK | {"question": "worth:aware", "number": 4.0, "people": 30}
    assert told(note, derived) == {}


def test_an_option_somebody_chose_elsewhere_stands_there_without_a_number():
    shown = told(*chosen("one", job=20), *[row | {"credential": "agile"} for row in chosen("one", job=20, fun=1)])
    assert shown["Data Badge", "For fun"] is None
    assert ("Agile", "For fun") not in shown, "beside one other answer it would be worked out"


def employers(step: float, people: int, houses: int) -> list[dict]:
    return [
        BLANK | {"audience": "employer", "number": step, "people": people // houses, "organisation": f"house-{place}"}
        for place in range(houses)
    ]


def test_employers_of_too_few_organisations_are_not_told():
    assert told(*employers(5.0, 30, 5), *employers(4.0, 20, 2)) == {}, "the other would give it away"
    shown = told(*employers(5.0, 30, 5), *employers(4.0, 20, 2), *employers(3.0, 40, 4))
    assert shown["Data Badge", "4 rather"] is None
    assert shown["Data Badge", "5 yes"] is None
    assert shown["Data Badge", "3 partly"] == 40


def test_a_choice_of_credential_and_audience_narrows_it():
    rows = [*rated(0, 0, 0, 9, 30), *[row | {"credential": "agile"} for row in rated(0, 0, 0, 9, 30)]]
    assert {title for title, _ in told(*rows, choice=Choice(credential="agile"))} == {"Agile"}
    assert told(*rows, choice=Choice(audience="employer")) == {}


def test_the_sentence_counts_questions_and_says_what_a_blank_means():
    answer = work_out(FINDING, evidence(*rated(0, 0, 0, 12, 30)), Choice(), Limits())
    assert answer.sentence.startswith("1 question about 1 credential. 3 answers stand without a number")
    assert "Not enough answers yet" in work_out(FINDING, evidence(), Choice(), Limits()).sentence


@pytest.mark.parametrize(("cells", "top", "minimum"), [(2, 14, 3), (3, 10, 3), (3, 14, 5), (4, 8, 3)])
def test_nobody_who_knows_the_total_and_the_rule_can_work_a_small_number_out(cells, top, minimum):
    """Every distribution there is, by what is seen of it: those that look alike differ in every hidden number."""
    alike = defaultdict(list)
    for counts in product(range(top + 1), repeat=cells):
        tell = safe_to_tell(counts, [number >= minimum for number in counts], minimum)
        seen = tuple(number if shown else None for number, shown in zip(counts, tell, strict=True))
        assert all(number is None or number >= minimum for number in seen)
        if any(tell):
            alike[sum(counts), seen].append(counts)
    for (_, seen), possible in alike.items():
        for place in range(cells):
            values = {counts[place] for counts in possible}
            assert seen[place] is not None or len(values) > 1 or not 0 < values.pop() < minimum

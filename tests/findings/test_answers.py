"""What was answered, question by question: no small number is told, and none follows from those that are."""

from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.answers import (
    MEASURES,
    display_answers,
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
            "pairs": "Whom first?",
            "bundle": "Which together?",
            "motive/job": "For a job",
            "motive/fun": "For fun",
            "weeks": "How many weeks?",
            "note": "Anything else?",
        },
        scales={"agree5": STEPS},
        asides={"learner:worth": ("does_not_apply",)},
        numbers={"learner:weeks": (1, 104)},
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
        ("Data Badge", "does not apply"): None,
    }


def test_what_may_be_said_instead_stands_there_whether_or_not_anybody_said_it():
    aside = BLANK | {"status": "does_not_apply", "people": 2}
    none, few = told(*rated(0, 0, 0, 12, 30)), told(*rated(0, 0, 0, 12, 30), aside)
    assert list(none) == list(few)
    assert none["Data Badge", "does not apply"] is few["Data Badge", "does not apply"] is None


def test_steps_too_few_gave_are_joined_with_their_neighbours():
    assert told(*rated(2, 2, 3, 12, 30)) == {
        ("Data Badge", "1 no, 2 rather no or 3 partly"): 7,
        ("Data Badge", "4 rather"): 12,
        ("Data Badge", "5 yes"): 30,
        ("Data Badge", "does not apply"): None,
    }


def test_an_option_nobody_chose_and_one_too_few_chose_look_the_same():
    base = BLANK | {"question": "motive", "kind": "several", "scale": "", "people": 30}
    none, few = told(base, *chosen("several", fun=30)), told(base, *chosen("several", fun=30, job=2))
    assert none == few == {("Data Badge", "For a job"): None, ("Data Badge", "For fun"): 30}


def test_a_single_small_number_takes_the_next_smallest_with_it():
    base = ("job", "fun", "other")
    shown = told(*chosen("one", **dict(zip(base, (3, 20, 8), strict=True))))
    assert shown["Data Badge", "For a job"] is None
    assert shown["Data Badge", "other"] is None
    assert shown["Data Badge", "For fun"] == 20


def test_a_question_of_which_no_answer_may_be_told_is_not_there():
    assert told(*rated(0, 0, 0, 2, 30)) == {}
    assert told(*chosen("one", job=4, fun=4)) == {}
    assert told() == {}


def test_a_part_of_five_shows_and_of_four_does_not():
    assert told(*rated(0, 0, 0, 5, 5))["Data Badge", "5 yes"] == 5
    assert told(*rated(0, 0, 0, 4, 4)) == {}


def test_what_all_of_a_small_group_said_is_not_told_and_of_a_group_twice_the_minimum_is():
    assert told(*rated(0, 0, 0, 0, 9)) == {}
    assert told(*rated(0, 0, 0, 0, 10))["Data Badge", "5 yes"] == 10


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
    assert shown["Data Badge", "10 to 14"] == 12
    assert shown["Data Badge", "60 to 64"] == 6
    assert shown["Data Badge", "100 to 104"] is None
    assert [answer for _, answer in shown][:2] == ["0 to 4", "5 to 9"]


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
    assert shown["Data Badge", "3 partly or 4 rather"] == 60
    assert shown["Data Badge", "5 yes"] == 30


def test_a_choice_of_credential_and_audience_narrows_it():
    rows = [*rated(0, 0, 0, 9, 30), *[row | {"credential": "agile"} for row in rated(0, 0, 0, 9, 30)]]
    assert {title for title, _ in told(*rows, choice=Choice(credential="agile"))} == {"Agile"}
    assert told(*rows, choice=Choice(audience="employer")) == {}


def test_the_sentence_counts_questions_and_says_what_a_blank_means():
    answer = work_out(FINDING, evidence(*rated(0, 0, 0, 12, 30)), Choice(), Limits())
    assert answer.sentence.startswith("1 question about 1 credential. 4 answers stand without a number")
    assert "Not enough answers yet" in work_out(FINDING, evidence(), Choice(), Limits()).sentence


def compared(question: str, construct: str, item: str, number: float, people: int = 10) -> list[dict]:
    """Employers of five organisations, so many of each."""
    made = {"question": f"{question}:chosen", "construct": f"{construct}_chosen", "kind": "derived", "scale": ""}
    return [
        BLANK | made | {"audience": "employer", "instrument": "employer", "credential": "", "item": item}
        | {"number": number, "people": people // 5, "organisation": f"house-{place}"}
        for place in range(5)
    ]  # fmt: skip


def test_of_pairs_it_is_told_how_often_each_credential_was_chosen_of_how_often_it_was_offered():
    rows = [
        *compared("pairs", "preference", "agile|data-badge", 1.0, 20),
        *compared("pairs", "preference", "agile|data-badge", 0.0, 10),
        *compared("pairs", "preference", "agile|data-badge", 0.5, 5),
    ]
    table = work_out(FINDING, evidence(*rows), Choice(), Limits()).table
    found = {
        (question.rpartition(" ")[2], answer): int(people)
        for question, answer, people in zip(table["Question"], table["Answer"], table["People"], strict=True)
    }
    assert set(table["Credential"]) == {"No single credential"}
    assert found["Agile", "chosen"] == found["Badge", "the other chosen"] == 20
    assert found["Agile", "the other chosen"] == found["Badge", "chosen"] == 10
    assert found["Agile", "neither chosen"] == 5
    assert found["Agile", "offered"] == 35


def test_what_few_chose_of_a_pair_or_together_is_not_there_at_all():
    pairs = [*compared("pairs", "preference", "agile|data-badge", 1.0, 20)]
    one = compared("pairs", "preference", "agile|data-badge", 0.0, 5)[:1]
    best = [*compared("bundle", "bundle", "agile+data-badge", 1.0, 25), *compared("bundle", "bundle", "agile", 1.0, 20)]
    few = compared("bundle", "bundle", "data-badge", 1.0, 5)[:2]
    shown = told(*pairs, *one, *best, *few)
    assert shown == {
        ("No single credential", "offered"): 21,
        ("No single credential", "Agile + Data Badge"): 25,
    }


def test_over_all_pairs_no_choice_of_few_follows_from_those_of_others():
    # agile was chosen twice: 21 + 12 + 11 others less 23 + 19 chosen.
    few = compared("pairs", "preference", "agile|data-badge", 1.0, 5)[:2]
    rows = [
        *few,
        *compared("pairs", "preference", "agile|data-badge", 0.0, 10),
        *compared("pairs", "preference", "agile|other", 0.0, 10),
        *compared("pairs", "preference", "data-badge|other", 1.0, 10),
        *compared("pairs", "preference", "data-badge|other", 0.0, 10),
    ]
    table = work_out(FINDING, evidence(*rows), Choice(), Limits()).table
    assert set(table["Answer"]) == {"offered"}


def test_what_is_about_no_credential_stands_there_for_the_whole_institution_only():
    rows = [row | {"credential": ""} for row in chosen("one", job=20, fun=9)]
    assert told(*rows) == {("No single credential", "For a job"): 20, ("No single credential", "For fun"): 9}
    assert told(*rows, choice=Choice(credential="agile")) == {}
    assert told(*rows, choice=Choice(programme="data")) == {}

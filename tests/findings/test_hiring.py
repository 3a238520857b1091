"""What it has led to in hiring and pay: "none" is told as the rest is, and nothing small follows from it."""

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.attacking import attack
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Step
from feedback.findings.hiring import failing
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about, together
from tests.findings.evidence_of import HOUSES, evidence, hired

NAMES = {
    "employer:effect": "How many people did it help to be:", "employer:effect/hired": "Hired",
    "employer:effect/promoted": "Promoted", "employer:trust": "How far do you trust it?",
    "employer:trust/issuer": "The issuer has a good name", "employer:trust/verifiable": "We can check it",
    "employer:trust/current": "It is up to date", "employer:pay": "What does it add to pay?",
    "employer:pay/none": "Nothing", "employer:pay/under_5": "Less than 5%", "employer:pay/over_15": "More than 15%",
    "employer:level": "What it covers is:", "employer:weeks_ideal": "How many weeks?",
}  # fmt: skip
MIDDLE = tuple(Step(value, f"step {value}", (value > 5) - (value < 3)) for value in range(1, 8))


def houses(number):
    return [HOUSES[place % len(HOUSES)] for place in range(number)]


def trusted(item, good, bad):
    """Employers on one part of trust."""
    number = good + bad
    return answers_about(
        "a", ratings=[5, 4] * (good // 2) + [4] * (good % 2) + [1, 2] * (bad // 2) + [2] * (bad % 2),
        question="trust", item=item, audience="employer", organisations=houses(number),
    )  # fmt: skip


def paid(*options, credential="a"):
    """Employers on what it adds to pay."""
    number = len(options)
    rated = answers_about(
        credential, ratings=[5] * number, question="pay", audience="employer", organisations=houses(number)
    )
    return rated.assign(kind="one", item=list(options), number=None, positive=None, score=None, scale="")


def weeks(*numbers):
    """Employers on how many weeks it should take."""
    rated = answers_about(
        "a", ratings=[5] * len(numbers), question="weeks_ideal", audience="employer", organisations=houses(len(numbers))
    )
    return rated.assign(kind="number", number=list(map(float, numbers)), positive=None, score=None, scale="")


def level(*steps):
    return answers_about(
        "a", ratings=list(steps), question="level", construct="depth", scale="pace7", audience="employer",
        organisations=houses(len(steps)),
    ).assign(item="", kind="scale")  # fmt: skip


def held(*answers, **titles):
    found = evidence(*answers, **titles or {"a": "A badge"})
    return replace(
        found,
        questions={**found.questions, **NAMES},
        scales={**found.scales, "pace7": MIDDLE},
        numbers={"employer:weeks_ideal": (1.0, 104.0)},
    )


def worked(*answers, choice=Choice(credential="a")):
    return work_out(FINDINGS["hiring"], held(*answers), choice, Limits())


def test_none_is_told_as_the_rest_and_before_it():
    told = worked(hired("a", [1] * 6 + [5] * 4 + [4] * 2)).table
    assert told["Answer"].tolist() == ["Hired: none", "Hired: at least one"]
    assert told["Share (%)"].tolist() == [50, 50]
    assert told["People asked"].tolist() == [12, 12]
    assert told["Low (90%)"].notna().all()
    pay = worked(paid(*["none"] * 8, *["under_5"] * 6, *["over_15"] * 6))
    assert pay.table["Answer"].tolist() == ["Nothing", "Less than 5%", "More than 15%"]
    assert "“Nothing”, 40% (" in pay.sentence


def test_none_is_drawn_with_the_mark_of_the_rest():
    answer = worked(hired("a", [1] * 6 + [5] * 6), paid(*["none"] * 8, *["under_5"] * 12))
    layers = answer.chart("light")["layer"]
    points = [row for layer in layers for row in layer.get("data", {}).get("values", []) if row.get("shape")]
    assert [row["told"].split(":")[0] for row in points] == ["Hired", "Hired", "Nothing", "Less than 5%"]
    assert len({(row["shape"], row["colour"]) for row in points}) == 1


def test_a_part_of_trust_is_said_to_fail_only_beyond_chance():
    clear = worked(trusted("issuer", 36, 4), trusted("verifiable", 8, 32), trusted("current", 34, 6))
    assert "what fails is “We can check it”, 20% agree" in clear.sentence
    close = worked(trusted("issuer", 9, 3), trusted("verifiable", 7, 5), trusted("current", 8, 4))
    assert "No part of trust stands out" in close.sentence


def test_two_parts_fail_together_and_three_of_four_are_no_exception():
    rows = DataFrame({"label": list("abcd"), "share": [0.2, 0.25, 0.8, 0.9]})
    told = rows.assign(low=rows["share"] - 0.1, high=rows["share"] + 0.1)
    assert failing(told)["label"].tolist() == ["a", "b"]
    most = told.assign(share=[0.2, 0.25, 0.3, 0.9], low=[0.1, 0.15, 0.2, 0.8], high=[0.3, 0.35, 0.4, 0.95])
    assert failing(most).empty


def test_few_employers_show_nothing():
    answer = worked(hired("a", [1, 5, 5, 1]), paid("none", "none", "under_5"), weeks(4, 4, 5))
    assert answer.sentence.startswith("Not enough employers")
    assert answer.shown.empty
    assert answer.chart("light") is None


def test_one_house_alone_shows_nothing():
    one = paid(*["none"] * 12).assign(organisation="ash")
    assert worked(one).shown.empty


def test_an_option_of_one_house_is_not_told():
    several = paid(*["none"] * 12, *["under_5"] * 12)
    few = several.assign(organisation=["ash"] * 12 + houses(12))
    told = work_out(FINDINGS["hiring"], held(few), Choice(credential="a"), Limits()).shown
    assert "Nothing" not in told["label"].tolist()


def test_too_narrow_and_too_deep_stand_beside_about_right():
    told = worked(level(*[1] * 5, *[2] * 5, *[4] * 10, *[6] * 5, *[7] * 5)).table
    assert told["Answer"].tolist() == ["Too narrow", "About right, or a little off", "Too deep"]
    assert told["Share (%)"].tolist() == [33, 33, 33]
    few = worked(level(*[1] * 2, *[4] * 12)).table
    assert few["Shown"].tolist().count("too few to show") == 2


def test_the_range_of_weeks_shows_where_the_middle_answer_is_sure():
    told = worked(weeks(*[3] * 5, *[12] * 12, *[22] * 5)).shown
    assert told["label"].tolist() == ["10 to 14"]
    assert told["hits"].tolist() == [12]
    unsure = worked(weeks(*[3] * 6, *[6, 7, 8, 9] * 4, *[12, 13] * 3, *range(30, 100, 10)))
    assert len(unsure.shown) <= 1
    assert worked(weeks(*[12] * 12), choice=Choice()).shown.empty


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.tuples(*[st.lists(st.integers(0, 8), min_size=3, max_size=3)] * 4))
def test_totals_do_not_give_what_is_small_away(numbers):
    answers = []
    for slug, pay, counts in zip("ab", numbers[:2], numbers[2:], strict=True):
        options = [name for name, n in zip(("none", "under_5", "over_15"), pay, strict=True) for _ in range(n)]
        steps = [step for step, n in zip((1, 4, 5), counts, strict=True) for _ in range(n)]
        answers += [paid(*options, credential=slug), hired(slug, steps)] if options and steps else []
    if answers:
        evidence_of_two = held(together(*answers), a="A badge", b="B badge")
        found = attack(evidence_of_two, Limits(), findings=("answers", "employer_scales", "hiring"))
        assert found.solved == ()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_picture_leaves_out_what_nothing_is_told_of(mode):
    answer = worked(hired("a", [1] * 6 + [5] * 6), paid("none", "none", "under_5", "over_15", "over_15"))
    assert "starting pay" not in str(answer.chart(mode))

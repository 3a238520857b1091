"""Four witnesses on one line: each by its own mark, doubt under it, a bracket where two differ beyond chance."""

from pandas import DataFrame

from feedback.analysis.witnesses import Apart
from feedback.charts.theme import TOO_FEW
from feedback.charts.witnesses import WITNESSES, strips
from tests.charts.drawn import drawn, words


def strip(label="SQL", *, state="shown", apart=(), **shares) -> dict:
    row = {"label": label, "apart": list(apart)}
    for who in WITNESSES:
        share = shares.get(who)
        row |= {who: share, f"{who}_state": "" if share is None else state}
        row |= {f"{who}_low": share and share - 0.1, f"{who}_high": share and min(1.0, share + 0.1)}
    return row


def table(*rows) -> DataFrame:
    return DataFrame(rows)


FOUR = strip(learner=0.8, test=0.9, employer=0.3, expert=0.66, apart=[Apart("employer", "learner", 0.01)])


def marks(spec) -> list[dict]:
    return [record for record in drawn(spec, "point") if "told" in record]


def test_each_witness_has_a_mark_of_its_own_on_one_line_with_its_doubt_under_it():
    found = marks(strips(table(FOUR)))
    assert {each["shape"]: each["estimate"] for each in found} == {
        "circle": 0.8, "diamond": 0.9, "square": 0.3, "triangle-up": 0.66,
    }  # fmt: skip
    assert len({each["y_wide"] for each in found}) == 1
    lines = [line for line in drawn(strips(table(FOUR)), "rule") if "colour" in line]
    assert len(lines) == 4
    assert min(line["y_wide"] for line in lines) > found[0]["y_wide"]
    assert len({line["y_wide"] for line in lines}) == 4


def test_a_bracket_stands_over_the_two_that_differ_and_says_so():
    roofs = [each for each in drawn(strips(table(FOUR)), "rule") if "told" in each and "until" in each]
    assert [(each["estimate"], each["until"]) for each in roofs[:1]] == [(0.3, 0.8)]
    assert roofs[0]["told"] == "SQL: learners above employers beyond chance"
    alone = strip(learner=0.8, employer=0.7)
    assert not [each for each in drawn(strips(table(alone)), "rule") if "told" in each]


def test_a_witness_too_few_spoke_for_is_named_and_has_no_mark():
    row = strip(learner=0.8, employer=0.3, apart=[Apart("employer", "learner", 0.01)]) | {"employer_state": "withheld"}
    spec = strips(table(row))
    assert [each["shape"] for each in marks(spec)] == ["circle"]
    assert f"employers: {TOO_FEW}" in words(spec)
    assert not [each for each in drawn(spec, "rule") if "told" in each]


def test_a_strip_without_any_witness_is_a_dash_and_words():
    spec = strips(table(strip(learner=0.8, employer=0.3, state="withheld")))
    assert marks(spec) == []
    assert TOO_FEW in words(spec)


def test_an_early_mark_is_hollow():
    full, early = (marks(strips(table(strip(learner=0.8, state=state))))[0] for state in ("shown", "early"))
    assert full["fill"] == full["colour"]
    assert early["fill"] != early["colour"]
    assert early["told"].endswith("early: few answers")


def test_without_strips_nothing_is_drawn():
    assert marks(strips(DataFrame())) == []

"""How far things moved: around no change with how small a change hides, and against what was expected."""

import pytest
from pandas import DataFrame

from feedback.charts.changes import MOST_PARTS, against_promise, since_last_time
from feedback.charts.theme import TOO_FEW, palette
from tests.charts.drawn import drawn, words


def moved(*changes: float, label="Pace", changed=True, state="shown") -> DataFrame:
    rows = [
        {
            "label": label, "estimate": change, "low": change - 0.3, "high": change + 0.3, "smallest": 0.6,
            "changed": changed, "state": state, "note": "24, then 31 people",
        }
        for change in changes
    ]  # fmt: skip
    return DataFrame(rows)


def brought(part: float = 1.2, *, label="Say the goals first", state="shown", **more) -> DataFrame:
    row = {
        "label": label, "estimate": part, "low": part - 0.4, "high": part + 0.4, "state": state, "note": "worked",
        "witness": "learner",
    }  # fmt: skip
    return DataFrame([row | more])


def test_no_change_stands_in_the_middle_and_what_is_a_change_is_coloured():
    light = palette("light")
    both = since_last_time(DataFrame([*moved(0.9).to_dict("records"), *moved(0.1, changed=False).to_dict("records")]))
    assert [dot["colour"] for dot in drawn(both, "point")] == [light.learner, light.ink]
    assert "Pace: +0.9 steps (likely between +0.6 steps and +1.2 steps); 24, then 31 people" in [
        dot["told"] for dot in drawn(both, "point")
    ]


def test_the_band_reaches_as_far_as_a_change_would_have_gone_unseen():
    bands = [each for each in drawn(since_last_time(moved(0.1)), "rule") if each.get("until") == 0.6]
    assert [each["estimate"] for each in bands] == [-0.6]


@pytest.mark.parametrize(
    "draw", [lambda: since_last_time(moved(0.4, state="withheld")), lambda: against_promise(brought(state="withheld"))]
)
def test_what_is_withheld_has_words_and_no_mark(draw):
    spec = draw()
    assert drawn(spec, "point") == []
    assert TOO_FEW in words(spec)


def test_all_that_was_expected_is_a_mark_on_every_row_and_far_more_stands_at_the_end():
    spec = against_promise(brought(12.0))
    assert [each["estimate"] for each in drawn(spec, "rule") if each.get("half") == 10] == [1.0]
    assert [dot["estimate"] for dot in drawn(spec, "point")] == [MOST_PARTS]


@pytest.mark.parametrize("draw", [since_last_time, against_promise])
def test_without_rows_nothing_is_drawn(draw):
    assert drawn(draw(moved().assign(witness=[])), "point", "text") == []

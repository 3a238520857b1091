"""What stands behind a change: its figures in words, who says it, and the comments that name it."""

from dataclasses import dataclass

import pytest
from pandas import DataFrame

from feedback.ui.changing import WEIGHTINGS, about, figures, said_by

ROW = {"gain": 0.042, "low": 0.01, "high": 0.12, "p_top": 0.7, "survives": True, "importance": 0.11,
       "ways": "equal, drivers"}  # fmt: skip


@dataclass
class Listed:
    shown: DataFrame


def test_the_figures_of_a_change_say_how_sure_its_place_is():
    told = dict(figures(ROW))
    assert told["Gain"] == "4.2 of 100 points, likely between 1.0 and 12"
    assert told["Place"] == "likely among the three that gain most"
    assert told["Without any five answers"] == "among them by expected gain"
    assert told["Weighed by"] == "11% of all that goes with the overall answer"


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        (list(WEIGHTINGS), "by expected gain, however it is weighed"),
        (["equal"], "by expected gain, where all count alike"),
        ([], "by none of the ways to weigh"),
    ],
)
def test_it_says_by_which_weighting_a_change_is_among_the_first(ways, said):
    assert dict(figures(ROW | {"ways": ", ".join(ways)}))["First three"] == said


def test_lines_stand_as_text_with_the_mark_of_who_says_it():
    drawn = said_by([{"audience": "expert", "words": "It is <b>bold</b>."}])
    assert drawn == '<ul class="evidence"><li class="expert">It is &lt;b&gt;bold&lt;/b&gt;.</li></ul>'


def test_of_the_comments_those_that_name_it_stand_critical_ones_first_and_none_twice():
    rows = [
        ("fine", "pos", (("pace", 0, 4, "pos"),)), ("too fast", "neg", (("pace", 0, 3, "neg"),)),
        ("too fast", "neg", (("pace", 0, 3, "neg"),)), ("dull", "neg", (("teaching", 0, 4, "neg"),)),
    ]  # fmt: skip
    listed = Listed(DataFrame(rows, columns=["text", "meant", "spans"]))
    assert [row["text"] for row in about(listed, ["pace"])] == ["too fast", "fine"]
    assert about(listed, ["cost"]) == []
    assert about(Listed(DataFrame()), ["pace"]) == []

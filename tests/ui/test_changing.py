"""What stands behind a change: its figures in words, who says it, and the comments that name it."""

from dataclasses import dataclass
from runpy import run_path

import pytest
from pandas import DataFrame

from feedback.findings.evidence import Choice
from feedback.findings.words import WEIGHTINGS
from feedback.ui import changing, choices, marks, page, panel
from feedback.ui.changing import about, figures, said_by

ROW = {"gain": 0.042, "low": 0.01, "high": 0.12, "p_top": 0.7, "survives": True, "importance": 0.11, "gap": 0.283,
       "usual": 0.0, "ways": "equal, drivers"}  # fmt: skip


@dataclass
class Listed:
    shown: DataFrame


def test_the_figures_of_a_change_say_how_sure_its_place_is():
    told = dict(figures(ROW))
    assert told["Gain"] == "4.2 of 100 points, likely between 1.0 and 12"
    assert told["Place"] == "likely among the three that gain most"
    assert told["Without the five that speak most for it"] == "among them by expected gain"
    assert told["Falls short by"] == "28 of 100, where 0 is as good as can be"
    assert told["Weighed by"] == "11% of all that goes with the overall answer"


@pytest.mark.parametrize(
    ("usual", "said"),
    [(1.0, ", taken as a usual question"), (0.5, ", in part taken as a usual question"), (0.0, "")],
)
def test_a_weight_no_question_gave_says_so(usual, said):
    told = dict(figures(ROW | {"usual": usual}))["Weighed by"]
    assert told == f"11% of all that goes with the overall answer{said}"


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        (list(WEIGHTINGS), "by expected gain, however it is weighed"),
        (["equal"], "by expected gain, if all count alike"),
        ([], "by none of the ways to weigh"),
    ],
)
def test_it_says_by_which_weighting_a_change_is_among_the_first(ways, said):
    assert dict(figures(ROW | {"ways": ", ".join(ways)}))["First three"] == said


def test_a_change_that_is_not_weighed_says_so_and_has_no_number():
    beside = ROW | dict.fromkeys(["gain", "low", "high", "p_top", "importance", "gap", "usual"], float("nan"))
    ((head, said),) = figures(beside)
    assert (head, said.split(":")[0]) == ("Gain", "not weighed")
    titled = beside | {"name": "A change experts name", "title": "A"}
    assert changing._title(titled, Choice(credential="a")) == "A change experts name"


def test_lines_stand_as_text_with_the_mark_of_who_says_it():
    drawn = said_by([{"audience": "expert", "words": "It is <b>bold</b>."}])
    assert drawn == '<ul class="evidence"><li class="expert">It is &lt;b&gt;bold&lt;/b&gt;.</li></ul>'


def test_a_line_says_how_many_gave_which_steps_as_far_as_that_is_told():
    steps = [["learner", 1.0, 3.0, 10], ["learner", 4.0, 4.0, 12], ["stars", 4.0, 4.0, 3]]
    drawn = said_by([{"audience": "learner", "words": "10 of 25.", "steps": steps}])
    assert "10 of 25. Steps given: 1 to 3: 10, 4: 15.</li>" in drawn
    assert "Steps given" not in said_by([{"audience": "learner", "words": "10 of 25.", "steps": []}])


def test_of_the_comments_those_that_name_it_stand_critical_ones_first_and_none_twice():
    rows = [
        ("fine", "pos", (("pace", 0, 4, "pos"),)), ("too fast", "neg", (("pace", 0, 3, "neg"),)),
        ("too fast", "neg", (("pace", 0, 3, "neg"),)), ("dull", "neg", (("teaching", 0, 4, "neg"),)),
    ]  # fmt: skip
    listed = Listed(DataFrame(rows, columns=["text", "meant", "spans"]))
    assert [row["text"] for row in about(listed, ["pace"])] == ["too fast", "fine"]
    assert about(listed, ["cost"]) == []
    assert about(Listed(DataFrame()), ["pace"]) == []


def test_the_page_says_what_changed_and_what_worked_beside_what_should_change(monkeypatch):
    said = []
    for room, name in ((page, "title"), (marks, "sample"), (changing, "show")):
        monkeypatch.setattr(room, name, lambda *_: None)
    monkeypatch.setattr(choices, "place", lambda: Choice(credential="a"))
    for name in ("show", "brief"):
        monkeypatch.setattr(panel, name, lambda finding, *_, **__: said.append(finding))
    run_path("pages/what_to_change.py")
    assert said[0] == "priorities"
    assert {"changed", "effects"} <= set(said)

"""Pictures whose rows open the credential they are about: what is pressed is a slug, and nothing else."""

from pandas import DataFrame

from feedback.charts.coverage import cells
from feedback.charts.intervals import ranked
from feedback.charts.opening import OPENED, OPENS, opened_by
from tests.charts.drawn import layers, values

ROWS = DataFrame(
    {
        "label": ["SQL", "Maps", "Ethics"],
        "estimate": [3.0, 2.0, None],
        "low": [2.5, 1.0, None],
        "high": [3.5, 2.5, None],
        "state": ["shown", "early", "withheld"],
        "note": ["n 15", "n 6", "n 3"],
        "credential": ["sql", "maps", "ethics"],
    }
)


def strips(spec):
    return [value for layer in layers(spec) if layer.get("name") == OPENS for value in values(layer)]


def test_every_row_about_a_credential_opens_it_in_the_order_of_the_picture():
    spec = ranked(ROWS, "steps", (0, 4))
    assert opened_by(spec) == ["sql", "maps", "ethics"]
    [pressed] = spec["params"]
    assert (pressed["name"], pressed["views"]) == (OPENED, [OPENS])
    assert pressed["select"]["fields"] == ["credential"]


def test_where_a_row_is_pressed_it_says_what_its_mark_says():
    spec = ranked(ROWS, "steps", (0, 4))
    told = [value["told"] for layer in layers(spec) for value in values(layer) if value.get("told")]
    assert [strip["told"] for strip in strips(spec)] == [
        "SQL: 3 (likely between 2.5 and 3.5); n 15",
        "Maps: 2 (likely between 1 and 2.5), early: few answers; n 6",
        "Ethics: too few to show",
    ]
    assert all(told.count(strip["told"]) >= 2 for strip in strips(spec))


def test_rows_that_are_no_credentials_open_nothing():
    spec = ranked(ROWS.drop(columns="credential"), "steps", (0, 4))
    assert opened_by(spec) == []
    assert "params" not in spec


def test_a_cell_with_a_value_opens_its_credential_and_says_which_way_it_differs():
    table = ROWS.assign(column="Trade", group="", value=ROWS["estimate"], told=ROWS["label"], sign=["↑", None, "↓"])
    spec = cells(table, write=str)
    assert opened_by(spec) == ["sql", "maps"]
    assert [strip["words"] for strip in strips(spec)] == ["3.0 ↑", "2.0"]
    assert opened_by(cells(table.drop(columns="credential"))) == []

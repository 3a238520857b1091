"""Run after run: two panels, each with its own state, under the name of the credential."""

from pandas import DataFrame

from feedback.charts.runs import by_run
from feedback.charts.theme import TOO_FEW
from tests.charts.drawn import drawn, words


def two_runs(worth_state="shown") -> DataFrame:
    rows = [
        {
            "label": f"Run {n}", "tier": "Data badge", "note": "hybrid",
            "completed": 0.8, "completed_low": 0.7, "completed_high": 0.9, "completed_state": "shown",
            "worth": 0.6, "worth_low": 0.4, "worth_high": 0.7, "worth_state": worth_state,
        }
        for n in (1, 2)
    ]  # fmt: skip
    return DataFrame(rows)


def test_each_run_has_a_dot_in_both_panels_under_its_credential():
    spec = by_run(two_runs())
    assert sorted(dot["estimate"] for dot in drawn(spec, "point")) == [0.6, 0.6, 0.8, 0.8]
    assert words(spec).count("Data badge") == 1


def test_what_is_withheld_in_one_panel_is_so_in_that_one_alone():
    spec = by_run(two_runs(worth_state="withheld"))
    assert [dot["estimate"] for dot in drawn(spec, "point")] == [0.8, 0.8]
    assert TOO_FEW in words(spec)
    assert "0.6" not in str(spec)


def test_without_a_run_nothing_is_drawn():
    assert drawn(by_run(two_runs().iloc[:0]), "point", "text") == []

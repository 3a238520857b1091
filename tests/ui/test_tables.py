"""What lists tell, and what they keep to themselves."""

import pytest

from feedback.store.imports import Import
from feedback.ui.history import told


def row(kind, rows, new, fewest=5):
    one = Import(kind=kind, file="a.csv", digest="0", rows=rows, new_rows=new)
    return told(one, rows, fewest), told(one, new, fewest)


@pytest.mark.parametrize("kind", ["comments", "ratings", "responses"])
def test_few_answers_of_a_file_are_not_counted_out(kind):
    few = "too few to show"
    assert row(kind, 4, 4) == (few, few)
    assert row(kind, 1200, 4) == ("1,200", few)
    assert row(kind, 5, 5) == ("5", "5")
    assert row(kind, 5, 5, fewest=6) == (few, few)


@pytest.mark.parametrize("kind", ["catalogue", "runs", "market-evidence", "contacts"])
def test_the_catalogue_is_nobodys_answer(kind):
    assert row(kind, 2, 0) == ("2", "0")

"""Rows leave room for every label and note, on a phone and on a wide screen."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from numpy import inf, nan
from pandas import NA

from feedback.charts.rows import BAND, LINE, PHONE, lay_out, number, said, state, text_width, wrap

labels = st.lists(st.text(max_size=120), max_size=40)


def test_what_is_missing_is_no_number_and_no_word():
    assert [number(value) for value in (None, nan, NA, inf, "many")] == [None] * 5
    assert [said(value) for value in (None, nan, NA)] == [""] * 3


def test_an_unknown_state_is_withheld():
    assert state({"state": "perhaps"}) == "withheld"
    assert state({"state": NA}) == "withheld"
    assert state({"state": "early"}) == "early"
    assert state({}) == "shown"


def test_a_short_label_stays_on_one_line():
    assert wrap("Agile Basics", PHONE) == ["Agile Basics"]


def test_a_label_loses_no_word_by_wrapping():
    label = "Foundations of Responsible Artificial Intelligence for Public Administration"
    assert " ".join(wrap(label, 200)) == label


@given(st.text(max_size=400), st.integers(100, 600))
def test_no_line_of_a_label_is_wider_than_its_room(label, room):
    assert all(text_width(line) <= max(room, 16 * 8) for line in wrap(said(label), room))


@given(labels)
def test_rows_never_touch_each_other(texts):
    layout = lay_out([said(text) for text in texts], ["n 9"] * len(texts))
    for above, below in pairwise(layout.places):
        assert below.y_wide - above.y_wide >= BAND
        assert below.label_narrow - (above.y_narrow + BAND / 2) >= LINE / 2


@given(labels)
def test_on_a_phone_every_label_stands_above_its_marks(texts):
    for place in lay_out([said(text) for text in texts], [""] * len(texts)).places:
        last = place.label_narrow + (len(place.lines_narrow) - 1) * LINE
        assert last < place.y_narrow - BAND / 2


def test_one_long_label_spreads_no_other_row():
    short = [place.y_wide for place in lay_out(["Agile"] * 3, [""] * 3).places]
    mixed = [place.y_wide for place in lay_out(["Agile", "Agile", "A very long label " * 6], [""] * 3).places]
    assert short[:2] == mixed[:2]


def test_a_group_has_its_room_above_its_first_row():
    plain, grouped = lay_out(["a", "b"], ["", ""]), lay_out(["a", "b"], ["", ""], rooms={1: (40, 30)})
    assert grouped.places[1].y_narrow - plain.places[1].y_narrow == 40
    assert grouped.places[1].y_wide - plain.places[1].y_wide == 30


def test_a_long_note_stands_under_its_label_and_a_short_one_at_the_rows_end():
    assert lay_out(["Agile"], ["very likely in the top three, n 61"]).note_below
    assert not lay_out(["Agile"], ["n 61"]).note_below


def test_no_rows_have_no_height():
    assert lay_out([], []).height == 0

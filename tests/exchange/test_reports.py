"""What a pack holds: clean texts, tables that say what they leave out, evidence with a digest; and its pictures."""

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.errors import FeedbackError, Refused
from feedback.exchange.reports import content, pictures, setting, written
from feedback.exchange.reports.content import Table, is_leftward, said, table
from tests.exchange.packs import bars, chart, pack, section

ANYTHING = st.text(st.characters(codec=None), max_size=60)


# Texts


@given(ANYTHING)
def test_a_text_holds_nothing_a_file_cannot_take(text):
    kept = said(text)
    assert kept == said(kept)
    ET.fromstring(f"<a>{kept.replace('&', '&amp;').replace('<', '&lt;')}</a>")
    assert not any("\ud800" <= each <= "\udfff" for each in kept)


def test_nothing_somebody_wrote_turns_what_follows_it():
    assert said("abc\u202edcba\u2066x") == "abcdcbax"


def test_a_text_runs_as_its_first_letter_does():
    assert is_leftward("12 مرحبا hello")
    assert not is_leftward("12 hello مرحبا")
    assert not is_leftward("12")


# Tables


def test_a_table_tells_what_all_rows_share_apart():
    made = table(["Credential", "Share", "Shown"], [["A", 1, "yes"], ["B", 2, "yes"]])
    assert made.columns == ("Credential", "Share")
    assert made.below == "In every row: Shown: yes."


def test_a_table_of_one_row_keeps_its_columns():
    assert table(["Credential", "Share"], [["A", 1]]).columns == ("Credential", "Share")


def test_a_table_says_how_many_rows_it_leaves_out():
    made = table(["What", "n"], [[f"line {at}", at] for at in range(41)], 40)
    assert len(made.rows) == 40
    assert made.below == "1 more row is not printed here."


def test_withheld_rows_are_named_where_they_are_few_and_counted_where_they_are_many():
    few = table(["What", "n"], [["A", 1], ["B", 2]], withheld=["C", "D"])
    many = table(["What", "n"], [["A", 1], ["B", 2]], withheld=[f"c{at}" for at in range(9)])
    assert few.below == "Too few to show: C; D."
    assert many.below == "9 more rows have too few answers to show."


def test_a_table_without_rows_is_none():
    assert table(["What"], []) is None
    assert table([], [[]]) is None


def test_columns_of_figures_stand_right():
    made = table(["What", "Share", "Note"], [["A", "61", "61"], ["B", "", "few"], ["C", "−1.5", "1"]])
    assert made.right == {1}


@given(
    st.lists(st.text("ab ", max_size=80), min_size=2, max_size=9),
    st.lists(st.text("ab ", max_size=80), min_size=2, max_size=9),
    st.floats(40, 200),
)
def test_a_table_split_in_parts_has_every_column_once_beside_those_that_tell_rows_apart(first, second, letters):
    wide = min(len(first), len(second))
    made = Table(tuple(f"{at} name" for at in range(wide)), (tuple(first[:wide]), tuple(second[:wide])))
    parts = setting.split(made, letters, 2)
    keys = 1 if first[0] != second[0] or wide < 4 else 2
    told = [name for part in parts for name in (part.columns[keys:] if len(parts) > 1 else part.columns)]
    assert sorted([*(made.columns[:keys] if len(parts) > 1 else ()), *told]) == sorted(made.columns)
    assert all(len(part.rows) == 2 for part in parts)


def test_columns_get_what_they_ask_for_where_there_is_room_and_their_longest_word_where_there_is_none():
    made = table(["A", "B"], [["short", "a rather long text of many words"], ["words", "and another one of its kind"]])
    assert setting.widths(made, 100)[1] > 25
    tight = setting.widths(made, 20)
    assert tight[1] >= len("another")
    assert sum(tight) < sum(setting.widths(made, 100))


# Evidence


def test_the_digest_is_that_of_the_evidence_and_the_same_for_the_same_pack():
    made = pack()
    assert made.digest == sha256(written.write(made, "json")).hexdigest() == pack().digest
    told = json.loads(made.evidence)
    assert told["parts"][0]["sections"][0]["table"]["rows"] == [["Data badge", "61"], ["Other", "40"]]
    assert told["made_on"] == "2026-03-01"


@pytest.mark.parametrize(
    "other",
    [
        pack(title="Other"),
        pack(section(words="62% say so.")),
        pack(section(rows=(("Data badge", 62), ("Other", 40)))),
        pack(section(labels=("Another",))),
        pack(notes=[("Change it", "", "")]),
        replace(pack(), made_on=date(2026, 3, 2)),
        pack(section(withheld=["C"])),
    ],
    ids=["title", "words", "figure", "picture", "decision", "day", "withheld"],
)
def test_whatever_is_told_otherwise_is_another_digest(other):
    assert other.digest != pack().digest


def test_what_cannot_be_said_yet_is_apart():
    made = pack(section(), section("hiring", labels=(), rows=()))
    assert [each.id for each in made.silent] == ["hiring"]
    assert [each.id for part in made.shown for each in part.sections] == ["worth"]
    assert [each.id for each in made.first] == ["worth"]


# Pictures


def test_a_picture_is_as_wide_as_asked_and_on_paper():
    drawn = pictures.draw(bars("A"), 500, "p")
    assert drawn.width == 500
    assert drawn.height > 0
    assert "#FBFAF7" not in drawn.svg


def test_a_picture_for_both_grounds_has_each_colour_twice_and_leaves_the_ground_to_the_page():
    both = chart("A")
    drawn = pictures.draw(both.light, 500, "p", dark=both.dark)
    assert "light-dark(#1F2328,#E8E6E1)" in drawn.svg
    assert "#FBFAF7" not in drawn.svg


def test_letters_are_set_in_another_face_where_one_is_named():
    assert "Some Sans" in pictures.draw(bars("A"), 500, "p").svg
    assert "Some Sans" not in pictures.draw(bars("A"), 500, "p", font="Libertinus Serif").svg


def test_a_picture_holds_shapes_and_letters_only_whatever_its_labels_are():
    hostile = ("<script>alert(1)</script>", "</svg><img src=x onerror=alert(1)>", 'a" onload="alert(1)', "a\x00b\ud800")
    root = ET.fromstring(pictures.draw(bars(*hostile), 500, "p").svg)
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert tags <= {"svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clipPath"}
    assert not [name for each in root.iter() for name in each.attrib if name.startswith("on") or "href" in name]
    assert hostile[0] in {each.text for each in root.iter()}


def test_a_picture_that_leads_elsewhere_is_refused():
    spec = bars("A") | {"mark": {"type": "image", "url": "data:,x", "width": 9, "height": 9}}
    with pytest.raises(FeedbackError, match="image"):
        pictures.draw(spec, 500, "p")


def test_a_picture_too_tall_is_cut_between_two_rows():
    drawn = pictures.draw(bars(*(f"row {at}" for at in range(200))), pictures.WIDE, "p")
    assert drawn.is_cut
    assert pictures.TALLEST[pictures.WIDE] * 0.8 < drawn.height <= pictures.TALLEST[pictures.WIDE] + 24
    shown = [each.text for each in ET.fromstring(drawn.svg).iter() if (each.text or "").startswith("row ")]
    assert shown == [f"row {at}" for at in range(len(shown))]
    assert 30 < len(shown) < 60


def test_a_picture_that_fits_is_whole():
    assert not pictures.draw(bars("A", "B"), pictures.WIDE, "p").is_cut


# What is missing


def test_a_kind_of_file_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(written, "find_spec", lambda name: None)
    with pytest.raises(Refused, match="pip install vl-convert-python typst python-docx"):
        written.write(pack(), "docx")
    assert written.write(pack(), "json")
    assert content.FORM == 1

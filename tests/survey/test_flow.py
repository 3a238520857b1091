"""The branching in words and as a graph: complete, and with every text as text."""

import re

import pytest

from feedback.settings import data_folder
from feedback.survey.flow import Colours, condition_words, graph, openings
from feedback.survey.instrument import read_instruments

INSTRUMENTS = read_instruments(data_folder() / "instruments")
COLOURS = Colours("#111111", "#FFFFFF", "#777777", "#0000FF")


def test_a_condition_is_said_with_the_labels_people_see(employer):
    assert condition_words(employer.by_id["trust"].show_if, employer) == "known is not “Never heard of it”"
    assert condition_words(employer.by_id["performance"].show_if, employer) == (
        "known is “Met a holder”, or role is “Recruiter”"
    )
    assert condition_words(employer.by_id["change"].show_if, employer) == "trust is 1 or less"
    assert "Nie gehört" in condition_words(employer.by_id["trust"].show_if, employer, "de")


def test_every_condition_has_a_letter_and_names_all_it_opens(employer):
    told = openings(employer)
    assert [each.letter for each in told] == ["a", "b", "c", "d"]
    assert [each.opens for each in told] == [
        ("trust",), ("performance",), ("change",), ("“Standing behind it”",),
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_the_graph_has_every_section_and_every_condition(name):
    instrument = INSTRUMENTS[name]
    drawn = graph(instrument, COLOURS)
    assert all(f'"section {section.id}"' in drawn for section in instrument.sections)
    letters = {each.letter for each in openings(instrument)}
    assert set(re.findall(r'label=" (\w+) "', drawn)) == letters
    assert drawn.count("{") == drawn.count("}") == 1 + drawn.count("{credential}")


def test_hostile_text_in_a_title_stays_within_its_quotes(read, text):
    hostile = 'x\\" ] evil [label=<b>hi</b>'
    drawn = graph(read(text.replace('en = "Together"', f"en = '{hostile}'")), COLOURS)
    [line] = [line for line in drawn.splitlines() if line.startswith('"section together" [')]
    unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
    assert "evil" not in unquoted
    assert "<" not in unquoted


def test_the_graph_follows_the_order_of_a_role():
    employer = INSTRUMENTS["employer"]
    role = sorted(employer.early_roles)[0]
    assert graph(employer, COLOURS, role=role) != graph(employer, COLOURS)

"""Names of people: found by the words around them, or because the people are known; how well masking does at all."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from feedback.analysis.comments.names import known_people, names_in, read_names
from feedback.analysis.comments.redaction import mask, redactions
from feedback.errors import Refused

SENTENCES = Path(__file__).with_name("masking.txt")
LATER = "# written after the rules"
KNOWN = known_people(
    ["Winona Tarrel", "Dr. Jörn Wäscher", "Íñigo Caldés", "نزار الكوكبي"],
    ["petra.ovell@example.org", "bdrummer@example.org", "info@example.org"],
)


@dataclass(frozen=True)
class Sentence:
    """A made-up comment; spans: what is to be masked of it."""

    kind: str
    language: str
    text: str
    spans: tuple[tuple[int, int], ...]
    later: bool


@cache
def sentences() -> tuple[Sentence, ...]:
    found, later = [], False
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        later = later or line.startswith(LATER)
        if line.startswith("#"):
            continue
        kind, language, marked = line.split(" | ", 2)
        text, spans = "", []
        for sign in marked:
            if sign == "⟦":
                spans.append([len(text), 0])
            elif sign == "⟧":
                spans[-1][1] = len(text)
            else:
                text += sign
        found.append(Sentence(kind, language, text, tuple((start, end) for start, end in spans), later))
    return tuple(found)


def hidden(text: str) -> set[int]:
    """The places of letters and digits that are masked."""
    return {at for one in redactions(text, KNOWN) for at in range(one.start, one.end) if text[at].isalnum()}


def meant(sentence: Sentence, span: tuple[int, int]) -> set[int]:
    return {at for at in range(*span) if sentence.text[at].isalnum()}


def caught(by: str, *, later: bool | None = None) -> dict[str, tuple[int, int]]:
    """Of each kind or language: how many spans are wholly masked, of how many."""
    whole, total = Counter(), Counter()
    for each in sentences():
        if later is not None and each.later != later:
            continue
        for span in each.spans:
            total[getattr(each, by)] += 1
            whole[getattr(each, by)] += meant(each, span) <= hidden(each.text)
    return {name: (whole[name], total[name]) for name in total}


def masked_in_vain(*, later: bool) -> list[str]:
    """The sentences of which more is masked than is to be."""
    return [
        each.text
        for each in sentences()
        if each.later == later and hidden(each.text) - {at for span in each.spans for at in meant(each, span)}
    ]


def test_so_much_is_caught_of_each_kind():
    assert caught("kind") == {
        "mail": (15, 15), "link": (12, 12), "handle": (10, 10), "phone": (19, 19), "iban": (8, 8), "id": (24, 24),
        "title": (42, 42), "given": (25, 25), "bare": (0, 10), "roster": (22, 22),
    }  # fmt: skip


def test_so_much_is_caught_in_each_language_names_without_any_sign_left_out():
    bare = Counter(each.language for each in sentences() if each.kind == "bare")
    found = {language: (whole, total - bare[language]) for language, (whole, total) in caught("language").items()}
    assert all(whole == total for whole, total in found.values())


def test_so_much_is_caught_of_what_the_rules_were_not_made_by():
    found = caught("kind", later=True)
    assert found.pop("bare") == (0, 5)
    assert sum(total for _, total in found.values()) == 46
    assert all(whole == total for whole, total in found.values())


def test_so_little_is_masked_in_vain():
    assert masked_in_vain(later=False) == []
    assert masked_in_vain(later=True) == ["Der Dozent Meinungen gegenüber offen, das Lernziel klar."]
    assert sum(each.kind == "decoy" for each in sentences()) == 128


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Winona Tarrel, Tarrel and W. Tarrel; tarrel, winona", "[name], [name] and [name]; [name]"),
        ("Joern Waescher, Jörn Wäscher's labs", "[name], [name]'s labs"),
        ("I saw petra ovell and petra.", "I saw [name] and petra."),
        ("Petra was on the info desk.", "Petra was on the info desk."),
        ("bdrummer did it", "[name] did it"),
        ("شكرا لنزار", "شكرا ل[name]"),
    ],
)
def test_people_who_are_known_are_masked_wherever_they_are_named(text, masked):
    assert mask(text, KNOWN) == masked


def test_a_name_that_is_a_word_is_masked_beside_its_other_part_only():
    roster = known_people(["May Summer", "HR Manager", "Wren Good"])
    assert mask("May Summer taught in May.", roster) == "[name] taught in May."
    assert mask("Good! Our manager, Manager of the year.", roster) == "Good! Our manager, Manager of the year."


def test_nobody_is_known_without_names():
    assert not known_people([], ["", "info@example.org"])
    assert list(names_in("Winona came.", known_people([""]))) == []


def test_names_are_read_from_a_file_one_a_line(tmp_path):
    path = tmp_path / "roster.txt"
    path.write_text("\ufeffWinona Tarrel\n\n# those who left\nJörn Wäscher  # retired\n", encoding="utf-8")
    assert read_names(path) == ["Winona Tarrel", "Jörn Wäscher"]


def test_a_file_of_names_that_cannot_be_read_is_refused_by_name(tmp_path):
    path = tmp_path / "roster.txt"
    with pytest.raises(Refused, match=r"roster\.txt.*one name a line"):
        read_names(path)
    path.write_bytes("Jörn".encode("latin-1"))
    with pytest.raises(Refused, match=r"UTF-8"):
        read_names(path)

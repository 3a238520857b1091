"""What a pack holds, whatever file it becomes: words, tables, pictures. Every text in it is plain, and cleaned here."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

FORM = 1
"""The form of the evidence."""
MOST_ROWS = 40
"""So many rows of a table stand in a pack, unless it is asked for whole."""
FEWEST_COLUMNS = 2
MOST_NAMES = 8
"""So many rows that are withheld are named; of more only their number is told."""
_FIGURE = re.compile(r"[+\-−–]?\d[\d,.]*\s?%?")
_REVERSED = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
"""Marks that turn the direction of what follows them: nothing people wrote may turn what we wrote."""
_DROPPED = {"Cc", "Cs", "Co"}


def said(text: object) -> str:
    """A text as every kind of file takes it: in one line, and see `legal`.

    >>> said("a\\x00b\\nc\\u202e")
    'ab c'
    """
    return " ".join(legal(re.sub(r"[\r\v\f\x85\u2028\u2029]", " ", str(text))).split())


def legal(text: str) -> str:
    """A text without control characters but tab and line break, half characters, and what turns direction.

    >>> legal("a\\x00b\\nc\\u202e")
    'ab\\nc'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(each for each in _REVERSED.sub("", text) if each in "\t\n" or _is_legal(each))


def _is_legal(character: str) -> bool:
    return unicodedata.category(character) not in _DROPPED and ord(character) & 0xFFFE != 0xFFFE


@dataclass(frozen=True)
class Table:
    """A table in texts. same: columns all rows share, with what stands there; they are no columns. more: how many rows
    were left out at the end. withheld: what the rows were of that too few people stand behind."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    same: tuple[tuple[str, str], ...] = ()
    more: int = 0
    withheld: tuple[str, ...] = ()

    @property
    def right(self) -> frozenset[int]:
        """The columns that hold figures and nothing else."""
        cells = [[row[at] for row in self.rows if row[at]] for at in range(len(self.columns))]
        return frozenset(at for at, found in enumerate(cells) if found and all(map(_FIGURE.fullmatch, found)))

    @property
    def below(self) -> str:
        """What is to be said under it: what all rows share, what was withheld, and how many more there are. "" for
        nothing."""
        shared = f"In every row: {'; '.join(f'{name}: {value}' for name, value in self.same)}." if self.same else ""
        rows = "row is" if self.more == 1 else "rows are"
        more = f"{self.more:,} more {rows} not printed here." if self.more else ""
        return " ".join(filter(None, (shared, self._withheld, more)))

    @property
    def _withheld(self) -> str:
        names = dict.fromkeys(self.withheld)
        if len(names) == len(self.withheld) <= MOST_NAMES:
            return f"Too few to show: {'; '.join(names)}." if names else ""
        return f"{len(self.withheld):,} more rows have too few answers to show."


def table(
    columns: Sequence[object], rows: Sequence[Sequence[object]], most: int = MOST_ROWS, withheld: Sequence[object] = ()
) -> Table | None:
    """A table of at most so many rows, without the columns that say the same in all of them; None for an empty one.

    withheld: what the rows are of that are not among them, since too few people stand behind them.

    >>> table(["Who", "What", "Share"], [["a", "x", 1], ["a", "y", 2]]).same
    (('Who', 'a'),)
    """
    names = tuple(map(said, columns))
    every = [tuple(map(said, row)) for row in rows]
    if not names or not every:
        return None
    shown = tuple(every[:most])
    alike = [at for at in range(len(names)) if len(every) > 1 and len({row[at] for row in every}) == 1]
    if len(names) - len(alike) < FEWEST_COLUMNS:
        alike = []
    kept = [at for at in range(len(names)) if at not in alike]
    return Table(
        columns=tuple(names[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in shown),
        same=tuple((names[at], every[0][at]) for at in alike if every[0][at]),
        more=len(every) - len(shown),
        withheld=tuple(map(said, withheld)),
    )


@dataclass(frozen=True)
class Chart:
    """A picture as a Vega-Lite specification, for light and for dark ground, and in words."""

    light: Mapping[str, Any]
    dark: Mapping[str, Any] | None
    alt: str


@dataclass(frozen=True)
class Section:
    """A question with its answer. id: of the finding."""

    id: str
    question: str
    sentence: str
    caution: str
    table: Table | None = None
    chart: Chart | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but the sentence."""
        return self.table is None and self.chart is None


@dataclass(frozen=True)
class Part:
    """Sections that belong together."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Note:
    """Something to be decided, or that was: what, in which words, and its facts in one quiet line."""

    title: str
    words: str = ""
    facts: str = ""


@dataclass(frozen=True)
class Agenda:
    """Notes under a title; empty: what stands there when there is none."""

    title: str
    empty: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Pack:
    """All of it. kind: over the title. facts: who, when, which release. summary: section ids, whose sentences come
    first. agenda: what is to be decided, and what was. parts: the evidence. warning: what is to be known before
    anything is read, "" for nothing."""

    kind: str
    title: str
    made_on: date
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    agenda: tuple[Agenda, ...] = ()
    summary: tuple[str, ...] = ()
    warning: str = ""
    language: str = field(default="en")

    @property
    def sections(self) -> Iterator[Section]:
        """Every section, in order."""
        return (section for part in self.parts for section in part.sections)

    @property
    def first(self) -> list[Section]:
        """The sections whose sentences make the summary, in its order."""
        by_id = {section.id: section for section in self.sections}
        return [by_id[name] for name in self.summary if name in by_id]

    @property
    def shown(self) -> list[Part]:
        """The parts that have something to show, without what is empty."""
        parts = (
            replace(part, sections=tuple(each for each in part.sections if not each.is_empty)) for part in self.parts
        )
        return [part for part in parts if part.sections]

    @property
    def silent(self) -> list[Section]:
        """What cannot be said yet: sections that are a sentence only."""
        return [section for section in self.sections if section.is_empty]

    @property
    def evidence(self) -> bytes:
        """All that it says, frozen: JSON in one form only, so that its SHA-256 is the pack's digest. Of a picture it
        has the words, and the digest of its specification."""
        return canonical(_evidence(self)).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of the evidence, 64 hexadecimal digits; the same for every kind of file."""
        return hashlib.sha256(self.evidence).hexdigest()


def cleaned(section: Section) -> Section:
    """A section with every text cleaned; its table is clean already."""
    chart = replace(section.chart, alt=said(section.chart.alt)) if section.chart else None
    question, sentence, caution = said(section.question), said(section.sentence), said(section.caution)
    return replace(section, question=question, sentence=sentence, caution=caution, chart=chart)


def canonical(document: object) -> str:
    """A document of JSON in one form only."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_leftward(text: str) -> bool:
    """Whether a text runs from right to left, by its first letter that has a direction.

    >>> is_leftward("1. \\u0645\\u0631\\u062d\\u0628\\u0627"), is_leftward("1. Hello")
    (True, False)
    """
    directions = (unicodedata.bidirectional(each) for each in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)


def _evidence(pack: Pack) -> dict[str, Any]:
    return {
        "form": FORM,
        "kind": pack.kind,
        "title": pack.title,
        "made_on": pack.made_on.isoformat(),
        "language": pack.language,
        "warning": pack.warning,
        "facts": [list(each) for each in pack.facts],
        "summary": [section.id for section in pack.first],
        "agenda": [
            {"title": each.title, "empty": each.empty, "notes": [vars(note) for note in each.notes]}
            for each in pack.agenda
        ],
        "parts": [
            {"title": part.title, "sections": [_section(section) for section in part.sections]} for part in pack.parts
        ],
    }


def _section(section: Section) -> dict[str, Any]:
    held = section.table
    told = {name: getattr(section, name) for name in ("id", "question", "sentence", "caution")}
    if held:
        told["table"] = {
            "columns": list(held.columns),
            "rows": [list(row) for row in held.rows],
            "same": [list(each) for each in held.same],
            "more": held.more,
            "withheld": list(held.withheld),
        }
    if section.chart:
        drawn = hashlib.sha256(canonical(section.chart.light).encode("utf-8", "surrogatepass")).hexdigest()
        told["picture"] = {"alt": section.chart.alt, "digest": drawn}
    return told


def facts(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Names and what is known of them, cleaned; what says nothing is left out."""
    return tuple((said(name), said(value)) for name, value in pairs if said(value))

"""Answers worked out beforehand, as documents: kept by the worker, shown by pages within a moment.

Light: importing it, and showing the words and the picture of what is finished, loads no tables, charts or models.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

from feedback import __version__
from feedback.charts.theme import Mode
from feedback.errors import FeedbackError
from feedback.findings.evidence import Choice
from feedback.limits import Limits

if TYPE_CHECKING:
    from pandas import DataFrame

MODES: tuple[Mode, ...] = ("light", "dark")
ROOMS = ("analysis", "charts", "findings")
FORM = 1
"""The form of the documents; one of another form is worked out again."""


class Shown(Protocol):
    """What a page shows of an answer, worked out now or before."""

    @property
    def question(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def caution(self) -> str: ...
    @property
    def has_table(self) -> bool: ...
    @property
    def table(self) -> "DataFrame": ...
    @property
    def rows(self) -> "DataFrame": ...
    @property
    def alt(self) -> str: ...
    @property
    def shown(self) -> "DataFrame": ...
    @property
    def keeps(self) -> bool: ...
    def chart(self, mode: Mode) -> dict | None: ...


@dataclass(frozen=True)
class Finished:
    """An answer out of its document: what findings.work.Answer shows, without what it takes to draw it.

    pictures: the specification by mode, None where there is nothing to draw. written: the table and the rows as the
    document has them; they are made when they are first asked for.
    """

    question: str
    sentence: str
    caution: str
    alt: str
    pictures: Mapping[str, dict | None] = field(repr=False)
    written: Mapping[str, Mapping[str, Any]] = field(repr=False)
    keeps: bool = True

    @property
    def has_table(self) -> bool:
        """Whether anything stands in the table."""
        return bool(self.written["table"]["rows"] and self.written["table"]["columns"])

    @cached_property
    def table(self) -> "DataFrame":
        """The table that may be shown, in words a reader knows."""
        return self._made("table")

    @cached_property
    def rows(self) -> "DataFrame":
        """What may be shown, row by row, where it is kept (see `document_of`); else empty."""
        return self._made("rows")

    def _made(self, name: str) -> "DataFrame":
        from feedback.findings.columns import table_of

        return table_of(self.written[name])

    @property
    def shown(self) -> "DataFrame":
        """The rows that may be shown: all there are."""
        return self.rows

    def chart(self, mode: Mode) -> dict | None:
        """The picture for "light" or "dark"; None where there is nothing to draw."""
        return self.pictures[mode]


def choice_key(choice: Choice, limits: Limits) -> str:
    """A choice as text, the same for the same choice, limits and program.

    >>> choice_key(Choice(credential="sql"), Limits())[-22:]
    ' {"credential": "sql"}'
    """
    chosen = {name: value for name, value in sorted(asdict(choice).items()) if value}
    return f"{stamp(limits)} {json.dumps(chosen)}"


def stamp(limits: Limits) -> str:
    """A mark of what a finished answer depends on beside the data: the program and what it lets pass."""
    return f"{__version__} {_program():08x} {crc32(repr(limits).encode()):08x}"


@cache
def _program() -> int:
    """A mark of the sources by which findings are worked out: a change of one shows, whatever the version says."""
    house, mark = Path(__file__).parents[1], 0
    rooms = [house / "disclosure.py", *(file for room in ROOMS for file in (house / room).rglob("*.py"))]
    for file in sorted(rooms):
        mark = crc32(file.read_bytes(), mark)
    return mark


def document_of(answer: Shown) -> dict[str, Any]:
    """An answer as a document of JSON: its words, its table, and both its pictures.

    Rows go in only where there is no picture (such as comments) or the finding keeps them, and of these only what may
    be shown; withheld rows stay out.
    """
    from feedback.findings.columns import columns_of, plain

    pictures = {mode: answer.chart(mode) for mode in MODES}
    kept = answer.keeps or all(picture is None for picture in pictures.values())
    rows = answer.shown if kept else answer.shown.iloc[:0, :0]
    return {
        "form": FORM,
        "question": answer.question,
        "sentence": answer.sentence,
        "caution": answer.caution,
        "alt": answer.alt,
        "table": columns_of(answer.table),
        "rows": columns_of(rows.reset_index(drop=True)),
        "pictures": {mode: plain(picture) for mode, picture in pictures.items()},
    }


def answer_of(document: Mapping[str, Any]) -> Finished:
    """The answer in a document of `document_of`. Raises FeedbackError for one of another form: work it out again."""
    if document.get("form") != FORM:
        raise FeedbackError(
            f"a finished answer has form {document.get('form')!r}, and {FORM} is read here: recompute it."
        )
    return Finished(
        question=document["question"],
        sentence=document["sentence"],
        caution=document["caution"],
        alt=document["alt"],
        pictures=document["pictures"],
        written={name: document[name] for name in ("table", "rows")},
    )

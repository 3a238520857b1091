"""What a moderator decided of a comment, laid over its text: the words blackened, and what becomes of them when the
comment is read anew."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, select, update
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.tables import CommentReadings, Moderations

PUBLIC, INTERNAL, WITHHELD, SAFETY, AGAIN = "public", "internal", "withheld", "safety", "again"
ADDRESS = ("response", "question", "credential")
"""What tells a comment from all others."""
SHOWN = (PUBLIC, INTERNAL)
"""The states in which a comment leaves the store for those who read."""
MASK = "[masked]"
"""What stands for words a moderator blackened."""

_MACHINE = re.compile(r"\[[a-z-]{1,20}\]")
_JOINER = "\u200d"
_SKIN = ("\U0001f3fb", "\U0001f3ff")


def whole(text: str, masks: Iterable[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """The masks in order, none within another, none through a sign that is written with several code points, nor
    through what a program put. With nothing but spaces between them, two are one. Raises ValueError for a place outside
    the text.

    >>> whole("Ana Ruiz helped", [(4, 8), (0, 3)])
    ((0, 8),)
    """
    machine = [found.span() for found in _MACHINE.finditer(text)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted((int(start), int(end)) for start, end in masks):
        if not 0 <= start < end <= len(text):
            raise ValueError(f"a mask from {start} to {end} does not lie in a text of {len(text)} signs")
        while _joins(text, start):
            start -= 1
        while _joins(text, end):
            end += 1
        touched = [place for place in machine if place[0] < end and start < place[1]]
        start, end = min([start, *(a for a, _ in touched)]), max([end, *(b for _, b in touched)])
        if apart and not text[apart[-1][1] : start].strip():
            start, end = apart[-1][0], max(end, apart.pop()[1])
        apart.append((start, end))
    return tuple(apart)


def _joins(text: str, at: int) -> bool:
    """Whether what begins at a place belongs to the sign before it: an accent, a vowel sign, a part of an emoji."""
    if not 0 < at < len(text):
        return False
    sign = text[at]
    composed = sign == _JOINER or text[at - 1] == _JOINER or _SKIN[0] <= sign <= _SKIN[1]
    return composed or unicodedata.category(sign).startswith("M")


def blackened(
    text: str, topics: Sequence[Mapping[str, Any]], masks: Iterable[Sequence[int]]
) -> tuple[str, list[dict[str, Any]]]:
    """The text with its masks applied, and where its topics ({topic, start, end, polarity}) stand in it then. Topics
    that touch a mask are left out, but for those on a whole text of which something is left; a mask beyond the end of
    the text hides to its end.

    >>> blackened("Ana ran good labs", [{"topic": "practice", "start": 13, "end": 17, "polarity": ""}], [[0, 3]])
    ('[masked] ran good labs', [{'topic': 'practice', 'start': 18, 'end': 22, 'polarity': ''}])
    """
    places = sorted((int(start), int(end)) for start, end in masks)
    parts, at = [], 0
    for start, end in places:
        parts += [text[at:start], MASK]
        at = end
    shown = "".join(parts) + text[at:]
    is_left = any(part.strip() for part in (*parts[::2], text[at:]))
    kept = []
    for tag in topics:
        start, end = int(tag["start"]), int(tag["end"])
        if (start, end) == (0, len(text)) and is_left:
            kept.append({**tag, "start": 0, "end": len(shown)})
            continue
        if any(start < b and a < end for a, b in places):
            continue
        shift = sum(len(MASK) - (b - a) for a, b in places if b <= start)
        kept.append({**tag, "start": start + shift, "end": end + shift})
    return shown, kept


def behind(place: Sequence[int], masks: Iterable[Sequence[int]]) -> tuple[int, int] | None:
    """Where a place in a text with its masks applied lies in the text as a program masked it; None where it touches
    words that were blackened.

    >>> behind((18, 22), [[0, 3]])
    (13, 17)
    """
    (start, end), shift = place, 0
    for a, b in sorted((int(a), int(b)) for a, b in masks):
        if end <= a + shift:
            break
        if start < a + shift + len(MASK):
            return None
        shift += len(MASK) - (b - a)
    return start - shift, end - shift


def carried(before: str, masks: Iterable[Sequence[int]], after: str) -> list[list[int]]:
    """The masks of a text on another one of the same comment: wherever the words blackened stand in it."""
    words = {before[start:end] for start, end in masks}
    found = [each.span() for word in words if word.strip() for each in re.finditer(re.escape(word), after)]
    return [list(place) for place in whole(after, found)]


def reopen(session: Session, rows: Collection[Mapping[str, Any]]) -> int:
    """Send the decisions back whose comment now reads otherwise: call it before new readings are kept.

    rows: readings, with response, question, credential and masked. A comment that could be read by others is hidden
    until a moderator decides again; one that was hidden stays so. Reason and note stay, and the masks go along as far
    as their words do. Whoever decides of one of these comments meanwhile waits. Returns how many were sent back.
    """
    readings, connection = table_of(CommentReadings), session.connection()
    keys = sorted({row["response"] for row in rows})
    found = select(*_address(readings), readings.c.masked).where(readings.c.response.in_(keys)).with_for_update()
    before = {tuple(place): masked for *place, masked in connection.execute(found)}
    after = {tuple(row[name] for name in ADDRESS): row["masked"] for row in rows}
    moved = {place for place, masked in before.items() if after.get(place, masked) != masked}
    if not moved:
        return 0
    table, changed = table_of(Moderations), 0
    decided = select(*_address(table), table.c.state, table.c.masks).where(table.c.response.in_(keys))
    for *named, state, masks in connection.execute(decided).all():
        place = tuple(named)
        if place in moved:
            where = [table.c[name] == value for name, value in zip(ADDRESS, place, strict=True)]
            values = {"state": AGAIN if state in SHOWN else state, "masks": carried(before[place], masks, after[place])}
            connection.execute(update(table).where(*where).values(**values))
            changed += 1
    return changed


def _address(table: Table) -> list[Column[Any]]:
    return [table.c[name] for name in ADDRESS]

"""What the files of a pack share: how it is told to prove itself, how tables are laid out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from feedback.exchange.reports.content import Pack, Table

PROOF = (
    "The digest is the SHA-256 of everything this pack says: the same evidence, written as JSON, has it as the digest "
    "of its bytes. The list of who did what notes it, and the digest of each file, when it is made.",
    "To see whether a file is as it was made: feedback report --check FILE. Comments in people's own words are not in "
    "it: these can be taken back, and what is frozen cannot.",
)
WIDEST, LINES_OF_HEAD, PARTED, WHOLE = 60, 4, 8, 6
"""Letters no column asks for more of; lines its name may take; letters from which on a word of it may be parted where
there is room, and where there is none."""


LONGEST, FAIR, SLIM = 30, 32, 12
"""Letters: a longer word is parted; so many a column is given where there are too many; a column of so few is slim."""
LINES_OF_CELL = 6
"""So many lines a cell may take."""


def widths(table: Table, letters: float) -> list[float]:
    """How many letters wide each column is where so many fit beside each other: as many as it asks for (its longest
    word, or what most of its cells hold); where they all ask for more, its longest word and a fair part of the rest."""
    asked = [_asked(name, [row[at] for row in table.rows]) for at, name in enumerate(table.columns)]
    least = [
        max(_longest(row[at] for row in table.rows), min(max(map(len, name.split()), default=0), WHOLE))
        for at, name in enumerate(table.columns)
    ]
    if sum(asked) <= letters:
        return asked
    share = max(letters - sum(least), 0) / max(sum(asked) - sum(least), 1)
    return [few + (many - few) * share for few, many in zip(least, asked, strict=True)]


def split(table: Table, letters: float, between: float) -> list[Table]:
    """A table as several under each other, where its columns are too many to stand side by side: each begins with what
    tells its rows apart. What is said under it is said under the last.

    letters: so many fit beside each other. between: the room between two columns, in letters.
    """
    wanted = [min(each, FAIR) + between for each in widths(table, float("inf"))]
    if sum(wanted) <= letters:
        return [table]
    keys = _keys(table)
    room = letters - sum(wanted[:keys])
    groups: list[list[int]] = [[]]
    for at in range(keys, len(table.columns)):
        if groups[-1] and sum(wanted[each] for each in (*groups[-1], at)) > room:
            groups.append([])
        groups[-1].append(at)
    if len(groups) > 1 and len(groups[-1]) == 1 and wanted[groups[-1][0]] <= SLIM:
        last = groups.pop()
        groups[-1] += last  # a slim last column is squeezed in rather than left alone
    parts = [_only(table, [*range(keys), *group]) for group in groups]
    return [*parts[:-1], replace(parts[-1], same=table.same, more=table.more, withheld=table.withheld)]


def _keys(table: Table) -> int:
    """How many of the first columns tell the rows apart: one, or two where one does not."""
    firsts = [row[0] for row in table.rows]
    return 1 if len(set(firsts)) == len(firsts) or len(table.columns) < 4 else 2


def _only(table: Table, columns: Sequence[int]) -> Table:
    return Table(
        tuple(table.columns[at] for at in columns), tuple(tuple(row[at] for at in columns) for row in table.rows)
    )


def _asked(name: str, cells: Sequence[str]) -> float:
    lengths = sorted(map(len, cells))
    typical = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    head = max(min(max(map(len, name.split()), default=0), PARTED), len(name) / LINES_OF_HEAD)
    tallest = max(lengths, default=0) / LINES_OF_CELL
    return max(_longest(cells), head, min(max(typical, tallest), WIDEST))


def _longest(cells: Iterable[str]) -> float:
    return float(min(max((len(word) for text in cells for word in text.split()), default=0), LONGEST)) or 4.0


def single(table: Table | None) -> list[tuple[str, str]]:
    """A table of one row as names and what they hold; empty for any other. What is not known is left out."""
    if table is None or len(table.rows) != 1 or table.more:
        return []
    return [(name, value) for name, value in zip(table.columns, table.rows[0], strict=True) if value]


def release_of(pack: Pack) -> str:
    """The release in the pack's facts, for the head of a page; "" where none is told."""
    return next((f"Release {value}" for name, value in pack.facts if name == "Release"), "")


def cut_words(is_cut: bool) -> str:
    """What is said under a picture that does not show all; "" under one that does."""
    return "The picture shows the first rows only; the table has more." if is_cut else ""

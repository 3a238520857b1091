"""A SQLite file as whoever copied it sees it: to which table or index a page belongs, and where in it a text lies."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

FREE = "free"
"""Pages that belong to nothing (the freelist), and those long rows run over into."""
INNER = (2, 5)
"""The kinds of page that only lead to others."""
_KEY = re.compile(rb"(?=([0-9a-f]{32}))")


def places(path: Path, keys: Sequence[str]) -> tuple[dict[str, dict[int, int]], int]:
    """Where keys lie: for each table and index {number of the key: its byte in the file}; and the size of a page."""
    held = path.read_bytes()
    size = int.from_bytes(held[16:18], "big")
    size = 65536 if size == 1 else size
    owner = _owners(path, held, size)
    number = {key.encode(): place for place, key in enumerate(keys)}
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for match in _KEY.finditer(held):
        if match[1] in number:
            found[owner.get(match.start() // size + 1, FREE)][number[match[1]]] = match.start()
    return dict(found), size


def _owners(path: Path, held: bytes, size: int) -> dict[int, str]:
    """Page (from 1) -> the table or index it belongs to. Source: sqlite.org/fileformat2.html, section 1.6."""
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as connection:
        left = connection.execute("SELECT rootpage, name FROM sqlite_master WHERE rootpage > 0").fetchall()
    owner = {}
    while left:
        page, name = left.pop()
        owner[page] = name
        start = (page - 1) * size
        head = start + (100 if page == 1 else 0)
        if held[head] not in INNER:
            continue
        for cell in range(int.from_bytes(held[head + 3 : head + 5], "big")):
            pointer = head + 12 + 2 * cell
            begins = start + int.from_bytes(held[pointer : pointer + 2], "big")
            left.append((int.from_bytes(held[begins : begins + 4], "big"), name))
        left.append((int.from_bytes(held[head + 8 : head + 12], "big"), name))
    return owner


def told_right(found: Mapping[int, int], size: int) -> float:
    """How often, of two that lie on one page, the one further up came first: 0.5 when that says nothing.

    found: number of arrival -> place.
    """
    pages: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, place in found.items():
        pages[place // size].append((place, number))
    pairs = [one[1] < other[1] for page in pages.values() for one, other in combinations(sorted(page), 2)]
    return sum(pairs) / len(pairs) if pairs else 0.5

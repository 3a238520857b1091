"""Values of the catalogue as rows of a table, and back: what a cell of each shape looks like.

Lists are separated by "|", what is known by name is written "name: what", days as 2025-03-31, numbers with a point,
yes or no in words; what is not known is empty. What `cells` writes, `read_cell` reads.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from feedback.catalogue.contents import Entity
from feedback.catalogue.hints import Hint, hints
from feedback.catalogue.values.base import SEPARATOR, Value

YES, NO = ("yes", "true", "1"), ("no", "false", "0")

Complain = Callable[[str], None]
"""Takes a sentence saying what was found and is allowed."""


def cells(value: Value) -> dict[str, str]:
    """A value as the cells of a row, by column.

    >>> from feedback.catalogue.values import Skill
    >>> cells(Skill(slug="sql", title="SQL", alternatives=["SEQUEL", "Queries"]))["alternatives"]
    'SEQUEL|Queries'
    """
    return {name: _cell(getattr(value, name)) for name in hints(type(value))}


def table(entity: Entity, values: list[Value]) -> tuple[tuple[str, ...], list[list[str]]]:
    """The columns of an entity and a row for each value; what was read from it says the same again."""
    return entity.columns, [list(cells(value).values()) for value in values]


def read_cell(hint: Hint, cell: str, complain: Complain) -> Any:
    """What a cell that is not empty says, or None when that cannot be; then it was complained about."""
    match hint.shape:
        case "list":
            return split(cell)
        case "number":
            return _number(cell, complain)
        case "whole number":
            return _whole(cell, complain)
        case "day":
            return _day(cell, complain)
        case "yes or no":
            return _yes_or_no(cell, complain)
        case "texts":
            return dict(_pairs(cell, complain))
        case "counts":
            return {name: _whole(count, complain) for name, count in _pairs(cell, complain)}
        case _:
            return cell


def read_number(text: str) -> float | None:
    """A plain decimal number, with a point or (one or two places) a comma; None for anything else.

    >>> read_number(" 4.5 "), read_number("4,5"), read_number("1,250"), read_number("nan"), read_number("1e3")
    (4.5, 4.5, None, None, None)
    """
    if re.fullmatch(r"\s*[+-]?[0-9]{1,12}(\.[0-9]{1,400}|,[0-9]{1,2})?\s*", text):
        return float(text.replace(",", "."))
    return None


def shortened(text: str, length: int = 60) -> str:
    """Text for use in a message: on one line, printable, at most `length` characters.

    >>> shortened("six\\nseven")
    'six seven'
    """
    plain = "".join(char if char.isprintable() else " " for char in text[: length + 1])
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def split(cell: str) -> list[str]:
    """The entries of a list.

    >>> split(" en | de|")
    ['en', 'de']
    """
    return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]


def _cell(said: Any) -> str:
    if said is None:
        return ""
    if isinstance(said, bool):
        return YES[0] if said else NO[0]
    if isinstance(said, float):
        text = f"{Decimal(repr(said)):f}"
        return text.removesuffix(".0")
    if isinstance(said, date):
        return said.isoformat()
    if isinstance(said, list):
        return SEPARATOR.join(said)
    if isinstance(said, dict):
        return SEPARATOR.join(f"{name}: {each}" for name, each in said.items())
    return str(said)


def _number(cell: str, complain: Complain) -> float | None:
    number = read_number(cell)
    if number is None:
        complain(f'found "{shortened(cell)}"; a number is needed, such as 12.')
    return number


def _whole(cell: str, complain: Complain) -> int | None:
    number = read_number(cell)
    if number is None or number % 1:
        complain(f'found "{shortened(cell)}"; a whole number is needed, such as 12.')
        return None
    return int(number)


def _day(cell: str, complain: Complain) -> date | None:
    try:
        return date.fromisoformat(cell if len(cell) == 10 else "")
    except ValueError:
        complain(f'found "{shortened(cell)}"; a day is needed, written as 2025-03-31.')
        return None


def _yes_or_no(cell: str, complain: Complain) -> bool | None:
    if cell.casefold() in YES + NO:
        return cell.casefold() in YES
    complain(f'found "{shortened(cell)}"; yes or no is needed.')
    return None


def _pairs(cell: str, complain: Complain) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for entry in split(cell):
        name, colon, said = (part.strip() for part in entry.partition(":"))
        if not (name and colon and said):
            complain(
                f'found "{shortened(entry)}"; each entry is a name and what it says, as es: Insignia or 50-59: 12.'
            )
        elif name in found:
            complain(f'"{shortened(name)}" stands there twice; each name once.')
        else:
            found[name] = said
    return list(found.items())

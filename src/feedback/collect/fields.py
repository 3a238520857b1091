"""What a browser sends of a step -> raw answers, as the check at the door wants them.

Only the fields of what was drawn are looked at; a name is built here and never taken apart.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from feedback.survey.kinds import KINDS
from feedback.survey.questionnaire import ALL_PAIRS
from feedback.survey.routing import Asked, offered
from feedback.survey.setting import Setting
from feedback.survey.steps import before, keep

Fields = Mapping[str, Sequence[str]]
"""What was sent: each field's values, in the order they came."""

GO = "go"
"""The field of the buttons that move through a form: back, next, send, undo (takes the last pair back)."""
UNDO = "undo"
_NUMBER = re.compile(r"([+-]?)(\d{1,30})(?:[.,\u066b](\d{1,400}))?", re.ASCII)


def name_of(place: Asked, item: str = "") -> str:
    """The field of a question, or of one part of it: a row, a pair, a place, an end, an aside.

    Nothing an id may hold is a dot, so two places never share a name, nor does any share one with the form's own.
    """
    name = f"q.{place.question.id}"
    if item:
        return f"{name}.{place.slug or ''}.{item}"
    return f"{name}.{place.slug}" if place.slug else name


def answered(answers: Mapping[str, Any], fields: Fields, here: Sequence[Asked], setting: Setting) -> dict[str, Any]:
    """All answers after a step was sent: what was drawn there is as it was sent, the rest as before.

    Raw, as they would come from anywhere: {question: answer}, in a repeated section {question: {credential: answer}}.
    What was left blank is missing; what cannot be read is handed on as it came, so that the check can say so. A pair
    chosen joins those chosen before; "undo" takes the last of them back.
    """
    after = {key: dict(held) if isinstance(held, dict) else held for key, held in answers.items()}
    for place in here:
        given = _given(fields, place, setting)
        if place.question.options_from == ALL_PAIRS:
            chosen = before(after, place)
            given = (dict(chosen) if isinstance(chosen, dict) else {}) | (given or {})
            if given and UNDO in fields.get(GO, ()):
                given.popitem()
            given = given or None
        if given is not None or before(after, place) is not None:
            keep(after, place, given)
    return after


def number_in(typed: str) -> int | float | str:
    """A number as people write it: with a comma or a point, in Arabic or other digits; else what was typed.

    >>> number_in(" 12,5 "), number_in("١٢"), number_in("12"), number_in("twelve")
    (12.5, 12, 12, 'twelve')
    """
    digits = "".join(_digit(letter) for letter in typed.strip())
    found = _NUMBER.fullmatch(digits)
    if found is None:
        return typed
    sign, whole, part = found.groups()
    return int(sign + whole) if part is None else float(f"{sign}{whole}.{part}")


def number_text(number: float) -> str:
    """A number as it is put back into its field.

    >>> number_text(12), number_text(12.5)
    ('12', '12.5')
    """
    return f"{Decimal(repr(number)):f}"


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None) if not letter.isascii() else None
    return letter if value is None else str(value)


# --- one function a control ------------------------------------------------------------------------------------------


def _given(fields: Fields, place: Asked, setting: Setting) -> Any:
    """The raw answer at a place; None when it was left blank."""
    return _READ[KINDS[place.question.kind].control](fields, place, setting)


def _first(fields: Fields, name: str) -> str | None:
    """What a field holds; None when it is missing or blank."""
    values = fields.get(name)
    return values[0] if values and values[0].strip() else None


def _step(fields: Fields, place: Asked, name: str) -> int | str | None:
    """A step of the scale; an aside, and what is no step at all, as it came."""
    typed = _first(fields, name)
    return None if typed is None else {str(step): step for step in place.question.steps}.get(typed, typed)


def _radio(fields: Fields, place: Asked, setting: Setting) -> Any:
    return _step(fields, place, name_of(place))


def _checkboxes(fields: Fields, place: Asked, setting: Setting) -> Any:
    return [one for one in fields.get(name_of(place), ()) if one] or None


def _grid(fields: Fields, place: Asked, setting: Setting) -> Any:
    items = offered(place.question, setting, place.subject).items
    rows = {item: _step(fields, place, name_of(place, item)) for item in items}
    return {item: step for item, step in rows.items() if step is not None} or None


def _number(fields: Fields, place: Asked, setting: Setting) -> Any:
    for aside in place.question.aside_ids:
        if _first(fields, name_of(place, aside)) is not None:
            return aside
    typed = _first(fields, name_of(place))
    return None if typed is None else number_in(typed)


def _ranking(fields: Fields, place: Asked, setting: Setting) -> Any:
    chosen = [_first(fields, name_of(place, str(number))) for number in range(1, places_of(place, setting) + 1)]
    return [one for one in chosen if one is not None] or None


def places_of(place: Asked, setting: Setting) -> int:
    """How many places a ranking has."""
    options = len(offered(place.question, setting, place.subject).options)
    return min(options, int(place.question.maximum or options))


def _best_worst(fields: Fields, place: Asked, setting: Setting) -> Any:
    ends = {end: _first(fields, name_of(place, end)) for end in ("best", "worst")}
    return {end: chosen for end, chosen in ends.items() if chosen is not None} or None


def _pair(fields: Fields, place: Asked, setting: Setting) -> Any:
    pairs = offered(place.question, setting, place.subject).items
    chosen = {pair: _first(fields, name_of(place, pair)) for pair in pairs}
    return {pair: slug for pair, slug in chosen.items() if slug is not None} or None


def _text(fields: Fields, place: Asked, setting: Setting) -> Any:
    return _first(fields, name_of(place))


_READ: Mapping[str, Callable[[Fields, Asked, Setting], Any]] = MappingProxyType(
    {
        "radio": _radio,
        "checkboxes": _checkboxes,
        "grid": _grid,
        "number": _number,
        "ranking": _ranking,
        "best_worst": _best_worst,
        "pair": _pair,
        "line": _text,
        "area": _text,
    }
)
"""How each control is read, by the name its kind gives."""

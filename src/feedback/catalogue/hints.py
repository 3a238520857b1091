"""What forms and files need to know of a field: its title, what may stand in it, what it refers to."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic_core import PydanticUndefined

from feedback.catalogue.values.base import Value, about_field

SHAPES = {str: "text", float: "number", int: "whole number", date: "day", bool: "yes or no", list: "list"}


@dataclass(frozen=True)
class Hint:
    """What is known of a field.

    shape: "text", "number", "whole number", "day", "yes or no", "list" (of texts), "texts" or "counts" (texts, or
    numbers, by name). needed: it must be given; else default is what it is when it is not. optional: it may be not
    known (None). choices: the only words allowed, empty for any. refers: the entity whose slugs it holds, or "". makes:
    a file may name one that is not there yet. long: text of several lines. least, most: bounds of a number, both
    included; above, below: not included.
    """

    name: str
    title: str
    description: str
    shape: str
    needed: bool
    optional: bool
    default: Any
    choices: tuple[str, ...] = ()
    refers: str = ""
    makes: bool = False
    long: bool = False
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None


@lru_cache
def hints(value: type[Value]) -> dict[str, Hint]:
    """The hints of every field of a value class, by name, in order.

    >>> from feedback.catalogue.values import Run
    >>> hints(Run)["starts"].shape, hints(Run)["delivery"].choices[0], hints(Run)["credential"].refers
    ('day', 'digital', 'credentials')
    """
    return {name: _hint(value, name) for name in value.model_fields}


def _hint(value: type[Value], name: str) -> Hint:
    told, about = value.model_fields[name], about_field(value, name)
    kinds = [kind for kind in get_args(told.annotation) if kind is not NoneType]
    plain: Any = kinds[0] if NoneType in get_args(told.annotation) else told.annotation
    bounds = {
        key: getattr(each, key) for each in told.metadata for key in ("ge", "le", "gt", "lt") if hasattr(each, key)
    }
    default = told.default_factory() if told.default_factory else told.default  # type: ignore[call-arg]
    return Hint(
        name=name,
        title=told.title or name,
        description=told.description or "",
        shape=_shape(plain),
        needed=told.is_required(),
        optional=plain is not told.annotation,
        default=None if default is PydanticUndefined else default,
        choices=tuple(about.get("choices", ())),
        refers=about.get("refers", ""),
        makes=about.get("makes", False),
        long=about.get("long", False),
        least=bounds.get("ge"),
        most=bounds.get("le"),
        above=bounds.get("gt"),
        below=bounds.get("lt"),
    )


def _shape(annotation: Any) -> str:
    if get_origin(annotation) is dict:
        return "counts" if get_args(annotation)[1] is int else "texts"
    return SHAPES[get_origin(annotation) or annotation]

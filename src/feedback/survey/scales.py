"""Read the scales that questionnaires share, and the answers beside them that are no rating."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feedback.errors import Refused
from feedback.survey.checked_toml import Table, read_text, toml_of
from feedback.survey.questionnaire import SCALE_KINDS, Aside, Scale, ScaleValue

FILE = "scales.toml"


@dataclass(frozen=True)
class Scales:
    """Every scale and every aside by id, and the languages they are worded in."""

    scales: Mapping[str, Scale]
    asides: Mapping[str, Aside]
    languages: tuple[str, ...]


def read_scales(path: Path) -> Scales:
    """Read scales.toml. Raises Refused with every problem in it."""
    return read_scales_text(read_text(path), path.name)


def read_scales_text(text: str, name: str = FILE) -> Scales:
    """The scales of a text, such as scales.toml holds. Raises Refused with every problem in it."""
    top = Table(toml_of(text, name), name)
    top.only(("languages", "asides", "scales"))
    top.languages = top.words("languages") or ()
    if not top.languages:
        top.note('languages is missing, such as ["en", "de"].')
    taken: set[str] = set()
    asides = {}
    for table in top.tables("asides", "aside"):
        table.only(("id", "label"))
        aside = Aside(table.id(taken), table.text("label"))
        asides[aside.id] = aside
    taken = set()
    scales = {}
    for table in top.tables("scales", "scale", needed=True):
        scale = _read_scale(table, taken, asides)
        scales[scale.id] = scale
    if top.problems:
        raise Refused(top.problems)
    return Scales(scales, asides, top.languages)


def _read_scale(table: Table, taken: set[str], asides: Mapping[str, Aside]) -> Scale:
    table.only(("id", "kind", "values", "positive", "asides"))
    name = table.id(taken)
    kind = table.word("kind", known=SCALE_KINDS)
    values = []
    for step in table.tables("values", "value", needed=True):
        step.only(("value", "label"))
        number = step.whole("value", lowest=-100, highest=100)
        if number is None:
            step.note("value is missing.")
        values.append(ScaleValue(number or 0, step.text("label")))
    numbers = [step.value for step in values]
    if numbers != sorted(set(numbers)) or len(numbers) < 2:
        table.note(f"values must rise, and be two or more; found {numbers}.")
    return Scale(
        name,
        kind,
        tuple(values),
        tuple(one for one in positive_of(table, numbers) if isinstance(one, int)),
        table.words("asides", known=asides, what="aside") or (),
    )


def positive_of(table: Table, known: list[int] | list[str]) -> tuple[int | str, ...]:
    """The values (or ids) that count as positive; each must be one of those known. Empty when not said."""
    value = table.raw.get("positive", [])
    if not isinstance(value, list) or any(isinstance(one, bool) or one not in known for one in value):
        table.note(f"positive must be a list of {', '.join(map(str, known))}; found {value!r}.")
        return ()
    return tuple(value)

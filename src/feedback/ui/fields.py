"""What an edit page knows of a value's fields: how each is asked for, put into a control, and read back.

Nothing of the screen is here. A field is described by its value class alone: its type, title, description, choices and
what it refers to; so a field added there is on the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ValidationError

from feedback.catalogue.contents import Entity
from feedback.catalogue.hints import Hint, hints
from feedback.catalogue.rows import read_number
from feedback.catalogue.values import PURPOSE
from feedback.catalogue.values.base import Value
from feedback.catalogue.values.choices import SECTORS

NOT_KNOWN = "not known"
YES_NO: Mapping[str, str] = MappingProxyType({"yes": "Yes", "no": "No", "": "Not known"})
FURTHER = "  "
WHOLE = ""
"""Stands for the entry as a whole where problems are told by field."""

Control = Literal["line", "area", "choice", "choices", "number", "whole", "date", "yes_no", "lines", "pairs"]
"""A line of text, a long text, one or several of a list, a number, a whole number, a day, yes or no, a text a line, a
name and what it says a line."""
CONTROLS: Mapping[str, Control] = MappingProxyType(
    {
        "text": "line",
        "number": "number",
        "whole number": "whole",
        "day": "date",
        "yes or no": "yes_no",
        "list": "lines",
        "texts": "pairs",
        "counts": "pairs",
    }
)
"""The control of a field's shape, where nothing else is said of it."""
PURPOSE_WORDS = "Why it exists, in five answers. Whoever decides about it reads these first."
SECTIONS: Mapping[str, Sequence[tuple[str, str, Sequence[str]]]] = MappingProxyType(
    {
        "credentials": (
            (
                "What it is", "",
                ("title", "kind", "programme", "issuer", "issuer_type", "backing_body", "carriers", "description",
                 "lifecycle", "review_due", "slug"),
            ),
            ("Its purpose sheet", PURPOSE_WORDS, PURPOSE),
            (
                "What it teaches", "",
                ("skills", "topics", "level", "market_driven", "assessment", "project_component", "portfolio_evidence"),
            ),
            (
                "Whom it is for", "",
                ("audience", "for_working_people", "sectors", "occupations", "supplements", "languages"),
            ),
            (
                "Time and cost", "",
                ("planned_weeks", "hours", "weeks_reason", "fee", "currency", "intensity"),
            ),
            (
                "Proof and rules", "",
                ("standard", "verification_url", "signed", "licence", "rights", "regulation"),
            ),
        ),
        "runs": (
            ("The delivery", "", ("credential", "label", "starts", "ends", "delivery", "beta", "slug")),
            ("Time it took", "", ("planned_weeks", "actual_weeks", "weeks_reason")),
            ("Interest", "", ("views", "enquiries", "waiting_list")),
            ("From enrolled to passed", "Counts of people, never more than the line above.",
             ("enrolled", "started", "completed", "passed", "test_results")),
            ("Badges", "", ("badges_issued", "badges_claimed", "badges_shared")),
        ),
    }
)  # fmt: skip
"""Under which titles the fields of long entries are asked; a field that is not named here comes last."""
PARTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {"alignments": ("credential", "skill", "module"), "stacks": ("credential", "target_kind", "target")}
)
"""The fields an entry's slug follows from for good: with others it would be another entry."""


def control(hint: Hint) -> Control:
    """How a field is asked for."""
    if hint.choices or hint.refers:
        return "choices" if hint.shape == "list" else "choice"
    return "area" if hint.long and hint.shape == "text" else CONTROLS[hint.shape]


def sections_of(entity: Entity) -> list[tuple[str, str, tuple[Hint, ...]]]:
    """The fields of an entity under the titles they are asked under, each with a line about it: every field, once.

    The slug, which most leave empty, comes last where nothing else is said.
    """
    asked = dict(hints(entity.value))
    parts = [
        (title, words, tuple(asked.pop(name) for name in names if name in asked))
        for title, words, names in SECTIONS.get(entity.name, ())
    ]
    rest = tuple(sorted(asked.values(), key=lambda hint: hint.name == "slug"))
    return [part for part in [*parts, ("More" if parts else "", "", rest)] if part[2]]


def words_for(hint: Hint) -> dict[str, str]:
    """What may be chosen, in words by value."""
    return {one: SECTORS.get(one, one) for one in hint.choices}


def shown(hint: Hint, value: Any) -> Any:
    """A field's value as its control holds it: texts for typing, numbers, days, slugs chosen."""
    if control(hint) == "lines":
        return _joined(map(str, value or ()))
    if control(hint) == "pairs":
        return _joined(f"{name}: {_plain(about)}" for name, about in (value or {}).items())
    if control(hint) in ("line", "area"):
        return value or ""
    if control(hint) == "choices":
        return list(value or ())
    if control(hint) == "number":
        return None if value is None else float(value)
    if control(hint) == "yes_no":
        return "" if value is None else "yes" if value else "no"
    return value


def given(hint: Hint, held: Any) -> Any:
    """What a control holds as a value class takes it; the reverse of `shown`. An empty one is not known, or empty."""
    if control(hint) == "lines":
        return _parted(held)
    if control(hint) == "pairs":
        return dict(_pair(line, numbers=hint.shape == "counts") for line in _parted(held))
    if control(hint) == "choices":
        return list(held or ())
    if control(hint) in ("line", "area", "choice") and not held:
        return None if hint.optional else ""
    if control(hint) == "yes_no":
        return None if not held else held == "yes"
    if control(hint) == "whole" and held is not None and held == int(held):
        return int(held)
    return held


def _joined(entries: Iterable[str]) -> str:
    """One entry a line; the further lines of one stand two spaces in."""
    return "\n".join(entry.replace("\n", f"\n{FURTHER}") for entry in entries)


def _parted(text: str | None) -> list[str]:
    """The entries of a text that `_joined` made or somebody typed; empty lines are none."""
    entries: list[str] = []
    for line in (text or "").replace("\r\n", "\n").split("\n"):
        if line.startswith(FURTHER) and entries:
            entries[-1] += "\n" + line.removeprefix(FURTHER)
        elif line.strip():
            entries.append(line.strip())
    return [entry.strip() for entry in entries]


def _pair(line: str, *, numbers: bool) -> tuple[str, Any]:
    """A name and what stands behind its last (numbers) or first colon; without one, a name with nothing behind it."""
    name, _, about = line.rpartition(":") if numbers and ":" in line else line.partition(":")
    number = read_number(about) if numbers else None
    if number is not None:
        return name.strip(), int(number) if number == int(number) else number
    return name.strip(), about.strip()


def _plain(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def checked(kept: type[Value], raw: Mapping[str, Any]) -> Value | dict[str, list[str]]:
    """The value, or every problem by field (WHOLE: the entry as such), each a sentence."""
    try:
        return kept.model_validate(dict(raw))
    except ValidationError as error:
        problems: dict[str, list[str]] = {}
        for wrong in error.errors():
            name = str(wrong["loc"][0]) if wrong["loc"] else WHOLE
            problems.setdefault(name, []).append(_sentence(wrong))
        return problems


def _sentence(wrong: Any) -> str:
    """A problem in words: what is allowed, as the check says it."""
    bounds = wrong.get("ctx", {})
    words = {
        "missing": "Please fill this in.",
        "greater_than": f"Please give a number above {bounds.get('gt')}.",
        "greater_than_equal": f"Please give a number of at least {bounds.get('ge')}.",
        "less_than_equal": f"Please give a number of at most {bounds.get('le')}.",
        "int_from_float": "Please give a whole number.",
        "int_parsing": "Please give a whole number.",
        "float_parsing": "Please give a number.",
    }
    entry = f'"{wrong["loc"][1]}": ' if len(wrong["loc"]) > 1 else ""
    if wrong["type"] in words:
        return entry + words[wrong["type"]]
    said = str(wrong["msg"]).removeprefix("Value error, ").strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "?", "!")) else ".")


def merged(
    loaded: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Two people's changes to what both had loaded, and the fields both changed differently: there mine stands."""
    both = {name: theirs[name] if mine[name] == loaded[name] else mine[name] for name in mine}
    clashes = tuple(name for name in mine if both[name] != theirs[name] and theirs[name] != loaded[name])
    return both, clashes


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The fields that differ; of what is new or gone, those that say something."""
    old, new = before or {}, after or {}
    return tuple(
        name
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name) and not (_empty(old.get(name)) and _empty(new.get(name)))
    )


def _empty(value: Any) -> bool:
    """Whether a value says nothing. 0 and "no" do."""
    return value is None or value in ("", [], {}, ())


def said(hint: Hint, value: Any, titles: Mapping[str, str]) -> str:
    """A field's value in words; "" for what is not known or empty. titles: by slug, of what it refers to."""
    names = {**words_for(hint), **titles}
    if _empty(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if control(hint) == "choices":
        return ", ".join(names.get(one, one) for one in value)
    if control(hint) == "choice":
        return names.get(value, value)
    if control(hint) == "lines":
        return ", ".join(map(str, value))
    if control(hint) == "pairs":
        return ", ".join(f"{name}: {_plain(about)}" for name, about in value.items())
    if control(hint) == "date":
        return day(value)
    return f"{value:,.12g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def day(value: date | str) -> str:
    """A day in words.

    >>> day("2025-03-01")
    '1 March 2025'
    """
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.day} {moment:%B %Y}"

"""What is told in public of an action, in words: what was found, how far it is, what came of it. In any language."""

from collections.abc import Mapping
from typing import Any

from feedback.survey.steps import apart
from feedback.survey.text import say
from feedback.survey.wording import word

BY_AUDIENCE = ("topic", "answered")
"""Kinds of what was found that are worded apart for learners and employers."""
COMMA = ("de", "es")
"""Languages that write a comma in numbers, and a space before the percent sign."""


def found_in_words(found: Mapping[str, Any], language: str) -> str:
    """What was found, in a sentence; "" where no number stands behind it. found: see findings.public."""
    labels = found.get("label", {})
    if not labels or "kind" not in found:
        return ""
    kind = str(found["kind"])
    key = f"found_{kind}_{found['audience']}" if kind in BY_AUDIENCE else f"found_{kind}"
    said: dict[str, Any] = {"people": found["people"], "what": apart(say(labels, language), language)}
    if "share" in found:
        share, low, high = (percent(float(found[name]), language) for name in ("share", "low", "high"))
        said |= {"percent": share, "between": word("public.between", language, low=low, high=high)}
    return word(f"public.{key}", language, **said)


def state_in_words(state: str, language: str) -> str:
    """How far an action is."""
    return word(f"public.state_{state}", language)


def effect_in_words(effect: Mapping[str, Any] | None, language: str) -> list[str]:
    """What came of it, in a sentence; none while that is not known, or may not be told."""
    if not effect or "verdict" not in effect:
        return []
    return [word(f"public.effect_{effect['verdict']}", language)]


def day_apart(day: object, language: str) -> str:
    """A day (ISO) in a line of any language, which does not break within it."""
    return apart(f"{day}".replace("-", "\u2011"), language)


def percent(share: float, language: str) -> str:
    """A share in whole percent, as the language writes it.

    >>> percent(0.625, "en"), percent(0.625, "de")
    ('62%', '62\\u202f%')
    """
    return f"{round(100 * share)}\u202f%" if language in COMMA else f"{round(100 * share)}%"


def decimal(number: float, language: str) -> str:
    """A number with one decimal, as the language writes it.

    >>> decimal(2.84, "en"), decimal(2.84, "es")
    ('2.8', '2,8')
    """
    return f"{number:.1f}".replace(".", "," if language in COMMA else ".")

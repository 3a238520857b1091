"""Kinds of question: one entry each, with the control it is drawn by, the check of an answer, and the answer's parts.

To add a kind, write its two functions and a line in KINDS; only a wholly new control touches the pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any, NamedTuple

from feedback.survey.questionnaire import ALL_PAIRS, Question
from feedback.survey.text import LONGEST_SHORT_TEXT, LONGEST_TEXT, Wrong, clean_text

ANSWERED = "answered"
SAME = "same"
MOST_ASKED_PAIRS = 20
TEXTS = ("short_text", "long_text")
"""Kinds whose answers are free text: that something was written counts, what it was does not."""
"""So many pairs are put to one person at most, where the question does not say."""
TABLE = (
    dict,
    Mapping,
)  # what counts as a table of answers; dict stands first because looking for it is ten times faster
_BLANK = (str, list, tuple, *TABLE)


class Part(NamedTuple):
    """One part of an answer, as the answers table keeps it.

    item: grid row, option chosen, place or pair; "" when the answer is one. status: "answered" or the id of the aside.
    number: on the question's own scale. score: 0 to 1, None where the scale has no good end. positive: whether it
    counts as positive; None where the question says nothing of it.
    """

    item: str = ""
    status: str = ANSWERED
    number: float | None = None
    text: str | None = None
    score: float | None = None
    positive: bool | None = None


@dataclass(frozen=True)
class Offered:
    """What may be answered in this sitting: ids of the options and of the items (rows, or pairs), as drawn."""

    options: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


Checked = tuple[Any, list[Wrong]]
"""The answer as it is kept (None: not answered), and what is wrong with it. With something wrong, keep nothing."""

Read = Callable[[Any], tuple[Part, ...]]


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    control: how it is drawn. check: the answer as it came -> the answer as it is kept, or what is wrong with it; never
    raises. parts: for a question, the function from a kept answer to its parts. needs, allows: keys of its file.
    tests: what a condition may ask of its answer. draws: whether "options" or "items" must not be empty.
    makes: what its options or items may be made from; lists: whether they may be written out instead.
    """

    name: str
    control: str
    check: Callable[[Question, object, Offered], Checked]
    parts: Callable[[Question], Read]
    needs: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    tests: tuple[str, ...] = ("answered",)
    draws: str | None = None
    makes: tuple[str, ...] = ()
    lists: bool = True


# --- checks: raw answer -> kept answer, or what is wrong -------------------------------------------------------------


def _check_one(question: Question, raw: object, offered: Offered) -> Checked:
    if not isinstance(raw, str):
        return None, [Wrong("wrong_type")]
    if raw in offered.options or raw in question.aside_ids:
        return raw, []
    return None, [Wrong("not_an_option")]


def _check_several(question: Question, raw: object, offered: Offered) -> Checked:
    chosen, wrong = _ids(raw, offered.options)
    if not wrong and question.maximum is not None and len(chosen) > question.maximum:
        wrong = [Wrong("too_many", values={"maximum": int(question.maximum)})]
    if not wrong and len(chosen) > 1 and any(option in question.exclusive_ids for option in chosen):
        wrong = [Wrong("not_alone")]
    ticked = [option for option in offered.options if option in chosen]  # the order of ticking means nothing
    return (ticked or None), wrong


def _check_scale(question: Question, raw: object, offered: Offered) -> Checked:
    value, wrong = _step(question, raw)
    return value, [wrong] if wrong else []


def _check_grid(question: Question, raw: object, offered: Offered) -> Checked:
    if not isinstance(raw, TABLE):
        return None, [Wrong("wrong_type")]
    rows, problems = {}, _strangers(raw, offered.items)
    for item in offered.items:
        given = raw.get(item)
        if is_blank(given):
            continue
        value, wrong = _step(question, given)
        if wrong:
            problems.append(Wrong(wrong.code, item, wrong.values))
        else:
            rows[item] = value
    if question.required and (rows or problems):
        missing = [item for item in offered.items if is_blank(raw.get(item))]
        problems += [Wrong("missing_item", item, {"item": item}) for item in missing]
    return (rows or None), problems


def _check_number(question: Question, raw: object, offered: Offered) -> Checked:
    if isinstance(raw, str) and raw in question.aside_ids:
        return raw, []
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not (isinstance(raw, int) or isfinite(raw)):
        return None, [Wrong("not_a_number")]
    lowest, highest = question.minimum, question.maximum
    if lowest is None or highest is None or not lowest <= raw <= highest:
        return None, [Wrong("out_of_range", values={"minimum": lowest, "maximum": highest})]
    return (int(raw) if raw == int(raw) else raw), []


def _check_ranking(question: Question, raw: object, offered: Offered) -> Checked:
    ranked, wrong = _ids(raw, offered.options)
    most = min(int(question.maximum or len(offered.options)), len(offered.options))
    if not wrong and len(ranked) > most:
        wrong = [Wrong("too_many", values={"maximum": most})]
    if not wrong and question.required and ranked and len(ranked) < most:
        wrong = [Wrong("incomplete")]
    return (ranked or None), wrong


def _check_best_worst(question: Question, raw: object, offered: Offered) -> Checked:
    if not isinstance(raw, TABLE):
        return None, [Wrong("wrong_type")]
    problems = _strangers(raw, ("best", "worst"))
    chosen = {}
    for end in ("best", "worst"):
        option = raw.get(end)
        if is_blank(option):
            continue
        if not isinstance(option, str):
            problems.append(Wrong("wrong_type", end))
        elif option not in offered.options:
            problems.append(Wrong("not_an_option", end))
        else:
            chosen[end] = option
    if not problems and len(chosen) == 1:
        problems = [Wrong("incomplete")]
    if len(chosen) == 2 and chosen["best"] == chosen["worst"]:
        problems.append(Wrong("best_is_worst"))
    return (chosen or None), problems


def _check_pair(question: Question, raw: object, offered: Offered) -> Checked:
    if not isinstance(raw, TABLE):
        return None, [Wrong("wrong_type")]
    choices, problems = {}, _strangers(raw, offered.items)
    given = [pair for pair in offered.items if not is_blank(raw.get(pair))]
    most = int(question.maximum or MOST_ASKED_PAIRS)
    if len(given) > most:
        return None, [*problems, Wrong("too_many", values={"maximum": most})]
    for pair in given:
        chosen = raw[pair]
        if not isinstance(chosen, str):
            problems.append(Wrong("wrong_type", pair))
        elif chosen not in (*pair.split("|"), SAME):
            problems.append(Wrong("not_an_option", pair))
        else:
            choices[pair] = chosen
    if question.required and (choices or problems) and question.options_from != ALL_PAIRS:
        missing = [pair for pair in offered.items if pair not in given]
        problems += [Wrong("missing_item", pair, {"item": pair}) for pair in missing]
    return (choices or None), problems


def _check_text(most: int) -> Callable[[Question, object, Offered], Checked]:
    def check(question: Question, raw: object, offered: Offered) -> Checked:
        text = clean_text(raw, most)
        return (None, [text]) if isinstance(text, Wrong) else (text or None, [])

    return check


# --- parts: kept answer -> parts -------------------------------------------------------------------------------------


def _one_parts(question: Question) -> Read:
    positive = question.positive
    known = {
        option.id: (Part(option.id, positive=option.id in positive if positive else None),)
        for option in question.options
    } | {aside: (Part(status=aside),) for aside in question.aside_ids}
    return lambda value: known.get(value) or (Part(str(value)),)


def _several_parts(question: Question) -> Read:
    """A part for each option chosen, and before them one with item "": answered at all, which shares are of."""
    one = _one_parts(question)
    return lambda value: (Part(), *(part for option in value for part in one(option)))


def _scale_parts(question: Question) -> Read:
    rows = _row_parts(question)
    ready = {value: (rows("", value),) for value in (*question.steps, *question.aside_ids)}
    return lambda value: ready.get(value) or (rows("", value),)


def _grid_parts(question: Question) -> Read:
    rows = _row_parts(question)
    return lambda value: tuple(rows(item, given) for item, given in value.items())


def _row_parts(question: Question) -> Callable[[str, Any], Part]:
    """What a rating means, worked out once: reading 75,000 of them is then a look-up each."""
    scale, positive = question.scale, question.positive
    rated = {
        value: (ANSWERED, float(value), None, scale.score(value) if scale else None, value in positive)
        for value in question.steps
    }

    def read(item: str, value: Any) -> Part:
        found = rated.get(value)
        if found is not None:
            return Part(item, *found)
        if isinstance(value, str):
            return Part(item, status=value)
        return Part(item, number=float(value))  # a step this version of the scale no longer has

    return read


def _number_parts(question: Question) -> Read:
    return lambda value: (Part(status=value) if isinstance(value, str) else Part(number=float(value)),)


def _ranking_parts(question: Question) -> Read:
    return lambda value: tuple(Part(option, number=float(place)) for place, option in enumerate(value, start=1))


def _chosen_parts(question: Question) -> Read:
    return lambda value: tuple(Part(item, text=chosen) for item, chosen in value.items())


def _text_parts(question: Question) -> Read:
    return lambda value: (Part(text=value),)


# --- what the checks share -------------------------------------------------------------------------------------------


def is_blank(raw: object) -> bool:
    """Whether nothing was answered: None, an empty text, an empty list or table."""
    return raw is None or (isinstance(raw, _BLANK) and not raw)


def _step(question: Question, raw: object) -> tuple[int | str | None, Wrong | None]:
    """A rating or an aside. True is not 1, and "5" is not 5: whoever sends text has sent something else."""
    steps = question.steps
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return None, Wrong("wrong_type")
    if raw in (steps if isinstance(raw, int) else question.aside_ids):
        return raw, None
    return None, Wrong("not_on_scale", values={"count": len(steps)})


def _ids(raw: object, known: tuple[str, ...]) -> tuple[list[str], list[Wrong]]:
    """A list of known ids, each once."""
    if not isinstance(raw, list | tuple) or not all(isinstance(one, str) for one in raw):
        return [], [Wrong("wrong_type")]
    if any(one not in known for one in raw):
        return [], [Wrong("not_an_option")]
    if len(set(raw)) < len(raw):
        return [], [Wrong("twice")]
    return list(raw), []


def _strangers(raw: Mapping[Any, Any], known: tuple[str, ...]) -> list[Wrong]:
    """One problem when a table names what was not offered."""
    return [Wrong("unknown_item")] if any(key not in known for key in raw) else []


_BRANCHES = ("is", "not_in", "answered")
_BOUNDS = ("at_most", "at_least", "answered")
_TEXT = ("polarity", "confidential_note")

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "one", "radio", _check_one, _one_parts, ("options",), ("aside", "positive"), _BRANCHES, "options",
            ),
            Kind(
                "several", "checkboxes", _check_several, _several_parts, ("options",), ("maximum", "positive"),
                _BRANCHES, "options",
            ),
            Kind(
                "scale", "radio", _check_scale, _scale_parts, ("scale",), ("aside", "positive"),
                ("at_most", "at_least", *_BRANCHES),
            ),
            Kind(
                "grid", "grid", _check_grid, _grid_parts, ("scale", "items"), ("maximum_items", "aside", "positive"),
                draws="items", makes=("skills",),
            ),
            Kind("number", "number", _check_number, _number_parts, ("minimum", "maximum"), ("unit", "aside"), _BOUNDS),
            Kind("ranking", "ranking", _check_ranking, _ranking_parts, ("options",), ("maximum",), draws="options"),
            Kind(
                "best_worst", "best_worst", _check_best_worst, _chosen_parts, ("options",), draws="options",
                makes=("bundles",),
            ),
            Kind(
                "pair", "pair", _check_pair, _chosen_parts, ("options",), ("maximum",), draws="items",
                makes=("pairs", ALL_PAIRS), lists=False,
            ),
            Kind("short_text", "line", _check_text(LONGEST_SHORT_TEXT), _text_parts, (), _TEXT),
            Kind("long_text", "area", _check_text(LONGEST_TEXT), _text_parts, (), _TEXT),
        )
    }
)  # fmt: skip

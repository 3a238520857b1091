"""Draws a question: one function a control. Each returns the raw answer so far, None when there is none.

Scales and choices are vertical radios without a default, so that an untouched question never looks answered.
Labels pass through Streamlit as Markdown, so everything that people may have written is escaped first.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import streamlit as st

from feedback.survey.instrument import Instrument, Question
from feedback.survey.kinds import KINDS
from feedback.survey.routing import Asked, items_of, options_of
from feedback.survey.setting import Setting
from feedback.survey.steps import LONG_LIST
from feedback.survey.text import TELLING, say
from feedback.survey.wording import word

ACTIVE = re.compile(
    r"(?:^|(?<=\s))(?=(?:<->|<?--?>?|[<>~]=)(?:\s|$))|^(?=[ ]{4}|\t|[^\S\n]*(?:[#>+-]|\d+[.)]|={2,}))"
    r"|[\\`*_\[\]$<~|]|:(?=[\w+-]+\[)|(?<=:)(?=[\w+-]+:|material/)|(?<=\w)://|(?<=www)\.|&(?=#?\w{1,31};)|@",
    re.MULTILINE,
)
"""What Streamlit's Markdown would act on, and nothing more: a label is read aloud with its backslashes. An icon's or an
emoji's name (":smile:") is acted on even after a backslash, so a sign without width stands in it."""


def style() -> None:
    """The style sheet of forms, in the house's colours; drawn once a run."""
    sheet = (Path(__file__).parent / "form.css").read_text(encoding="utf-8")
    st.html(f'<div class="house"></div><style>{sheet}</style>')  # alone, reruns might drop it


def literal(text: str) -> str:
    """Text as Streamlit's Markdown shows it letter for letter.

    >>> literal("Was it worth it? (required)")
    'Was it worth it? (required)'
    >>> literal("a *b* $c$ :red[d] # e")
    'a \\\\*b\\\\* \\\\$c\\\\$ \\\\:red\\\\[d\\\\] # e'
    >>> literal("1. first")
    '\\u200b1. first'
    """
    return ACTIVE.sub(_still, text)


def _still(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if len(found[0]) == 1 else ("\u200b" if not found[0] else found[0].replace(":", "\\:"))


class Drawing:
    """What a control needs to draw itself: the question, its place, its language, and what was answered before."""

    def __init__(self, asked: Asked, setting: Setting, language: str, before: Any, key: str, label: str) -> None:
        self.question: Question = asked.question
        self.subject = asked.subject
        self.setting = setting
        self.language = language
        self.before = before
        self.key = key
        self.label = literal(label)

    def options(self) -> dict[str, str]:
        """The options offered, id to label."""
        offered = dict(options_of(self.question, self.setting, self.subject, self.language))
        return offered | {aside.id: say(aside.label, self.language) for aside in self.question.aside}

    def items(self) -> dict[str, str]:
        """The rows of a grid, id to label."""
        return dict(items_of(self.question, self.setting, self.subject, self.language))

    def steps(self) -> dict[Any, str]:
        """The values of a scale with their labels, then what may be said instead of a rating."""
        scale = self.question.scale
        assert scale is not None
        values: dict[Any, str] = {step.value: say(step.label, self.language) for step in scale.values}
        return values | {aside.id: say(aside.label, self.language) for aside in self.question.aside}


def _radio(label: str, options: Mapping[Any, str], before: Any, key: str, *, hidden: bool = False) -> Any:
    keys = list(options)
    return st.radio(
        label,
        keys,
        index=keys.index(before) if before in keys else None,
        format_func=lambda one: literal(options[one]),
        key=key,
        width="stretch",
        label_visibility="collapsed" if hidden else "visible",
    )


def radio(drawing: Drawing, instrument: Instrument) -> Any:
    """One choice, or a step of a scale; from a long list, by typing or scrolling."""
    options = drawing.steps() if drawing.question.scale else drawing.options()
    if len(options) > LONG_LIST:
        keys = list(options)
        return st.selectbox(
            drawing.label,
            keys,
            index=keys.index(drawing.before) if drawing.before in keys else None,
            format_func=options.__getitem__,
            placeholder=word("form.none_chosen", drawing.language),
            key=drawing.key,
        )
    return _radio(drawing.label, options, drawing.before, drawing.key)


def _name(drawing: Drawing) -> None:
    """The wording of a question whose answers are several controls."""
    with st.container(key=f"asks-{drawing.key}"):
        st.markdown(drawing.label)


def checkboxes(drawing: Drawing, instrument: Instrument) -> Any:
    """Several choices; past the maximum the others rest until one is taken back. What is chosen alone ("none of
    these") takes the others' ticks away, and any other takes its."""
    options, before = drawing.options(), set(drawing.before or ())
    maximum, alone = drawing.question.maximum, drawing.question.exclusive_ids
    with st.container(key=f"group-{drawing.key}", gap=None):
        _name(drawing)
        keys = {option: f"{drawing.key}:{option}" for option in options}
        for option, key in keys.items():  # said here and not as a default, so that a tick can be taken away
            st.session_state.setdefault(key, option in before)
        ticked = {option for option in options if st.session_state[keys[option]]}
        full = maximum is not None and len(ticked) >= maximum
        chosen = [
            option
            for option, text in options.items()
            if st.checkbox(
                literal(text),
                key=keys[option],
                disabled=full and option not in ticked and option not in alone,
                on_change=_give_way,
                args=(option, keys, alone),
                width="stretch",
            )
        ]
    return chosen or None


def _give_way(option: str, keys: Mapping[str, str], alone: Sequence[str]) -> None:
    """Called when a tick changes: what cannot stand beside the new one loses its own."""
    if not st.session_state[keys[option]]:
        return
    for other, key in keys.items():
        if other != option and (option in alone or other in alone):
            st.session_state[key] = False


def grid(drawing: Drawing, instrument: Instrument) -> Any:
    """A small grid: on a phone, one scale below the other, each with its own name."""
    before, steps = drawing.before or {}, drawing.steps()
    _name(drawing)
    with st.container(key=f"grid-{drawing.key}"):
        given = {
            item: _radio(literal(text), steps, before.get(item), f"{drawing.key}:{item}")
            for item, text in drawing.items().items()
        }
    return {item: value for item, value in given.items() if value is not None} or None


def number(drawing: Drawing, instrument: Instrument) -> Any:
    """A number, empty until typed. A whole one is given as a whole number.

    Without bounds here: a browser would refuse in silence what the check can say in words.
    """
    unit = say(drawing.question.unit, drawing.language) if drawing.question.unit else ""
    given = st.number_input(
        f"{drawing.label} ({literal(unit)})" if unit else drawing.label,
        value=float(drawing.before) if isinstance(drawing.before, int | float) else None,
        step=1.0,
        format="%g",
        key=drawing.key,
    )
    for aside in drawing.question.aside:
        text = literal(say(aside.label, drawing.language))
        if st.checkbox(text, drawing.before == aside.id, key=f"{drawing.key}:{aside.id}", width="stretch"):
            return aside.id
    return given if given is None or given != int(given) else int(given)


def line(drawing: Drawing, instrument: Instrument) -> Any:
    """A line of text. Without a limit here: a browser would drop too long a paste without a word."""
    return st.text_input(drawing.label, drawing.before or "", key=drawing.key) or None


def area(drawing: Drawing, instrument: Instrument) -> Any:
    """A comment, with a line on who reads it."""
    given = st.text_area(drawing.label, drawing.before or "", key=drawing.key, height=120)
    if drawing.question.confidential_note:
        st.caption(literal(say(instrument.readers or {}, drawing.language)))
        if given and TELLING.search(given):
            st.info(literal(word("form.privacy_note", drawing.language)))
    return given or None


def ranking(drawing: Drawing, instrument: Instrument) -> Any:
    """An order, chosen place by place: no dragging."""
    options, before = drawing.options(), list(drawing.before or ())
    _name(drawing)
    places: list[str] = []
    for place in range(min(len(options), int(drawing.question.maximum or len(options)))):
        left = [option for option in options if option not in places]
        was = before[place] if place < len(before) and before[place] in left else None
        chosen = st.selectbox(
            f"{place + 1}.",
            left,
            index=left.index(was) if was else None,
            format_func=lambda one: options[one],
            key=f"{drawing.key}:{place}",
        )
        if chosen is None:
            break
        places.append(chosen)
    return places or None


def best_worst(drawing: Drawing, instrument: Instrument) -> Any:
    """The best and the worst of a few."""
    options, before = drawing.options(), drawing.before or {}
    _name(drawing)
    ends = {
        end: _radio(literal(word(f"form.{end}", drawing.language)), options, before.get(end), f"{drawing.key}:{end}")
        for end in ("best", "worst")
    }
    return {end: chosen for end, chosen in ends.items() if chosen is not None} or None


def pair(drawing: Drawing, instrument: Instrument) -> Any:
    """Pairs, each a choice of one of two or neither first."""
    before = drawing.before or {}
    _name(drawing)
    given: dict[str, Any] = {}
    for ident, text in drawing.items().items():
        first, second = ident.split("|")
        titles = {each.slug: each.title for each in (*drawing.setting.subjects, *drawing.setting.others)}
        choices = {
            first: titles.get(first, first),
            second: titles.get(second, second),
            "same": word("form.same", drawing.language),
        }
        chosen = _radio(literal(text), choices, before.get(ident), f"{drawing.key}:{ident}")
        if chosen is not None:
            given[ident] = chosen
    return given or None


CONTROLS: Mapping[str, Callable[[Drawing, Instrument], Any]] = MappingProxyType(
    {
        "radio": radio,
        "checkboxes": checkboxes,
        "grid": grid,
        "number": number,
        "ranking": ranking,
        "best_worst": best_worst,
        "pair": pair,
        "line": line,
        "area": area,
    }
)
"""The control of each kind of question, by the name its entry in survey.kinds gives."""


def ask(drawing: Drawing, instrument: Instrument) -> Any:
    """Draw a question with the control of its kind; return the raw answer so far."""
    return CONTROLS[KINDS[drawing.question.kind].control](drawing, instrument)

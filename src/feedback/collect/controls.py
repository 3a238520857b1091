"""The controls of a step: each question as what a template draws of it, with what was answered and what to mend.

Whatever people wrote is escaped by the template; nothing here makes markup.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

from feedback.collect.fields import name_of, number_text, places_of
from feedback.collect.pages import TEMPLATES, said_in
from feedback.collect.sheet import Sheet
from feedback.survey.kinds import KINDS, MOST_ASKED_PAIRS, SAME
from feedback.survey.pairs import next_pair
from feedback.survey.questionnaire import ALL_PAIRS, EXPERT, Instrument, Question
from feedback.survey.routing import Asked, items_of, offered, options_of
from feedback.survey.setting import Setting, Subject
from feedback.survey.steps import LONG_LIST, apart, before, piped, side_by_side, wording_of
from feedback.survey.submission import Slip
from feedback.survey.text import LONGEST_TEXT, TELLING, say
from feedback.survey.wording import slip_text, word

_CONTROL = TEMPLATES.get_template("control.html")


class Control(NamedTuple):
    """One question, or one part of it, as a template draws it.

    name: its field, and the id of its first control. about: the ids of what describes it. options: (value, label,
    whether it stands apart). chosen: the values chosen. first: the value that carries the id. parts: its rows.
    ident: the id of pairs put one by one.
    """

    control: str
    name: str
    label: str
    required: bool = False
    help: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    about: str = ""
    focus: bool = False
    options: tuple[tuple[str, str, bool], ...] = ()
    chosen: tuple[str, ...] = ()
    first: str = ""
    alone: tuple[str, ...] = ()
    parts: "tuple[Control, ...]" = ()
    text: str = ""
    unit: str = ""
    most: int = LONGEST_TEXT
    note: bool = False
    telling: bool = False
    lines: tuple[str, ...] = ()
    ident: str = ""


Row = tuple[Control, list[Control] | None]
"""A control, and what stands beside it (None: nothing ever does)."""


def drawn(control: Control, language: str) -> Markup:
    """A control as markup. What people choose among is the same for many and kept; what they write is not."""
    typed = control.control in ("line", "area", "number", "choose")
    return _markup(control, language) if typed else _kept_markup(control, language)


@lru_cache(maxsize=2000)
def _kept_markup(control: Control, language: str) -> Markup:
    return _markup(control, language)


def _markup(control: Control, language: str) -> Markup:
    return Markup(_CONTROL.render(c=control, said=said_in(language)))  # the template escapes all it is given


def controls(sheet: Sheet, here: Sequence[Asked]) -> list[Row]:
    """What a step draws, each with what stands beside it (None: nothing ever does)."""
    return [
        (_control(sheet, place), None if beside is None else [_control(sheet, each) for each in beside])
        for place, beside in side_by_side(here, sheet.instrument)
    ]


def _control(sheet: Sheet, place: Asked) -> Control:
    question, language, so_far = place.question, sheet.language, before(sheet.answers, place)
    own = [slip for slip in sheet.slips if (slip.question, slip.subject) == (question.id, place.slug)]
    control = KINDS[question.kind].control
    items = parts_of(place, sheet.setting) if own else ()
    told = tuple(dict.fromkeys(slip_text(slip, language) for slip in own if slip.item not in items))
    name = name_of(place)
    helped = _help(sheet.instrument, question, place.subject, language)
    base = Control(
        control,
        name,
        wording_of(place, sheet.setting, language),
        place.required,
        helped,
        told,
        _described(name, helped, told),
        bool(sheet.opened) and (place.question.id, place.slug) == (sheet.opened[0].question.id, sheet.opened[0].slug),
    )
    if question.options_from == ALL_PAIRS:
        return _pair_to_choose(base, sheet, place, so_far)
    if control in ("line", "area"):
        return _texts(base, question, so_far)
    if control == "number":
        return _number(base, place, so_far, language)
    if control in ("grid", "pair", "best_worst", "ranking"):
        return _rows(base, sheet, place, so_far, own)
    options = _options(sheet, place)
    chosen = so_far if isinstance(so_far, list) else () if so_far is None else (so_far,)
    return base._replace(
        control="select" if control == "radio" and len(options) > LONG_LIST else control,
        options=options,
        first=options[0][0] if options else "",
        chosen=tuple(map(str, chosen)),
        alone=question.exclusive_ids,
    )


def _help(instrument: Instrument, question: Question, subject: Subject | None, language: str) -> tuple[str, ...]:
    """What stands below a question's wording: its help, how many to choose, who reads it."""
    told = []
    if question.help:
        told.append(say(question.help, language, **piped(subject, language)))
    if question.kind == "several" and question.maximum is not None:
        told.append(word("form.choose_at_most", language, maximum=f"{question.maximum:g}"))
    if question.confidential_note and question.kind == "long_text" and instrument.readers:
        told.append(say(instrument.readers, language))
    return tuple(told)


def _described(name: str, helped: Sequence[str], told: Sequence[str]) -> str:
    return " ".join([f"{name}-h"] * bool(helped) + [f"{name}-e"] * bool(told))


def _options(sheet: Sheet, place: Asked) -> tuple[tuple[str, str, bool], ...]:
    question = place.question
    if question.options_from is not None:
        made = options_of(question, sheet.setting, place.subject, sheet.language)
        return tuple((value, label, False) for value, label in made)
    return _written_options(sheet.instrument, question.id, sheet.language)


@lru_cache(maxsize=4096)
def _written_options(instrument: Instrument, question_id: str, language: str) -> tuple[tuple[str, str, bool], ...]:
    """(value, label, whether it stands apart) of the options or steps that are the same for everybody."""
    question = instrument.by_id[question_id]
    steps = question.scale.values if question.scale else ()
    written = [(str(step.value), say(step.label, language), False) for step in steps]
    written += [(option.id, say(option.label, language), option.exclusive) for option in question.options]
    return (*written, *((aside.id, say(aside.label, language), True) for aside in question.aside))


def _texts(base: Control, question: Question, so_far: Any) -> Control:
    text = so_far if isinstance(so_far, str) else ""
    note = question.confidential_note and base.control == "area"
    return base._replace(text=text, note=note, telling=bool(note and TELLING.search(text)))


def _number(base: Control, place: Asked, so_far: Any, language: str) -> Control:
    """A number as text, so that the check can say in words what a browser would refuse in silence."""
    question = place.question
    is_number = isinstance(so_far, int | float) and not isinstance(so_far, bool)
    typed = number_text(so_far) if is_number else so_far if isinstance(so_far, str) else ""
    asides = tuple(
        Control(
            "checkboxes", name_of(place, aside.id), "", about=base.about,
            options=((aside.id, say(aside.label, language), True),), chosen=(typed,),
        )
        for aside in question.aside
    )  # fmt: skip
    text = "" if typed in question.aside_ids else typed
    return base._replace(text=text, unit=say(question.unit, language) if question.unit else "", parts=asides)


def _rows(base: Control, sheet: Sheet, place: Asked, so_far: Any, own: Sequence[Slip]) -> Control:
    """A question of several fields: the rows of a grid, pairs, the two ends, places."""
    language, question, setting = sheet.language, place.question, sheet.setting
    labels = dict(items_of(question, setting, place.subject, language))
    options = _options(sheet, place) if question.options_from != "pairs" else ()
    parts: list[Control] = []
    for number, item in enumerate(parts_of(place, setting)):
        told = tuple(slip_text(slip, language) for slip in own if slip.item == item)
        if question.kind == "pair":
            options = _sides(item, setting, language)
        if question.kind == "ranking":
            held = so_far[number] if isinstance(so_far, list) and number < len(so_far) else None
        else:
            held = so_far.get(item) if isinstance(so_far, dict) else None
        label = labels.get(item, item if base.control == "ranking" else said_in(language)[f"form.{item}"])
        name = name_of(place, item)
        parts.append(
            Control(
                base.control,
                name,
                f"{label}." if base.control == "ranking" else label,
                slips=told,
                about=_described(name, (), told),
                focus=base.focus and not parts,
                options=options,
                first=options[0][0] if options else "",
                chosen=() if held is None else (str(held),),
            )
        )
    return base._replace(parts=tuple(parts))


def _sides(pair: str, setting: Setting, language: str) -> tuple[tuple[str, str, bool], ...]:
    """The two credentials of a pair to choose between, and neither."""
    titles = {each.slug: each.title for each in (*setting.subjects, *setting.others)}
    sides = tuple((slug, apart(titles.get(slug, slug), language), False) for slug in pair.split("|"))
    return (*sides, (SAME, said_in(language)["form.same"], True))


def _pair_to_choose(base: Control, sheet: Sheet, place: Asked, so_far: Any) -> Control:
    """The pair that tells most now as buttons; without options when as many as may be were put."""
    question, language, setting = place.question, sheet.language, sheet.setting
    chosen = so_far if isinstance(so_far, dict) else {}
    over = len(chosen) >= int(question.maximum or MOST_ASKED_PAIRS)
    pair = None if over else next_pair(offered(question, setting, place.subject).items, chosen, {}, setting.seed)
    options = _sides(pair, setting, language) if pair else ()
    lines = (word("form.pairs", language, count=len(chosen)),) if chosen else ()
    return base._replace(
        control="choose",
        ident=base.name,
        name=name_of(place, pair) if pair else base.name,
        options=options,
        chosen=tuple(chosen),
        lines=(*lines, said_in(language)["form.minute"]) if pair else lines,
    )


def choices_first(sheet: Sheet) -> list[Row]:
    """What is chosen before anything is asked: who reviews, and which credential it is about."""
    language, said = sheet.language, said_in(sheet.language)
    expert = sheet.instrument.audience == EXPERT
    rows: list[Row] = []
    if expert:
        label, told = said["review.who"], _slips_of(sheet, "reviewer")
        helped = (said["review.two"], said["review.who_help" if sheet.reviewers else "review.who_short"])
        base = Control(
            "line", "reviewer", label, True, helped, told, _described("reviewer", helped, told), text=sheet.reviewer
        )
        if sheet.reviewers:
            options = tuple((slug, name, False) for slug, name in sheet.reviewers.items())
            base = base._replace(control="select", options=options, chosen=(sheet.reviewer,))
        rows.append((base, None))
    if len(sheet.candidates) > 1:
        told = _slips_of(sheet, "subject")
        options = tuple((each.slug, apart(each.title, language), False) for each in sheet.candidates)
        control = "select" if len(options) > LONG_LIST else "radio"
        label = said["review.which" if expert else "survey.choose"]
        about = _described("subject", (), told)
        rows.append(
            (
                Control(
                    control, "subject", label, True, (), told, about,
                    options=options, first=options[0][0], chosen=(sheet.subject,),
                ),
                None,
            )
        )  # fmt: skip
    return rows


def _slips_of(sheet: Sheet, item: str) -> tuple[str, ...]:
    return tuple(slip_text(slip, sheet.language) for slip in sheet.slips if not slip.question and slip.item == item)


def parts_of(place: Asked, setting: Setting) -> tuple[str, ...]:
    """The parts of a question that have a field each; none where one field takes the answer."""
    question = place.question
    control = KINDS[question.kind].control
    if control == "best_worst":
        return ("best", "worst")
    if control == "ranking":
        return tuple(str(number) for number in range(1, places_of(place, setting) + 1))
    if control in ("grid", "pair") and question.options_from != ALL_PAIRS:
        return offered(question, setting, place.subject).items
    return ()

"""Draws the light form: every page is text in, a whole HTML page out. No script is needed for any of it.

Whatever people wrote is escaped by the templates; nothing here makes markup.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from feedback.collect.fields import name_of, number_text, places_of
from feedback.survey.kinds import KINDS, MOST_ASKED_PAIRS, SAME
from feedback.survey.pairs import next_pair
from feedback.survey.questionnaire import ALL_PAIRS, Instrument, Question
from feedback.survey.routing import Asked, asked, items_of, offered, options_of
from feedback.survey.setting import Setting, Subject
from feedback.survey.steps import (
    LONG_LIST,
    MOST_LISTED,
    apart,
    before,
    expected,
    grouped,
    introduced,
    minutes_left,
    one_subject,
    piped,
    progress_words,
    section_title,
    side_by_side,
    slip_lines,
    unaware,
    wording_of,
)
from feedback.survey.submission import Slip
from feedback.survey.text import LONGEST_TEXT, TELLING, fill, say
from feedback.survey.wording import direction, slip_text, word, words

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "form.css").read_text(encoding="utf-8")
STYLE_ADDRESS = f"/f/form.css?v={sha256(STYLE.encode()).hexdigest()[:8]}"
"""Where the style sheet is; another sheet has another address, so that it may be kept for long."""
SCRIPT = (FOLDER / "form.js").read_text(encoding="utf-8")
SCRIPT_HASH = "sha256-" + b64encode(sha256(SCRIPT.encode()).digest()).decode()
"""What the content security policy names, so that no other script runs."""

EXPERT, KIOSK, INVITATION = "expert", "kiosk", "invitation"
THANKED, IDLE, WARNED = 60, 180, 30
"""Seconds a kiosk shows the thanks, waits for somebody who has left, and warns before it begins anew."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_CONTROL = _TEMPLATES.get_template("control.html")


@dataclass(frozen=True)
class Sheet:
    """All that one step is drawn from.

    survey: its slug. step: from 0, among the steps of what is asked now. slips: what to mend; of the form as a whole,
    `item` may name the field ("subject", "reviewer"). sealed: the hidden field `form`. action: where the form is sent;
    draft, new: where the script saves it, where a kiosk begins anew ("": nowhere). mode: "invitation", "link", "kiosk".
    said: a line of what just happened; failed: why it did not. candidates: the credentials to choose one from, where
    there are several; subject: the slug of the one chosen. reviewers: names by slug of who may review, {} where a short
    name is typed. places: everything asked now, where the caller has it already. opened: what an answer of this step
    has just opened: the first of it takes the focus. people: the smallest group shown.
    """

    survey: str
    instrument: Instrument
    setting: Setting
    language: str
    languages: tuple[str, ...]
    answers: Mapping[str, Any]
    step: int
    sealed: str
    action: str
    slips: tuple[Slip, ...] = ()
    mode: str = INVITATION
    said: str = ""
    failed: str = ""
    candidates: tuple[Subject, ...] = ()
    subject: str = ""
    reviewers: Mapping[str, str] = field(default_factory=dict)
    reviewer: str = ""
    is_sample: bool = False
    draft: str = ""
    new: str = ""
    places: tuple[Asked, ...] | None = None
    opened: tuple[Asked, ...] = ()
    people: int = 5

    @property
    def choosing(self) -> bool:
        """Whether something must be chosen before anything is asked: who reviews, or which credential."""
        wants_reviewer = self.instrument.audience == EXPERT and not self.reviewer
        return wants_reviewer or (len(self.candidates) > 1 and not self.subject)


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


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


@lru_cache(maxsize=64)
def _words(language: str) -> Mapping[str, str]:
    """The wordings of a language; one that is missing shows its key."""
    return _Words(words(language))


def page(template: str, *, language: str, title: str, script: bool = False, **values: object) -> str:
    """A page from a template that extends base.html. `said` holds the wordings of the language by their keys."""
    return _TEMPLATES.get_template(template).render(
        {
            "language": language,
            "direction": direction(language),
            "title": title,
            "style": STYLE_ADDRESS,
            "script": Markup(SCRIPT) if script else "",  # ours, and named by its hash
            "audience": "",
            "said": _words(language),
            **values,
        }
    )


# --- a step ----------------------------------------------------------------------------------------------------------


def step_page(sheet: Sheet) -> str:
    """One step of a form, as a page. While nothing is answered it is the same for many but for its seal, and kept."""
    key = _shared(sheet)
    if key is None:
        return _step_page(sheet)
    drawn = _KEPT.get(key)
    if drawn is None:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        drawn = _KEPT[key] = _step_page(replace(sheet, sealed=_SEAL))
    return drawn.replace(_SEAL, sheet.sealed)


MOST_KEPT = 300
_KEPT: dict[tuple[Any, ...], str] = {}
_SEAL = token_hex(16)
"""Stands where the seal will, in what is kept."""


def _shared(sheet: Sheet) -> tuple[Any, ...] | None:
    """All that a first page hangs on besides its seal; None for a page of one person alone."""
    if sheet.answers or sheet.slips or sheet.said or sheet.failed or sheet.reviewer or sheet.step or not sheet.places:
        return None
    steps = grouped(sheet.places)
    if any(each.question.items_from or each.question.options_from for each in steps[0]):
        return None
    told = (sheet.survey, sheet.instrument, sheet.language, sheet.languages, sheet.mode, sheet.is_sample, sheet.people)
    about = (sheet.setting.subjects, sheet.setting.foil, sheet.candidates, sheet.subject, sheet.action, sheet.draft)
    asks = tuple((each.question.id, each.slug) for each in steps[0])
    return (*told, *about, sheet.new, asks, expected(sheet.instrument, {}, sheet.setting, steps))


def _step_page(sheet: Sheet) -> str:
    language, instrument, said = sheet.language, sheet.instrument, _words(sheet.language)
    places = () if sheet.choosing else sheet.places
    if places is None:
        places = asked(instrument, sheet.answers, sheet.setting)
    steps = grouped(places)
    number = min(sheet.step, len(steps) - 1)
    here = steps[number] if steps else []
    count = expected(instrument, sheet.answers, sheet.setting, steps)
    subject = one_subject(here) if here else None
    rows = _controls(sheet, here) if here else _choices_first(sheet)
    section = section_title(here, language) if here else ""
    heading = say(instrument.title, language)
    lines = _summary(sheet, here, places)
    title = f"{section} – {heading}" if section else heading
    return page(
        "step.html",
        language=language,
        title=f"{said['light.error_prefix']} {title}" if sheet.slips else title,
        script=True,
        audience=instrument.audience,
        sheet=sheet,
        data=_data(sheet),
        languages=_languages(sheet.languages),
        lines=lines,
        summary=word("form.errors_title", language, count=len(sheet.slips)) if lines else "",
        heading=heading,
        progress=progress_words(instrument, number, count, language) if here else _takes(instrument, language),
        pace=_pace(instrument, number, count) if here else "",
        about=_about(sheet) if number <= 0 and not sheet.slips else None,
        section=section,
        subject=_subject_line(sheet, subject),
        facts=_facts(sheet, subject),
        controls=[
            (_drawn(one, language), None if beside is None else [_drawn(each, language) for each in beside])
            for one, beside in rows
        ],
        back=number > 0 or (bool(here) and len(sheet.candidates) > 1),
        forward="send" if here and number == len(steps) - 1 else "next",
        choosing=any(each.control == "choose" and each.options for each, _ in rows),
        idle=word("kiosk.idle", language, seconds=WARNED) if sheet.mode == KIOSK and sheet.new else "",
    )


def _data(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """What the script needs to know, as data attributes of the form."""
    said = _words(sheet.language)
    known = {
        "draft": sheet.draft,
        "saved": said["light.saved"],
        "unsaved": said["light.not_saved_yet"],
        "left": said["light.characters_left"],
        "pace": said["form.progress"],
        "telling": TELLING.pattern,
    }
    if sheet.mode == KIOSK and sheet.new:
        known |= {"idle": str(IDLE), "warned": str(WARNED)}
    return tuple((name, value) for name, value in known.items() if value)


@lru_cache(maxsize=64)
def _languages(codes: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """(code, its own name, its direction) of each language there is a choice of; none where there is no choice."""
    return tuple((code, words(code).get("name", code), direction(code)) for code in codes) if len(codes) > 1 else ()


def _takes(instrument: Instrument, language: str) -> str:
    return word("light.how_long", language, minutes=f"{instrument.minutes:g}") if instrument.minutes else ""


def _pace(instrument: Instrument, number: int, count: int) -> str:
    """For the script: step, steps, minutes left at the beginning of the step and at its end."""
    ends = (minutes_left(instrument, each, count) for each in (number, number + 1))
    return " ".join(map(str, (number + 1, count, *ends)))


class _About(NamedTuple):
    plain: tuple[str, ...]
    folded: tuple[tuple[str, tuple[str, ...]], ...]


def _about(sheet: Sheet) -> _About:
    """The first page: what this is and how long it takes; folded below, what becomes of the answers."""
    language, instrument, said = sheet.language, sheet.instrument, _words(sheet.language)
    named = introduced(sheet.candidates or sheet.setting.subjects, sheet.subject, language)

    def told(text: Mapping[str, str] | None) -> tuple[str, ...]:
        return (say(text, language, **named),) if text else ()

    link = {INVITATION: (said["light.personal_link"],), "link": (said["light.open_link"],)}.get(sheet.mode, ())
    return _About(
        (*told(instrument.introduction), said["light.voluntary"], *told(instrument.anonymity)),
        (
            (said["light.asks_title"], (said["light.who_asks"], said["light.why"])),
            (said["form.readers_title"], (*told(instrument.readers), _small_groups(language, sheet.people))),
            (said["form.anonymity_title"], (said["light.what_we_keep"], *link, said["light.withdraw_by_receipt"])),
        ),
    )


def _small_groups(language: str, people: int) -> str:
    return word("light.small_groups", language, people=people)


def _subject_line(sheet: Sheet, subject: Subject | None) -> str:
    """The credential a step is about; in a form about one that was chosen, that one throughout."""
    if subject is None and len(sheet.candidates) > 1:
        subject = next((each for each in sheet.candidates if each.slug == sheet.subject), None)
    if subject is None:
        return ""
    names = (subject.title, subject.issuer) if subject.issuer else (subject.title,)
    return " · ".join(apart(name, sheet.language) for name in names)


def _facts(sheet: Sheet, subject: Subject | None) -> str:
    if subject is None or not subject.facts or not unaware(sheet.instrument, sheet.answers, subject.slug):
        return ""
    return apart(subject.facts, sheet.language)


# --- slips -----------------------------------------------------------------------------------------------------------


def _summary(sheet: Sheet, here: Sequence[Asked], places: Sequence[Asked]) -> list[tuple[str, str]]:
    """What to mend, with the field each line leads to ("": it is not on this page)."""
    if not sheet.slips:
        return []
    drawn = {(each.question.id, each.slug): each for each in here}
    lines = slip_lines(sheet.slips, here, places, sheet.setting, sheet.language)
    return [
        (line, _target(slip, drawn.get((slip.question, slip.subject)), sheet))
        for line, slip in list(lines.items())[:MOST_LISTED]
    ]


def _target(slip: Slip, place: Asked | None, sheet: Sheet) -> str:
    if place is None:
        return (slip.item or "") if sheet.choosing and not slip.question else ""
    parts = _parts_of(place, sheet.setting)
    return name_of(place, slip.item if slip.item in parts else (parts[0] if parts else ""))


def _parts_of(place: Asked, setting: Setting) -> tuple[str, ...]:
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


# --- controls --------------------------------------------------------------------------------------------------------

Row = tuple[Control, list[Control] | None]


def _drawn(control: Control, language: str) -> Markup:
    """A control as markup. What people choose among is the same for many and kept; what they write is not."""
    typed = control.control in ("line", "area", "number", "choose")
    return _markup(control, language) if typed else _kept_markup(control, language)


@lru_cache(maxsize=2000)
def _kept_markup(control: Control, language: str) -> Markup:
    return _markup(control, language)


def _markup(control: Control, language: str) -> Markup:
    return Markup(_CONTROL.render(c=control, said=_words(language)))  # the template escapes all it is given


def _controls(sheet: Sheet, here: Sequence[Asked]) -> list[Row]:
    """What a step draws, each with what stands beside it (None: nothing ever does)."""
    return [
        (_control(sheet, place), None if beside is None else [_control(sheet, each) for each in beside])
        for place, beside in side_by_side(here, sheet.instrument)
    ]


def _control(sheet: Sheet, place: Asked) -> Control:
    question, language, so_far = place.question, sheet.language, before(sheet.answers, place)
    own = [slip for slip in sheet.slips if (slip.question, slip.subject) == (question.id, place.slug)]
    control = KINDS[question.kind].control
    items = _parts_of(place, sheet.setting) if own else ()
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
    for number, item in enumerate(_parts_of(place, setting)):
        told = tuple(slip_text(slip, language) for slip in own if slip.item == item)
        if question.kind == "pair":
            options = _sides(item, setting, language)
        if question.kind == "ranking":
            held = so_far[number] if isinstance(so_far, list) and number < len(so_far) else None
        else:
            held = so_far.get(item) if isinstance(so_far, dict) else None
        label = labels.get(item, item if base.control == "ranking" else _words(language)[f"form.{item}"])
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
    return (*sides, (SAME, _words(language)["form.same"], True))


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
        lines=(*lines, _words(language)["form.minute"]) if pair else lines,
    )


def _choices_first(sheet: Sheet) -> list[Row]:
    """What is chosen before anything is asked: who reviews, and which credential it is about."""
    language, said = sheet.language, _words(sheet.language)
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


# --- the other pages -------------------------------------------------------------------------------------------------


def thanks_page(
    *,
    instrument: Instrument,
    language: str,
    receipt: str,
    already: bool = False,
    foil: bool = False,
    endorsement: bool = False,
    mode: str = INVITATION,
    is_sample: bool = False,
    lookup: str = "/r",
    consent: str = "",
    new: str = "",
    sealed: str = "",
) -> str:
    """The thanks, shown once the answers are kept, with the receipt.

    already: they had arrived before. foil: one of the titles was invented. lookup, consent, new: the addresses of the
    receipt page, of the separate consent form, and where another form begins ("": not offered). sealed: the hidden
    field `form` of what is sent there.
    """
    notes = {"thanks.already_sent": already, "thanks.foil_note": foil, "thanks.endorsement": endorsement}
    said = _words(language)
    return page(
        "thanks.html",
        language=language,
        title=f"{said['thanks.title']} – {say(instrument.title, language)}",
        script=mode == KIOSK,
        audience=instrument.audience,
        heading=say(instrument.title, language),
        receipt=receipt,
        notes=[said[key] for key, holds in notes.items() if holds],
        is_sample=is_sample,
        lookup=lookup,
        consent=consent,
        new=new,
        sealed=sealed,
        kiosk=THANKED if mode == KIOSK else 0,
    )


def message_page(title: str, text: str, language: str, *, links: Mapping[str, str] | None = None) -> str:
    """A page that says one thing, as of a link that opens nothing. links: address by what it is called."""
    return page("message.html", language=language, title=title, text=text, links=dict(links or {}))


def retry_page(action: str, fields: Mapping[str, Sequence[str]], language: str, why: str = "") -> str:
    """What could not be kept, all of it hidden in the page, with one button that sends it again. why: in words, where
    it is not that the database is away."""
    said = _words(language)
    title, why = said["light.not_saved_title"], why or said["light.not_saved"]
    return page("retry.html", language=language, title=title, why=why, action=action, fields=fields)


def again_page(new: str, language: str) -> str:
    """This browser has sent answers already; somebody else may begin anew. new: the address where that is asked for."""
    said = _words(language)
    return page("again.html", language=language, title=said["thanks.title"], new=new)


def ask_receipt_page(language: str, *, action: str = "/r", given: str = "", slip: str = "") -> str:
    """The receipt page at first: it asks for the code. slip: what is wrong with the one given, in words."""
    title = _words(language)["receipt.title"]
    return page("receipt_ask.html", language=language, title=title, action=action, given=given, slip=slip)


def fate_page(
    language: str, receipt: str, fate: str, *, action: str = "/r", slip: str = "", can_withdraw: bool = True
) -> str:
    """What became of the answers behind a receipt, in the words of `fate`, and how to withdraw them.

    The withdrawal posts `receipt`, `withdraw` ("yes" once the box is ticked) to `action`.
    """
    title = _words(language)["receipt.title"]
    return page(
        "receipt_fate.html", language=language, title=title, action=action, receipt=receipt, fate=fate, slip=slip,
        can_withdraw=can_withdraw,
    )  # fmt: skip


def withdrawn_page(language: str, *, published: bool = False) -> str:
    """The answers are gone. published: they were part of results that were shown."""
    said = _words(language)
    text = f"{said['receipt.withdrawn']} {said['receipt.withdraw_published'] if published else ''}".strip()
    return message_page(said["receipt.title"], text, language)


def fate_words(language: str, *, people: int, release: str = "", day: str = "") -> str:
    """What became of answers: published with a release on a day, or waiting for others."""
    if release:
        return fill(_words(language)["receipt.published"], {"number": release, "day": day})
    return fill(_words(language)["receipt.waiting"], {"people": people})

"""Draws a step of the light form: text in, a whole HTML page out. No script is needed for any of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from secrets import token_hex
from typing import Any, NamedTuple

from feedback.collect.controls import choices_first, controls, drawn, parts_of
from feedback.collect.fields import name_of
from feedback.collect.pages import page, receipts_of, said_in
from feedback.collect.sheet import INVITATION, KIOSK, Sheet
from feedback.survey.notice import Notice, items
from feedback.survey.questionnaire import EXPERT, Instrument
from feedback.survey.routing import Asked, asked
from feedback.survey.setting import Subject
from feedback.survey.steps import (
    MOST_LISTED,
    apart,
    expected,
    grouped,
    introduced,
    minutes_left,
    one_subject,
    progress_words,
    section_title,
    slip_lines,
    unaware,
)
from feedback.survey.submission import Slip
from feedback.survey.text import TELLING, say
from feedback.survey.wording import direction, word, words

IDLE, WARNED = 180, 30
"""Seconds a kiosk waits for somebody who has left, and warns before it begins anew."""


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
    return (*told, *about, _named(sheet.notice), sheet.new, asks, expected(sheet.instrument, {}, sheet.setting, steps))


def _named(notice: Notice | None) -> tuple[Any, ...]:
    """What tells one notice from another."""
    if notice is None:
        return ()
    return (notice.version, notice.digest, notice.language, notice.since, notice.comments_months, notice.answers_months)


def _step_page(sheet: Sheet) -> str:
    language, instrument, said = sheet.language, sheet.instrument, said_in(sheet.language)
    places = () if sheet.choosing else sheet.places
    if places is None:
        places = asked(instrument, sheet.answers, sheet.setting)
    steps = grouped(places)
    number = min(sheet.step, len(steps) - 1)
    here = steps[number] if steps else []
    count = expected(instrument, sheet.answers, sheet.setting, steps)
    subject = one_subject(here) if here else None
    rows = controls(sheet, here) if here else choices_first(sheet)
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
        lookup=receipts_of(language),
        section=section,
        subject=_subject(sheet, subject),
        facts=_facts(sheet, subject),
        controls=[
            (drawn(one, language), None if beside is None else [drawn(each, language) for each in beside])
            for one, beside in rows
        ],
        back=number > 0 or (bool(here) and len(sheet.candidates) > 1),
        forward="send" if here and number == len(steps) - 1 else "next",
        choosing=any(each.control == "choose" and each.options for each, _ in rows),
        idle=word("kiosk.idle", language, seconds=WARNED) if sheet.mode == KIOSK and sheet.new else "",
    )


def _data(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """What the script needs to know, as data attributes of the form."""
    said = said_in(sheet.language)
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
    notice: Notice | None = None

    @property
    def items(self) -> list[tuple[str, str]]:
        """What the notice says, item by item."""
        return items(self.notice) if self.notice else []

    @property
    def way(self) -> str:
        """How the language of the notice is written."""
        return direction(self.notice.language) if self.notice else ""


def _about(sheet: Sheet) -> _About | None:
    """The first page: what this is and how long it takes; folded below, what becomes of the answers.

    Where something is chosen first, that page says it all, and the next only what names the credential chosen.
    """
    language, instrument, said = sheet.language, sheet.instrument, said_in(sheet.language)
    named = introduced(sheet.candidates or sheet.setting.subjects, sheet.subject, language)

    def told(text: Mapping[str, str] | None) -> tuple[str, ...]:
        return (say(text, language, **named),) if text else ()

    introduction, several = told(instrument.introduction), len(sheet.candidates) > 1
    waits = several and introduction != (say(instrument.introduction or {}, language, credential=""),)
    if not sheet.choosing and (several or instrument.audience == EXPERT):
        return _About(introduction, ()) if waits else None
    if waits and not sheet.subject:
        introduction = ()
    notice, asks = sheet.notice, (said["light.asks_title"], (said["light.who_asks"], said["light.why"]))
    link = {INVITATION: (said["light.personal_link"],), "link": (said["light.open_link"],)}.get(sheet.mode, ())
    voluntary: tuple[str, ...] = (said["light.voluntary"],)
    if notice is not None:
        asks_you = word("notice.line", language, controller=apart(notice.text["controller"], language))
        voluntary = (asks_you, f"{said['light.voluntary']} {said['notice.leave_out']}")
    return _About(
        (*introduction, *voluntary, *told(instrument.anonymity)),
        (
            *(() if notice else (asks,)),
            (said["form.readers_title"], (*told(instrument.readers), _small_groups(language, sheet.people))),
            (said["form.anonymity_title"], (said["light.what_we_keep"], *link, said["light.withdraw_by_receipt"])),
        ),
        notice,
    )


def _small_groups(language: str, people: int) -> str:
    return word("light.small_groups", language, people=people)


class _Subject(NamedTuple):
    title: str
    issuer: str


def _subject(sheet: Sheet, subject: Subject | None) -> _Subject | None:
    """The credential a step is about; in a form about one that was chosen, that one throughout."""
    if subject is None and len(sheet.candidates) > 1:
        subject = next((each for each in sheet.candidates if each.slug == sheet.subject), None)
    if subject is None:
        return None
    return _Subject(apart(subject.title, sheet.language), apart(subject.issuer or "", sheet.language))


def _facts(sheet: Sheet, subject: Subject | None) -> str:
    if subject is None or not subject.facts or not unaware(sheet.instrument, sheet.answers, subject.slug):
        return ""
    return apart(subject.facts, sheet.language)


# --- slips -----------------------------------------------------------------------------------------------------------


def _summary(sheet: Sheet, here: Sequence[Asked], places: Sequence[Asked]) -> list[tuple[str, str]]:
    """What to mend, with the field each line leads to ("": it is not on this page)."""
    if not sheet.slips:
        return []
    if sheet.choosing:
        return [(each.label, each.name) for each, _ in choices_first(sheet) if each.slips]
    drawn = {(each.question.id, each.slug): each for each in here}
    lines = slip_lines(sheet.slips, here, places, sheet.setting, sheet.language)
    return [
        (line, _target(slip, drawn.get((slip.question, slip.subject)), sheet))
        for line, slip in list(lines.items())[:MOST_LISTED]
    ]


def _target(slip: Slip, place: Asked | None, sheet: Sheet) -> str:
    if place is None:
        return (slip.item or "") if sheet.choosing and not slip.question else ""
    parts = parts_of(place, sheet.setting)
    return name_of(place, slip.item if slip.item in parts else (parts[0] if parts else ""))

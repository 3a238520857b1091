"""Open a survey as somebody asks for it: everything checked at once, its window in its own zone, a name made up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from feedback.errors import Problem, Refused, suggest
from feedback.store import catalogue
from feedback.store.clock import is_zone, now
from feedback.store.surveys import MODES, Survey, open_survey, read_surveys
from feedback.store.versions import keep_versions
from feedback.survey.questionnaire import Instrument

LONGEST_STEM = 70
_LAST = time(23, 59, 59)


@dataclass(frozen=True)
class Wanted:
    """A survey as it is asked for. opens: its first day in the zone, None: from now on. closes: its last day.

    languages: none for all there are. local_questions: as the survey keeps them.
    """

    instrument: Instrument
    credentials: Sequence[str]
    run: str | None = None
    mode: str = "link"
    opens: date | None = None
    closes: date | None = None
    zone: str = "UTC"
    languages: Sequence[str] = ()
    local_questions: Sequence[dict[str, Any]] = field(default_factory=tuple)


def problems_of(session: Session, wanted: Wanted) -> list[Problem]:
    """Why a survey cannot be opened so: every reason, with the name of the field it is about; none when it can."""
    return [*_about(session, wanted), *_how(wanted), *_when(session, wanted)]


def open_wanted(session: Session, wanted: Wanted, texts: Mapping[str, tuple[Instrument, str, str]]) -> Survey:
    """Open the survey, keep its questionnaire's text, and give the survey as it is kept. Raises Refused.

    texts: as survey.instrument.read_instrument_texts gives them.
    """
    if problems := problems_of(session, wanted):
        raise Refused(problems)
    moment = now(session).replace(microsecond=0)
    opens = max(first_second(wanted.opens, wanted.zone), moment) if wanted.opens else moment
    survey = Survey(
        slug=_free_slug(session, wanted),
        instrument=wanted.instrument.id,
        version=wanted.instrument.version,
        mode=wanted.mode,
        languages=list(wanted.languages or wanted.instrument.languages),
        opens=opens,
        closes=last_second(wanted.closes, wanted.zone) if wanted.closes else None,
        zone=wanted.zone,
        run=wanted.run,
        credentials=list(wanted.credentials),
        local_questions=list(wanted.local_questions),
    )
    open_survey(session, survey)
    keep_versions(session, {name: text for name, text in texts.items() if name == survey.instrument})
    return survey


def first_second(day: date, zone: str) -> datetime:
    """When a day begins in a zone, in UTC.

    >>> first_second(date(2026, 7, 1), "Europe/Madrid").isoformat()
    '2026-06-30T22:00:00+00:00'
    """
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def last_second(day: date, zone: str) -> datetime:
    """The last second of a day in a zone, in UTC.

    >>> last_second(date(2026, 7, 31), "Europe/Madrid").isoformat()
    '2026-07-31T21:59:59+00:00'
    """
    return datetime.combine(day, _LAST, ZoneInfo(zone)).astimezone(UTC)


def day_in(moment: datetime, zone: str) -> date:
    """The day of a moment as people in the zone say it."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _about(session: Session, wanted: Wanted) -> list[Problem]:
    """What it asks about is in the catalogue, and there is enough of it."""
    known = [each.slug for each in catalogue.read_credentials(session)]
    runs = {each.slug: each.credential for each in catalogue.read_runs(session)}
    found = [
        Problem("credential", f'"{slug}" is not in the catalogue.{suggest(slug, known)}')
        for slug in wanted.credentials
        if slug not in known
    ]
    if not wanted.credentials:
        found.append(Problem("credential", "none is named; name the credential it asks about."))
    elif wanted.instrument.pairs_question is not None and len(set(wanted.credentials)) < 2:
        found.append(Problem("credential", f'"{wanted.instrument.id}" asks about pairs: name two credentials or more.'))
    if wanted.run is not None and wanted.run not in runs:
        found.append(Problem("run", f'"{wanted.run}" is not in the catalogue.{suggest(wanted.run, runs)}'))
    return found


def _how(wanted: Wanted) -> list[Problem]:
    asked = wanted.instrument
    found = [
        Problem("language", f'"{code}" is not offered. Known: {", ".join(asked.languages)}.')
        for code in wanted.languages
        if code not in asked.languages
    ]
    if wanted.mode not in MODES:
        found.append(Problem("mode", f'"{wanted.mode}" is not known. Known: {", ".join(MODES)}.'))
    return found


def _when(session: Session, wanted: Wanted) -> list[Problem]:
    if not is_zone(wanted.zone):
        return [Problem("zone", f'"{wanted.zone[:60]}" is not known; write it as Europe/Madrid or UTC.')]
    today, found = day_in(now(session), wanted.zone), []
    if wanted.opens is not None and wanted.opens < today:
        found.append(Problem("opens", f"{wanted.opens} is past. Name today or a later day, or none to open at once."))
    if wanted.closes is not None and wanted.closes < today:
        found.append(Problem("closes", f"{wanted.closes} is past. Name today or a later day."))
    elif wanted.closes is not None and wanted.opens is not None and wanted.closes < wanted.opens:
        found.append(Problem("closes", f"{wanted.closes} is before it opens, on {wanted.opens}."))
    return found


def _free_slug(session: Session, wanted: Wanted) -> str:
    """The questionnaire's name, with the credential's where it is about one; numbered where that is taken."""
    name = wanted.instrument.id.replace("_", "-")  # ids of questionnaires may hold what slugs may not
    about = list(dict.fromkeys(wanted.credentials))
    taken = {each.slug for each in read_surveys(session)}
    stem = f"{name}-{about[0]}" if len(about) == 1 else name
    return next(each for each in _numbered(stem[:LONGEST_STEM]) if each not in taken)


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def window(survey: Survey) -> Mapping[str, date | None]:
    """The first and the last day of a survey in its own zone; closes None: open without end."""
    closes = survey.closes
    return {
        "opens": day_in(survey.opens, survey.zone),
        "closes": day_in(closes, survey.zone) if closes is not None else None,
    }

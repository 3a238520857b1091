"""`feedback calendar` and `feedback decisions`: what is due for review, and what was decided, still as it was made."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.acting import demand, may, subjects_of
from feedback.cli.console import AsJson, database, limits_of, questionnaires, report
from feedback.errors import FeedbackError, Refused
from feedback.policy import READ, WHOLE

if TYPE_CHECKING:
    from sqlmodel import Session

    from feedback.limits import Limits
    from feedback.store.committee import Decision

STATES = {"overdue": "overdue", "due": "due", "never": "never yet", "due soon": "due soon"}
"""How what is not fresh stands, in words."""


def calendar_command(as_json: AsJson = False) -> None:
    """What is due for review: credentials and skills, the most urgent first. Of answers only what may be shown."""
    from feedback.findings.calendar import FRESH, urgent
    from feedback.store.clock import now
    from feedback.store.database import reading
    from feedback.worker.governing import gather_calendar

    settings, engine = database()
    with reading(engine) as session:
        theirs = readable(session)
        heard = _heard(session, limits_of(settings), theirs)
        clocks = gather_calendar(session, heard, now(session).date(), theirs)
    lines = [
        f"{clock.title}: {STATES[clock.state]}{f', {clock.due_on}' if clock.due_on else ''}. {clock.awaits}."
        for clock in clocks
        if clock.state != FRESH
    ]
    report(as_json, "\n".join([urgent(clocks), *lines]), sentence=urgent(clocks), calendar=list(map(vars, clocks)))


def decisions_command(
    credential: Annotated[str, typer.Argument(help="Only this credential, by slug.")] = "", as_json: AsJson = False
) -> None:
    """What the committee decided, and whether each decision is as it was made. Exits 1 where one is not."""
    from feedback.store.committee import read_decisions, unknown, verify
    from feedback.store.database import reading

    _, engine = database()
    if credential:
        demand(engine, READ, [credential])
    with reading(engine) as session:
        if credential and (wrong := unknown(session, credential)):
            raise Refused(wrong)
        theirs = readable(session)
        those = [each for each in read_decisions(session, credential) if each.credential in theirs]
        problems = verify(session) if may(READ, [WHOLE]) else [_wrong(each) for each in those if not each.is_as_made]
    lines = [f"{each.day} {each.credential}: {each.outcome}. {_state(each)}. {each.words}" for each in those]
    told = [_told(each) for each in those]
    report(as_json, "\n".join(lines) or "Nothing has been decided yet.", decisions=told, problems=problems)
    if problems:
        raise FeedbackError("\n".join(problems))


def readable(session: "Session") -> set[str]:
    """The credentials of which whoever this command acts for may read."""
    from feedback.store import catalogue

    slugs = [each.slug for each in catalogue.read_credentials(session)]
    subjects = subjects_of(session)(slugs) if slugs else []
    return {slug for slug, subject in zip(slugs, subjects, strict=True) if may(READ, [subject])}


def _heard(session: "Session", limits: "Limits", theirs: set[str]) -> dict[str, str]:
    """By skill the month since which enough employers were heard on it, through the gate."""
    from feedback.findings.calendar import newest
    from feedback.findings.contents import FINDINGS
    from feedback.findings.evidence import Choice
    from feedback.findings.work import work_out
    from feedback.worker.gathering import gather, with_roles

    instruments, heard = questionnaires(), dict[str, str]()
    evidence = with_roles(session, instruments, gather(session, instruments))
    choices = [Choice()] if may(READ, [WHOLE]) else [Choice(credential=slug) for slug in sorted(theirs)]
    for choice in choices:
        shown = work_out(FINDINGS["skill_validation"], evidence, choice, limits).shown
        for skill, month in newest(shown).items():
            heard[skill] = max(month, heard.get(skill, ""))
    return heard


def _told(one: "Decision") -> dict[str, Any]:
    kept = {name: value for name, value in vars(one).items() if name != "evidence"}
    seen = [each.sentence for each in one.seen]
    return kept | {"release": one.release, "corrects": one.corrects, "verified": one.is_as_made, "evidence": seen}


def _state(one: "Decision") -> str:
    return "Verified" if one.is_as_made else "Does not match its digest"


def _wrong(one: "Decision") -> str:
    return f"decision {one.id} on {one.credential} of {one.day} is not as it was made."

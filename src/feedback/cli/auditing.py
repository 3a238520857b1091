"""`feedback audit`: who did what."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.acting import who as acting
from feedback.cli.console import DAY, AsJson, database, report
from feedback.errors import Problem, Refused
from feedback.policy import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine
    from sqlmodel import Session

    from feedback.store.audit import Event


def audit_command(
    who: Annotated[str, typer.Option(help="Part of a name or address, operator or worker.")] = "",
    about: Annotated[str, typer.Option(help="Part of what it was done to, as survey:spring.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=[DAY], help="The first day.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1_000_000, help="So many at most, the newest.")] = 100,
    holds: Annotated[
        str, typer.Option(metavar="NUMBER:DIGEST", help="Is an entry there as you noted it? 1 when it is not.")
    ] = "",
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Take note that the list is broken: what is wrong stays in it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say who did what, the oldest first. Whether the list is whole, says feedback doctor."""
    from feedback.store.database import reading

    _, engine = database()
    try:
        if acknowledge:
            _acknowledge(engine, as_json)
            return
        with reading(engine) as session:
            if holds:
                _holds(session, holds, as_json)
            else:
                _list(session, who, about, since, most, as_json)
    finally:
        engine.dispose()


def _list(session: "Session", who: str, about: str, since: datetime | None, most: int, as_json: bool) -> None:
    from feedback.store import audit

    names = audit.names(session)
    actors = audit.ids_of(session, who) if who else None
    first = since.date() if since else None
    events = audit.read_events(session, actors=actors, about=about, since=first, most=most)[::-1]
    head = audit.head(session)
    lines = [_line(event, names) for event in events] or ["Nothing of that is recorded."]
    report(as_json, "\n".join([*lines, f"newest: {head}"]), events=[_told(each, names) for each in events], newest=head)


def _line(event: "Event", names: "Mapping[str, str]") -> str:
    from feedback.store.audit import what

    by = names.get(event.actor, event.actor)
    told = [str(event.number), event.when, by, event.words, what(event, names), event.more]
    return "  ".join(filter(None, told))


def _told(event: "Event", names: "Mapping[str, str]") -> dict[str, object]:
    return {
        "number": event.number, "at": event.when, "actor": event.actor, "name": names.get(event.actor, event.actor),
        "action": event.action, "about": event.about, "details": event.details, "digest": event.digest,
    }  # fmt: skip


def _holds(session: "Session", noted: str, as_json: bool) -> None:
    from feedback.store import audit

    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", noted)
    if found is None:
        raise Refused([Problem("--holds", "it must be NUMBER:DIGEST, as feedback audit says of the newest entry.")])
    if not audit.holds(session, audit.Head(int(found[1]), found[2])):
        raise Refused([Problem("--holds", f"entry {found[1]} is not there as you noted it.")])
    report(as_json, f"Entry {found[1]} is there as you noted it.", holds=True)


def _acknowledge(engine: "Engine", as_json: bool) -> None:
    from feedback.store import audit
    from feedback.store.database import transaction

    if acting() != OPERATOR:
        raise Refused([Problem("--acknowledge", "is for whoever holds the machine, without --as.")])
    with transaction(engine) as session:
        problems = audit.verify(session)
        if problems:
            audit.record(session, OPERATOR, audit.ACKNOWLEDGED, "institution", problems=problems)
    words = (
        f"Noted, {len(problems)} problems with it. The list goes on from here." if problems else "The list is whole."
    )
    report(as_json, words, problems=problems)

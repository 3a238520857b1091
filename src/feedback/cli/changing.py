"""`feedback actions`: what is being changed, who sees to it, by when, and what became of it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.acting import demand, may
from feedback.cli.console import AsJson, database, report
from feedback.cli.governing import readable
from feedback.errors import FeedbackError, Refused
from feedback.policy import READ, WHOLE

if TYPE_CHECKING:
    from datetime import date

    from feedback.store.action import Action

OPEN = "open"
"""The state that stands for all in which something is left to do."""


def actions_command(
    credential: Annotated[str, typer.Argument(help="Only this credential, by slug.")] = "",
    state: Annotated[str, typer.Option("--state", help="planned, doing, done, dropped, or open.")] = "",
    as_json: AsJson = False,
) -> None:
    """What is being changed: those due first first. Exits 1 where an action is not as it was made."""
    from feedback.errors import Problem
    from feedback.store import action
    from feedback.store.accounts import read_accounts
    from feedback.store.action_checks import place_of
    from feedback.store.actions import read_actions, verify
    from feedback.store.clock import now
    from feedback.store.committee import unknown
    from feedback.store.database import reading

    if state and state not in (*action.STATES, OPEN):
        known = ", ".join((*action.STATES, OPEN))
        raise Refused([Problem("--state", f'"{state}" is not known. Known: {known}.')])
    _, engine = database()
    if credential:
        demand(engine, READ, [credential])
    with reading(engine) as session:
        if credential and (wrong := unknown(session, credential)):
            raise Refused(wrong)
        theirs, today = readable(session), now(session).date()
        states = action.OPEN if state == OPEN else (state,) if state else ()
        every = read_actions(session, credential=credential or None, states=states)
        new = {each.id for each in every if not each.credential and may(READ, [place_of(session, each)])}
        those = [each for each in every if each.credential in theirs or each.id in new]
        names = {each.id: each.name for each in read_accounts(session)}
        problems = verify(session) if may(READ, [WHOLE]) else [_wrong(each) for each in those if not each.is_as_made]
    lines = [_line(each, names.get(each.owner, "nobody with an account"), today) for each in those]
    told = [_told(each, names.get(each.owner, ""), today) for each in those]
    report(as_json, "\n".join(lines) or "No action is like that.", actions=told, problems=problems)
    if problems:
        raise FeedbackError("\n".join(problems))


def _line(one: "Action", owner: str, today: "date") -> str:
    from feedback.exchange import acted

    effect = acted.effect_in_words(one)
    place = one.credential or (f"new in {one.programme}" if one.programme else "new")
    said = f"{one.title} ({place}): {one.state}, {acted.due_in_words(one, today)}, seen to by {owner}."
    return f"{said} {effect[0].upper()}{effect[1:]}." if effect else said


def _told(one: "Action", owner: str, today: "date") -> dict[str, Any]:
    kept = {name: value for name, value in vars(one).items() if name not in ("evidence", "measure")}
    measure = vars(one.measure) if one.measure else None
    seen = [each.sentence for each in one.seen]
    more = {"owner_name": owner, "late": one.is_late(today), "verified": one.is_as_made, "evidence": seen}
    return kept | {"measure": measure} | more


def _wrong(one: "Action") -> str:
    return f"action {one.id} of {one.made_on} is not as it was made."

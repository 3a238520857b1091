"""`feedback invite`, `revoke`, `extend`, `close` and `surveys`: who may answer which survey, and until when."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.acting import demand, may, subjects_of, who
from feedback.cli.console import (
    DAY,
    NO_ADDRESS,
    AsJson,
    complain,
    database,
    questionnaires,
    report,
)
from feedback.cli.outputs import new_files, wrong_place
from feedback.errors import Problem, Refused, suggest
from feedback.policy import ASK

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.exchange.links import Asked
    from feedback.settings import Settings
    from feedback.store.standing import Standing
    from feedback.store.surveys import Survey
    from feedback.survey.questionnaire import Instrument

CATALOGUE = "catalogue"
SurveySlug = Annotated[str, typer.Argument(metavar="SURVEY", help="The survey, by its slug: see feedback surveys.")]


def invite_command(
    survey: SurveySlug,
    count: Annotated[int | None, typer.Option(help="So many links, for nobody in particular.")] = None,
    contacts: Annotated[
        str, typer.Option(help="A CSV file, one person a line; or catalogue: its contacts with an address.")
    ] = "",
    output: Annotated[Path | None, typer.Option(help="The file of links to write: their only copy.")] = None,
    sheet: Annotated[Path | None, typer.Option(help="A page of QR codes to print, with the same links.")] = None,
    expires: Annotated[datetime | None, typer.Option(formats=[DAY], help="The last day the links work.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also links for who was written to often or lately.")
    ] = False,
    send: Annotated[bool, typer.Option("--send", help="Send the links by mail, and write no file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make one-use invitations and write their links to a file, which is the only copy; or send them by mail."""
    settings, engine = database()
    known = _known_survey(engine, survey)
    problems = [
        *_wrong_people(count, contacts, sheet, send=send),
        *_wrong_files(output, sheet, send=send),
        *_wrong_time(engine, known, expires),
        *_wrong_survey(known),
    ]
    if anyway and (send or not contacts):
        problems.append(
            Problem("--anyway", "is for a file of contacts (--contacts); messages keep to the rules of rest.")
        )
    if (sheet or send) and not settings.public_url:
        problems.append(Problem("FEEDBACK_PUBLIC_URL", "is not set, so a printed or sent link would lead nowhere."))
    people: Sequence[Asked] = ()
    if count is None and contacts:
        if contacts == CATALOGUE:
            demand(engine, ASK)  # its people belong to no survey
        people, wrong = _people(engine, known, contacts, again=send)
        problems += wrong
    if problems:
        raise Refused(problems)
    last = expires.date() if expires else None
    if send:
        _send(settings, engine, known, people, last, as_json=as_json)
        return
    assert output is not None  # _wrong_files
    _write(settings, engine, known, people, count, contacts, output, sheet, last, anyway=anyway, as_json=as_json)


def revoke_command(
    survey: SurveySlug,
    link: Annotated[list[str] | None, typer.Option(help="A link that was lost; may be repeated.")] = None,
    all_unused: Annotated[bool, typer.Option("--all-unused", help="Every link nobody has used.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take back links nobody has used: they open nothing any more."""
    from feedback.exchange.inviting import invited_by
    from feedback.settings import secret_key
    from feedback.store import audit, invitations
    from feedback.store.database import transaction
    from feedback.store.standing import in_steps, in_words

    settings, engine = database()
    known = _known_survey(engine, survey)
    if all_unused == bool(link):
        raise Refused(
            [Problem("feedback revoke", "name links (--link), or take back every unused one (--all-unused).")]
        )
    with transaction(engine) as session:
        ids = None if all_unused else invited_by(session, known, link or (), secret_key(settings))
        number = invitations.revoke(session, known.slug, ids)
        audit.record(session, who(), audit.REVOKED, f"survey:{known.slug}", links=in_words(in_steps(number)))
    words = f"Taken back: {_many(number, 'link')}. Answers given stay."
    report(as_json, words if number else "There was no unused link to take back.", survey=known.slug, revoked=number)


def extend_command(
    survey: SurveySlug,
    closes: Annotated[datetime | None, typer.Option(formats=[DAY], help="The last day, in the survey's zone.")] = None,
    no_end: Annotated[bool, typer.Option("--no-end", help="Take its end away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a survey close on another day, at that day's last second in its zone, or never.

    A closed one opens again, for an administrator.
    """
    from feedback.store import audit, surveys
    from feedback.store.database import transaction
    from feedback.store.opening import last_second

    _, engine = database()
    known = _known_survey(engine, survey)
    if (closes is None) != no_end:
        raise Refused([Problem("feedback extend", "name the last day (--closes), or take the end away (--no-end).")])
    moment = last_second(closes.date(), known.zone) if closes else None
    with transaction(engine) as session:
        surveys.extend(session, known.slug, moment, by=who())
        ends = moment.isoformat() if moment else None
        audit.record(session, who(), audit.EXTENDED, f"survey:{known.slug}", closes=ends)
    until = f"until {closes:%Y-%m-%d}, 23:59:59 ({known.zone})" if closes else "without an end"
    report(as_json, f"{known.slug} is open {until}.", survey=known.slug, closes=ends, zone=known.zone)


def close_command(survey: SurveySlug, as_json: AsJson = False) -> None:
    """Close a survey now. Forms begun are taken for a quarter of an hour more."""
    from feedback.store import audit, surveys
    from feedback.store.database import transaction

    _, engine = database()
    known = _known_survey(engine, survey)
    with transaction(engine) as session:
        surveys.close(session, known.slug)
        audit.record(session, who(), audit.CLOSED, f"survey:{known.slug}")
    report(as_json, f"{known.slug} is closed. Forms begun are taken for 15 minutes more.", survey=known.slug)


def surveys_command(
    open_only: Annotated[bool, typer.Option("--open", help="Only those open now.")] = False, as_json: AsJson = False
) -> None:
    """List the surveys: how each stands, from when until when in its zone, and its invitations.

    How many answered, and how many invitations were used, is told in steps of five: nobody can be watched answering.
    """
    from feedback.store.clock import now
    from feedback.store.database import reading
    from feedback.store.standing import read_standings
    from feedback.store.surveys import read_surveys

    _, engine = database()
    with reading(engine) as session:
        moment, every = now(session), read_surveys(session, only_open=open_only)
        subjects = subjects_of(session)
        every = [survey for survey in every if may(ASK, subjects(survey.credentials))]
        standings = read_standings(session, [survey.slug for survey in every])
        told = [_told(survey, moment, standings[survey.slug]) for survey in every]
    lines = [_line(each) for each in told] or [
        "There is no survey yet. Open one: feedback open learner --credential SLUG"
    ]
    report(as_json, "\n".join(lines), surveys=told)


# --- what is refused --------------------------------------------------------------------------------------------------


def _known_survey(engine: "Engine", slug: str) -> "Survey":
    """The survey, for whoever may see to it.

    Raises Forbidden for one of others, and, to who may not see to all, for none; Refused for none, or one of a round.
    """
    from feedback.store import rounds
    from feedback.store.database import reading
    from feedback.store.surveys import read_surveys

    with reading(engine) as session:
        every = {each.slug: each for each in read_surveys(session)}
        is_round = rounds.is_round(session, slug)
    if slug not in every:
        demand(engine, ASK)
        raise Refused(
            [Problem("SURVEY", f'there is none called "{slug}".{suggest(slug, every)} See: feedback surveys')]
        )
    demand(engine, ASK, every[slug].credentials)
    if is_round:
        raise Refused([Problem("SURVEY", f'"{slug}" is not changed here: {rounds.BY_THE_COMMITTEE}')])
    return every[slug]


def _instrument(engine: "Engine", survey: "Survey") -> "Instrument":
    """The questionnaire in the survey's own version. Raises Refused where it is not to be had any more."""
    from feedback.store.database import reading
    from feedback.store.surveys import instrument_of

    with reading(engine) as session:
        found = instrument_of(session, survey, questionnaires())
    if found is None:
        said = f'"{survey.slug}" asks by "{survey.instrument}", version {survey.version}, which is not there any more.'
        raise Refused([Problem("SURVEY", said)])
    return found


def _wrong_people(count: int | None, contacts: str, sheet: Path | None, *, send: bool) -> list[Problem]:
    from feedback.exchange.links import MOST, MOST_CARDS

    if (count is None) == (not contacts):
        return [Problem("feedback invite", "say how many (--count), or whom (--contacts): one of the two.")]
    if count is not None and not 1 <= count <= MOST:
        return [Problem("--count", f"found {count:,}; from 1 to {MOST:,} links are made at once.")]
    if contacts and sheet:
        return [Problem("--sheet", "is for cards without names, handed out at random: say how many (--count).")]
    if sheet and (count or 0) > MOST_CARDS:
        return [Problem("--sheet", f"holds at most {MOST_CARDS:,} cards; make {count:,} links in several files.")]
    if count is not None and send:
        return [Problem("--send", "needs addresses: name a file of contacts (--contacts).")]
    return []


def _wrong_files(output: Path | None, sheet: Path | None, *, send: bool) -> list[Problem]:
    if send:
        said = "is not written with --send: the links go out by mail, and nobody else may hold a copy."
        return [Problem(name, said) for name, path in (("--output", output), ("--sheet", sheet)) if path]
    if output is None:
        return [Problem("--output", "is needed: the file to write the links to.")]
    problems = []
    for name, path in (("--output", output), ("--sheet", sheet)):
        if path is not None and path.exists() and path.is_file():
            problems.append(Problem(name, f"{path} is there already; name another file, nothing is replaced."))
        elif path is not None:
            problems += wrong_place(path, name)
    if sheet is not None and sheet.absolute() == output.absolute():
        problems.append(Problem("--sheet", "is the same file as --output; name another."))
    return problems


def _wrong_survey(survey: "Survey") -> list[Problem]:
    if survey.mode == "invitation":
        return []
    said = f'"{survey.slug}" needs no invitation: it is open to everybody who has its address (mode {survey.mode}).'
    return [Problem("SURVEY", f"{said} Open one with --mode invitation.")]


def _wrong_time(engine: "Engine", survey: "Survey", expires: datetime | None) -> list[Problem]:
    from feedback.store.clock import now
    from feedback.store.database import reading
    from feedback.store.opening import day_in
    from feedback.store.surveys import CLOSED, state_of

    with reading(engine) as session:
        moment = now(session)
    problems = []
    again = f"feedback extend {survey.slug} --closes DAY"
    if state_of(survey, moment) == CLOSED:
        problems.append(Problem("SURVEY", f'"{survey.slug}" is closed. Open it again: {again}'))
    if expires is not None and expires.date() < day_in(moment, survey.zone):
        problems.append(Problem("--expires", f"{expires:%Y-%m-%d} is past. Name today or a later day."))
    return problems


# --- what is done -----------------------------------------------------------------------------------------------------


def _people(
    engine: "Engine", survey: "Survey", contacts: str, *, again: bool
) -> "tuple[Sequence[Asked], list[Problem]]":
    """Whom the file names, or the catalogue's contacts; with what is wrong. again: some may be invited already."""
    from feedback.exchange.inviting import people_of_catalogue, read_people
    from feedback.store.database import reading

    try:
        with reading(engine) as session:
            if contacts == CATALOGUE:
                return people_of_catalogue(session, survey), []
            return read_people(session, survey, _instrument(engine, survey), Path(contacts), again=again), []
    except Refused as refused:
        return (), list(refused.problems)


def _write(
    settings: "Settings",
    engine: "Engine",
    survey: "Survey",
    people: "Sequence[Asked]",
    count: int | None,
    contacts: str,
    output: Path,
    sheet: Path | None,
    expires: date | None,
    *,
    anyway: bool,
    as_json: bool,
) -> None:
    """Make the invitations and write their links: the files are there when they are kept, and only then."""
    from feedback.exchange import inviting, links
    from feedback.settings import secret_key
    from feedback.store import audit
    from feedback.store.database import transaction

    key, asked = secret_key(settings), _instrument(engine, survey)
    with new_files() as put, transaction(engine) as session:
        whom: Sequence[Asked] = [links.Asked()] * (count or 0)
        if count is None:
            caps = {"asks_a_year": settings.asks_a_year, "days_between": settings.days_between_asks}
            whom = inviting.willing(session, survey, people, key=key, **caps, anyway=anyway)
        made = inviting.invite(
            session, survey, asked, whom, key=key, public_url=settings.public_url, expires_on=expires
        )
        marked = bool(contacts) and (contacts == CATALOGUE or links.is_marked(Path(contacts)))
        put(output, links.links_csv(made, marked=marked))
        if sheet is not None:
            put(sheet, inviting.sheet_of(session, survey, asked, made, expires).encode())
        audit.record(session, who(), audit.INVITED, f"survey:{survey.slug}", links=len(made))
    left_out = len(people) - len(made) if count is None else 0
    rest = "" if anyway else ", or were written to often or lately (--anyway)"
    why = f"Left out, since they asked not to be written to{rest}: {left_out:,}."
    more = f" {why}" if left_out else ""
    printed = f" and {sheet.name}" if sheet else ""
    words = f"Made {_many(len(made), 'link')}: {output.name}{printed}, the only copy. Each takes one answer.{more}"
    files = {"output": str(output), "sheet": str(sheet) if sheet else None}
    report(as_json, words, survey=survey.slug, invitations=len(made), left_out=left_out, **files)
    if not settings.public_url and not as_json:
        complain(NO_ADDRESS)


def _send(
    settings: "Settings",
    engine: "Engine",
    survey: "Survey",
    people: "Sequence[Asked]",
    expires: date | None,
    *,
    as_json: bool,
) -> None:
    """Put a message for each into the outbox."""
    from feedback.exchange.inviting import chosen_for, persons
    from feedback.store import audit
    from feedback.store.database import reading, transaction
    from feedback.worker.asking import asking_of, invite_people

    if nameless := sum(not one.email for one in people):
        raise Refused([Problem("--send", f"{_many(nameless, 'person has', 'people have')} no address (column email).")])
    instrument = _instrument(engine, survey)
    with reading(engine) as session:
        contacts = {one.contact for one in people if one.contact}
        about = chosen_for(session, survey, instrument, contacts)
    done = invite_people(
        engine, survey.slug, persons(people, about), questionnaires(), asking_of(settings), expires_on=expires
    )
    with transaction(engine) as session:
        audit.record(session, who(), audit.INVITED, f"survey:{survey.slug}", messages=done.sent)
    words = (
        f"{_many(done.sent, 'message')} will be sent by the worker. Left in peace: {done.resting:,} were written to "
        f"lately or invited already, {done.refused:,} asked not to be written to."
    )
    report(as_json, words, survey=survey.slug, sent=done.sent, resting=done.resting, refused=done.refused)
    if not settings.smtp_url.get_secret_value() and not as_json:
        complain("No mail server is set (FEEDBACK_SMTP_URL): the messages wait until one is.")


# --- telling ----------------------------------------------------------------------------------------------------------


def _told(survey: "Survey", moment: datetime, standing: "Standing") -> dict[str, Any]:
    """What is told of a survey. answers, used: rounded down to a whole five."""
    from feedback.store.opening import window
    from feedback.store.surveys import state_of

    days = {name: day.isoformat() if day else None for name, day in window(survey).items()}
    counts = {"made": standing.made, "used": standing.used, "revoked": standing.revoked}
    about = {"survey": survey.slug, "questionnaire": survey.instrument, "mode": survey.mode}
    state = {"state": state_of(survey, moment), **days, "zone": survey.zone}
    return {**about, **state, "answers": standing.answers, "invitations": counts}


def _line(told: dict[str, Any]) -> str:
    from feedback.store.standing import in_words

    until = f"to {told['closes']}" if told["closes"] else "without end"
    line = f"{told['survey']}: {told['state']}, {told['mode']}, {told['opens']} {until} ({told['zone']})"
    line += f", {in_words(told['answers'])} answers"
    counts = told["invitations"]
    if told["mode"] != "invitation":
        return line
    return f"{line}, {_many(counts['made'], 'invitation')}, {in_words(counts['used'])} used"


def _many(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"

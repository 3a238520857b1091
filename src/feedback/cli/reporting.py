"""`feedback report`: the committee pack of a credential or the portfolio, and whether a file is one as it was made."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.acting import allowed, demand, may, who
from feedback.cli.console import AsJson, bar, database, limits_of, questionnaires, report
from feedback.cli.outputs import replacing, wrong_place
from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.policy import EXPORT, READ, UNREVIEWED, Subject

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.exchange.reports.content import Pack
    from feedback.exchange.reports.proof import Taken
    from feedback.findings.evidence import Choice


def report_command(
    credential: Annotated[str, typer.Argument(help="The credential, by slug; none with --portfolio.")] = "",
    output: Annotated[Path | None, typer.Option(help="The file to write; one that is there is replaced.")] = None,
    format: Annotated[str, typer.Option("--format", help="pdf, html, docx; json is the evidence itself.")] = "pdf",
    portfolio: Annotated[bool, typer.Option("--portfolio", help="Every credential instead of one.")] = False,
    programme: Annotated[str, typer.Option(help="With --portfolio: only this programme's, by slug.")] = "",
    check: Annotated[
        Path | None, typer.Option(help="Write nothing: tell whether this file is a pack as it was made.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the committee pack: findings through the gate, what is due, what was decided, and a digest of it all.

    Comments in people's own words are not in it: they can be taken back, and what is frozen cannot.
    """
    from feedback.findings.evidence import Choice

    if check is not None:
        _check(check, as_json)
        return
    _refuse(credential, output, format, programme, portfolio=portfolio)
    assert output is not None
    choice = Choice(credential=credential, programme=programme)
    _, engine = database()
    try:
        demand(engine, EXPORT, [credential] if credential else (), programme)
        with replacing(output) as file:
            pack = _gathered(choice, engine)
            written = _written(pack, format)
            file.write(written)
            _note(engine, choice, format, pack, written)
    finally:
        engine.dispose()
    sections = list(pack.sections)
    said = f"{pack.title}: {len(sections)} questions, {len(pack.silent)} of them not to be answered yet"
    told = {"digest": pack.digest, "sections": len(sections), "unanswered": len(pack.silent)}
    report(as_json, f"{said}; wrote {output.name}. Digest {pack.digest}", format=format, output=str(output), **told)


def _refuse(credential: str, output: Path | None, format: str, programme: str, *, portfolio: bool) -> None:
    """Refuse, with every reason, what cannot be done, before any work is."""
    from feedback.exchange.reports.written import FORMATS
    from feedback.exchange.reports.written import check as available

    problems = []
    if bool(credential) == portfolio:
        problems.append(Problem("CREDENTIAL", "name one credential, or say --portfolio for all; not both."))
    if programme and not portfolio:
        problems.append(Problem("--programme", "goes with --portfolio."))
    if output is None:
        problems.append(Problem("--output", "is missing: the file to write."))
    else:
        problems += wrong_place(output)
    if format not in FORMATS:
        known = f"Known: {', '.join(FORMATS)}."
        problems.append(Problem("--format", f'"{format}" is not known.{suggest(format, FORMATS)} {known}'))
    if problems:
        raise Refused(problems)
    available(format)


def _gathered(choice: "Choice", engine: "Engine") -> "Pack":
    from feedback.settings import read_settings
    from feedback.worker.packing import gather_pack

    limits = limits_of(read_settings())
    about = [choice.credential] if choice.credential else ()
    unreviewed = allowed(engine, UNREVIEWED, about, choice.programme)
    with bar("Working findings out") as advance:
        return gather_pack(
            engine,
            questionnaires(),
            choice,
            who(),
            limits,
            quoting=limits if unreviewed else limits.reviewed(),
            readable=lambda one: may(READ, [Subject(one.programme, one.slug)]),
            advance=advance,
        )


def _written(pack: "Pack", format: str) -> bytes:
    from feedback.exchange.reports.written import write

    with bar("Drawing pictures") as advance:
        return write(pack, format, advance)


def _note(engine: "Engine", choice: "Choice", format: str, pack: "Pack", written: bytes) -> None:
    """Record who takes what, with the digest of the pack and of its file."""
    from feedback.exchange.reports.proof import REPORT, facts
    from feedback.store import audit
    from feedback.store.database import transaction

    of = {"credential": choice.credential, "programme": choice.programme}
    with transaction(engine) as session:
        audit.record(session, who(), audit.EXPORTED, REPORT, **facts(pack, written, format, of))


def _check(path: Path, as_json: bool) -> None:
    """Tell when a file was made as it is. Raises FeedbackError for one that is not known so."""
    from feedback.exchange.reports.proof import find
    from feedback.store.database import reading

    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Refused([Problem("--check", f"{path} cannot be read: {error.strerror or error}.")]) from error
    _, engine = database()
    with reading(engine) as session:
        found = [each for each in find(session, digest) if _theirs(engine, each)]
    engine.dispose()
    if not found:
        said = "is not a pack as it was made here: it was changed, or made elsewhere, or is of what you may not read."
        raise FeedbackError(f"{path.name} {said} Its SHA-256 is {digest}")
    last = found[0]
    of = last.credential or last.programme or "the portfolio"
    said = f"{path.name} is as it was made on {last.on} by {last.by}: the pack of {of}. Digest {last.digest}"
    report(as_json, said, file=digest, digest=last.digest, made_on=str(last.on), by=last.by, of=of)


def _theirs(engine: "Engine", told: "Taken") -> bool:
    """Whether a pack is of what whoever asks may read."""
    return allowed(engine, EXPORT, [told.credential] if told.credential else (), told.programme)

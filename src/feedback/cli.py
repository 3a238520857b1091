"""The command line: exit 0 done, 1 refused with reasons, 2 usage, 3 database out of reach."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.exchange.imports import import_file
from feedback.sample import load_sample
from feedback.settings import Settings, data_folder, project_folder, read_settings
from feedback.store import catalogue, meta, sample, surveys
from feedback.store.database import DatabaseUnreachable, open_database, reading, transaction
from feedback.store.migrate import migrate, schema_state
from feedback.survey.instrument import Instrument, read_instruments
from feedback.worker import read_arrived_comments

REFUSED, USAGE, UNREACHABLE = 1, 2, 3

app = typer.Typer(
    help="Which credentials employers value, and what should change.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON.")]


def main() -> None:
    """Run the command line; turn what was refused into reasons on standard error and an exit code."""
    try:
        app()
    except DatabaseUnreachable as error:
        err.print(str(error), markup=False)
        sys.exit(UNREACHABLE)
    except FeedbackError as error:
        err.print(str(error), markup=False)
        sys.exit(REFUSED)


@app.command()
def init(as_json: AsJson = False) -> None:
    """Make or migrate the database named by FEEDBACK_DATABASE_URL."""
    settings, engine = _database()
    report(as_json, f"The database is ready: {_shown(settings.database_url)}", database=_shown(settings.database_url))
    engine.dispose()


@app.command("sample")
def sample_command(
    size: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many responses.")] = 4000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same institution.")] = 1,
    remove: Annotated[bool, typer.Option("--remove", help="Take the sample institution away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load the sample institution, marked as sample wherever it shows; --remove takes it away."""
    _, engine = _database()
    if remove:
        with transaction(engine) as session:
            removed = sample.remove_sample(session)
        report(as_json, f"The sample is gone: {sum(removed.values()):,} rows removed.", removed=removed)
        return
    with reading(engine) as session:
        if sample.has_sample(session):
            raise Refused(
                [Problem("feedback sample", "the sample institution is loaded already. Take it away with --remove.")]
            )
    started = time.monotonic()
    _load_sample(engine, size, seed)
    seconds = time.monotonic() - started
    report(as_json, f"The sample institution is loaded: {size:,} responses in {seconds:.1f} s.", responses=size)


@app.command("import")
def import_command(
    kind: Annotated[str, typer.Argument(help="catalogue, runs, organisations, ratings or comments.")],
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8; .csv.gz may be packed.")],
    map_path: Annotated[Path | None, typer.Option("--map", help="A TOML file that names the columns.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a file in: all of it, or nothing with every problem named by line and column."""
    _, engine = _database()
    questionnaires = _instruments()
    with _bar("Importing") as advance:
        done = import_file(
            engine, kind, file, map_path=map_path, dry_run=dry_run, instruments=questionnaires, progress=advance
        )
    read = 0
    if not dry_run and done.new:
        with _bar("Reading comments") as advance:
            read = read_arrived_comments(engine, questionnaires, advance)
    made = ", ".join(f"{number:,} {what}" for what, number in done.created.items() if number)
    report(
        as_json,
        f"{'Checked' if dry_run else 'Imported'} {done.file}: {done.rows:,} rows, {done.new:,} new, "
        f"{done.unchanged:,} already there{f'; made {made}' if made else ''}.",
        file=done.file,
        rows=done.rows,
        new=done.new,
        unchanged=done.unchanged,
        created=done.created,
        comments_read=read,
        dry_run=dry_run,
    )


@app.command("open")
def open_command(
    instrument: Annotated[str, typer.Argument(help="learner or employer.")],
    credential: Annotated[list[str], typer.Option(help="The credential it asks about, by slug; may be repeated.")],
    run: Annotated[str | None, typer.Option(help="The run (delivery) it is about.")] = None,
    mode: Annotated[str, typer.Option(help="link or kiosk.")] = "link",
    closes: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day, in UTC.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Languages offered; default: all there are.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open a survey and print its slug and its address."""
    settings, engine = _database()
    questionnaires = _instruments()
    asked = _known_instrument(instrument, questionnaires)
    problems = [
        Problem("--language", f'"{code}" is not offered. Known: {", ".join(asked.languages)}.')
        for code in language or []
        if code not in asked.languages
    ]
    if mode not in ("link", "kiosk"):
        problems.append(Problem("--mode", f'"{mode}" is not known. Known: link, kiosk.'))
    with reading(engine) as session:
        known = [each.slug for each in catalogue.read_credentials(session)]
        taken = {each.slug for each in surveys.read_surveys(session)}
    problems += [
        Problem("--credential", f'"{slug}" is not in the catalogue.{suggest(slug, known)}')
        for slug in credential
        if slug not in known
    ]
    if problems:
        raise Refused(problems)
    stem = f"{asked.id}-{credential[0]}" if len(credential) == 1 else asked.id
    slug = next(name for name in _numbered(stem[:70]) if name not in taken)
    with transaction(engine) as session:
        surveys.open_survey(
            session,
            surveys.Survey(
                slug=slug,
                instrument=asked.id,
                version=asked.version,
                mode=mode,
                languages=list(language or asked.languages),
                opens=datetime.now(UTC),
                closes=closes.replace(hour=23, minute=59, second=59, tzinfo=UTC) if closes else None,
                zone="UTC",
                run=run,
                credentials=list(credential),
                is_sample=False,
            ),
        )
    page = "employer_rating" if asked.audience == "employer" else "learner_survey"
    address = f"{settings.public_url.rstrip('/')}/{page}?survey={slug}"
    report(as_json, f"Open: {slug}\n{address}", survey=slug, address=address)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look whether everything needed is in place; exit 1 when something is not."""
    settings = read_settings()
    engine = open_database(settings.database_url)
    checks: dict[str, str] = {"database": _shown(settings.database_url), "schema": schema_state(engine)}
    wrong = [] if checks["schema"] == "current" else [f"the schema is {checks['schema']}; run: feedback init"]
    try:
        checks["instruments"] = ", ".join(sorted(_instruments()))
    except Refused as refused:
        wrong += [str(problem) for problem in refused.problems]
    if checks["schema"] == "current":
        with reading(engine) as session:
            checks["data version"] = str(meta.data_version(session))
            checks["credentials"] = str(len(catalogue.read_credentials(session)))
            checks["sample"] = "loaded" if sample.has_sample(session) else "none"
    checks["minimum group"] = f"{settings.minimum_group} people, {settings.minimum_organisations} organisations"
    lines = [f"{name}: {value}" for name, value in checks.items()] + [f"WRONG: {each}" for each in wrong]
    report(as_json, "\n".join(lines), checks=checks, wrong=wrong)
    if wrong:
        raise typer.Exit(REFUSED)


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="The port to listen on.")] = 8501,
) -> None:
    """Run the app: migrate, load the sample into an empty database, serve, print the address."""
    settings, engine = _database()
    with reading(engine) as session:
        empty = meta.data_version(session) == 0 and not catalogue.read_credentials(session)
    if empty:
        out.print("The database is empty: loading the sample institution (take it away in the app whenever you like).")
        _load_sample(engine, 4000, 1)
    engine.dispose()
    if not _free(host, port):
        raise Refused([Problem(f"port {port}", "is taken by another program. Choose another: make run PORT=8600")])
    options = {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    streamlit = [sys.executable, "-m", "streamlit", "run", str(project_folder() / "app.py"), *arguments]
    environment = os.environ | {"FEEDBACK_DATABASE_URL": settings.database_url}
    server = subprocess.Popen(streamlit, cwd=project_folder(), env=environment, stdout=subprocess.DEVNULL)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: server.terminate())
    address = settings.public_url or f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
    if _answers(f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/_stcore/health", server):
        out.print(f"Open {address}   (stop with Ctrl+C)")
    code = server.wait()
    raise typer.Exit(0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else code)


def report(as_json: bool, words: str, **facts: Any) -> None:
    """Say what was done: a sentence for people, or its facts as one line of JSON."""
    print_plain(json.dumps(facts, ensure_ascii=False, default=str) if as_json else words)


def print_plain(text: str) -> None:
    """Print text as it is: no markup, no wrapping."""
    out.print(text, markup=False, emoji=False)


@contextmanager
def _bar(words: str) -> Iterator[Callable[..., None]]:
    """A progress bar on a terminal; elsewhere a plain line every five seconds."""
    if err.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            task = progress.add_task(words, total=None)
            yield lambda done, total=None: progress.update(task, completed=done, total=total)
        return
    last = [time.monotonic()]

    def line(done: int, total: int | None = None) -> None:
        if time.monotonic() - last[0] >= 5:
            last[0] = time.monotonic()
            err.print(f"{words}: {done:,}{f' of {total:,}' if total else ''}", markup=False)

    yield line


def _database() -> tuple[Settings, Engine]:
    settings = read_settings()
    engine = open_database(settings.database_url)
    migrate(engine)
    return settings, engine


def _instruments() -> dict[str, Instrument]:
    return dict(read_instruments(data_folder() / "instruments"))


def _known_instrument(name: str, questionnaires: dict[str, Instrument]) -> Instrument:
    known = sorted(each.id for each in questionnaires.values() if not each.import_only)
    if name not in known:
        said = f'"{name}" is not known.{suggest(name, known)} Known: {", ".join(known)}.'
        raise Refused([Problem("INSTRUMENT", said)])
    return questionnaires[name]


def _load_sample(engine: Engine, size: int, seed: int) -> None:
    questionnaires = _instruments()
    with _bar("Loading the sample") as advance:
        load_sample(engine, questionnaires, size=size, seed=seed, today=date.today(), progress=advance)
    with _bar("Reading comments") as advance:
        read_arrived_comments(engine, questionnaires, advance)


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _shown(url: str) -> str:
    """A database address without its password."""
    head, at, tail = url.rpartition("@")
    return f"{head.split('//')[0]}//…@{tail}" if at else url


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _answers(url: str, server: subprocess.Popen, patience: float = 60) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False

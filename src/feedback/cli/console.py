"""What every command shares: how it speaks, its progress bar, its exit codes, its way to the database."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.limits import Limits
    from feedback.settings import Settings
    from feedback.survey.instrument import Instrument

REFUSED, USAGE, UNREACHABLE = 1, 2, 3
PATIENCE = 60
"""Seconds a command waits while the app or a worker writes; nobody stands at a form behind it."""
QUIET_SECONDS = 5
"""Off a terminal, progress is told in plain lines, at most one in so many seconds."""
DAY = "%Y-%m-%d"
NO_ADDRESS = "FEEDBACK_PUBLIC_URL is not set: put the address people reach the app at before it."

out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON, in one line.")]


def report(as_json: bool, words: str, **facts: Any) -> None:
    """Say what was done: a sentence for people, or its facts as one line of JSON."""
    say(json.dumps(facts, ensure_ascii=False, default=str) if as_json else words)


def say(text: str) -> None:
    """Print text on standard output as it is: no markup, no wrapping."""
    out.print(text, markup=False, emoji=False)


def complain(text: str) -> None:
    """Print text on standard error as it is: no markup, no wrapping."""
    err.print(text, markup=False, emoji=False)


@contextmanager
def bar(words: str) -> Iterator[Callable[..., None]]:
    """A progress bar on a terminal; elsewhere a plain line every five seconds. Gives advance(done, total=None)."""
    if err.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            task = progress.add_task(words, total=None)
            yield lambda done, total=None: progress.update(task, completed=done, total=total)
        return
    last = [time.monotonic()]

    def line(done: int, total: int | None = None) -> None:
        if time.monotonic() - last[0] >= QUIET_SECONDS:
            last[0] = time.monotonic()
            complain(f"{words}: {done:,}{f' of {total:,}' if total else ''}")

    yield line


def database() -> "tuple[Settings, Engine]":
    """The settings, and the database they name, brought to today's tables. Raises DatabaseUnreachable, NewerSchema."""
    from feedback.settings import read_settings
    from feedback.store.database import open_database
    from feedback.store.migrate import migrate

    settings = read_settings()
    engine = open_database(settings.database_url, patience=PATIENCE)
    migrate(engine)
    return settings, engine


def limits_of(settings: "Settings") -> "Limits":
    """What may be shown of whom, as set."""
    from feedback.limits import Limits

    return Limits(settings.minimum_group, settings.minimum_organisations, public_minimum=settings.public_minimum)


def questionnaires() -> "dict[str, Instrument]":
    """Every questionnaire there is, by its id. Raises Refused with every problem in their files."""
    from feedback.settings import data_folder
    from feedback.survey.instrument import read_instruments

    return dict(read_instruments(data_folder() / "instruments"))


def questionnaire_texts() -> "Mapping[str, tuple[Instrument, str, str]]":
    """The same, each with the text of its file and of its scales."""
    from feedback.settings import data_folder
    from feedback.survey.instrument import read_instrument_texts

    return read_instrument_texts(data_folder() / "instruments")


def shown(url: str) -> str:
    """A database address without its user and password.

    >>> shown("postgresql://ann:secret@db/feedback"), shown("sqlite:///data/feedback.db")
    ('postgresql://…@db/feedback', 'sqlite:///data/feedback.db')
    """
    head, at, tail = url.rpartition("@")
    return f"{head.split('//')[0]}//…@{tail}" if at else url

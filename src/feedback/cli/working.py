"""`feedback worker`: the other process. Reads what arrived, publishes it, works findings out, sends what waits."""

import os
import signal
import sys
import time
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.console import AsJson, bar, database, limits_of, questionnaires, report, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

    from feedback.settings import Settings
    from feedback.survey.instrument import Instrument
    from feedback.worker.loop import Worker

PATIENCE = 10
"""Seconds a step may take to leave off once the app has ended; then the process ends, and the lease frees the job."""
NICE = 5
"""Beside the app the worker gives way to whoever visits or answers."""


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and end.")] = False,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="As the app starts it: end when standard input closes.")
    ] = False,
    send_from_here: Annotated[
        bool, typer.Option("--send-from-here", help="This database was moved here on purpose: send its messages.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do the work that follows an answer, until it is stopped; several may run.

    Ends cleanly on SIGTERM and Ctrl+C: the step at hand leaves off, and another worker goes on with it.
    """
    settings, engine = database()
    from feedback.exchange.mail import read_server
    from feedback.store import jobs, outbox
    from feedback.store.database import reading, transaction
    from feedback.worker.asking import asking_of
    from feedback.worker.loop import Worker

    url = settings.smtp_url.get_secret_value()
    working = Worker(
        engine,
        questionnaires(),
        limits_of(settings),
        mail=read_server(url, settings.mail_from) if url else None,
        asking=asking_of(settings),
        say=(lambda _line: None) if as_json else say,
    )
    if send_from_here:
        with transaction(engine) as session:
            outbox.settle_here(session)
    if once:
        done = working.tick()
        with reading(engine) as session:
            left = jobs.read_jobs(session)
        parked = sum(job.state == jobs.PARKED for job in left)
        waiting = len(left) - parked
        words = f"Done: {done} jobs. Left: {waiting} that wait for their time or run elsewhere, {parked} parked."
        report(as_json, words, done=done, waiting=waiting, parked=parked)
    else:
        _run(working, embedded=embedded)
    engine.dispose()


def read_and_publish(engine: "Engine", instruments: "Mapping[str, Instrument]", settings: "Settings") -> int:
    """Read the comments that came in and publish the answers, here and now. Returns how many comments were read."""
    from feedback.worker.loop import ANSWERS, run_once
    from feedback.worker.reading import read_arrived_comments

    with bar("Reading comments") as advance:
        read = read_arrived_comments(engine, instruments, advance)
    with bar("Publishing") as advance:
        limits = limits_of(settings)
        run_once(engine, instruments, limits, kinds=ANSWERS, told=lambda _, done, total: advance(done, total))
    return read


def _run(working: "Worker", *, embedded: bool) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: working.stop())
    if embedded:
        if hasattr(os, "nice"):
            os.nice(NICE)
        Thread(target=_end_with_the_app, args=(working,), name="app", daemon=True).start()
    else:
        say(f"The worker {working.name} looks for work (stop with Ctrl+C).")
    working.run()


def _end_with_the_app(working: "Worker") -> None:
    """Wait until the app has ended, however it ended: it holds the other end of our standard input."""
    while sys.stdin.buffer.read(4096):
        pass
    working.stop()
    time.sleep(PATIENCE)
    os._exit(0)

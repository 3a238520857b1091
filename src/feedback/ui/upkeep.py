"""What the page on data quality asks of the store, and the few things that can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback.store import comments, imports, jobs, outbox, releases
from feedback.store.database import reading, transaction
from feedback.ui import shell
from feedback.worker import missing
from feedback.worker.reading import ANALYSER

MOST_UNREAD = 500
"""So many comments that wait are counted; more are "more than" that."""


@dataclass(frozen=True)
class Mail:
    """How the messages stand: how many by state, those that failed, and whether this is a copy that sends nothing."""

    counts: Mapping[str, int]
    failed: Sequence[outbox.Message]
    is_elsewhere: bool


def read_jobs() -> list[jobs.Job]:
    """Every job: parked ones first, then by need."""
    with reading(shell.engine()) as session:
        return jobs.read_jobs(session)


def retry(job: str) -> None:
    """Try a parked job again."""
    with transaction(shell.engine()) as session:
        jobs.retry(session, job)


def discard(job: str) -> None:
    """Throw a parked job away."""
    with transaction(shell.engine()) as session:
        jobs.discard(session, job)


def mail() -> Mail:
    """How the messages stand."""
    with reading(shell.engine()) as session:
        return Mail(outbox.counts(session), outbox.read_failed(session), outbox.is_elsewhere(session))


def send_again(message: str) -> None:
    """Send a message that failed after all."""
    with transaction(shell.engine()) as session:
        outbox.retry(session, message)


def read_imports() -> list[imports.Import]:
    """The files brought in, the newest day first."""
    with reading(shell.engine()) as session:
        return imports.read_imports(session)


def read_releases(most: int | None = None) -> list[releases.Release]:
    """What was published when, the last first."""
    with reading(shell.engine()) as session:
        return releases.read_releases(session, most)


def unread() -> int:
    """How many comments no program has read yet, counted up to MOST_UNREAD and one more."""
    with reading(shell.engine()) as session:
        return len(comments.unread_comments(session, shell.instruments(), ANALYSER, MOST_UNREAD + 1))


def is_worker_missing() -> bool:
    """Whether work waits and no worker has been there for minutes."""
    with reading(shell.engine()) as session:
        return missing.is_missing(session, shell.instruments(), shell.limits())

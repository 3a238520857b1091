"""What the page on data quality asks of the store, and the few things that can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback.policy import OPERATE
from feedback.store import audit, comments, imports, jobs, outbox, releases
from feedback.store.database import reading, transaction
from feedback.ui import shell, visitor
from feedback.worker import missing
from feedback.worker.reader import version_of

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
    visitor.demand(OPERATE)
    with transaction(shell.engine()) as session:
        jobs.retry(session, job)
        audit.record(session, visitor.who(), audit.JOB_RETRIED, f"job:{job}")


def discard(job: str) -> None:
    """Throw a parked job away."""
    visitor.demand(OPERATE)
    with transaction(shell.engine()) as session:
        jobs.discard(session, job)
        audit.record(session, visitor.who(), audit.JOB_DISCARDED, f"job:{job}")


def mail() -> Mail:
    """How the messages stand."""
    with reading(shell.engine()) as session:
        return Mail(outbox.counts(session), outbox.read_failed(session), outbox.is_elsewhere(session))


def send_again(message: str) -> None:
    """Send a message that failed after all."""
    visitor.demand(OPERATE)
    with transaction(shell.engine()) as session:
        outbox.retry(session, message)
        audit.record(session, visitor.who(), audit.MAIL_SENT_AGAIN, f"message:{message}")


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
        return len(comments.unread_comments(session, shell.instruments(), version_of(session), MOST_UNREAD + 1))


def is_worker_missing() -> bool:
    """Whether work waits and no worker has been there for minutes."""
    with reading(shell.engine()) as session:
        return missing.is_missing(session, shell.instruments(), shell.limits())

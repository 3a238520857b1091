"""What the page on data quality asks of the store, and the few things that can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import Value
from feedback.exchange.imports import UndoReport, undo_batch
from feedback.store import catalogue, comments, imports, jobs, outbox, releases
from feedback.store.database import reading, transaction
from feedback.ui import shell
from feedback.worker.reading import ANALYSER, count_voices

FROM_PEOPLE = ("comments", "ratings", "responses")
"""The kinds of file whose rows are people's answers: few of them are not counted out."""
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


def take_back(brought: imports.Import) -> UndoReport:
    """Take an import back, all of it or, with every reason (Refused), nothing."""
    return undo_batch(shell.engine(), brought.id, shell.instruments(), count_voices)


def read_releases(most: int | None = None) -> list[releases.Release]:
    """What was published when, the last first."""
    with reading(shell.engine()) as session:
        return releases.read_releases(session, most)


def read_catalogue() -> dict[str, list[Value]]:
    """Everything the catalogue holds, by entity."""
    with reading(shell.engine()) as session:
        return {name: catalogue.read(session, name) for name in ENTITIES}


def unread() -> int:
    """How many comments no program has read yet, counted up to MOST_UNREAD and one more."""
    with reading(shell.engine()) as session:
        return len(comments.unread_comments(session, shell.instruments(), ANALYSER, MOST_UNREAD + 1))

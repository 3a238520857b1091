"""What a step of a job works with: the database, the job it holds, and when to leave off."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from feedback.disclosure import Limits
from feedback.errors import FeedbackError
from feedback.exchange.mail import Server
from feedback.settings import project_folder
from feedback.store import jobs
from feedback.store.database import transaction
from feedback.store.jobs import Job
from feedback.survey.questionnaire import Instrument


class LeftOff(Exception):
    """A step leaves off between two pieces, because the worker ends or something is needed more. Nothing is lost."""


class Failed(FeedbackError):
    """A step could not do all it had to; its words are fit to be shown, and hold nothing of what a person wrote."""


@dataclass(frozen=True)
class Asking:
    """What it takes to write to people. key: the server's own (settings.secret_key). public_url: where links lead to,
    "" where nobody has said. Nobody is written to more than asks_a_year times in a year, nor about two surveys within
    days_between days. language: in which those with an account are written to.
    """

    key: bytes
    public_url: str
    asks_a_year: int = 4
    days_between: int = 14
    language: str = "en"

    def __repr__(self) -> str:
        return f"Asking({self.public_url})"


@dataclass(frozen=True)
class Work:
    """A job in the hands of a step. mail: the server messages go through; None: they wait.

    asking: whom links may be sent to, and how they are made; None: to nobody.

    leave_off: whether to stop before the next piece. say: takes a line for the log; never texts, never who.
    told: takes (kind, done, of how many or None) whenever something got on.
    is_first_look: whether the worker has just begun (to a look for what is due).
    """

    engine: Engine
    instruments: Mapping[str, Instrument]
    limits: Limits
    job: Job
    mail: Server | None
    lease: timedelta
    leave_off: Callable[[], bool]
    say: Callable[[str], None]
    told: Callable[[str, int, int | None], None]
    is_first_look: bool
    asking: Asking | None = None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that belongs to the job: while it lasts nobody else can take it.

        Raises jobs.LeaseLost when somebody has.
        """
        with transaction(self.engine) as session:
            jobs.hold(session, self.job, self.lease)
            yield session

    def got(self, session: Session, done: int, total: int | None = None) -> None:
        """Note in a piece's own transaction how far the job is with it."""
        jobs.progress(session, self.job, done, total)
        self.told(self.job.kind, done, total)

    def pause(self) -> None:
        """Called between two pieces. Raises LeftOff when it is better to go on another time."""
        if self.leave_off():
            raise LeftOff


def explain(error: BaseException) -> str:
    """What went wrong, in words fit to be shown: what kind of mistake and where. Its own message is left out, because
    it may quote what a person wrote; only messages made for showing (`Failed`) are kept.
    """
    if isinstance(error, Failed):
        return str(error)
    ours = [step for step in traceback.extract_tb(error.__traceback__) if _is_ours(step.filename)]
    where = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"A mistake of the program ({type(error).__name__}{where}). Its words are left out: they may quote somebody."


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(project_folder() / "src")

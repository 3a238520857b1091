"""The worker: looks for what is due and does it, in order of need, until it is told to stop. Any number may run."""

import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from types import MappingProxyType

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from feedback.analysis.comments.voices import count_voices
from feedback.disclosure import STANDARD, Limits
from feedback.exchange.mail import Server
from feedback.store import imports, jobs, meta, outbox, releases
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.jobs import Job, LeaseLost
from feedback.store.pulse import Pulse, give_sign, pulse
from feedback.store.receipts import SOON, WITHDRAW
from feedback.store.shuffling import clear_away
from feedback.survey.questionnaire import Instrument
from feedback.worker import (
    acting,
    asking,
    comparing,
    effects,
    finishing,
    keeping,
    learning,
    mailing,
    publishing,
    telling,
    tidying,
)
from feedback.worker import reader as the_reader
from feedback.worker import reading as reading_step
from feedback.worker.work import Asking, LeftOff, Work, explain

IDLE_SECONDS = 1.0
"""Between two looks whether anything has changed."""
QUIET_LOOKS, CALM = 60, 3
"""After so many looks without a change they are so many times rarer, until the next change."""
LOOK_ANYWAY = 30.0
"""Seconds after which it looks for what is due though nothing has changed: time alone may have brought it."""
SIGN_EVERY = 30.0
"""Seconds between two signs of life while nothing is to be done."""
MOST_ROUNDS = 5
"""So often the same work is found due in one go; what is due still waits for the next look."""
AWAY = (OperationalError, InterfaceError)
"""What a database raises that has gone away."""
PAUSES = (1, 2, 5, 10, 30)
"""Seconds until the next look after one that failed, and after the next such."""
LAST = 1000
"""Every kind is needed more than this."""

Due = Callable[[Session, Work, list[Job]], Collection[str]]


@dataclass(frozen=True)
class Kind:
    """A kind of job. due: its subjects that are to be done now, by a cheap look; None: somebody asks for it.
    alone: a job about another subject is out of date once there is a new one."""

    priority: int
    do: Callable[[Work], None]
    due: Due | None = None
    alone: bool = False


def _read(work: Work) -> None:
    if work.job.subject:
        reading_step.read_one_again(work)
    else:
        reading_step.read_what_arrived(work)


def _release(work: Work) -> None:
    if work.job.subject:
        publishing.publish_one(work)
    else:
        publishing.publish_due(work)


def _unread(session: Session, work: Work, there: list[Job]) -> Collection[str]:
    return [""] if reading_step.is_unread(session, work.instruments, there) else []


def _to_release(session: Session, work: Work, there: list[Job]) -> Collection[str]:
    return [""] if publishing.units_due(session, work, there) else []


def _to_publish(session: Session, _work: Work, there: list[Job]) -> Collection[str]:
    return [] if publishing.is_reread(session, there) else imports.waiting_imports(session)


def _to_finish(session: Session, work: Work, _there: list[Job]) -> Collection[str]:
    return [] if finishing.is_finished(session, work.limits) else [finishing.subject(session, work.limits)]


def _to_send(session: Session, work: Work, _there: list[Job]) -> Collection[str]:
    ready = work.mail is not None and outbox.is_due(session) and not outbox.is_elsewhere(session)
    return [""] if ready else []


def _to_ask(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    return asking.days_due(session)


def _withdraw(work: Work) -> None:
    """Take a response back out of everything, as whoever holds its receipt has asked."""
    with work.writing() as session:
        releases.erase_hashed(session, work.instruments, work.job.subject, count_voices)
    clear_away(work.engine, seldom=True)


def _to_remind(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    return acting.days_due(session)


def _to_keep(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    return keeping.days_due(session)


def _to_tidy(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    return tidying.days_due(session)


def _to_show(session: Session, work: Work, _there: list[Job]) -> Collection[str]:
    return [""] if telling.is_due(session, work.limits) else []


def _to_write(session: Session, work: Work, _there: list[Job]) -> Collection[str]:
    return [""] if telling.is_to_write(session, work) else []


def _to_compare(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    return comparing.days_due(session)


def _to_read_again(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    version = the_reader.version_of(session)
    read_by = meta.number(session, reading_step.READ_BY)
    return [] if read_by == the_reader.number_of(version) else [version]


def _to_learn(session: Session, _work: Work, _there: list[Job]) -> Collection[str]:
    return learning.lessons_due(session)


def _to_rebuild(session: Session, work: Work, _there: list[Job]) -> Collection[str]:
    """Counting rules change with the program, so one look, when the worker begins, is enough."""
    return [""] if work.is_first_look and releases.needs_rebuild(session, work.instruments) else []


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        WITHDRAW: Kind(SOON, _withdraw),
        reading_step.READ: Kind(10, _read, _unread),
        publishing.RELEASE: Kind(publishing.RELEASE_PRIORITY, _release, _to_release),
        publishing.PUBLISH: Kind(30, publishing.publish_import, _to_publish),
        effects.MEASURE: Kind(35, effects.measure, effects.actions_due),
        "finish": Kind(40, finishing.finish, _to_finish, alone=True),
        telling.SHOW: Kind(45, telling.finish_public, _to_show),
        telling.WRITE: Kind(48, telling.write_to_people, _to_write),
        "outbox": Kind(50, mailing.send_due, _to_send),
        "asking": Kind(60, asking.ask, _to_ask, alone=True),
        acting.ACT: Kind(62, acting.remind, _to_remind, alone=True),
        keeping.KEEP: Kind(64, keeping.keep, _to_keep, alone=True),
        tidying.TIDY: Kind(65, tidying.tidy, _to_tidy, alone=True),
        comparing.COMPARE: Kind(66, comparing.compare, _to_compare, alone=True),
        learning.LEARN: Kind(learning.LEARN_PRIORITY, learning.learn, _to_learn),
        publishing.REREAD: Kind(70, publishing.reread, _to_read_again, alone=True),
        publishing.REBUILD: Kind(publishing.REBUILD_PRIORITY, publishing.rebuild, _to_rebuild),
    }
)
"""What the worker can do, in order of need."""
_LATER = (
    effects.MEASURE,
    "finish",
    telling.SHOW,
    telling.WRITE,
    "outbox",
    "asking",
    acting.ACT,
    keeping.KEEP,
    tidying.TIDY,
    comparing.COMPARE,
    learning.LEARN,
)
ANSWERS = tuple(kind for kind in KINDS if kind not in _LATER)
"""What makes answers that arrived readable; the rest may be left to the worker beside the app."""


class Worker:
    """One worker on a database. name: shown beside what it does. mail: the server messages go through; None: they wait.
    asking: see Work.

    kinds: what it does, all by default. lease: as long is a job its own without a sign of life. idle: seconds between
    two looks whether anything has changed. say: takes lines for a log. told: takes (kind, done, of how many or None).
    """

    def __init__(
        self,
        engine: Engine,
        instruments: Mapping[str, Instrument],
        limits: Limits = STANDARD,
        *,
        mail: Server | None = None,
        asking: Asking | None = None,
        kinds: Collection[str] = tuple(KINDS),
        name: str = "",
        lease: timedelta = jobs.LEASE,
        idle: float = IDLE_SECONDS,
        say: Callable[[str], None] = lambda _line: None,
        told: Callable[[str, int, int | None], None] = lambda _kind, _done, _total: None,
    ) -> None:
        self.name = name or f"{platform.node()[:40]}:{os.getpid()}"
        self._engine, self._instruments, self._limits = engine, instruments, limits
        self._mail, self._asking = mail, asking
        self._kinds = {name: kind for name, kind in KINDS.items() if name in kinds}
        self._lease, self._idle, self._say, self._told = lease, idle, say, told
        self._stopping = Event()
        self._is_first_look = True
        self._seen: Pulse | None = None
        self._quiet, self._look_by, self._sign_by = 0, 0.0, 0.0

    def stop(self) -> None:
        """End soon: the step at hand is left off at its next piece and goes back to the others."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`. While the database is away it waits, longer each time, and goes on when it is back."""
        failures = 0
        while not self._stopping.is_set():
            pause = self._idle
            try:
                self._give_sign()
                self._tick_if_changed()
                failures = 0
                pause *= CALM if self._quiet > QUIET_LOOKS else 1
            except DatabaseBusy:
                pass  # somebody else writes for long; the next look finds what is still due
            except Exception as error:
                pause = PAUSES[min(failures, len(PAUSES) - 1)]
                failures += 1
                what = "The database does not answer." if isinstance(error, AWAY) else explain(error)
                self._say(f"{what} The next look is in {pause} s.")
            self._stopping.wait(pause)

    def _give_sign(self) -> None:
        """Say now and then that a worker is there, whether or not it has anything to do."""
        if time.monotonic() < self._sign_by:
            return
        with transaction(self._engine) as session:
            give_sign(session)
        self._sign_by = time.monotonic() + SIGN_EVERY

    def _tick_if_changed(self) -> None:
        """Do what is due when anything has changed since nothing was, or after LOOK_ANYWAY seconds; else only look."""
        with reading(self._engine) as session:
            found = pulse(session)
        self._quiet = self._quiet + 1 if found == self._seen else 0
        if found == self._seen and time.monotonic() < self._look_by:
            return
        self._seen = None  # whatever comes now, it looks closely again
        if not self.tick():
            self._seen, self._look_by = found, time.monotonic() + LOOK_ANYWAY

    def tick(self) -> int:
        """Look for what is due and do it until nothing is. Returns how many jobs were taken.

        What failed waits for its next try, and is not waited for here. Raises what a database raises that is away.
        """
        taken, rounds = 0, Counter[tuple[str, str]]()
        while not self._stopping.is_set():
            self._look(rounds)
            job = self._take()
            if job is None:
                break
            self._do(job, rounds)
            taken += 1
        return taken

    def _take(self) -> Job | None:
        with reading(self._engine) as session:
            if not jobs.is_due(session, self._kinds):
                return None  # found without the right to write, which somebody who answers may need just now
        with transaction(self._engine) as session:
            job = jobs.take(session, self.name, self._kinds, self._lease)
            give_sign(session)
            return job

    def _look(self, rounds: Counter[tuple[str, str]], before: int = LAST) -> None:
        """Enqueue what is due and no job yet, of the kinds that are needed more than `before`."""
        with reading(self._engine) as session:
            there = jobs.read_jobs(session)
        known = {(job.kind, job.subject) for job in there}
        found = [
            (name, subject)
            for name, kind in self._kinds.items()
            if kind.due is not None and kind.priority < before
            for subject in self._due(name, kind.due, there)
            if (name, subject) not in known and rounds[name, subject] < MOST_ROUNDS
        ]
        self._is_first_look = self._is_first_look and before < LAST
        if not found:
            return
        rounds.update(found)
        with transaction(self._engine) as session:
            for name, subject in found:
                if self._kinds[name].alone:
                    jobs.discard_others(session, name, subject)
                jobs.enqueue(session, name, subject, priority=self._kinds[name].priority)

    def _due(self, name: str, due: Due, there: list[Job]) -> Collection[str]:
        """What is due of a kind. A look that fails keeps no other from being made."""
        try:
            with reading(self._engine) as session:
                return due(session, self._work(Job(id="", kind=name)), there)
        except (DatabaseBusy, *AWAY):
            raise
        except Exception as error:
            self._say(f"Looking for work of the kind “{name}” failed: {explain(error)}")
            return []

    def _do(self, job: Job, rounds: Counter[tuple[str, str]]) -> None:
        lost = Event()
        last = [time.monotonic()]

        def leave_off() -> bool:
            if lost.is_set() or self._stopping.is_set():
                return True
            if time.monotonic() - last[0] < self._idle:
                return False
            last[0] = time.monotonic()
            return self._is_needed_elsewhere(job, rounds)

        try:
            with self._beating(job, lost):
                KINDS[job.kind].do(self._work(job, leave_off))
        except (LeftOff, DatabaseBusy) as error:
            with transaction(self._engine) as session:
                jobs.give_back(session, job)
            if isinstance(error, DatabaseBusy):
                raise
        except LeaseLost as error:
            self._say(str(error))
        except Exception as error:
            words = explain(error)
            with transaction(self._engine) as session:
                jobs.fail(session, job, words)
            self._say(f"A job of the kind “{job.kind}” failed, try {job.attempts} of {jobs.TRIES}: {words}")
        else:
            with transaction(self._engine) as session:
                jobs.finish(session, job)

    def _is_needed_elsewhere(self, job: Job, rounds: Counter[tuple[str, str]]) -> bool:
        """Whether there is work now that is needed more than this job."""
        priority = KINDS[job.kind].priority
        more = [name for name, kind in self._kinds.items() if kind.priority < priority]
        self._look(rounds, priority)
        with reading(self._engine) as session:
            return jobs.is_due(session, more)

    def _work(self, job: Job, leave_off: Callable[[], bool] = lambda: False) -> Work:
        return Work(
            self._engine,
            self._instruments,
            self._limits,
            job,
            mail=self._mail,
            lease=self._lease,
            leave_off=leave_off,
            say=self._say,
            told=self._told,
            is_first_look=self._is_first_look,
            asking=self._asking,
        )

    @contextmanager
    def _beating(self, job: Job, lost: Event) -> Iterator[None]:
        """A sign of life every third of the lease, from a thread, however long a piece of the step takes."""
        over = Event()

        def beat() -> None:
            while not over.wait(self._lease.total_seconds() / 3):
                # A beat that fails is made up for by the next; if none gets through, the lease runs out as it should.
                with suppress(Exception), transaction(self._engine) as session:
                    if not jobs.beat(session, job, self._lease):
                        lost.set()
                        return
                    give_sign(session)

        thread = Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def run_once(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    limits: Limits = STANDARD,
    *,
    kinds: Collection[str] = tuple(KINDS),
    told: Callable[[str, int, int | None], None] = lambda _kind, _done, _total: None,
) -> int:
    """Do everything that is due, in this process, now; mail excepted. Returns how many jobs were done.

    kinds: only these, for example ANSWERS. told: see Worker.
    """
    return Worker(engine, instruments, limits, kinds=kinds, told=told).tick()

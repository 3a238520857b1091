"""Publishing what has waited long enough, bringing imports' answers in, and counting again what must be."""

from collections.abc import Collection, Iterable
from contextlib import suppress

from sqlmodel import Session

from feedback.analysis.comments.voices import count_voices
from feedback.policy import WORKER
from feedback.store import anew, audit, comments, jobs, meta, releases, shuffling
from feedback.store.counted import Unit
from feedback.store.database import DatabaseBusy, reading
from feedback.store.jobs import Job, LeaseLost
from feedback.worker.reader import number_of, version_of
from feedback.worker.reading import (
    READ_BY,
    is_read_by_another,
    read_everything,
    read_what_arrived,
    unread_arrived,
)
from feedback.worker.work import LeftOff, Work

RELEASE, PUBLISH, REREAD, REBUILD = "release", "publish", "reread", "rebuild"
RELEASE_PRIORITY, REBUILD_PRIORITY = 20, 80
UNITS = 20
"""So many units are published in one transaction at most."""
COUNTS = 3
"""So often the topics of a new version are counted beforehand; when something is published each time, they are counted
as it takes over."""
PIECE = 5000
"""Responses looked for in one statement at most."""


class _Unread(Exception):
    """A release would take a comment that nobody has read."""


def units_due(session: Session, work: Work, there: Iterable[Job]) -> list[Unit]:
    """Units to be published, without those that could not be and have a job of their own.

    None while everything is read anew: topics of two versions are never added up. None with a comment that is still to
    be read, either.
    """
    there = list(there)
    if is_reread(session, there):
        return []
    apart = {job.subject for job in there if job.kind == RELEASE}
    due = [unit for unit in _due(session, work) if name_of(unit) not in apart]
    return _all_read(session, work, due, there)


def is_reread(session: Session, there: Iterable[Job]) -> bool:
    """Whether everything is read anew now, or soon, so that nothing may be published. there: the jobs there are."""
    given_up = any(job.kind == REREAD and job.state == jobs.PARKED for job in there)
    return not given_up and is_read_by_another(session)


def publish_due(work: Work) -> None:
    """Publish every unit that is due. One that cannot be is set aside with a job of its own; the others go on."""
    published, seen = 0, set[str]()
    while True:
        with reading(work.engine) as session:
            found = units_due(session, work, jobs.read_jobs(session))
        due = [unit for unit in found if name_of(unit) not in seen][:UNITS]
        if not due:
            return
        seen |= {name_of(unit) for unit in due}
        try:
            _publish(work, due, published)
        except (LeaseLost, LeftOff, DatabaseBusy):
            raise
        except Exception:
            for unit in due:
                _publish_or_set_aside(work, unit, published)
        published += len(due)
        work.say("Published what waited long enough.")
        work.pause()


def publish_one(work: Work) -> None:
    """Try a unit again that could not be published."""
    with reading(work.engine) as session:
        due = [unit for unit in _due(session, work) if name_of(unit) == work.job.subject]
    if due:
        _publish(work, due, 0)


def publish_import(work: Work) -> None:
    """Publish the answers of an import as a whole, once their comments are read."""
    read_what_arrived(work, batch=work.job.subject)
    try:
        least = work.limits.minimum_group
        made = releases.publish_batch(
            work.engine, work.instruments, work.job.subject, count_voices, _got(work), minimum_group=least
        )
    except releases.ToBeRebuilt:
        with work.writing() as session:
            jobs.enqueue(session, REBUILD, priority=RELEASE_PRIORITY)
        raise
    if made is not None:
        with work.writing() as session:
            audit.record(session, WORKER, audit.RELEASED, f"release:{made.number}", batch=work.job.subject)
    work.say("Published the answers of an import.")


def reread(work: Work) -> None:
    """Read everything with the present version of the reader, apart from what is shown, and then show it all at once.

    Where no other has ever read anything, what is read is shown at once, like what arrives. When yet another version
    comes meanwhile, what this one has read is not shown, and everything is read again.
    """
    with work.writing() as session:
        version = version_of(session)
        if meta.number(session, READ_BY) is None and comments.is_read_by_another(session, version):
            meta.set_number(session, READ_BY, 0)  # so that a job cut short still knows
        apart = meta.number(session, READ_BY) is not None
        anew.drop_others(session, version)
    read_everything(work, apart=apart)
    counted = _count_next(work, version) if apart else None
    with work.writing() as session:
        if version_of(session) != version:
            return
        if apart:
            anew.take_over(session, work.instruments, version, count_voices, counted)
        meta.set_number(session, READ_BY, number_of(version))
    work.say("Every comment is read by the present version of the reader.")


def _count_next(work: Work, version: str) -> anew.Counted | None:
    """The topics as they will be, counted beforehand; None where too much happens meanwhile."""
    for _ in range(COUNTS):
        for counted in anew.count_next(work.engine, work.instruments, version, count_voices):
            work.pause()
            if counted is not None:
                return counted
    return None


def rebuild(work: Work) -> None:
    """Make the counted answers again, all of them, from the responses and the readings."""
    releases.rebuild(work.engine, work.instruments, count_voices, _got(work))
    work.say("The counted answers are made again.")


def name_of(unit: Unit) -> str:
    """A unit as the subject of a job."""
    return f"{unit.instrument}/{unit.credential}"


def _due(session: Session, work: Work) -> list[Unit]:
    least = work.limits
    return releases.due(session, work.instruments, minimum_group=least.minimum_group, minimum_experts=least.reviewers)


def _publish(work: Work, units: list[Unit], published: int) -> None:
    mixed = shuffling.mix_waiting(work.engine, units)
    least = work.limits
    with suppress(_Unread), work.writing() as session:

        def taken(keys: Collection[str]) -> None:
            shuffling.mix_late(session, mixed, keys)
            some, there = sorted(keys), jobs.read_jobs(session)
            pieces = (some[start : start + PIECE] for start in range(0, len(some), PIECE))
            if any(not unread_arrived(session, work.instruments, there, most=1, among=one).empty for one in pieces):
                raise _Unread  # somebody has answered meanwhile: read first, and published with the others next time

        made = releases.publish(
            session,
            work.instruments,
            count_voices,
            units=units,
            minimum_group=least.minimum_group,
            minimum_experts=least.reviewers,
            taken=taken,
        )
        work.got(session, published + len(units))
        if made is not None:
            named = [name_of(unit) for unit in units]
            audit.record(session, WORKER, audit.RELEASED, f"release:{made.number}", units=named)
    shuffling.clear_away(work.engine, seldom=True)


def _all_read(session: Session, work: Work, units: list[Unit], there: Iterable[Job]) -> list[Unit]:
    """Those of the units in which no comment is still to be read. One published unread would stay so: whoever reads
    looks at what waits. Comments that could not be read have a job of their own, and hold nothing up."""
    if not units:
        return units
    unread = unread_arrived(session, work.instruments, there)
    missing = set(zip(unread["instrument"], unread["credential"], strict=True))
    return [unit for unit in units if tuple(unit) not in missing]


def _publish_or_set_aside(work: Work, unit: Unit, published: int) -> None:
    try:
        _publish(work, [unit], published)
    except (LeaseLost, LeftOff, DatabaseBusy):
        raise
    except Exception:
        with work.writing() as session:
            jobs.enqueue(session, RELEASE, name_of(unit), priority=RELEASE_PRIORITY + 1)


def _got(work: Work) -> releases.Progress:
    """Tells how far something is that writes once, at its end; stops it when it is to leave off."""

    def got(done: int, total: int) -> None:
        work.told(work.job.kind, done, total)
        work.pause()

    return got

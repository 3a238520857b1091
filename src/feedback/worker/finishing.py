"""Working findings out while nobody waits, so that pages only draw them. What is kept has passed the gate."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from zlib import crc32

from sqlmodel import Session

from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.finished import choice_key, document_of, stamp
from feedback.findings.splits import SPLITS
from feedback.settings import settings
from feedback.store import finished, meta
from feedback.store.database import reading
from feedback.worker.gathering import gather, with_comments, with_marks, with_roles
from feedback.worker.merging import wrong_here
from feedback.worker.work import Failed, Work, explain

FIRST = ("credential_value", "priorities")
"""What the overview shows."""
FINISHED = "finished"
"""Under this name is remembered for what everything is finished."""


class _Moved(Exception):
    """The data have changed meanwhile: what is being worked out is out of date."""


def is_finished(session: Session, limits: Limits) -> bool:
    """Whether everything is worked out for the data as they are."""
    return meta.number(session, FINISHED) == _mark(meta.data_version(session), limits)


def subject(session: Session, limits: Limits) -> str:
    """The job's subject: the state of things it works out. A new state is a new job."""
    return f"{_mark(meta.data_version(session), limits):08x}"


def finish(work: Work) -> None:
    """Work every finding out for the data as they are: the overview's first, then all, then each credential's. One for
    which nothing has changed that it works on holds as it is.

    Starts again when the data move on meanwhile, and goes on where it was when it was stopped. A finding that cannot
    be worked out is left out, which is said at the end (Failed).
    """
    while True:
        try:
            _finish(work)
        except _Moved:
            work.pause()
            continue
        return


def choices(evidence: Evidence) -> Iterator[tuple[str, Choice]]:
    """Which findings are worked out for which choices, in order of need."""
    from feedback.findings.contents import FINDINGS  # here: it brings charts and models, which only finishing needs

    everything = Choice()
    yield from ((finding, everything) for finding in FIRST)
    yield from ((finding, everything) for finding in FINDINGS if finding not in FIRST)
    yield from ((name, Choice(by=by)) for name, each in FINDINGS.items() if each.splits for by in list(SPLITS)[1:])
    if len(evidence.titles) <= settings().finish_credentials:
        yield from ((finding, Choice(credential=slug)) for slug in evidence.titles for finding in FINDINGS)


def _finish(work: Work) -> None:
    from feedback.findings.contents import FINDINGS
    from feedback.findings.work import work_out

    with reading(work.engine) as session:
        version = meta.data_version(session)
        evidence = with_marks(session, work.instruments, gather(session, work.instruments))
        evidence = with_roles(session, work.instruments, evidence)
    wanted = list(choices(evidence))
    marks = {
        (finding, choice_key(choice, work.limits)): FINDINGS[finding].mark(evidence, choice)
        for finding, choice in wanted
    }
    there = _what_holds(work, version, marks)
    wrong: dict[str, str] = {}
    listed = Choice(credential="\0")
    for done, (finding, choice) in enumerate(wanted, start=1):
        place = finding, choice_key(choice, work.limits)
        if place in there:
            continue
        if choice != listed:
            evidence, listed = _with_comments(work, evidence, choice, version), choice
        try:
            document = document_of(work_out(FINDINGS[finding], evidence, choice, work.limits))
        except Exception as error:
            wrong.setdefault(finding, explain(error))
            continue
        with _writing_at(work, version) as session:
            finished.keep(session, *place, version, marks[place], document)
            work.got(session, done, len(wanted))
        work.pause()
    with work.writing() as session:
        finished.drop_older(session, version)
        if not wrong:
            meta.set_number(session, FINISHED, _mark(version, work.limits))
    if wrong:
        raise Failed("; ".join(f'The finding "{name}" cannot be worked out: {why}' for name, why in wrong.items()))
    slips = " ".join(f"Left out: {problem}" for problem in wrong_here(evidence.topic_names))
    work.say(f"The findings are worked out. {slips}".strip())


def _with_comments(work: Work, evidence: Evidence, choice: Choice, version: int) -> Evidence:
    with reading(work.engine) as session:
        if meta.data_version(session) != version:
            raise _Moved
        return with_comments(session, work.instruments, evidence, choice)


def _what_holds(work: Work, version: int, marks: Mapping[finished.Place, str]) -> set[finished.Place]:
    """What there is of a version already, and what holds for it because nothing has changed that it works on."""
    with reading(work.engine) as session:
        there, same = finished.kept(session, version), finished.unchanged(session, version, marks)
    if same:
        with _writing_at(work, version) as session:
            finished.carry_over(session, version, same)
            work.got(session, len(there | same), len(marks))
    return there | same


@contextmanager
def _writing_at(work: Work, version: int) -> Iterator[Session]:
    """A transaction of the job for as long as the data are of this version. Raises _Moved when they are not."""
    with work.writing() as session:
        if meta.data_version(session) != version:
            raise _Moved
        yield session


def _mark(version: int, limits: Limits) -> int:
    return crc32(f"{version} {stamp(limits)}".encode()) & 0x7FFFFFFF

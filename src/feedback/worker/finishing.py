"""Working findings out while nobody waits, so that pages only draw them. What is kept has passed the gate."""

from collections.abc import Iterator, Mapping
from zlib import crc32

from sqlmodel import Session

from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.finished import choice_key, document_of, stamp
from feedback.settings import settings
from feedback.store import finished, jobs, meta
from feedback.store.database import reading
from feedback.worker.gathering import gather, with_comments
from feedback.worker.work import Failed, Work, explain

FIRST = ("credential_value", "what_to_change")
"""What the overview shows."""
FINISHED = "finished"
"""Under this name is remembered for what everything is finished."""


class _Moved(Exception):
    """The data have changed meanwhile: what is being worked out is out of date."""


def is_finished(session: Session, limits: Limits) -> bool:
    """Whether everything is worked out for the data as they are."""
    return jobs.remembered(session, FINISHED) == _mark(meta.data_version(session), limits)


def subject(session: Session, limits: Limits) -> str:
    """The job's subject: the state of things it works out. A new state is a new job."""
    return f"{_mark(meta.data_version(session), limits):08x}"


def finish(work: Work) -> None:
    """Work every finding out for the data as they are: the overview's first, then all, then each credential's.

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
    if len(evidence.titles) <= settings().finish_credentials:
        yield from ((finding, Choice(credential=slug)) for slug in evidence.titles for finding in FINDINGS)


def _finish(work: Work) -> None:
    from feedback.findings.contents import FINDINGS
    from feedback.findings.work import work_out

    with reading(work.engine) as session:
        version = meta.data_version(session)
        evidence = gather(session, work.instruments)
        there = finished.kept(session, version)
    wanted = list(choices(evidence))
    wrong: dict[str, str] = {}
    listed = Choice(credential="\0")
    for done, (finding, choice) in enumerate(wanted, start=1):
        if (finding, choice_key(choice, work.limits)) in there:
            continue
        if choice != listed:
            evidence, listed = _with_comments(work, evidence, choice, version), choice
        try:
            document = document_of(work_out(FINDINGS[finding], evidence, choice, work.limits))
        except Exception as error:
            wrong.setdefault(finding, explain(error))
            continue
        _keep(work, finding, choice, version, document, done, len(wanted))
        work.pause()
    with work.writing() as session:
        finished.drop_older(session, version)
        if not wrong:
            jobs.remember(session, FINISHED, _mark(version, work.limits))
    if wrong:
        raise Failed("; ".join(f'The finding "{name}" cannot be worked out: {why}' for name, why in wrong.items()))
    work.say("The findings are worked out.")


def _with_comments(work: Work, evidence: Evidence, choice: Choice, version: int) -> Evidence:
    with reading(work.engine) as session:
        if meta.data_version(session) != version:
            raise _Moved
        return with_comments(session, work.instruments, evidence, choice)


def _keep(
    work: Work, finding: str, choice: Choice, version: int, document: Mapping[str, object], done: int, total: int
) -> None:
    with work.writing() as session:
        if meta.data_version(session) != version:
            raise _Moved
        finished.keep(session, finding, choice_key(choice, work.limits), version, document)
        work.got(session, done, total)


def _mark(version: int, limits: Limits) -> int:
    return crc32(f"{version} {stamp(limits)}".encode()) & 0x7FFFFFFF

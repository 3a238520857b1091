"""Reading the comments that arrived: language, sentiment, topics and what may be shown of them. One that makes the
reader stumble is set aside with a job of its own, and stops no other."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, partial
from hashlib import sha256

from pandas import DataFrame, concat
from sqlalchemy import Engine
from sqlmodel import Session

from feedback.analysis.comments.names import NOBODY, Roster, known_people, read_names
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.redaction import Redaction, masked, moved
from feedback.analysis.comments.voices import count_voices
from feedback.errors import Refused
from feedback.settings import data_folder
from feedback.store import anew, comments, imports, jobs, known, meta
from feedback.store.database import reading, transaction
from feedback.store.jobs import Job
from feedback.survey.questionnaire import Instrument
from feedback.worker.reader import Reader, number_of, reader_of, version_of
from feedback.worker.work import Failed, Work, explain

BATCH = 500
"""Comments read in one go: about a quarter of a second, and less to keep, so that a submission never waits long."""
READ = "read"
AGAIN_PRIORITY = 60
_SUBJECT = ("response", "question", "credential")
ROSTER = "roster.txt"
"""The file in data/ that may name further people to be masked, one a line."""
READ_BY = "read_by"
"""Under this name is remembered which version of the reader has read everything that is shown."""
_NOBODY = ""
"""An analyser that has read nothing, whatever has been read."""

Keep = Callable[[Callable[[Session], object], int], None]


def read_arrived_comments(
    engine: Engine, instruments: Mapping[str, Instrument], progress: Callable[[int], None] | None = None
) -> int:
    """Read the comments of answers that wait to be published, imported ones too, where the present analyser has not:
    language, sentiment, topics (of those meant for whoever was asked), and mask what tells who is meant.

    The reading itself happens outside any transaction. A comment withdrawn meanwhile is skipped; one read by
    somebody else meanwhile is kept as it is; one that cannot be read is set aside with a job of its own.
    progress: called after each batch with how many were read so far. Returns how many were read.
    """
    before = 0

    def keep(write: Callable[[Session], object], done: int) -> None:
        with transaction(engine) as session:
            write(session)
        if progress:
            progress(before + done)

    with reading(engine) as session:
        batches = imports.waiting_imports(session)
    for batch in (None, *batches):
        before += _read_all(engine, instruments, keep, batch=batch)
    return before


def read_what_arrived(work: Work, batch: str | None = None) -> int:
    """Read, as a step of a job, the comments that wait by themselves, or those of an import. Returns how many."""
    return _read_all(work.engine, work.instruments, _keeping_in(work), batch=batch)


def read_everything(work: Work, *, apart: bool) -> int:
    """Read, as a step of a job, every comment that the present reader has not read. Returns how many.

    apart: what is read waits until all is (see store.anew); otherwise it is shown and counted at once."""
    return _read_all(work.engine, work.instruments, _keeping_in(work), everything=True, apart=apart)


def is_read_by_another(session: Session) -> bool:
    """Whether what is shown was read by another version than the present one."""
    return meta.number(session, READ_BY) not in (None, number_of(version_of(session)))


def is_unread(session: Session, instruments: Mapping[str, Instrument], there: Iterable[Job]) -> bool:
    """Whether a comment waits to be read, those apart that have a job of their own. there: the jobs there are."""
    return not unread_arrived(session, instruments, there, most=1).empty


def unread_arrived(
    session: Session,
    instruments: Mapping[str, Instrument],
    there: Iterable[Job],
    *,
    most: int | None = None,
    among: Collection[str] | None = None,
) -> DataFrame:
    """Comments to be read as unread_comments gives them, without those that have a job of their own. most: stop looking
    once so many are found. among: keys of responses; None: those that wait."""
    apart = _apart_by_now(there)
    limit = None if most is None else len(apart) + most
    unread = comments.unread_comments(session, instruments, version_of(session), limit, among=among)
    return unread[~unread["response"].isin(apart)]


def read_one_again(work: Work) -> None:
    """Try a comment again that could not be read; it counts from then on. Raises Failed when it still cannot be."""
    wanted = work.job.payload
    with reading(work.engine) as session:
        one = _comment(session, work.instruments, *(str(wanted[name]) for name in _SUBJECT))
        roster, reader = roster_of(session), reader_of(session)
    if one.empty:
        return  # withdrawn meanwhile
    try:
        readings = readings_of(one, reader, roster)
    except Exception as error:
        raise Failed(f"One comment cannot be read; all others are. {explain(error)}") from error
    with work.writing() as session:
        _save(session, work.instruments, reader.version, readings, apart=is_read_by_another(session))


def readings_of(unread: DataFrame, reader: Reader, roster: Roster = NOBODY) -> DataFrame:
    """The readings of comments, ready to keep: `masked` is the text as it may be shown, topics lie in it. roster:
    people who are masked wherever they are named."""
    found = read(unread, reader.taxonomy, reader.sentiment, reader.topics, roster)
    topics = [
        _in_masked(reader.meant(tags, audience), hidden)
        for tags, audience, hidden in zip(found["topics"], unread["audience"], found["hidden"], strict=True)
    ]
    texts = [masked(text, hidden) for text, hidden in zip(unread["text"], found["hidden"], strict=True)]
    named = unread[[*_SUBJECT, "instrument"]]
    return named.join(found.drop(columns=["topics", "hidden"])).assign(masked=texts, topics=topics)


def roster_of(session: Session) -> Roster:
    """The people we know by name at this moment: those of the database, and those of the file. Raises Failed when the
    file cannot be read: nothing is shown unmasked meanwhile."""
    path = data_folder() / ROSTER
    try:
        named = tuple(read_names(path)) if path.exists() else ()
    except Refused as error:
        raise Failed(str(error)) from error
    return _roster((*known.known_names(session), *named), known.known_addresses(session))


@lru_cache(maxsize=1)
def _roster(names: tuple[str, ...], addresses: tuple[str, ...]) -> Roster:
    return known_people(names, addresses)


def _keeping_in(work: Work) -> Keep:
    def keep(write: Callable[[Session], object], done: int) -> None:
        with work.writing() as session:
            write(session)
            work.got(session, done)
        work.pause()

    return keep


def _read_all(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    keep: Keep,
    *,
    batch: str | None = None,
    everything: bool = False,
    apart: bool = False,
) -> int:
    done, after = 0, ""
    roster = NOBODY
    reader: Reader | None = None
    while True:
        with reading(engine) as session:
            version = reader.version if reader else version_of(session)
            unread = comments.unread_comments(
                session, instruments, version, BATCH, batch=batch, everything=everything, after=after
            )
            if unread.empty:
                return done
            if reader is None:
                reader, roster = reader_of(session), roster_of(session)
        after = unread["response"].iloc[-1]
        readings, stumbled = _read_apart(unread, reader, roster)
        done += len(readings)
        save = partial(_save, instruments=instruments, version=version, readings=readings, stumbled=stumbled)
        keep(partial(save, apart=apart), done)


def _save(
    session: Session,
    instruments: Mapping[str, Instrument],
    version: str,
    readings: DataFrame,
    stumbled: DataFrame | None = None,
    *,
    apart: bool = False,
) -> None:
    """Keep readings, and set aside what could not be read. apart: they wait until all is read."""
    if apart:
        anew.keep_next(session, readings, version)
    else:
        comments.save_readings(session, readings, version, instruments=instruments, count_voices=count_voices)
    if stumbled is not None:
        for row in stumbled[list(_SUBJECT)].to_dict("records"):
            jobs.enqueue(session, READ, mark_of(row), row, AGAIN_PRIORITY)


def _read_apart(unread: DataFrame, reader: Reader, roster: Roster) -> tuple[DataFrame, DataFrame]:
    """The readings of those that can be read, and the comments that cannot: halves, and halves of these."""
    try:
        return readings_of(unread, reader, roster), unread.iloc[:0]
    except Exception:
        if len(unread) == 1:
            return DataFrame(columns=list(_SUBJECT)), unread
    half = len(unread) // 2
    first, second = (_read_apart(part, reader, roster) for part in (unread.iloc[:half], unread.iloc[half:]))
    readings = [part for part in (first[0], second[0]) if not part.empty]
    return concat(readings) if readings else first[0], concat([first[1], second[1]])


def _comment(
    session: Session, instruments: Mapping[str, Instrument], response: str, question: str, credential: str
) -> DataFrame:
    """One comment, read or not, as unread_comments gives it; no row when it is no more."""
    just_before = f"{int(response, 16) - 1:032x}"
    found = comments.unread_comments(session, instruments, _NOBODY, 1, everything=True, after=just_before)
    place = (found["response"] == response) & (found["question"] == question) & (found["credential"] == credential)
    return found[place]


def _apart_by_now(there: Iterable[Job]) -> set[str]:
    """The responses that hold a comment which could not be read."""
    return {str(job.payload["response"]) for job in there if job.kind == READ and job.subject}


def _in_masked(tags: list[dict], hidden: list[Redaction]) -> list[dict]:
    """Tags as they lie in the masked text."""
    if not hidden:
        return tags
    names = ("topic", "start", "end", "polarity")
    spans = [(tag["topic"], tag["start"], tag["end"], tag["polarity"]) for tag in tags]
    return [dict(zip(names, span, strict=True)) for span in moved(spans, hidden)]


def mark_of(row: Mapping[str, object]) -> str:
    """A name for one comment that leads nowhere: job lists are shown, and a response's key is nobody's business."""
    return sha256("/".join(str(row[name]) for name in _SUBJECT).encode()).hexdigest()[:16]

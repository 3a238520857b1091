"""Bring a file in: all of it or nothing, every problem by line and column, the same file twice changing nothing."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import file_digest, sha256
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from feedback.catalogue.contents import ENTITIES, Entity, called
from feedback.catalogue.reading import Catalogue, Names, read_values, shortened, slug_for
from feedback.catalogue.values import Credential, Organisation, Programme, Value
from feedback.errors import Problem, Refused
from feedback.exchange.answers import Answered, Directory, Reader
from feedback.exchange.csv_files import CsvTable, Problems, open_csv, open_lines
from feedback.exchange.formulas import unguarded
from feedback.exchange.mapping import KEYS, Bound, bind, entity_named, read_map
from feedback.exchange.responses import MAXIMUM_BYTES, Documents, Spool, survey_as_asked
from feedback.store import catalogue, clock, history, releases
from feedback.store.comments import CountVoices
from feedback.store.database import reading, transaction
from feedback.store.imports import Import, read_imports, save_import
from feedback.store.responses import (
    StoredResponse,
    delete_endorsements,
    endorsements_of,
    keys_there,
    save_endorsements,
    save_in_order,
)
from feedback.store.surveys import Survey, open_survey, read_survey, read_surveys
from feedback.survey.checked_toml import not_known
from feedback.survey.questionnaire import Instrument

RESPONSES = "responses"
KINDS = (*KEYS, RESPONSES)
LATER_KINDS = ("invitations",)
Progress = Callable[[int, int | None], None]
MOST_PROBLEMS = 10_000  # in one file, before we stop looking for more
STEP = 2000  # rows between two reports of progress


@dataclass(frozen=True)
class Difference:
    """A value of the catalogue that is new, or (where fields are named) says something else now."""

    entity: str
    slug: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What came of an import, or would have come of it (dry_run).

    rows: how many the file holds. new: not there before; changed: catalogue values that now say something else;
    unchanged: there already. created: what else was made, by name ("credentials", "organisations", "surveys" ...).
    problems: what did not stop it but is worth knowing, such as columns nobody reads. batch: the name by which it can
    be undone, "" when nothing was kept. differences: every value of the catalogue that is new or changed.
    """

    kind: str
    file: str
    rows: int
    new: int
    unchanged: int
    changed: int = 0
    created: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    dry_run: bool = False
    batch: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class UndoReport:
    """What an undo did. batch: the name by which it can be undone itself, "" when it cannot. removed, restored: values
    of the catalogue; answers: responses. problems: what stays of it, and why."""

    batch: str = ""
    removed: int = 0
    restored: int = 0
    answers: int = 0
    problems: tuple[Problem, ...] = ()


class _Undone(Exception):
    """Leaves a transaction with nothing kept: a dry run, or a file that brought nothing new."""


def import_file(
    engine: Engine,
    kind: str,
    path: Path,
    *,
    map_path: Path | None = None,
    dry_run: bool = False,
    instruments: Mapping[str, Instrument],
    progress: Progress | None = None,
) -> ImportReport:
    """Bring one file in, in one transaction.

    kind: catalogue (credentials), market, ratings, comments, or what the catalogue calls an entity; or responses, which
    are documents, one a line, where all others are rows of CSV. map_path: a MAP.toml that names the columns.
    dry_run: check and count everything, keep nothing. progress: called now and then with rows done and rows in all
    (None while they are being read and nobody knows).
    Raises Refused with every problem found, by line and column (the first 200 in full); then nothing was kept.
    """
    _check_kind(kind)
    path = Path(path)
    advance: Progress = progress or (lambda done, total: None)
    if kind == RESPONSES:
        if map_path is not None:
            raise Refused([Problem("--map", "a document names its fields itself; a map is for columns of a CSV file.")])
        return _bring_responses(engine, path, dry_run, instruments, advance)
    column_map = read_map(map_path, kind)
    with open_csv(path) as table, _no_collecting():
        bound = bind(column_map, table.columns, path.name)
        entity = entity_named(kind)
        if entity is not None:
            return _bring_catalogue(engine, entity, bound, table, path, dry_run, advance)
        return _bring_answers(engine, bound, table, path, dry_run, instruments, advance)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Rows by the million hold no circles: looking for some again and again takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def undo_batch(
    engine: Engine,
    batch: str,
    instruments: Mapping[str, Instrument] | None = None,
    count_voices: CountVoices | None = None,
    *,
    by: str = "",
) -> UndoReport:
    """Take back what an import brought, or a change of the catalogue made: all of it, in one transaction.

    instruments, count_voices (analysis.comments.voices.count_voices): needed where the batch holds answers. What they
    brought along (credentials, organisations) goes, too, unless something else needs it by now. Raises Refused, with
    every reason, when it cannot be; then nothing was changed.
    """
    with transaction(engine) as session:
        brought = next((each for each in read_imports(session) if each.id == batch), None)
        if brought is not None and brought.undone_on is not None:
            raise Refused([Problem(f'batch "{batch}"', f"was undone already, on {brought.undone_on}.")])
        if brought is not None and brought.is_sample:
            message = "is the sample institution. Take all of it away with: feedback sample --remove"
            raise Refused([Problem(f'batch "{batch}"', message)])
        if brought is None or entity_named(brought.kind) is not None:
            undone = history.undo(session, batch, by=by)
            return UndoReport(undone.batch, undone.removed, undone.restored)
        if instruments is None or count_voices is None:
            raise Refused([Problem(f'batch "{batch}"', f"holds answers; take it back by: feedback undo {batch}")])
        answers = releases.undo_batch(session, instruments, batch, count_voices)
        delete_endorsements(session, batch)
        if not history.read_changes(session, batch=batch, most=1):
            return UndoReport(answers=answers)
        try:
            undone = history.undo(session, batch, by=by)
        except Refused as refused:  # nothing of the catalogue was touched
            return UndoReport(answers=answers, problems=refused.problems)
        return UndoReport(undone.batch, undone.removed, undone.restored, answers)


def _check_kind(kind: str) -> None:
    if kind in LATER_KINDS:
        message = f'"{kind}" is not read by this version yet. It knows: {", ".join(KINDS)}.'
        raise Refused([Problem("feedback import", message)])
    if kind not in KINDS:
        raise Refused([Problem("feedback import", not_known("kind", kind, KINDS))])


def _counted(table: CsvTable, advance: Progress, counter: list[int]) -> Iterator[tuple[int, list[str]]]:
    """The rows, counted into counter[0], with progress told."""
    for row in table.rows():
        counter[0] += 1
        if counter[0] % STEP == 0:
            advance(counter[0], None)
        yield row


def _bring_catalogue(
    engine: Engine, entity: Entity, bound: Bound, table: CsvTable, path: Path, dry_run: bool, advance: Progress
) -> ImportReport:
    known, counter, problems = _known(engine, {entity.name} | catalogue.referred_by(entity)), [0], table.problems

    def tell(line: int, column: str | None, message: str) -> None:
        if column is None:
            problems.line(line, message)
        else:
            problems.cell(line, bound.names.get(column, column), message)
        if problems.count >= MOST_PROBLEMS:
            problems.stop(f"has {MOST_PROBLEMS:,} problems so far; the rest was not read.")

    rows = (
        (line, {name: unguarded(cells[place]) for name, place in bound.places.items()})
        for line, cells in _counted(table, advance, counter)
    )
    read = read_values(entity, rows, known, tell, new_kinds=bound.map.flags.get("new_kinds", False))
    problems.refuse_any()
    made = [value for values in read.made.values() for value in values]
    differences = _differences([*made, *read.values], known)
    ours = {each.slug: each for each in differences if each.entity == entity.name}
    new = sum(not each.fields for each in ours.values())
    brought = Import(kind=bound.map.kind, file=path.name, digest=_digest(path), rows=counter[0], new_rows=len(ours))
    kept = bool(differences) and not dry_run
    with suppress(_Undone), transaction(engine) as session:
        catalogue.save(session, [*made, *read.values], batch=brought.id)
        _finish(session, brought, kept)
    return ImportReport(
        kind=bound.map.kind,
        file=path.name,
        rows=counter[0],
        new=new,
        changed=len(ours) - new,
        unchanged=len(read.values) - len(ours),
        created={name: len(values) for name, values in read.made.items()},
        problems=_unread(bound, path),
        dry_run=dry_run,
        batch=brought.id if kept else "",
        differences=differences,
    )


def _differences(values: Iterable[Value], known: Catalogue) -> tuple[Difference, ...]:
    """Which of the values are new, or say something else than what is known."""
    found = []
    old = {(name, catalogue.slug_of(value)): value for name, values in known.items() for value in values}
    for value in values:
        entity = next(each for each in ENTITIES.values() if each.value is type(value))
        slug, before = catalogue.slug_of(value), old.get((entity.name, catalogue.slug_of(value)))
        changed = tuple(name for name in entity.columns if before and getattr(before, name) != getattr(value, name))
        if before is None or changed:
            found.append(Difference(entity.name, slug, called(entity, value), changed))
    return tuple(found)


def _bring_answers(
    engine: Engine,
    bound: Bound,
    table: CsvTable,
    path: Path,
    dry_run: bool,
    instruments: Mapping[str, Instrument],
    advance: Progress,
) -> ImportReport:
    kind, counter = bound.map.kind, [0]
    known = _known(engine, {"credentials", "organisations", "programmes", "kinds"})
    credential_kind, programme = _kind_and_programme(bound, known)
    reader = _reader(bound, known, table.problems, instruments)
    rows = _counted(table, advance, counter)
    answered = _keyed(reader.ratings(rows) if kind == "ratings" else reader.comments(rows))
    table.problems.refuse_any()
    credentials = [
        Credential(slug=slug, title=title, kind=credential_kind, programme=programme.slug)
        for slug, title in reader.credentials.names.added.items()
    ]
    organisations = [Organisation(slug=slug, name=name) for slug, name in reader.organisations.names.added.items()]
    programmes = [programme] if credentials and programme not in known["programmes"] else []
    surveys, new = 0, 0
    brought = Import(kind=kind, file=path.name, digest=_digest(path), rows=counter[0], new_rows=0, waiting=True)
    with suppress(_Undone), transaction(engine) as session:
        catalogue.save(session, [*programmes, *organisations, *credentials], batch=brought.id)
        moment = clock.now(session)
        month = clock.month_of(moment, "UTC")
        slugs, surveys = _surveys(session, answered, instruments, moment)
        about = {row.credential: [row.credential] for _, row in answered}
        responses = (
            StoredResponse(
                key=key,
                survey=slugs[row.instrument],
                instrument=row.instrument,
                version=instruments[row.instrument].version,
                language=row.language,
                month=row.month or month,
                about=about[row.credential],
                answers=row.answers,
                organisation=row.organisation or None,
            )
            for key, row in answered
        )
        new = save_in_order(session, responses, len(answered), advance, batch=brought.id)
        _finish(session, brought.model_copy(update={"new_rows": new}), bool(new) and not dry_run)
    created = {"programmes": len(programmes), "credentials": len(credentials), "organisations": len(organisations)}
    return ImportReport(
        kind=kind,
        file=path.name,
        rows=counter[0],
        new=new,
        unchanged=len(answered) - new,
        created=_counts(created | {"surveys": surveys}) if new else {},
        problems=(*_unread(bound, path), *_remarks(reader, path)),
        dry_run=dry_run,
        batch=brought.id if new and not dry_run else "",
    )


def _bring_responses(
    engine: Engine, path: Path, dry_run: bool, instruments: Mapping[str, Instrument], advance: Progress
) -> ImportReport:
    known = _known(engine, {"credentials", "organisations", "programmes", "skills", "reviewers"})
    with reading(engine) as session:
        moment = clock.now(session)
        opened = {each.slug: survey_as_asked(each, instruments, known, moment) for each in read_surveys(session)}
    problems, spool, again = Problems(path.name), Spool(), 0
    endorsed: list[tuple[str, dict[str, Any]]] = []
    documents = Documents(problems, opened, _names("reviewers", known), _names("organisations", known))
    with open_lines(path, problems, MAXIMUM_BYTES) as lines:
        for taken in documents.read(lines, lambda done: advance(done, None) if done % STEP == 0 else None):
            again += taken.again
            if not taken.again:
                spool.add(taken.response)
                rows = endorsements_of(taken.response, taken.endorsements, moment.date())
                endorsed += ((taken.response.key, row) for row in rows)
    problems.refuse_any()
    made = list(documents.made.values())
    brought = Import(
        kind=RESPONSES, file=path.name, digest=_digest(path), rows=documents.lines, new_rows=0, waiting=True
    )
    new = 0
    with suppress(_Undone), transaction(engine) as session:
        catalogue.save(session, made, batch=brought.id)
        there = keys_there(session, [key for key, _ in endorsed])
        new = save_in_order(session, spool, len(spool), advance, batch=brought.id)
        save_endorsements(session, [row for key, row in endorsed if key not in there], batch=brought.id)
        _finish(session, brought.model_copy(update={"new_rows": new}), bool(new) and not dry_run)
    return ImportReport(
        kind=RESPONSES,
        file=path.name,
        rows=documents.lines,
        new=new,
        unchanged=len(spool) + again - new,
        created=_counts({"organisations": len(made)}) if new else {},
        problems=_left_out(documents, path),
        dry_run=dry_run,
        batch=brought.id if new and not dry_run else "",
    )


def _known(engine: Engine, entities: Iterable[str]) -> Catalogue:
    """What the catalogue holds now of some entities."""
    with reading(engine) as session:
        return {name: tuple(catalogue.read(session, name)) for name in entities}


def _names(entity: str, known: Catalogue) -> Names:
    return Names((catalogue.slug_of(value), called(ENTITIES[entity], value)) for value in known[entity])


def _kind_and_programme(bound: Bound, known: Catalogue) -> tuple[str, Programme]:
    """What credentials made on the way are, and what they belong to; the map may say."""
    kinds = _names("kinds", known)
    wanted = bound.text("kind", "micro-credential")
    kind = kinds.find(wanted)
    if kind is None:
        where = f'{bound.map.file}, key "kind"' if "kind" in bound.map.texts else "feedback import"
        raise Refused([Problem(where, not_known("kind", wanted, kinds.slugs))])
    title = bound.text("programme", "Imported")
    slug = _names("programmes", known).find(title)
    programme = next((each for each in known["programmes"] if isinstance(each, Programme) and each.slug == slug), None)
    return kind, programme or Programme(slug=slug_for(title, "programme"), title=title[:300])


def _reader(bound: Bound, known: Catalogue, problems: Problems, instruments: Mapping[str, Instrument]) -> Reader:
    create = bound.map.flags.get("create_missing", False)
    title = "item_title" if bound.map.kind == "ratings" else "credential_title"
    return Reader(
        bound,
        problems,
        instruments,
        Directory(
            "credential",
            _names("credentials", known),
            create,
            bound.text("credential_prefix"),
            bound.text(title, "{value}"),
        ),
        Directory(
            "organisation",
            _names("organisations", known),
            create,
            bound.text("rater_prefix"),
            bound.text("rater_title", "{value}"),
        ),
    )


def _keyed(answered: Iterable[Answered]) -> list[tuple[str, Answered]]:
    """The rows in the order of their keys. A key follows from the digest, and from how many equal rows came before."""
    before: Counter[bytes] = Counter()
    keyed = []
    for row in answered:
        digest = row.digest()
        before[digest] += 1
        key = sha256(f"import|{row.instrument}|{digest.hex()}|{before[digest]}".encode()).hexdigest()[:32]
        keyed.append((key, row))
    return sorted(keyed, key=itemgetter(0))


def _surveys(
    session: Session, answered: Sequence[tuple[str, Answered]], instruments: Mapping[str, Instrument], moment: datetime
) -> tuple[dict[str, str], int]:
    """One closed survey for each instrument the file has answers to: instrument -> slug, and how many were made.

    It is named after the answers' keys, so that the same answers meet the same survey. answered: by key.
    """
    slugs, made = {}, 0
    for name in sorted({row.instrument for _, row in answered}):
        digest = sha256("".join(key for key, row in answered if row.instrument == name).encode()).hexdigest()[:8]
        slugs[name] = f"{name.replace('imported', 'import').replace('_', '-')[:70]}-{digest}"
        if read_survey(session, slugs[name]) is None:
            made += 1
            rows = [row for _, row in answered if row.instrument == name]
            open_survey(
                session,
                Survey(
                    slug=slugs[name],
                    instrument=name,
                    version=instruments[name].version,
                    languages=sorted({row.language for row in rows} - {""}) or list(instruments[name].languages[:1]),
                    opens=moment - timedelta(minutes=1),
                    closes=moment,
                    credentials=sorted({row.credential for row in rows}),
                ),
            )
    return slugs, made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _finish(session: Session, brought: Import, kept: bool) -> None:
    """Remember the file, or take everything back."""
    if not kept:
        raise _Undone
    save_import(session, brought)


def _counts(made: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in made.items() if count}


def _unread(bound: Bound, path: Path) -> tuple[Problem, ...]:
    return tuple(Problem(f'{path.name}, column "{shortened(column)}"', "was not read.") for column in bound.unread)


def _left_out(documents: Documents, path: Path) -> tuple[Problem, ...]:
    said = f"answers to questions that are not asked where the others lead were left out: {documents.left_out:,}."
    return (Problem(path.name, said),) if documents.left_out else ()


def _remarks(reader: Reader, path: Path) -> list[Problem]:
    remarks = []
    if reader.left_out:
        remarks.append(Problem(path.name, f"{reader.left_out:,} rows say nothing and were left out."))
    if reader.rounded:
        remarks.append(Problem(path.name, f"{reader.rounded:,} ratings fell between two steps and were rounded."))
    return remarks

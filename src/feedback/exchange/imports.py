"""Bring a file in: all of it or nothing, every problem by line and column, the same file twice changing nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import file_digest, sha256
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from feedback.catalogue.reading import (
    CatalogueBatch,
    Names,
    read_credentials,
    read_organisations,
    read_runs,
    shortened,
    slug_for,
)
from feedback.catalogue.values import Credential, Organisation, Programme, Run
from feedback.errors import Problem, Refused
from feedback.exchange.answers import Answered, Directory, Reader, unguarded
from feedback.exchange.csv_files import CsvTable, Problems, open_csv
from feedback.exchange.mapping import KEYS, Bound, bind, read_map
from feedback.store import catalogue, clock
from feedback.store.database import reading, transaction
from feedback.store.imports import Import, save_import
from feedback.store.responses import StoredResponse, save_many
from feedback.store.surveys import Survey, open_survey, read_survey
from feedback.survey.checked_toml import not_known
from feedback.survey.questionnaire import Instrument

KINDS = tuple(KEYS)
LATER_KINDS = ("market", "invitations", "responses")
Progress = Callable[[int, int | None], None]
STEP = 2000  # rows between two reports of progress


@dataclass(frozen=True)
class ImportReport:
    """What came of an import, or would have come of it (dry_run).

    rows: how many the file holds. new: not there before; changed: catalogue values that now say something else;
    unchanged: there already. created: what else was made, by name ("credentials", "organisations", "surveys" ...).
    problems: what did not stop it but is worth knowing, such as columns nobody reads.
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
    """Bring one CSV file in, in one transaction.

    kind: catalogue, runs, organisations, ratings or comments. map_path: a MAP.toml that names the columns.
    dry_run: check and count everything, keep nothing. progress: called now and then with rows done and rows in all
    (None while they are being read and nobody knows).
    Raises Refused with every problem found, by line and column (the first 200 in full); then nothing was kept.
    """
    _check_kind(kind)
    path = Path(path)
    column_map = read_map(map_path, kind)
    advance: Progress = progress or (lambda done, total: None)
    with open_csv(path) as table:
        bound = bind(column_map, table.columns, path.name)
        bring = _bring_answers if kind in ("ratings", "comments") else _bring_catalogue
        report = bring(engine, bound, table, path, dry_run, instruments, advance)
    return report


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
    engine: Engine,
    bound: Bound,
    table: CsvTable,
    path: Path,
    dry_run: bool,
    instruments: Mapping[str, Instrument],
    advance: Progress,
) -> ImportReport:
    known, counter, problems = _known(engine), [0], table.problems

    def tell(line: int, column: str | None, message: str) -> None:
        if column is None:
            problems.line(line, message)
        else:
            problems.cell(line, bound.names.get(column, column), message)

    rows = (
        (line, {name: unguarded(cells[place]) for name, place in bound.places.items()})
        for line, cells in _counted(table, advance, counter)
    )
    kind = bound.map.kind
    if kind == "catalogue":
        batch = read_credentials(rows, known, tell, new_kinds=bound.map.flags.get("new_kinds", False))
    else:
        batch = (read_runs if kind == "runs" else read_organisations)(rows, known, tell)
    problems.refuse_any()
    values = _rows_of(batch)
    old = {value.slug: value for value in _rows_of(known) if type(value) is type(values[0])} if values else {}
    ours = {value.slug: old.get(value.slug) for value in values}
    new = sum(before is None for before in ours.values())
    changed = sum(before is not None and before != value for before, value in zip(ours.values(), values, strict=True))
    made = {name: len(getattr(batch, name)) for name in ("programmes", "kinds", "skills")}
    with suppress(_Undone), transaction(engine) as session:
        fresh = [value for value in values if ours[value.slug] != value]
        catalogue.save(session, [*batch.programmes, *batch.kinds, *batch.skills, *fresh])
        _finish(session, path, kind, counter[0], new + changed, dry_run or not (fresh or sum(made.values())))
    return ImportReport(
        kind=kind,
        file=path.name,
        rows=counter[0],
        new=new,
        changed=changed,
        unchanged=len(values) - new - changed,
        created=_counts(made),
        problems=_unread(bound, path),
        dry_run=dry_run,
    )


def _rows_of(batch: CatalogueBatch) -> list[Credential | Run | Organisation]:
    return [*batch.credentials, *batch.runs, *batch.organisations]


def _bring_answers(
    engine: Engine,
    bound: Bound,
    table: CsvTable,
    path: Path,
    dry_run: bool,
    instruments: Mapping[str, Instrument],
    advance: Progress,
) -> ImportReport:
    kind, counter, known = bound.map.kind, [0], _known(engine)
    credential_kind, programme = _kind_and_programme(bound, known)
    reader = _reader(bound, known, table.problems, instruments)
    rows = _counted(table, advance, counter)
    answered = list(reader.ratings(rows) if kind == "ratings" else reader.comments(rows))
    table.problems.refuse_any()
    credentials = [
        Credential(slug=slug, title=title, kind=credential_kind, programme=programme.slug)
        for slug, title in reader.credentials.names.added.items()
    ]
    organisations = [Organisation(slug=slug, name=name) for slug, name in reader.organisations.names.added.items()]
    programmes = [programme] if credentials and programme not in known.programmes else []
    keys = list(_keys(answered))
    surveys, new = 0, 0
    with suppress(_Undone), transaction(engine) as session:
        catalogue.save(session, [*programmes, *organisations, *credentials])
        moment = clock.now(session)
        month = clock.month_of(moment, "UTC")
        slugs, surveys = _surveys(session, answered, keys, instruments, moment)
        new = save_many(
            session,
            [
                StoredResponse(
                    key=key,
                    survey=slugs[row.instrument],
                    instrument=row.instrument,
                    version=instruments[row.instrument].version,
                    language=row.language,
                    month=row.month or month,
                    about=[row.credential],
                    answers=row.answers,
                    organisation=row.organisation or None,
                )
                for key, row in zip(keys, answered, strict=True)
            ],
            advance,
        )
        _finish(session, path, kind, counter[0], new, dry_run or not new)
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
    )


def _known(engine: Engine) -> CatalogueBatch:
    """What the catalogue holds now."""
    with reading(engine) as session:
        return CatalogueBatch(
            credentials=tuple(catalogue.read_credentials(session)),
            runs=tuple(catalogue.read_runs(session)),
            organisations=tuple(catalogue.read_organisations(session)),
            programmes=tuple(catalogue.read_programmes(session)),
            kinds=tuple(catalogue.read_kinds(session)),
            skills=tuple(catalogue.read_skills(session)),
        )


def _kind_and_programme(bound: Bound, known: CatalogueBatch) -> tuple[str, Programme]:
    """What credentials made on the way are, and what they belong to; the map may say."""
    kinds = Names((kind.slug, kind.name) for kind in known.kinds)
    wanted = bound.text("kind", "micro-credential")
    kind = kinds.find(wanted)
    if kind is None:
        where = f'{bound.map.file}, key "kind"' if "kind" in bound.map.texts else "feedback import"
        raise Refused([Problem(where, not_known("kind", wanted, kinds.slugs))])
    title = bound.text("programme", "Imported")
    slug = Names((programme.slug, programme.title) for programme in known.programmes).find(title)
    programme = next((each for each in known.programmes if each.slug == slug), None)
    return kind, programme or Programme(slug=slug_for(title, "programme"), title=title[:300])


def _reader(bound: Bound, known: CatalogueBatch, problems: Problems, instruments: Mapping[str, Instrument]) -> Reader:
    create = bound.map.flags.get("create_missing", False)
    title = "item_title" if bound.map.kind == "ratings" else "credential_title"
    return Reader(
        bound,
        problems,
        instruments,
        Directory(
            "credential",
            Names((credential.slug, credential.title) for credential in known.credentials),
            create,
            bound.text("credential_prefix"),
            bound.text(title, "{value}"),
        ),
        Directory(
            "organisation",
            Names((organisation.slug, organisation.name) for organisation in known.organisations),
            create,
            bound.text("rater_prefix"),
            bound.text("rater_title", "{value}"),
        ),
    )


def _keys(answered: Iterable[Answered]) -> Iterator[str]:
    """The key of each row: its digest, and how many equal rows stand before it in the file."""
    before: Counter[bytes] = Counter()
    for row in answered:
        digest = row.digest()
        before[digest] += 1
        yield sha256(f"import|{row.instrument}|{digest.hex()}|{before[digest]}".encode()).hexdigest()[:32]


def _surveys(
    session: Session, answered: list[Answered], keys: list[str], instruments: Mapping[str, Instrument], moment: datetime
) -> tuple[dict[str, str], int]:
    """One closed survey for each instrument the file has answers to: instrument -> slug, and how many were made.

    It is named after the answers' keys, so that the same answers meet the same survey.
    """
    slugs, made = {}, 0
    for name in sorted({row.instrument for row in answered}):
        rows = [(row, key) for row, key in zip(answered, keys, strict=True) if row.instrument == name]
        digest = sha256("".join(sorted(key for _, key in rows)).encode()).hexdigest()[:8]
        slugs[name] = f"{name.replace('imported', 'import').replace('_', '-')[:70]}-{digest}"
        if read_survey(session, slugs[name]) is None:
            made += 1
            open_survey(
                session,
                Survey(
                    slug=slugs[name],
                    instrument=name,
                    version=instruments[name].version,
                    languages=sorted({row.language for row, _ in rows} - {""}) or list(instruments[name].languages[:1]),
                    opens=moment - timedelta(minutes=1),
                    closes=moment,
                    credentials=sorted({row.credential for row, _ in rows}),
                ),
            )
    return slugs, made


def _finish(session: Session, path: Path, kind: str, rows: int, new: int, undo: bool) -> None:
    """Remember the file, or take everything back."""
    if undo:
        raise _Undone
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    save_import(session, Import(kind=kind, file=path.name, digest=digest, rows=rows, new_rows=new))


def _counts(made: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in made.items() if count}


def _unread(bound: Bound, path: Path) -> tuple[Problem, ...]:
    return tuple(Problem(f'{path.name}, column "{shortened(column)}"', "was not read.") for column in bound.unread)


def _remarks(reader: Reader, path: Path) -> list[Problem]:
    remarks = []
    if reader.left_out:
        remarks.append(Problem(path.name, f"{reader.left_out:,} rows say nothing and were left out."))
    if reader.rounded:
        remarks.append(Problem(path.name, f"{reader.rounded:,} ratings fell between two steps and were rounded."))
    return remarks

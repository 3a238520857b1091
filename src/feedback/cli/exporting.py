"""`feedback export`: a file of what may be shown, of the catalogue, of the questionnaires or of what was published."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.acting import allowed, demand, who
from feedback.cli.console import AsJson, bar, complain, database, limits_of, questionnaires, report
from feedback.cli.outputs import replacing, wrong_place
from feedback.errors import Problem, Refused, suggest
from feedback.policy import ASK, EXPORT, UNREVIEWED

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.catalogue.contents import Entity
    from feedback.findings.evidence import Choice, Evidence
    from feedback.limits import Limits
    from feedback.survey.instrument import Instrument

TABLES = ("csv", "xlsx", "parquet", "sav", "json")
FORMATS = (*TABLES, "html")
FINDING = "finding:"
"""Before a name that is a finding's and an entity's, too: `skills` is the catalogue's, `finding:skills` the finding."""
OTHERS = {
    "findings": "every finding",
    "codebook": "every question, word for word",
    "releases": "what was published when",
    "endorsements": "what organisations confirmed, as Open Badges 3.0, in json",
}
UNPUBLISHED = "Some answers wait to be published and are not in this file. A worker does that: feedback worker --once"


@dataclass(frozen=True)
class Asked:
    """What is to be exported, as it was asked for. by: how employers are split. personal: whether data about people may
    leave."""

    what: str
    format: str
    credential: str
    programme: str
    audience: str
    by: str
    language: str
    personal: bool


def export_command(
    what: Annotated[
        str, typer.Argument(help="A finding, findings, a part of the catalogue, codebook, releases or endorsements.")
    ],
    output: Annotated[Path, typer.Option(help="The file to write; one that is there is replaced at the end.")],
    format: Annotated[str, typer.Option("--format", help="csv, xlsx, parquet, sav or json; html for the codebook.")],
    credential: Annotated[str, typer.Option(help="Only this credential, by slug.")] = "",
    programme: Annotated[str, typer.Option(help="Only this programme, by slug.")] = "",
    audience: Annotated[str, typer.Option(help="Only what learners, employers or experts say.")] = "",
    by: Annotated[str, typer.Option(help="Split employers by sector, role or size.")] = "",
    language: Annotated[str, typer.Option(help="The language of questions and topics.")] = "en",
    personal: Annotated[bool, typer.Option("--personal", help="Contacts and reviewers: yes, hand them out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a file: findings pass the gate first, so nothing of a group that is too small leaves.

    WHAT: a finding (answers, comments, recognition, ...), findings (all of them), a part of the catalogue (credentials,
    skills, runs, ...), codebook, releases, endorsements. Several tables are one workbook, one JSON document, or else a
    ZIP archive.
    """
    asked = Asked(what, format, credential, programme, audience, by, language, personal)
    _check(asked, output)
    with replacing(output) as file:
        if what == "codebook":
            content, words, facts = _codebook(asked)
        else:
            content, words, facts = _from_the_database(asked)
        file.write(content)
        _note(asked)
    report(as_json, f"{words}; wrote {output.name}.", what=what, format=format, output=str(output), **facts)
    if not as_json:
        for remark in facts.get("remarks", ()):
            complain(remark)


def _note(asked: Asked) -> None:
    """Record who takes what as a file; the codebook is everybody's."""
    from feedback.store import audit
    from feedback.store.database import transaction

    if asked.what == "codebook":
        return
    _, engine = database()
    of = {"credential": asked.credential, "programme": asked.programme, "audience": asked.audience, "by": asked.by}
    facts = {name: value for name, value in of.items() if value}
    with transaction(engine) as session:
        audit.record(session, who(), audit.EXPORTED, f"file:{asked.what}", format=asked.format, **facts)
    engine.dispose()


def _check(asked: Asked, output: Path) -> None:
    """Refuse, with every reason, what cannot be done, before any work is."""
    from feedback.findings.splits import SPLITS
    from feedback.survey.questionnaire import AUDIENCES
    from feedback.survey.wording import languages

    problems = [*_unknown_what(asked.what), *_wrong_format(asked), *_wrong_place(output, asked)]
    entity = _entity(asked.what)
    if entity and entity.personal and not asked.personal:
        said = f"{asked.what} holds data about people. Say --personal if whoever gets the file may have them."
        problems.append(Problem("WHAT", said))
    if asked.audience and asked.audience not in AUDIENCES:
        said = f'"{asked.audience}" is not known.{suggest(asked.audience, AUDIENCES)} Known: {", ".join(AUDIENCES)}.'
        problems.append(Problem("--audience", said))
    if asked.by and asked.by not in SPLITS:
        said = f'"{asked.by}" is not known.{suggest(asked.by, SPLITS)} Known: {", ".join(SPLITS)}.'
        problems.append(Problem("--by", said))
    if asked.language not in languages():
        said = f'"{asked.language}" is not known. Known: {", ".join(languages())}.'
        problems.append(Problem("--language", said))
    if not problems and not _is_finding(asked.what) and asked.what != "findings":
        credential = asked.credential if asked.what != "endorsements" else ""
        where = {"--credential": credential, "--programme": asked.programme}
        chosen = {**where, "--audience": asked.audience, "--by": asked.by}
        problems += [Problem(name, f"means nothing for {asked.what}.") for name, value in chosen.items() if value]
    if problems:
        raise Refused(problems)


def _unknown_what(what: str) -> list[Problem]:
    from feedback.catalogue.contents import ENTITIES
    from feedback.findings.contents import FINDINGS

    if _is_finding(what) or what in ENTITIES or what in OTHERS:
        return []
    both = [f"{FINDING}{name}" for name in FINDINGS if name in ENTITIES]
    findings = [*(name for name in FINDINGS if name not in ENTITIES), *both]
    known = (
        f"Findings: {', '.join(findings)}. Catalogue: {', '.join(ENTITIES)}. "
        f"Others: {', '.join(f'{name} ({meaning})' for name, meaning in OTHERS.items())}."
    )
    return [Problem("WHAT", f'"{what}" is not known.{suggest(what, [*findings, *ENTITIES, *OTHERS])} {known}')]


def _wrong_format(asked: Asked) -> list[Problem]:
    known = FORMATS if asked.what == "codebook" else ("json",) if asked.what == "endorsements" else TABLES
    if asked.format not in known:
        more = " html is for the codebook." if asked.format == "html" else ""
        said = f'"{asked.format}" is not known.{suggest(asked.format, known)} Known: {", ".join(known)}.{more}'
        return [Problem("--format", said)]
    if asked.format == "sav":
        from feedback.exchange.tables import NO_SPSS, has_spss

        return [] if has_spss() else [Problem("--format sav", NO_SPSS)]
    return []


def _wrong_place(output: Path, asked: Asked) -> list[Problem]:
    if problems := wrong_place(output):
        return problems
    if asked.what == "findings" and asked.format in ("csv", "parquet", "sav") and output.suffix.lower() != ".zip":
        said = f"all findings as {asked.format} are several files in one ZIP archive; name a file that ends in .zip."
        return [Problem("--output", said)]
    return []


def _is_finding(what: str) -> bool:
    from feedback.catalogue.contents import ENTITIES
    from feedback.findings.contents import FINDINGS

    return what.removeprefix(FINDING) in FINDINGS and (what.startswith(FINDING) or what not in ENTITIES)


def _entity(what: str) -> "Entity | None":
    from feedback.catalogue.contents import ENTITIES

    return ENTITIES.get(what)


Written = tuple[bytes, str, dict[str, Any]]
"""The file, what to say of it, and its facts."""


def _codebook(asked: Asked) -> Written:
    from feedback.exchange.codebook import codebook, codebook_table
    from feedback.exchange.codebook_files import FORMATS as OWN
    from feedback.exchange.codebook_files import write_codebook
    from feedback.exchange.tables import write_table

    instruments = questionnaires().values()
    table = codebook_table(codebook(instruments))
    if asked.format in OWN:
        content = write_codebook(instruments, asked.format)
    else:
        content = write_table(table, asked.format, {"question": "What exactly do we ask, and how is it kept?"})
    return content, f"{len(table):,} questions of {len(instruments):,} questionnaires", {"rows": len(table)}


def _from_the_database(asked: Asked) -> Written:
    settings, engine = database()
    demand(engine, EXPORT, [asked.credential] if asked.credential else (), asked.programme)
    try:
        if asked.what == "releases":
            return _releases(asked, engine, settings.minimum_group)
        if asked.what == "endorsements":
            return _endorsements(asked, engine, settings.public_url)
        if asked.what != "findings" and not _is_finding(asked.what):
            return _catalogue(asked, engine)
        return _findings(asked, engine, questionnaires(), limits_of(settings))
    finally:
        engine.dispose()


def _findings(asked: Asked, engine: "Engine", instruments: "Mapping[str, Instrument]", limits: "Limits") -> Written:
    """Findings through the gate: one as a table, all of them as several."""
    from feedback.exchange.tables import Sheet, write_table, write_tables
    from feedback.findings.contents import FINDINGS
    from feedback.findings.evidence import QUOTING, Choice
    from feedback.findings.files import about
    from feedback.findings.splits import SECTOR
    from feedback.findings.work import work_out

    by = "" if asked.by == SECTOR.id else asked.by
    choice = Choice(credential=asked.credential, programme=asked.programme, audience=asked.audience, by=by)
    unreviewed = allowed(engine, UNREVIEWED, [asked.credential] if asked.credential else (), asked.programme)
    quoting = limits if unreviewed else limits.reviewed()
    with bar("Reading"):
        evidence, release, sample, remarks = _evidence(asked, choice, engine, instruments, limits)
    _check_choice(choice, evidence)
    names = list(FINDINGS) if asked.what == "findings" else [asked.what.removeprefix(FINDING)]
    sheets: list[Sheet] = []
    with bar("Working findings out") as advance:
        for done, name in enumerate(names, start=1):
            answer = work_out(FINDINGS[name], evidence, choice, quoting if name in QUOTING else limits)
            sheets.append(Sheet(name, answer.table, about(answer, choice, release, sample)))
            advance(done, len(names))
    rows = sum(len(sheet.table) for sheet in sheets)
    if asked.what == "findings":
        content = write_tables(sheets, asked.format)
        facts = {"findings": len(sheets), "rows": rows, "remarks": remarks}
        return content, f"{len(sheets)} findings with {rows:,} rows", facts
    only = sheets[0]
    content = write_table(only.table, asked.format, only.about, only.name)
    said = f"{only.about['answer']} {rows:,} {'row' if rows == 1 else 'rows'}"
    return content, said, {"rows": rows, "answer": only.about["answer"], "remarks": remarks}


def _check_choice(choice: "Choice", evidence: "Evidence") -> None:
    """Refuse a credential or programme that is not there: an empty file would look like an answer."""
    problems = []
    for name, slug, known in (
        ("--credential", choice.credential, set(evidence.titles)),
        ("--programme", choice.programme, set(evidence.programmes.values())),
    ):
        if slug and slug not in known:
            problems.append(Problem(name, f'"{slug}" is not in the catalogue.{suggest(slug, sorted(known))}'))
    if problems:
        raise Refused(problems)


def _evidence(
    asked: Asked, choice: "Choice", engine: "Engine", instruments: "Mapping[str, Instrument]", limits: "Limits"
) -> "tuple[Evidence, str, bool, list[str]]":
    """What findings work on, the release it is of in words, whether the sample is among it, and what to know of it."""
    from feedback.exchange.published import named
    from feedback.store import jobs, releases, sample
    from feedback.store.database import reading
    from feedback.worker.gathering import gather, with_roles
    from feedback.worker.missing import NO_WORKER, is_missing

    with reading(engine) as session:
        evidence = with_roles(session, instruments, gather(session, instruments, choice, asked.language))
        last = next(iter(releases.read_releases(session, 1)), None)
        waits = any(job.kind in ("release", "publish") for job in jobs.read_jobs(session))
        remarks = [UNPUBLISHED] * waits + [NO_WORKER] * is_missing(session, instruments, limits)
        return evidence, named(last), sample.has_sample(session), remarks


def _catalogue(asked: Asked, engine: "Engine") -> Written:
    """A part of the catalogue: in CSV and XLSX as it can be brought in again, elsewhere with numbers as numbers."""
    from pandas import DataFrame

    from feedback.catalogue import rows
    from feedback.catalogue.contents import ENTITIES
    from feedback.exchange.tables import write_table
    from feedback.store import catalogue
    from feedback.store.database import reading

    entity = ENTITIES[asked.what]
    if entity.personal:
        demand(engine, ASK)
    with reading(engine) as session:
        values = sorted(catalogue.read(session, entity.name), key=_slug_of)
    if asked.format in ("csv", "xlsx"):
        columns, cells = rows.table(entity, values)
        table = DataFrame(cells, columns=list(columns), dtype=object)
    else:
        table = DataFrame([value.model_dump() for value in values], columns=list(entity.columns))
    said = {"question": entity.many, "answer": entity.meaning, "rows": f"{len(table):,}"}
    content = write_table(table, asked.format, said, entity.name)
    return content, f"{len(table):,} {entity.one if len(table) == 1 else entity.many.lower()}", {"rows": len(table)}


def _slug_of(value: Any) -> tuple[str, ...]:
    return tuple(str(getattr(value, name, "")) for name in ("slug", *type(value).model_fields))


def _releases(asked: Asked, engine: "Engine", fewest: int) -> Written:
    from feedback.exchange.published import named, releases_table
    from feedback.exchange.tables import write_table
    from feedback.store import catalogue, releases
    from feedback.store.database import reading

    with reading(engine) as session:
        made = releases.read_releases(session)
        titles = {each.slug: each.title for each in catalogue.read_credentials(session)}
    table = releases_table(made, titles, fewest)
    said = {"question": "What was published when?", "release": named(made[0] if made else None)}
    content = write_table(table, asked.format, said, "releases")
    return content, f"{len(made):,} {'release' if len(made) == 1 else 'releases'}", {"rows": len(table)}


def _endorsements(asked: Asked, engine: "Engine", public_url: str) -> Written:
    from feedback.exchange.badges import statements_json
    from feedback.store import catalogue, endorsements
    from feedback.store.database import reading

    with reading(engine) as session:
        found = endorsements.confirmed(session, asked.credential)
        known = sorted(each.slug for each in catalogue.read_credentials(session))
    if asked.credential and asked.credential not in known:
        said = f'"{asked.credential}" is not in the catalogue.{suggest(asked.credential, known)}'
        raise Refused([Problem("--credential", said)])
    number = sum(not each.is_sample for each in found)
    words = f"{number:,} confirmed {'statement' if number == 1 else 'statements'}, not signed"
    return statements_json(found, public_url), words, {"rows": number}

"""`feedback init`, `sample`, `open` and `doctor`: the institution's database and what stands in it."""

import os
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.acting import demand, who
from feedback.cli.console import (
    DAY,
    NO_ADDRESS,
    REFUSED,
    AsJson,
    bar,
    complain,
    database,
    limits_of,
    questionnaire_texts,
    questionnaires,
    report,
    shown,
)
from feedback.cli.working import read_and_publish
from feedback.errors import Problem, Refused, suggest
from feedback.policy import ASK

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.survey.instrument import Instrument

OTHERS = 0o077
"""What others than the owner may do with a new file: nothing of it."""


def init(as_json: AsJson = False) -> None:
    """Make or migrate the database named by FEEDBACK_DATABASE_URL."""
    os.umask(OTHERS)  # what is made here is its owner's alone
    settings, engine = database()
    report(as_json, f"The database is ready: {shown(settings.database_url)}", database=shown(settings.database_url))
    engine.dispose()


def sample_command(
    size: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many responses.")] = 4000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same institution.")] = 1,
    remove: Annotated[bool, typer.Option("--remove", help="Take the sample institution away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load the sample institution, marked as sample wherever it shows; --remove takes it away."""
    from feedback.store import audit, sample
    from feedback.store.database import reading, transaction

    _, engine = database()
    if remove:
        with transaction(engine) as session:
            removed = sample.remove_sample(session)
            audit.record(session, who(), audit.SAMPLE_REMOVED, "institution", rows=sum(removed.values()))
        report(as_json, f"The sample is gone: {sum(removed.values()):,} rows removed.", removed=removed)
        return
    with reading(engine) as session:
        if sample.has_sample(session):
            raise Refused(
                [Problem("feedback sample", "the sample institution is loaded already. Take it away with --remove.")]
            )
    started = time.monotonic()
    load_the_sample(engine, size, seed)
    with transaction(engine) as session:
        audit.record(session, who(), audit.SAMPLE_LOADED, "institution", responses=size)
    seconds = time.monotonic() - started
    report(as_json, f"The sample institution is loaded: {size:,} responses in {seconds:.1f} s.", responses=size)


def open_command(
    instrument: Annotated[str, typer.Argument(help="A questionnaire, such as learner, employer or expert.")],
    credential: Annotated[list[str], typer.Option(help="The credential it asks about, by slug; may be repeated.")],
    run: Annotated[str | None, typer.Option(help="The run (delivery) it is about.")] = None,
    mode: Annotated[str, typer.Option(help="invitation, link, kiosk, or pairs (a minute, pairs only).")] = "link",
    opens: Annotated[datetime | None, typer.Option(formats=[DAY], help="The first day; default: now.")] = None,
    closes: Annotated[datetime | None, typer.Option(formats=[DAY], help="The last day, to its last second.")] = None,
    zone: Annotated[str, typer.Option(help="The time zone whose days count, as Europe/Madrid.")] = "UTC",
    language: Annotated[list[str] | None, typer.Option(help="Languages offered; default: all there are.")] = None,
    local_questions: Annotated[
        Path | None, typer.Option(help="A TOML file with up to three questions of your own, asked at the end.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open a survey and print its slug and, where everybody may answer, its address."""
    from feedback.exchange.links import open_address
    from feedback.store import audit
    from feedback.store.database import reading, transaction
    from feedback.store.opening import Wanted, open_wanted, problems_of
    from feedback.survey.questionnaire import PAGES

    settings, engine = database()
    texts = questionnaire_texts()
    instruments = {name: each for name, (each, _, _) in texts.items()}
    asked = _known_instrument(instrument, instruments)
    if mode == "pairs":
        asked, mode = _in_pairs(asked, instruments), "link"
    own, wrong = _own_questions(local_questions, asked, language or asked.languages)
    wanted = Wanted(
        instrument=asked,
        credentials=credential,
        run=run,
        mode=mode,
        opens=opens.date() if opens else None,
        closes=closes.date() if closes else None,
        zone=zone,
        languages=language or (),
        local_questions=own,
    )
    demand(engine, ASK, credential)
    with reading(engine) as session:
        problems = [*(Problem(f"--{each.where}", each.message) for each in problems_of(session, wanted)), *wrong]
    if problems:
        raise Refused(problems)
    with transaction(engine) as session:
        survey = open_wanted(session, wanted, texts)
        audit.record(session, who(), audit.OPENED, f"survey:{survey.slug}", mode=survey.mode)
    page = f"{settings.public_url.rstrip('/')}/{PAGES[asked.audience]}?survey={survey.slug}"
    if mode == "invitation":
        said, address = f"Ask people by: feedback invite {survey.slug} --count N --output LINKS.csv", None
    else:
        said = address = open_address(settings.public_url, survey.slug)
    report(as_json, f"Open: {survey.slug}\n{said}", survey=survey.slug, address=address, page=page)
    if address and not settings.public_url and not as_json:
        complain(NO_ADDRESS)


def doctor(
    as_json: AsJson = False,
    disclosure: Annotated[
        bool, typer.Option("--disclosure", help="Try to work out, by subtraction, what is left out of all that shows.")
    ] = False,
) -> None:
    """Look whether everything needed is in place; exit 1 when something is not."""
    if disclosure:
        from feedback.cli.attacking import attack_what_shows

        attack_what_shows(as_json)
        return
    from feedback.cli.examining import facts_of, told
    from feedback.safety import examine
    from feedback.settings import read_settings
    from feedback.store import audit, catalogue, sample
    from feedback.store.database import open_database, reading
    from feedback.store.migrate import schema_state
    from feedback.worker.missing import NO_WORKER, is_missing

    settings = read_settings()
    engine = open_database(settings.database_url)
    checks: dict[str, str] = {"database": shown(settings.database_url), "schema": schema_state(engine)}
    wrong = [] if checks["schema"] == "current" else [f"the schema is {checks['schema']}; run: feedback init"]
    instruments: dict[str, Instrument] = {}
    try:
        instruments = questionnaires()
        checks["instruments"] = ", ".join(sorted(instruments))
    except Refused as refused:
        wrong += [str(problem) for problem in refused.problems]
    if checks["schema"] == "current":
        with reading(engine) as session:
            checks["credentials"] = str(len(catalogue.read_credentials(session)))
            checks["sample"] = "loaded" if sample.has_sample(session) else "none"
            wrong += [NO_WORKER] * is_missing(session, instruments, limits_of(settings))
            newest = audit.head(session)
            checks["audit"] = f"{newest.number:,} entries, the newest {newest}" if newest.number else "no entry"
    dangers = examine(facts_of(settings, engine, os.environ.get("HOST", "127.0.0.1")))
    wrong += [f"{each.words} ({each.id})" for each in dangers if each.is_unsafe]
    notes = [f"{each.words} ({each.id})" for each in dangers if not each.is_unsafe]
    if settings.backup_folder:
        from feedback.cli.keeping import newest_backup

        checks["backup"] = newest_backup()
    checks["minimum group"] = f"{settings.minimum_group} people, {settings.minimum_organisations} organisations"
    lines = [f"{name}: {value}" for name, value in checks.items()]
    lines += [*(f"NOTE: {each}" for each in notes), *(f"WRONG: {each}" for each in wrong)]
    report(as_json, "\n".join(lines), checks=checks, wrong=wrong, dangers=[told(each) for each in dangers])
    if wrong:
        raise typer.Exit(REFUSED)


def load_the_sample(engine: "Engine", size: int, seed: int) -> None:
    """Load the sample institution, read its comments and publish its answers, with a progress bar for each."""
    from feedback.sample import load_sample
    from feedback.settings import read_settings

    instruments = questionnaires()
    with bar("Loading the sample") as advance:
        load_sample(engine, instruments, size=size, seed=seed, today=date.today(), progress=advance)
    read_and_publish(engine, instruments, read_settings())


def _known_instrument(name: str, questionnaires: "dict[str, Instrument]") -> "Instrument":
    known = sorted(each.id for each in questionnaires.values() if not each.import_only)
    if name not in known:
        said = f'"{name}" is not known.{suggest(name, known)} Known: {", ".join(known)}.'
        raise Refused([Problem("INSTRUMENT", said)])
    return questionnaires[name]


def _in_pairs(instrument: "Instrument", questionnaires: "dict[str, Instrument]") -> "Instrument":
    """The questionnaire of the same audience that asks pairs only, for a minute."""
    every = (each for each in questionnaires.values() if each.audience == instrument.audience)
    found = next((each for each in every if each.pairs_question is not None), None)
    if found is None:
        raise Refused(
            [Problem("--mode", f'there is no questionnaire of pairs for the audience "{instrument.audience}".')]
        )
    return found


def _own_questions(
    file: Path | None, instrument: "Instrument", languages: Sequence[str]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The local questions of a file as the survey keeps them, and what is wrong with them."""
    from feedback.survey.local import read_local_questions

    if file is None:
        return [], []
    try:
        return read_local_questions(file, instrument, languages), []
    except Refused as refused:
        return [], list(refused.problems)

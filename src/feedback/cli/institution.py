"""`feedback init`, `sample`, `open` and `doctor`: the institution's database and what stands in it."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.console import REFUSED, AsJson, bar, database, limits_of, questionnaires, report, shown
from feedback.cli.working import read_and_publish
from feedback.errors import Problem, Refused, suggest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.survey.instrument import Instrument


def init(as_json: AsJson = False) -> None:
    """Make or migrate the database named by FEEDBACK_DATABASE_URL."""
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
    from feedback.store import sample
    from feedback.store.database import reading, transaction

    _, engine = database()
    if remove:
        with transaction(engine) as session:
            removed = sample.remove_sample(session)
        report(as_json, f"The sample is gone: {sum(removed.values()):,} rows removed.", removed=removed)
        return
    with reading(engine) as session:
        if sample.has_sample(session):
            raise Refused(
                [Problem("feedback sample", "the sample institution is loaded already. Take it away with --remove.")]
            )
    started = time.monotonic()
    load_the_sample(engine, size, seed)
    seconds = time.monotonic() - started
    report(as_json, f"The sample institution is loaded: {size:,} responses in {seconds:.1f} s.", responses=size)


def open_command(
    instrument: Annotated[str, typer.Argument(help="A questionnaire, such as learner, employer or expert.")],
    credential: Annotated[list[str], typer.Option(help="The credential it asks about, by slug; may be repeated.")],
    run: Annotated[str | None, typer.Option(help="The run (delivery) it is about.")] = None,
    mode: Annotated[str, typer.Option(help="link, kiosk, or pairs (a minute, pairs only).")] = "link",
    closes: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day, in UTC.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Languages offered; default: all there are.")] = None,
    local_questions: Annotated[
        Path | None, typer.Option(help="A TOML file with up to three questions of your own, asked at the end.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open a survey and print its slug and its address."""
    from feedback.store import catalogue, surveys
    from feedback.store.database import reading, transaction
    from feedback.survey.questionnaire import PAGES

    settings, engine = database()
    instruments = questionnaires()
    asked = _known_instrument(instrument, instruments)
    if mode == "pairs":
        asked, mode = _in_pairs(asked, instruments), "link"
    problems = [
        Problem("--language", f'"{code}" is not offered. Known: {", ".join(asked.languages)}.')
        for code in language or []
        if code not in asked.languages
    ]
    if mode not in ("link", "kiosk"):
        problems.append(Problem("--mode", f'"{mode}" is not known. Known: link, kiosk, pairs.'))
    if asked.pairs_question is not None and len(set(credential)) < 2:
        problems.append(Problem("--credential", f'"{asked.id}" asks about pairs: name two credentials or more.'))
    own, wrong = _own_questions(local_questions, asked, language or asked.languages)
    problems += wrong
    with reading(engine) as session:
        known = [each.slug for each in catalogue.read_credentials(session)]
        runs = [each.slug for each in catalogue.read_runs(session)]
        taken = {each.slug for each in surveys.read_surveys(session)}
    problems += [
        Problem("--credential", f'"{slug}" is not in the catalogue.{suggest(slug, known)}')
        for slug in credential
        if slug not in known
    ]
    if run is not None and run not in runs:
        problems.append(Problem("--run", f'"{run}" is not in the catalogue.{suggest(run, runs)}'))
    if closes is not None and closes.date() < datetime.now(UTC).date():
        problems.append(Problem("--closes", f"{closes:%Y-%m-%d} is past. Name today or a later day."))
    if problems:
        raise Refused(problems)
    name = asked.id.replace("_", "-")  # ids of questionnaires may hold what slugs may not
    stem = f"{name}-{credential[0]}" if len(credential) == 1 else name
    slug = next(each for each in _numbered(stem[:70]) if each not in taken)
    with transaction(engine) as session:
        surveys.open_survey(
            session,
            surveys.Survey(
                slug=slug,
                instrument=asked.id,
                version=asked.version,
                mode=mode,
                languages=list(language or asked.languages),
                opens=datetime.now(UTC).replace(microsecond=0),
                closes=closes.replace(hour=23, minute=59, second=59, tzinfo=UTC) if closes else None,
                zone="UTC",
                run=run,
                credentials=list(credential),
                local_questions=own,
                is_sample=False,
            ),
        )
    address = f"{settings.public_url.rstrip('/')}/{PAGES[asked.audience]}?survey={slug}"
    report(as_json, f"Open: {slug}\n{address}", survey=slug, address=address)


def doctor(as_json: AsJson = False) -> None:
    """Look whether everything needed is in place; exit 1 when something is not."""
    from feedback.settings import read_settings
    from feedback.store import catalogue, sample
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
    checks["minimum group"] = f"{settings.minimum_group} people, {settings.minimum_organisations} organisations"
    lines = [f"{name}: {value}" for name, value in checks.items()] + [f"WRONG: {each}" for each in wrong]
    report(as_json, "\n".join(lines), checks=checks, wrong=wrong)
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


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1

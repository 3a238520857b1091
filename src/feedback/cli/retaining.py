"""`feedback retention …` and `feedback notice …`: how long answers are kept, and what people are told before they
answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.acting import who
from feedback.cli.console import AsJson, bar, database, questionnaires, report
from feedback.errors import Problem, Refused

if TYPE_CHECKING:
    from feedback.store.retention import Clock, Erased

FOR_GOOD = "never"
SurveySlug = Annotated[str, typer.Argument(metavar="SURVEY", help="The survey, by its slug: see feedback surveys.")]
OfSurvey = Annotated[str, typer.Option(help="Of this survey; without it, of all that have none of their own.")]


def show_command(as_json: AsJson = False) -> None:
    """Show the clock of every survey: when comments go, when answers go, and what is held."""
    from feedback.store import retention
    from feedback.store.database import reading

    _, engine = database()
    with reading(engine) as session:
        found, terms = retention.clocks(session), retention.read_terms(session)
    engine.dispose()
    term = terms[retention.EVERY]
    lines = [
        f"Where nothing else is set: comments {term.comments_months} months, answers {_months(term.answers_months)}."
    ]
    report(as_json, "\n".join([*lines, *map(_line, found)]), surveys=[_facts(each) for each in found])


def set_command(
    survey: Annotated[str, typer.Argument(metavar="[SURVEY]", help="The survey; without it, all others.")] = "",
    comments_months: Annotated[int, typer.Option(help="Months after the close until comments go.")] = 24,
    answers_months: Annotated[str, typer.Option(help="Months until answers go as well, or never.")] = FOR_GOOD,
    as_json: AsJson = False,
) -> None:
    """Set how long comments and answers are kept. It takes hold a week later; until then it can be put right."""
    from feedback.store import retention
    from feedback.store.database import reading, transaction

    if answers_months != FOR_GOOD and not answers_months.isdecimal():
        raise Refused([Problem("--answers-months", f'is "{answers_months[:40]}". Write a number of months, or never.')])
    months = None if answers_months == FOR_GOOD else int(answers_months[:9])
    _, engine = database()
    with transaction(engine) as session:
        retention.set_terms(session, survey, comments_months, months, by=who())
    with reading(engine) as session:
        found = [each for each in retention.clocks(session) if survey in ("", each.survey.slug)]
    engine.dispose()
    words = f"Comments are kept {comments_months} months after the close, answers {_months(months)}."
    if not survey:
        words += " Surveys people have answered keep the shorter time they were told."
    report(as_json, "\n".join([words, *map(_line, found)]), surveys=[_facts(each) for each in found])


def hold_command(
    survey: SurveySlug,
    reason: Annotated[str, typer.Option(help="Why nothing may be erased, as: a complaint is heard.")],
    as_json: AsJson = False,
) -> None:
    """Let nothing of a survey be erased by schedule until the hold is lifted."""
    from feedback.store import retention
    from feedback.store.database import transaction

    _, engine = database()
    with transaction(engine) as session:
        retention.hold(session, survey, reason, by=who())
    engine.dispose()
    report(as_json, f"Held: {survey}. Who holds a receipt can still take their answers back.", survey=survey, held=True)


def lift_command(survey: SurveySlug, as_json: AsJson = False) -> None:
    """Lift a hold: the clock of the survey counts again."""
    from feedback.store import retention
    from feedback.store.database import transaction

    _, engine = database()
    with transaction(engine) as session:
        retention.lift(session, survey, by=who())
    engine.dispose()
    report(as_json, f"No longer held: {survey}.", survey=survey, held=False)


def run_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what is due now, as the worker does once a day; with --dry-run only tell what it would be."""
    from feedback.analysis.comments.voices import count_voices
    from feedback.store import releases, retention
    from feedback.store.database import reading, transaction
    from feedback.store.shuffling import clear_away

    _, engine = database()
    instruments = questionnaires()
    if dry_run:
        with reading(engine) as session:
            found = retention.would_go(session, instruments)
    else:
        found = retention.run(lambda: transaction(engine), instruments, who())
        if found:
            with bar("Counting again") as advance:
                releases.rebuild(engine, instruments, count_voices, advance)
            clear_away(engine)
    engine.dispose()
    lines = [_gone(each, dry_run) for each in found] or ["Nothing is due."]
    facts = [{"survey": each.survey, "what": each.what, "about": each.least} for each in found]
    report(as_json, "\n".join(lines), erased=facts, dry_run=dry_run)


def notice_set_command(
    file: Annotated[Path, typer.Option(help="A TOML file with a table for each language: see the guide on privacy.")],
    survey: OfSurvey = "",
    as_json: AsJson = False,
) -> None:
    """Set what people are told before they answer: who asks, why, on what ground, who reads it. Versions are kept."""
    from feedback.store.database import transaction
    from feedback.store.notices import set_notice
    from feedback.survey.notice import read_notice_file

    texts = read_notice_file(file)
    _, engine = database()
    with transaction(engine) as session:
        version = set_notice(session, texts, by=who(), survey=survey)
    engine.dispose()
    languages = sorted(texts)
    words = f"Version {version} stands, in {', '.join(languages)}. Forms show it within seconds."
    report(as_json, words, survey=survey, version=version, languages=languages)


def notice_show_command(
    survey: OfSurvey = "",
    language: Annotated[str, typer.Option(help="The language of the form.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Show the notice as a form shows it, and the versions there were."""
    from feedback.store import notices
    from feedback.store.database import reading
    from feedback.survey.notice import in_language, items

    _, engine = database()
    with reading(engine) as session:
        standing, every = notices.standing(session, survey), notices.versions(session, survey)
    engine.dispose()
    notice = in_language(standing, language)
    if notice is None:
        raise Refused([Problem("notice", "none is set. Write one (docs/guide/privacy.md), then: feedback notice set")])
    lines = [f"{title}: {text}" for title, text in items(notice)]
    lines += [f"Version {number}, {code}, since {since}: {digest[:12]}" for number, code, since, digest in every]
    report(as_json, "\n".join(lines), version=notice.version, language=notice.language, text=dict(notice.text))


def _months(months: int | None) -> str:
    return "for good, counted and without a name" if months is None else f"{months} months"


def _line(clock: "Clock") -> str:
    """A survey and its clock."""
    if clock.survey.is_sample:
        return f"{clock.survey.slug}: of the sample, which goes as a whole"
    if clock.closed_on is None:
        return f"{clock.survey.slug}: not closed, nothing goes"
    held = f"; HELD since {clock.hold.set_on}: {clock.hold.reason}" if clock.hold else ""
    answers = clock.answers_on or "never"
    return f"{clock.survey.slug}: closed {clock.closed_on}, comments go {clock.comments_on}, answers go {answers}{held}"


def _facts(clock: "Clock") -> dict[str, object]:
    return {
        "survey": clock.survey.slug,
        "sample": clock.survey.is_sample,
        "closed_on": clock.closed_on,
        "comments_on": clock.comments_on,
        "answers_on": clock.answers_on,
        "comments_months": clock.term.comments_months,
        "answers_months": clock.term.answers_months,
        "held": clock.hold.reason if clock.hold else None,
    }


def _gone(erased: "Erased", dry_run: bool) -> str:
    from feedback.store.standing import in_words

    done = "would go" if dry_run else "went"
    return f"{erased.survey}: {erased.what} of {in_words(erased.least)} answers {done}"

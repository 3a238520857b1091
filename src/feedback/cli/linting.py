"""`feedback lint`: look over a questionnaire before anybody is asked, and what its answers are merged by."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.console import REFUSED, AsJson, complain, report
from feedback.errors import FeedbackError

if TYPE_CHECKING:
    from feedback.survey.lint import Report


def lint_command(
    file: Annotated[Path, typer.Argument(help="A questionnaire beside its scales.toml; changes.toml; watched.toml.")],
    against: Annotated[Path | None, typer.Option(help="An older version of it: did ids keep their meaning?")] = None,
    as_json: AsJson = False,
) -> None:
    """Look a questionnaire over: time, wording, reading, languages, dead branches. Exit 1 when something is wrong.

    changes.toml and watched.toml, too: whether all they name is asked.
    """
    from feedback.survey.lint import lint_file
    from feedback.worker.merging import FILES, wrong_in

    if file.name in FILES and file.exists():
        topics, remarks = _own_topics()
        wrong = wrong_in(file, topics)
        lines = [f"error: {problem}" for problem in wrong] or ["nothing found."]
        report(as_json, "\n".join(lines), errors=[str(problem) for problem in wrong], remarks=remarks)
        if not as_json:
            for remark in remarks:
                complain(remark)
        if wrong:
            raise typer.Exit(REFUSED)
        return
    found = lint_file(file, against)
    report(as_json, _words(found), **found.facts())
    if found.errors:
        raise typer.Exit(REFUSED)


def _own_topics() -> tuple[list[str], list[str]]:
    """The topics the institution keeps beside those that ship, none where there is no database yet; and why they could
    not be read, where there is one."""
    from sqlalchemy.exc import DBAPIError

    from feedback.settings import SQLITE, read_settings
    from feedback.store.database import open_database, reading
    from feedback.store.migrate import schema_state
    from feedback.store.topics import read_topics

    url = read_settings().database_url
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE).partition("?")[0]).exists():
        return [], []
    try:
        engine = open_database(url)
        if (state := schema_state(engine)) == "current":
            with reading(engine) as session:
                return [topic.id for topic in read_topics(session)], []
        if state == "empty":
            return [], []
        reason = f"The tables of the database are {state} than this program."
    except FeedbackError as error:
        reason = str(error)
    except DBAPIError:
        reason = "The database stopped answering."
    return [], [f"Only topics that ship are known here, none of your own. {reason}"]


def _words(found: "Report") -> str:
    from feedback.survey.effort import ASSUMPTIONS
    from feedback.survey.readability import LIMITS

    lines = [str(finding) for finding in found.findings] or ["nothing found."]
    for language, times in found.efforts.items():
        said = ", ".join(
            f"{name} {path.seconds / 60:.1f} min ({path.questions:g} questions)"
            for name, path in (("shortest", times.shortest), ("typical", times.typical), ("longest", times.longest))
        )
        lines.append(f"time, {language}: {said}")
    for each in found.reading:
        ease = f"ease {each.ease:g} ({each.formula})" if each.ease is not None else "no formula"
        lines.append(
            f"reading, {each.language}: {each.words} words, {each.words_a_sentence:g} a sentence, "
            f"{each.letters_a_word:g} letters a word, {ease}"
        )
    if found.efforts:
        lines += ["estimated, not measured:", *(f"  {each}" for each in (*ASSUMPTIONS, LIMITS))]
    return "\n".join(lines)

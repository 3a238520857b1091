"""`feedback lint`: look a questionnaire over before anybody is asked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.console import REFUSED, AsJson, report

if TYPE_CHECKING:
    from feedback.survey.lint import Report


def lint_command(
    file: Annotated[Path, typer.Argument(help="The questionnaire, beside its scales.toml.")],
    against: Annotated[Path | None, typer.Option(help="An older version of it: did ids keep their meaning?")] = None,
    as_json: AsJson = False,
) -> None:
    """Look a questionnaire over: time, wording, reading, languages, dead branches. Exit 1 when something is wrong."""
    from feedback.survey.lint import lint_file

    found = lint_file(file, against)
    report(as_json, _words(found), **found.facts())
    if found.errors:
        raise typer.Exit(REFUSED)


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

"""Read the kinds of credential that come along with the program."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from feedback.catalogue.values import CredentialKind
from feedback.errors import Problem, Refused


def read_credential_kinds(path: Path) -> list[CredentialKind]:
    """The kinds in a file of `[[kinds]]`, each with `slug`, and `name` and `meaning` by language code ("en" required).

    Raises Refused with every problem of the file.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("kinds", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused([Problem(path.name, f"is not a TOML file in UTF-8: {error}.")]) from None
    kinds: dict[str, CredentialKind] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        slug = str(entry.get("slug", ""))
        where = f'{path.name}, kind "{slug}"' if slug else f"{path.name}, kind {number}"
        names, meanings = entry.get("name", {}), entry.get("meaning", {})
        if not isinstance(names, dict) or not isinstance(meanings, dict) or not names.get("en"):
            problems.append(Problem(where, 'name and meaning are tables by language, and the name in "en" is needed.'))
            continue
        if slug in kinds:
            problems.append(Problem(where, "stands twice; a slug names one kind only."))
            continue
        try:
            kinds[slug] = CredentialKind(
                slug=slug, name=names["en"], meaning=meanings.get("en", ""), names=names, meanings=meanings
            )
        except ValidationError as error:
            problems += [
                Problem(where, f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg'].removeprefix('Value error, ')}.")
                for wrong in error.errors()
            ]
    if problems:
        raise Refused(problems)
    return list(kinds.values())

"""The notice people read before they answer: who asks, why, on what ground, who reads it, how long it is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from feedback.errors import Problem, Refused, suggest
from feedback.survey.checked_toml import read_toml
from feedback.survey.steps import apart
from feedback.survey.text import Wrong, clean_text
from feedback.survey.wording import FALLBACK, languages, word

NEEDED = ("controller", "contact", "why", "basis", "who_reads", "rights", "complaint", "help")
"""What every notice says: who answers for it and how to reach them, what for, on what legal ground, who reads what is
written, the rights of whoever answers, where to complain, and who helps."""
MAY = ("dpo", "minors")
"""What it may say besides: the data protection officer, and what holds for whoever is under age."""
FIELDS = ("controller", "contact", "dpo", "why", "basis", "who_reads", "rights", "complaint", "help", "minors")
BASES = ("public_task", "legitimate_interest", "consent")
"""Grounds there are words for in every language; others are said in words of one's own."""
MOST_BYTES = 5000
"""So long may a notice be in one language: the form has to open on a bad line, too."""


@dataclass(frozen=True)
class Notice:
    """A notice as it stands. survey: "" where it is the institution's. text: by FIELDS. since: the first day of this
    version. comments_months, answers_months: how long what is written and what is chosen is kept after the close (None:
    for good)."""

    survey: str
    language: str
    version: int
    text: Mapping[str, str]
    digest: str
    since: date
    comments_months: int
    answers_months: int | None


def in_language(notices: Mapping[str, Notice], language: str) -> Notice | None:
    """The notice in a language, in English where it is not said in it; None where there is none."""
    return notices.get(language) or notices.get(FALLBACK)


def items(notice: Notice) -> list[tuple[str, str]]:
    """What a notice says, as titles and texts, all in its own language; the last says which version it is."""
    language = notice.language

    def said(name: str) -> str:
        text = notice.text[name]
        return word(f"notice.{text}", language) if name == "basis" and text in BASES else text

    lines = [(name, said(name)) for name in FIELDS if notice.text.get(name)]
    place = 1 + next(at for at, (name, _) in enumerate(lines) if name == "who_reads")
    made = [("retention", kept(notice)), ("program", word("notice.by_program", language))]
    which = ("more", word("notice.version", language, version=notice.version, day=apart(f"{notice.since}", language)))
    return [(word(f"notice.{name}", language), text) for name, text in (*lines[:place], *made, *lines[place:], which)]


def kept(notice: Notice) -> str:
    """How long what people say is kept, in the language of the notice."""
    language = notice.language
    comments = word("notice.comments_kept", language, months=notice.comments_months)
    if notice.answers_months is None:
        return f"{comments} {word('notice.answers_stay', language)}"
    return f"{comments} {word('notice.answers_kept', language, months=notice.answers_months)}"


def read_notice_file(path: Path) -> dict[str, dict[str, str]]:
    """The notices of a file by language: tables of FIELDS. Raises Refused with everything that is wrong in it."""
    raw = read_toml(path)
    texts, problems = checked(raw, path.name)
    if problems:
        raise Refused(problems)
    return texts


def checked(raw: Mapping[str, object], where: str) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """Notices as they are kept, and what is wrong with them. raw: by language, a table of FIELDS."""
    texts: dict[str, dict[str, str]] = {}
    problems = [Problem(where, f"has no table [{FALLBACK}]: it is what others fall back to.")] * (FALLBACK not in raw)
    for language, table in raw.items():
        at = f"{where}, [{language}]"
        if language not in languages() or not isinstance(table, Mapping):
            problems.append(Problem(at, f"is no language of the form. Known: {', '.join(languages())}."))
            continue
        fields = {str(name): said for name, said in table.items()}
        unknown = [name for name in fields if name not in FIELDS]
        problems += [
            Problem(at, f'"{name}" is not known.{suggest(name, FIELDS)} Known: {", ".join(FIELDS)}.')
            for name in unknown
        ]
        problems += [Problem(at, f'"{name}" is missing.') for name in NEEDED if not fields.get(name)]
        texts[language], wrong = _cleaned({name: fields[name] for name in FIELDS if fields.get(name)}, at)
        problems += wrong
    return texts, problems


def _cleaned(fields: Mapping[str, object], at: str) -> tuple[dict[str, str], list[Problem]]:
    texts: dict[str, str] = {}
    problems = []
    for name, raw in fields.items():
        text = clean_text(raw, MOST_BYTES)
        if isinstance(text, Wrong):
            problems.append(Problem(at, f'"{name}" must be a text of at most {MOST_BYTES:,} characters.'))
        else:
            texts[name] = text
    size = _size(texts.values())
    if size > MOST_BYTES:
        problems.append(Problem(at, f"is {size:,} bytes long; at most {MOST_BYTES:,}, so that the form opens quickly."))
    return texts, problems


def _size(texts: Iterable[str]) -> int:
    return sum(len(text.encode()) for text in texts)

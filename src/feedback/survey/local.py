"""Questions of a programme's own: up to three beside the locked core, asked at its end, never mixed with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from feedback.errors import Problem, Refused
from feedback.settings import data_folder
from feedback.survey.checked_toml import Table, read_toml
from feedback.survey.conditions import read_rule
from feedback.survey.instrument import read_question
from feedback.survey.questionnaire import Instrument, Question, Section
from feedback.survey.scales import FILE as SCALES_FILE
from feedback.survey.scales import Scales, read_scales
from feedback.survey.wording import languages, word

SECTION = CONSTRUCT = "local"
PREFIX = "local_"
MOST = 3
NOT_HERE = ("record", "first_for", "required", "construct", "since", "block")

Raw = Mapping[str, Any]


def read_local_questions(path: Path, instrument: Instrument, offered: Sequence[str]) -> list[dict[str, Any]]:
    """Read a file of local questions for a survey with this instrument, offered in these languages.

    The file has `languages` and one to three [[questions]] in the instrument's own format, each with
    section = "local" and an id that begins with "local_". A condition may look at questions of the core.
    Returns the tables as a survey keeps them (Survey.local_questions). Raises Refused with every problem.
    """
    top = Table(read_toml(path), path.name)
    top.only(("languages", "questions"))
    top.languages = top.words("languages", known=languages(), what="language") or ()
    for code in offered:
        if code not in top.languages:
            top.note(f'languages lacks "{code}", which the survey offers. Word every question in it, too.')
    tables = top.tables("questions", "question", needed=True)
    if len(tables) > MOST:
        top.note(f"there are {len(tables)} questions. At most {MOST}, so that the form stays short.")
    _read(tables, instrument, _scales())
    if top.problems:
        raise Refused(top.problems)
    return [dict(table.raw) for table in tables]


def with_local(instrument: Instrument, questions: Sequence[Raw]) -> Instrument:
    """The instrument as a survey asks it: its core, then the survey's local questions; itself when there are none.

    Raises Refused when they no longer fit (the core has changed since).
    """
    if not questions:
        return instrument
    problems: list[Problem] = []
    tables = [
        Table(dict(raw), f'local question "{raw.get("id", number)}"', problems, _languages_of(raw))
        for number, raw in enumerate(questions, start=1)
    ]
    read = _read(tables, instrument, _scales())
    if problems:
        raise Refused(problems)
    title = {code: word("form.local_title", code) for code in languages()}
    return replace(
        instrument, sections=(*instrument.sections, Section(SECTION, title)), questions=(*instrument.questions, *read)
    )


def _read(tables: Sequence[Table], instrument: Instrument, scales: Scales) -> list[Question]:
    taken = set(instrument.by_id)
    before = dict(instrument.by_id)
    read: list[Question] = []
    for table in tables:
        for key in NOT_HERE:
            if key in table.raw:
                table.note(f"{key} may not be said of a local question.")
        raw = {"construct": CONSTRUCT, **{key: value for key, value in table.raw.items() if key not in NOT_HERE}}
        inner = Table(raw, table.where, table.problems, table.languages)
        name = inner.id(taken)
        if not name.startswith(PREFIX):
            inner.note(f'id "{name}" must begin with "{PREFIX}", as in "{PREFIX}{name}".')
        inner.word("section", known=(SECTION,))
        question = read_question(inner, name, SECTION, instrument.subjects == "one", scales)
        every = {**before, **{each.id: each for each in read}}
        question = replace(question, show_if=read_rule(inner, every, every))
        read.append(question)
    return read


def _languages_of(raw: Raw) -> tuple[str, ...]:
    text = raw.get("text")
    return tuple(text) if isinstance(text, Mapping) else ()


@lru_cache(maxsize=1)
def _scales() -> Scales:
    return read_scales(data_folder() / "instruments" / SCALES_FILE)

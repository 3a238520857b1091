"""Looks a questionnaire over: time, wording, reading, translations, dead branches, and ids that changed their meaning.

What the reader of files refuses is an error here, too. An error must be mended before people are asked; a warning is
something to look at, and may be right as it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from feedback.errors import Refused
from feedback.survey.effort import ASSUMPTIONS, Branches, Efforts, branches, efforts, rules_of
from feedback.survey.instrument import read_instrument
from feedback.survey.questionnaire import Instrument, Question
from feedback.survey.readability import (
    HARD,
    LIMITS,
    MOST_WORDS_A_SENTENCE,
    Readability,
    longest_sentence,
    readability,
)
from feedback.survey.routing import looks_at
from feedback.survey.text import Text
from feedback.survey.wording import languages

ERROR, WARNING = "error", "warning"
TYPO = 0.88
"""From this likeness on (0 to 1), a changed wording may be a mended typo."""
OVER = 1.25
"""Even the shortest path must not take more than so many times the minutes promised."""
SLACK_MINUTES = 1.0
"""By so much an estimate may be over what is promised before it is an error: it is not measured."""
ALONE = re.compile(r"(none|nothing|no|nowhere)(_yet|_of_.+)?")
"""Ids of options that say "none of these": they cannot be ticked beside another."""
JOINED = {
    "en": re.compile(r"\b(?:and|or|as well as|but also)\b|&", re.IGNORECASE),
    "es": re.compile(r"\b(?:y|e|o|u|así como|pero también)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:und|oder|sowie|aber auch)\b", re.IGNORECASE),
    "ar": re.compile(r"(?<!\w)(?:أو|وكذلك|وأيضًا)(?!\w)"),
}
"""What joins two things in one wording. Arabic "and" is written onto the next word, so that only "or" and "as well"
are seen there."""

SPECIAL = {
    "en": re.compile(
        r"\b(?:your health|illness|disabilit|ethnic|racial|religio|sexual|political (?:view|opinion)|trade union)",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:su salud|tu salud|enfermedad|discapacidad|étnic|racial|religi|sexual|opinión política|sindica)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:Ihre Gesundheit|Krankheit|Behinderung|ethnisch|Religion|religiös|sexuell|politische Meinung|Gewerkschaft)",
        re.IGNORECASE,
    ),
    "ar": re.compile(r"(?:صحتك|مرضك|إعاقة|عرقي|ديانة|دينية|الميول الجنسية|آراؤك السياسية|نقابة)"),
}
"""What asks for data of a special category (Article 9 GDPR), as far as words tell."""


@dataclass(frozen=True)
class Finding:
    """One thing found: how much it matters, where it stands, what kind it is, and a sentence on what to do."""

    severity: str
    where: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message}"


@dataclass(frozen=True)
class Report:
    """Everything found in one questionnaire; efforts and reading by language. efforts None when it cannot be read."""

    file: str
    findings: tuple[Finding, ...]
    efforts: Mapping[str, Efforts]
    reading: tuple[Readability, ...] = ()
    promised: float | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended."""
        return tuple(finding for finding in self.findings if finding.severity == ERROR)

    def facts(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {
            "file": self.file,
            "errors": len(self.errors),
            "findings": [asdict(finding) for finding in self.findings],
            "minutes_promised": self.promised,
            "seconds": {language: asdict(each) for language, each in self.efforts.items()},
            "reading": [asdict(each) for each in self.reading],
            "assumptions": [*ASSUMPTIONS, LIMITS],
        }


def lint_file(path: Path, against: Path | None = None) -> Report:
    """Look a file over, and compare it with an older version of itself when one is given. Never raises Refused."""
    try:
        instrument = read_instrument(path)
        old = read_instrument(against) if against else None
    except Refused as refused:
        found = tuple(Finding(ERROR, each.where, "refused", each.message) for each in refused.problems)
        return Report(path.name, found, {})
    return lint(instrument, old, file=path.name)


def lint(instrument: Instrument, old: Instrument | None = None, *, file: str = "") -> Report:
    """Look a questionnaire over. old: an earlier version of it, to see whether ids kept their meaning."""
    times = {language: efforts(instrument, language) for language in instrument.languages}
    reading = tuple(readability(_prose(instrument, language), language) for language in instrument.languages)
    every = branches(instrument)
    findings = (
        *_too_long(instrument, times),
        *_never_asked(every),
        *_dead_ends(instrument, every),
        *_two_in_one(instrument),
        *_special(instrument),
        *_not_alone(instrument),
        *_hard_to_read(instrument, reading),
        *_translations(instrument),
        *(changed_meanings(instrument, old) if old else ()),
    )
    ordered = sorted(findings, key=lambda finding: finding.severity)
    return Report(file or f"{instrument.id}.toml", tuple(ordered), times, reading, instrument.minutes)


# --- time and branches -----------------------------------------------------------------------------------------------


def _too_long(instrument: Instrument, times: Mapping[str, Efforts]) -> Iterator[Finding]:
    if instrument.minutes is None:
        if not instrument.import_only:
            yield Finding(WARNING, "minutes", "no_minutes", "say how many minutes it takes; people want to know.")
        return
    shortest = min(each.shortest.seconds for each in times.values()) / 60
    typical = max(each.typical.seconds for each in times.values()) / 60
    promised = f"{instrument.minutes:g} min are promised"
    if shortest > max(OVER * instrument.minutes, instrument.minutes + SLACK_MINUTES):
        said = f"{promised}, and even the shortest way takes about {shortest:.1f}. Ask less, or promise more."
        yield Finding(ERROR, "minutes", "over_long", said)
    elif typical > instrument.minutes:
        said = f"{promised}; a typical way takes about {typical:.1f} (an estimate, see its assumptions)."
        yield Finding(WARNING, "minutes", "over_long", said)


def _never_asked(every: tuple[Branches, ...]) -> Iterator[Finding]:
    for branch in every:
        opened = frozenset().union(*(shown for shown, _ in branch.shown))
        for name in branch.questions:
            if name in opened:
                continue
            where = f'question "{name}"'
            if branch.whole:
                said = "no answers let it be asked: its conditions, or its section's, can never hold together."
                yield Finding(ERROR, where, "unreachable", said)
            else:
                said = "none of the answers tried let it be asked; there are too many to try them all."
                yield Finding(WARNING, where, "unreachable", said)


def _dead_ends(instrument: Instrument, every: tuple[Branches, ...]) -> Iterator[Finding]:
    """Answers after which nothing is asked any more, though other answers lead on."""
    order = [question.id for question in instrument.questions]
    always = {name for branch in every for name in frozenset.intersection(*(shown for shown, _ in branch.shown))}
    always -= {question.id for question in instrument.questions if question.block}
    for branch in every:
        looked = {name for each in branch.questions for name in looks_at(rules_of(instrument, instrument.by_id[each]))}
        for name in sorted(looked, key=order.index):
            later = order[order.index(name) + 1 :]
            if any(each in always for each in later):
                continue
            opened: dict[str, set[str]] = {}
            for shown, answers in branch.shown:
                if name in shown:
                    opened.setdefault(str(answers.get(name)), set()).update(each for each in later if each in shown)
            if any(opened.values()):
                for answer in (answer for answer, following in opened.items() if not following and answer != "None"):
                    said = f'after the answer "{answer}" nothing more is asked. Is that meant?'
                    yield Finding(WARNING, f'question "{name}"', "dead_end", said)


# --- wording ---------------------------------------------------------------------------------------------------------


def _two_in_one(instrument: Instrument) -> Iterator[Finding]:
    """Two things rated with one answer. Only what is rated: a list of options may well say "and"."""
    for question in instrument.questions:
        rated = [(f'question "{question.id}"', question.text)] if question.kind == "scale" else []
        if question.kind == "grid":
            rated = [(f'question "{question.id}", item "{item.id}"', item.text) for item in question.items]
        for where, text in rated:
            found = {language: joined for language in text if (joined := _joint(text[language], language))}
            if found:
                said = ", ".join(f'{language} "{joined}"' for language, joined in found.items())
                yield Finding(
                    WARNING, where, "two_in_one",
                    f"two things may be rated with one answer ({said}). If one may hold without the other, ask twice.",
                )  # fmt: skip


def _joint(wording: str, language: str) -> str:
    """The words around what joins two things, "" when nothing does."""
    found = JOINED[language].search(wording) if language in JOINED else None
    if not found:
        return ""
    before, after = wording[: found.start()].split(), wording[found.end() :].split()
    return " ".join([*before[-1:], found[0], *after[:1]]) if before and after else ""


def _special(instrument: Instrument) -> Iterator[Finding]:
    """Questions about health, origin, belief, orientation or a union: off unless somebody decides otherwise."""
    for question in instrument.questions:
        for language, text in question.text.items():
            found = SPECIAL[language].search(text) if language in SPECIAL else None
            if found:
                yield Finding(
                    WARNING,
                    f'question "{question.id}"',
                    "special_category",
                    f'seems to ask for data of a special category ("{found[0]}"). It needs explicit consent and groups '
                    "of ten or more; better leave it out. See docs/guide/privacy.md.",
                )
                break


def _not_alone(instrument: Instrument) -> Iterator[Finding]:
    for question in instrument.questions:
        if question.kind != "several":
            continue
        for option in question.options:
            if ALONE.fullmatch(option.id) and not option.exclusive:
                said = "it seems to say that no other holds, and may be ticked beside one. Say exclusive = true."
                yield Finding(WARNING, f'question "{question.id}", option "{option.id}"', "not_exclusive", said)


def _hard_to_read(instrument: Instrument, reading: tuple[Readability, ...]) -> Iterator[Finding]:
    for each in reading:
        if each.ease is not None and each.ease < HARD:
            said = (
                f"hard to read: {each.ease:g} by {each.formula}, {each.words_a_sentence:g} words a sentence. {LIMITS}"
            )
            yield Finding(WARNING, f"language {each.language}", "hard_to_read", said)
    for question in instrument.questions:
        for language, wording in question.text.items():
            length = longest_sentence(wording)
            if length > MOST_WORDS_A_SENTENCE:
                said = f"{language}: a sentence of {length} words. Over {MOST_WORDS_A_SENTENCE}, many lose the thread."
                yield Finding(WARNING, f'question "{question.id}"', "long_sentence", said)


def _translations(instrument: Instrument) -> Iterator[Finding]:
    for language in languages():
        if language not in instrument.languages:
            said = f'there is no "{language}", which the interface speaks.'
            yield Finding(WARNING, "languages", "missing_language", said)
    for where, text in wordings(instrument):
        same: dict[str, list[str]] = {}
        for language, wording in text.items():
            same.setdefault(wording, []).append(language)
        for wording, shared in same.items():
            if len(shared) > 1 and len(wording.split()) > 2:
                said = f"the same words in {', '.join(shared)}. Is it translated?"
                yield Finding(WARNING, where, "untranslated", said)


def wordings(instrument: Instrument) -> Iterator[tuple[str, Text]]:
    """Every wording of a questionnaire with its place; scales aside, which questionnaires share."""
    heads = {"title": instrument.title, "introduction": instrument.introduction, "readers": instrument.readers}
    yield from ((name, text) for name, text in {**heads, "anonymity": instrument.anonymity}.items() if text)
    for section in instrument.sections:
        yield f'section "{section.id}"', section.title
    for question in instrument.questions:
        where = f'question "{question.id}"'
        yield where, question.text
        if question.help:
            yield f"{where}, help", question.help
        for option in question.options:
            yield f'{where}, option "{option.id}"', option.label
        for item in question.items:
            yield f'{where}, item "{item.id}"', item.text


def _prose(instrument: Instrument, language: str) -> list[str]:
    """What is read as sentences: introduction and notices, wordings, helps, rows."""
    return [text[language] for where, text in wordings(instrument) if language in text and "option" not in where]


# --- identity across versions ----------------------------------------------------------------------------------------


def changed_meanings(new: Instrument, old: Instrument) -> tuple[Finding, ...]:
    """Where an id no longer means what it meant, so that a trend would mix two questions.

    A kind, a scale or a list of options that changed needs a new version, and a new kind or scale a new id. A wording
    that changed beyond a typo needs a new version, and `since` that version. What is new or gone is no finding, but
    for a version.
    """
    found: list[Finding] = []
    newer = new.version > old.version
    if new.id != old.id:
        said = f'this is "{new.id}", the older file "{old.id}"; questions of the same id are compared all the same.'
        found.append(Finding(WARNING, "id", "another_instrument", said))
    if new.version < old.version:
        said = f"version {new.version} is below {old.version}, the version of the older file."
        found.append(Finding(ERROR, "version", "older_version", said))
    for question in new.questions:
        before = old.by_id.get(question.id)
        if before is None:
            if not newer:
                said = f"it is new; give the questionnaire version {old.version + 1}."
                found.append(Finding(ERROR, f'question "{question.id}"', "no_new_version", said))
        else:
            found += _changed(question, before, new, old)
    for name in old.by_id.keys() - new.by_id.keys() if not newer else ():
        said = f"it is gone; give the questionnaire version {old.version + 1}."
        found.append(Finding(ERROR, f'question "{name}"', "no_new_version", said))
    return tuple(found)


def _changed(question: Question, before: Question, new: Instrument, old: Instrument) -> Iterator[Finding]:
    where = f'question "{question.id}"'
    for what, now, then in (
        ("kind", question.kind, before.kind),
        ("scale", _scale_of(question), _scale_of(before)),
        ("construct", question.construct, before.construct),
    ):
        if now != then:
            said = f"its {what} was {then} and is {now}: another meaning. Give it an id of its own."
            yield Finding(ERROR, where, f"{what}_changed", said)
    newer = new.version > old.version
    for what, ids, ids_before in (
        ("options", question.option_ids, before.option_ids),
        ("rows", question.item_ids, before.item_ids),
    ):
        if set(ids) != set(ids_before) and not newer:
            gone, come = sorted(set(ids_before) - set(ids)), sorted(set(ids) - set(ids_before))
            said = f"its {what} changed (gone: {', '.join(gone) or 'none'}; new: {', '.join(come) or 'none'})."
            yield Finding(ERROR, where, "no_new_version", f"{said} Give the questionnaire version {old.version + 1}.")
    likeness = _likeness(question, before)
    if likeness >= TYPO:
        if likeness < 1:
            said = "its wording changed a little. A mended typo keeps its id and version; anything more does not."
            yield Finding(WARNING, where, "reworded", said)
    elif not newer:
        said = f"it is worded anew, in the same version. Give the questionnaire version {old.version + 1}."
        yield Finding(ERROR, where, "no_new_version", said)
    elif question.since != new.version:
        said = f"it is worded anew. If it still means the same, say since = {new.version}; if not, give it a new id."
        yield Finding(ERROR, where, "since_missing", said)


def _scale_of(question: Question) -> str:
    return f"{question.scale.id} {question.steps}" if question.scale else "none"


def _likeness(question: Question, before: Question) -> float:
    """How alike the wordings are, in the language that changed most of those both have."""
    shared = question.text.keys() & before.text.keys()
    return min((SequenceMatcher(None, question.text[each], before.text[each]).ratio() for each in shared), default=0.0)

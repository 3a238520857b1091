"""How long a questionnaire takes, estimated before anybody has answered: what it asks of people drawn by chance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from math import prod
from statistics import median
from typing import Any, NamedTuple

from feedback.survey.kinds import MOST_ASKED_PAIRS
from feedback.survey.questionnaire import ALL_PAIRS, AllOf, Condition, Instrument, Question, Rule
from feedback.survey.routing import AWARENESS, MOST_PAIRS, Asked, holds, items_of, looks_at, walk
from feedback.survey.setting import Subject, choose_setting, draw
from feedback.survey.text import Text, say

SECONDS_A_RATING = 5.0
SECONDS_A_CHOICE = 7.0
SECONDS_AN_OPEN_ANSWER = 25.0
SECONDS_A_LINE = 10.0
WORDS_A_SECOND = 238 / 60
"""Silent reading of ordinary prose in English. Source: Brysbaert (2019), Journal of Memory and Language 109, 104047."""
FASTEST = 2.0
"""Seconds an item that nobody keeps up who reads it. Source: Huang, Curran, Keeney, Poposki and DeShon (2012), Journal
of Business and Psychology 27, 99-114. It is a fifth of what a question takes by ASSUMPTIONS, its reading included."""
LEAST_ITEMS = 5
"""Of fewer the time says nothing."""
SHORT_LABEL = 4
SKILLS_ASSUMED, WORDS_OF_A_SKILL = 4, 3
WORDS_OF_FACTS = 30
PEOPLE = 200
"""So many people are drawn; the median of more moves by less than a tenth of a minute."""
SHARE_OF_OPEN = 0.5
MOST_TRIED = 20_000

ASSUMPTIONS = (
    f"{SECONDS_A_RATING:g} s a rating (row of a grid, scale, pair), {SECONDS_A_CHOICE:g} s a choice or number, "
    f"{SECONDS_A_LINE:g} s a line of text, {SECONDS_AN_OPEN_ANSWER:g} s an open answer",
    f"{WORDS_A_SECOND * 60:.0f} words a minute for wordings, helps, rows and the introduction; of an option or step "
    "the first four words are part of the seconds, the rest is read",
    "put again about the next credential, a question costs what a further row of a grid costs: its words were read",
    "with its reading a question by itself comes to 8 to 11 s; Pew Research Center (How we keep our online surveys "
    "from running too long, 2022) measured about 10",
    f"{PEOPLE} people, whose every answer that opens or closes something is drawn, each as likely as the next, and who "
    "get the parts of the form their draw gives",
    "shortest: the quickest of them with one credential, open questions read and left empty",
    "typical: the median of them, with as many credentials as a sitting takes, half of the open answers given",
    "longest: the slowest of them when everything is answered and the notices are read, too",
    "looking something up is not counted, as a reviewer does before rating",
    f"{SKILLS_ASSUMED} skills of {WORDS_OF_A_SKILL} words a credential where a question does not set fewer, "
    f"{WORDS_OF_FACTS} words of facts about a credential not heard of",
)


@dataclass(frozen=True)
class Effort:
    """One path: how many questions it puts, and how many seconds it takes in the reader's language."""

    questions: float
    seconds: float


@dataclass(frozen=True)
class Efforts:
    """The shortest, a typical, and the longest way through."""

    shortest: Effort
    typical: Effort
    longest: Effort


def efforts(instrument: Instrument, language: str = "en") -> Efforts:
    """Estimate the time of the three paths under ASSUMPTIONS."""
    opening = _reading(instrument.introduction, language)
    notices = _reading(instrument.readers, language) + _reading(instrument.anonymity, language)
    quick, usual = _ways(instrument, 1), _ways(instrument, instrument.maximum_subjects)
    shortest = min(_seconds(instrument, quick, language, 0))
    typical = median(_seconds(instrument, usual, language, SHARE_OF_OPEN))
    longest = max(_seconds(instrument, usual, language, 1))
    return Efforts(
        Effort(min(map(len, quick)), round(opening + shortest, 1)),
        Effort(median(map(len, usual)), round(opening + typical, 1)),
        Effort(max(map(len, usual)), round(opening + notices + longest, 1)),
    )


def seconds_of(
    question: Question,
    language: str = "en",
    *,
    rows: int | None = None,
    share_of_open: float = 1.0,
    again: bool = False,
) -> float:
    """How long one question takes once, reading it included.

    rows: how many are drawn of its grid, or of its pairs; None: as many as ASSUMPTIONS say. again: it was put about
    another credential before, so that its words are known.
    """
    drawn = _rows(question) if rows is None else rows
    reading = 0.0 if again else _wording(question, language)
    if question.items_from == "skills":
        reading += drawn * WORDS_OF_A_SKILL / WORDS_A_SECOND
    if question.kind in ("long_text", "short_text"):
        writing = SECONDS_AN_OPEN_ANSWER if question.kind == "long_text" else SECONDS_A_LINE
        return reading + writing * (1.0 if question.required else share_of_open)
    if question.kind in ("grid", "pair"):
        return reading + SECONDS_A_RATING * drawn
    if question.kind == "scale" or (question.kind == "one" and again):
        return reading + SECONDS_A_RATING
    if question.kind == "ranking":
        return reading + SECONDS_A_CHOICE * int(question.maximum or len(question.options))
    return reading + SECONDS_A_CHOICE * (2 if question.kind == "best_worst" else 1)


def is_too_fast(seconds: float, items: int) -> bool:
    """Whether a form was answered faster than it can be read: less than FASTEST seconds an item. A sign, no verdict.

    seconds: all the time it was open. items: what was answered, see `items_in`. False below LEAST_ITEMS, and for a time
    that cannot be (below 0, or not a number), as when a clock was set: then it is not known.

    >>> is_too_fast(30, 20), is_too_fast(40, 20), is_too_fast(1, 4), is_too_fast(-5, 20)
    (True, False, False, False)
    """
    return items >= LEAST_ITEMS and 0 <= seconds < FASTEST * items


def items_in(answers: Mapping[str, Any]) -> int:
    """How many items were answered: each row of a grid, each pair, and all else once for each credential.

    >>> items_in({"role": "recruiter", "wants": ["pay", "network"], "trust": {"data": {"tests": 4, "identity": 3}}})
    4
    """
    return sum(items_in(answer) if isinstance(answer, Mapping) else 1 for answer in answers.values())


def _rows(question: Question) -> int:
    """How many rows or pairs a question has where no sitting says."""
    if question.options_from == ALL_PAIRS:
        return min(int(question.maximum or MOST_ASKED_PAIRS), int(60 / SECONDS_A_RATING))
    if question.kind == "pair":
        return MOST_PAIRS
    return len(question.items) or min(question.maximum_items or SKILLS_ASSUMED, SKILLS_ASSUMED)


def _wording(question: Question, language: str) -> float:
    """The seconds it takes to read a question, its rows, and what its labels have beyond a few words."""
    labels = [option.label for option in question.options]
    labels += [step.label for step in question.scale.values] if question.scale else []
    beyond = sum(max(0, len(say(label, language).split()) - SHORT_LABEL) for label in labels)
    texts = (question.text, question.help, *(item.text for item in question.items))
    return beyond / WORDS_A_SECOND + sum(_reading(text, language) for text in texts)


def _reading(text: Text | None, language: str) -> float:
    return len(say(text, language).split()) / WORDS_A_SECOND if text else 0.0


# --- people drawn by chance ------------------------------------------------------------------------------------------

SUBJECTS = tuple(
    Subject(name, f"Credential {name}", skills=tuple((str(skill), "Skill") for skill in range(SKILLS_ASSUMED)))
    for name in "abcdefghij"
)


class Put(NamedTuple):
    """One question put to one person: with how many rows, whether for another time, and whether with facts."""

    question: str
    rows: int | None
    again: bool
    facts: bool


Way = tuple[Put, ...]


@lru_cache(maxsize=32)
def _ways(instrument: Instrument, subjects: int) -> tuple[Way, ...]:
    """What each of PEOPLE is asked about so many credentials."""
    rules = [rules_of(instrument, question) for question in instrument.questions]
    looked_at = frozenset().union(*map(looks_at, rules))
    values = {name: _values(instrument.by_id[name], rules) for name in looked_at}
    return tuple(_way(instrument, values, subjects, f"person {number}") for number in range(PEOPLE))


def _way(instrument: Instrument, values: Mapping[str, Sequence[Any]], subjects: int, seed: str) -> Way:
    setting = choose_setting(instrument, SUBJECTS[:subjects], seed, "en")
    put: list[Put] = []
    before: set[str] = set()

    def settle(place: Asked) -> Any:
        question, likely = place.question, values.get(place.question.id, (None,))
        answer = likely[draw(seed, f"{question.id} {place.slug}", len(likely))]
        rows = None if question.options_from == ALL_PAIRS else len(items_of(question, setting, place.subject, "en"))
        unheard = question.construct == AWARENESS and answer is not None and answer not in question.positive
        put.append(
            Put(question.id, rows, question.id in before, unheard and not (place.subject and place.subject.foil))
        )
        before.add(question.id)
        return answer

    for _ in walk(instrument, setting, settle):
        pass
    return tuple(put)


def _seconds(instrument: Instrument, ways: Iterable[Way], language: str, share_of_open: float) -> list[float]:
    """How long each way takes, the introduction left aside."""

    @cache
    def seconds(put: Put) -> float:
        facts = WORDS_OF_FACTS / WORDS_A_SECOND if put.facts else 0.0
        question = instrument.by_id[put.question]
        return facts + seconds_of(question, language, rows=put.rows, share_of_open=share_of_open, again=put.again)

    return [sum(map(seconds, way)) for way in ways]


# --- every branch ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Branches:
    """Questions that hang together by their conditions. shown: each set of questions that answers can open, with the
    answers that open it; whole: whether every combination was tried."""

    questions: tuple[str, ...]
    shown: tuple[tuple[frozenset[str], Mapping[str, Any]], ...]
    whole: bool


@lru_cache(maxsize=32)
def branches(instrument: Instrument) -> tuple[Branches, ...]:
    """The questions in groups that hang together by conditions, each with every set of them that answers can open.

    Of very many combinations of answers a fixed sample of MOST_TRIED is tried. Blocks do not count: each is drawn by
    somebody.
    """
    return tuple(_branch(instrument, group) for group in _groups(instrument))


def rules_of(instrument: Instrument, question: Question) -> Rule | None:
    """All that must hold for a question to be put: its section's condition and its own."""
    section = next(each for each in instrument.sections if each.id == question.section)
    both = tuple(rule for rule in (section.show_if, question.show_if) if rule is not None)
    return AllOf(both) if both else None


def _groups(instrument: Instrument) -> list[tuple[Question, ...]]:
    group = {question.id: question.id for question in instrument.questions}
    for question in instrument.questions:
        for other in looks_at(rules_of(instrument, question)):
            old, new = group[other], group[question.id]
            group = {name: new if home == old else home for name, home in group.items()}
    homes = dict.fromkeys(group.values())
    return [tuple(each for each in instrument.questions if group[each.id] == home) for home in homes]


def _branch(instrument: Instrument, group: Sequence[Question]) -> Branches:
    rules = {question.id: rules_of(instrument, question) for question in group}
    looked_at = frozenset().union(*map(looks_at, rules.values()))
    values = {each.id: _with_none(each, rules.values()) for each in group if each.id in looked_at}
    found: dict[frozenset[str], Mapping[str, Any]] = {}
    for combination in _combinations(list(values.values())):
        answers = dict(zip(values, combination, strict=True))
        known: dict[tuple[str, str | None], Any] = {}
        for question in group:
            if holds(rules[question.id], known, None):
                known[question.id, None] = answers.get(question.id)
        found.setdefault(frozenset(name for name, _ in known), answers)
    whole = prod(map(len, values.values())) <= MOST_TRIED
    return Branches(tuple(each.id for each in group), tuple(found.items()), whole)


def _combinations(values: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    if prod(map(len, values)) <= MOST_TRIED:
        yield from product(*values)
        return
    for place in range(max(map(len, values))):  # each value at least once
        yield tuple(each[place % len(each)] for each in values)
    for number in range(MOST_TRIED):
        yield tuple(each[draw(str(number), str(place), len(each))] for place, each in enumerate(values))


def _values(question: Question, rules: Iterable[Rule | None]) -> list[Any]:
    """Every answer that a condition can tell apart."""
    values: list[Any] = [*question.steps, *question.aside_ids]
    values += [[option] for option in question.option_ids] if question.kind == "several" else question.option_ids
    if question.kind == "number":
        bounds = {bound for rule in rules for bound in _bounds(rule, question.id)}
        near = {value for bound in bounds for value in (bound - 1, bound, bound + 1)}
        low, high = question.minimum or 0, question.maximum or 0
        values += sorted(value for value in near | {low, high} if low <= value <= high)
    return values or ["answered"]


def _with_none(question: Question, rules: Iterable[Rule | None]) -> list[Any]:
    """The same, and none where the question may be skipped."""
    return _values(question, rules) + ([] if question.required else [None])


def _bounds(rule: Rule | None, question: str) -> Iterator[float]:
    if isinstance(rule, Condition):
        if rule.question == question:
            yield from (bound for bound in (rule.at_most, rule.at_least) if bound is not None)
    elif rule is not None:
        for each in rule.conditions:
            yield from _bounds(each, question)

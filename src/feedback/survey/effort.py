"""How long a questionnaire takes, estimated from what it asks along each path, before anybody has answered it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from feedback.survey.kinds import MOST_ASKED_PAIRS
from feedback.survey.questionnaire import AllOf, Condition, Instrument, Question, Rule
from feedback.survey.routing import MOST_PAIRS, holds, looks_at
from feedback.survey.setting import draw
from feedback.survey.text import Text, say

SECONDS_A_RATING = 5.0
SECONDS_A_CHOICE = 7.0
SECONDS_AN_OPEN_ANSWER = 25.0
SECONDS_A_LINE = 10.0
WORDS_A_SECOND = 238 / 60
"""Silent reading of ordinary prose in English. Source: Brysbaert (2019), Journal of Memory and Language 109, 104047."""
SHORT_LABEL = 4
SKILLS_ASSUMED = 4
MOST_TRIED = 20_000

ASSUMPTIONS = (
    f"{SECONDS_A_RATING:g} s a rating (row of a grid, scale, pair), {SECONDS_A_CHOICE:g} s a choice or number, "
    f"{SECONDS_A_LINE:g} s a line of text, {SECONDS_AN_OPEN_ANSWER:g} s an open answer",
    f"{WORDS_A_SECOND * 60:.0f} words a minute for wordings, helps, rows and the introduction; of an option or step "
    "the first four words are part of the seconds, the rest is read",
    "shortest: one credential, the branch that asks least, open questions read and left empty",
    "typical: as many credentials as one sitting takes, the mean over all branches, every second open answer given",
    "longest: everything opens that can open together, everything is answered, the notices are read, too",
    "looking something up is not counted, as a reviewer does before rating",
    f"{SKILLS_ASSUMED} skills a credential where a question does not set fewer",
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


@dataclass(frozen=True)
class Branches:
    """Questions that hang together by their conditions. shown: each set of questions that answers can open, with the
    answers that open it; whole: whether every combination was tried."""

    questions: tuple[str, ...]
    shown: tuple[tuple[frozenset[str], Mapping[str, Any]], ...]
    whole: bool


def efforts(instrument: Instrument, language: str = "en") -> Efforts:
    """Estimate the time of the three paths under ASSUMPTIONS."""
    every = branches(instrument)
    notices = [instrument.readers, instrument.anonymity]
    opening = _reading(instrument.introduction, language)
    most = instrument.maximum_subjects

    def total(choose: str, subjects: int, share_of_open: float, before: float) -> Effort:
        count = seconds = 0.0
        for branch in every:
            costs = [
                _cost(instrument, shown, language, subjects=subjects, share_of_open=share_of_open)
                for shown, _ in branch.shown
            ]
            asked, took = {"least": min, "most": max}.get(choose, _mean)(costs, key=lambda cost: cost[1])
            count, seconds = count + asked, seconds + took
        return Effort(round(count, 1), round(seconds + before, 1))

    return Efforts(
        total("least", 1, 0.0, opening),
        total("mean", most, 0.5, opening),
        total("most", most, 1.0, opening + sum(_reading(text, language) for text in notices)),
    )


@lru_cache(maxsize=32)
def branches(instrument: Instrument) -> tuple[Branches, ...]:
    """The questions in groups that hang together by conditions, each with every set of them that answers can open.

    Groups do not look at each other, so that paths add up group by group. Of very many combinations a fixed sample of
    MOST_TRIED is tried.
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
    looked_at = {name for rule in rules.values() for name in looks_at(rule)}
    asked = [question for question in group if question.id in looked_at]
    values = [_values(question, rules.values()) for question in asked]
    found: dict[frozenset[str], Mapping[str, Any]] = {}
    for combination in _combinations(values):
        answers = dict(zip([question.id for question in asked], combination, strict=True))
        known: dict[tuple[str, str | None], Any] = {}
        shown = []
        for question in group:
            if holds(rules[question.id], known, None):
                shown.append(question.id)
                known[question.id, None] = answers.get(question.id)
        found.setdefault(frozenset(shown), answers)
    count = 1
    for each in values:
        count *= len(each)
    return Branches(tuple(each.id for each in group), tuple(found.items()), count <= MOST_TRIED)


def _combinations(values: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    count = 1
    for each in values:
        count *= len(each)
    if count <= MOST_TRIED:
        yield from product(*values)
        return
    for place in range(max(map(len, values))):  # each value at least once
        yield tuple(each[place % len(each)] for each in values)
    for number in range(MOST_TRIED):
        yield tuple(each[draw(str(number), str(place), len(each))] for place, each in enumerate(values))


def _values(question: Question, rules: Any) -> list[Any]:
    """Every answer that a condition can tell apart, and none where the question may be skipped."""
    values: list[Any] = [*question.steps, *question.aside_ids]
    values += [[option] for option in question.option_ids] if question.kind == "several" else question.option_ids
    if question.kind == "number":
        bounds = {bound for rule in rules for bound in _bounds(rule, question.id)}
        near = {value for bound in bounds for value in (bound - 1, bound, bound + 1)}
        low, high = question.minimum or 0, question.maximum or 0
        values += sorted(value for value in near | {low, high} if low <= value <= high)
    return [*(values or ["answered"]), *([] if question.required else [None])]


def _bounds(rule: Rule | None, question: str) -> Iterator[float]:
    if isinstance(rule, Condition):
        if rule.question == question:
            yield from (bound for bound in (rule.at_most, rule.at_least) if bound is not None)
    elif rule is not None:
        for each in rule.conditions:
            yield from _bounds(each, question)


def _mean(costs: Sequence[tuple[float, float]], key: Any = None) -> tuple[float, float]:
    return sum(cost[0] for cost in costs) / len(costs), sum(cost[1] for cost in costs) / len(costs)


def _cost(
    instrument: Instrument, shown: frozenset[str], language: str, *, subjects: int, share_of_open: float
) -> tuple[float, float]:
    count = seconds = 0.0
    for name in shown:
        times = subjects if name in instrument.repeated else 1
        count += times
        seconds += times * seconds_of(instrument.by_id[name], language, subjects, share_of_open)
    return count, seconds


def seconds_of(question: Question, language: str = "en", subjects: int = 1, share_of_open: float = 1.0) -> float:
    """How long one question takes once, reading it included."""
    reading = _reading(question.text, language) + _reading(question.help, language)
    labels = [option.label for option in question.options]
    labels += [step.label for step in question.scale.values] if question.scale else []
    reading += sum(max(0, len(say(label, language).split()) - SHORT_LABEL) for label in labels) / WORDS_A_SECOND
    if question.kind == "long_text":
        return reading + SECONDS_AN_OPEN_ANSWER * (1.0 if question.required else share_of_open)
    if question.kind == "short_text":
        return reading + SECONDS_A_LINE * (1.0 if question.required else share_of_open)
    if question.kind == "grid":
        rows = len(question.items) or min(question.maximum_items or SKILLS_ASSUMED, SKILLS_ASSUMED)
        return reading + rows * SECONDS_A_RATING + sum(_reading(item.text, language) for item in question.items)
    if question.kind == "scale":
        return reading + SECONDS_A_RATING
    if question.kind == "pair":
        return reading + SECONDS_A_RATING * _pairs_put(question, subjects)
    if question.kind == "ranking":
        return reading + SECONDS_A_CHOICE * int(question.maximum or len(question.options))
    return reading + SECONDS_A_CHOICE * (2 if question.kind == "best_worst" else 1)


def _pairs_put(question: Question, subjects: int) -> int:
    if question.options_from == "all_pairs":
        return min(int(question.maximum or MOST_ASKED_PAIRS), int(60 / SECONDS_A_RATING))
    return MOST_PAIRS if subjects > 1 else 1


def _reading(text: Text | None, language: str) -> float:
    return len(say(text, language).split()) / WORDS_A_SECOND if text else 0.0

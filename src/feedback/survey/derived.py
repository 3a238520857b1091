"""What a response says only by two of its answers together: made of each response, before people are counted.

Counting keeps no responses, so whatever joins two answers of one person has to be known before. What is derived reads
like one more question, of the kind "derived".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.survey.kinds import SAME, TABLE, Part
from feedback.survey.questionnaire import Instrument, Question
from feedback.survey.routing import bundles_of
from feedback.survey.setting import Setting, Subject

DERIVED = "derived"
"""The kind of what is derived."""
AWARENESS, RECOGNITION = "awareness", "recognition"
NEED, PERFORMANCE = "skill_need", "skill_performance"
AMONG_AWARE = "recognition_among_aware"
SHORTFALL = "skill_shortfall"
CHOSEN = "_chosen"
"""What is added to the construct of a question in pairs, or of best and worst, for what was chosen in numbers."""
TASK = "_task"
"""What is added to the construct of a question of best and worst for the whole of it: the set and both ends."""
UNAWARE = "never"
"""Who has never heard of a credential, where an awareness question does not say which options are positive."""
STRAIGHT = "straight_lined"
LEAST_ROWS = 3
"""Two equal answers of two say nothing."""
MIDDLE = 0.5
"""The score of the middle step; a performance below it falls short."""

Derive = Callable[[str, Any, Any], Part | None]


@dataclass(frozen=True)
class Derived:
    """One thing derived. question, construct, scale: as the answers table names it. repeated: said of each credential.

    first, second: the questions it is made of; without a second, of the first alone. by_item: of each row that both
    have, else of the answers as a whole. by_sitting: of the first together with which credentials the sitting was
    about, which then stand for the second answer. part: (row, first answer, second answer or None) -> the part, None
    where nothing follows from them. means: number -> (score, positive), as `part` gives them.
    """

    question: str
    construct: str
    scale: str
    repeated: bool
    first: str
    second: str | None
    by_item: bool
    part: Derive
    means: Callable[[float | None], tuple[float | None, bool | None]]
    by_sitting: bool = False

    def cases(self, answers: Mapping[str, Any], about: Sequence[str] = ()) -> Iterator[tuple[str, str, Any, Any]]:
        """What of the answers of one response `part` is to be asked about: (credential, item, first, second).

        about: the credentials of the sitting, in order. credential: "" where it is not asked of each. Nothing where one
        of the two was not answered.
        """
        first = answers.get(self.first)
        second = answers.get(self.second) if self.second else None
        if first is None or (self.second and second is None):
            return
        if self.by_sitting:
            if isinstance(first, TABLE):
                yield "", "", (first.get("best"), first.get("worst")), tuple(about)
            return
        if not self.repeated:
            yield from self._of("", first, second)
            return
        for credential, value in first.items():
            other = second.get(credential) if second is not None else None
            if self.second is None or other is not None:
                yield from self._of(credential, value, other)

    def _of(self, credential: str, first: Any, second: Any) -> Iterator[tuple[str, str, Any, Any]]:
        if not self.by_item:
            yield credential, "", tuple(first.values()) if isinstance(first, TABLE) else first, second
        elif isinstance(first, TABLE) and (self.second is None or isinstance(second, TABLE)):
            for item, value in first.items():
                other = second.get(item) if self.second else None
                if self.second is None or other is not None:
                    yield credential, item, value, other


def derived_of(instrument: Instrument) -> tuple[Derived, ...]:
    """Everything that is derived from the answers to an instrument; nothing where it lacks the constructs.

    `recognition_among_aware` (question "<ladder>:aware"): the step of the recognition ladder, of those whose answer on
    awareness is positive; scale, number, score and positive as the ladder's.
    `skill_shortfall` (question "skill_shortfall", item the skill): number 1 and positive True where the skill is needed
    while performance scores below the middle, else 0 and False; only where both were rated.
    "<construct>_chosen" (question "<question>:chosen"), of pairs: item the pair "a|b", number 1 where a was chosen, 0
    where b was, 0.5 where neither; of best and worst: item the option, number 1 (best) or -1 (worst).
    "<construct>_task" (question "<question>:task"), of best and worst: item the whole set, "best|...|worst", the others
    between them by name; of a combination "a+b" the names are sorted, too. Nothing without both ends, or where the set
    did not hold them.
    "straight_lined" (question "<grid>:straight"): number 1 and positive True where somebody gave every row of a grid
    the same answer, else 0 and False; only where three rows or more were answered.
    """
    known: dict[str, Question] = {}
    for question in instrument.questions:
        known.setdefault(question.construct, question)
    found = []
    ladder, awareness = known.get(RECOGNITION), known.get(AWARENESS)
    if ladder and awareness and ladder.kind == "scale" and awareness.kind == "one":
        found.append(_among_aware(instrument, awareness, ladder))
    need, performance = known.get(NEED), known.get(PERFORMANCE)
    if need and performance and need.kind == performance.kind == "grid":
        found.append(_shortfall(instrument, need, performance))
    found += [_chosen(instrument, question) for question in instrument.questions if question.kind in _CHOSEN_BY]
    found += [_task(instrument, question) for question in instrument.questions if question.kind == "best_worst"]
    found += [_straight(instrument, question) for question in instrument.questions if question.kind == "grid"]
    return tuple(each for each in found if each is not None)


def _straight(instrument: Instrument, grid: Question) -> Derived | None:
    if grid.record:
        return None

    def part(_: str, rows: Any, __: Any) -> Part | None:
        if type(rows) is not tuple or len(rows) < LEAST_ROWS:
            return None
        same = len(set(rows)) == 1
        return Part(number=float(same), positive=same)

    repeated = grid.id in instrument.repeated
    name = f"{grid.id}:straight"
    return Derived(name, STRAIGHT, "", repeated, grid.id, None, False, part, lambda number: (None, number == 1))


def _among_aware(instrument: Instrument, awareness: Question, ladder: Question) -> Derived | None:
    steps, scale = frozenset(ladder.steps), ladder.scale

    def part(item: str, said: Any, step: Any) -> Part | None:
        aware = said in awareness.positive if awareness.positive else said != UNAWARE and said not in asides
        if not aware or scale is None or type(step) is not int or step not in steps:
            return None
        return Part("", "answered", float(step), None, *means(step))

    def means(step: float | None) -> tuple[float | None, bool | None]:
        return (scale.score(step) if scale else None), step in ladder.positive

    asides = frozenset(awareness.aside_ids)
    name = f"{ladder.id}:aware"
    return _two(instrument, name, AMONG_AWARE, awareness, ladder, False, part, means, scale.id if scale else "")


def _shortfall(instrument: Instrument, need: Question, performance: Question) -> Derived | None:
    needed, scale = frozenset(need.steps), performance.scale

    def part(item: str, wanted: Any, seen: Any) -> Part | None:
        if type(wanted) is not int or wanted not in needed or type(seen) is not int or scale is None:
            return None
        score = scale.score(seen)
        if score is None or seen not in performance.steps:
            return None
        short = wanted in need.positive and score < MIDDLE
        return Part(item, number=float(short), positive=short)

    return _two(instrument, SHORTFALL, SHORTFALL, need, performance, True, part, lambda number: (None, number == 1))


def _two(
    instrument: Instrument,
    name: str,
    construct: str,
    first: Question,
    second: Question,
    by_item: bool,
    part: Derive,
    means: Callable[[float | None], tuple[float | None, bool | None]],
    scale: str = "",
) -> Derived | None:
    """Of two questions; None unless both are asked of the same, each credential or the whole."""
    repeated = first.id in instrument.repeated
    if repeated != (second.id in instrument.repeated) or first.record or second.record:
        return None
    return Derived(name, construct, scale, repeated, first.id, second.id, by_item, part, means)


def _pair(item: str, chosen: Any, _: Any) -> Part | None:
    first, _, second = item.partition("|")
    number = {first: 1.0, second: 0.0, SAME: 0.5}.get(chosen)
    return None if number is None else Part(item, number=number)


def _best_worst(end: str, option: Any, _: Any) -> Part | None:
    number = {"best": 1.0, "worst": -1.0}.get(end)
    return None if number is None or not isinstance(option, str) else Part(option, number=number)


_CHOSEN_BY: Mapping[str, Derive] = {"pair": _pair, "best_worst": _best_worst}


def _chosen(instrument: Instrument, question: Question) -> Derived | None:
    if question.record:
        return None
    repeated = question.id in instrument.repeated
    name, construct = f"{question.id}:chosen", question.construct + CHOSEN
    part = _CHOSEN_BY[question.kind]
    return Derived(name, construct, "", repeated, question.id, None, True, part, lambda number: (None, None))


def _task(instrument: Instrument, question: Question) -> Derived | None:
    """Of best and worst the whole: what was put, and what was chosen of it. What is repeated for each credential, or
    made of anything but bundles, is not known by its set."""
    if question.record or question.id in instrument.repeated or question.options_from not in (None, "bundles"):
        return None
    written = {option: option for option in question.option_ids}

    def part(_: str, ends: Any, about: Any) -> Part | None:
        put = written or _bundles(about)
        best, worst = ends
        if best == worst or best not in put or worst not in put:
            return None
        between = sorted(name for option, name in put.items() if option not in ends)
        return Part("|".join([put[best], *between, put[worst]]))

    name, construct = f"{question.id}:task", question.construct + TASK
    return Derived(
        name, construct, "", False, question.id, None, False, part, lambda number: (None, None), by_sitting=True
    )


def _bundles(about: Sequence[str]) -> dict[str, str]:
    """The combinations put in a sitting about these credentials: as they were put -> by name."""
    sitting = Setting(subjects=tuple(Subject(slug, "") for slug in about))
    bundles = [[each.slug for each in bundle] for bundle in bundles_of(sitting)]
    return {"+".join(bundle): "+".join(sorted(bundle)) for bundle in bundles}

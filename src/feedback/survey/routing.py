"""What is asked now: a pure function of the instrument, the sitting and the answers so far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from feedback.survey.kinds import KINDS, TABLE, Offered, is_blank
from feedback.survey.questionnaire import ALL_PAIRS, AllOf, AnyOf, Condition, Instrument, Question, Rule, Section
from feedback.survey.setting import FOIL_PREFIX, Setting, Subject, draw, rotated
from feedback.survey.text import say

AWARENESS = "awareness"
MOST_PAIRS = 4
MOST_BUNDLES = 7


@dataclass(frozen=True)
class Asked:
    """One question put once: about a subject in a repeated section, about none elsewhere."""

    section: Section
    question: Question
    subject: Subject | None = None

    @property
    def slug(self) -> str | None:
        """The subject's slug, None outside a repeated section."""
        return self.subject.slug if self.subject else None

    @property
    def required(self) -> bool:
        """Whether it must be answered. Nobody owes an answer about a title that does not exist."""
        return self.question.required and not (self.subject and self.subject.foil)


Settled = Callable[[Asked], Any]
"""Takes what is asked and gives its kept answer, None when there is none. Called in drawing order."""

Known = dict[tuple[str, str | None], Any]


def walk(instrument: Instrument, setting: Setting, settle: Settled) -> Iterator[Asked]:
    """Everything asked now, in drawing order; each answer is settled once, right before it is yielded.

    Since a condition looks back only, an answer of a branch that has closed is never seen by a later condition. Once
    the role is known, the rest follows in the order for that role.
    """
    known: Known = {}
    role = instrument.role_question if instrument.early_roles else None
    order, place = order_for(instrument, None), 0
    while place < len(order):
        section, questions = order[place]
        subjects: tuple[Subject | None, ...] = setting.in_order() if section.repeated else (None,)
        for subject in subjects:
            if not holds(section.show_if, known, subject):
                continue
            for question in questions:
                if not _may_be_asked(question, setting, subject) or not holds(question.show_if, known, subject):
                    continue
                asking = Asked(section, question, subject)
                known[question.id, asking.slug] = settle(asking)
                yield asking
        place += 1
        if role is not None and section.id == role.section:
            order = order_for(instrument, known.get((role.id, None)))


Order = tuple[tuple[Section, tuple[Question, ...]], ...]
"""Sections with their questions, in drawing order."""


@lru_cache(maxsize=256)
def order_for(instrument: Instrument, role: str | None) -> Order:
    """The drawing order for a role (None: not said): what is `first_for` it comes as early as may be.

    A section moves up among those that repeat as it does, and a question within its section, past neither the question
    of the role nor any question its conditions look at. What moves up keeps its order among itself. Up to and
    including the section of the role, the order is the same for every role.
    """
    plain = [(section, instrument.questions_by_section[section.id]) for section in instrument.sections]
    asks = instrument.role_question
    if role not in instrument.early_roles or asks is None:
        return tuple(plain)
    moved: list[tuple[Section, tuple[Question, ...]]] = []
    for section, questions in plain:
        ordered = questions if section.id == asks.section else _questions_for(questions, role)
        moved.insert(_earliest(section, questions, moved, asks, role), (section, ordered))
    return tuple(moved)


def _earliest(
    section: Section, questions: tuple[Question, ...], before: Sequence[tuple[Section, Any]], asks: Question, role: str
) -> int:
    """Where among the sections before it this one may stand for a role; at their end when it does not move."""
    if role not in section.first_for:
        return len(before)
    looked_at = {asks.id, *looks_at(section.show_if)}.union(*(looks_at(each.show_if) for each in questions))
    place = len(before)
    while place:
        earlier, its_questions = before[place - 1]
        fixed = earlier.repeated != section.repeated or role in earlier.first_for
        if fixed or any(each.id in looked_at for each in its_questions):
            break
        place -= 1
    return place


def _questions_for(questions: tuple[Question, ...], role: str) -> tuple[Question, ...]:
    moved: list[Question] = []
    for question in questions:
        place = len(moved)
        while role in question.first_for and place:
            earlier = moved[place - 1]
            if role in earlier.first_for or earlier.id in looks_at(question.show_if):
                break
            place -= 1
        moved.insert(place, question)
    return tuple(moved)


def looks_at(rule: Rule | None) -> frozenset[str]:
    """The questions whose answers a condition reads."""
    if rule is None:
        return frozenset()
    if isinstance(rule, Condition):
        return frozenset((rule.question,))
    return frozenset().union(*(looks_at(each) for each in rule.conditions))


def asked(instrument: Instrument, answers: Mapping[str, Any], setting: Setting) -> tuple[Asked, ...]:
    """Everything asked now, in drawing order. Answers that cannot be read count as not given; nothing is raised."""
    return tuple(walk(instrument, setting, lambda asking: usable(asking, answers, setting)))


def shown(
    instrument: Instrument, answers: Mapping[str, Any], setting: Setting, subject: Subject | None
) -> tuple[Asked, ...]:
    """Of everything asked now, what concerns one subject (None: what stands outside the repeated sections)."""
    slug = subject.slug if subject else None
    return tuple(asking for asking in asked(instrument, answers, setting) if asking.slug == slug)


def progress(instrument: Instrument, answers: Mapping[str, Any], setting: Setting) -> tuple[int, int]:
    """How many of how many questions asked now are answered (the foil's included)."""
    all_asked = asked(instrument, answers, setting)
    return sum(usable(asking, answers, setting) is not None for asking in all_asked), len(all_asked)


def given(asking: Asked, answers: object) -> object:
    """The answer as it came, None when there is none."""
    if not isinstance(answers, TABLE):
        return None
    raw = answers.get(asking.question.id)
    if asking.subject is None:
        return raw
    return raw.get(asking.subject.slug) if isinstance(raw, TABLE) else None


def usable(asking: Asked, answers: object, setting: Setting) -> Any:
    """The answer as it would be kept; None when it is missing or has something wrong with it."""
    raw = given(asking, answers)
    if is_blank(raw):
        return None
    question = asking.question
    value, wrong = KINDS[question.kind].check(question, raw, offered(question, setting, asking.subject))
    return None if wrong else value


# --- what a question offers ------------------------------------------------------------------------------------------


def offered(question: Question, setting: Setting, subject: Subject | None) -> Offered:
    """The ids that may be answered; labels left aside."""
    if question.options_from is None and question.items_from is None:
        return Offered(question.option_ids, question.item_ids)
    return Offered(
        tuple(option for option, _ in options_of(question, setting, subject, "en")),
        tuple(item for item, _ in items_of(question, setting, subject, "en")),
    )


def options_of(
    question: Question, setting: Setting, subject: Subject | None, language: str
) -> tuple[tuple[str, str], ...]:
    """(id, label) of each option, in drawing order. Bundles are made of the sitting's credentials: none for fewer
    than two of them."""
    if question.options_from == "bundles":
        return tuple(
            ("+".join(each.slug for each in bundle), " + ".join(each.title for each in bundle))
            for bundle in bundles_of(setting)
        )
    return tuple((option.id, say(option.label, language)) for option in question.options)


def items_of(
    question: Question, setting: Setting, subject: Subject | None, language: str
) -> tuple[tuple[str, str], ...]:
    """(id, label) of each row, in drawing order; of a pair, ("a|b", "A / B").

    Skills are the declared ones of the subject (outside a repeated section: of the sitting's only credential), begun
    where the seed says, at most `maximum_items`. The place depends on the credential, not on the question, so that
    need and performance are asked of the same skills.
    """
    if question.options_from in ("pairs", ALL_PAIRS):
        pairs = pairs_of(setting) if question.options_from == "pairs" else all_pairs_of(setting)
        return tuple((f"{left.slug}|{right.slug}", f"{left.title} / {right.title}") for left, right in pairs)
    if question.items_from == "skills":
        about = subject or (setting.subjects[0] if len(setting.subjects) == 1 else None)
        return rotated(about.skills, setting.seed, "skills " + about.slug, question.maximum_items) if about else ()
    return tuple((item.id, say(item.text, language)) for item in question.items)


def pairs_of(setting: Setting) -> tuple[tuple[Subject, Subject], ...]:
    """At most four pairs to choose between: among the subjects first, then a subject with another of the survey.

    Which stands left is drawn by the seed, so that the side favours nobody.
    """
    among = list(combinations(setting.subjects, 2))
    beyond = [(subject, other) for other in setting.others for subject in setting.subjects]
    return _sides((among + beyond)[:MOST_PAIRS], setting.seed)


def all_pairs_of(setting: Setting) -> tuple[tuple[Subject, Subject], ...]:
    """Any two credentials of the survey, each two once, the sides drawn by the seed."""
    return _sides(list(combinations((*setting.subjects, *setting.others), 2)), setting.seed)


def _sides(pairs: Sequence[tuple[Subject, Subject]], seed: str) -> tuple[tuple[Subject, Subject], ...]:
    return tuple(
        (right, left) if draw(seed, f"side {left.slug}|{right.slug}", 2) else (left, right) for left, right in pairs
    )


def bundles_of(setting: Setting) -> tuple[tuple[Subject, ...], ...]:
    """Combinations of the sitting's credentials: of two, either and both; of more, every two, then all together."""
    subjects = setting.subjects
    if len(subjects) < 2:
        return ()
    if len(subjects) == 2:
        return ((subjects[0],), (subjects[1],), subjects)
    return (*tuple(combinations(subjects, 2))[: MOST_BUNDLES - 1], subjects)


def _may_be_asked(question: Question, setting: Setting, subject: Subject | None) -> bool:
    """Whether there is something to ask: of the blocks only those drawn, of the foil only whether it is known, and what
    is to be made of the sitting's credentials needs some."""
    if not setting.puts(question.block, subject) or (subject and subject.foil and question.construct != AWARENESS):
        return False
    needed = KINDS[question.kind].draws
    return needed is None or bool(getattr(offered(question, setting, subject), needed))


# --- conditions ------------------------------------------------------------------------------------------------------


def holds(rule: Rule | None, known: Known, subject: Subject | None) -> bool:
    """Whether a rule lets something be asked about a subject. known: the kept answers by (question, subject's slug)."""
    if rule is None:
        return True
    if isinstance(rule, AllOf):
        return all(holds(each, known, subject) for each in rule.conditions)
    if isinstance(rule, AnyOf):
        return any(holds(each, known, subject) for each in rule.conditions)
    return any(_passes(rule, value) for value in _answers_to(rule.question, known, subject))


def _answers_to(question: str, known: Known, subject: Subject | None) -> list[Any]:
    """The answers a condition reads: the same subject's; outside a repeated section those about every real one."""
    own = (question, subject.slug if subject else None)
    if own in known:
        return [known[own]]
    if (question, None) in known:
        return [known[question, None]]
    if subject is None:
        about = [
            value
            for (one, slug), value in known.items()
            if one == question and slug and not slug.startswith(FOIL_PREFIX)
        ]
        return about or [None]
    return [None]


def _passes(condition: Condition, value: Any) -> bool:
    if condition.answered is not None and (value is not None) != condition.answered:
        return False
    if value is None:
        return condition.answered is False
    number = value if isinstance(value, int | float) else None
    if condition.at_most is not None and (number is None or number > condition.at_most):
        return False
    if condition.at_least is not None and (number is None or number < condition.at_least):
        return False
    chosen = value if isinstance(value, list) else [value]
    if condition.is_in is not None and not any(one in condition.is_in for one in chosen):
        return False
    return condition.not_in is None or not any(one in condition.not_in for one in chosen)

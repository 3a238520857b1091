"""The values a questionnaire consists of. They hold what its file says, checked, and decide nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from feedback.survey.text import Text

LEARNER, EMPLOYER, EXPERT = "learner", "employer", "expert"
AUDIENCES = (LEARNER, EMPLOYER, EXPERT)
PAGES = {LEARNER: "learner_survey", EMPLOYER: "employer_rating", EXPERT: "expert_review"}
"""The page each audience answers on."""
POLARITIES = ("positive", "negative")
SCALE_KINDS = ("unipolar", "bipolar", "ladder")
PIPES = ("credential", "issuer", "weeks", "programme", "facts")
ROLE = "role"
"""The construct of the question in which role somebody answers."""
ALL_PAIRS = "all_pairs"
"""Any two credentials of the survey; `options_from` of the question of the sixty-second mode."""


@dataclass(frozen=True)
class Aside:
    """An answer beside a scale that is no rating: "does not apply", "don't know"."""

    id: str
    label: Text = field(hash=False)


@dataclass(frozen=True)
class ScaleValue:
    """One step of a scale."""

    value: int
    label: Text = field(hash=False)


@dataclass(frozen=True)
class Scale:
    """An ordered scale. `positive`: the values that count as positive. `asides`: ids offered by default."""

    id: str
    kind: str
    values: tuple[ScaleValue, ...]
    positive: tuple[int, ...]
    asides: tuple[str, ...] = ()

    @property
    def lowest(self) -> int:
        return self.values[0].value

    @property
    def highest(self) -> int:
        return self.values[-1].value

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The values alone, rising."""
        return tuple(step.value for step in self.values)

    def score(self, value: float | None) -> float | None:
        """Where a value lies between the lowest (0) and the highest (1). None when missing, beyond the scale, or when
        the scale is bipolar, since "too short ... too long" has its good end in the middle.

        >>> steps = tuple(ScaleValue(step, {}) for step in range(1, 6))
        >>> Scale("agree5", "unipolar", steps, (4, 5)).score(4)
        0.75
        """
        if self.kind == "bipolar" or value is None or not self.lowest <= value <= self.highest:
            return None
        return (value - self.lowest) / (self.highest - self.lowest)


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen. `exclusive`: among several, chosen alone or not at all ("none of these")."""

    id: str
    label: Text = field(hash=False)
    exclusive: bool = False


@dataclass(frozen=True)
class Item:
    """One row of a grid."""

    id: str
    text: Text = field(hash=False)


@dataclass(frozen=True)
class Foil:
    """A plausible title of a credential that does not exist: whoever knows it claims too much."""

    id: str
    title: Text = field(hash=False)


@dataclass(frozen=True)
class Condition:
    """When something is shown: all the tests named (not None) must hold of the answer to `question`.

    Nobody's answer passes no test but `answered = false`.
    """

    question: str
    at_most: float | None = None
    at_least: float | None = None
    is_in: tuple[int | str, ...] | None = None
    not_in: tuple[int | str, ...] | None = None
    answered: bool | None = None


@dataclass(frozen=True)
class AllOf:
    """Holds when each of its conditions does."""

    conditions: "tuple[Rule, ...]"


@dataclass(frozen=True)
class AnyOf:
    """Holds when one of its conditions does."""

    conditions: "tuple[Rule, ...]"


Rule = Condition | AllOf | AnyOf


@dataclass(frozen=True)
class Section:
    """A page or part of a questionnaire. `repeated`: drawn once for each credential of the sitting. `first_for`: the
    roles for whom it is drawn as early as may be (see routing.order_for)."""

    id: str
    title: Text = field(hash=False)
    repeated: bool = False
    show_if: Rule | None = None
    first_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question, its fields named as in the files of data/instruments.

    `options_from` ("pairs", "all_pairs", "bundles") and `items_from` ("skills") name what is made from the sitting's
    credentials; then `options` or `items` is empty. `positive`: scale values, or ids of options, that count as
    positive. `polarity`: what the question itself says of a comment; None when only its words tell. `first_for`: the
    roles for whom it is drawn early in its section. `since`: the version of the questionnaire its wording dates from;
    answers to it are one series from there on. `block`: the part it belongs to, of those of which each sitting draws
    some (see Instrument.blocks_asked); None: it is asked in every sitting.
    """

    id: str
    section: str
    kind: str
    construct: str
    text: Text = field(hash=False)
    required: bool = False
    help: Text | None = field(default=None, hash=False)
    scale: Scale | None = None
    options: tuple[Option, ...] = ()
    options_from: str | None = None
    items: tuple[Item, ...] = ()
    items_from: str | None = None
    maximum_items: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: Text | None = field(default=None, hash=False)
    aside: tuple[Aside, ...] = ()
    positive: tuple[int | str, ...] = ()
    polarity: str | None = None
    show_if: Rule | None = None
    confidential_note: bool = False
    owner_only: bool = False
    record: str | None = None
    first_for: tuple[str, ...] = ()
    since: int = 1
    block: str | None = None

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The values of its scale; none without one."""
        return self.scale.steps if self.scale else ()

    @cached_property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of the options written out."""
        return tuple(option.id for option in self.options)

    @cached_property
    def exclusive_ids(self) -> tuple[str, ...]:
        """The ids of the options that are chosen alone."""
        return tuple(option.id for option in self.options if option.exclusive)

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the items written out."""
        return tuple(item.id for item in self.items)

    @cached_property
    def aside_ids(self) -> tuple[str, ...]:
        """The ids of the answers beside the scale."""
        return tuple(aside.id for aside in self.aside)


@dataclass(frozen=True)
class Instrument:
    """A questionnaire: whom it asks, about how many credentials, and its questions in drawing order.

    `blocks_asked`: so many of its blocks are put in one sitting, each choice of them as likely as the next.
    """

    id: str
    version: int
    audience: str
    subjects: str
    maximum_subjects: int
    languages: tuple[str, ...]
    title: Text = field(hash=False)
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    minutes: float | None = None
    introduction: Text | None = field(default=None, hash=False)
    readers: Text | None = field(default=None, hash=False)
    anonymity: Text | None = field(default=None, hash=False)
    foils: tuple[Foil, ...] = ()
    import_only: bool = False
    blocks_asked: int = 0

    def __hash__(self) -> int:
        return hash((self.id, self.version, len(self.questions)))

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Each question by its id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def questions_by_section(self) -> Mapping[str, tuple[Question, ...]]:
        """The questions of each section, in drawing order."""
        return {
            section.id: tuple(question for question in self.questions if question.section == section.id)
            for section in self.sections
        }

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The ids of the questions asked once for each credential: their answers are {credential: answer}."""
        sections = {section.id for section in self.sections if section.repeated}
        return frozenset(question.id for question in self.questions if question.section in sections)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The blocks of its questions, in drawing order."""
        return tuple(dict.fromkeys(question.block for question in self.questions if question.block))

    @cached_property
    def block_draws(self) -> tuple[frozenset[str], ...]:
        """Every set of blocks that one sitting may draw."""
        return tuple(map(frozenset, combinations(self.blocks, min(self.blocks_asked, len(self.blocks)))))

    @cached_property
    def role_question(self) -> Question | None:
        """The question by which people say in which role they answer; None when it does not ask that."""
        return next((each for each in self.questions if each.construct == ROLE and each.id not in self.repeated), None)

    @cached_property
    def early_roles(self) -> frozenset[str]:
        """The roles for whom something is drawn earlier than in the file."""
        every: tuple[Section | Question, ...] = (*self.sections, *self.questions)
        return frozenset(role for each in every for role in each.first_for)

    @cached_property
    def pairs_question(self) -> Question | None:
        """The question put pair by pair, the next one where it tells most; None in a form of the usual kind."""
        return next((question for question in self.questions if question.options_from == ALL_PAIRS), None)

"""Draw what the sample's people answer, a column a question, so that a million responses take minutes.

Each kind of question has one function: it takes the rows asked and gives a raw answer for each, None for none. An
answer leans on how well the person thinks of the credential (`favour`), on what is true of it, and on habit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from feedback.catalogue.values import Organisation
from feedback.sample.comments import DICE, Phrases, Points, compose, points_of
from feedback.sample.habits import Habits
from feedback.sample.institution import Institution, Truth
from feedback.sample.plan import NOBODY
from feedback.sample.rows import Booleans, Column, Rows
from feedback.survey.questionnaire import Instrument, Question, Scale
from feedback.survey.routing import items_of, options_of

STEPS = 4.0  # truths and shifts are in steps of scales with five steps; favour goes from 0 to 1
SPREAD = 0.15  # of one person's answers to several questions
STEADY = MappingProxyType({"overall": 0.08, "recognition": 0.10})  # the outcome itself strays less
BIPOLAR_SPREAD = 0.9
PASSED_OVER = 0.03  # share of questions somebody skips
OVERCLAIMING = 0.07  # share who say they know a title that does not exist
FOLLOWED_UP = 0.6  # share of those who comment at all that also explain a low rating
NOTHING, POSITIVE, NEGATIVE, BOTH = range(4)
"""What a person writes of a credential in comments (`voices`)."""


@dataclass(frozen=True)
class World:
    """What answers are drawn from. random: where chance comes from; a world is made anew for each piece."""

    institution: Institution
    habits: Habits
    phrases: Phrases
    instrument: Instrument
    random: Generator

    @property
    def audience(self) -> str:
        return self.instrument.audience

    @cached_property
    def truths(self) -> tuple[Truth, ...]:
        """In the order of the credentials."""
        return tuple(self.institution.truths[credential.slug] for credential in self.institution.credentials)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """0 to 1: how well an average person thinks of each credential."""
        if self.audience == "learner":
            return np.array([(truth.learner_worth - 1) / STEPS for truth in self.truths])
        return np.array([truth.employer_value / STEPS for truth in self.truths])

    @cached_property
    def awareness(self) -> NDArray[np.float64]:
        return np.array([truth.awareness for truth in self.truths])

    @cached_property
    def weeks(self) -> NDArray[np.float64]:
        return np.array([credential.planned_weeks or 10.0 for credential in self.institution.credentials])

    def offsets(self, construct: str, row: str = "") -> NDArray[np.float64]:
        """Steps by which answers to a construct (and one row of its grid) stray from favour, by credential."""
        names = [construct, f"{construct}.{row}"] if row else [construct]
        shifts = self.habits.shifts.get(self.audience, {})
        general = sum(shifts.get(name, 0.0) for name in names) + self.habits.skills.get(construct, {}).get(row, 0.0)
        own = [truth.learner_offsets if self.audience == "learner" else truth.employer_offsets for truth in self.truths]
        return np.array([general + sum(each.get(name, 0.0) for name in names) for each in own])


Draw = Callable[[World, Question, Rows, Booleans], Column]


def draw_question(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """The answers to one question; None for rows not asked, skipped, or of a kind the sample does not answer."""
    draw = BY_CONSTRUCT.get(question.construct) or BY_KIND.get(question.kind)
    if draw is None or not asked.any():
        return [None] * len(rows)
    column = draw(world, question, rows, asked)
    if not question.required and "text" not in question.kind:
        asked = asked & (world.random.random(len(rows)) >= PASSED_OVER)
    return [answer if kept else None for answer, kept in zip(column, asked.tolist(), strict=True)]


# --- scales ----------------------------------------------------------------------------------------------------------


def _draw_scale(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    assert question.scale is not None
    steps = _steps(world, question.scale, rows, question.construct, world.offsets(question.construct))
    return _with_asides(world, question, steps.tolist())


def _draw_grid(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """Rows that are the same for everyone are drawn at once; skills are drawn all, and those offered are kept."""
    assert question.scale is not None
    offered = _offered_rows(question, rows, asked)
    names = sorted({name for names in offered for name in names})
    columns = {}
    for name in names:
        offsets = world.offsets(question.construct, name)
        steps = _steps(world, question.scale, rows, question.construct, offsets)
        columns[name] = _with_asides(world, question, steps.tolist())
    return [{name: columns[name][row] for name in names} or None for row, names in enumerate(offered)]


def _offered_rows(question: Question, rows: Rows, asked: Booleans) -> list[tuple[str, ...]]:
    if question.items_from is None:
        return [tuple(item.id for item in question.items)] * len(rows)
    offered: list[tuple[str, ...]] = [()] * len(rows)
    for row in np.flatnonzero(asked).tolist():
        about = items_of(question, rows.sittings[row], rows.subjects[row], "en")
        offered[row] = tuple(item for item, _ in about)
    return offered


def _steps(world: World, scale: Scale, rows: Rows, construct: str, offsets: NDArray[np.float64]) -> NDArray[np.int64]:
    """A step of the scale a row: around the middle of a bipolar one, else where favour lies between its ends."""
    moved = _of_credential(offsets, rows)
    if scale.kind == "bipolar":
        drawn = (scale.lowest + scale.highest) / 2 + moved + world.random.normal(0, BIPOLAR_SPREAD, len(rows))
    else:
        spread = world.random.normal(0, STEADY.get(construct, SPREAD), len(rows))
        drawn = scale.lowest + (rows.favour + moved / STEPS + spread) * (scale.highest - scale.lowest)
    return np.clip(np.rint(drawn), scale.lowest, scale.highest).astype(np.int64)


def _of_credential(figures: NDArray[np.float64], rows: Rows) -> NDArray[np.float64]:
    """A credential's figure for each row; 0 where it is about none."""
    return np.append(figures, 0.0)[rows.credentials]  # NOBODY is -1: the last


def _with_asides(world: World, question: Question, answers: Column) -> Column:
    """Some answers replaced by one that is no rating, as often as each is usual."""
    usual = world.habits.asides
    for aside in question.aside:
        for row in np.flatnonzero(world.random.random(len(answers)) < usual.get(aside.id, 0.0)).tolist():
            answers[row] = aside.id
    return answers


# --- choices ---------------------------------------------------------------------------------------------------------


def _draw_one(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    options = [option.id for option in question.options]
    habit = world.habits.options.get(world.audience, {}).get(question.id, {})
    tilt = world.habits.tilts.get(world.audience, {}).get(question.id, 0.0)
    weights = np.array([habit.get(option, 1.0) for option in options])
    leaning = np.exp(tilt * np.outer(rows.favour - 0.5, np.arange(len(options))))
    return _with_asides(world, question, _choose(world, options, weights * leaning))


def _draw_awareness(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """The first option that is not positive for who never heard of it, else one of the positive by habit."""
    known = np.append(world.awareness, OVERCLAIMING)[rows.credentials]
    aware = world.random.random(len(rows)) < known
    habit = world.habits.options.get(world.audience, {}).get(question.id, {})
    positive = [option.id for option in question.options if option.id in question.positive]
    never = next(option.id for option in question.options if option.id not in question.positive)
    weights = np.tile([habit.get(option, 1.0) for option in positive], (len(rows), 1))
    how = _choose(world, positive, weights)
    return [how[row] if heard else never for row, heard in enumerate(aware.tolist())]


def _choose(world: World, options: list[str], weights: NDArray[np.float64]) -> Column:
    """One option a row, by that row's weights."""
    running = np.cumsum(weights, axis=1)
    chance = world.random.random(len(weights)) * running[:, -1]
    return np.array(options, dtype=object)[(chance[:, None] >= running[:, :-1]).sum(axis=1)].tolist()


def _draw_several(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """Each option by its chance, at most as many as may be; who ticks one that stands alone ticks no other."""
    options = [option.id for option in question.options]
    habit = world.habits.options.get(world.audience, {}).get(question.id, {})
    tilt = world.habits.tilts.get(world.audience, {}).get(question.id, 0.0)
    alone = [option in world.habits.alone.get(world.audience, ()) for option in options]
    leaning = np.where(alone, 1.0, np.exp(tilt * (rows.favour - 0.5))[:, None])
    ticked = world.random.random(leaning.shape) < leaning * [habit.get(option, 0.2) for option in options]
    for place, stands_alone in enumerate(alone):
        if stands_alone:
            others = np.delete(np.arange(len(options)), place)
            ticked[np.ix_(ticked[:, place], others)] = False
    if question.maximum is not None:
        likings = np.where(ticked, world.random.random(ticked.shape), -1.0)
        rank = np.argsort(np.argsort(-likings, axis=1), axis=1)
        ticked &= rank < int(question.maximum)
    return [[option for option, one in zip(options, row, strict=True) if one] or None for row in ticked.tolist()]


def _draw_pairs(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """Whoever comes out better in this person's eyes; much the same when they are close."""
    place = {credential.slug: index for index, credential in enumerate(world.institution.credentials)}
    views = world.values + world.random.normal(0, SPREAD, (len(rows), len(place)))
    column: Column = [None] * len(rows)
    for row in np.flatnonzero(asked).tolist():
        column[row] = {}
        for pair, _ in items_of(question, rows.sittings[row], rows.subjects[row], "en"):
            left, right = pair.split("|")
            ahead = views[row, place[left]] - views[row, place[right]]
            column[row][pair] = "same" if abs(ahead) < 0.05 else left if ahead > 0 else right
    return [choices or None for choices in column]


def _draw_best_worst(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """The combination worth most and that worth least; more credentials are worth a little more."""
    place = {credential.slug: index for index, credential in enumerate(world.institution.credentials)}
    views = world.values + world.random.normal(0, SPREAD, (len(rows), len(place)))
    column: Column = [None] * len(rows)
    for row in np.flatnonzero(asked).tolist():
        worth = {
            bundle: float(np.mean([views[row, place[slug]] for slug in bundle.split("+")])) + 0.1 * bundle.count("+")
            for bundle, _ in options_of(question, rows.sittings[row], rows.subjects[row], "en")
        }
        if len(worth) > 1:
            column[row] = {"best": max(worth, key=worth.__getitem__), "worst": min(worth, key=worth.__getitem__)}
    return column


# --- numbers and texts -----------------------------------------------------------------------------------------------


def _draw_number(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """Weeks: the planned ones, more for whom it was too short or too fast, fewer for whom too long."""
    assert question.minimum is not None
    assert question.maximum is not None
    wanted = np.append(world.weeks, 10.0)[rows.credentials] * world.random.lognormal(0, 0.15, len(rows))
    wanted *= 1 + 0.12 * (_away(world, rows, "workload_pace") - _away(world, rows, "workload_length"))
    return np.clip(np.rint(wanted), question.minimum, question.maximum).astype(int).tolist()


def _away(world: World, rows: Rows, construct: str) -> NDArray[np.float64]:
    """Steps from the middle somebody answered to a bipolar construct before; 0 where they did not."""
    for question in world.instrument.questions:
        if question.construct == construct and question.scale and question.id in rows.kept:
            middle = (question.scale.lowest + question.scale.highest) / 2
            return np.array([one - middle if isinstance(one, int) else 0.0 for one in rows.kept[question.id]])
    return np.zeros(len(rows))


def _draw_line(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """A short text from the bank of lines, by the share of people who write one."""
    lines = world.habits.lines.get(question.id, {})
    writes = world.random.random(len(rows)) < world.habits.texts.get(question.id, 0.0)
    chance = world.random.random(len(rows))
    column: Column = [None] * len(rows)
    for row in np.flatnonzero(asked & writes).tolist():
        known = lines.get(rows.languages[row]) or lines.get("en")
        column[row] = known[int(chance[row] * len(known))] if known else None
    return column


def _draw_comment(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """A comment of the question's polarity by those who have that to say; questions without one take lines."""
    if question.polarity is None:
        return _draw_line(world, question, rows, asked)
    positive = question.polarity == "positive"
    side, other = ("pos", "neg") if positive else ("neg", "pos")
    topic = world.habits.topics.get(world.audience, {}).get(question.id)
    writes = asked & np.isin(rows.voices, (BOTH, POSITIVE if positive else NEGATIVE))
    if {each.polarity for each in world.instrument.questions} != {None, "positive", "negative"}:
        writes = asked & (rows.voices != NOTHING)  # only one side is asked for: whoever writes at all, writes there
    if topic:
        writes &= world.random.random(len(rows)) < FOLLOWED_UP
    openings = world.phrases.openings

    @cache
    def points(credential: int, polarity: str, language: str) -> Points:
        topics = {topic: 1.0} if topic else _topics(world, credential, polarity)
        return points_of(world.phrases, world.audience, polarity, language, topics)

    column: Column = [None] * len(rows)
    wanted = np.flatnonzero(writes)
    for row, dice in zip(wanted.tolist(), world.random.random((len(wanted), DICE)).tolist(), strict=True):
        credential, language = int(rows.credentials[row]), rows.languages[row]
        others = None if topic else points(credential, other, language)
        opening = () if topic else openings.get((world.audience, side, language), ())
        column[row] = compose(opening, points(credential, side, language), others, dice)
    return column


def _topics(world: World, credential: int, polarity: str) -> Mapping[str, float]:
    truth = world.truths[credential]
    if world.audience == "learner":
        return truth.learner_praise if polarity == "pos" else truth.learner_complaints
    return truth.employer_praise if polarity == "pos" else truth.employer_complaints


# --- who answers -----------------------------------------------------------------------------------------------------


def _draw_of_organisation(field: str) -> Draw:
    def draw(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
        organisations: list[Organisation] = [employer.organisation for employer in world.institution.employers]
        told = [getattr(each, field) for each in organisations]
        return [told[index] if index != NOBODY else None for index in rows.organisations.tolist()]

    return draw


BY_KIND: Mapping[str, Draw] = MappingProxyType(
    {
        "scale": _draw_scale,
        "grid": _draw_grid,
        "one": _draw_one,
        "several": _draw_several,
        "pair": _draw_pairs,
        "best_worst": _draw_best_worst,
        "number": _draw_number,
        "short_text": _draw_line,
        "long_text": _draw_comment,
    }
)
BY_CONSTRUCT: Mapping[str, Draw] = MappingProxyType(
    {
        "awareness": _draw_awareness,
        "organisation": _draw_of_organisation("name"),
        "sector": _draw_of_organisation("sector"),
        "size_band": _draw_of_organisation("size_band"),
        "country": _draw_of_organisation("country"),
    }
)
"""What goes before the kind: these follow from who answers, not from favour."""

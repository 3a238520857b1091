"""Draw what the sample's people answer, a column a question, so that a million responses take minutes.

Each kind of question has one function: it takes the rows asked and gives a raw answer for each, None for none. An
answer leans on how well the person thinks of the credential (`favour`), on what is true of it, and on habit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from types import MappingProxyType
from typing import Any

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
WORTH = "learner_worth"
"""For `World.since_change`: what a change did to the outcome itself, whatever is asked."""
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
    def by_sector(self) -> NDArray[np.float64]:
        """0 to 1, added to `values`: how much better each organisation (row) thinks of each credential (column) than
        organisations of other sectors do; the last row, for nobody, and the last column, for none, are 0."""
        employers, truths = self.institution.employers, self.truths
        added = np.zeros((len(employers) + 1, len(truths) + 1))
        for row, employer in enumerate(employers):
            sector = employer.organisation.sector or ""
            added[row, :-1] = [truth.employer_sectors.get(sector, 0.0) / STEPS for truth in truths]
        return added

    @cached_property
    def awareness(self) -> NDArray[np.float64]:
        return np.array([truth.awareness for truth in self.truths])

    @cached_property
    def changed(self) -> Booleans:
        """Which runs are of a credential as it was changed; the last entry stands for no run."""
        runs, truths = self.institution.runs, self.institution.truths
        return np.array([*(truths[run.credential].changed_in(run) for run in runs), False])

    def since_change(self, construct: str, row: str = "") -> NDArray[np.float64]:
        """Steps by which answers to a construct (and one row of its grid; WORTH: all of them) stray in each run since
        its credential was changed; the last entry, for no run, is 0. What employers think does not change."""
        added = np.zeros(len(self.changed))
        if self.audience == "learner":
            for place in np.flatnonzero(self.changed).tolist():
                change = self.institution.truths[self.institution.runs[place].credential].change
                if change and construct == WORTH:
                    added[place] = change.learner_worth
                elif change:
                    added[place] = sum(change.learner_offsets.get(name, 0.0) for name in _names(construct, row))
        return added

    @cached_property
    def weeks(self) -> NDArray[np.float64]:
        return np.array([credential.planned_weeks or 10.0 for credential in self.institution.credentials])

    def offsets(self, construct: str, row: str = "") -> NDArray[np.float64]:
        """Steps by which answers to a construct (and one row of its grid) stray from favour, by credential; the last
        entry, for none, is 0."""
        names = _names(construct, row)
        shifts = self.habits.shifts.get(self.audience, {})
        general = sum(shifts.get(name, 0.0) for name in names) + self.habits.skills.get(construct, {}).get(row, 0.0)
        own = [truth.learner_offsets if self.audience == "learner" else truth.employer_offsets for truth in self.truths]
        return np.array([*(general + sum(each.get(name, 0.0) for name in names) for each in own), 0.0])

    @cached_property
    def last_resort(self) -> str | None:
        """The question that whoever skipped every other answers, where a questionnaire requires none: nobody hands in
        an empty form."""
        open_to_all = [each for each in self.instrument.questions if not (each.record or each.show_if)]
        if any(question.required for question in open_to_all):
            return None
        return next((each.id for each in reversed(open_to_all) if "text" not in each.kind), None)

    def habit(self, habits: Mapping[str, Mapping[str, Any]], question: Question) -> Any:
        """What habits say of a question, of this questionnaire or else of its audience; None for nothing."""
        for name in (self.instrument.id, self.audience):
            if question.id in habits.get(name, {}):
                return habits[name][question.id]
        return None

    def liking(self, question: Question, options: Sequence[str], rows: Rows) -> NDArray[np.float64]:
        """How likely each option (column) is for each row, whatever the person thinks: its habit, and how many times
        as often as usual it is chosen about the row's credential."""
        habit = self.habit(self.habits.options, question) or {}
        usual = 1.0 if question.kind == "one" else 0.2
        often = [truth.options.get(question.id, {}) for truth in self.truths]
        factors = np.array([[each.get(option, 1.0) for option in options] for each in (*often, {})])
        return factors[rows.credentials] * [habit.get(option, usual) for option in options]


def _names(construct: str, row: str) -> list[str]:
    return [construct, f"{construct}.{row}"] if row else [construct]


Draw = Callable[[World, Question, Rows, Booleans], Column]


def draw_question(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """The answers to one question; None for rows not asked, skipped, or of a kind the sample does not answer."""
    draw = BY_CONSTRUCT.get(question.construct) or BY_KIND.get(question.kind)
    if draw is None or not asked.any():
        return [None] * len(rows)
    column = draw(world, question, rows, asked)
    if not question.required and "text" not in question.kind:
        skipped = world.random.random(len(rows)) < PASSED_OVER
        asked = asked & ~(skipped if question.id != world.last_resort else skipped & _said_something(world, rows))
    return [answer if kept else None for answer, kept in zip(column, asked.tolist(), strict=True)]


def _said_something(world: World, rows: Rows) -> Booleans:
    """Who has answered any question so far; what is kept apart is no answer."""
    said = np.zeros(len(rows), dtype=bool)
    for name, column in rows.kept.items():
        if world.instrument.by_id[name].record:
            continue
        said |= np.fromiter((answer is not None for answer in column), bool, len(rows))
    return said


# --- scales ----------------------------------------------------------------------------------------------------------


def _draw_scale(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    assert question.scale is not None
    moved = world.offsets(question.construct)[rows.credentials]
    moved = moved + world.since_change(question.construct)[rows.occasions]
    steps = _steps(world, question.scale, question.construct, rows.favour, moved)
    return _with_asides(world, question, rows, steps.tolist())


def _draw_grid(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """A rating for each row of the grid offered to each person: these one below the other, drawn at once."""
    assert question.scale is not None
    offered = _offered_rows(question, rows, asked)
    names = sorted({name for each in offered for name in each})
    place = {name: number for number, name in enumerate(names)}
    sizes = np.fromiter((len(each) for each in offered), np.int64, len(offered))
    row = np.repeat(np.arange(len(rows)), sizes)
    name = np.fromiter((place[name] for each in offered for name in each), np.int64, int(sizes.sum()))
    moved = _table(lambda item: world.offsets(question.construct, item), names)[name, rows.credentials[row]]
    moved = moved + _table(lambda item: world.since_change(question.construct, item), names)[name, rows.occasions[row]]
    given = _steps(world, question.scale, question.construct, rows.favour[row], moved).tolist()
    for aside in question.aside:
        often = _table(partial(_often, world, aside.id), names)[name, rows.credentials[row]]
        for at in np.flatnonzero(world.random.random(len(given)) < often).tolist():
            given[at] = aside.id
    column: Column = []
    start = 0
    for each in offered:
        column.append(dict(zip(each, given[start : start + len(each)], strict=True)) or None)
        start += len(each)
    return column


def _table(figures: Callable[[str], NDArray[np.float64]], names: Sequence[str]) -> NDArray[np.float64]:
    """Figures of several rows of a grid, one below the other."""
    return np.array([figures(name) for name in names]).reshape(len(names), -1)


def _offered_rows(question: Question, rows: Rows, asked: Booleans) -> list[tuple[str, ...]]:
    """The rows of the grid put to each person; none to who is not asked."""
    offered: list[tuple[str, ...]] = [()] * len(rows)
    for row in np.flatnonzero(asked).tolist():
        if question.items_from is None:
            offered[row] = question.item_ids
        else:
            about = items_of(question, rows.sittings[row], rows.subjects[row], "en")
            offered[row] = tuple(item for item, _ in about)
    return offered


def _steps(
    world: World, scale: Scale, construct: str, favour: NDArray[np.float64], moved: NDArray[np.float64]
) -> NDArray[np.int64]:
    """A step of the scale each: around the middle of a bipolar one, else where favour lies between its ends."""
    if scale.kind == "bipolar":
        drawn = (scale.lowest + scale.highest) / 2 + moved + world.random.normal(0, BIPOLAR_SPREAD, len(favour))
    else:
        spread = world.random.normal(0, STEADY.get(construct, SPREAD), len(favour))
        drawn = scale.lowest + (favour + moved / STEPS + spread) * (scale.highest - scale.lowest)
    return np.clip(np.rint(drawn), scale.lowest, scale.highest).astype(np.int64)


def _often(world: World, aside: str, item: str = "") -> NDArray[np.float64]:
    """How often an answer that is no rating is given, by credential: as is usual, or usual of a skill there."""
    usual = world.habits.asides.get(aside, 0.0)
    return np.array([*(truth.asides.get(aside, {}).get(item, usual) for truth in world.truths), usual])


def _with_asides(world: World, question: Question, rows: Rows, answers: Column) -> Column:
    """Some answers replaced by one that is no rating."""
    for aside in question.aside:
        often = _often(world, aside.id)[rows.credentials]
        for row in np.flatnonzero(world.random.random(len(answers)) < often).tolist():
            answers[row] = aside.id
    return answers


# --- choices ---------------------------------------------------------------------------------------------------------


def _draw_one(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    options = [option.id for option in question.options]
    tilt = world.habit(world.habits.tilts, question) or 0.0
    leaning = np.exp(tilt * np.outer(rows.favour - 0.5, np.arange(len(options))))
    return _with_asides(world, question, rows, _choose(world, options, world.liking(question, options, rows) * leaning))


def _draw_awareness(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """The first option that is not positive for who never heard of it, else one of the positive by habit."""
    known = np.append(world.awareness, OVERCLAIMING)[rows.credentials]
    aware = world.random.random(len(rows)) < known
    positive = [option.id for option in question.options if option.id in question.positive]
    never = next(option.id for option in question.options if option.id not in question.positive)
    how = _choose(world, positive, world.liking(question, positive, rows))
    return [how[row] if heard else never for row, heard in enumerate(aware.tolist())]


def _choose(world: World, options: list[str], weights: NDArray[np.float64]) -> Column:
    """One option a row, by that row's weights."""
    running = np.cumsum(weights, axis=1)
    chance = world.random.random(len(weights)) * running[:, -1]
    return np.array(options, dtype=object)[(chance[:, None] >= running[:, :-1]).sum(axis=1)].tolist()


def _draw_several(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """Each option by its chance, at most as many as may be; who ticks one that stands alone ticks no other."""
    options = [option.id for option in question.options]
    tilt = world.habit(world.habits.tilts, question) or 0.0
    alone = [option.exclusive for option in question.options]
    leaning = np.where(alone, 1.0, np.exp(tilt * (rows.favour - 0.5))[:, None])
    ticked = world.random.random((len(rows), len(options))) < leaning * world.liking(question, options, rows)
    for place, stands_alone in enumerate(alone):
        if stands_alone:
            others = np.delete(np.arange(len(options)), place)
            ticked[np.ix_(ticked[:, place], others)] = False
    if question.maximum is not None:
        likings = np.where(ticked, world.random.random(ticked.shape), -1.0)
        rank = np.argsort(np.argsort(-likings, axis=1), axis=1)
        ticked &= rank < int(question.maximum)
    # Few combinations come up often: each is made into a list once, and nobody changes it.
    which = ticked @ (1 << np.arange(len(options)))
    lists = {
        number: [option for place, option in enumerate(options) if number >> place & 1] or None
        for number in np.unique(which).tolist()
    }
    return [lists[number] for number in which.tolist()]


def _draw_pairs(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """Whoever comes out better in this person's eyes; much the same when they are close."""
    place = {credential.slug: index for index, credential in enumerate(world.institution.credentials)}
    views = world.values + world.random.normal(0, SPREAD, (len(rows), len(place)))
    column: Column = [None] * len(rows)
    for row in np.flatnonzero(asked).tolist():
        column[row] = {}
        pairs = items_of(question, rows.sittings[row], rows.subjects[row], "en")
        most = int(question.maximum or len(pairs))
        put = pairs if len(pairs) <= most else [pairs[at] for at in world.random.permutation(len(pairs))[:most]]
        for pair, _ in put:
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


def _draw_week(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """In which week somebody left: of the planned ones, rather early."""
    assert question.maximum is not None
    planned = np.append(world.weeks, 10.0)[rows.credentials]
    week = np.ceil(planned * world.random.beta(1.3, 2.0, len(rows)))
    return np.clip(week, 1, question.maximum).astype(int).tolist()


def _away(world: World, rows: Rows, construct: str) -> NDArray[np.float64]:
    """Steps from the middle somebody answered to a bipolar construct before; 0 where they did not."""
    for question in world.instrument.questions:
        if question.construct == construct and question.scale and question.id in rows.kept:
            middle = (question.scale.lowest + question.scale.highest) / 2
            return np.array([one - middle if isinstance(one, int) else 0.0 for one in rows.kept[question.id]])
    return np.zeros(len(rows))


def _draw_line(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """A short text from the bank of lines, by the share of people who write one."""
    usual = world.habits.lines.get(question.id, {})
    own = [truth.lines.get(question.id, usual) for truth in world.truths] + [usual]
    writes = world.random.random(len(rows)) < world.habits.texts.get(question.id, 0.0)
    chance = world.random.random(len(rows))
    column: Column = [None] * len(rows)
    for row in np.flatnonzero(asked & writes).tolist():
        lines = own[int(rows.credentials[row])]
        known = lines.get(rows.languages[row]) or lines.get("en")
        column[row] = known[int(chance[row] * len(known))] if known else None
    return column


def _draw_comment(world: World, question: Question, rows: Rows, asked: Booleans) -> Column:
    """A comment of the question's polarity by those who have that to say; questions without one take lines."""
    if question.polarity is None:
        return _draw_line(world, question, rows, asked)
    positive = question.polarity == "positive"
    side, other = ("pos", "neg") if positive else ("neg", "pos")
    topic = world.habit(world.habits.topics, question)
    writes = asked & np.isin(rows.voices, (BOTH, POSITIVE if positive else NEGATIVE))
    if {each.polarity for each in world.instrument.questions} != {None, "positive", "negative"}:
        writes = asked & (rows.voices != NOTHING)  # only one side is asked for: whoever writes at all, writes there
    if topic:
        writes &= world.random.random(len(rows)) < FOLLOWED_UP
    openings = world.phrases.openings

    @cache
    def points(credential: int, changed: bool, polarity: str, language: str) -> Points:
        topics = {topic: 1.0} if topic else _topics(world, credential, changed, polarity)
        return points_of(world.phrases, world.audience, polarity, language, topics)

    column: Column = [None] * len(rows)
    wanted = np.flatnonzero(writes)
    for row, dice in zip(wanted.tolist(), world.random.random((len(wanted), DICE)).tolist(), strict=True):
        credential, language = int(rows.credentials[row]), rows.languages[row]
        changed = bool(world.changed[rows.occasions[row]])
        others = None if topic else points(credential, changed, other, language)
        opening = () if topic else openings.get((world.audience, side, language), ())
        column[row] = compose(opening, points(credential, changed, side, language), others, dice)
    return column


def _topics(world: World, credential: int, changed: bool, polarity: str) -> Mapping[str, float]:
    truth = world.truths[credential]
    if world.audience == "learner":
        if changed and polarity == "neg" and truth.change and truth.change.learner_complaints is not None:
            return truth.change.learner_complaints
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
        "dropout_week": _draw_week,
    }
)
"""What goes before the kind: these follow from who answers, not from favour."""

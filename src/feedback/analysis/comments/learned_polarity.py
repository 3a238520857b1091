"""Learning how topics are spoken of, from tags to which people gave a polarity: beside the rule for the first day.

Logistic regression on the terms of a tag's clause, its topic, and on what the lexicons hear there, near the tag and in
the whole comment. It is used only where it measures better than the rule on the same tags.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import exp, isnan, nan
from typing import Any, NamedTuple

import numpy as np

from feedback.analysis.comments.judging import DOUBT, STRONGEST, tone
from feedback.analysis.comments.learning import CLASSES, MOST_WEIGHT, as_kept, fits, quality_of
from feedback.analysis.comments.sentences import clauses
from feedback.analysis.comments.sentiment import Signals, signals
from feedback.analysis.comments.terms import Terms, learn_terms
from feedback.analysis.comments.topics import Tag, polarity_within
from feedback.analysis.comments.validation import error_of_gain, folds_of

LEAST = 50
"""Tags with a polarity from which it is learned."""
LEAST_EACH = 8
"""Of two polarities at least there must be so many; a polarity or a topic with fewer is not learned."""
FOLDS = 5
MOST = 20_000
STIFFNESS = 0.5
TOPIC_WEIGHT, HEARD_WEIGHT = 0.2, 0.15
"""What the topic, and a standardised number of the lexicons, count beside a clause's terms, of length 1 together."""
NEAR = 20.0
"""So many letters off, a word counts a third of one that stands beside the tag; over each end of a clause half."""


class Place(NamedTuple):
    """One tag with its clause (as text; all of them, for a tag over several), how it is said, what the rule for the
    first day makes of it ("" where it cannot tell), what the lexicons hear, and the whole text."""

    comment: int
    clause: str
    topic: str
    said: str
    rule: str
    heard: tuple[float, ...]
    text: str


@dataclass(frozen=True)
class PolarityQuality:
    """How well the polarity of tags is read in comments not seen, by cross-validation; macro-F1, 0 to 1. tags: so many
    it was learned from. rule_f1: of the rule for the first day on the same, NaN where it can tell of none. error: the
    standard error of the gain, macro_f1 less rule_f1."""

    tags: int
    macro_f1: float
    rule_f1: float
    error: float = 0.0

    @property
    def is_better(self) -> bool:
        """Whether it should replace the rule: where it gains more than its standard error, or there is no rule."""
        return isnan(self.rule_f1) or self.macro_f1 > self.rule_f1 + self.error


@dataclass(frozen=True, eq=False)
class PolarityModel:
    """A learned reading of the polarity of tags in one language. weights: a row a class, a column a term, a topic of
    topics, and then a number of the lexicons; middle and spread: mean and standard deviation of these."""

    classes: tuple[str, ...]
    topics: tuple[str, ...]
    terms: Terms
    weights: np.ndarray
    intercept: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    quality: PolarityQuality

    def told(self, text: str, tags: Sequence[Tag], heard: Signals | None = None) -> list[Tag]:
        """The tags of a text with their polarity as it was learned. heard: the signals of the text, where known."""
        if not tags:
            return []
        found = spoken([text], [tags], self.terms.language, [heard])
        said = self.polarities(found)
        return [Tag(tag.topic, tag.start, tag.end, how) for tag, how in zip(tags, said, strict=True)]

    def polarities(self, found: Sequence[Place]) -> list[str]:
        """How each place speaks of its topic: "neg", "neu" or "pos"."""
        numbers = _numbers(self.terms, self.topics, found, self.middle, self.spread)
        return [self.classes[at] for at in (numbers @ self.weights.T + self.intercept).argmax(axis=1)]


def learn_polarity(
    found: Iterable[Place],
    language: str,
    *,
    people: Sequence[int] | None = None,
    least: int = 1,
    folds: int = FOLDS,
) -> PolarityModel | None:
    """Learn from places in comments of one language and how people said they speak of their topic.

    A comment is wholly learned from or wholly measured on. Places without a polarity teach nothing; those of a polarity
    too rare to be learned count in what is measured. people: who wrote each comment, where that is known; then only
    terms and topics are learned that so many of them used (least), in what is measured as well. None with fewer than
    LEAST places, LEAST_EACH or more of one polarity only, or where nothing tells of them.
    """
    given = sorted(
        (one for one in found if one.said in CLASSES), key=lambda one: (one.clause, one.topic, one.said, one.text)
    )
    counts = {one: sum(each.said == one for each in given) for one in CLASSES}
    classes = tuple(one for one in CLASSES if counts[one] >= LEAST_EACH)
    if sum(counts[one] for one in classes) < LEAST or len(classes) < 2:
        return None
    given = [given[at] for at in np.random.default_rng(0).permutation(len(given))[:MOST]]
    model = _fitted([one for one in given if one.said in classes], language, people, least)
    if not model.weights.shape[1]:
        return None
    who = None if people is None else [people[one.comment] for one in given]
    true = [one.said for one in given]
    read: list[str] = [""] * len(given)
    for learned, test in folds_of(true, [one.text for one in given], folds, who):
        train = [given[at] for at in learned if given[at].said in classes]
        if len({one.said for one in train}) > 1:
            tried = _fitted(train, language, people, least).polarities([given[at] for at in test])
            for at, said in zip(test, tried, strict=True):
                read[at] = said
    return replace(model, quality=_quality(model.quality.tags, true, read, [one.rule for one in given]))


def _quality(tags: int, true: Sequence[str], read: Sequence[str], rule: Sequence[str]) -> PolarityQuality:
    """What is not told ("") is told wrongly; only a rule that tells of none is none."""
    macro = quality_of(true, read)[0]
    if not any(rule):
        return PolarityQuality(tags, macro, nan)
    some = sorted(set(true))
    as_told = [np.array([[one == each for each in some] for one in told]) for told in (true, read, rule)]
    return PolarityQuality(tags, macro, quality_of(true, rule)[0], error_of_gain(*as_told))


def spoken(
    texts: Sequence[str], tags: Sequence[Sequence[Tag]], language: str, heard: Sequence[Signals | None] | None = None
) -> list[Place]:
    """Where each tag of each text stands. heard: the signals of the texts, where known."""
    found: list[Place] = []
    for comment, (text, some) in enumerate(zip(texts, tags, strict=True)):
        known = (heard[comment] if heard is not None else None) or signals(text, language)
        parts = clauses(text, language) or [(0, len(text))]
        for tag in some:
            at = max((place for place, (start, _) in enumerate(parts) if start <= tag.start), default=0)
            last = max((place for place, (start, _) in enumerate(parts) if start < tag.end), default=at)
            start, end = parts[at][0], parts[max(at, last)][1]
            rule = "" if known is None else polarity_within(known, start, end)
            numbers = () if known is None else _heard(known, tag, parts, (at, max(at, last)))
            found.append(Place(comment, text[start:end], tag.topic, tag.polarity, rule, numbers, text))
    return found


def _heard(heard: Signals, tag: Tag, parts: Sequence[tuple[int, int]], own: tuple[int, int]) -> tuple[float, ...]:
    """What the lexicons hear in the tag's clause, near the tag, and in the whole comment. own: the first and the last
    of the parts it stands in."""
    first, last = own
    start, end = parts[first][0], parts[last][1]
    there = [one for one in heard.judged if start <= one.start < end]
    values = [one.value for one in there]
    weight = weighed = 0.0
    for one in heard.judged:
        away = 0 if tag.start <= one.start < tag.end else min(abs(one.start - tag.start), abs(one.start - tag.end))
        at = max((place for place, (begin, _) in enumerate(parts) if begin <= one.start), default=0)
        counts = exp(-away / NEAR) * 0.5 ** max(first - at, at - last, 0)
        weight, weighed = weight + counts, weighed + counts * one.value
    near = max(-1.0, min(weighed / (weight + DOUBT / 2) / STRONGEST, 1.0))
    whole = 0.0 if isnan(heard.sentiment) else heard.sentiment
    told = (tone(there), min(values, default=0.0), max(values, default=0.0), near, abs(near), whole, abs(whole))
    return (*told, heard.tone, *(one for one in (heard.vader, heard.textblob) if not isnan(one)))


def _numbers(
    terms: Terms, topics: Sequence[str], found: Sequence[Place], middle: np.ndarray, spread: np.ndarray
) -> Any:
    """Terms of each place's clause, its topic, and what is heard, side by side (sparse)."""
    from scipy.sparse import csr_array, hstack

    about = np.array([[one.topic == topic for topic in topics] for one in found], dtype=float)
    heard = np.array([one.heard or np.zeros(len(middle)) for one in found], dtype=float).reshape(
        len(found), len(middle)
    )
    rows = (heard - middle) / np.where(spread > 0, spread, 1.0)
    words = terms.matrix([one.clause for one in found])
    sides = [csr_array(TOPIC_WEIGHT * about.reshape(len(found), len(topics))), csr_array(HEARD_WEIGHT * rows)]
    return csr_array(hstack([words, *sides], format="csr"))


def _fitted(found: Sequence[Place], language: str, people: Sequence[int] | None, least: int) -> PolarityModel:
    from sklearn.linear_model import LogisticRegression  # here, because it takes a second to load

    said = np.array([one.said for one in found])
    classes = tuple(one for one in CLASSES if one in set(said.tolist()))
    who = None if people is None else [people[one.comment] for one in found]
    terms = learn_terms([one.clause for one in found], language, who, least)
    often = Counter(one.topic for one in found)
    users = Counter(topic for topic, _ in {(one.topic, who[at] if who else at) for at, one in enumerate(found)})
    topics = tuple(sorted(topic for topic in often if often[topic] >= LEAST_EACH and users[topic] >= least))
    width = max(len(one.heard) for one in found)
    heard = np.array([one.heard or np.zeros(width) for one in found], dtype=float).reshape(len(found), width)
    middle, spread = heard.mean(axis=0), heard.std(axis=0)
    balance = {one: min(1 / (len(classes) * float(np.mean(said == one))), MOST_WEIGHT) for one in classes}
    numbers = _numbers(terms, topics, found, middle, spread)
    nothing = PolarityQuality(len(found), nan, nan)
    if not numbers.shape[1]:
        none = np.zeros((len(classes), 0)), np.zeros(len(classes))
        return PolarityModel(classes, topics, terms, *none, middle, spread, nothing)
    regression = LogisticRegression(C=1 / STIFFNESS, class_weight=balance, max_iter=400)
    regression.fit(numbers, said)
    weights, intercept = regression.coef_, regression.intercept_
    if len(weights) == 1:  # two classes: one row says it all
        weights, intercept = np.vstack([0 * weights, weights]), np.array([0.0, intercept[0]])
    place = [list(regression.classes_).index(one) for one in classes]
    return PolarityModel(classes, topics, terms, weights[place], intercept[place], middle, spread, nothing)


def stored(model: PolarityModel | None) -> tuple[Mapping[str, object] | None, dict[str, np.ndarray]]:
    """A model as facts and arrays, to be packed with the topics it belongs to; None and nothing without one."""
    if model is None:
        return None, {}
    quality = {name: None if isnan(value) else value for name, value in asdict(model.quality).items()}
    facts = {"classes": model.classes, "topics": model.topics, "names": model.terms.names, "quality": quality}
    arrays = {"idf": model.terms.weights, "weights": model.weights, "intercept": model.intercept}
    arrays |= {"middle": model.middle, "spread": model.spread}
    return facts, {f"polarity_{name}": array for name, array in arrays.items()}


def restored(facts: Mapping[str, Any] | None, arrays: Mapping[str, np.ndarray], language: str) -> PolarityModel | None:
    """What `stored` was given. Raises FeedbackError where something of it is missing or does not fit."""
    if facts is None:
        return None
    with as_kept():
        quality: dict[str, Any] = {name: nan if value is None else value for name, value in facts["quality"].items()}
        classes, topics, names = (len(facts[name]) for name in ("classes", "topics", "names"))
        (probe,) = spoken(["good"], [[Tag("", 0, 4, "")]], language)
        shapes: dict[str, tuple[int, ...]] = {"idf": (names,), "intercept": (classes,)}
        shapes["middle"] = shapes["spread"] = (len(probe.heard) or len(arrays["polarity_middle"]),)
        shapes["weights"] = (classes, names + topics + shapes["middle"][0])
        own = {name: arrays[f"polarity_{name}"] for name in shapes}
        fits(own, **shapes)
        terms = Terms(language, tuple(facts["names"]), own.pop("idf"))
        return PolarityModel(
            tuple(facts["classes"]), tuple(facts["topics"]), terms, **own, quality=PolarityQuality(**quality)
        )

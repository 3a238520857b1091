"""Learning how topics are spoken of, from tags to which people gave a polarity: beside the rule for the first day.

Logistic regression on the terms of a tag's clause, its topic, and on what the lexicons hear there, near the tag and in
the whole comment. It is used only where it measures better than the rule on the same tags.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import exp, isnan, nan
from typing import Any, NamedTuple

import numpy as np

from feedback.analysis.comments.judging import DOUBT, STRONGEST, tone
from feedback.analysis.comments.learning import CLASSES, MOST_WEIGHT, quality_of
from feedback.analysis.comments.sentences import clauses
from feedback.analysis.comments.sentiment import Signals, signals
from feedback.analysis.comments.terms import Terms, learn_terms
from feedback.analysis.comments.topics import Tag, tagged

LEAST = 50
"""Tags with a polarity from which it is learned."""
LEAST_EACH = 8
"""Of two polarities at least there must be so many; a polarity or a topic with fewer is left out."""
FOLDS = 5
MOST = 20_000
STIFFNESS = 0.5
TOPIC_WEIGHT, HEARD_WEIGHT = 0.2, 0.15
"""What the topic, and a standardised number of the lexicons, count beside a clause's terms, of length 1 together."""
NEAR = 20.0
"""So many letters off, a word counts a third of one that stands beside the tag; over each end of a clause half."""


class Place(NamedTuple):
    """One tag with its clause (as text), how it is said, and what the rule for the first day makes of it."""

    comment: int
    clause: str
    topic: str
    said: str
    rule: str
    heard: tuple[float, ...]


@dataclass(frozen=True)
class PolarityQuality:
    """How well the polarity of tags is read in comments not seen, by cross-validation; macro-F1, 0 to 1. tags: so many
    it was learned from. rule_f1: of the rule for the first day on the same."""

    tags: int
    macro_f1: float
    rule_f1: float

    @property
    def is_better(self) -> bool:
        return isnan(self.rule_f1) or self.macro_f1 > self.rule_f1


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


def learn_polarity(found: Iterable[Place], language: str, *, folds: int = FOLDS) -> PolarityModel | None:
    """Learn from places in comments of one language and how people said they speak of their topic.

    A comment is wholly learned from or wholly measured on. Places without a polarity teach nothing. None with fewer
    than LEAST places, or LEAST_EACH or more of one polarity only.
    """
    given = sorted((one for one in found if one.said in CLASSES), key=lambda one: (one.clause, one.topic, one.said))
    counts = {one: sum(each.said == one for each in given) for one in CLASSES}
    classes = tuple(one for one in CLASSES if counts[one] >= LEAST_EACH)
    given = [one for one in given if one.said in classes]
    if len(given) < LEAST or len(classes) < 2:
        return None
    given = [given[at] for at in np.random.default_rng(0).permutation(len(given))[:MOST]]
    comments = sorted({one.comment for one in given}, key=[one.comment for one in given].index)
    fold = {comment: at % folds for at, comment in enumerate(comments)}
    read: list[str] = [""] * len(given)
    for part in range(folds):
        test = [at for at, one in enumerate(given) if fold[one.comment] == part]
        train = [one for one in given if fold[one.comment] != part]
        if test and len({one.said for one in train}) > 1:
            for at, said in zip(test, _fitted(train, language).polarities([given[at] for at in test]), strict=True):
                read[at] = said
    true = [one.said for one in given]
    rule = quality_of(true, [one.rule for one in given])[0] if all(one.rule for one in given) else nan
    return _fitted(given, language, PolarityQuality(len(given), quality_of(true, read)[0], rule))


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
            start, end = parts[at]
            rule = tagged(text, language, [(tag.start, tag.end, tag.topic)], "", known)[0].polarity
            numbers = () if known is None else _heard(known, tag, parts, at)
            found.append(Place(comment, text[start:end], tag.topic, tag.polarity, rule, numbers))
    return found


def without(model: PolarityModel, terms: Collection[str], topics: Collection[str]) -> PolarityModel:
    """A model that does not know these terms and topics."""
    kept = np.array([name not in terms for name in model.terms.names], dtype=bool)
    about = np.array([topic not in topics for topic in model.topics], dtype=bool)
    names = tuple(name for name, stays in zip(model.terms.names, kept, strict=True) if stays)
    columns = np.concatenate([kept, about, np.ones(len(model.middle), dtype=bool)])
    return replace(
        model,
        topics=tuple(topic for topic, stays in zip(model.topics, about, strict=True) if stays),
        terms=Terms(model.terms.language, names, model.terms.weights[kept]),
        weights=model.weights[:, columns],
    )


def _heard(heard: Signals, tag: Tag, parts: Sequence[tuple[int, int]], at: int) -> tuple[float, ...]:
    """What the lexicons hear in the tag's clause, near the tag, and in the whole comment."""
    start, end = parts[at]
    own = [one for one in heard.judged if start <= one.start < end]
    values = [one.value for one in own]
    weight = weighed = 0.0
    for one in heard.judged:
        away = 0 if tag.start <= one.start < tag.end else min(abs(one.start - tag.start), abs(one.start - tag.end))
        there = max((place for place, (begin, _) in enumerate(parts) if begin <= one.start), default=0)
        counts = exp(-away / NEAR) * 0.5 ** abs(there - at)
        weight, weighed = weight + counts, weighed + counts * one.value
    near = max(-1.0, min(weighed / (weight + DOUBT / 2) / STRONGEST, 1.0))
    whole = 0.0 if isnan(heard.sentiment) else heard.sentiment
    told = (tone(own), min(values, default=0.0), max(values, default=0.0), near, abs(near), whole, abs(whole))
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


def _fitted(found: Sequence[Place], language: str, quality: PolarityQuality | None = None) -> PolarityModel:
    from sklearn.linear_model import LogisticRegression  # here, because it takes a second to load

    said = np.array([one.said for one in found])
    classes = tuple(one for one in CLASSES if one in set(said.tolist()))
    often = {topic: sum(one.topic == topic for one in found) for topic in sorted({one.topic for one in found})}
    topics = tuple(topic for topic, count in often.items() if count >= LEAST_EACH)
    terms = learn_terms([one.clause for one in found], language)
    width = max(len(one.heard) for one in found)
    heard = np.array([one.heard or np.zeros(width) for one in found], dtype=float).reshape(len(found), width)
    middle, spread = heard.mean(axis=0), heard.std(axis=0)
    balance = {one: min(1 / (len(classes) * float(np.mean(said == one))), MOST_WEIGHT) for one in classes}
    regression = LogisticRegression(C=1 / STIFFNESS, class_weight=balance, max_iter=400)
    regression.fit(_numbers(terms, topics, found, middle, spread), said)
    weights, intercept = regression.coef_, regression.intercept_
    if len(weights) == 1:  # two classes: one row says it all
        weights, intercept = np.vstack([0 * weights, weights]), np.array([0.0, intercept[0]])
    place = [list(regression.classes_).index(one) for one in classes]
    nothing = PolarityQuality(len(found), nan, nan)
    return PolarityModel(classes, topics, terms, weights[place], intercept[place], middle, spread, quality or nothing)


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
    """What `stored` was given."""
    if facts is None:
        return None
    quality: dict[str, Any] = {name: nan if value is None else value for name, value in facts["quality"].items()}
    own = {name: arrays[f"polarity_{name}"] for name in ("idf", "weights", "intercept", "middle", "spread")}
    terms = Terms(language, tuple(facts["names"]), own.pop("idf"))
    return PolarityModel(
        tuple(facts["classes"]), tuple(facts["topics"]), terms, **own, quality=PolarityQuality(**quality)
    )

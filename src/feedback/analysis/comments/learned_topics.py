"""Learning topics from tags that people gave: what is said when each topic is meant, beside the taxonomy's seeds.

One logistic regression a topic on the terms of a comment, each counted by how much it tells of the topic, and on
whether the seeds found it; a topic is learned only where that reads better than the seeds. Each tag points at the words
that told most.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from feedback.analysis.comments.learned_polarity import PolarityModel, restored, spoken, stored
from feedback.analysis.comments.learning import as_kept, fits, pack, unpack
from feedback.analysis.comments.sentiment import Signals
from feedback.analysis.comments.terms import Terms, learn_terms, reweighed, telling
from feedback.analysis.comments.topics import POLARITIES, Tag, Taxonomy, tagged
from feedback.analysis.comments.validation import error_of_gain, folds_of
from feedback.analysis.comments.words import places, stem, word_lists
from feedback.errors import Problem, Refused

LEAST = 50
"""Tagged comments from which topics are learned."""
LEAST_EACH = 8
"""Comments that must have a topic, and that must not, for it to be learned."""
FOLDS = 5
STIFFNESS = 2.0
"""Of the regression (1 / C): small weights are preferred."""
USUAL_LENGTH = 15.0
"""Of the terms of a comment of some ten words; longer ones are about more, and their terms count more together."""
SEEDS_WEIGHT = 0.1
"""What it counts that the seeds found the topic, beside a text's terms, which have length 1 together."""
FORM = "feedback topic model 2"


@dataclass(frozen=True)
class TopicQuality:
    """How well a topic is found in comments not seen, by cross-validation; each 0 to 1. tagged: comments people gave it
    to. seeds_f1: of the taxonomy's seeds alone on the same comments (0 for a topic it does not have). error: the
    standard error of the gain, f1 less seeds_f1."""

    tagged: int
    precision: float
    recall: float
    f1: float
    seeds_f1: float
    error: float = 0.0

    @property
    def is_better(self) -> bool:
        """Whether it should replace the seeds: where it gains more than its standard error."""
        return self.f1 > self.seeds_f1 + self.error


class Text(NamedTuple):
    """A text to be tagged, each part as of `TopicModel.tag`."""

    text: str
    seeded: Sequence[Tag]
    polarity: str | None
    heard: Signals | None
    found: Sequence[tuple[str, int, int]]


@dataclass(frozen=True, eq=False)
class TopicModel:
    """Learned topics of one language. seeds: the topics of the taxonomy it was learned with. weights: a row a topic, a
    column a term and then one for each of seeds; cuts: the score from which a topic is said. quality: of every topic
    that was tried; only better ones are used. polarity: how topics are spoken of, where that was learned, too; used
    where it is better than the rule.
    """

    topics: tuple[str, ...]
    seeds: tuple[str, ...]
    terms: Terms
    weights: np.ndarray
    intercept: np.ndarray
    cuts: np.ndarray
    quality: Mapping[str, TopicQuality]
    polarity: PolarityModel | None = None

    @property
    def language(self) -> str:
        return self.terms.language

    @property
    def used(self) -> frozenset[str]:
        return frozenset(topic for topic in self.topics if self.quality[topic].is_better)

    def tag(
        self,
        text: str,
        seeded: Sequence[Tag],
        polarity: str | None = None,
        heard: Signals | None = None,
        found: Sequence[tuple[str, int, int]] | None = None,
    ) -> list[Tag]:
        """The tags of one text: those of the taxonomy for what was not learned, and the learned ones, in order.

        seeded: what the taxonomy found. A learned topic points at the taxonomy's words where it found it, too, else at
        the word or pair of words that told most; where no word tells of it, it is not said. polarity, heard, found: as
        of `Taxonomy.tag`.
        """
        return self.tag_all([Text(text, seeded, polarity, heard, places(text) if found is None else found)])[0]

    def tag_all(self, texts: Sequence[Text]) -> list[list[Tag]]:
        """The tags of each text, as `tag` gives them; many at once are read several times as fast."""
        about = self.said([one.text for one in texts], [one.seeded for one in texts])
        tags = [self._pointed(one, said) for one, said in zip(texts, about, strict=True)]
        if self.polarity is None or not self.polarity.quality.is_better:
            return tags
        open_ones = [at for at, one in enumerate(texts) if tags[at] and not one.polarity]
        own, heard = [tags[at] for at in open_ones], [texts[at].heard for at in open_ones]
        where = spoken([texts[at].text for at in open_ones], own, self.language, heard)
        ways = iter(self.polarity.polarities(where) if where else ())
        for at in open_ones:
            tags[at] = [Tag(tag.topic, tag.start, tag.end, next(ways)) for tag in tags[at]]
        return tags

    def _pointed(self, one: Text, said: Collection[str]) -> list[Tag]:
        """The tags of a text that is about these of the learned topics, their polarity as the rule has it."""
        used = self.used
        kept = [tag for tag in one.seeded if tag.topic not in used or tag.topic in said]
        missing = sorted(set(said) - {tag.topic for tag in kept})
        told = {topic: self._telling(one.found, topic) for topic in missing if one.found}
        spans = [(*place, topic) for topic, place in told.items() if place]
        if spans:
            given = POLARITIES.get(one.polarity or "", "")
            kept += tagged(one.text, self.language, sorted(spans), given, one.heard, one.found)
            kept.sort(key=lambda tag: (tag.start, tag.end, tag.topic))
        return kept

    def said(self, texts: Sequence[str], seeded: Sequence[Iterable[Tag]]) -> list[set[str]]:
        """Which of the learned topics that are used each text is about."""
        scores = _numbers(self.terms, texts, [{tag.topic for tag in tags} for tags in seeded], self.seeds)
        over, used = (scores @ self.weights.T + self.intercept) >= self.cuts, self.used
        return [{self.topics[at] for at in np.flatnonzero(row) if self.topics[at] in used} for row in over]

    def _telling(self, found: Sequence[tuple[str, int, int]], topic: str) -> tuple[int, int] | None:
        """Where the word, or pair of words, stands that tells most of a topic; None where none tells of it at all."""
        row, columns = self.weights[self.topics.index(topic)], self.terms.columns
        stems = [stem(word, self.language) for word, _, _ in found]
        terms = [(term, at, at) for at, term in enumerate(stems)]
        terms += [(f"{one} {other}", at, at + 1) for at, (one, other) in enumerate(pairwise(stems))]

        stop_words = word_lists(self.language).stop_words

        def told(one: tuple[str, int, int]) -> tuple[bool, float, int]:
            term, first, last = one
            says = all(found[at][0] not in stop_words for at in (first, last))
            column = columns.get(term)
            return says, -1.0 if column is None else float(row[column] * self.terms.weights[column]), -first

        _, first, last = best = max(terms, key=told)
        return (found[first][1], found[last][2]) if told(best)[1] > 0 else None


def learn_topics(
    texts: Sequence[str],
    said: Sequence[Collection[str]],
    language: str,
    taxonomy: Taxonomy,
    *,
    people: Sequence[int] | None = None,
    least: int = 1,
    folds: int = FOLDS,
) -> TopicModel:
    """Learn from comments in one language and the topics that people gave each (ids; none is an answer, too).

    Topics the taxonomy does not have are learned, too. people: who wrote each, where that is known; then only terms are
    learned that so many of them used (least), in what is measured as well. Raises Refused with fewer than LEAST
    comments, or when no topic was given LEAST_EACH times.
    """
    if len(texts) != len(said):
        raise ValueError(f"{len(texts)} texts but {len(said)} sets of topics")
    pairs = sorted(
        zip(texts, (frozenset(one) for one in said), people if people is not None else [0] * len(texts), strict=True),
        key=lambda pair: (pair[0], sorted(pair[1]), pair[2]),
    )
    given = [pairs[at] for at in np.random.default_rng(0).permutation(len(pairs))]
    counts = {topic: sum(topic in one for _, one, _ in given) for topic in sorted(set().union(*said))}
    topics = tuple(topic for topic, count in counts.items() if LEAST_EACH <= count <= len(given) - LEAST_EACH)
    if len(given) < LEAST or not topics:
        problem = (
            f"found {len(given):,} in language {language!r}; at least {LEAST} are needed, {LEAST_EACH} on one topic."
        )
        raise Refused([Problem("tagged comments", problem)])
    texts, seeds = [text for text, _, _ in given], tuple(taxonomy.topics)
    people = None if people is None else [person for _, _, person in given]
    seeded = [{tag.topic for tag in taxonomy.tag(text, language, "negative")} for text in texts]
    truth = np.array([[topic in one for topic in topics] for _, one, _ in given])
    found = np.array([[topic in one for topic in topics] for one in seeded])
    scores = np.zeros(truth.shape)
    rarest = truth[:, truth.sum(axis=0).argmin()].astype(int)
    parts = folds_of(rarest, texts, folds, people)
    for train, test in parts:
        own = None if people is None else [people[at] for at in train]
        terms = learn_terms([texts[at] for at in train], language, own, least)
        numbers = _numbers(terms, [texts[at] for at in train], [seeded[at] for at in train], seeds)
        weights, intercept = _fitted(numbers, truth[train], len(terms.names))
        looked = _numbers(terms, [texts[at] for at in test], [seeded[at] for at in test], seeds)
        scores[test] = looked @ weights.T + intercept
    read = np.zeros(truth.shape, dtype=bool)
    for others, test in parts:  # a cut chosen on what it is measured by would be kind to itself (decision 0017)
        read[test] = scores[test] >= _cuts(scores[others], truth[others])
    quality = {topic: _quality(truth[:, at], read[:, at], found[:, at]) for at, topic in enumerate(topics)}
    cuts = _cuts(scores, truth)
    terms = learn_terms(texts, language, people, least)
    weights, intercept = _fitted(_numbers(terms, texts, seeded, seeds), truth, len(terms.names))
    return TopicModel(topics, seeds, terms, weights, intercept, cuts, quality)


def without_topics(language: str, taxonomy: Taxonomy, polarity: PolarityModel) -> TopicModel:
    """A model that knows no topic, only how topics are spoken of."""
    seeds, none = tuple(taxonomy.topics), np.zeros(0)
    return TopicModel((), seeds, Terms(language, (), none), np.zeros((0, len(seeds))), none, none, {}, polarity)


def packed(model: TopicModel) -> bytes:
    """A model as bytes: arrays and JSON, no code."""
    quality = {topic: asdict(one) for topic, one in model.quality.items()}
    polarity, more = stored(model.polarity)
    facts = {
        "form": FORM,
        "language": model.language,
        "topics": model.topics,
        "seeds": model.seeds,
        "names": model.terms.names,
        "quality": quality,
        "polarity": polarity,
    }
    arrays = {"weights": model.weights, "intercept": model.intercept, "cuts": model.cuts, **more}
    return pack(facts, idf=model.terms.weights, **arrays)


def unpacked(stored: bytes, digest: str) -> TopicModel:
    """The model of these bytes. Raises FeedbackError when they are not those of the digest, or no such model."""
    facts, arrays = unpack(stored, digest, FORM)
    with as_kept():
        topics, seeds, names = (len(facts[name]) for name in ("topics", "seeds", "names"))
        fits(arrays, idf=(names,), weights=(topics, names + seeds), intercept=(topics,), cuts=(topics,))
        return TopicModel(
            topics=tuple(facts["topics"]),
            seeds=tuple(facts["seeds"]),
            terms=Terms(facts["language"], tuple(facts["names"]), arrays["idf"]),
            weights=arrays["weights"],
            intercept=arrays["intercept"],
            cuts=arrays["cuts"],
            quality={topic: TopicQuality(**facts["quality"][topic]) for topic in facts["topics"]},
            polarity=restored(facts["polarity"], arrays, facts["language"]),
        )


def _numbers(terms: Terms, texts: Sequence[str], seeded: Sequence[Collection[str]], seeds: Sequence[str]) -> Any:
    """Terms of each text and which of the taxonomy's topics its seeds found, side by side (sparse)."""
    from scipy.sparse import csr_array, hstack

    rows = np.array([[topic in one for topic in seeds] for one in seeded], dtype=float).reshape(len(texts), len(seeds))
    return csr_array(hstack([terms.matrix(texts, USUAL_LENGTH), csr_array(SEEDS_WEIGHT * rows)], format="csr"))


def _fitted(numbers: Any, truth: np.ndarray, terms: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (a row a topic) and intercepts. terms: so many of the columns are terms, the first."""
    from sklearn.linear_model import LogisticRegression  # here, because it takes a second to load

    weights, intercept = np.zeros((truth.shape[1], numbers.shape[1])), np.full(truth.shape[1], -10.0)
    for at in range(truth.shape[1]):
        if numbers.shape[1] and 0 < truth[:, at].sum() < len(truth):
            told = np.concatenate([telling(numbers[:, :terms], truth[:, at]), np.ones(numbers.shape[1] - terms)])
            one = LogisticRegression(C=1 / STIFFNESS, class_weight="balanced", solver="liblinear", intercept_scaling=10)
            one.fit(reweighed(numbers, told), truth[:, at])
            weights[at], intercept[at] = told * one.coef_[0], one.intercept_[0]
    return weights, intercept


def _cuts(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The best cut of each topic, a column each."""
    return np.array([_best_cut(scores[:, at], truth[:, at]) for at in range(truth.shape[1])])


def _best_cut(scores: np.ndarray, truth: np.ndarray) -> float:
    """The score from which calling it a topic has the best F1; the middle between it and the next lower one."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(f1.argmax())
    here, below = scores[order[best]], scores[order[min(best + 1, len(order) - 1)]]
    return float((here + below) / 2)


def _quality(truth: np.ndarray, found: np.ndarray, seeds: np.ndarray) -> TopicQuality:
    def f1(read: np.ndarray) -> float:
        return float(2 * np.sum(truth & read) / max(int(truth.sum() + read.sum()), 1))

    hits = int(np.sum(truth & found))
    precision, recall = hits / max(int(found.sum()), 1), hits / max(int(truth.sum()), 1)
    error = error_of_gain(truth[:, None], found[:, None], seeds[:, None])
    return TopicQuality(int(truth.sum()), precision, recall, f1(found), f1(seeds), error)

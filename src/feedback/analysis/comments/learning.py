"""Learning how comments sound from those that people rated or corrected: per language, measured, and kept as numbers.

Logistic regression on the terms of a comment and, where the lexicons know the language, on what they say of it; where
they do not, the mean of one on pieces of words and one on words, each counted by how much it tells.
A model is arrays and words only; it is stored with its digest and never unpickled.
Evidence: even 100 rated comments of one's own read better than the lexicons (benchmarks/comments.py).
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from math import isnan, log1p, nan
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from feedback.analysis.comments.sentiment import NEGATIVE_BELOW, POSITIVE_FROM, Signals, label, signals
from feedback.analysis.comments.terms import Terms, learn_terms, of_length_one, reweighed, telling
from feedback.analysis.comments.validation import folds_of
from feedback.errors import FeedbackError, Problem, Refused

CLASSES = ("neg", "neu", "pos")
LEAST = 50
"""Rated comments in a language from which a model is learned."""
LEAST_EACH = 5
"""Of at least two of the classes there must be so many; a class with fewer is left out."""
FOLDS = 5
MOST_MEASURED = 4_000
"""Comments a model is measured on; more do not change the figures, only the time."""
MOST_LEARNED = 20_000
HEARD_WEIGHT = 0.15
"""What a standardised signal of the lexicons counts beside a text's terms, which have length 1 together."""
STIFFNESS, STIFFNESS_UNHEARD = 0.5, 0.2
"""Of the regression (1 / C): small weights are preferred, less so where no lexicon helps."""
MOST_WEIGHT = 3.0
"""Rare classes are weighed up to the others, but not beyond this."""
BINS = 10
FORM = "feedback comment model 2"
UNREADABLE = "The stored comment model cannot be read. Learn again."


@dataclass(frozen=True)
class Quality:
    """How well a model reads comments it has not seen, by cross-validation; each 0 to 1.

    comments: how many it was learned from. macro_f1: the mean F1 of the classes. recall_negative: how many of the
    negative comments it finds. calibration_error: how far, on average, its certainty lies from how often it is right.
    lexicon_...: the same of the first day's reading, NaN in a language that is not scored.
    """

    comments: int
    macro_f1: float
    recall_negative: float
    calibration_error: float
    lexicon_macro_f1: float
    lexicon_recall_negative: float

    @property
    def is_better(self) -> bool:
        """Whether it should replace the lexicons: a higher macro-F1, or no lexicon for this language."""
        return isnan(self.lexicon_macro_f1) or self.macro_f1 > self.lexicon_macro_f1


@dataclass(frozen=True, eq=False)
class SentimentModel:
    """A learned reading of one language. weights: a row a class, a column a term and then a signal; middle and spread:
    mean and standard deviation of the signals (none in a language that is not scored). told: how much each term tells,
    and told_weights: what the terms weigh once counted by that and brought to length 1 again (no columns where the
    lexicons know the language)."""

    classes: tuple[str, ...]
    terms: Terms
    weights: np.ndarray
    intercept: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    told: np.ndarray
    told_weights: np.ndarray
    quality: Quality

    @property
    def language(self) -> str:
        return self.terms.language

    def chances(self, texts: Sequence[str], heard: Sequence[Signals | None] | None = None) -> pd.DataFrame:
        """How likely each text is neg, neu and pos (0 to 1; together 1). heard: its signals, where known already."""
        numbers = _numbers(self.terms, texts, heard, self.middle, self.spread)
        scores = numbers @ self.weights.T + self.intercept
        if len(self.told):
            scores += of_length_one(reweighed(numbers, self.told)) @ self.told_weights.T
        found = _softmax(scores)
        return pd.DataFrame(found, columns=list(self.classes)).reindex(columns=list(CLASSES), fill_value=0.0)

    def sentiment(self, texts: Sequence[str], heard: Sequence[Signals | None] | None = None) -> np.ndarray:
        """Each text's sentiment, -1 to 1, so that `sentiment.label` gives the likeliest class."""
        return as_sentiment(self.chances(texts, heard))


class _Rated(NamedTuple):
    """Comments, what people said of each, what the lexicons hear, and who wrote them, where that is known."""

    texts: Sequence[str]
    labels: np.ndarray
    heard: Sequence[Signals | None]
    people: Sequence[int] | None

    def at(self, places: Sequence[int] | np.ndarray) -> "_Rated":
        texts, heard = [self.texts[at] for at in places], [self.heard[at] for at in places]
        people = None if self.people is None else [self.people[at] for at in places]
        return _Rated(texts, self.labels[places], heard, people)


def learn_sentiment(
    texts: Sequence[str],
    said: Sequence[str],
    language: str,
    *,
    people: Sequence[int] | None = None,
    least: int = 1,
    folds: int = FOLDS,
    most: int = MOST_MEASURED,
) -> SentimentModel:
    """Learn from comments in one language and what people said of each ("neg", "neu" or "pos").

    The same comments in any order give the same model. people: who wrote each, where that is known; then only terms are
    learned that so many of them used (least), in what is measured as well. folds, most: of the cross-validation. Raises
    Refused with fewer than LEAST comments, with LEAST_EACH or more of one class only, or where nothing tells of them.
    """
    if len(texts) != len(said):
        raise ValueError(f"{len(texts)} texts but {len(said)} labels")
    if strange := sorted(set(said) - set(CLASSES)):
        raise ValueError(f"{strange[0]!r} is no label; known: {', '.join(CLASSES)}")
    counts = {one: sum(each == one for each in said) for one in CLASSES}
    classes = tuple(one for one in CLASSES if counts[one] >= LEAST_EACH)
    known = people if people is not None else [0] * len(texts)
    pairs = sorted(each for each in zip(texts, said, known, strict=True) if each[1] in classes)
    if len(pairs) < LEAST or len(classes) < 2:
        found = ", ".join(f"{count:,} {one}" for one, count in counts.items())
        needed = f"at least {LEAST} are needed, and {LEAST_EACH} of two classes"
        raise Refused([Problem("rated comments", f"found {found} in language {language!r}; {needed}.")])
    order = np.random.default_rng(0).permutation(len(pairs))[:MOST_LEARNED]
    kept = [pairs[at] for at in order]
    given, labels = [text for text, _, _ in kept], np.array([one for _, one, _ in kept], dtype=object)
    heard = [signals(text, language) for text in given]
    rated = _Rated(given, labels, heard, None if people is None else [person for _, _, person in kept])
    model = _fitted(rated, language, classes, least)
    if not model.weights.shape[1]:
        raise Refused([Problem("rated comments", f"no word in language {language!r} was used by {least} people.")])
    return replace(model, quality=_measured(rated.at(range(len(kept))[:most]), language, classes, least, folds))


def as_sentiment(chances: pd.DataFrame) -> np.ndarray:
    """Chances of neg, neu and pos as a number from -1 to 1 whose `label` is the likeliest class.

    >>> from feedback.analysis.comments.sentiment import label
    >>> found = as_sentiment(pd.DataFrame({"neg": [0.9, 0.2, 0.1], "neu": [0.1, 0.5, 0.1], "pos": [0.0, 0.3, 0.8]}))
    >>> [label(value) for value in found], found.round(2).tolist()
    (['neg', 'neu', 'pos'], [-0.9, 0.18, 0.85])
    """
    neg, neu, pos = (chances[name].to_numpy(dtype=float) for name in CLASSES)
    middle, half = (NEGATIVE_BELOW + POSITIVE_FROM) / 2, (POSITIVE_FROM - NEGATIVE_BELOW) / 2
    unclear = middle + 0.99 * half * (pos - neg)
    praise = POSITIVE_FROM + (1 - POSITIVE_FROM) * pos
    return np.where((neg >= neu) & (neg >= pos), -neg, np.where(pos > neu, praise, unclear))


def label_of_rating(rating: float) -> str:
    """What a rating from 1 to 5 says of the comment beside it; "" when it is missing.

    >>> [label_of_rating(rating) for rating in (1, 2.5, 3, 4, nan)]
    ['neg', 'neg', 'neu', 'pos', '']
    """
    return "" if isnan(rating) else "neg" if rating <= 2.5 else "neu" if rating < 4 else "pos"


def quality_of(true: Sequence[str], found: Sequence[str]) -> tuple[float, float]:
    """Macro-F1 over the classes that occur, and the recall of negatives (NaN when there is none).

    >>> quality_of(["neg", "pos", "pos"], ["neg", "pos", "neg"])
    (0.6666666666666666, 1.0)
    """
    real, read = np.array(true, dtype=object), np.array(found, dtype=object)
    both = [
        2 * np.sum((real == one) & (read == one)) / (np.sum(real == one) + np.sum(read == one))
        for one in CLASSES
        if np.any(real == one)
    ]
    recall = float(np.mean(read[real == "neg"] == "neg")) if np.any(real == "neg") else nan
    return float(np.mean(both)), recall


def packed(model: SentimentModel) -> bytes:
    """A model as bytes: arrays and JSON, no code."""
    facts = {
        "form": FORM,
        "language": model.language,
        "classes": model.classes,
        "names": model.terms.names,
        "quality": {name: None if isnan(value) else value for name, value in asdict(model.quality).items()},
    }
    return pack(
        facts,
        idf=model.terms.weights,
        weights=model.weights,
        intercept=model.intercept,
        middle=model.middle,
        spread=model.spread,
        told=model.told,
        told_weights=model.told_weights,
    )


def unpacked(stored: bytes, digest: str) -> SentimentModel:
    """The model of these bytes. Raises FeedbackError when they are not those of the digest, or no such model."""
    facts, arrays = unpack(stored, digest, FORM)
    with as_kept():
        quality: dict[str, Any] = {name: nan if value is None else value for name, value in facts["quality"].items()}
        classes, names, signs = len(facts["classes"]), len(facts["names"]), len(arrays["middle"])
        probe = signals("good", facts["language"])
        told = names if len(arrays["told"]) else 0
        fits(
            arrays, idf=(names,), weights=(classes, names + signs), intercept=(classes,), spread=(signs,),
            middle=(len(_told(probe)) if signs and probe else signs,), told=(told,), told_weights=(classes, told),
        )  # fmt: skip
        return SentimentModel(
            classes=tuple(facts["classes"]),
            terms=Terms(facts["language"], tuple(facts["names"]), arrays["idf"]),
            weights=arrays["weights"],
            intercept=arrays["intercept"],
            middle=arrays["middle"],
            spread=arrays["spread"],
            told=arrays["told"],
            told_weights=arrays["told_weights"],
            quality=Quality(**quality),
        )


@contextmanager
def as_kept() -> Iterator[None]:
    """Within, a model is made of what was kept. Raises FeedbackError where something of it is missing or another."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FeedbackError(UNREADABLE) from error


def fits(arrays: Mapping[str, np.ndarray], **shapes: tuple[int, ...]) -> None:
    """Raises FeedbackError where one of these arrays is missing, of another shape, or not all finite numbers."""
    for name, shape in shapes.items():
        array = arrays.get(name)
        if array is None or array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise FeedbackError(UNREADABLE)


def digest_of(stored: bytes) -> str:
    """The SHA-256 of a packed model, in hexadecimal."""
    return sha256(stored).hexdigest()


def pack(facts: dict[str, Any], **arrays: np.ndarray) -> bytes:
    """Facts and arrays as bytes; equal ones give equal bytes."""
    target = io.BytesIO()
    told = np.frombuffer(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(target, allow_pickle=False, facts=told, **arrays)
    return target.getvalue()


def unpack(stored: bytes, digest: str, form: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What `pack` was given. Raises FeedbackError as `unpacked`."""
    if digest_of(stored) != digest:
        raise FeedbackError(
            "The stored comment model is not the one that was learned: its digest differs. Learn again."
        )
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        facts = json.loads(arrays.pop("facts").tobytes().decode("utf-8"))
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise FeedbackError(UNREADABLE) from error
    if not isinstance(facts, dict):
        raise FeedbackError(UNREADABLE)
    if facts.get("form") != form:
        raise FeedbackError(f"The stored comment model is of another form ({facts.get('form')!r}). Learn again.")
    return facts, arrays


def _measured(rated: _Rated, language: str, classes: tuple[str, ...], least: int, folds: int) -> Quality:
    texts, labels, heard, people = rated
    chances = np.full((len(texts), len(classes)), 1 / len(classes))
    for train, test in folds_of(labels, texts, folds, people):
        own, others = rated.at(train), rated.at(test)
        known = tuple(one for one in classes if one in own.labels)
        if len(known) > 1:
            seen = _fitted(own, language, known, least).chances(others.texts, others.heard)
            chances[test] = seen[list(classes)].to_numpy()
    found = np.array(classes, dtype=object)[chances.argmax(axis=1)]
    macro, recall = quality_of(labels.tolist(), found.tolist())
    lexicon = (nan, nan)
    if all(one is not None for one in heard):
        lexicon = quality_of(labels.tolist(), [label(one.sentiment) for one in heard if one is not None])
    error = _calibration_error(chances.max(axis=1), found == labels)
    return Quality(len(texts), macro, recall, error, *lexicon)


def _fitted(rated: _Rated, language: str, classes: tuple[str, ...], least: int) -> SentimentModel:
    texts, labels, heard, people = rated
    terms = learn_terms(texts, language, people, least)
    rows = _heard_numbers(heard)
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    numbers = _numbers(terms, texts, heard, middle, spread)
    told, told_weights = np.zeros(0), np.zeros((len(classes), 0))
    if len(middle):
        weights, intercept = _regression(numbers, labels, classes, STIFFNESS)
    else:
        pieces = terms.are_pieces(texts)
        by_pieces = (pieces if pieces.any() else ~pieces).astype(float)
        weights, intercept = _regression(reweighed(numbers, by_pieces), labels, classes, STIFFNESS_UNHEARD)
        if not pieces.all():
            told = _told_of_words(numbers, labels, classes, pieces)
            words = of_length_one(reweighed(numbers, told))
            told_weights, other = _regression(words, labels, classes, STIFFNESS_UNHEARD)
            weights, told_weights, intercept = by_pieces * weights / 2, told_weights / 2, (intercept + other) / 2
    nothing = Quality(len(texts), nan, nan, nan, nan, nan)
    return SentimentModel(classes, terms, weights, intercept, middle, spread, told, told_weights, nothing)


def _told_of_words(numbers: Any, labels: np.ndarray, classes: tuple[str, ...], pieces: np.ndarray) -> np.ndarray:
    """How much each whole word tells of the classes, on average 1; pieces of words, nothing."""
    told = np.sqrt(np.mean([telling(numbers, labels == one) ** 2 for one in classes], axis=0))
    return np.where(pieces, 0.0, told / (told[~pieces].mean() or 1.0))


def _regression(
    numbers: Any, labels: np.ndarray, classes: tuple[str, ...], stiffness: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (a row a class) and intercepts; rare classes are weighed up."""
    from sklearn.linear_model import LogisticRegression  # here, because it takes a second to load

    if not numbers.shape[1]:
        return np.zeros((len(classes), 0)), np.zeros(len(classes))
    shares = {one: float(np.mean(labels == one)) for one in classes}
    balance = {one: min(1 / (len(classes) * share), MOST_WEIGHT) for one, share in shares.items()}
    regression = LogisticRegression(C=1 / stiffness, class_weight=balance, max_iter=400)
    regression.fit(numbers, labels.astype(str))
    weights, intercept = regression.coef_, regression.intercept_
    if len(weights) == 1:  # two classes: one row says it all
        weights, intercept = np.vstack([0 * weights, weights]), np.array([0.0, intercept[0]])
    place = [list(regression.classes_).index(one) for one in classes]
    return weights[place], intercept[place]


def _numbers(
    terms: Terms,
    texts: Sequence[str],
    heard: Sequence[Signals | None] | None,
    middle: np.ndarray,
    spread: np.ndarray,
) -> Any:
    """Terms and signals of each text, side by side (sparse)."""
    from scipy.sparse import csr_array, hstack

    words = terms.matrix(texts)
    if not len(middle):
        return words
    known = [signals(text, terms.language) for text in texts] if heard is None else heard
    rows = (_heard_numbers(known, len(middle)) - middle) / np.where(spread > 0, spread, 1.0)
    return csr_array(hstack([words, csr_array(HEARD_WEIGHT * rows)], format="csr"))


def _heard_numbers(heard: Sequence[Signals | None], width: int | None = None) -> np.ndarray:
    """A row a text; no column when the language is not scored (an empty text of a scored one is all 0)."""
    width = max((len(_told(one)) for one in heard if one is not None), default=0) if width is None else width
    return np.array([np.zeros(width) if one is None else _told(one) for one in heard], dtype=float).reshape(
        len(heard), width
    )


def _told(heard: Signals) -> list[float]:
    """What the lexicons say of a text, its words of praise and blame, and where these stand, as numbers."""
    values = [one.value for one in heard.judged]
    praise, blame, doubt = sum(one for one in values if one > 0), sum(one for one in values if one < 0), len(values) + 2
    late = values[len(values) // 2 :]
    told = [
        heard.vader, heard.textblob, heard.tone, heard.praise, heard.blame, heard.subjectivity, log1p(heard.words),
        praise / doubt, blame / doubt, max(values, default=0.0), min(values, default=0.0), sum(late) / (len(late) + 2),
        abs(heard.tone), min(praise, -blame) / doubt,
    ]  # fmt: skip
    return [one for one in told if not isnan(one)]  # libraries know English only


def _calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """The expected calibration error: mean distance, over bins of certainty, from how often it is right; 0 to 1."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        abs(sure[bins == one].mean() - right[bins == one].mean()) * np.mean(bins == one)
        for one in sorted(set(bins.tolist()))
    ]
    return float(sum(gaps))


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)

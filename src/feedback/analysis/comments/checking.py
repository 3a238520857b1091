"""How good the reading of comments is: how far two people agree on them, and how often the reader says what people say,
on comments drawn by chance. And which comment it is worth asking a person about."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from math import isnan, nan
from types import MappingProxyType
from typing import Any

from pandas import DataFrame

from feedback.analysis.comments.sentiment import NEGATIVE_BELOW, POSITIVE_FROM, label
from feedback.analysis.ratings import wilson
from feedback.analysis.reliability import krippendorff, krippendorff_between

TONES: Mapping[str, int] = MappingProxyType({"neg": -1, "neu": 0, "pos": 1})
SENTIMENT = ""
"""In place of a topic: how the whole comment sounds."""
NEAR = 0.3
"""From a cut so far off, a sentiment is no longer in doubt."""
AGREEMENT = ("topic", "comments", "same", "alpha", "low", "high")
DRAWS = 300
"""So often comments are drawn anew for the interval of an alpha: this page is looked at after every comment checked."""
ACCURACY = ("topic", "comments", "read", "said", "both", "precision", "precision_low", "precision_high",
            "recall", "recall_low", "recall_high")  # fmt: skip
TONE_ACCURACY = ("tone", "comments", "read", "said", "both", "precision", "precision_low", "precision_high",
                 "recall", "recall_low", "recall_high")  # fmt: skip


def doubt(sentiment: float | None) -> float:
    """How unsure a sentiment is, 0 to 1: 1 on a cut, and where a comment was not scored at all.

    >>> [round(doubt(value), 2) for value in (None, NEGATIVE_BELOW, 0.9, -0.9)]
    [1.0, 1.0, 0.0, 0.0]
    """
    if sentiment is None or isnan(sentiment):
        return 1.0
    return max(0.0, 1 - min(abs(sentiment - cut) for cut in (NEGATIVE_BELOW, POSITIVE_FROM)) / NEAR)


def agreement(pairs: DataFrame) -> DataFrame:
    """How far people agree on comments that two or more of them have checked, each before they saw the reading.

    pairs: one row a comment and person: comment, person, said ("neg", "neu", "pos" or missing), about, not_about (ids
    of topics), whole (they looked at all of it: not_about are all others they were offered; without any, it is about
    nothing else), at_random (drawn by chance and judged unseen: with the reading in sight two people agree because
    they let the same word stand).
    Returns one row for how comments sound (topic ""), then one a topic somebody named, most comments first: comments
    (that two people judged), same (share of those on which all said the same), alpha (Krippendorff's, ordinal for
    sentiment; missing where it says nothing), low and high (its 90% interval, comments drawn anew; missing of fewer
    than five).
    """
    unseen = pairs[pairs["at_random"].astype(bool)]
    twice = unseen[unseen.duplicated("comment", keep=False)]
    tones = twice.assign(score=twice["said"].map(TONES))[["comment", "score"]]
    rows = [(SENTIMENT, *_agreed(tones, "ordinal"))]
    topics = []
    for topic in sorted({name for names in pairs["about"] for name in names}):
        topics.append((topic, *_agreed(twice[["comment"]].assign(score=_verdicts(twice, topic)), "nominal")))
    rows += sorted((row for row in topics if row[1]), key=lambda row: (-row[1], row[0]))
    return DataFrame(rows, columns=list(AGREEMENT))


def topic_accuracy(pairs: DataFrame) -> DataFrame:
    """How often the reader names a topic that is there, and finds one that is, on comments drawn by chance.

    pairs: as `agreement` takes them, with topics (ids, as read) and at_random; only comments drawn by chance and looked
    at wholly count, and of a topic only those on which all who were offered it agree.
    Returns one row a topic that was read or said: comments (looked at), read, said, both (in how many), precision and
    recall (0 to 1) with their 90% intervals (Wilson); missing where nothing was read, or nothing said.
    """
    looked: dict[Any, tuple[frozenset[str], list[tuple[frozenset[str], frozenset[str]]]]] = {}
    some = _by_chance(pairs)
    said_so = (some[name] for name in ("comment", "topics", "about", "not_about"))
    for comment, read, about, others in zip(*said_so, strict=True):
        looked.setdefault(comment, (frozenset(read), []))[1].append((frozenset(about), frozenset(others)))
    rows = []
    for topic in sorted({name for read, said in looked.values() for name in read.union(*(about for about, _ in said))}):
        times = Counter[tuple[bool, bool]]()
        for read, said in looked.values():
            verdicts = {_verdict(topic, *each, whole=True) for each in said} - {None}
            if len(verdicts) == 1:
                times[topic in read, bool(verdicts.pop())] += 1
        rows.append((topic, *_hits(times)))
    return DataFrame(rows, columns=list(ACCURACY))


def tone_accuracy(pairs: DataFrame, tone: Callable[[float], str] = label) -> DataFrame:
    """The same for how comments sound: one row each for "neg", "neu" and "pos". A comment that was not scored is read
    as none of them. tone: the word for a sentiment (-1 to 1)."""
    some = _by_chance(pairs.dropna(subset=["said"]))
    heard: dict[Any, tuple[float, set[str]]] = {}
    for comment, score, said in zip(some["comment"], some["sentiment"], some["said"], strict=True):
        heard.setdefault(comment, (score, set()))[1].add(said)
    told = [(tone(score), said.pop()) for score, said in heard.values() if len(said) == 1]
    rows = [(name, *_hits(Counter((read == name, said == name) for read, said in told))) for name in TONES]
    return DataFrame(rows, columns=list(TONE_ACCURACY))


def macro_f1(accuracy: DataFrame) -> float:
    """The mean of F1 over the rows of an accuracy table that were said at all (0 where none was found); NaN of none."""
    said = accuracy[accuracy["said"] > 0]
    f1 = 2 * said["both"] / (said["read"] + said["said"])
    return float(f1.mean()) if len(said) else nan


def _by_chance(pairs: DataFrame) -> DataFrame:
    return pairs[pairs["at_random"].astype(bool) & pairs["whole"].astype(bool)]


def _verdicts(pairs: DataFrame, topic: str) -> list[float]:
    """For each row 1 they said that it is about a topic, 0 that it is not, NaN nothing of that."""
    rows = zip(pairs["about"], pairs["not_about"], pairs["whole"], strict=True)
    said = [_verdict(topic, about, not_about, whole=bool(whole)) for about, not_about, whole in rows]
    return [nan if each is None else float(each) for each in said]


def _verdict(topic: str, about: Collection[str], not_about: Collection[str], *, whole: bool) -> bool | None:
    """Whether somebody said that a comment is about a topic; None: nothing of that, as of one made later."""
    if topic in about:
        return True
    return False if topic in not_about or (whole and not not_about) else None


def _agreed(scores: DataFrame, level: str) -> tuple[int, float, float, float, float]:
    told = scores.dropna()
    often = told.groupby("comment")["score"].agg(["size", "nunique"])
    twice = often[often["size"] >= 2]
    same = float((twice["nunique"] == 1).mean()) if len(twice) else nan
    rated = told.rename(columns={"comment": "item"})
    return len(twice), same, krippendorff(rated, level), *krippendorff_between(rated, level, draws=DRAWS)


def _hits(judged: Mapping[tuple[bool, bool], int]) -> Sequence[float]:
    """Of how often it was read and said (True or False each): how many, how often each and both, precision and recall
    with intervals."""
    times = Counter(judged)
    both = times[True, True]
    read, said = both + times[True, False], both + times[False, True]
    shares: list[float] = []
    for of in (read, said):
        low, high = wilson(both, of)
        shares += [both / of if of else nan, float(low), float(high)]
    return times.total(), read, said, both, *shares

"""What a credential is worth to employers: who has heard of it, and how far those who have would count it."""

import numpy as np
from pandas import DataFrame, Series
from scipy.special import stdtrit
from scipy.stats import beta

from feedback.analysis.people import EMPLOYER, count_people, weakest
from feedback.analysis.ratings import distribution, only, share_of_people

AWARENESS, AMONG_AWARE = "awareness", "recognition_among_aware"
"""The constructs read here, asked of employers; the second is the step of the ladder of those known to be aware."""
FOIL = "foil:"
"""How the slug of a made-up credential begins."""
UNAWARE = "never"
"""The awareness answer of those who have never heard of it."""
LADDER_TOP = 4
"""The highest step of the recognition ladder; the lowest is 0."""
STEP_VARIANCE = 1 / 12
"""What answering in whole steps hides (a uniform error of half a step each way; Sheppard 1898). No interval of the
index is narrower than this allows, so five equal answers are not taken for certainty."""


def awareness(answers: DataFrame) -> DataFrame:
    """How many of the employers asked knew each credential before they were asked.

    answers: counted answers; employers' answers of construct "awareness" are read, foils left out. Aware is whoever
    chose an option the instrument calls positive, and where it says nothing whoever did not choose "never".
    Returns one row a credential: credential, people (asked), organisations, largest_share, aware, share, low, high
    (Wilson, 90%). Sorted by credential.
    """
    asked = _awareness(answers)
    asked = asked[~asked["credential"].str.startswith(FOIL)]
    return share_of_people(asked, ["credential"], "aware").rename(columns={"hits": "aware"})


def overclaiming(answers: DataFrame) -> DataFrame:
    """How many employers claimed to know a title that does not exist.

    answers: counted answers; employers' answers of construct "awareness" about foils are read, all foils together.
    Returns one row, or none where nobody was shown a foil: people (shown one), organisations, largest_share, claimed,
    share, low, high (Wilson, 90%).
    """
    shown = _awareness(answers)
    shown = shown[shown["credential"].str.startswith(FOIL)]
    return share_of_people(shown, [], "aware").rename(columns={"hits": "claimed"})


def without_overclaiming(
    aware: np.ndarray, asked: np.ndarray, claimed: int, shown: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The share of employers who truly know each credential, where some claim to know whatever they are shown.

    aware of asked claimed to know it (n,); claimed of shown did so of a title that does not exist. If whoever does not
    know a title claims to with one and the same chance c, of whatever title, share = known + (1 - known) c, and so
    known = (share - c) / (1 - c), not below 0: the correction for guessing of recognition memory (two-high-threshold
    model, Snodgrass and Corwin 1988). Returns known, low and high (n,), 0-1: medians and 90% intervals where both
    shares are unsure (Jeffreys' beta posteriors, over a grid of 99 quantiles each). Raises ValueError where nobody was
    shown a made-up title.
    """
    if shown < 1:
        raise ValueError("nobody was shown a made-up title: there is nothing to correct by.")
    places = (np.arange(99) + 0.5) / 99
    aware, asked = np.asarray(aware, dtype=float)[:, None], np.asarray(asked, dtype=float)[:, None]
    share = beta.ppf(places, aware + 0.5, asked - aware + 0.5)[:, :, None]
    false = beta.ppf(places, claimed + 0.5, shown - claimed + 0.5)[None, None, :]
    known = np.clip((share - false) / (1 - false), 0, 1).reshape(len(aware), -1)
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95], axis=1)
    return middle, low, high


def recognition_index(answers: DataFrame) -> DataFrame:
    """How far employers would count each credential: the mean step of the ladder among those aware of it.

    answers: counted answers; employers' answers of constructs "awareness" and "recognition_among_aware" are read, foils
    left out. A step given by somebody not known to be aware does not count: the index is never shown without awareness.
    Returns one row a credential anybody was asked about: credential, people, organisations, largest_share (of the
    weaker of the two numbers in the row, awareness and index: what the gate goes by), asked, aware, awareness,
    awareness_low, awareness_high (Wilson, 90%), n (aware people who gave a step), index (0-4, NaN when n is 0), low,
    high (90%, t interval of the mean over people, clipped to 0-4, NaN when n is below 2), counts (step -> people).
    Sorted by index, highest first, credentials without one last.
    """
    known = awareness(answers)
    place = Series(range(len(known)), index=known["credential"], dtype=int)
    steps = only(answers, audience=EMPLOYER, construct=AMONG_AWARE, status="answered")
    steps = steps[steps["number"].notna()].astype({"credential": "str"})
    steps = steps[steps["credential"].isin(place.index)]
    at, weight = steps["credential"].map(place).to_numpy(dtype=np.intp), steps["people"].to_numpy(dtype=float)
    behind = count_people(steps, ["credential"]).set_index("credential").reindex(place.index)
    behind["people"] = behind["people"].fillna(0).astype(int)
    behind["organisations"] = behind["organisations"].fillna(0)
    rated = known[["credential", "people", "organisations", "largest_share"]]
    number, size = steps["number"].to_numpy(dtype=float), len(known)
    n = np.bincount(at, weights=weight, minlength=size).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        index = np.bincount(at, weights=weight * number, minlength=size) / n
        spread = np.bincount(at, weights=weight * (number - index[at]) ** 2, minlength=size) / (n - 1)
        half = stdtrit(np.maximum(n - 1, 1), 0.95) * np.sqrt(np.maximum(spread, STEP_VARIANCE) / n)
    half = np.where(n > 1, half, np.nan)
    found = weakest(rated, behind.reset_index()).assign(
        asked=known["people"],
        aware=known["aware"],
        awareness=known["share"],
        awareness_low=known["low"],
        awareness_high=known["high"],
        n=n,
        index=index,
        low=np.clip(index - half, 0, LADDER_TOP),
        high=np.clip(index + half, 0, LADDER_TOP),
        counts=distribution(at, steps["number"], steps["people"], size),
    )
    return found.sort_values(["index", "credential"], ascending=[False, True], ignore_index=True)


def _awareness(answers: DataFrame) -> DataFrame:
    """Employers' answers on awareness, with a column `aware` (True or False)."""
    asked = only(answers, audience=EMPLOYER, construct=AWARENESS, status="answered").astype({"credential": "str"})
    said = asked["item"].astype(str) != UNAWARE
    aware = asked["positive"].astype("boolean").fillna(said.astype("boolean"))
    return asked.assign(aware=aware.astype(bool))

"""What a portfolio of credentials suggests: keep, differentiate, retire or launch, from demand, crowding and
recognition, and only where their doubt allows; how varied it is, and how its tests went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log

import numpy as np
from pandas import DataFrame

from feedback.analysis.ratings import HALF

KEEP, DIFFERENTIATE, RETIRE, LAUNCH, UNKNOWN, GONE = (
    "keep", "differentiate", "retire", "launch", "not known enough", "retired already",
)  # fmt: skip
ORDER = (RETIRE, DIFFERENTIATE, LAUNCH, KEEP, UNKNOWN, GONE)
"""Suggestions, those that ask for most first."""
HIGH, LOW, UNSURE, NOT_KNOWN = "high", "low", "unsure", "not known"
"""Where a range lies: surely at the middle or above, surely below it, on both sides, or nobody knows."""
MANY_ALIKE = 0.25
"""From this share of employers on who say that too many look alike, a credential counts as crowded."""
NOT_YET = ("idea", "design", "beta")
"""Stages of a credential that is not live."""
RETIRED = "retired"
ROUNDING = 1e-9
MOST_MORE = 200
"""More answers than this are not asked for: then it lies too near the middle ever to be told."""


@dataclass(frozen=True)
class Range:
    """A share, or a place on a scale from 0 to 1, with its 90% interval; n: on how many answers it rests."""

    share: float
    low: float
    high: float
    n: float = inf


@dataclass(frozen=True)
class Standing:
    """What is known of a credential.

    need: the share of employers who need its skills. later: of its skills the one most will need in three years, the
    share who will. recognition: its place on the scale of regard. alike: the share of
    employers who say that too many look alike. wanted, offered: its place among the others of the market (0-1), about
    nobody who answered. usual: the recognition of the credentials beside it, on average. None: not known.
    """

    need: Range | None = None
    later: Range | None = None
    recognition: Range | None = None
    alike: Range | None = None
    wanted: float | None = None
    offered: float | None = None
    usual: float | None = None
    stage: str = "live"


@dataclass(frozen=True)
class Suggestion:
    """kind: one of ORDER. demand, later, recognised: HIGH, LOW, UNSURE or NOT_KNOWN. crowded: None where that is not
    known. herd: many offer the same, and it is not recognised more than the others beside it."""

    kind: str
    demand: str
    later: str
    recognised: str
    crowded: bool | None
    herd: bool


def suggest(known: Standing) -> Suggestion:
    """What the evidence on one credential suggests.

    Retire: it is live, the need for its skills, now and in three years, and its recognition all surely lie below the
    middle, and it is not known that the market wants it at least as much as half of the others.
    Differentiate: it is crowded and not surely recognised, or needed and surely not recognised. Keep: surely
    recognised. Launch: not live yet, surely needed (or wanted by the market more than half of the others) and not known
    to be crowded or unrecognised. Everything else is not known enough.

    >>> low = Range(0.2, 0.1, 0.49)
    >>> suggest(Standing(need=low, later=low, recognition=low)).kind
    'retire'
    >>> suggest(Standing(need=low, later=Range(0.2, 0.1, 0.5), recognition=low)).kind
    'not known enough'
    >>> suggest(Standing(need=low, later=low, recognition=low, wanted=0.9)).kind
    'not known enough'
    """
    demand, later, recognised = (_side(each) for each in (known.need, known.later, known.recognition))
    crowded = _crowded(known)
    above = known.recognition is not None and known.usual is not None and known.recognition.low > known.usual
    herd = bool(crowded) and known.recognition is not None and known.usual is not None and not above
    wanted = known.wanted is not None and known.wanted >= HALF
    hardly = {demand, later, recognised} == {LOW} and not wanted and known.stage not in NOT_YET
    kind = RETIRE if hardly else _kind(known, demand, recognised, crowded)
    return Suggestion(kind if known.stage != RETIRED else GONE, demand, later, recognised, crowded, herd)


def _kind(known: Standing, demand: str, recognised: str, crowded: bool | None) -> str:
    if known.stage in NOT_YET:
        wanted = demand == HIGH or (demand == NOT_KNOWN and known.wanted is not None and known.wanted >= HALF)
        return LAUNCH if wanted and not crowded and recognised != LOW else UNKNOWN
    if crowded and recognised in (LOW, UNSURE):
        return DIFFERENTIATE
    if demand == HIGH and recognised == LOW:
        return DIFFERENTIATE
    return KEEP if recognised == HIGH else UNKNOWN


def _side(known: Range | None) -> str:
    """On which side of the middle a range surely lies."""
    if known is None:
        return NOT_KNOWN
    if known.low >= HALF:
        return HIGH
    return LOW if known.high < HALF else UNSURE


def _crowded(known: Standing) -> bool | None:
    """Whether many others offer the same: by the market's figures, or because employers surely say so."""
    by_market = None if known.offered is None else known.offered >= HALF
    by_word = None
    if known.alike is not None:
        by_word = True if known.alike.low >= MANY_ALIKE else False if known.alike.high < MANY_ALIKE else None
    if by_market or by_word:
        return True
    return by_market if by_market is not None else by_word


def answers_more(known: Range) -> int | None:
    """How many answers more would settle on which side of the middle a range lies, if they are like those there are;
    None where more than MOST_MORE would be needed.

    >>> answers_more(Range(0.6, 0.45, 0.75, 20)), answers_more(Range(0.5, 0.4, 0.6, 30))
    (25, None)
    """
    off, half = abs(known.share - HALF), (known.high - known.low) / 2
    if not off > 0 or not known.n < inf:
        return None
    more = ceil(known.n * ((half / off) ** 2 - 1) - ROUNDING)
    return max(more, 1) if more <= MOST_MORE else None


def effective_number(times: Mapping[str, int]) -> float:
    """As how many equally frequent things a list is varied: exp of the Shannon entropy; 0 for nothing.

    Source: Hill (1973), Ecology 54, 427-432.

    >>> round(effective_number({"data": 2, "care": 2}), 2), round(effective_number({"data": 9, "care": 1}), 2)
    (2.0, 1.38)
    """
    total = sum(times.values())
    return exp(-sum(n / total * log(n / total) for n in times.values() if n)) if total else 0.0


def mean_of_bands(results: Sequence[Mapping[str, int]]) -> tuple[float, float, float, int]:
    """The mean of test results of which only bands are known: in their middle, at the lowest and at the highest it may
    be (of 100, as the bands are), and of how many. NaN of 0 where there are none; a band that cannot be read is left
    out.

    >>> mean_of_bands([{"0-49": 1, "50-100": 3}])
    (62.375, 37.5, 87.25, 4)
    """
    bands = [(*_ends(name), int(number)) for each in results for name, number in each.items()]
    table = np.array([band for band in bands if band[0] == band[0]], dtype=float).reshape(-1, 3)
    people = int(table[:, 2].sum())
    if not people:
        return np.nan, np.nan, np.nan, 0
    low, high = (float(table[:, at] @ table[:, 2] / people) for at in (0, 1))
    return (low + high) / 2, low, high, people


def _ends(band: str) -> tuple[float, float]:
    low, _, high = band.partition("-")
    try:
        return float(low), float(high or low)
    except ValueError:
        return np.nan, np.nan


def change_in_demand(market: DataFrame) -> dict[str, float]:
    """By how much the demand for each skill or topic has changed, as a part of what it was: the newest figure of a
    series over its oldest, of the series with most figures. Skills and topics with one figure only are not there, nor
    those that began at 0.

    market: as market.demand_and_supply takes it.
    """
    held = market[(market["measure"] == "demand") & market["value"].notna()]
    about = held["skill"].astype(object).where(held["skill"].notna() & (held["skill"] != ""), held["topic"])
    held = held.assign(about=about.astype(str), on=held["on"].astype(str), value=held["value"].astype(float))
    held = held.sort_values("on", kind="stable")
    found: dict[str, tuple[int, float]] = {}
    for (about_what, *_), each in held.groupby(["about", "source", "unit", "region"], dropna=False):
        first, last, many = each["value"].iloc[0], each["value"].iloc[-1], len(each)
        if many > 1 and first > 0 and many > found.get(str(about_what), (0, 0.0))[0]:
            found[str(about_what)] = many, last / first - 1
    return {name: change for name, (_, change) in found.items()}

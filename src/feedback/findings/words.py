"""Numbers in words, the same everywhere: counts, shares, intervals, chances."""

from collections.abc import Sequence

from pandas import isna


def count(number: float, one: str, many: str) -> str:
    """A count with its noun.

    >>> count(1, "person", "people"), count(1200, "person", "people")
    ('1 person', '1,200 people')
    """
    return f"{int(number):,} {one if int(number) == 1 else many}"


def people_of(people: float, organisations: float | None = None) -> str:
    """Who answered: people, and on the employer side the organisations they come from.

    >>> people_of(12), people_of(12, 5)
    ('12 people', '12 people from 5 organisations')
    """
    said = count(people, "person", "people")
    if isna(organisations):
        return said
    return f"{said} from {count(float(organisations or 0), 'organisation', 'organisations')}"


def percent(share: float) -> str:
    """A share as a percentage, without decimals.

    >>> percent(0.8), percent(0.8345)
    ('80%', '83%')
    """
    return f"{100 * share:.0f}%"


WEIGHTINGS = {
    "equal": "if all count alike",
    "drivers": "by what goes with the overall answer",
    "employers": "by what employers need",
}
"""What decides how much a line of what to change counts (analysis.priorities), in words."""


def points(gain: float) -> str:
    """A gain in points of 100, with one decimal below ten.

    >>> points(0.042), points(0.238)
    ('4.2', '24')
    """
    return f"{100 * gain:.1f}" if gain < 0.0995 else f"{100 * gain:.0f}"


def between_points(low: float, high: float) -> str:
    """A 90% interval of a gain.

    >>> between_points(0.01, 0.12)
    'likely between 1.0 and 12'
    """
    return f"likely between {points(low)} and {points(high)}"


def among_others(place: float) -> str:
    """A place among others (0-1) in words: above how many of them it is.

    >>> among_others(1.0), among_others(0.43), among_others(0.0)
    ('most of all', 'more than 43% of the others', 'least of all')
    """
    return {0.0: "least of all", 1.0: "most of all"}.get(place, f"more than {percent(place)} of the others")


def between(low: float, high: float) -> str:
    """A 90% interval of a share.

    >>> between(.592, .921)
    'likely between 59 and 92%'
    """
    return f"likely between {percent(low).removesuffix('%')} and {percent(high)}"


def between_steps(low: float, high: float) -> str:
    """A 90% interval on a scale, with one decimal.

    >>> between_steps(2.51, 3.3)
    'likely between 2.5 and 3.3'
    """
    return f"likely between {low:.1f} and {high:.1f}"


CHANCES = (
    (0.95, "almost surely"),
    (0.85, "very likely"),
    (0.6, "likely"),
    (0.4, "perhaps"),
    (0.15, "probably not"),
    (0.05, "hardly"),
)
"""From which probability on a word is said."""


def chance(probability: float) -> str:
    """A probability in words; the cuts are ours, the same on both sides of one half.

    >>> [chance(p) for p in (.97, .9, .7, .5, .3, .1, .02)]
    ['almost surely', 'very likely', 'likely', 'perhaps', 'probably not', 'hardly', 'almost surely not']
    """
    for cut, word in CHANCES:
        if probability >= cut:
            return word
    return "almost surely not"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a row, with "and" (or another word) before the last.

    >>> listed(["A"]), listed(["A", "B", "C"]), listed(["A", "B"], "or")
    ('A', 'A, B and C', 'A or B')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"

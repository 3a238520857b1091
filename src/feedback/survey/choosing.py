"""Which credentials an employer is asked about: those that fit, those few have been heard on, and in turn."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import log, sqrt
from types import MappingProxyType

from feedback.survey.setting import draw

MOST = 3
"""So many credentials are asked about in one sitting."""
FITS, OPEN_TO_ALL = 4.0, 2.0
"""How much likelier a credential is that aims at the employer's sector or an occupation they fill than one that aims
elsewhere; and one that names none. Ours: of two as much needed the one that fits comes first three times in four."""
EVEN = 0.2
"""The share of the chance that is the same for all, whatever fits and is needed: were only those asked whom a
credential is for, a ranking would compare the judgements of different people."""
DAYS_APART = 365
"""Nobody is asked about the same credential sooner, as long as there is another."""
_FINE = 1 << 53


@dataclass(frozen=True)
class Candidate:
    """A credential that may be asked about. sectors: ISIC letters it aims at; occupations: slugs of roles it leads to;
    empty where it does not say."""

    slug: str
    sectors: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()


def choose_credentials(
    candidates: Iterable[Candidate],
    *,
    sector: str | None = None,
    occupations: Collection[str] = (),
    heard: Mapping[str, int],
    asked: Mapping[str, date] = MappingProxyType({}),
    today: date,
    seed: str,
    most: int = MOST,
) -> tuple[str, ...]:
    """The credentials to ask one employer about, at most so many, in the order in which they are drawn.

    sector: the employer's ISIC letter, None when not known; occupations: slugs of the roles they fill. heard: how many
    people have been heard on each (missing: none), of what is published. asked: when this person was last asked about
    which. seed: the same seed chooses the same, in whatever order the candidates come.

    Drawn by the chances of `chances`, without putting any back. Each credential gets a number u between 0 and 1 that
    follows from the seed, and those with the smallest -log(u) / chance are chosen: the more a credential is needed the
    likelier it is chosen, and never does it lose by that. Those asked about within the last 365 days come only when no
    other is left; with one or two others the sitting is shorter.
    Source: Efraimidis and Spirakis (2006), Information Processing Letters 97, 181-185.

    >>> day = date(2026, 3, 1)
    >>> three = [Candidate("a"), Candidate("b"), Candidate("c")]
    >>> choose_credentials(three, heard={}, asked={"a": day, "b": day}, today=day, seed="s")
    ('c',)
    """
    by_slug = {each.slug: each for each in candidates}
    rested = {slug: each for slug, each in by_slug.items() if not _is_recent(asked.get(slug), today)}
    found = chances((rested or by_slug).values(), sector=sector, occupations=occupations, heard=heard)

    def late(slug: str) -> tuple[float, str]:
        between = (draw(seed, "ask about " + slug, _FINE) + 0.5) / _FINE
        return -log(between) / found[slug], slug

    return tuple(sorted(found, key=late)[:most])


def chances(
    candidates: Iterable[Candidate],
    *,
    sector: str | None = None,
    occupations: Collection[str] = (),
    heard: Mapping[str, int],
) -> dict[str, float]:
    """The chance of each credential to be the first one drawn; they add up to 1.

    A fifth of it (EVEN) is the same for all. The rest goes by fit times need: fit is 4 where the credential aims at the
    sector or an occupation, 2 where it names none, else 1, and the same for all where nothing is known of the employer;
    need is by how much one answer more lets the standard error fall, see `need`.
    """
    weights = {each.slug: _fit(each, sector, occupations) * need(heard.get(each.slug, 0)) for each in candidates}
    whole = sum(weights.values())
    return {slug: EVEN / len(weights) + (1 - EVEN) * (weight / whole) for slug, weight in weights.items()}


def need(heard: int) -> float:
    """By how much the standard error falls when one more is heard, in units of the spread between people; at most 0.29.

    Of n answers it is s / sqrt(n); one answer is counted beforehand, so that where nobody was heard there is a number,
    too. Of two credentials with 0 and with 8 heard, the first is needed about seventeen times as much.

    >>> round(need(0), 3), round(need(8), 3), need(0) > need(1) > need(1000) > 0
    (0.293, 0.017, True)
    """
    known = max(heard, 0) + 1
    return 1 / sqrt(known) - 1 / sqrt(known + 1)


def _fit(candidate: Candidate, sector: str | None, occupations: Collection[str]) -> float:
    """How well a credential fits what is known of an employer; the same for all when that is nothing."""
    known = [
        (theirs, aims)
        for theirs, aims in ((({sector} if sector else set()), candidate.sectors), (occupations, candidate.occupations))
        if theirs
    ]
    if any(not set(theirs).isdisjoint(aims) for theirs, aims in known):
        return FITS
    return 1.0 if any(aims for _, aims in known) else OPEN_TO_ALL


def _is_recent(asked: date | None, today: date) -> bool:
    return asked is not None and (today - asked).days < DAYS_APART

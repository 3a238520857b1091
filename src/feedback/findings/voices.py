"""How many name a topic in which voice, and which of these numbers may be told beside one another."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from pandas import DataFrame, Series, isna

from feedback.analysis.differencing import Fact
from feedback.analysis.people import count_people
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.cells import safe_to_tell
from feedback.findings.evidence import Evidence
from feedback.findings.totals import People, Place, fact_of, gives_away, held_apart, nobody

CRITICAL, APPRECIATIVE, BOTH, NEITHER = "critical", "appreciative", "both", "neither"
MEANT = {(True, False): CRITICAL, (False, True): APPRECIATIVE, (True, True): BOTH, (False, False): NEITHER}
VOICES = {"negative": (CRITICAL,), "positive": (APPRECIATIVE,), "mixed": (BOTH, NEITHER)}
"""What is told of a topic, and who that is."""
TOLD = {voice: name for name, voices in VOICES.items() for voice in voices}
FALLING = (CRITICAL, BOTH)
"""Those for whom a topic falls short (see `analysis.changes`)."""
TOPIC = ("topic", "audience")


def voiced(named: DataFrame, by: Sequence[str], limits: Limits) -> DataFrame:
    """How many name each topic, and in each voice; missing where that must not be told (see `cells`).

    named: counted topics. by: the columns that make a row. Returns by..., people, organisations, largest_share and the
    columns of VOICES.
    """
    counted = count_people(named, by)
    said = Series(list(zip(named["critical"].astype(bool), named["appreciative"].astype(bool), strict=True)))
    voice = said.map(MEANT).to_numpy()
    each = [counted[[*by]].merge(count_people(named[Series(voice).isin(who).to_numpy()], by), on=[*by], how="left")
            for who in VOICES.values()]  # fmt: skip
    people = [one["people"].fillna(0).astype(int).tolist() for one in each]
    may = [may_show(one["people"], one["organisations"], one["largest_share"], limits).tolist() for one in each]
    rows = list(zip(zip(*people, strict=True), zip(*may, strict=True), strict=True))
    told = [safe_to_tell(row, allowed, limits.minimum_group) for row, allowed in rows]
    numbers = {
        name: Series([row[at] if tell[at] else None for (row, _), tell in zip(rows, told, strict=True)], dtype="Int64")
        for at, name in enumerate(VOICES)
    }
    return counted.assign(**numbers)


def voices_apart(named: DataFrame, evidence: Evidence, limits: Limits) -> set[Place]:
    """The topics, as TOPIC, whose voices must not be told over all these credentials: see `totals.held_apart`.

    named: counted topics of the credentials of which they may be shown.
    """
    people = _people(named)
    return held_apart(named, partial(_facts, people, limits), people, evidence, limits)


def falling_told(topics: DataFrame, limits: Limits) -> set[tuple[str, ...]]:
    """Of which credential, topic and audience it may be told for how many it falls short: enough of them, and with the
    voices told of the same topic it gives no small one away."""
    people = _people(topics)
    named = showable(topics, ["credential", "topic"], limits=limits)
    told: dict[tuple[str, Place], list[Fact]] = defaultdict(list)
    for place, fact in _voices_of(people, limits, named, ["credential"]):
        told[next(iter(fact.parts))[0], place].append(fact)
    found = set()
    for place, parts in people.items():
        for credential, own in parts.items():
            short = {part: number for part, number in own.items() if part[2] in FALLING}
            falling = Fact("", frozenset(short), sum(short.values()))
            if falling.people >= limits.minimum_group and not gives_away(
                told[credential, place], [falling], own, limits
            ):
                found.add((credential, *place))
    return found


def _people(topics: DataFrame) -> People:
    """By topic how many name it in which voice about each credential; also those of nobody."""
    found = nobody()
    columns = [*TOPIC, "credential", "critical", "appreciative", "people"]
    for topic, audience, credential, critical, appreciative, number in topics[columns].itertuples(
        index=False, name=None
    ):
        parts = found[str(topic), str(audience)][str(credential)]
        for voice, name in TOLD.items():
            parts.setdefault((str(credential), name, voice), 0)
        voice = MEANT[bool(critical), bool(appreciative)]
        parts[str(credential), TOLD[voice], voice] += int(number)
    return found


def _facts(people: People, limits: Limits, named: DataFrame, by: list[str]) -> Iterator[tuple[Place, Fact]]:
    """What is told of topics: also for how many they fall short, which is told of single credentials only."""
    yield from _voices_of(people, limits, named, by)
    if by:
        for credential, *place in falling_told(named, limits):
            yield from fact_of(tuple(place), people, {credential}, lambda part: part[2] in FALLING)


def _voices_of(people: People, limits: Limits, named: DataFrame, by: list[str]) -> Iterator[tuple[Place, Fact]]:
    """How many name each topic, and in each voice."""
    every = set(named["credential"].astype(str))
    for row in voiced(named, [*by, *TOPIC], limits).to_dict("records"):
        place, here = (str(row["topic"]), str(row["audience"])), {str(row["credential"])} if by else every
        for name, who in {"people": tuple(MEANT.values()), **VOICES}.items():
            if not isna(row[name]):
                yield from fact_of(place, people, here, lambda part, who=who: part[2] in who)  # type: ignore[misc]

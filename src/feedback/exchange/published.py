"""What was published when, as a table: who reads it sees that numbers moved by whole groups and never by one person."""

from collections.abc import Collection, Mapping, Sequence

from pandas import DataFrame

from feedback.store.releases import CLOSED, ENOUGH, ERASURE, IMPORT, REBUILD, UNDO, Release
from feedback.survey.setting import FOIL_PREFIX

REASONS = {
    ENOUGH: "enough people had answered",
    CLOSED: "a survey had closed",
    IMPORT: "a file was brought in",
    UNDO: "a file was taken back",
    ERASURE: "somebody took an answer back",
    REBUILD: "everything was counted again",
}
COLUMNS = ("Release", "Day", "Why", "Questionnaire", "Credential", "People", "Shown", "Digest")
TOO_FEW = "too few to show"
DIGITS = 16
"""So much of a digest is told: enough to see that two are the same."""


def releases_table(releases: Sequence[Release], titles: Mapping[str, str], fewest: int) -> DataFrame:
    """One row a release and what it published; a release that says of nothing in particular has one row.

    People: all whose answers are published of it since then, missing below `fewest`. Credentials that do not exist
    (foils) are left out.
    """
    rows = []
    for release in releases:
        head = {"Release": release.number, "Day": release.made_on, "Why": REASONS.get(release.reason, release.reason)}
        units = [unit for unit in release.units if not str(unit["credential"]).startswith(FOIL_PREFIX)]
        for unit in units or [{}]:
            people = unit.get("people")
            few = people is not None and people < fewest
            rows.append(
                head
                | {
                    "Questionnaire": unit.get("instrument", ""),
                    "Credential": titles.get(str(unit.get("credential", "")), unit.get("credential", "")),
                    "People": None if few else people,
                    "Shown": TOO_FEW if few else "yes" if unit else "",
                    "Digest": release.digest[:DIGITS],
                }
            )
    return DataFrame(rows, columns=list(COLUMNS)).astype({"People": "Int64"})


def steps_between(releases: Sequence[Release], fewest: int, apart: Collection[str] = ()) -> list[str]:
    """Where, from one release to the next that tells of it, the people of a credential became fewer than `fewest` more
    or less, both numbers being shown: whoever looks twice sees what these few said. One sentence each.

    releases: the last one first, as they are read. apart: questionnaires of experts, who sign what they say.
    """
    last: dict[tuple[str, str], tuple[int, int]] = {}
    found = []
    for release in reversed(releases):
        for unit in release.units:
            place = str(unit["instrument"]), str(unit["credential"])
            people = int(unit.get("people") or 0)
            number, before = last.get(place, (0, 0))
            if place[0] not in apart and min(before, people) >= fewest and 0 < abs(people - before) < fewest:
                of = f"{place[0]} of {place[1] or 'no credential'}"
                found.append(f"WRONG: {of}: releases {number} and {release.number} differ by too few people.")
            last[place] = release.number, people
    return found


def named(release: Release | None) -> str:
    """A release in words.

    >>> from datetime import date
    >>> named(Release(12, date(2026, 3, 1), ENOUGH, (), "ab")), named(None)
    ('12, made on 2026-03-01', 'nothing has been published yet')
    """
    return f"{release.number}, made on {release.made_on}" if release else "nothing has been published yet"

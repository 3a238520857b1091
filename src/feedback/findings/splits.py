"""The ways to split employers into groups wide enough to be shown: a fixed menu, the same everywhere. Light."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType


@dataclass(frozen=True)
class Group:
    """One group of a split: its name, and the values (letters of sectors, roles, bands of size) it is made of."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """One way to split employers. id, column: as a choice and as a table name it. name, several: in words, of one group
    and of several. groups: by id, in their order."""

    id: str
    column: str
    name: str
    several: str
    groups: Mapping[str, Group]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the groups, in their order."""
        return tuple(group.name for group in self.groups.values())

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """The name of the group a value belongs to."""
        return {value: group.name for group in self.groups.values() for value in group.values}

    def named(self, group: str) -> str:
        """The name of a group by its id; "" where there is none."""
        return self.groups[group].name if group in self.groups else ""


SECTOR = Split(
    "sector", "sector", "sector", "sectors",
    MappingProxyType(
        {
            "industry": Group("Industry and construction", tuple("ABCDEF")),
            "trade": Group("Trade, transport, hospitality", tuple("GHI")),
            "information": Group("Information and finance", tuple("JKLM")),
            "business": Group("Business services", tuple("NO")),
            "public": Group("Public, education, health", tuple("PQR")),
            "other-services": Group("Other services", tuple("STUV")),
        }
    ),
)  # fmt: skip
"""Sections of ISIC Rev. 5 put together as the UN's high-level aggregation does, wider where few employers answer."""
ROLE = Split(
    "role", "role", "role", "roles",
    MappingProxyType(
        {
            "hiring": Group("Hiring employers", ("hiring_employer",)),
            "recruiters": Group("Recruiters", ("recruiter",)),
            "internships": Group("Internship managers", ("internship_manager",)),
            "professional-bodies": Group("Professional bodies", ("professional_body",)),
            "other-roles": Group("Other roles", ("other",)),
        }
    ),
)  # fmt: skip
"""What the person who answers is to us; not what they do in their organisation."""
SIZE = Split(
    "size", "size_band", "size", "sizes",
    MappingProxyType(
        {
            "small": Group("Under 50 people", ("1-9", "10-49")),
            "medium": Group("50 to 249 people", ("50-249",)),
            "large": Group("250 people or more", ("250-999", "1000+")),
        }
    ),
)  # fmt: skip
"""Sizes of organisations as the European Union draws its lines: small (and micro), medium, large."""
SPLITS: Mapping[str, Split] = MappingProxyType({split.id: split for split in (SECTOR, ROLE, SIZE)})


def split_of(by: str) -> Split:
    """The split of a choice; by sector where none is chosen."""
    return SPLITS.get(by, SECTOR)

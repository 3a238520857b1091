"""A line of the list of what to change: one thing that falls short of a credential, in the words of one witness."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pandas import isna

from feedback.analysis.influence import REMOVED
from feedback.findings.words import between, percent

WOULD_COUNT, AGEING, ALIGNMENT = "would_count", "ageing", "alignment"
QUESTION, TOPIC, SKILL, BY_EXPERTS = "question", "topic", "skill", "expert"
"""Where a line comes from."""
NAMED, OF_NO_TOPIC = "named", "named_of_no_topic"
"""The items of a change that experts name in their own words: of a topic, and of none. Their marks have none."""
NOBODY = float("nan")


@dataclass(frozen=True)
class Line:
    """One thing that falls short of a credential, in the words of one witness.

    source: see above. id, item: of what was asked, as in `work_change`; of what makes employers hesitate the question
    and the option; of an ageing skill the skill; of a review the criterion, or the topic of the change that experts
    name (item NAMED), or the question by which they name it (OF_NO_TOPIC). share: of the `people` asked it falls short
    for so many (0-1), low and high (90%); of a mark of experts how far their mean lies below the best, as a part of the
    scale. short, short_sd: how far it falls short, if a part of it counts as a part (0-1; NaN where the share says it):
    of a question how far answers lie below the best step on average, as a part of the scale, from the steps that are
    told. steps: these, each a questionnaire, the first and the last step told together, and how many gave them; none
    where the share alone is told. gap, gap_sd: what is believed of it. reach: for what part of those who answered at
    all it speaks. loss: how much less it would be without the five who say it most. need: of employers so many need the
    skill (0-1; NaN where that is not about a skill or not told). now, later: of an ageing skill who needs it. rows: of
    a grid. name: of what was asked. words: the line as a sentence.
    """

    credential: str
    source: str
    id: str
    item: str
    audience: str
    people: int
    organisations: int | None
    largest_share: float | None
    share: float
    low: float
    high: float
    name: str
    words: str
    gap: float = NOBODY
    gap_sd: float = NOBODY
    reach: float = 1.0
    loss: float = 0.0
    need: float = NOBODY
    rows: int = 1
    now: float = NOBODY
    later: float = NOBODY
    short: float = NOBODY
    short_sd: float = NOBODY
    steps: tuple[tuple[str, float, float, int], ...] = ()

    @property
    def is_aside(self) -> bool:
        """Whether it is what people write, or say of their own skill: a sign beside what was rated."""
        return self.is_written or self.is_own_skill

    @property
    def is_written(self) -> bool:
        """Whether it is what people write in their own words."""
        return self.source == TOPIC or (self.source == WOULD_COUNT and not self.item) or self.is_named

    @property
    def is_named(self) -> bool:
        """Whether it is a change that experts name."""
        return self.source == BY_EXPERTS and self.item in (NAMED, OF_NO_TOPIC)

    @property
    def is_own_skill(self) -> bool:
        """Whether learners say it of their own skill."""
        return self.source == QUESTION and self.rows > 1

    @property
    def measure(self) -> tuple[str, ...]:
        """What may be looked at again: kind, audience, id and item; () where nothing can be."""
        if self.source == QUESTION:
            return QUESTION, self.audience, self.id, self.item
        if self.source == SKILL:
            return SKILL, self.audience, self.id, ""
        if self.source == TOPIC or (self.source == WOULD_COUNT and not self.item):
            return TOPIC, self.audience, self.id, ""
        return ()

    @property
    def told(self) -> dict[str, Any]:
        """What of it is shown."""
        kept = ["source", "id", "item", "audience", "people", "organisations", "share", "low", "high", "name", "words"]
        more = {AGEING: ["now", "later"], QUESTION: ["short"]}.get(self.source, [])
        told = {name: getattr(self, name) for name in [*kept, *more]}
        return told | {"steps": [list(each) for each in self.steps]} if self.source == QUESTION else told


def line_of(row: Mapping[Any, Any], source: str, hits: float, words: str) -> Line:
    """A line from a row of a table with credential, id, item, audience, people, organisations, largest_share, share,
    low, high and name. hits: for so many people it falls short."""
    people = int(row["people"])
    return Line(
        credential=str(row["credential"]),
        source=source,
        id=str(row["id"]),
        item=str(row["item"]),
        audience=str(row["audience"]),
        people=people,
        organisations=None if isna(row["organisations"]) else int(row["organisations"]),
        largest_share=None if isna(row["largest_share"]) else float(row["largest_share"]),
        share=float(row["share"]),
        low=float(row["low"]),
        high=float(row["high"]),
        name=str(row["name"]),
        words=words,
        loss=loss_of(hits, people),
    )


def loss_of(hits: float, people: int) -> float:
    """How much smaller a share is without the five who make it largest; 1 where nobody is left."""
    if people <= REMOVED:
        return 1.0
    return hits / people - max(hits - REMOVED, 0.0) / (people - REMOVED)


def so_many(hits: float, people: float) -> str:
    """So many of so many.

    >>> so_many(12, 40)
    '12 of 40'
    """
    return f"{round(float(hits)):,} of {int(people):,}"


def as_share(row: Mapping[Any, Any]) -> str:
    """A share and its interval in words."""
    return f"{percent(row['share'])}; {between(row['low'], row['high'])}"

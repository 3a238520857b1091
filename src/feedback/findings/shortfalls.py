"""Everything that falls short, line by line, each a share of the people asked that may be told by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pandas import DataFrame, isna

from feedback.analysis.influence import REMOVED
from feedback.analysis.people import EMPLOYER, EXPERT
from feedback.analysis.ratings import only, wilson
from feedback.analysis.reviews import CRITERION, marks_of, newest_rounds
from feedback.analysis.shrinkage import USUAL, draw_together
from feedback.analysis.skills import NEED, NEED_3Y
from feedback.disclosure import Limits, may_show
from feedback.findings.answers import work_answers
from feedback.findings.change import work_change
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import at_the_end, in_scope
from feedback.findings.skills import told_of_skills
from feedback.findings.words import between, count, percent

CONCERN = "concern"
"""The construct of the question what makes employers hesitate."""
WOULD_COUNT, AGEING, ALIGNMENT = "would_count", "ageing", "alignment"
QUESTION, TOPIC, SKILL, BY_EXPERTS = "question", "topic", "skill", "expert"
"""Where a line comes from."""
AGES = 0.2
"""A skill ages where so much less of those asked need it in three years than today."""
NOBODY = float("nan")


@dataclass(frozen=True)
class Line:
    """One thing that falls short of a credential, in the words of one witness.

    source: see above. id, item: of what was asked, as in `work_change`; of what makes employers hesitate the question
    and the option; of an ageing skill the skill; of a review the criterion. share: of the `people` asked it falls short
    for so many (0-1), low and high (90%); of a mark of experts how far their mean lies below the best, as a part of the
    scale. gap, gap_sd: what is believed of it. reach: for what part of those who answered at all it speaks. loss: how
    much less it would be without the five who say it most. need: of employers so many need the skill (0-1; NaN where
    that is not about a skill or not told). now, later: of an ageing skill who needs it. rows: of a grid. name: of what
    was asked. words: the line as a sentence.
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

    @property
    def is_aside(self) -> bool:
        """Whether it is what people write, or say of their own skill: a sign beside what was rated."""
        written = self.source == TOPIC or (self.source == WOULD_COUNT and not self.item)
        return written or self.is_own_skill

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
        return {name: getattr(self, name) for name in [*kept, *(["now", "later"] if self.source == AGEING else [])]}


def all_lines(evidence: Evidence, choice: Choice, limits: Limits) -> list[Line]:
    """All lines of the chosen credentials that may be told, in an order of their own: what falls short for learners and
    employers (as under "what should change"), what makes employers hesitate, skills that age, and criteria experts mark
    below the lowest good mark."""
    answers = at_the_end(in_scope(evidence.answers, evidence, choice))
    lines = [*_as_listed(evidence, choice, limits, answers), *_concerns(evidence, choice, limits)]
    needs = {(each.credential, each.item): each for each in _needs(answers, NEED, limits)}
    later = {(each.credential, each.item): each for each in _needs(answers, NEED_3Y, limits)}
    lines += [_ageing(needs[at], later[at], evidence) for at in sorted(needs.keys() & later.keys())]
    lines += _reviewed(evidence, choice, limits)
    lines = [line for line in lines if line.share > 0 and (line.source != AGEING or line.share >= AGES)]
    lines = [replace(line, need=needs[at].share) if (at := _skill(line)) in needs else line for line in lines]
    return sorted(lines, key=lambda line: (line.credential, line.source, line.id, line.item, line.audience))


def with_gaps(lines: Sequence[Line]) -> list[Line]:
    """The same lines, with what is believed of each gap: drawn together over credentials where the same was asked."""
    families: dict[tuple[str, ...], list[int]] = {}
    for place, line in enumerate(lines):
        families.setdefault(_family(line), []).append(place)
    found = list(lines)
    for family, places in families.items():
        share, people = (np.array([getattr(lines[at], name) for at in places], float) for name in ("share", "people"))
        usual = (share @ people + 1) / (people.sum() + 2)
        own = (share * people + 1) / (people + 2)
        variance = (people * own * (1 - own) + USUAL * usual * (1 - usual)) / (people + USUAL)
        errors = np.sqrt(variance / people)
        mean, sd = share, errors
        if family[0] in (QUESTION, TOPIC, WOULD_COUNT, SKILL):
            drawn = draw_together(share, errors)
            mean, sd = drawn.mean, drawn.sd
        for at, gap, doubt in zip(places, mean.tolist(), sd.tolist(), strict=True):
            found[at] = replace(lines[at], gap=gap, gap_sd=_of_marks(lines[at]) or doubt)
    return found


def _family(line: Line) -> tuple[str, ...]:
    """Lines that may be drawn together: the same asked of several credentials; needs of different skills."""
    if line.source == SKILL:
        return (SKILL,)
    own = line.item if not line.is_own_skill else ""
    return line.source, line.id, own, line.audience


def _of_marks(line: Line) -> float:
    """The doubt of experts' marks: a mark is good for about a step of four, whoever gives it."""
    return 1 / 3 / line.people**0.5 if line.source == BY_EXPERTS else 0.0


def _skill(line: Line) -> tuple[str, str]:
    """The credential and skill a line is about."""
    return line.credential, line.item if line.is_own_skill else line.id


def _as_listed(evidence: Evidence, choice: Choice, limits: Limits, answers: DataFrame) -> list[Line]:
    """The lines of `work_change` that may be told."""
    found = work_change(evidence, choice, limits)
    found = found[may_show(found["people"], found["organisations"], found["largest_share"], limits)]
    everybody = _everybody(answers)
    rows: dict[tuple[str, str], int] = {}
    for credential, source, ident, item in found[["credential", "source", "id", "item"]].itertuples(index=False):
        if source == QUESTION and item in evidence.skills:
            rows[credential, ident] = rows.get((credential, ident), 0) + 1
    lines = []
    for row in found.to_dict("records"):
        source = WOULD_COUNT if row["source"] == TOPIC and row["audience"] == EMPLOYER else row["source"]
        asked = everybody.get((row["credential"], row["audience"]), row["people"])
        own = source == QUESTION and row["item"] in evidence.skills
        line = _line(row, source, row["falling"], _sentence(source, row))
        reach = row["people"] / asked if line.is_aside and source != QUESTION else 1.0
        # Two rows at least: a skill that stands alone in its grid is still one's own.
        several = max(2, rows[row["credential"], row["id"]]) if own else 1
        lines.append(replace(line, reach=min(1.0, reach), rows=several))
    return lines


def _everybody(answers: DataFrame) -> dict[tuple[str, str], int]:
    """How many of an audience answered about a credential at all, at the least."""
    cell = ["credential", "audience", "instrument", "question", "item"]
    most = answers.groupby(cell, observed=True)["people"].sum().groupby(["credential", "audience"]).max()
    return {(str(credential), str(who)): int(number) for (credential, who), number in most.items()}


def _line(row: dict[str, Any], source: str, hits: float, words: str) -> Line:
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
        loss=_loss(hits, people),
    )


def _loss(hits: float, people: int) -> float:
    """How much smaller a share is without the five who make it largest; 1 where nobody is left."""
    if people <= REMOVED:
        return 1.0
    return hits / people - max(hits - REMOVED, 0.0) / (people - REMOVED)


def _sentence(source: str, row: dict[str, Any]) -> str:
    """A line as a sentence: how many of whom."""
    who = f"{row['audience']}s"
    said = {
        QUESTION: f"{who} do not rate it well: “{row['name']}”",
        TOPIC: f"{who} who commented are critical of it, or ask for more",
        WOULD_COUNT: f"{who} who commented name it, asked what holds them back or would make it count",
        SKILL: f"{who} need “{row['name']}” and see it performed below the middle",
        ALIGNMENT: f"{who} say that “{row['name']}” was not covered, though it is declared",
    }[source]
    return f"{_of(row['falling'], row['people'])} {said} ({_share(row)})."


def _of(hits: float, people: float) -> str:
    """So many of so many.

    >>> _of(12, 40)
    '12 of 40'
    """
    return f"{round(float(hits)):,} of {int(people):,}"


def _share(row: dict[str, Any]) -> str:
    return f"{percent(row['share'])}; {between(row['low'], row['high'])}"


def _concerns(evidence: Evidence, choice: Choice, limits: Limits) -> list[Line]:
    """What makes employers hesitate, of which it may be told how many say so (as under "all answers")."""
    asked = at_the_end(only(evidence.answers, audience=EMPLOYER, construct=CONCERN))
    if asked.empty:
        return []
    few = replace(evidence, answers=asked)
    told = work_answers(few, replace(choice, audience=EMPLOYER), limits)
    told = told[(told["people"] > 0) & (told["credential"] != "")]
    told = told[may_show(told["people"], told["organisations"], told["largest_share"], limits)]
    base = in_scope(asked[(asked["item"].astype(str) == "") & (asked["status"] == "answered")], evidence, choice)
    heard = base.astype({"question": "str"}).groupby(["credential", "question"])["people"].sum().to_dict()
    items = {
        (question, evidence.named(question, item, instrument)): item
        for instrument, question in told[["instrument", "question"]].drop_duplicates().itertuples(index=False)
        for item in evidence.items(question, instrument)
    }
    lines = []
    for row in told.to_dict("records"):
        item = items.get((row["question"], row["answer"]), "")
        people = int(heard.get((row["credential"], row["question"]), 0))
        if not item or item in ("none", "other") or people < row["people"]:
            continue
        low, high = (float(end) for end in wilson(row["people"], people))
        row |= {"id": row["question"], "item": item, "name": row["answer"], "falling": row["people"], "people": people}
        row |= {"share": row["falling"] / people, "low": low, "high": high}
        words = f"{_of(row['falling'], people)} employers hesitate: “{row['answer']}” ({_share(row)})."
        lines.append(_line(row, WOULD_COUNT, row["falling"], words))
    return lines


def _needs(answers: DataFrame, construct: str, limits: Limits) -> list[Line]:
    """The shares of employers who need a skill, now or in three years, that may be told."""
    found = told_of_skills(answers, construct, limits).rename(columns={"skill": "item"})
    return [_line(row | {"id": construct, "audience": EMPLOYER, "name": row["item"]}, construct, 0.0, "")
            for row in found.to_dict("records")]  # fmt: skip


def _ageing(now: Line, later: Line, evidence: Evidence) -> Line:
    """A skill that is needed less in three years: what is lost of the need."""
    lost = now.share - later.share
    fewer = now if now.people <= later.people else later
    half = ((now.high - now.low) ** 2 + (later.high - later.low) ** 2) ** 0.5 / 2
    name = evidence.skills.get(now.item, now.item)
    words = (
        f"{percent(now.share)} of {count(now.people, 'employer', 'employers')} need “{name}” now; "
        f"{percent(later.share)} of {later.people:,} think they will in three years."
    )
    return replace(
        fewer,
        source=AGEING,
        id=now.item,
        item="",
        share=lost,
        low=max(-1.0, lost - half),
        high=min(1.0, lost + half),
        now=now.share,
        later=later.share,
        name=name,
        words=words,
        loss=min(1.0, REMOVED / max(fewer.people - REMOVED, 1)),
    )


def _reviewed(evidence: Evidence, choice: Choice, limits: Limits) -> list[Line]:
    """The criteria that experts mark below the lowest good mark, on average."""
    reviews = newest_rounds(in_scope(evidence.answers, evidence, choice), limits.reviewers)
    found = marks_of(reviews)
    scale_of = dict(reviews[["question", "scale"]].astype(str).drop_duplicates().itertuples(index=False, name=None))
    lines = []
    for row in found[found["construct"] == CRITERION].to_dict("records") if len(found) else []:
        steps = evidence.scales.get(scale_of.get(row["question"], ""), ())
        good = [step.value for step in steps if step.side > 0]
        mean = sum(row["marks"]) / len(row["marks"])
        if row["people"] < limits.reviewers or not good or mean >= min(good):
            continue
        best, worst = max(step.value for step in steps), min(step.value for step in steps)
        marks = " and ".join(f"{mark:g}" for mark in row["marks"])
        name = evidence.named(row["question"], "", EXPERT)
        short = (best - mean) / (best - worst)
        row |= {"id": row["question"], "item": "", "audience": EXPERT, "name": name, "share": short}
        row |= {"organisations": None, "largest_share": None}
        row |= {"low": (best - row["high"]) / (best - worst), "high": (best - row["low"]) / (best - worst)}
        words = f"{count(row['people'], 'expert marks', 'experts mark')} it {marks} of {best:g}: “{name}”."
        # Experts are no sample, and sign what they say: nobody is taken away from them.
        lines.append(replace(_line(row, BY_EXPERTS, 0.0, words), loss=0.0))
    return lines

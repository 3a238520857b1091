"""Everything that falls short, line by line, each told by what may be told of it by itself."""

from dataclasses import replace
from typing import Any

from pandas import DataFrame

from feedback.analysis.influence import REMOVED
from feedback.analysis.people import EMPLOYER
from feedback.analysis.ratings import only, wilson
from feedback.analysis.skills import NEED, NEED_3Y
from feedback.disclosure import Limits, may_show
from feedback.findings.answers import work_answers
from feedback.findings.change import work_change
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.far import with_steps
from feedback.findings.lines import (
    AGEING,
    ALIGNMENT,
    QUESTION,
    SKILL,
    TOPIC,
    WOULD_COUNT,
    Line,
    as_share,
    line_of,
    so_many,
)
from feedback.findings.reviewed import reviewed
from feedback.findings.scope import at_the_end, in_scope
from feedback.findings.skills import told_of_skills
from feedback.findings.words import count, percent

CONCERN = "concern"
"""The construct of the question what makes employers hesitate."""
AGES = 0.2
"""A skill ages where so much less of those asked need it in three years than today."""


def all_lines(evidence: Evidence, choice: Choice, limits: Limits) -> list[Line]:
    """All lines of the chosen credentials that may be told, in an order of their own: what falls short for learners and
    employers (as under "what should change"), what makes employers hesitate, skills that age, criteria experts mark
    below the lowest good mark, and changes they name."""
    answers = at_the_end(in_scope(evidence.answers, evidence, choice))
    lines = [*_as_listed(evidence, choice, limits, answers), *_concerns(evidence, choice, limits)]
    needs = {(each.credential, each.item): each for each in _needs(answers, NEED, limits)}
    later = {(each.credential, each.item): each for each in _needs(answers, NEED_3Y, limits)}
    lines += [_ageing(needs[at], later[at], evidence) for at in sorted(needs.keys() & later.keys())]
    lines += reviewed(evidence, choice, limits)
    lines = with_steps(lines, answers, evidence, limits)
    lines = [line for line in lines if line.share > 0 and (line.source != AGEING or line.share >= AGES)]
    lines = [replace(line, need=needs[at].share) if (at := _skill(line)) in needs else line for line in lines]
    return sorted(lines, key=lambda line: (line.credential, line.source, line.id, line.item, line.audience))


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
        line = line_of(row, source, row["falling"], _sentence(source, row))
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
    return f"{so_many(row['falling'], row['people'])} {said} ({as_share(row)})."


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
        words = f"{so_many(row['falling'], people)} employers hesitate: “{row['answer']}” ({as_share(row)})."
        lines.append(line_of(row, WOULD_COUNT, row["falling"], words))
    return lines


def _needs(answers: DataFrame, construct: str, limits: Limits) -> list[Line]:
    """The shares of employers who need a skill, now or in three years, that may be told."""
    found = told_of_skills(answers, construct, limits).rename(columns={"skill": "item"})
    return [line_of(row | {"id": construct, "audience": EMPLOYER, "name": row["item"]}, construct, 0.0, "")
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

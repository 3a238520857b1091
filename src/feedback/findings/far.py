"""How far each line of the list of what to change falls short, from what is told; and what is believed of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
from pandas import DataFrame

from feedback.analysis.people import LEARNER
from feedback.analysis.ratings import only
from feedback.analysis.shrinkage import USUAL, draw_together
from feedback.analysis.steps import Short, Told, how_short
from feedback.disclosure import Limits
from feedback.findings.cells import steps_told
from feedback.findings.evidence import Evidence, Step
from feedback.findings.lines import BY_EXPERTS, QUESTION, SKILL, TOPIC, WOULD_COUNT, Line
from feedback.findings.occasions import Ends, ends_of_scales
from feedback.findings.words import percent

Asked = tuple[str, str, str]
"""A credential, a question, and its row."""
AS_FAR_AS_CAN_BE = 0.25
"""The variance where half fall wholly short and half not at all."""
TOGETHER = (QUESTION, TOPIC, WOULD_COUNT, SKILL)
"""Where lines come from that are drawn together over credentials."""


def with_steps(lines: Sequence[Line], answers: DataFrame, evidence: Evidence, limits: Limits) -> list[Line]:
    """The same lines; those of questions with how far answers lie below the best step.

    A mean is a sum, and would tell single answers beside how many there are (docs/decisions/0014). So it is reckoned
    from the steps that stand under "all answers", small ones told together; where none do, from the share that is told.
    """
    asked = {(line.credential, line.id, line.item) for line in lines if line.source == QUESTION}
    rated = only(answers, audience=LEARNER, kind=("scale", "grid"), status="answered")
    rated = rated[rated["number"].notna()].astype(dict.fromkeys(["credential", "question", "item", "scale"], "str"))
    scales = _scales(rated, asked)
    told = _steps(rated, scales, evidence, limits)
    ends = ends_of_scales(evidence)
    short: dict[Asked, Short] = {}
    known: dict[Asked, tuple[tuple[str, float, float, int], ...]] = {}
    for scale in sorted(set(scales.values())):
        steps = evidence.scales.get(scale, ())
        places, cells = [], []
        for line in lines:
            place = line.credential, line.id, line.item
            if line.source != QUESTION or scales.get(place) != scale or scale not in ends:
                continue
            parts = told.get(place, ())
            within = _parts(parts, steps)
            if sum(part[-1] for part in parts) != line.people or () in within:
                # Of some of its questionnaires nothing is told, or its scale has other steps by now: then the share is.
                parts, within = (), _sides(line, steps)
            known[place] = parts
            places.append(place)
            cells.append(within)
        best = {step.value: _short(step, steps, ends[scale]) for step in steps}
        short |= dict(zip(places, how_short(cells, best), strict=True)) if cells else {}
    return [
        _with(line, short[place], known[place])
        if line.source == QUESTION and (place := (line.credential, line.id, line.item)) in short
        else line
        for line in lines
    ]


def _scales(rated: DataFrame, asked: set[Asked]) -> dict[Asked, str]:
    """The scale of each of these, where there is one only."""
    found: dict[Asked, set[str]] = {}
    cells = rated[["credential", "question", "item", "scale"]].drop_duplicates().itertuples(index=False, name=None)
    for *place, scale in cells:
        found.setdefault((place[0], place[1], place[2]), set()).add(scale)
    return {place: next(iter(scales)) for place, scales in found.items() if place in asked and len(scales) == 1}


def _steps(
    rated: DataFrame, scales: Mapping[Asked, str], evidence: Evidence, limits: Limits
) -> dict[Asked, tuple[tuple[str, float, float, int], ...]]:
    """What stands under "all answers" of each: questionnaire, first and last step told together, and how many. There
    nothing stands of what a questionnaire asks no more."""
    asked = zip(rated["credential"], rated["question"], rated["item"], rated["instrument"], strict=True)
    meant = [
        (slug, question, item) in scales and evidence.place(question, "", str(form)) is not None
        for slug, question, item, form in asked
    ]
    by = ["credential", "question", "item", "instrument"]
    table = steps_told(rated[np.array(meant, dtype=bool)], by, evidence, limits).sort_values([*by, "low"])
    found: dict[Asked, list[tuple[str, float, float, int]]] = {}
    for slug, question, item, form, low, high, people in table[[*by, "low", "high", "people"]].itertuples(
        index=False, name=None
    ):
        place = str(slug), str(question), str(item)
        found.setdefault(place, []).append((str(form), float(low), float(high), int(people)))
    return {place: tuple(parts) for place, parts in found.items()}


def _parts(parts: Sequence[tuple[str, float, float, int]], steps: Sequence[Step]) -> Told:
    """What is told of one question, over its questionnaires; () where people gave steps the scale has no more."""
    found: dict[tuple[float, ...], int] = {}
    for _, low, high, people in parts:
        within = tuple(step.value for step in steps if low <= step.value <= high)
        found[within] = found.get(within, 0) + people
    return found


def _sides(line: Line, steps: Sequence[Step]) -> Told:
    """What a share tells of the steps: how many gave good ones, and how many others."""
    middle = sum(step.side == 0 for step in steps) > 1  # then the good end lies there (see `cells.joined`)
    good = tuple(step.value for step in steps if step.side == (0 if middle else 1))
    others = tuple(step.value for step in steps if step.value not in good)
    falling = round(line.share * line.people)
    return {each: people for each, people in ((others, falling), (good, line.people - falling)) if each}


def _short(step: Step, steps: Sequence[Step], ends: Ends) -> float:
    """How far a step lies below the best one, as a part of the scale (0-1)."""
    best = max(each.value for each in steps)
    off = ends.off(step.value) if ends.middle else best - step.value
    return off / ends.span if ends.span else 0.0


def _with(line: Line, found: Short, steps: tuple[tuple[str, float, float, int], ...]) -> Line:
    words = f"{line.words} On average answers lie {percent(found.mean)} of the scale below its best step."
    return replace(line, short=found.mean, short_sd=found.sd, loss=found.loss, steps=steps, words=words)


def with_gaps(lines: Sequence[Line]) -> list[Line]:
    """The same lines, with what is believed of each gap, which is how far it falls short, or the share of people for
    whom it does: drawn together over credentials where the same was asked; where nothing is, as if one more had been
    wholly discontent, and one more wholly content, since experts above all are few."""
    families: dict[tuple[str, ...], list[int]] = {}
    for place, line in enumerate(lines):
        families.setdefault(_family(line), []).append(place)
    found = list(lines)
    for family, places in families.items():
        share, people, short, sds = (
            np.array([getattr(lines[at], name) for at in places], float)
            for name in ("share", "people", "short", "short_sd")
        )
        value = np.where(np.isnan(short), share, short)
        own = np.where(np.isnan(short), _of_a_share(share * people, people), sds**2)
        usual = np.where(
            np.isnan(short),
            _of_a_share((share * people).sum(), people.sum()),
            (own @ people + 2 * AS_FAR_AS_CAN_BE) / (people.sum() + 2),
        )
        errors = np.sqrt((people * own + USUAL * usual) / (people + USUAL) / people)
        mean, sd = (value * people + 1) / (people + 2), errors
        if family[0] in TOGETHER:
            drawn = draw_together(value, errors)
            mean, sd = drawn.mean, drawn.sd
        for at, gap, doubt in zip(places, mean.tolist(), sd.tolist(), strict=True):
            found[at] = replace(lines[at], gap=gap, gap_sd=_of_marks(lines[at]) or doubt)
    return found


def _of_a_share(hits: Any, people: Any) -> Any:
    """The variance of one answer to a yes or no, as if one more had said either."""
    share = (hits + 1) / (people + 2)
    return share * (1 - share)


def _family(line: Line) -> tuple[str, ...]:
    """Lines that may be drawn together: the same asked of several credentials, and told in the same unit, which is a
    part of the scale or a share of people; needs of different skills."""
    if line.source == SKILL:
        return (SKILL,)
    own = line.item if not line.is_own_skill else ""
    return line.source, line.id, own, line.audience, "share" if isnan(line.short) else "scale"


def _of_marks(line: Line) -> float:
    """The doubt of experts' marks: a mark is good for about a step of four, whoever gives it."""
    return 1 / 3 / line.people**0.5 if line.source == BY_EXPERTS and not line.is_named else 0.0

"""What anybody may read without an account: a credential's card, what was found before something was changed, and what
came of it. All of it at the limits of public pages (`Limits.for_public`).

What is told here is not worked out anew with every release: a card moves by many people at once or not at all, and what
was found is frozen when it is told. So whoever looks twice learns nothing of the few who came or left in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pandas import DataFrame, Series, isna

from feedback.analysis.people import count_people
from feedback.analysis.ratings import only
from feedback.disclosure import EMPLOYER, Limits, may_show, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import at_the_end, in_scope
from feedback.findings.work import Answer, work_out

FORM = 1
"""The form of a card's document."""
FEW = "few"
"""The state of a card for which too few have answered; else it is that of the gate, "shown" or "early"."""
SHARES = ("awareness", "awareness_low", "awareness_high")
STEPS = ("index", "low", "high")
COUNTS = ("asked", "n")
"""On how many people a card's shares stand, and its index."""
ENDS = (0.0, 4.0)
"""Of the recognition ladder."""
QUESTION, TOPIC, SKILL, ALIGNMENT = "question", "topic", "skill", "alignment"
ANSWERED = "answered"
"""The kind of what was found where a number of people is all that may be told."""
NAMED_BY = {TOPIC, ALIGNMENT}
"""What stands in a list only because some named it: where it does not, too few did."""
UNSETTLED, WORKED, WORKED_ALONE = "no_evidence", "worked", "worked_alone"
LESS = "less_than_expected"
VERDICTS = {"worked": WORKED, "did not": "did_not"}
"""What is said of an effect, by what was found; else UNSETTLED. WORKED_ALONE: there was nothing untouched to hold it
against. LESS: it did not bring what was expected, though what was measured points to the better."""
TOO_FEW = {
    "learner": "Fewer than {least} learners have answered about this credential, so nothing they said can be told.",
    "employer": (
        "Fewer than {least} employers of {houses} organisations have answered about this credential, or most of them "
        "are of one organisation, so nothing they said can be told."
    ),
}
TOO_FEW_FOR_THIS = (
    "What this action rests on was said by too few for a public page: there it takes {least} people, and here inside "
    "{inside}. Tell it later, when more have answered."
)


@dataclass(frozen=True)
class Found:
    """What may be told in public of what an action rests on. refused: why it may not be told at all, in words; "" where
    it may. told: {"kind", "audience", "people", "share", "low", "high"}; without a share where none may be told, {}
    where nothing was measured."""

    refused: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


# --- the card ---------------------------------------------------------------------------------------------------------


def card(evidence: Evidence, credential: str, limits: Limits, release: int | None, day: str) -> dict[str, Any]:
    """What a credential's card says: how many know it and how far they count it, with n, organisations and doubt.

    limits: of public pages. release, day: the last release and its day (ISO). Without enough employers only its state,
    FEW. Without an index where that would give an answer away.
    """
    from feedback.findings.contents import FINDINGS  # here: it brings every finding

    rows = work_out(FINDINGS["recognition"], evidence, Choice(credential=credential), limits).rows
    mine = rows[(rows["credential"] == credential) & (rows["state"] != "withheld")]
    if mine.empty:
        return {"form": FORM, "state": FEW}
    row = mine.iloc[0]
    known = {name: row[name] if isna(row[other]) else row[other] for name, other in zip(SHARES, KNOWN, strict=True)}
    told = {
        "form": FORM,
        "state": str(row["state"]),
        "asked": int(row["asked"]),
        "organisations": int(row["organisations"]),
        "release": release,
        "on": day,
        **{name: round(float(value), 3) for name, value in known.items()},
    }
    if isna(row["index"]) or _all_alike(row, limits):
        return told
    return told | {"n": int(row["n"]), **{name: round(float(row[name]), 1) for name in STEPS}}


def _all_alike(row: Series, limits: Limits) -> bool:
    """Whether the average of a small group stands at an end of the ladder, and so says what each of them said."""
    return int(row["n"]) < 2 * limits.minimum_group and round(float(row["index"]), 1) in ENDS


KNOWN = ("known", "known_low", "known_high")
"""The columns that have awareness without those who know whatever they are shown."""


def renewed(last: Mapping[str, Any] | None, now: Mapping[str, Any], limits: Limits) -> Mapping[str, Any]:
    """Which card shows: the new one once it stands on as many people more or fewer as make a group, in all it says;
    until then the last. What falls below the minimum, or would give an answer away, is gone at once.

    last: what was told last, as `remembered` keeps it; None before the first card.

    >>> limits = Limits().for_public()
    >>> renewed({"form": 1, "state": "shown", "asked": 40}, {"form": 1, "state": "shown", "asked": 41}, limits)["asked"]
    40
    """
    if last is None or last.get("form") != FORM or now["state"] == FEW:
        return now
    counts = [name for name in COUNTS if name in last and name in now]
    if min(abs(now[name] - last[name]) for name in counts) >= limits.minimum_group:
        return now
    if last["asked"] < limits.minimum_group:  # the minimum was raised since
        return {"form": FORM, "state": FEW}
    may_stay = "index" in now and "index" in last and last["n"] >= limits.minimum_group
    return last if may_stay else {name: value for name, value in last.items() if name not in ("n", *STEPS)}


def remembered(last: Mapping[str, Any] | None, shown: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the next card is held against once this one shows: what it says and, of figures it leaves out, on how many
    people they stood last. Of a card that says nothing, what was told before."""
    if shown["state"] == FEW or last is None or last.get("form") != FORM:
        return last if shown["state"] == FEW else shown
    if all(last.get(name) == value for name, value in shown.items()):
        return last
    return {**({"n": last["n"]} if "n" in last else {}), **shown}


# --- what was found ---------------------------------------------------------------------------------------------------


def found(
    evidence: Evidence,
    credential: str,
    source: str,
    measure: tuple[str, str, str, str] | None,
    audiences: tuple[str, ...],
    limits: Limits,
    *,
    inside: int,
    before: Sequence[Mapping[str, Any]] = (),
) -> Found:
    """What may be told of what an action rests on, or why it may not be told at all.

    source: what the action comes from. measure: (kind, audience, id, item) of what is looked at; None for nothing.
    audiences: whom it is told, each of which must be a crowd in which nobody is known. limits: of public pages. inside:
    the smallest group of which leads are told. before: what was told of this credential already: the same is told in
    the same numbers, until as many people as make a group have come or left.
    """
    answers = at_the_end(in_scope(evidence.answers, evidence, Choice(credential=credential)))
    spoken = dict.fromkeys([*audiences, *([measure[1]] if measure else [])])
    for audience in spoken:
        if showable(only(answers, audience=audience), ["credential"], limits=limits).empty:
            said = TOO_FEW[audience].format(least=limits.minimum_group, houses=limits.minimum_organisations)
            return Found(refused=said)
    if measure is None:
        return Found()
    line = _line(evidence, credential, source, measure, limits)
    if line is None and measure[0] != TOPIC and source not in NAMED_BY:
        people = _answered(answers, measure, limits)
        line = None if people is None else {"kind": ANSWERED, "audience": measure[1], "people": people}
    told = None if line is None else _as_before(line | {"of": list(measure)}, before, limits)
    if told is None:
        return Found(refused=TOO_FEW_FOR_THIS.format(least=limits.minimum_group, inside=inside))
    return Found(told=told)


def _as_before(
    line: Mapping[str, Any], before: Sequence[Mapping[str, Any]], limits: Limits
) -> Mapping[str, Any] | None:
    """What was told of the same, where too few people have come or left since; else the line. None where that may be
    told no more."""
    same = [each for each in before if (each.get("of"), each.get("kind")) == (line["of"], line["kind"])]
    near = [each for each in same if abs(each["people"] - line["people"]) < limits.minimum_group]
    if not near:
        return line
    return near[-1] if near[-1]["people"] >= limits.minimum_group else None  # too few since the minimum was raised


def _line(
    evidence: Evidence, credential: str, source: str, measure: tuple[str, str, str, str], limits: Limits
) -> dict[str, Any] | None:
    """The line of what falls short that an action is about, as it may be told; None where there is none."""
    from feedback.findings.contents import FINDINGS

    kind, audience, ident, item = measure
    answer: Answer = work_out(FINDINGS["what_to_change"], evidence, Choice(credential=credential), limits)
    rows = answer.shown
    wanted = ALIGNMENT if source == ALIGNMENT else kind
    mine = (rows["source"] == wanted) & (rows["audience"] == audience) & (rows["id"] == ident)
    if wanted == QUESTION:
        mine &= rows["item"] == item
    if not mine.any():
        return None
    row: Series = rows[mine].iloc[0]
    numbers = {name: round(float(row[name]), 3) for name in ("share", "low", "high")}
    return {"kind": wanted, "audience": audience, "people": int(row["people"]), **numbers}


def _answered(answers: DataFrame, measure: tuple[str, str, str, str], limits: Limits) -> int | None:
    """How many answered what is looked at; None where that is too few for public pages."""
    _, audience, ident, item = measure
    asked = "question" if measure[0] == QUESTION else "item"
    mine = only(answers, audience=audience, status="answered", **{asked: ident})
    mine = mine[mine["item"] == item] if item else mine
    counted = count_people(mine, ["credential"])
    may = may_show(counted["people"], counted["organisations"], counted["largest_share"], limits)
    return int(counted["people"].iloc[0]) if len(counted) and may.all() else None


# --- what came of it --------------------------------------------------------------------------------------------------


def effect_told(effect: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """What may be told in public of what came of an action: the verdict and no figure, for single runs beside what was
    found in all of them would tell of the few who are left. {} where either side of the comparison is too small.

    effect: as it was measured (see findings.progress). limits: of public pages.
    """
    people, houses = effect.get("people"), effect.get("organisations")
    if not _both(people, limits.minimum_group):
        return {}
    if effect.get("audience") == EMPLOYER:
        largest = effect.get("largest_share")
        if not _both(houses, limits.minimum_organisations) or largest is None or largest > limits.largest_share:
            return {}
    verdict, change = VERDICTS.get(str(effect.get("verdict")), UNSETTLED), effect.get("effect")
    if verdict == WORKED and not effect.get("untouched"):
        verdict = WORKED_ALONE
    if verdict == VERDICTS["did not"] and change is not None and change > 0:
        verdict = LESS
    return {"verdict": verdict}


def _both(numbers: object, least: int) -> bool:
    """Whether both sides of a comparison are so many."""
    sides = list(numbers) if isinstance(numbers, list | tuple) else []
    return len(sides) == 2 and all(isinstance(each, int | float) and each >= least for each in sides)

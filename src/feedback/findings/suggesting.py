"""What the portfolio suggests, in words, as a table and as a picture: of what passed the gate, and of nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.portfolio import (
    DIFFERENTIATE,
    HIGH,
    KEEP,
    LAUNCH,
    LOW,
    NOT_KNOWN,
    NOT_YET,
    ORDER,
    RETIRE,
    UNKNOWN,
    UNSURE,
    Range,
    Standing,
    Suggestion,
    answers_more,
    effective_number,
    suggest,
)
from feedback.analysis.ratings import HALF
from feedback.charts.portfolio import in_three
from feedback.charts.theme import Mode
from feedback.findings.evidence import Choice, Evidence, Measure
from feedback.findings.portfolio import (
    ALIKE,
    ASKED,
    COMPLETED,
    DISTINCT,
    KEYS,
    LATER,
    MEASURES,
    NEED,
    PASSED,
    PLACES,
    RECOGNITION,
    SCORE,
    SHARED,
    WORTH,
    work_portfolio,
)
from feedback.findings.scope import MOST_ROWS, STATES
from feedback.findings.value import measure_named
from feedback.findings.words import among_others, count, listed, percent
from feedback.findings.work import Finding

Row = Mapping[str, Any]
TOLD = {
    RETIRE: "may be retired",
    DIFFERENTIATE: "should be told apart from what others offer",
    LAUNCH: "may be launched",
    KEEP: "is worth keeping",
}
"""What is suggested of a credential, in words."""
HEADS = {
    RETIRE: "Retire: hardly needed, hardly counted",
    DIFFERENTIATE: "Differentiate: crowded, or not counted",
    LAUNCH: "Launch: wanted, and not offered by many",
    KEEP: "Keep: employers count it",
    UNKNOWN: "Not known enough yet",
}
FOOT = (
    "Need: of employers asked, who need its skills. Offered elsewhere: more often than so many of the other subjects, "
    "by the market's figures. Counted: where employers put it on the scale of regard. Line: 90% sure to lie within."
)
ALIKE_TO_SAY = "Many offer the same, and employers do not count it for more than the others"


@dataclass(frozen=True)
class Line:
    """A credential with what is suggested of it. by: its gated rows, by what they say of it; those that are shown."""

    credential: str
    label: str
    by: Mapping[str, Row]
    any: Row
    suggestion: Suggestion
    measure: Measure

    def range(self, aspect: str) -> Range | None:
        """A share with its interval; None where it is not shown."""
        return _range(self.by.get(aspect))


def _range(row: Row | None) -> Range | None:
    if row is None or row["share"] != row["share"]:
        return None
    return Range(float(row["share"]), float(row["low"]), float(row["high"]), float(row["people"]))


def lines_of(rows: DataFrame) -> list[Line]:
    """The gated rows, one line a credential: those that ask for most first, by title within a suggestion."""
    shown: dict[str, dict[str, Row]] = {}
    every: dict[str, Row] = {}
    for row in rows.to_dict("records"):
        every.setdefault(row["credential"], row)
        if row["state"] != "withheld":
            shown.setdefault(row["credential"], {})[row["aspect"]] = row
    regard = {slug: _range(by.get(RECOGNITION)) for slug, by in shown.items()}
    known = {slug: each.share for slug, each in regard.items() if each is not None}
    measure = measure_named(rows)
    found = [
        Line(slug, row["label"], shown.get(slug, {}), row, _suggestion(slug, row, shown.get(slug, {}), known), measure)
        for slug, row in every.items()
    ]
    return sorted(found, key=lambda line: (ORDER.index(line.suggestion.kind), line.label, line.credential))


def _suggestion(slug: str, row: Row, by: Mapping[str, Row], regard: Mapping[str, float]) -> Suggestion:
    others = [share for each, share in regard.items() if each != slug]
    places = {name: float(row[name]) if row[name] == row[name] else None for name in ("wanted", "offered")}
    return suggest(
        Standing(
            need=_range(by.get(NEED)),
            later=_range(by.get(LATER)),
            recognition=_range(by.get(RECOGNITION)),
            alike=_range(by.get(ALIKE)),
            usual=float(np.mean(others)) if others else None,
            stage=row["stage"] or "live",
            **places,
        )
    )


# --- in words ---------------------------------------------------------------------------------------------------------


def why(line: Line) -> str:
    """The reasons of a suggestion, in a few sentences."""
    return " ".join(f"{each}." for each in _reasons(line))


def _reasons(line: Line) -> Iterator[str]:
    found = line.suggestion
    need, later, regard = (line.range(aspect) for aspect in (NEED, LATER, RECOGNITION))
    if need is not None:
        yield f"{_share(need)} of employers need its skills"
    if later is not None and found.demand != HIGH:
        yield f"“{line.by[LATER]['item']}” is what most will need in three years: {_share(later)}"
    if regard is not None:
        yield f"Employers put it at {_on_scale(line, regard)}"
    yield from _crowding(line)
    if found.herd:
        yield ALIKE_TO_SAY
    distinct, worth, completed = (line.range(aspect) for aspect in (DISTINCT, WORTH, COMPLETED))
    if distinct is not None and distinct.high < HALF:
        yield "The experts see little that sets it apart"
    if worth is not None and worth.high < HALF:
        yield f"But to only {_share(worth)} of its learners it was worth it"
    if completed is not None and completed.high < HALF:
        yield f"Of those who start, {_share(completed)} complete it"


def _crowding(line: Line) -> Iterator[str]:
    offered, wanted = line.any["offered"], line.any["wanted"]
    said = []
    if offered == offered:
        said.append(f"offered {among_others(offered)}")
    if wanted == wanted:
        said.append(f"wanted {among_others(wanted)}")
    if said:
        yield f"On the market its subject is {listed(said)}"
    alike = line.range(ALIKE)
    if alike is not None:
        yield f"{_share(alike)} of employers hesitate because too many look alike"


def _share(known: Range) -> str:
    return f"{percent(known.share)} ({percent(known.low).removesuffix('%')} to {percent(known.high)})"


def _on_scale(line: Line, known: Range) -> str:
    low, high = line.measure.low, line.measure.high
    share, least, most = (f"{low + each * (high - low):.1f}" for each in (known.share, known.low, known.high))
    return f"{share} on a scale of {low:g} to {high:g} ({least} to {most})"


def what_would_change_it(line: Line) -> str:
    """What would have to be known, or be otherwise, for another suggestion."""
    return " ".join(f"{each}." for each in _changes(line))


def _changes(line: Line) -> Iterator[str]:
    found = line.suggestion
    if found.kind == KEEP:
        yield "It would change if the upper half of the scale were no longer sure, while many others offer the same"
        return
    if found.kind == RETIRE:
        yield (
            "It would change if half of the employers may need one of its skills, now or in three years, or the market "
            "wanted it at least as much as half of the others"
        )
        return
    hardly = found.demand == found.recognised == LOW and line.any["stage"] not in NOT_YET
    if found.kind == UNKNOWN and hardly:
        yield _until_retired(line)
    if found.kind == UNKNOWN and LOW in (found.demand, found.recognised) and line.any["stage"] in NOT_YET:
        lower = ", and no more surely put it in the lower half of the scale" if found.recognised == LOW else ""
        yield f"It may be launched once employers surely need its skills{lower}"
    if found.kind == DIFFERENTIATE and found.recognised == LOW:
        yield "It would change if employers surely put it in the upper half of the scale"
    for aspect, side, asked in (
        (RECOGNITION, found.recognised, "how far they count it"),
        (NEED, found.demand, "how far they need its skills"),
        (LATER, found.later if hardly else "", "what they will need in three years"),
    ):
        if side == NOT_KNOWN:
            yield f"Ask employers {asked}: too few have said so"
        elif side == UNSURE:
            yield _ask_more(line.range(aspect), asked)
    if found.crowded is None:
        yield "Bring in how many others offer its skills (market evidence)"


def _until_retired(line: Line) -> str:
    """What is still missing of a reason to retire what is surely neither needed now nor counted."""
    later = "it is sure that fewer than half will need any of its skills in three years"
    market = "the market wants it less than half of the others"
    wanted = line.any["wanted"] >= HALF
    missing = [*([] if line.suggestion.later == LOW else [later]), *([market] if wanted else [])]
    return f"It may be retired once {' and '.join(missing)}"


def _ask_more(known: Range | None, asked: str) -> str:
    more = answers_more(known) if known is not None else None
    if more is None:
        return f"Employers are split on {asked}: more answers will hardly tell"
    return f"Ask about {count(more, 'more employer', 'more employers')} {asked}"


def say_portfolio(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What is suggested, of which credentials; whether many copy many; and how varied it all is."""
    lines = lines_of(rows)
    if not lines:
        return "Not enough is known: no credential is in the catalogue yet."
    if len(lines) == 1:
        line = lines[0]
        if line.suggestion.kind == UNKNOWN:
            return f"Not enough is known yet of {line.label} to suggest anything. {why(line)}".strip()
        told = TOLD.get(line.suggestion.kind, "is retired already")
        return f"{line.label} {told}. {why(line)}".strip()
    by_kind = Counter(line.suggestion.kind for line in lines)
    if by_kind[UNKNOWN] == len(lines):
        return (
            f"Not enough is known yet of {count(len(lines), 'credential', 'credentials')} to suggest anything: ask "
            "employers how far they count them and need their skills, and bring in the market's figures."
        )
    said = [f"{named} {TOLD[kind]}" for kind in (RETIRE, DIFFERENTIATE, LAUNCH) if (named := _named(lines, kind))]
    are = "is" if by_kind[KEEP] == 1 else "are"
    kept = f"{by_kind[KEEP]} of {count(len(lines), 'credential', 'credentials')} {are} worth keeping"
    rest = f"; of {by_kind[UNKNOWN]} not enough is known" if by_kind[UNKNOWN] else ""
    first = f"{'; '.join(said)}. " if said else ""
    return f"{first}{kept}{rest}.{_herd(lines)}{_variety(lines)}"


def _named(lines: list[Line], kind: str) -> str:
    labels = [line.label for line in lines if line.suggestion.kind == kind]
    return listed(labels) if len(labels) <= 4 else f"{listed(labels[:3])}, and {len(labels) - 3} more"


def _herd(lines: list[Line]) -> str:
    """Where many offer the same and are not recognised for it, as a sentence with a space before it; "" for none."""
    labels = [line.label for line in lines if line.suggestion.herd]
    if not labels:
        return ""
    if labels == [line.label for line in lines if line.suggestion.kind == DIFFERENTIATE]:
        return " Beware of the herd: many offer the same, for no more recognition."
    more = "" if len(labels) <= 3 else f", and {len(labels) - 3} more"
    return f" Beware of the herd: many offer the same as {listed(labels[:3])}{more}, for no more recognition."


def _variety(lines: list[Line]) -> str:
    """How varied the subjects are, as a sentence with a space before it; "" where none are named."""
    times = Counter(topic for line in lines for topic in _topics(line.any["topics"]))
    if not times:
        return ""
    subjects, varied = count(len(times), "subject", "subjects"), effective_number(times)
    return f" All together are about {subjects}, as varied as {varied:.0f} equally frequent ones."


def _topics(text: str) -> list[str]:
    return sorted({each.strip() for each in text.split("|")} - {""})


# --- as a picture and a table -----------------------------------------------------------------------------------------


def draw_portfolio(rows: DataFrame, mode: Mode) -> dict | None:
    """Demand, crowding and recognition of each credential in one row, those of one suggestion together; nothing where
    employers have said too little of all."""
    lines = [line for line in lines_of(rows) if line.suggestion.kind in HEADS]
    if not any(line.range(aspect) is not None for line in lines for aspect in (NEED, RECOGNITION)):
        return None
    return in_three(DataFrame([_drawn(line) for line in lines[:MOST_ROWS]]), mode, foot=FOOT)


def _drawn(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {"label": line.label, "credential": line.credential, "tier": HEADS[line.suggestion.kind]}
    for name, aspect in (("need", NEED), ("recognition", RECOGNITION)):
        known = line.range(aspect)
        row |= {name: known and known.share, f"{name}_low": known and known.low, f"{name}_high": known and known.high}
        row[f"{name}_state"] = line.by[aspect]["state"] if known is not None else "withheld"
    return row | {"offered": line.any["offered"]}


def display_portfolio(rows: DataFrame) -> DataFrame:
    """The portfolio as a table for people, the suggestion and its reasons first."""
    lines = lines_of(rows)
    share, low, high = (partial(_percents, lines, name=name) for name in ("share", "low", "high"))
    return DataFrame(
        {
            "Credential": [line.label for line in lines],
            "Suggestion": [line.suggestion.kind for line in lines],
            "Why": [why(line) for line in lines],
            "What would change it": [what_would_change_it(line) for line in lines],
            "Stage": [line.any["stage"] for line in lines],
            "Needed (%)": share(NEED),
            "Needed, low (90%)": low(NEED),
            "Needed, high (90%)": high(NEED),
            "Recognition": _scaled(lines, "share"),
            "Recognition, low (90%)": _scaled(lines, "low"),
            "Recognition, high (90%)": _scaled(lines, "high"),
            "Offered more often than (% of the others)": _facts(lines, "offered", 100),
            "Wanted more than (% of the others)": _facts(lines, "wanted", 100),
            "Too many look alike (%)": share(ALIKE),
            "Experts on how it differs (% of the scale)": share(DISTINCT),
            "Enrolled a run, newest runs": _numbers(lines, PLACES, "number"),
            "Enrolled a run, before": _numbers(lines, PLACES, "before"),
            "Enquiries for each place": _numbers(lines, ASKED, "number", 1),
            "Badges shared (%)": share(SHARED),
            "Completed (%)": share(COMPLETED),
            "Completed, low (90%)": low(COMPLETED),
            "Completed, high (90%)": high(COMPLETED),
            "Passed of those (%)": share(PASSED),
            "Test results, from (of 100)": low(SCORE),
            "Test results, to (of 100)": high(SCORE),
            "Worth it to learners (%)": share(WORTH),
            "Weeks": _facts(lines, "weeks", 1),
            "Why not 10 to 12 weeks": [_weeks(line) for line in lines],
            "Subjects": [", ".join(_topics(line.any["topics"])) for line in lines],
            "Employers": _numbers(lines, RECOGNITION, "people").astype("Int64"),
            "Shown": [
                STATES[line.by[RECOGNITION]["state"] if RECOGNITION in line.by else "withheld"] for line in lines
            ],
            "Short name": [line.credential for line in lines],
        }
    )


def _numbers(lines: list[Line], aspect: str, name: str, places: int = 0) -> Series:
    found = [line.by[aspect][name] if aspect in line.by else np.nan for line in lines]
    return Series(found, dtype="Float64").astype(float).round(places)


def _percents(lines: list[Line], aspect: str, name: str) -> Series:
    return (
        100 * Series([line.by[aspect][name] if aspect in line.by else np.nan for line in lines], dtype=float)
    ).round()


def _scaled(lines: list[Line], name: str) -> Series:
    known = [(line.by[RECOGNITION][name], line.measure) if RECOGNITION in line.by else None for line in lines]
    found = [each[1].low + each[0] * (each[1].high - each[1].low) if each else np.nan for each in known]
    return Series(found, dtype=float).round(2)


def _facts(lines: list[Line], name: str, times: float) -> Series:
    return (times * Series([line.any[name] for line in lines], dtype=float)).round()


def _weeks(line: Line) -> str:
    """Why a credential takes fewer than ten weeks or more than twelve; "" where it does not."""
    if not line.any["unusual"]:
        return ""
    return line.any["weeks_reason"] or "the catalogue gives no reason"


CAUTION = (
    "Suggestions, not decisions: they follow from three things by a fixed rule. Needed: the share of employers asked "
    "who call its skills important or essential, and of its skills the one most will need in three years. Counted: "
    "where employers put it on the scale of regard, kindness of raters taken out. Crowded: its skills and subjects "
    "are offered more often than half of the others in the market's figures, or a quarter of employers or more surely "
    "say that too many look alike. Retire: live, need now, need in three years and regard all surely (upper end of the "
    "90% interval) below the middle, and the market, where its figures are known, wants it less than half of the "
    "others. Differentiate: crowded and not surely counted, or surely needed and surely not "
    "counted. Keep: surely counted. Launch: not live yet, surely needed (or wanted by the market), and not crowded. "
    "All else is not known enough. The herd: crowded, and counted no more than the others shown, on average. What "
    "learners say, who completes, test results (as their bands allow), enrolment (the three newest runs, and the "
    "three before; none without a first day) and enquiries stand beside and decide nothing. Each number is told where "
    "it may be told by itself."
)
"""How we know."""


PORTFOLIO = Finding(
    id="portfolio",
    question="Which credentials should we keep, differentiate, retire or launch?",
    caution=CAUTION,
    work=work_portfolio,
    measures=MEASURES,
    say=say_portfolio,
    display=display_portfolio,
    draw=draw_portfolio,
    keys=KEYS,
)

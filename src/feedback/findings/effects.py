"""What became of actions: whether what one was to change did, against the shrunk baseline and what nobody touched."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import numpy as np
from pandas import DataFrame, Series, concat, notna

from feedback.analysis.changes import ANY_TOPIC, SHORTFALL
from feedback.analysis.drivers import Pooled
from feedback.analysis.people import EMPLOYER, count_people
from feedback.analysis.progress import DID_NOT, NO_EVIDENCE, OTHER_VERSION, TOO_FEW, WORKED, effect_of
from feedback.analysis.ratings import only
from feedback.analysis.runs import WORTH
from feedback.charts.changes import against_promise
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.cells import safe_to_tell
from feedback.findings.drivers import strengths
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.occasions import (
    LINE,
    both_may,
    ends_of_scales,
    lines_at,
    means_given_away,
    paired,
    placed,
    rated_at,
    versions_of,
)
from feedback.findings.priorities import change_key
from feedback.findings.progress import name_of, steps
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, in_scope
from feedback.findings.voices import falling_told
from feedback.findings.words import count
from feedback.findings.work import Finding

QUESTION, TOPIC, SKILL = "question", "topic", "skill"
NOT_BEGUN = "not begun"
"""What is kept of an action that nobody had begun when the run it was to show in was over: nothing was measured."""
WAITS, READY, MEASURED, UNMEASURED = "waits", "ready", "measured", "unmeasured"
"""Stages of an action: its second run is not closed, is closed, was looked at; nothing of it is looked at again."""
TOLD = ("effect", "low", "high", "change", "drift", "smallest", "value_before", "value_now")
BEHIND = ("people_before", "people_now", "houses_before", "houses_now", "largest")
MEASURES = (*TOLD, *BEHIND, "untouched", "part", "part_low", "part_high")
PARTS = {"part": "effect", "part_low": "low", "part_high": "high"}
KEYS = ("expected",)
"""What was promised is no number about people."""
DECIMALS: Mapping[str, int] = MappingProxyType({QUESTION: 1, TOPIC: 2, SKILL: 2})
LESS = "brought less than was expected"
"""What is said instead of "did not work" where what was measured is better all the same."""
VERDICTS: Mapping[str, str] = MappingProxyType(
    {WORKED: "worked", NO_EVIDENCE: "no evidence yet", DID_NOT: "did not work", NOT_BEGUN: "not begun in time"}
)
WORDS = (VERDICTS[WORKED], VERDICTS[NO_EVIDENCE], LESS, VERDICTS[DID_NOT], VERDICTS[NOT_BEGUN])
"""What may be said of an action, in the order in which it is counted."""
WHY: Mapping[str, str] = MappingProxyType(
    {
        OTHER_VERSION: "the two runs were asked with different versions of the questionnaire",
        TOO_FEW: "too few answered in one of the two runs, or too few one way or the other, for anything to be told",
        "all alike": "all gave one answer, so how far answers spread is not known",
        NOT_BEGUN: "it was still planned when the run was over",
    }
)
"""Why nothing can be said, in words."""
COUNTS = ("people", "organisations", "largest_share", "mean", "shown", "sd")
SHARES = (
    "about", "item", "family", "whole", "safe", "version_before", "version",
    *(f"{name}{when}" for name in COUNTS for when in ("_before", "")),
)  # fmt: skip
"""The columns of lines of shares."""
MOST_TOGETHER = 0.95
"""Answers that go together entirely would leave no chance at all between two questions."""
MOST_NAMED = 3
NONE = "Not enough to say yet: no action has been made that is looked at again."
Found = dict[str, Any]


def work_effects(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row an action with a measure: what was found of it, or what it waits for.

    What was measured once stands as it was found then. effect: how much better than what would have happened anyway, in
    steps of a scale (question) or as a share (topic, skill). part, part_low, part_high: the same as parts of what was
    expected. people: of the smaller of the two groups; nobody where nothing is told.
    """
    every = in_scope(evidence.actions, evidence, choice)
    actions = every[every["stage"] != UNMEASURED].reset_index(drop=True)
    found = _all_found(actions, every, evidence, choice, limits)
    columns = ["verdict", "why", *TOLD, *BEHIND, "untouched"]
    table = actions.drop(columns=["state", *columns])
    table = table.join(DataFrame(found, columns=columns, index=table.index))
    numbers = {name: table[name].astype(float) for name in (*TOLD, *BEHIND, "untouched", "expected")}
    table = table.assign(**numbers)
    least = table[["people_before", "people_now"]].min(axis=1, skipna=False)
    houses = table[["houses_before", "houses_now"]].min(axis=1, skipna=False)
    employed = table["audience"] == EMPLOYER
    table = table.assign(
        people=least.fillna(0).astype(np.int64),
        organisations=houses.where(employed).astype("Int64"),
        largest_share=table["largest"],
        **{name: table[of] / table["expected"] for name, of in PARTS.items()},
    )
    return _named(table, evidence, choice)


def _all_found(actions: DataFrame, every: DataFrame, evidence: Evidence, choice: Choice, limits: Limits) -> list[Found]:
    """What is known of each action. What was said of a credential is looked out once for all of its actions."""
    found: list[Found] = [{}] * len(actions)
    pooled = cache(partial(strengths, evidence, limits, of=()))
    for slug, own in actions.groupby("credential"):
        narrow = cache(partial(_narrow, evidence, str(slug)))
        for at, row in zip(own.index, own.to_dict("records"), strict=True):
            if row["stage"] == MEASURED:
                found[at] = {name: row[name] for name in ("verdict", "why", *TOLD, *BEHIND, "untouched")}
            elif row["stage"] != READY:
                found[at] = {"verdict": "", "why": ""}
            else:
                found[at] = measure(row, every, narrow(), choice, limits, pooled)
    return found


def _narrow(evidence: Evidence, slug: str) -> Evidence:
    """The evidence with what was said of one credential only, and with its runs."""
    mine = evidence.about(Choice(credential=slug))
    runs = in_scope(evidence.runs, evidence, Choice(credential=slug))
    return replace(mine, runs=runs)


def measure(
    row: Mapping[str, Any],
    actions: DataFrame,
    evidence: Evidence,
    choice: Choice,
    limits: Limits,
    pooled: Callable[[], Mapping[str, Pooled]],
) -> Found:
    """What became of one action, from the answers to both its runs. row: as Evidence.actions; actions: all of them.
    evidence: of its credential at the least. pooled: by questionnaire what goes together in it over all credentials.

    Untouched are the other lines of the same kind (of questions: on a scale of the same reach; never the verdict on
    the whole) that enough people answered both times and that speak of nothing an action is to change, whoever says it.
    """
    lines = LINES[row["kind"]](row, evidence, choice, limits)
    mine = lines[(lines["about"] == row["about"]) & (lines["item"] == row["item"])]
    own = mine.iloc[0] if len(mine) == 1 else None
    if own is None or not own["may"]:
        other = (
            own is not None
            and "" not in (own["version_before"], own["version"])
            and own["version_before"] != own["version"]
        )
        return {"verdict": NO_EVIDENCE, "why": OTHER_VERSION if other else TOO_FEW}
    theirs = actions.loc[actions["credential"] == row["credential"], ["kind", "about", "item"]].astype(str)
    touched = {
        change_key(kind, about, item, evidence) for kind, about, item in theirs.itertuples(index=False, name=None)
    }
    free = [
        touched.isdisjoint({change_key(row["kind"], about, each, evidence) for each in (item, "")})
        for about, item in lines[["about", "item"]].itertuples(index=False, name=None)
    ]
    comparable = lines["may"] & np.array(free, dtype=bool) & (lines["family"] == own["family"]) & ~lines["whole"]
    told = concat([mine, lines[comparable & (not own["whole"])]]).reset_index(drop=True)
    told = told.assign(id=told.index, n_before=told["people_before"], n=told["people"])
    expected = float(row["expected"]) if notna(row["expected"]) else None
    effect = effect_of(told, 0, expected=expected, together=_together(row, own, pooled))
    if effect.effect is None:
        return {"verdict": effect.verdict, "why": effect.why}
    digits = DECIMALS[row["kind"]]
    return {
        "verdict": effect.verdict,
        "why": "",
        **{name: _rounded(getattr(effect, name), digits) for name in TOLD[:6]},
        "value_before": _rounded(own["shown_before"], digits),
        "value_now": _rounded(own["shown"], digits),
        "people_before": int(own["people_before"]),
        "people_now": int(own["people"]),
        "houses_before": _whole(own["organisations_before"]),
        "houses_now": _whole(own["organisations"]),
        "largest": _rounded(own[["largest_share_before", "largest_share"]].astype(float).max(), 3),
        "untouched": effect.untouched if effect.drift is not None else 0,
    }


def _together(row: Mapping[str, Any], own: Series, pooled: Callable[[], Mapping[str, Pooled]]) -> float:
    """How far answers to the questions of a questionnaire go together, because the same people gave them (0 to below
    1); 0 where that is not known, and of shares."""
    if row["kind"] != QUESTION:
        return 0.0
    known = pooled().get(str(own["instrument"]))
    return float(np.clip(known.together, 0.0, MOST_TOGETHER)) if known and notna(known.together) else 0.0


def _rounded(number: Any, digits: int) -> float | None:
    return round(float(number), digits) + 0.0 if notna(number) else None


def _whole(number: Any) -> int | None:
    return int(number) if notna(number) else None


# --- the lines of a kind, at both times -------------------------------------------------------------------------------


def _questions(row: Mapping[str, Any], evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The questions on a scale of the questionnaire the measured one is in."""
    rated = rated_at(_said(evidence.answers, row, evidence), evidence)
    forms = rated.loc[(rated["question"] == row["about"]) & (rated["item"] == row["item"]), "instrument"].unique()
    rated = rated[rated["instrument"].isin(forms)]
    lines = lines_at(rated, evidence)
    both = paired(lines, {row["credential"]: (row["before"], row["by"])} if len(lines) else {})
    may = both_may(both, limits)
    mine = may & ((both["question"] == row["about"]) & (both["item"] == row["item"])).to_numpy(dtype=bool)
    away = means_given_away(both[mine], rated, evidence, choice, limits)
    may &= np.array([line not in away for line in both[LINE].itertuples(index=False, name=None)], dtype=bool)
    middle = both["scale"].map({name: each.middle is not None for name, each in ends_of_scales(evidence).items()})
    sign = np.where(middle.fillna(False).to_numpy(dtype=bool), -1.0, 1.0)
    return both.assign(
        about=both["question"], may=may, whole=both["construct"] == WORTH,
        shown_before=both["mean_before"] * sign, shown=both["mean"] * sign,
    )  # fmt: skip


def _topics(row: Mapping[str, Any], evidence: Evidence, _choice: Choice, limits: Limits) -> DataFrame:
    """The topics comments were about: how many of those who wrote one were not critical of it."""
    said = placed(_said(evidence.topics, row, evidence), evidence)
    wrote = said[(said["topic"].astype(str) == ANY_TOPIC).to_numpy(dtype=bool)]
    named = said[(said["topic"].astype(str) != ANY_TOPIC).to_numpy(dtype=bool)]
    critical = named[named["critical"].astype(bool)]
    topics = sorted({*named["topic"].astype(str), str(row["about"])})
    asked = _said(evidence.answers, row, evidence)
    asked = placed(asked[asked["instrument"].astype(str).isin(wrote["instrument"].astype(str))], evidence)
    lines = _shares(row, dict.fromkeys(topics, wrote), _hits(critical, "topic"), _versions(asked), limits)
    # Both runs may be all there are: then they say of the credential what must not be told of it beside its voices.
    told = {topic for _, topic, _ in falling_told(named, limits)}
    known = lines["about"].isin([*told, *(set(topics) - set(critical["topic"].astype(str)))])
    return lines.assign(may=lines["may"] & known)


def _skills(row: Mapping[str, Any], evidence: Evidence, _choice: Choice, limits: Limits) -> DataFrame:
    """The skills employers rated twice: how many do not both need one and see it done badly."""
    said = placed(only(_said(evidence.answers, row, evidence), construct=SHORTFALL, status="answered"), evidence)
    said = said[said["positive"].notna().to_numpy(dtype=bool)]
    short = said[said["positive"].astype(bool)]
    base = {str(skill): part for skill, part in said.groupby(said["item"].astype(str))}
    return _shares(row, base, _hits(short, "item"), _versions(said), limits)


def _hits(short: DataFrame, by: str) -> dict[tuple[str, str], int]:
    """For how many it falls short, by line and occasion."""
    found = short.groupby([short[by].astype(str), "occasion"])["people"].sum()
    return {(str(line), str(place)): int(people) for (line, place), people in found.items()}


def _versions(said: DataFrame) -> dict[str, str]:
    """By occasion the questionnaires and versions it was said in."""
    forms = said["instrument"].astype(str) + " " + said["version"].astype(str)
    return {str(place): versions_of(each) for place, each in forms.groupby(said["occasion"])}


def _shares(
    row: Mapping[str, Any],
    base: Mapping[str, DataFrame],
    hits: Mapping[tuple[str, str], int],
    versions: Mapping[str, str],
    limits: Limits,
) -> DataFrame:
    """Lines of shares. base: by line everybody who is asked about it. hits: by line and occasion for how many it falls
    short. versions: by occasion in which it was asked.

    Not told is what stands for a few, on either side: at an occasion, and of all others together, which follow by
    subtraction from what is told of all (see `cells.safe_to_tell`).
    """
    rows, least = [], limits.minimum_group
    fixed = {"item": "", "family": row["kind"], "whole": False}
    fixed |= {"version_before": versions.get(row["before"], ""), "version": versions.get(row["by"], "")}
    nobody = Series({"people": 0, "organisations": None, "largest_share": np.nan})
    for name, everybody in base.items():
        found: Found = {"about": name, **fixed}
        left = everybody[~everybody["occasion"].isin([row["before"], row["by"]])]
        short = sum(people for (line, _), people in hits.items() if line == name)
        short_here = {place: hits.get((name, place), 0) for place in (row["before"], row["by"])}
        rest, parts = int(left["people"].sum()), []
        if rest:
            parts.append((short - sum(short_here.values()), rest))
        for when, place in (("_before", row["before"]), ("", row["by"])):
            here = count_people(everybody[everybody["occasion"] == place], ["credential"])
            behind = here.iloc[0] if len(here) else nobody
            n = int(behind["people"])
            share = short_here[place] / n if n else np.nan
            parts.append((short_here[place], n))
            found |= {f"{each}{when}": behind[each] for each in ("people", "organisations", "largest_share")}
            found |= {f"mean{when}": 1 - share, f"shown{when}": share}
            found[f"sd{when}"] = np.sqrt(share * (1 - share) * n / (n - 1)) if n > 1 else np.nan
        rows.append(found | {"safe": all(_large_both_ways(part, n, least) for part, n in parts)})
    table = DataFrame(rows, columns=list(SHARES))
    return table.assign(may=both_may(table, limits) & table["safe"].to_numpy(dtype=bool))


def _large_both_ways(short: int, people: int, least: int) -> bool:
    """Whether for how many it falls short, and for how many not, may both be told.

    >>> [_large_both_ways(short, 8, 5) for short in (1, 8)], _large_both_ways(6, 12, 5), _large_both_ways(0, 8, 5)
    ([False, False], True, False)
    """
    both = (short, people - short)
    return all(safe_to_tell(both, [each >= least for each in both], least)[at] for at in (0, 1) if both[at])


LINES: Mapping[str, Callable[[Mapping[str, Any], Evidence, Choice, Limits], DataFrame]] = MappingProxyType(
    {QUESTION: _questions, TOPIC: _topics, SKILL: _skills}
)


def _said(table: DataFrame, row: Mapping[str, Any], evidence: Evidence) -> DataFrame:
    """What the audience of an action said of its credential at the end of a course."""
    mine = at_the_end(in_scope(table, evidence, Choice(credential=row["credential"])))
    return mine[(mine["audience"] == row["audience"]).to_numpy(dtype=bool)]


# --- in words and pictures --------------------------------------------------------------------------------------------


def _named(table: DataFrame, evidence: Evidence, choice: Choice) -> DataFrame:
    """The actions with what is measured in words, those that were measured first."""
    titles = table["credential"].map(evidence.titles).astype(str)
    title = table["title"].astype(str)
    first = _first_asked(table, evidence)
    asked = table[["kind", "about", "item", "audience"]]
    measured = [_measured(evidence, first, *row) for row in asked.itertuples(index=False, name=None)]
    named = table.assign(
        **{name: table[name].astype(str) for name in ("id", "stage", "verdict", "why", "before_label", "by_label")},
        measure=measured,
        place=titles,
        label=title if choice.credential else title + " · " + titles,
    )
    order = {WORKED: 0, DID_NOT: 1, NO_EVIDENCE: 2}
    return named.iloc[named["verdict"].map(order).fillna(3).argsort(kind="stable")].reset_index(drop=True)


def _first_asked(table: DataFrame, evidence: Evidence) -> dict[tuple[str, str, str], tuple[str, str]]:
    """By question, item and audience in which questionnaire, and on which scale, the questions measured are asked."""
    names = ["question", "item", "audience", "instrument", "scale"]
    of = evidence.answers[evidence.answers["question"].isin(table["about"])]
    asked = of.drop_duplicates(names[:3])[names].astype(str)
    return {(question, item, who): (form, scale) for question, item, who, form, scale in asked.itertuples(index=False)}


def _measured(
    evidence: Evidence,
    first: Mapping[tuple[str, str, str], tuple[str, str]],
    kind: str,
    about: str,
    item: str,
    audience: str,
) -> str:
    if kind == TOPIC:
        return f"critical of “{evidence.topic_names.get(about, about)}”"
    if kind == SKILL:
        return f"short of “{evidence.skills.get(about, about)}”"
    if (about, item, audience) not in first:
        return evidence.named(about, item)
    form, scale = first[about, item, audience]
    return name_of((form, about, item, scale), evidence)


def _verdict(row: Mapping[str, Any]) -> str:
    """What became of an action, in words; which way it went is told only where the effect is."""
    if row["verdict"] == DID_NOT and notna(row["effect"]) and row["effect"] > 0:
        return LESS
    return VERDICTS.get(row["verdict"], row["verdict"])


def _stage(row: Mapping[str, Any]) -> str:
    """How an action stands, in words."""
    if row["stage"] != WAITS:
        reason = row["why"] or (NOT_BEGUN if row["verdict"] == NOT_BEGUN else "")
        return f"{_verdict(row)}{f': {WHY.get(reason, reason)}' if reason else ''}"
    if row["by_label"]:
        return f"waits until “{row['by_label']}” has answered"
    return "waits for the next run"


def say_effects(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What worked, what did not, and what is not known yet."""
    if rows.empty:
        return NONE
    looked = rows[rows["stage"] != WAITS]
    waiting = len(rows) - len(looked)
    waits = f"{count(waiting, 'waits', 'wait')} for answers." if waiting else ""
    if looked.empty:
        return f"Not enough has been answered yet: {count(waiting, 'action waits', 'actions wait')} for the next run."
    told = looked[looked["state"] != "withheld"]
    found = [_verdict(row) for row in looked.to_dict("records")]
    counts = [f"{found.count(words)} {words}" for words in WORDS if words in found]
    clear = told[told["verdict"].isin([WORKED, DID_NOT])].head(MOST_NAMED)
    first = "".join(f" {_one(row)}" for row in clear.to_dict("records"))
    return f"Of {count(len(looked), 'action', 'actions')} looked at again: {', '.join(counts)}.{first} {waits}".strip()


def _one(row: Mapping[str, Any]) -> str:
    """One action's effect in a sentence."""
    write = _share if row["kind"] != QUESTION else steps
    way = "better" if row["effect"] >= 0 else "worse"
    promised = f"; {write(row['expected'])} expected" if notna(row["expected"]) else ""
    return (
        f"“{row['label']}” {_verdict(row)}: {write(row['effect'])} {way} ({_range(row)}{promised}; "
        f"{row['people_before']:.0f}, then {row['people_now']:.0f} people)."
    )


def _range(row: Mapping[str, Any]) -> str:
    if row["kind"] == QUESTION:
        return f"likely between {row['low']:+.1f} and {row['high']:+.1f}"
    return f"likely between {100 * row['low']:+.0f} and {100 * row['high']:+.0f} points"


def _share(share: float) -> str:
    return f"{100 * abs(share):.0f} points of 100"


def draw_effects(rows: DataFrame, mode: Mode) -> dict | None:
    """What each action brought, as part of what was expected of it."""
    table = rows[rows["part"].notna()].head(MOST_ROWS)
    if table.empty:
        return None
    table = table.assign(
        estimate=table["part"],
        low=table["part_low"],
        high=table["part_high"],
        witness=table["audience"],
        note=[_stage(row) for row in table.to_dict("records")],
    )
    return against_promise(table[["label", "estimate", "low", "high", "state", "note", "witness"]], mode)


def display_effects(rows: DataFrame) -> DataFrame:
    """What became of each action as a table for people; shares in points of 100."""
    times = rows["kind"].map({QUESTION: 1.0, TOPIC: 100.0, SKILL: 100.0}).astype(float)
    shown = rows["state"].map(STATES).where(rows["stage"] != WAITS, "not yet")
    return DataFrame(
        {
            "Action": rows["title"],
            "Credential": rows["place"],
            "Looked at": rows["measure"],
            "Found": [_stage(row) for row in rows.to_dict("records")],
            **{
                name: (rows[of].astype(float) * times).round(1)
                for name, of in {
                    "Expected": "expected", "Effect": "effect", "Low (90%)": "low", "High (90%)": "high",
                    "Change": "change", "Untouched moved by": "drift", "Seen from": "smallest",
                    "Before": "value_before", "After": "value_now",
                }.items()
            },
            "Unit": rows["kind"].map({QUESTION: "steps"}).fillna("points of 100"),
            "Untouched": rows["untouched"],
            "Run before": rows["before_label"],
            "Run after": rows["by_label"],
            "People before": rows["people_before"],
            "People after": rows["people_now"],
            "Shown": shown,
        }
    )  # fmt: skip


EFFECTS = Finding(
    id="effects",
    question="Did what was changed work?",
    caution=(
        "Of each action that says beforehand what it is to change, and by how much: the run before it against the "
        "run it was to show in, measured when that run's survey has closed, and kept; where too few answered, or "
        "nobody had begun, one of the two next runs may say it. The effect is the "
        "change "
        "since the run before (drawn toward the credential's other lines, the more the fewer answered, because "
        "what "
        "was worst gets better by itself), less what comparable things moved by that no action was to change, by "
        "whatever name; that the same people answer several questions is reckoned with. Of topics and skills "
        "nothing is told where few fall on either side; where "
        "there are fewer than three of these, it is the change alone. “Worked”: its whole 90% interval lies above "
        "nothing. “Did not work”: it lies below what was expected; where the effect is for the better all the same, "
        "“brought less than was expected”. Else there is no evidence yet. What else differed "
        "between the runs is not known, so it is evidence, and no proof. An action to be looked at again later is "
        "another action."
    ),
    work=work_effects,
    audiences=("learner", "employer"),
    measures=MEASURES,
    keys=KEYS,
    interval=("part_low", "part_high"),
    say=say_effects,
    display=display_effects,
    draw=draw_effects,
    actions=True,
    pools=True,
)

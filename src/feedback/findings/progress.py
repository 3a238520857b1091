"""What changed since last time: a credential's last run against the one before it, on what was named beforehand."""

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.people import LEARNER
from feedback.analysis.progress import CHANGED, UNSEEN, what_changed
from feedback.analysis.ratings import only
from feedback.analysis.runs import WORTH
from feedback.charts.changes import since_last_time
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.occasions import (
    DECIMALS,
    LINE,
    both_may,
    ends_of_scale,
    lines_at,
    means_given_away,
    paired,
    rated_at,
)
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, day_of, in_scope
from feedback.findings.words import between_steps, count, listed
from feedback.findings.work import Finding

MEASURES = (
    "people_before", "people_now", "mean_before", "baseline", "mean", "change", "low", "high", "smallest",
)  # fmt: skip
FOUND = {
    "mean_before": "mean_before", "baseline": "baseline", "mean": "mean", "change": "difference", "low": "low",
    "high": "high", "smallest": "smallest",
}  # fmt: skip
"""What is told of a line, and what the analysis calls it."""
BETTER, WORSE, NO_COMPARISON = "better", "worse", "asked in another version"
"""What is said of a line; of one where nothing is seen what `analysis.progress` says."""
MOST_NAMED = 3
SPAN = 4.0
"""As wide is most scales' way from worst to best; what is early goes by it."""


def work_changed(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a question named beforehand and credential that ran twice: how it moved from the run before to the last.

    Runs count in which enough learners answered any of these. change: from the baseline, which is what was said of the
    run before, drawn toward all that is compared on such a scale; in steps, more is better.
    """
    answers = only(at_the_end(in_scope(evidence.answers, evidence, Choice())), audience=LEARNER)
    watched = list(evidence.watched.get(LEARNER, ()))
    rated = rated_at(answers[answers["construct"].isin(watched).to_numpy(dtype=bool)], evidence)
    lines = lines_at(rated, evidence)
    both = _compared(paired(lines, last_two(lines, evidence, limits)), limits)
    chosen = in_scope(both, evidence, choice)
    rows = _told(chosen, in_scope(rated, evidence, choice), evidence, choice, limits)
    return _named(rows, evidence, choice)


def last_two(lines: DataFrame, evidence: Evidence, limits: Limits) -> dict[str, tuple[str, str]]:
    """By credential the last run in which enough people answered anything, and before it the one before. A run without
    a first day has no place among them."""
    days = zip(evidence.runs["slug"].astype(str), evidence.runs["starts"].map(day_of), strict=True)
    starts = {slug: day for slug, day in days if day}
    large = lines[lines["is_run"] & (lines["people"] >= limits.minimum_group) & lines["occasion"].isin(starts)]
    found = {}
    for credential, runs in large.groupby("credential")["occasion"]:
        in_time = sorted(set(runs), key=lambda run: (starts[run], run))
        if len(in_time) > 1:
            found[str(credential)] = (in_time[-2], in_time[-1])
    return found


def _compared(both: DataFrame, limits: Limits) -> DataFrame:
    """All lines with how they moved, `may` (be looked at at all: large enough both times, of one version) and `seen`.

    One list for the whole institution: what is called a change of a credential is one among all that are looked at.
    """
    other, may = both["version_before"] != both["version"], both_may(both, limits)
    found = what_changed(both[may].assign(id=both.index[may], n_before=both["people_before"], n=both["people"]))
    found = found.reindex(both.index)
    moved = np.where(found["difference"] > 0, BETTER, WORSE)
    seen = found["state"].where(found["state"] != CHANGED, Series(moved, index=both.index)).fillna("")
    numbers = {name: found[source].astype(float) for name, source in FOUND.items()}
    return both.assign(**numbers, may=may, seen=seen.mask(other, NO_COMPARISON))


def _told(both: DataFrame, rated: DataFrame, evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The lines with nobody behind those of which nothing may be told, and numbers as they are told."""
    away = means_given_away(both[both["may"]], rated, evidence, choice, limits)
    apart = [line not in away for line in both[LINE].itertuples(index=False, name=None)]
    may = both["may"] & np.array(apart, dtype=bool)
    numbers = {name: both[name].where(may).round(DECIMALS) + 0.0 for name in FOUND}
    return both.assign(
        **numbers,
        seen=both["seen"].where(may | (both["seen"] == NO_COMPARISON), ""),
        people_now=both["people"],
        people=np.where(may, np.minimum(both["people_before"], both["people"]), 0),
    )


def _named(rows: DataFrame, evidence: Evidence, choice: Choice) -> DataFrame:
    """The rows in order, those that changed first, with names instead of ids."""
    labels = dict(zip(evidence.runs["slug"].astype(str), evidence.runs["label"].astype(str), strict=True))
    asked = rows[["instrument", "question", "item", "scale"]]
    names = [name_of(line, evidence) for line in asked.itertuples(index=False, name=None)]
    titles = rows["credential"].map(evidence.titles).astype(str)
    label = names if choice.credential else [f"{name} · {title}" for name, title in zip(names, titles, strict=True)]
    place = [
        evidence.place(question, item, form) for form, question, item, _ in asked.itertuples(index=False, name=None)
    ]
    table = DataFrame(
        {
            **{name: rows[name].astype(str) for name in (*LINE, "scale")},
            "drawn": np.where(bool(choice.credential) | (rows["construct"] == WORTH), "yes", "no"),
            "title": titles,
            "name": names,
            "label": label,
            "run_before": rows["occasion_before"],
            "run": rows["occasion"],
            "before": rows["occasion_before"].map(labels).astype(str),
            "now": rows["occasion"].map(labels).astype(str),
            "seen": rows["seen"].astype(str),
            "people": rows["people"].astype(np.int64),
            **{name: rows[name] for name in MEASURES},
        }
    )
    changed = table["seen"].isin([BETTER, WORSE])
    size = -table["change"].abs().where(changed)
    order = DataFrame({"calm": ~changed, "size": size, "title": titles.to_numpy(), "place": place}, index=table.index)
    return table.loc[order.sort_values(list(order), kind="stable").index].reset_index(drop=True)


def name_of(line: tuple[str, str, str, str], evidence: Evidence) -> str:
    """A question in words; of one whose good end lies in the middle, with the name of that."""
    form, question, item, scale = line
    name = evidence.skills.get(item) or evidence.named(question, item, form)
    ends = ends_of_scale(evidence.scales.get(scale, ()))
    if ends is None or ends.middle is None:
        return name
    middle = next((step.label for step in evidence.scales[scale] if step.value == ends.middle[0]), "")
    return f"{name}: {middle[:1].lower()}{middle[1:]}"


def say_changed(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What changed since the run before, or how small a change could have been seen."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        if (rows["seen"] == NO_COMPARISON).any():
            return "The last run was asked with another version of the questionnaire, so the two are not compared."
        return "Not enough learners have answered in two runs to compare them."
    changed = shown[shown["seen"].isin([BETTER, WORSE])]
    if choice.credential:
        return _say_one(shown, changed)
    many = shown["credential"].nunique()
    if changed.empty:
        looked = count(many, "credential", "credentials")
        return f"Nothing is seen to have changed in the last run of {looked}. {_unseen(shown)}"
    titles = list(dict.fromkeys(changed["title"]))
    told = [f"{title} ({_moves(changed[changed['title'] == title])})" for title in titles[:MOST_NAMED]]
    more = f" and {count(len(titles) - MOST_NAMED, 'other', 'others')}" if len(titles) > MOST_NAMED else ""
    have = "has" if len(titles) == 1 else "have"
    return (
        f"{len(titles)} of {count(many, 'credential', 'credentials')} {have} changed since the run before: "
        f"{listed(told) if not more else ', '.join(told)}{more}."
    )


def _say_one(shown: DataFrame, changed: DataFrame) -> str:
    first = shown.iloc[0]
    between = f"from “{first['before']}” to “{first['now']}”"
    calm = shown[shown["seen"] == UNSEEN]
    if changed.empty:
        return f"No change is seen {between} in {count(len(calm), 'thing', 'things')} looked at. {_unseen(shown)}"
    told = [
        f"“{row['name']}” got {row['seen']} by {steps(row['change'])} ({between_steps(row['low'], row['high'])}; "
        f"{row['people_before']:.0f}, then {row['people_now']:.0f} people)"
        for row in changed.head(MOST_NAMED).to_dict("records")
    ]
    left = len(changed) - len(told)
    more = f", and {count(left, 'other thing', 'other things')} changed" if left else ""
    rest = f" {_unseen(calm)}" if len(calm) else ""
    return f"{between[0].upper()}{between[1:]} {listed(told)}{more}.{rest}"


def _moves(changed: DataFrame) -> str:
    """How many things got better and worse."""
    found = changed["seen"].value_counts()
    return " and ".join(f"{found[name]} {name}" for name in (BETTER, WORSE) if name in found)


def _unseen(shown: DataFrame) -> str:
    least, most = shown["smallest"].min(), shown["smallest"].max()
    span = steps(least) if least == most else f"{least:.1f} to {steps(most)}"
    return f"Of what shows no change, one of {span} or more would most likely have been seen."


def steps(change: float) -> str:
    """A difference in steps of a scale.

    >>> steps(-0.84), steps(1)
    ('0.8 steps', '1.0 steps')
    """
    return f"{abs(change):.{DECIMALS}f} steps"


def draw_changed(rows: DataFrame, mode: Mode) -> dict | None:
    """How far each thing moved, with its doubt and with how small a change could have been seen; over several
    credentials what changed, and of each its verdict on the whole."""
    drawn = rows["seen"].isin([BETTER, WORSE]) | (rows["drawn"] == "yes")
    table = rows[rows["change"].notna() & drawn].head(MOST_ROWS)
    if table.empty:
        return None
    notes = [f"{row['people_before']:.0f}, then {row['people_now']:.0f} people" for row in table.to_dict("records")]
    return since_last_time(
        table.assign(estimate=table["change"], changed=table["seen"].isin([BETTER, WORSE]), note=notes)[
            ["label", "estimate", "low", "high", "smallest", "changed", "state", "note"]
        ],
        mode,
    )


def display_changed(rows: DataFrame) -> DataFrame:
    """The comparison as a table for people."""
    return DataFrame(
        {
            "What": rows["name"],
            "Credential": rows["title"],
            "Run before": rows["before"],
            "Last run": rows["now"],
            "Then": rows["mean_before"],
            "Drawn together": rows["baseline"],
            "Now": rows["mean"],
            "Change": rows["change"],
            "Low (90%)": rows["low"],
            "High (90%)": rows["high"],
            "Seen from": rows["smallest"],
            "Found": rows["seen"],
            "People then": rows["people_before"],
            "People now": rows["people_now"],
            "Shown": rows["state"].map(STATES),
        }
    )


SINCE_LAST_TIME = Finding(
    id="changed",
    question="What changed since last time?",
    caution=(
        "The last run in which enough learners answered against the one before it, on the few questions named "
        "for it "
        "beforehand (data/watched.toml), in steps of their scale; more is better, and where the good end lies in "
        "the "
        "middle, nearer to it is. The run before is first drawn toward all that is so compared on such a "
        "scale, the more the fewer answered (Morris, 1983): what was worst is partly so by chance and gets better "
        "by itself. “Better” and “worse” are named so that of all that is so named in the whole institution about "
        "one in ten is chance (Benjamini and Hochberg, 1995). “No change seen” is no proof that nothing changed: "
        "beside it stands the change that would have been seen four times of five. Other people answer each run, "
        "and "
        "more than the course may differ between them. Runs asked with another version of the questionnaire are "
        "not "
        "compared. A run whose survey is still open counts with what is published of it so far, so what is said "
        "of it may yet move. Numbers are told to one decimal, and not at all where they would give few answers "
        "away."
    ),
    work=work_changed,
    audiences=("learner",),
    measures=MEASURES,
    say=say_changed,
    display=display_changed,
    draw=draw_changed,
    span=SPAN,
    whole=True,
)

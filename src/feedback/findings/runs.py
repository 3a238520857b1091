"""How each run of a credential went, from one to the next: who stayed to the end, and for how many it was worth it."""

from collections.abc import Iterator

import numpy as np
from pandas import DataFrame, Series, concat, notna, to_numeric

from feedback.analysis.ratings import only, percent_positive
from feedback.analysis.runs import COUNTS, WORTH, completion, worth_by_run
from feedback.charts.runs import by_run
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, day_of, in_scope
from feedback.findings.words import between, count, people_of, percent
from feedback.findings.work import Finding

COMPLETED, WORTH_IT = "completed", "worth it"
"""The two things measured of a run."""
MEASURES = ("hits", "share", "low", "high", *COUNTS, "pass_share")
WEEKS = ("planned_weeks", "actual_weeks")


def work_runs(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """Two rows a run: the share who completed it, and the share of its learners for whom it was worth it.

    A count is shown where the one it is part of is large enough: who started of who enrolled, and so on.
    """
    runs = in_scope(evidence.runs, evidence, choice)
    answers = at_the_end(in_scope(evidence.answers, evidence, choice))
    facts = DataFrame(
        {
            "slug": runs["slug"].astype(str),
            "credential": runs["credential"],
            "title": runs["credential"].map(evidence.titles).astype(str),
            "run": runs["label"].astype(str),
            "starts": runs["starts"].map(day_of),
            "delivery": runs["delivery"].fillna("").astype(str),
            "beta": ["yes" if beta is True or beta == 1 else "no" for beta in runs["beta"]],
            **{name: to_numeric(runs[name], errors="coerce").astype(float) for name in WEEKS},
        }
    )
    went = completion(runs)[["slug", "people", "hits", "share", "low", "high", *COUNTS, "pass_share"]]
    rated = _kept_apart(worth_by_run(answers, evidence.survey_runs), facts, answers, limits)
    rows = concat(
        [
            facts.merge(_large_enough(went, limits), on="slug").assign(measure=COMPLETED),
            facts.merge(rated, on="slug", how="left").assign(measure=WORTH_IT),
        ],
        ignore_index=True,
    )
    rows["people"] = rows["people"].fillna(0).astype(np.int64)
    return rows.sort_values(["title", "credential", "starts", "slug", "measure"], ignore_index=True)


def _large_enough(went: DataFrame, limits: Limits) -> DataFrame:
    """The counts without those that would tell of few people."""
    least = limits.minimum_group
    told = went["enquiries"].where(went["enquiries"].isna() | (went["enquiries"] >= least))
    enrolled = went["enrolled"].where(went["enrolled"] >= least)
    passed = (went["completed"] >= least).to_numpy()
    return went.assign(
        enquiries=told,
        enrolled=enrolled,
        passed=went["passed"].where(passed),
        pass_share=went["pass_share"].where(passed),
    )


def _kept_apart(rated: DataFrame, facts: DataFrame, answers: DataFrame, limits: Limits) -> DataFrame:
    """The runs' shares, so that the share of the whole credential, which shows elsewhere, tells of no hidden run.

    Where a credential's learners outside the runs shown are few, its smallest shown run is hidden with them.
    """
    whole = percent_positive(only(answers, audience="learner", construct=WORTH), ["credential"])
    total = dict(zip(whole["credential"], whole["n"], strict=True))
    rated = rated.merge(facts[["slug", "credential"]], on="slug").sort_values(["people", "slug"], ignore_index=True)
    people = rated["people"].to_numpy(copy=True)
    for credential, places in rated.groupby("credential").indices.items():
        shown = [place for place in places if people[place] >= limits.minimum_group]
        rest = total.get(credential, 0) - sum(people[place] for place in shown)
        for place in shown:
            if not 0 < rest < limits.minimum_group:
                break
            rest, people[place] = rest + people[place], 0
    return rated.assign(people=people).drop(columns="credential")


def say_runs(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Where one run clearly differs from the one before it."""
    shown = rows[(rows["state"] != "withheld") & rows["share"].notna()]
    if shown.empty:
        return "Not enough people have taken part in any one run to show how it went."
    changes = sorted(_changes(shown), key=lambda change: -abs(change[2] - change[1]))
    if changes:
        before, after = changes[0][0].iloc[0], changes[0][0].iloc[1]
        verb = "rose" if after["share"] > before["share"] else "fell"
        what = "who completed it" if after["measure"] == COMPLETED else "who say it was worth it"
        more = f" {count(len(changes) - 1, 'other change', 'other changes')} as clear." if len(changes) > 1 else ""
        return (
            f"{after['title']}: from “{before['run']}” to “{after['run']}” the share {what} {verb} from "
            f"{percent(before['share'])} to {percent(after['share'])} ({between(after['low'], after['high'])}; "
            f"{people_of(after['people'])}).{more}"
        )
    if len(shown["slug"].unique()) == 1:
        one = shown.iloc[0]
        what = "completed it" if one["measure"] == COMPLETED else "say it was worth it"
        return f"{one['title']}, “{one['run']}”: {percent(one['share'])} {what} ({between(one['low'], one['high'])})."
    return "No run differs from the one before it by more than chance may do."


def _changes(shown: DataFrame) -> Iterator[tuple[DataFrame, float, float]]:
    """Two runs on end of a credential whose intervals do not meet, with both shares."""
    for _, series in shown.groupby(["credential", "measure"], sort=True):
        for at in range(1, len(series)):
            pair = series.iloc[at - 1 : at + 1]
            before, after = pair.iloc[0], pair.iloc[1]
            if before["high"] < after["low"] or after["high"] < before["low"]:
                yield pair, float(before["share"]), float(after["share"])


def draw_runs(rows: DataFrame, mode: Mode) -> dict:
    """Runs in time under the name of their credential: completed beside worth it."""
    table = in_pairs(rows)
    shown = (table["completed_state"] != "withheld") | (table["worth_state"] != "withheld")
    table = table[table["tier"].isin(table.loc[shown, "tier"])].head(MOST_ROWS)
    return by_run(table, mode)


def in_pairs(rows: DataFrame) -> DataFrame:
    """One row a run with both of its measures, in time within each credential, as the chart wants them."""
    rows = rows.sort_values(["title", "credential", "starts", "slug"], ignore_index=True)
    found = rows.drop_duplicates("slug")[["slug", "title", "run", "delivery", "planned_weeks", "actual_weeks"]]
    for name, measure in (("completed", COMPLETED), ("worth", WORTH_IT)):
        part = rows[rows["measure"] == measure].set_index("slug").reindex(found["slug"])
        for column, source in ((name, "share"), (f"{name}_low", "low"), (f"{name}_high", "high")):
            found[column] = part[source].to_numpy(dtype=float, na_value=np.nan)
        found[f"{name}_state"] = part["state"].to_numpy(dtype=object)
    weeks = [
        _weeks(actual, planned) for actual, planned in zip(found["actual_weeks"], found["planned_weeks"], strict=True)
    ]
    told = [", ".join(filter(None, each)) for each in zip(found["delivery"], weeks, strict=True)]
    return found.assign(label=found["run"], tier=found["title"], note=told)


def _weeks(actual: float, planned: float) -> str:
    """How long a run took, and how long it was to take where that differs.

    >>> _weeks(12, 11), _weeks(10, 10), _weeks(np.nan, 11)
    ('12 weeks (11 planned)', '10 weeks', '')
    """
    if not notna(actual):
        return ""
    return f"{actual:g} weeks" + (f" ({planned:g} planned)" if notna(planned) and planned != actual else "")


def display_runs(rows: DataFrame) -> DataFrame:
    """Runs as a table for people: one row a run and measure."""
    return DataFrame(
        {
            "Credential": rows["title"],
            "Run": rows["run"],
            "Starts": rows["starts"],
            "Delivery": rows["delivery"],
            "On trial": rows["beta"],
            "Weeks planned": rows["planned_weeks"],
            "Weeks taken": rows["actual_weeks"],
            "Share of people": rows["measure"],
            "Share (%)": _percents(rows["share"]),
            "Low (90%)": _percents(rows["low"]),
            "High (90%)": _percents(rows["high"]),
            "People": rows["people"],
            **{name.capitalize(): rows[name] for name in COUNTS},
            "Passed of completed (%)": _percents(rows["pass_share"]),
            "Shown": rows["state"].map(STATES),
        }
    )


def _percents(shares: Series) -> Series:
    return (100 * shares.astype(float)).round()


RUNS = Finding(
    id="runs",
    question="How did each run go, and did it get better?",
    caution=(
        "Completed: of those who started, by the institution's own figures. Worth it: of the learners who answered "
        "that run's survey, so of another group. Lines are 90% Wilson intervals; a change is named only where two "
        "intervals do not meet, and more than the course may have changed between two runs. Runs with too few "
        "people are not shown, and now and then one more, so that nobody can work the hidden one out."
    ),
    work=work_runs,
    audiences=("learner",),
    measures=MEASURES,
    say=say_runs,
    display=display_runs,
    draw=draw_runs,
    keys=WEEKS,
)

"""Who is left behind: groups of learners who complete less often, or for whom it was worth it less often.

Put together from the runs and credentials that show by themselves, so nothing is told of any that do not."""

from collections.abc import Iterator

from pandas import DataFrame, concat

from feedback.analysis.discoveries import RATE, discovered
from feedback.analysis.left_behind import compare_groups
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.runs import COMPLETED, work_runs
from feedback.findings.scope import MOST_ROWS, STATES
from feedback.findings.words import count, people_of
from feedback.findings.work import Finding

MEASURES = (
    "share", "estimate", "low", "high", "difference", "difference_low", "difference_high", "p", "beyond", "units",
)  # fmt: skip
SPLITS = {
    "discipline": "Discipline",
    "kind": "Kind",
    "level": "Level",
    "for_working_people": "For people at work",
    "delivery": "Delivery",
}
"""What learners are grouped by: what the catalogue says of a credential, and how a run was delivered."""
WORDS = {COMPLETED: "complete it", "worth it": "say it was worth it"}
NOT_HERE = "Groups are compared across credentials: choose all credentials to see who is left behind."
COLUMNS = ["split", "group", "measure", "people", *MEASURES]


def work_left_behind(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a split, group and measure: the share of its learners who completed, or say it was worth it; how the
    group differs from the others (see left_behind.compare_groups), and beyond: -1 behind them, 1 ahead, 0 not told
    apart, so that of all groups named here no more than one in ten is so by chance.

    Groups of one credential are left out: that is the credential, and no group.
    """
    rows = DataFrame(columns=COLUMNS)
    if not choice.credential:
        parts = [part for part in _compared(_told_runs(evidence, choice, limits), evidence) if len(part)]
        rows = concat(parts, ignore_index=True) if parts else rows
    found = discovered(rows["p"].astype(float))
    side = (rows["difference"].astype(float) > 0).astype(int) * 2 - 1
    rows = rows.assign(
        beyond=(side * found).astype("int64"),
        people=rows["people"].astype("int64"),
        label=[f"{SPLITS[split]}: {group}" for split, group in zip(rows["split"], rows["group"], strict=True)],
    )
    order = rows.assign(_first=rows["beyond"], _p=rows["p"].astype(float)).sort_values(["_first", "_p", "label"])
    return order.drop(columns=["_first", "_p"]).reset_index(drop=True)


def _told_runs(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The runs that may be shown, each with the number of its measure."""
    runs = work_runs(evidence, choice, limits)
    return runs[(runs["people"] >= limits.minimum_group) & runs["hits"].notna()]


def _compared(runs: DataFrame, evidence: Evidence) -> Iterator[DataFrame]:
    """Each split and measure compared."""
    facts = evidence.offers.set_index(evidence.offers["credential"].astype(str))
    for split in SPLITS:
        if split == "delivery":
            group = runs["delivery"].replace("", None)
        else:
            group = runs["credential"].map(facts[split].to_dict())
        if split == "for_working_people":
            group = group.map({True: "yes", False: "no"})
        cells = runs.assign(group=group.astype(object), unit=runs["credential"])
        for measure, each in cells[cells["group"].notna()].groupby("measure"):
            summed = each.groupby(["unit", "group"], as_index=False)[["people", "hits"]].sum()
            several = summed.groupby("group")["unit"].nunique()
            summed = summed[summed["group"].map(several) > 1]
            if summed["group"].nunique() > 1:
                yield compare_groups(summed).assign(split=split, measure=measure)


def say_left_behind(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which groups are behind the others beyond chance, most first."""
    if choice.credential:
        return NOT_HERE
    shown = rows[(rows["state"] != "withheld") & rows["difference"].notna()]
    if shown.empty:
        return (
            "Not enough to compare yet: it takes groups of two credentials or more, each with runs that enough people "
            "have taken."
        )
    behind = shown[shown["beyond"] < 0].sort_values("difference", kind="stable")
    if behind.empty:
        widest = (shown["difference_high"] - shown["difference_low"]).median() / 2
        made = count(len(shown), "comparison", "comparisons")
        return (
            f"No group is behind the others by more than chance may do: {made} made. A difference of fewer than "
            f"about {100 * widest:.0f} in 100 learners would not have been seen in most of them."
        )
    first = behind.iloc[0]
    rest = len(behind) - 1
    more = f" {count(rest, 'other comparison stands', 'other comparisons stand')} as clear." if rest else ""
    return (
        f"{first['label']}: of 100 learners {-100 * first['difference']:.0f} fewer than elsewhere "
        f"{WORDS[first['measure']]} (likely between {-100 * first['difference_high']:.0f} and "
        f"{-100 * first['difference_low']:.0f}; {people_of(first['people'])}, "
        f"{count(first['units'], 'credential', 'credentials')}).{more}"
    )


def draw_left_behind(rows: DataFrame, mode: Mode) -> dict | None:
    """How far each group is from the others, by measure; nothing where none can be compared."""
    shown = rows[(rows["state"] != "withheld") & rows["difference"].notna()]
    if shown.empty:
        return None
    shown = shown.sort_values(["measure", "difference", "label"], kind="stable").head(MOST_ROWS)
    reach = max(0.1, float(shown[["difference_low", "difference_high"]].abs().max(axis=None)))
    table = DataFrame(
        {
            "label": shown["label"],
            "estimate": shown["difference"],
            "low": shown["difference_low"],
            "high": shown["difference_high"],
            "state": shown["state"],
            "note": [f"{int(units)} credentials" for units in shown["units"]],
            "tier": [f"Of its learners, who {WORDS[measure]}" for measure in shown["measure"]],
        }
    )
    foot = "Left of zero: fewer than elsewhere. Line: 90% sure to lie within."
    title = "difference from the other groups"
    return ranked(table, title, (-min(reach, 1.0), min(reach, 1.0)), "learner", mode, percent=True, foot=foot)


def display_left_behind(rows: DataFrame) -> DataFrame:
    """The groups as a table for people."""
    told = rows["beyond"].astype("Float64").map({-1.0: "behind", 1.0: "ahead", 0.0: "not told apart"})
    percents = {
        head: (100 * rows[name].astype(float)).round()
        for head, name in {
            "Share (%)": "share",
            "Between credentials, as believed (%)": "estimate",
            "Low (90%)": "low",
            "High (90%)": "high",
            "Difference from the others (points)": "difference",
            "Difference, low (90%)": "difference_low",
            "Difference, high (90%)": "difference_high",
        }.items()
    }
    return DataFrame(
        {
            "By": rows["split"].map(SPLITS),
            "Group": rows["group"],
            "Learners who": rows["measure"].map(WORDS),
            **percents,
            "Beside the others": told.astype(object).where(rows["difference"].notna(), "too few credentials to tell"),
            "Credentials": rows["units"].astype("Float64").astype("Int64"),
            "People": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


CAUTION = (
    "Completed: of those who started, by the institution's figures; worth it: of the learners who answered. Groups are "
    "what the catalogue says of a credential, and how a run was delivered; learners are not asked who they are, so "
    "groups of people (by age, by origin, by what they did before) cannot be compared. Credentials differ by "
    "themselves, so they, and not the people, are what is compared (a random-effects model, DerSimonian and Laird, "
    "1986, with t); a credential delivered in several ways is compared with itself, and its deliveries may have been "
    f"at different times. Named are those that stand after Benjamini and Hochberg at {RATE:.0%} over all comparisons. "
    "A group behind the others is not behind because it is that group."
)
"""How we know."""


LEFT_BEHIND = Finding(
    id="left_behind",
    question="Which groups of learners are left behind?",
    caution=CAUTION,
    work=work_left_behind,
    audiences=("learner",),
    measures=MEASURES,
    say=say_left_behind,
    display=display_left_behind,
    draw=draw_left_behind,
)

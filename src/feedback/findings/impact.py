"""What a topic weighs: how many name it, how critically, and how the rating would stand without those who do."""

import numpy as np
from pandas import DataFrame, Series, isna

from feedback.analysis.comments.impact import COLUMNS, lifts
from feedback.analysis.people import count_people
from feedback.analysis.ratings import only, wilson
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, showable
from feedback.findings.comments import COMMENTED, counted_topics, named_topics
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, in_scope, that_may_add
from feedback.findings.words import between, between_steps, people_of, percent
from feedback.findings.work import Finding

OVERALL, LEARNER = "overall", "learner"
MEASURES = (
    "negative", "positive", "mixed", "share", "low", "high", "named", "net", "below", "below_low", "below_high", "lift",
    "lift_low", "lift_high",
)  # fmt: skip
FEWEST_TOPICS = 3
"""With fewer, nothing draws them together, and a gain would be the sum of what the few critics gave."""
CELL = ["credential", "topic"]


def work_impact(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic and audience: people who name it, voices as under topics; named: their share of all who wrote;
    share, low, high: of them the critical, with its 90% interval; net: appreciative less critical as a share; below: by
    how many steps learners who name it critically rate the whole lower than the others, lift: what the mean rating
    would gain without them, each with its interval.

    Shares are missing where the voices must not be told; what goes with ratings where fewer than the minimum of one
    credential are critical and rated the whole. The topic that goes with the lowest ratings comes first.
    """
    counted = counted_topics(evidence, choice, limits)
    wrote = at_the_end(named_topics(evidence, choice))
    wrote = showable(wrote[wrote["topic"] == COMMENTED], ["credential"], limits=limits)
    everybody = count_people(wrote, ["audience"]).set_index("audience")["people"]
    people = counted["people"].astype(float)
    negative, positive = (counted[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
                          for name in ("negative", "positive"))  # fmt: skip
    told = np.isfinite(negative)
    low, high = np.full(len(counted), np.nan), np.full(len(counted), np.nan)
    if told.any():
        low[told], high[told] = wilson(negative[told], people[told])
    moved = _lifts(evidence, choice, limits)
    moved = moved.assign(audience=LEARNER)
    table = counted.assign(
        share=negative / people,
        low=low,
        high=high,
        net=(positive - negative) / people,
        named=people / counted["audience"].map(everybody).astype(float),
    ).merge(moved.drop(columns=["critics", "raters"]), on=["topic", "audience"], how="left")
    order = table["below_low"].fillna(-np.inf)
    return table.iloc[np.lexsort((table["topic"], -people, -order))].reset_index(drop=True)


def _lifts(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """How the critics of each topic rate the whole; learners, of cells that may be shown."""
    critics = at_the_end(in_scope(evidence.regard, evidence, choice))
    critics = only(critics, audience=LEARNER)
    critics = critics[critics["critical"].astype(bool) & (critics["topic"] != COMMENTED)].astype({"topic": "str"})
    enough = critics.groupby(CELL)["people"].transform("sum") >= limits.minimum_group
    critics = critics[enough.to_numpy(dtype=bool)]
    rated = at_the_end(in_scope(only(evidence.answers, audience=LEARNER, construct=OVERALL), evidence, choice))
    rated = rated[(rated["kind"] == "scale") & rated["number"].notna()]
    rated = that_may_add(rated, Series(True, index=rated.index), ["credential"], limits)
    critics = critics[critics["credential"].isin(rated["credential"])]
    if critics["topic"].nunique() < FEWEST_TOPICS or rated["scale"].nunique() != 1:
        return DataFrame(columns=list(COLUMNS)).astype({"topic": "str"} | dict.fromkeys(COLUMNS[1:], float))
    found = lifts(critics, rated.rename(columns={"number": "rating"})[["credential", "rating", "people"]])
    return found.astype({"topic": "str"}).round(dict.fromkeys(COLUMNS[3:], 2))


def say_impact(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which topic goes with the lowest ratings, or that none can be told to."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have commented on any one topic to say what it weighs."
    weighs = shown[shown["below"].notna()]
    if weighs.empty:
        return "Too few who name a topic critically have rated the course to say what it weighs."
    first = weighs.iloc[0]
    if not first["below_low"] > 0:
        return "No topic can be told to go with lower ratings yet: each interval holds zero."
    usual = float(weighs["below"].median())
    if len(weighs) > 1 and not first["below_low"] > usual:
        return (
            f"Learners who are critical of a topic rate the whole about {usual:.1f} steps lower than the others, "
            "whichever it is; no topic can be told to stand out yet."
        )
    return (
        f"“{first['label']}” goes with the lowest ratings: learners who are critical of it rate the whole "
        f"{first['below']:.1f} steps lower than the others ({between_steps(first['below_low'], first['below_high'])}); "
        f"without them the mean rating would be {first['lift']:.2f} steps higher."
    )


def draw_impact(rows: DataFrame, mode: Mode) -> dict | None:
    """By how much the critics of each topic rate the whole lower; the rest stands in the table."""
    known = rows[rows["below"].notna()].head(MOST_ROWS)
    if known.empty:
        return None
    known = known.assign(
        estimate=known["below"], low=known["below_low"], high=known["below_high"],
        note=[f"{each:+.2f} without" for each in known["lift"]],
    )  # fmt: skip
    ends = (min(0.0, float(known["low"].min())), max(float(known["high"].max()), 0.5))
    return ranked(
        known[["label", "estimate", "low", "high", "state", "note"]],
        "steps by which its critics rate the whole lower",
        ends,
        LEARNER,
        mode,
        percent=False,
        foot="At the end: what the mean rating of all would gain without its critics, in steps.",
    )


def display_impact(rows: DataFrame) -> DataFrame:
    """What topics weigh as a table for people."""
    hundred = {
        "Of all who wrote (%)": "named", "Critical (%)": "share", "Low (90%)": "low", "High (90%)": "high",
        "Net (%)": "net",
    }  # fmt: skip
    steps = {
        "Critics rate lower by": "below", "Least (90%)": "below_low", "Most (90%)": "below_high",
        "Mean would gain": "lift",
    }  # fmt: skip
    return DataFrame(
        {
            "Topic": rows["label"],
            "People": rows["people"],
            **{name: (100 * rows[column]).round() for name, column in hundred.items()},
            **{name: rows[column].astype(float).round(2) for name, column in steps.items()},
            "In words": [weight_in_words(row) if row["state"] != "withheld" else "" for _, row in rows.iterrows()],
            "Shown": rows["state"].map(STATES),
        }
    )


def weight_in_words(row: Series) -> str:
    """What one topic weighs, in two sentences; what is not told is not said."""
    said = f"{people_of(row['people'])} name it"
    if not isna(row["named"]):
        said += f", {percent(row['named'])} of those who wrote"
    if isna(row["share"]):
        held = "How many of them are critical is not told: it would give a few away."
        return f"{said}. {held} {_lower_in_words(row)}".strip()
    said += f". {percent(row['share'])} of them are critical ({between(row['low'], row['high'])})"
    if not isna(row["net"]):
        said += f"; appreciative less critical is {100 * row['net']:+.0f} points"
    said += "."
    return f"{said} {_lower_in_words(row)}".strip()


def _lower_in_words(row: Series) -> str:
    """How its critics rate the whole; "" where it is not known."""
    if isna(row["below"]):
        return ""
    if not row["below_low"] > 0:
        return "Whether its critics rate the whole lower than the others do cannot be told yet."
    return (
        f"Its critics rate the whole {row['below']:.1f} steps lower than the others do "
        f"({between_steps(row['below_low'], row['below_high'])}); without them the mean rating would be "
        f"{row['lift']:.2f} steps higher. That goes with the topic, and need not come from it."
    )


IMPACT = Finding(
    id="impact",
    question="What does each topic weigh?",
    caution=(
        "Named: of those who wrote a comment. Critical: of those who name it, with a 90% Wilson interval, where it "
        "may be told beside the numbers under topics; net is the share of appreciative less that of critical. "
        "Ratings: learners who name a topic critically are compared with the others who rated the same credential, "
        "and the gaps of all topics are drawn together (Morris, 1983; 90% intervals), since few critics say "
        "little; of credentials where enough are critical and rated it, and of three topics or more. What goes "
        "with a topic need not come from it: whoever is discontent for another reason names more, too."
    ),
    work=work_impact,
    audiences=("learner", "employer"),
    measures=MEASURES,
    say=say_impact,
    display=display_impact,
    draw=draw_impact,
    listed=True,
)

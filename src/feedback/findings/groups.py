"""Where employers value which credential: credentials against groups of employers, by sector, by role or by size; one
group's ranking, which is a row of that map; and what would hold had organisations answered as the catalogue lists them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set

import numpy as np
from pandas import DataFrame, MultiIndex, Series, notna

from feedback.analysis.differencing import Fact, solve
from feedback.analysis.groups import WIDE, value_as_listed, value_in_groups
from feedback.analysis.people import EMPLOYER, cells_of, count_people
from feedback.analysis.recognition import STEP_VARIANCE
from feedback.charts.coverage import cells
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.cells import safe_to_tell
from feedback.findings.evidence import Choice, Evidence, Measure, measure_of, rated_by_employers
from feedback.findings.scope import MOST_ROWS, STATES, few, in_scope, with_everyone
from feedback.findings.splits import ROLE, SECTOR, SIZE, SPLITS, Split, split_of
from feedback.findings.value import TIERS, by_rater, measure_named
from feedback.findings.words import between_steps, count, listed
from feedback.findings.work import Finding

MEASURES = ("estimate", "sd", "low", "high", "differs", "tier")
LISTED = ("answered", "estimate", "sd", "low", "high", "move", "beyond")
REST = "(rest)"
"""All who rated a credential and are in none of its cells that are told; a group for the model, never a row."""
HARDLY = 0.05
"""A move that no decimal shows."""
FOOT = "↑ higher, ↓ lower than elsewhere, beyond chance. Paler: early, so less sure. Dashed: too few to show."
Rule = Callable[[str, Set[str]], bool]
"""Whether these groups of a credential may be told together."""


def work_groups(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential that may be shown and group of employers: where it stands there, drawn towards its own level
    where few have answered. Of one group, where that is chosen: the same rows, and no others.

    Of a credential the cells left out count together, as one group beside those that are told, which is no row: they
    are enough people of enough organisations, or nobody. So a credential's own level is that of all who rated it, as in
    the ranking. Without any cell that is told a credential moves no number. differs is missing where a credential has
    nothing to be compared with.
    """
    split, measure = split_of(choice.by), measure_of(evidence, choice, limits)
    rated = _rated(evidence, choice, measure, split, limits)
    told = told_cells(evidence, choice, measure, split, limits)
    found = value_in_groups(_ratings(rated, told)).rename(columns={"item": "credential", "level": "estimate"})
    every = DataFrame(
        [(slug, name) for slug in sorted(rated["credential"].unique()) for name in split.names],
        columns=["credential", "group"],
    )
    cell = ["credential", "group"]
    table = every.merge(told, on=cell, how="left")
    table = table.merge(found.reindex(columns=[*cell, *MEASURES]), on=cell, how="left")
    table = _within(_with_steps(table), measure).assign(
        audience=EMPLOYER,
        measure=measure.construct,
        by=split.id,
        apart=float(found.attrs.get("variance_group", 0.0)) > 0,
        label=table["credential"].map(evidence.titles).astype(str),
        people=table["people"].fillna(0).astype("Int64"),
        organisations=table["organisations"].astype("Int64").fillna(0),
        largest_share=table["largest_share"].astype(float).fillna(1.0),
    )
    chosen = split.named(choice.group)
    if not chosen:
        return table
    mine = table[table["group"] == chosen]
    return mine.sort_values(["estimate", "label"], ascending=[False, True], ignore_index=True)


def work_listed(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: what it would be worth had organisations answered as the catalogue lists them, beside what
    it is worth as they did. By sector, or by size where that is chosen; of roles no list says how many there are.

    From the groups of the map, so that it opens none; those left out count towards the credential's own level.
    """
    split, measure = _weighed(choice), measure_of(evidence, choice, limits)
    told = told_cells(evidence, choice, measure, split, limits)
    rated = _rated(evidence, choice, measure, split, limits)
    found = value_as_listed(_ratings(rated, told), _shares(evidence, split)).rename(
        columns={"item": "credential", "level": "estimate", "n": "people"}
    )
    found = _within(_with_steps(found.astype(dict.fromkeys(LISTED, float))), measure)
    behind = count_people(rated, ["credential"])[["credential", "organisations", "largest_share"]]
    found = found.merge(behind, on="credential", how="left")
    whole = with_everyone(found, evidence, choice, employers=True)
    return whole.assign(audience=EMPLOYER, measure=measure.construct)


def _weighed(choice: Choice) -> Split:
    split = split_of(choice.by)
    return SECTOR if split is ROLE else split


def _shares(evidence: Evidence, split: Split) -> Mapping[str, float]:
    """How many organisations of each group the catalogue lists; of those of which the group is known."""
    houses = evidence.houses
    groups = houses[split.column].astype(object).map(split.group_of)
    number: Series = houses["organisations"].astype(float).groupby(groups).sum()
    return {str(name): float(each) for name, each in number.items() if each > 0}


def _ratings(rated: DataFrame, told: DataFrame) -> DataFrame:
    """The ratings of credentials with a cell that is told, for the model; who is in no such cell is of REST."""
    rated = rated[rated["credential"].isin(told["credential"])]
    cell = ["credential", "group"]
    apart = MultiIndex.from_frame(rated[cell]).isin(MultiIndex.from_frame(told[cell]))
    return by_rater(rated.assign(group=rated["group"].where(apart, REST)), "group")


def _with_steps(table: DataFrame) -> DataFrame:
    """The table with what answering in whole steps hides: five equal answers are not certainty (Sheppard 1898)."""
    sd = np.sqrt(np.maximum(table["sd"].astype(float) ** 2, STEP_VARIANCE / table["people"].astype(float)))
    return table.assign(sd=sd, low=table["estimate"] - WIDE * sd, high=table["estimate"] + WIDE * sd)


def _within(table: DataFrame, measure: Measure) -> DataFrame:
    """The table with estimates and intervals on the measure's scale."""
    on_scale = [name for name in ("estimate", "answered", "low", "high") if name in table]
    return table.assign(**{name: table[name].clip(measure.low, measure.high) for name in on_scale})


def _rated(evidence: Evidence, choice: Choice, measure: Measure, split: Split, limits: Limits) -> DataFrame:
    """Employers' ratings of the credentials that may be shown, each with its `group` ("" where it is not known)."""
    if split is ROLE:
        rated = evidence.rated[(evidence.rated["construct"] == measure.construct).to_numpy(dtype=bool)]
    else:
        rated = rated_by_employers(evidence, measure)
    rated = showable(in_scope(rated, evidence, choice), ["credential"], limits=limits)
    return rated.assign(group=grouped(rated, split))


def grouped(table: DataFrame, split: Split) -> Series:
    """The name of the group of a split each row is of; "" where it is not known."""
    return table[split.column].astype(object).map(split.group_of).fillna("").astype(str)


def told_cells(evidence: Evidence, choice: Choice, measure: Measure, split: Split, limits: Limits) -> DataFrame:
    """The cells of a split that may be told: credential, group, people, organisations, largest_share.

    Of each credential, those left out stand together for enough people of enough organisations, or for nobody. By role
    and by sector that is all: people of any role may be of any sector, so how they stand by one says nothing of how
    they stand by the other. Of which sectors there are organisations of which size can be read off the catalogue: so
    sizes give way where, beside sectors, they would give a small number away (docs/decisions/0014).
    """
    rated = _rated(evidence, choice, measure, split, limits)
    counted = count_people(rated, ["credential", "group"])
    rule: Rule = _whatever
    if split is SIZE and not rated.empty:
        rule = _Crossed(evidence, rated, told_cells(evidence, choice, measure, SECTOR, limits), limits).may
    told = counted.loc[_told(counted, rated, limits, rule)]
    return told[(told["group"] != "").to_numpy()].reset_index(drop=True)


def _whatever(credential: str, groups: Set[str]) -> bool:
    return True


def _told(counted: DataFrame, rated: DataFrame, limits: Limits, rule: Rule) -> list[int]:
    """The cells (rows of `counted`) that may be told: of each credential, those left out stand together for enough
    people of enough organisations, or for nobody. The smallest are left out first, of all credentials at a time."""
    cell = cells_of(rated, ["credential", "group"])[1]
    told = may_show(counted["people"], counted["organisations"], counted["largest_share"], limits)
    group, people = counted["group"].to_numpy(), counted["people"].to_numpy(dtype=int)
    open_ones: dict[str, tuple[np.ndarray, Iterator[int]]] = {}
    for credential, places in counted.groupby("credential").indices.items():
        told[places] = safe_to_tell(people[places].tolist(), told[places].tolist(), limits.minimum_group)
        if told[places].any():
            smallest_first = places[np.argsort(people[places], kind="stable")]
            open_ones[str(credential)] = places, iter(smallest_first[told[smallest_first]].tolist())
    while open_ones:
        alone = _left_alone(rated, cell, ~told, [places for places, _ in open_ones.values()], limits)
        for credential, (places, order) in list(open_ones.items()):
            if credential not in alone and rule(credential, set(group[places[told[places]]])):
                del open_ones[credential]
                continue
            told[next(order)] = False
            if not told[places].any():
                del open_ones[credential]
    return np.flatnonzero(told).tolist()


def _left_alone(
    rated: DataFrame, cell: np.ndarray, left: np.ndarray, asked: Sequence[np.ndarray], limits: Limits
) -> set[str]:
    """The credentials whose cells that are left out may, taken together, not be known. cell: of each rating its row of
    cells; left: whether a cell is left out; asked: the cells of each credential that is looked at."""
    looked = np.zeros(len(left), dtype=bool)
    looked[np.concatenate(asked)] = True
    rest = rated[(left & looked)[cell]]
    if rest.empty:
        return set()
    behind = count_people(rest, ["credential"])
    may = may_show(behind["people"], behind["organisations"], behind["largest_share"], limits)
    return set(behind.loc[~may, "credential"].astype(str))


def kinds_listed(evidence: Evidence) -> set[tuple[str, str]]:
    """Which groups of sectors have organisations of which sizes, as whoever knows the catalogue can tell."""
    return set(zip(grouped(evidence.houses, SECTOR), grouped(evidence.houses, SIZE), strict=True))


class _Crossed:
    """Which sizes may be told beside sectors: those by which no small number of one sector and size follows."""

    def __init__(self, evidence: Evidence, rated: DataFrame, by_sector: DataFrame, limits: Limits) -> None:
        both = rated.assign(_sector=grouped(rated, SECTOR), _size=grouped(rated, SIZE))
        self.people: dict[str, dict[tuple[str, str], int]] = {}
        for (credential, *kind), number in both.groupby(["credential", "_sector", "_size"])["people"].sum().items():
            self.people.setdefault(str(credential), {})[str(kind[0]), str(kind[1])] = int(number)
        self.sectors = by_sector.groupby("credential")["group"].agg(set).to_dict()
        self.listed, self.limits = kinds_listed(evidence), limits

    def may(self, credential: str, sizes: Set[str]) -> bool:
        """Whether these sizes of a credential may be told, beside its sectors and how many rated it."""
        people = dict.fromkeys(self.listed, 0) | self.people[credential]
        told = [(0, name) for name in self.sectors.get(credential, ())] + [(1, name) for name in sizes]
        facts = [Fact("all", frozenset(people), sum(people.values()))]
        for side, name in told:
            parts = frozenset(kind for kind in people if kind[side] == name)
            facts.append(Fact(name, parts, sum(people[kind] for kind in parts)))
        hidden = {str(kind): {kind} for kind in people}
        for side in (0, 1):
            for name in {kind[side] for kind in people}:
                hidden[f"{side} {name}"] = {kind for kind in people if kind[side] == name}
        return not solve(facts, hidden, people, self.limits.minimum_group, explain=False)


def say_groups(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Where a credential is worth more or less than elsewhere, or which are worth most in one group, in a sentence."""
    split = split_of(choice.by)
    if split.named(choice.group):
        return _say_group(rows, split.named(choice.group))
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return f"Not enough employers of one {split.name} have answered yet to say where a credential is worth more."
    number = count(len(shown), "cell has", "cells have")
    if shown["differs"].isna().all():
        return f"Nothing to compare yet: {number} enough answers, and of no credential has anybody else answered."
    if not shown["apart"].astype(bool).any():
        return f"We cannot tell {split.several} apart yet: {number} enough answers, and none differs beyond chance."
    said = []
    for way, name in ((1, "higher"), (-1, "lower")):
        those = shown[shown["differs"] == way].sort_values("estimate", ascending=way < 0)
        named = [f"{label} in {group}" for label, group in zip(those["label"], those["group"], strict=True)]
        if named:
            more = f", and {len(named) - 3} more" if len(named) > 3 else ""
            said.append(f"{name} than elsewhere: {listed(named[:3])}{more}")
    if not said:
        return f"No {split.name} stands out: {number} enough answers, and none differs beyond chance from elsewhere."
    return f"Beyond chance {'; '.join(said)}. {number.capitalize()} enough answers."


def _say_group(rows: DataFrame, group: str) -> str:
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return f"Not enough answers from this group ({group}) yet to say which credentials it values."
    first = shown.iloc[0]
    sure = f"{first['estimate']:.1f} ({between_steps(first['low'], first['high'])})"
    if len(shown) == 1:
        return f"{group}: one credential has enough answers, {first['label']}, at {sure}."
    alike = int((shown["tier"] == 1).sum())
    if alike == len(shown):
        told = f"none of {len(shown)} credentials can be told apart; {first['label']} stands at {sure}"
    elif alike > 1:
        told = f"{first['label']} is worth most, at {sure}, and cannot be told apart from {alike - 1} more"
    else:
        told = f"{first['label']} is worth most, at {sure}, above all others with enough answers beyond chance"
    hidden = len(rows) - len(shown)
    return f"{group}: {told}." + (f" {count(hidden, 'other has', 'others have')} too few answers." if hidden else "")


def draw_groups(rows: DataFrame, mode: Mode) -> dict | None:
    """Credentials against groups, the highest value first, or one group's ranking; nothing where no cell is told."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return None
    if rows["group"].nunique() == 1:
        return _draw_group(rows, mode)
    best = shown.groupby("label")["estimate"].mean().sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    places = {label: at for at, label in enumerate(best)}
    groups = {name: at for at, name in enumerate(SPLITS[rows["by"].iloc[0]].names)}
    drawn = rows[rows["label"].isin(best)]
    drawn = drawn.assign(_row=drawn["label"].map(places), _column=drawn["group"].map(groups))
    drawn = drawn.sort_values(["_column", "_row"])
    table = DataFrame(
        {
            "label": drawn["label"],
            "column": drawn["group"],
            "group": "",
            "value": drawn["estimate"].astype("Float64"),
            "sign": drawn["differs"].astype(float).map({1.0: "↑", -1.0: "↓"}),
            "credential": drawn["credential"],
            "told": [_cell_in_words(row) for _, row in drawn.iterrows()],
            "state": drawn["state"],
        }
    )
    measure = measure_named(rows)
    ends = f"{measure.low:g} {measure.ends[0]} … {measure.high:g} {measure.ends[1]}. "
    return cells(table, mode, write=one_decimal, foot=f"{ends}{FOOT}")


def _draw_group(rows: DataFrame, mode: Mode) -> dict:
    measure = measure_named(rows)
    table = few(rows)
    several = table["tier"].nunique() > 1
    table = table.assign(tier=[f"Tier {int(tier)}" if several and notna(tier) else "" for tier in table["tier"]])
    return ranked(
        table[["label", "estimate", "low", "high", "state", "note", "tier", "credential"]],
        f"{measure.low:g} {measure.ends[0]} … {measure.high:g} {measure.ends[1]}",
        (measure.low, measure.high),
        EMPLOYER,
        mode,
        foot=f"{TIERS if several else ''}{READ_LINE}",
    )


READ_LINE = "Dot: where it most likely stands. Line: 90% sure to lie within."


def one_decimal(value: float) -> str:
    """A step as it is written into a cell.

    >>> one_decimal(2.34)
    '2.3'
    """
    return f"{value:.1f}"


def _cell_in_words(row: Series) -> str:
    said = f"{row['label']}, {row['group']}: "
    if row["state"] == "withheld":
        return said + "nobody, or too few to show"
    differs = {1: ", higher than elsewhere", -1: ", lower than elsewhere"}.get(row["differs"], "")
    early = ", early" if row["state"] == "early" else ""
    spread = between_steps(row["low"], row["high"])
    return f"{said}{row['estimate']:.1f} ({spread}){differs}{early}"


def display_groups(rows: DataFrame) -> DataFrame:
    """The map as a table for people."""
    differs = rows["differs"].map({1: "higher", -1: "lower", 0: "not beyond chance"})
    split = SPLITS[rows["by"].iloc[0]] if len(rows) else SECTOR
    return DataFrame(
        {
            "Credential": rows["label"],
            split.name.capitalize(): rows["group"],
            "Value": rows["estimate"].astype("Float64").round(2),
            "Low (90%)": rows["low"].astype("Float64").round(2),
            "High (90%)": rows["high"].astype("Float64").round(2),
            "Beside other groups": differs.astype(object).fillna(""),
            "Tier in this group": rows["tier"],
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


def say_listed(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which credentials would stand elsewhere had organisations answered as they are listed, in a sentence."""
    split, shown = _weighed(choice), rows[rows["state"] != "withheld"]
    if not _shares(evidence, split):
        return f"Not enough is known: say in the catalogue of which {split.name} each organisation is."
    if shown.empty:
        return f"Not enough employers of one {split.name} have answered yet to weigh them as your list stands."
    start = "If organisations answered as they stand in your list"
    shown = shown.sort_values("move", key=lambda each: each.abs(), ascending=False, kind="stable")
    moved = shown[shown["beyond"] != 0]
    most = shown.iloc[0]
    if moved.empty and abs(most["move"]) < HARDLY:
        return f"{start}, by {split.name}, hardly anything would change: no credential moves by a tenth of a step."
    if moved.empty:
        return (
            f"{start}, by {split.name}, no credential would move beyond its doubt; the farthest, {most['label']}, from "
            f"{most['answered']:.1f} to {most['estimate']:.1f} ({between_steps(most['low'], most['high'])})."
        )
    named = [
        f"{row['label']}, from {row['answered']:.1f} to {row['estimate']:.1f} "
        f"({between_steps(row['low'], row['high'])})"
        for _, row in moved.head(3).iterrows()
    ]
    more = f"; and {len(moved) - 3} more" if len(moved) > 3 else ""
    number = count(len(moved), "credential", "credentials")
    return f"{start}, by {split.name}, {number} would move beyond doubt: {'; '.join(named)}{more}."


def draw_listed(rows: DataFrame, mode: Mode) -> dict | None:
    """Credentials by their value as listed, each with where it stands as answered; nothing where none is told."""
    if (rows["state"] == "withheld").all():
        return None
    measure = measure_named(rows)
    table = few(rows.sort_values("estimate", ascending=False, kind="stable", na_position="last"))
    notes = ["" if each != each else f"{each:.1f} as answered" for each in table["answered"].astype(float)]
    return ranked(
        table.assign(note=notes)[["label", "estimate", "low", "high", "state", "note", "credential"]],
        f"{measure.low:g} {measure.ends[0]} … {measure.high:g} {measure.ends[1]}",
        (measure.low, measure.high),
        EMPLOYER,
        mode,
        foot=f"As organisations stand in your list. {READ_LINE}",
    )


def display_listed(rows: DataFrame) -> DataFrame:
    """Each credential's value as answered and as listed, as a table for people."""
    beyond = rows["beyond"].map({1: "up", -1: "down", 0: "not beyond its doubt"})
    return DataFrame(
        {
            "Credential": rows["label"],
            "As answered": rows["answered"].astype("Float64").round(2),
            "As in your list": rows["estimate"].astype("Float64").round(2),
            "Low (90%)": rows["low"].astype("Float64").round(2),
            "High (90%)": rows["high"].astype("Float64").round(2),
            "Moves": rows["move"].astype("Float64").round(2),
            "Beyond its doubt": beyond.astype(object).fillna(""),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


GROUPS = Finding(
    id="groups",
    question="Where are they worth more?",
    caution=(
        "By sector (sections of ISIC Rev. 5 put together into six groups), by the role of whoever answered, or by "
        "how many people work there. Each value is the credential's average in that group, with the kindness or "
        "severity of each organisation taken out, and drawn toward the credential's own value where few have "
        "answered, the more so the less groups differ (a crossed random-effects model, variances by REML). What "
        "all organisations of a group have in common counts as their kindness. “Beyond chance”: with a probability "
        "of 95% on that side. Credentials of one tier of a group cannot be told from the first of it. "
        "Groups with too few people or organisations are not shown, and now and then one more, so that nobody can "
        "work the hidden ones out. Who says no role, or of whose organisation too little is known, is in no group. "
        "All these count together toward the credential's own value, as in the ranking, and never by themselves."
    ),
    work=work_groups,
    audiences=("employer",),
    measures=MEASURES,
    say=say_groups,
    display=display_groups,
    draw=draw_groups,
    keys=("apart",),
    span=4.0,
    roles=True,
    splits=True,
    weighs=True,
)

AS_LISTED = Finding(
    id="as_listed",
    question="And if organisations answered as they stand in your list?",
    caution=(
        "Large sectors may hardly answer and small ones much. Here each credential's value in every group of "
        "sectors (or of sizes, where that is chosen; of roles there is no list) is weighed by how many of the "
        "catalogue's organisations are of that group, instead of by how many answered: by the model of the map, "
        "not by raising single answers, so few answers of a large group count for no more than they say. Where a "
        "group has too few, the credential's own value stands in, with as much more doubt as groups differ. "
        "“Beyond its doubt”: it moves to that side with a probability of 95%. Who is in no group that is shown "
        "counts together, so “as answered” has all ratings, as the ranking. The list is the catalogue's: it says "
        "who is known to you, not how the market is made up."
    ),
    work=work_listed,
    audiences=("employer",),
    measures=LISTED,
    say=say_listed,
    display=display_listed,
    draw=draw_listed,
    span=4.0,
    splits=True,
    weighs=True,
)

"""Whom we have heard on each credential, whom not yet, and whom to ask next."""

import re

from pandas import DataFrame, concat

from feedback.analysis.coverage import heard_by
from feedback.analysis.forms import in_steps
from feedback.charts.coverage import cells
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, may_show
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import MOST_ROWS, STATES, in_scope
from feedback.findings.splits import SIZE as SIZES
from feedback.findings.words import count, listed
from feedback.findings.work import Finding

GROUPS = SECTOR, ROLE, SIZE = "Sector", "Role", "Size"
ROLES = ("hiring_employer", "recruiter", "internship_manager", "professional_body")
"""Whoever answers for employers should be all of these; "other" is not looked for."""
MOST_COLUMNS = 6
"""So many sectors find room side by side on a phone, with the roles and sizes."""
FOOT = (
    "Dashed: meant to be heard, and too few have been. Lighter: early. Numbers are rounded down to a multiple of five."
)
KEYS = ("aimed",)
TOLD = ("label", "name", "state", "people")


def work_coverage(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and sector it aims at, role or size; and others from which enough have been heard all the
    same.

    A row that only stands there once somebody was heard would tell that somebody was: others come with enough of them.
    people: in steps of five, so that the few who are not shown cannot be worked out from a total.
    """
    every = in_scope(DataFrame({"credential": list(evidence.titles)}), evidence, choice)["credential"]
    aimed = [(slug, SECTOR, sector) for slug in every for sector in evidence.aims.get(slug, ())]
    aimed += [(slug, ROLE, role) for slug in every for role in ROLES]
    aimed += [(slug, SIZE, size) for slug in every for size in SIZES.names]
    answers = in_scope(evidence.answers, evidence, choice)
    answers = answers.assign(size=answers["size_band"].astype(object).map(SIZES.group_of))
    heard = concat(
        [
            heard_by(answers, "sector").assign(group=SECTOR),
            heard_by(answers, "size").assign(group=SIZE),
            heard_by(in_scope(evidence.roles, evidence, choice), "role").assign(group=ROLE),
        ],
        ignore_index=True,
    )
    wanted = DataFrame(aimed, columns=["credential", "group", "cell"]).assign(aimed=True)
    both = wanted.merge(heard, on=["credential", "group", "cell"], how="outer")
    both = both.assign(
        aimed=both["aimed"].notna(),
        people=in_steps(both["people"].fillna(0).astype(int)),
        organisations=both["organisations"].astype("Int64").fillna(0),
        largest_share=both["largest_share"].astype(float).fillna(1.0),
    )
    shown = may_show(both["people"], both["organisations"], both["largest_share"], limits)
    both = both[both["aimed"].to_numpy(dtype=bool) | shown]
    both = both.assign(
        audience="employer",
        label=both["credential"].map(evidence.titles).astype(str),
        name=[_named(group, cell, evidence) for group, cell in zip(both["group"], both["cell"], strict=True)],
        roles=[", ".join(evidence.occupations.get(slug, ())) for slug in both["credential"]],
        ask=_ask(limits),
    )
    return _in_order(both)


def _in_order(rows: DataFrame) -> DataFrame:
    """Credential by credential: sectors, roles, and sizes from the smallest."""
    sizes = {name: at for at, name in enumerate(SIZES.names)}
    places = rows.assign(_group=rows["group"].map(GROUPS.index), _size=rows["name"].map(sizes).fillna(-1).astype(int))
    places = places.sort_values(["label", "credential", "_group", "_size", "name"], ignore_index=True)
    return places.drop(columns=["_group", "_size"])


def _named(group: str, cell: str, evidence: Evidence) -> str:
    if group == SECTOR:
        return evidence.sectors.get(cell, cell)
    return cell if group == SIZE else cell.replace("_", " ").capitalize()


def _ask(limits: Limits) -> str:
    people = count(limits.minimum_group, "person", "people")
    return f"{people} from {count(limits.minimum_organisations, 'organisation', 'organisations')}"


def say_coverage(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Whom to ask next: of the credential with most sectors unheard, the first."""
    sectors = rows[rows["group"] == SECTOR]
    missing = sectors[sectors["state"] == "withheld"]
    meant = sectors[sectors["aimed"]]
    if meant.empty:
        return "Not enough is known: say in the catalogue which sectors a credential aims at, to see whom to ask."
    if missing.empty:
        cells_heard = count(len(meant), "cell", "cells")
        return f"Every sector a credential aims at has been heard: {cells_heard} of the map.{_also(rows, choice)}"
    gaps = missing.groupby("label").size().sort_values(ascending=False, kind="stable")
    most = missing[missing["label"] == gaps.index[0]]
    names = listed(list(most["name"])[:2], "or")
    nothing = "Not enough employers have been heard yet. " if rows["state"].eq("withheld").all() else ""
    return (
        f"{nothing}From {names} nobody, or too few, have been heard on {most['label'].iloc[0]}: ask "
        f"{most['ask'].iloc[0]}. In all, {len(missing)} of {len(meant)} sectors that credentials aim at are open."
        f"{_also(rows, choice)}"
    )


def _also(rows: DataFrame, choice: Choice) -> str:
    """Of one credential which roles and sizes of organisations are open, as a sentence with a space before it; ""
    where none is, and of several credentials."""
    if not choice.credential:
        return ""
    rows = _in_order(rows)
    open_ = rows[(rows["state"] == "withheld") & rows["aimed"]]
    said = []
    for group, of in ((ROLE, "by role:"), (SIZE, "by size of organisation:")):
        names = [name[0].lower() + name[1:] for name in open_.loc[open_["group"] == group, "name"]]
        if names:
            every = len(names) == (rows["group"] == group).sum()
            said.append(f"{of} {'all' if every else listed(names)}")
    return f" Open {'; '.join(said)}." if said else ""


def draw_coverage(rows: DataFrame, mode: Mode) -> dict | None:
    """Credentials against sectors, roles and sizes, those with most open first."""
    often = rows[rows["group"] == SECTOR]["name"].value_counts(sort=False)
    ranked = sorted(often.index, key=lambda name: (-often[name], name))[:MOST_COLUMNS]
    drawn = rows[(rows["group"] != SECTOR) | rows["name"].isin(ranked)]
    open_ = drawn["state"].eq("withheld").groupby(drawn["label"]).sum()
    chosen = sorted(open_.index, key=lambda label: (-open_[label], label))[:MOST_ROWS]
    drawn = drawn[drawn["label"].isin(chosen)]
    place = {name: at for at, name in enumerate([*sorted({*drawn["name"]} - {*SIZES.names}), *SIZES.names])}
    drawn = drawn.assign(
        _row=drawn["label"].map({label: at for at, label in enumerate(chosen)}),
        _group=drawn["group"].map(GROUPS.index),
        _column=drawn["name"].map(place),
    ).sort_values(["_group", "_column", "_row"])
    table = DataFrame(
        {
            "label": drawn["label"],
            "column": drawn["name"].map(short),
            "group": drawn["group"],
            "value": drawn["people"].astype("Float64"),
            "told": [_told(*row) for row in zip(*(drawn[name] for name in TOLD), strict=True)],
            "state": drawn["state"],
        }
    )  # fmt: skip
    return cells(table, mode, foot=FOOT)


def short(name: str) -> str:
    """The first words of a sector's name, up to a comma or an "and".

    >>> short("Arts, sports and recreation"), short("Health and social work"), short("Recruiter")
    ('Arts', 'Health', 'Recruiter')
    """
    return re.split(r", | and ", name)[0]


def _told(label: str, name: str, state: str, people: object) -> str:
    said = f"{label}, {name}: "
    if state == "withheld":
        return said + "nobody, or too few to show"
    return f"{said}{people} people or a few more{', early' if state == 'early' else ''}"


def display_coverage(rows: DataFrame) -> DataFrame:
    """The map as a table for people, a credential after the other."""
    rows = _in_order(rows)
    still = rows["state"] == "withheld"
    return DataFrame(
        {
            "Credential": rows["label"],
            "Leads to": rows["roles"],
            "By": rows["group"].str.lower(),
            "Heard from": rows["name"],
            "Meant to be heard": rows["aimed"].map({True: "yes", False: "no"}),
            "People, at least": rows["people"],
            "Ask": rows["ask"].where(still & rows["aimed"], ""),
            "Shown": rows["state"].map(STATES),
        }
    )


COVERAGE = Finding(
    id="coverage",
    question="Whom have we heard, and whom should we ask next?",
    caution=(
        "Sectors are those the catalogue says a credential aims at, against those of the employers whose answers "
        "are published, and every role and size of organisation (as the European Union draws its lines); which "
        "occupations they fill we do not ask, so these stand in the table only. A cell shows "
        "once enough people from enough organisations have been heard; until then it may stand for nobody or for a "
        "few, which is not told. Numbers are rounded down to a multiple of five. Who speaks of several credentials "
        "counts once for each."
    ),
    work=work_coverage,
    audiences=("employer",),
    measures=(),
    roles=True,
    keys=KEYS,
    say=say_coverage,
    display=display_coverage,
    draw=draw_coverage,
)

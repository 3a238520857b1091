"""What all findings share: which rows a choice is about, rows nobody answered, and how rows are told and drawn."""

from collections.abc import Sequence

from pandas import DataFrame, Series, concat, notna

from feedback.disclosure import Limits, showable
from feedback.findings.evidence import Choice, Evidence

STATES = {"shown": "yes", "early": "yes, early", "withheld": "too few to show"}
"""The states of a row, in words."""
MOST_ROWS, MOST_WITHHELD = 24, 6
"""As many rows as a picture holds; the rest stand in the table."""
DROPOUT, LATER, ABOUT_SURVEYS = "dropout", "six_months", "survey"
"""Questionnaires learners answer at another time, or about something else, than the end of a course."""


AT_LARGE = "No single credential"
"""What answers about no credential are headed with."""


def in_scope(table: DataFrame, evidence: Evidence, choice: Choice, *, at_large: bool = False) -> DataFrame:
    """The rows of the chosen credential or programme; foils and rows about no credential are left out. at_large: of the
    whole institution also those about no credential."""
    slugs = table["credential"].astype(str)
    keep = slugs.isin(evidence.titles)
    if at_large:
        keep |= slugs == ""
    if choice.credential:
        keep &= slugs == choice.credential
    if choice.programme:
        keep &= slugs.map(evidence.programmes) == choice.programme
    return table[keep].assign(credential=slugs[keep])


def day_of(starts: object) -> str:
    """The day a run starts as text that sorts in time; "" where none is known.

    >>> day_of("2025-03-01"), day_of(None), day_of(float("nan"))
    ('2025-03-01', '', '')
    """
    return str(starts) if notna(starts) else ""


def title_of(slugs: Series, evidence: Evidence) -> Series:
    """The titles of credentials; what is about none has a heading of its own."""
    return slugs.map({**evidence.titles, "": AT_LARGE}).astype(str)


def at_the_end(table: DataFrame) -> DataFrame:
    """The rows of what learners were asked at the end of a course, and employers. Who left early, who looks back after
    six months, and experts, who are witnesses of their own, never enter these averages."""
    apart = table["instrument"].isin([DROPOUT, LATER, ABOUT_SURVEYS]) | (table["audience"] == "expert")
    return table[~apart.to_numpy(dtype=bool)]


def that_may_add(answers: DataFrame, base: Series, by: Sequence[str], limits: Limits) -> DataFrame:
    """The answers of the cells `by` (the credential among them) of which may be shown how many gave them.

    base: True for the answers that count who answered a cell at all. What few answered of one credential must not move
    the total over all, or subtraction gives it away.
    """
    answers = answers.astype(dict.fromkeys(by, "str"))
    seen = showable(answers[base.to_numpy(dtype=bool)], by, limits=limits)[list(by)].drop_duplicates()
    return answers.merge(seen, on=list(by))


def with_everyone(table: DataFrame, evidence: Evidence, choice: Choice, *, employers: bool) -> DataFrame:
    """The table with a row for every credential in scope, also those nobody answered about, and its title.

    A credential that stands there only once somebody has answered would tell that somebody has.
    """
    every = in_scope(DataFrame({"credential": list(evidence.titles)}), evidence, choice)
    missing = every.loc[~every["credential"].isin(table["credential"]), "credential"]
    both = table.set_index("credential").reindex([*table["credential"], *missing]).reset_index()
    both["people"] = both["people"].fillna(0).astype("Int64")
    if employers:
        both["organisations"] = both["organisations"].astype("Int64").fillna(0)
        both["largest_share"] = both["largest_share"].astype(float).fillna(1.0)
    return both.assign(label=both["credential"].map(evidence.titles).astype(str))


def few(rows: DataFrame) -> DataFrame:
    """As many rows as a picture holds, with a few of the withheld ones, and what stands at their ends."""
    shown, withheld = rows[rows["state"] != "withheld"], rows[rows["state"] == "withheld"]
    drawn = concat([shown.head(MOST_ROWS), withheld.head(MOST_WITHHELD)], ignore_index=True)
    return drawn.assign(note=notes(drawn))


def notes(rows: DataFrame) -> list[str]:
    """What stands at a row's end: who answered, and that it is early; nothing where it is withheld.

    With a column `audience` people are called what they are; with `organisations` these are counted, too, where
    there is room for it.
    """
    return ["" if row["state"] == "withheld" else _note(row) for _, row in rows.iterrows()]


def _note(row: Series) -> str:
    who = f"{row['audience']}s" if row.get("audience") else "people"
    houses = row.get("organisations")
    said = f"{int(row['people'])} {who}"
    if row["state"] == "early":
        return f"{said}, early"
    return f"{said}, {int(houses)} org." if notna(houses) else said


def spread(counts: object) -> str:
    """A distribution in words: each step and how often it was given; empty where it is withheld.

    >>> spread({"3": 2, "4": 5})
    '3: 2, 4: 5'
    """
    return ", ".join(f"{step}: {times}" for step, times in counts.items()) if isinstance(counts, dict) else ""

"""What each credential brings to a combination, by the best and the worst of several that stand side by side."""

from pandas import DataFrame
from scipy.special import expit

from feedback.analysis.best_worst import rank_parts, tasks_of
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.answers import BUNDLE
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.pairs import PLACES, apart, nobody, only_shown
from feedback.findings.scope import STATES, few, with_everyone
from feedback.findings.value import READ, TIERS, WIDE, tier_names
from feedback.findings.words import chance, count, listed, people_of, percent
from feedback.findings.work import Finding

TASK_OF = "_task"
"""What the questionnaire's whole tasks are named with (see survey.derived)."""
MEASURES = (*PLACES, "p_top", "tier", "component", "more", "more_low", "more_high")
PART = 0.5
"""The part of a pair that one of it makes."""
NOT_HERE = "Combinations are put to employers across all programmes: choose all programmes to see what they are worth."


def work_bundles(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: the chance that a pair with it is chosen before the same pair with one in the middle in its
    place. more, more_low, more_high, the same in every row: the chance that a combination with one credential more, as
    good as the others, is chosen before the one without.

    The model is fitted to combinations of credentials that may be shown only. They are about no single credential, so
    there are some over the whole institution only.
    """
    if choice.programme or choice.credential:
        return with_everyone(nobody(MEASURES), evidence, choice, employers=True)
    made = evidence.answers[(evidence.answers["construct"] == f"{BUNDLE}{TASK_OF}").to_numpy(dtype=bool)]
    found = rank_parts(only_shown(tasks_of(made), _parts, evidence, limits)).rename(columns={"item": "credential"})
    more, sd = found.attrs["more"], found.attrs["more_sd"]
    table = found.assign(estimate=found["effect"])
    for name in PLACES:
        table[name] = expit(PART * table[name].astype(float))
    for name, side in (("more", 0), ("more_low", -1), ("more_high", 1)):
        table[name] = expit(more + side * WIDE * sd)
    table = table[["credential", "people", "organisations", "largest_share", *MEASURES]]
    table = table.sort_values(["estimate", "credential"], ascending=[False, True], ignore_index=True)
    return with_everyone(table, evidence, choice, employers=True)


def _parts(tasks: DataFrame) -> DataFrame:
    """Each task once for each credential in it."""
    parts = [sorted(set("+".join(options).split("+"))) for options in tasks["options"]]
    return tasks.assign(credential=parts).explode("credential")


def say_bundles(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What brings most to a combination, and whether one more is worth it, in a sentence."""
    if choice.programme or choice.credential:
        return NOT_HERE
    shown = rows[rows["state"] != "withheld"]
    if len(shown) < 2:
        return "Not enough employers have compared combinations of credentials yet to say what each brings to them."
    ends = f"{_more(shown)}{apart(shown)}"
    if shown["tier"].nunique() == 1:
        number = count(len(shown), "credential", "credentials")
        return f"We cannot tell yet which of {number} brings most to a combination.{ends}"
    best = shown.iloc[0]
    top = list(shown.loc[shown["tier"] == shown["tier"].min(), "label"])[1:]
    also = f"; {listed(top[:3])} cannot be told apart from it" if 0 < len(top) <= 3 else ""
    more = f"; {len(top)} more cannot be told apart from it" if len(top) > 3 else ""
    return (
        f"In combinations, {best['label']} brings most: a pair with it is chosen {percent(best['estimate'])} of the "
        f"time before the same pair with one in the middle (likely between {percent(best['low'])} and "
        f"{percent(best['high'])}; {people_of(best['people'], best['organisations'])}){also}{more}.{ends}"
    )


def _more(shown: DataFrame) -> str:
    """Whether one credential more makes a combination worth more."""
    row = shown.iloc[0]
    chances = f"between {percent(row['more_low'])} and {percent(row['more_high'])} of the time"
    if row["more_low"] > PART:
        worth = "is worth it: with it a combination is chosen before the same without it, likely"
    elif row["more_high"] < PART:
        worth = "makes a combination worth less: with it one is chosen before the same without it, likely only"
    else:
        return " Whether one more makes a combination worth more we cannot tell yet."
    return f" One more, as good as the others, {worth} {chances}."


def draw_bundles(rows: DataFrame, mode: Mode) -> dict | None:
    """Credentials by what they bring to combinations, in tiers; nothing where none may be told."""
    if not (rows["state"] != "withheld").any():
        return None
    table = few(rows)
    table = table.assign(tier=tier_names(table))
    several = table["tier"].replace("", None).nunique() > 1
    return ranked(
        table[["label", *PLACES, "state", "note", "tier"]],
        "A pair with it, chosen before the same with one in the middle",
        (0.0, 1.0),
        "employer",
        mode,
        foot=f"{TIERS if several else ''}{READ}",
        percent=True,
    )


def display_bundles(rows: DataFrame) -> DataFrame:
    """The ranking as a table for people."""
    chosen = {"": "estimate", ", low (90%)": "low", ", high (90%)": "high"}
    return DataFrame(
        {
            "Credential": rows["label"],
            **{f"Chosen (%){end}": (100 * rows[name].astype("Float64")).round() for end, name in chosen.items()},
            "In the top three": [chance(p) if p == p else "" for p in rows["p_top"].astype(float)],
            "Tier": rows["tier"].astype("Int64"),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


BUNDLES = Finding(
    id="bundles",
    question="Which do they want in a combination?",
    caution=(
        "From combinations of the credentials an employer was asked about: which would be worth most, which least "
        "(best-worst choices, Marley and Louviere, 2005; Plackett, 1975). A combination is taken to be worth what "
        "its credentials are on average, and something for each beyond the first (people judge a whole by the "
        "average of its parts: Weaver, Garcia and Schwarz, 2012); single combinations are put to too few to be "
        "ranked. Drawn toward one half where few have chosen; choices of one organisation that are alike count for "
        "fewer. Put to employers across the whole institution, so they cannot be told by programme. Thick bar: "
        "50%, thin line: 90%."
    ),
    work=work_bundles,
    audiences=("employer",),
    measures=MEASURES,
    say=say_bundles,
    display=display_bundles,
    draw=draw_bundles,
)

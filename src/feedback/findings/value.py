"""Which credentials do employers value: the ranking, awareness with recognition, and the answers as given."""

import numpy as np
from pandas import DataFrame, Series, concat, isna

from feedback.analysis.influence import REMOVED, top_survives
from feedback.analysis.ratings import only, percent_positive
from feedback.analysis.recognition import (
    AMONG_AWARE,
    STEP_VARIANCE,
    awareness,
    overclaiming,
    recognition_index,
    without_overclaiming,
)
from feedback.analysis.reliability import in_words
from feedback.analysis.skills import need_and_performance, need_in_three_years
from feedback.analysis.value import rank_items
from feedback.charts.intervals import ranked
from feedback.charts.quadrant import need_performance
from feedback.charts.recognition import awareness as awareness_chart
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.cells import distributions, steps_told
from feedback.findings.evidence import MEASURES, Choice, Evidence, Measure, measure_of, rated_by_employers
from feedback.findings.scope import STATES, few, in_scope, spread, with_everyone
from feedback.findings.totals import mean_gives_away
from feedback.findings.words import CHANCES, between_steps, chance, count, listed, people_of, percent
from feedback.findings.work import Finding

MOST_DOTS = 10
"""As many skills as a quadrant holds; the rest stand in the table."""
LEAST_CHANCE = 0.4
"""A tier whose best member is less likely than this among the top three says nothing of it."""
LEAST_COMPARED = 4
"""Of fewer credentials nothing is said of reliability: of two, half of what is known goes into the overall level."""
WIDE, NARROW = 1.645, 0.674
"""Half widths of a 90% and a 50% interval, in standard deviations."""


def work_value(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: where it stands on the measure, leniency of the rater taken out.

    The model is fitted to credentials that may be shown only, so that a hidden one moves no number.
    """
    measure = measure_of(evidence, choice, limits)
    everything = in_scope(rated_by_employers(evidence, measure), evidence, choice)
    cells = percent_positive(everything, ["credential"]).rename(columns={"n": "people"})
    ratings = by_rater(showable(everything, ["credential"], limits=limits))
    found = rank_items(ratings).rename(columns={"item": "credential", "level": "estimate"})
    # What answering in whole steps hides: five equal answers are not certainty (Sheppard 1898).
    sd = np.sqrt(np.maximum(found["level_sd"] ** 2, STEP_VARIANCE / np.maximum(found["n"], 1)))
    for name, side, width in (("low", -1, WIDE), ("high", 1, WIDE), ("low50", -1, NARROW), ("high50", 1, NARROW)):
        found[name] = (found["estimate"] + side * width * sd).clip(measure.low, measure.high)
    found["sd"] = sd
    cells["mean"] = cells["mean"].mask(cells["credential"].isin(mean_gives_away(everything, evidence, limits)))
    kept = [
        "credential",
        "estimate",
        "sd",
        "low",
        "high",
        "low50",
        "high50",
        "p_top",
        "tier",
        "reliability",
        "component",
    ]
    table = cells[["credential", "people", "organisations", "largest_share", "mean"]].merge(
        found[kept], on="credential", how="left"
    )
    ranked_first = table.sort_values(["estimate", "credential"], ascending=[False, True], ignore_index=True)
    whole = with_everyone(ranked_first, evidence, choice, employers=True)
    return whole.assign(measure=measure.construct, first=_first_holds(ratings, found))


def _first_holds(ratings: DataFrame, found: DataFrame) -> str:
    """Whether the first one stays before all of lower tiers whichever five ratings are taken away: HOLDS, HANGS, or ""
    where there is one tier only."""
    if not len(found) or found["tier"].nunique() < 2:
        return ""
    summary = found.attrs
    variances = summary["variance_item"], summary["variance_rater"], summary["variance_residual"]
    return HOLDS if top_survives(ratings, found.rename(columns={"credential": "item"}), variances).survives else HANGS


def by_rater(allowed: DataFrame, *more: str) -> DataFrame:
    """Ratings for the crossed model: item, rater, score, people, and `more` columns of text. An organisation is one
    rater, and whoever names none is one for each rating."""
    key = ["credential", "organisation", "number", *more]
    texts = {"credential": "str", "organisation": "string", **dict.fromkeys(more, "str")}
    summed = allowed.astype(texts).groupby(key, dropna=False)["people"].sum()
    ratings = summed.reset_index().set_axis(["item", "rater", "score", *more, "people"], axis=1)
    nameless = ratings[ratings["rater"].isna()]
    alone = nameless.loc[nameless.index.repeat(nameless["people"])].reset_index(drop=True).assign(people=1)
    alone["rater"] = [f"person {number}" for number in range(len(alone))]
    return concat([ratings.dropna(subset=["rater"]), alone], ignore_index=True)


HOLDS = f"No {REMOVED} ratings taken away would put one of another tier first."
HANGS = f"It hangs on few: {REMOVED} ratings or fewer taken away would put one of another tier first."
VALUE_MEASURES = (
    "mean", "estimate", "sd", "low", "high", "low50", "high50", "p_top", "tier", "reliability", "component",
)  # fmt: skip


def measure_named(rows: DataFrame) -> Measure:
    """The measure a table is about."""
    named = set(rows["measure"]) if len(rows) else set()
    return next((measure for measure in MEASURES if measure.construct in named), MEASURES[0])


def say_value(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which credentials employers value, in a sentence."""
    shown = rows[rows["state"] != "withheld"]
    measure = measure_named(rows)
    if shown.empty:
        return (
            "Not enough employers have answered yet to say which credentials they value. A credential shows once "
            "enough people of several organisations have rated it."
        )
    if len(shown) == 1:
        only_one = shown.iloc[0]
        return (
            f"One credential has enough answers: {only_one['label']}, at {only_one['estimate']:.1f} on a scale of "
            f"{measure.low:g} to {measure.high:g} ({between_steps(only_one['low'], only_one['high'])}; "
            f"{people_of(only_one['people'], only_one['organisations'])})."
        )
    if shown["tier"].nunique() == 1:
        answers = count(shown["people"].sum(), "rating", "ratings")
        return f"We cannot tell these {len(shown)} credentials apart yet: {answers}."
    top, best = shown[shown["tier"] == shown["tier"].min()], shown.iloc[0]
    others = list(top["label"])[1:3]
    also = f", with {listed(others)} not to be told apart from it" if others and len(top) <= 3 else ""
    more = f"; {len(top) - 1} more cannot be told apart from it" if len(top) > 3 else ""
    holds = f" {best['first']}" if best["first"] else ""
    return (
        f"Employers value {best['label']} most: {best['estimate']:.1f} on a scale of {measure.low:g} to "
        f"{measure.high:g} ({between_steps(best['low'], best['high'])}; "
        f"{people_of(best['people'], best['organisations'])}){also}{more}.{_top_three(shown)}{holds}"
        f"{_not_joined(shown)}"
    )


def _top_three(shown: DataFrame) -> str:
    """Which credentials may be among the top three, by how likely it is; "" where three or fewer are shown."""
    if len(shown) <= 3:
        return ""
    words = shown["p_top"].map(chance)
    likely = [word for _, word in CHANCES[:4]]
    named = {word: list(shown.loc[words == word, "label"]) for word in likely}
    said = "; ".join(f"{word} {listed(names)}" for word, names in named.items() if 0 < len(names) <= 4)
    return f" In the top three: {said}." if said else ""


def _not_joined(shown: DataFrame) -> str:
    """Which credentials no rater joins with the others: these are compared only on the assumption that both groups of
    raters judge alike."""
    apart = list(shown.loc[shown["component"] > 1, "label"])
    if not apart:
        return ""
    said = listed(apart[:3]) if len(apart) <= 3 else count(len(apart), "credential", "credentials")
    return f" No rater known to us joins {said} with the others: they are compared on trust that all judge alike."


def draw_value(rows: DataFrame, mode: Mode) -> dict:
    """Credentials by value, in tiers, with doubt."""
    measure = measure_named(rows)
    table = few(rows)
    table = table.assign(tier=tier_names(table))
    several = table["tier"].replace("", None).nunique() > 1
    return ranked(
        table[["label", "estimate", "low50", "high50", "low", "high", "state", "note", "tier", "credential"]],
        f"{measure.low:g} {measure.ends[0]} … {measure.high:g} {measure.ends[1]}",
        (measure.low, measure.high),
        "employer",
        mode,
        foot=f"{TIERS if several else ''}{READ}",
    )


TIERS = "Credentials of one tier cannot be told from the first of it. "
READ = "Dot: where it most likely stands. Thick bar: 50%, thin line: 90% sure to lie within."


def tier_names(rows: DataFrame) -> list[str]:
    """The heading of each row's tier: its number, and how likely its members are among the top three, from the most
    likely to the least; "" for a row without a tier, and where there is one tier only."""
    known = rows[rows["tier"].notna() & (rows["state"] != "withheld")]
    if known["tier"].nunique() < 2:
        return [""] * len(rows)
    names = {}
    for tier, members in known.groupby("tier"):
        words = list(dict.fromkeys(members.sort_values("p_top", ascending=False)["p_top"].map(chance)))
        likely = words[0] if len(words) == 1 else f"from {words[0]} to {words[-1]}"
        among = f": {likely} in the top three" if len(known) > 3 else ""
        names[tier] = f"Tier {int(tier)}{among if members['p_top'].max() >= LEAST_CHANCE else ''}"
    return [names.get(tier, "") for tier in rows["tier"]]


def display_value(rows: DataFrame) -> DataFrame:
    """The ranking as a table for people."""
    return DataFrame(
        {
            "Credential": rows["label"],
            "Value": rows["estimate"].round(2),
            "Low (90%)": rows["low"].round(2),
            "High (90%)": rows["high"].round(2),
            "Plain mean": rows["mean"].round(2),
            "In the top three": [chance(p) if p == p else "" for p in rows["p_top"]],
            "Tier": rows["tier"],
            "Good for": _good_for(rows),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


def _good_for(rows: DataFrame) -> list[str]:
    """What each credential's ratings settle, in words; "" where withheld, and where so few are compared that the
    overall level is hardly known."""
    settled = rows["reliability"].astype(float)
    if settled.notna().sum() < LEAST_COMPARED:
        return [""] * len(rows)
    return [in_words(each) if each == each else "" for each in settled]


def work_recognition(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: how many knew it, and how far those who do count it.

    Where enough gave a step, and its mean would give away what one of them said, the row is about awareness alone: then
    index, its interval, n and counts are missing, and people are those asked.
    """
    answers = in_scope(evidence.answers, evidence, choice)
    found = recognition_index(answers)
    steps = only(answers, audience="employer", construct=AMONG_AWARE, status="answered")
    given = distributions(steps_told(steps, ["credential"], evidence, limits), ["credential"])
    hidden = mean_gives_away(steps, evidence, limits)
    counts = Series([given.get((slug,), {}) for slug in found["credential"]], index=found.index, dtype=object)
    found = _without_means(found.assign(counts=counts), hidden, answers, limits)
    found = _without_overclaiming(found, evidence, limits)
    return with_everyone(found, evidence, choice, employers=True)


def _without_means(found: DataFrame, hidden: set[str], answers: DataFrame, limits: Limits) -> DataFrame:
    """The table without the index of the credentials in `hidden`, which stand last, by name; that of too few stays as
    it is, for the gate."""
    enough = may_show(found["people"], found["organisations"], found["largest_share"], limits)
    told = ~(found["credential"].isin(hidden) & enough)
    behind = awareness(answers).set_index("credential").reindex(found["credential"])
    blank = {name: found[name].astype(float).where(told) for name in ("n", "index", "low", "high")}
    counts = found["counts"].where(told, None)
    asked = {
        name: found[name].where(told, Series(behind[name].to_numpy(), index=found.index, dtype=found[name].dtype))
        for name in ("people", "organisations", "largest_share")
    }
    table = found.assign(**blank, **asked, counts=counts)
    return concat([table[told], table[~told].sort_values("credential")], ignore_index=True)


def _without_overclaiming(found: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """The table with `claims`, the share who know whatever they are shown, and with known, known_low and known_high:
    awareness without it. Missing where too few were shown a title that does not exist."""
    shown = overclaiming(evidence.answers)
    shown = shown[may_show(shown["people"], shown["organisations"], shown["largest_share"], limits)]
    if shown.empty or found.empty:
        return found.assign(claims=np.nan, known=np.nan, known_low=np.nan, known_high=np.nan)
    foils = shown.iloc[0]
    known, low, high = without_overclaiming(
        found["aware"].to_numpy(), found["asked"].to_numpy(), int(foils["claimed"]), int(foils["people"])
    )
    return found.assign(claims=foils["share"], known=known, known_low=low, known_high=high)


RECOGNITION_MEASURES = (
    "asked", "aware", "awareness", "awareness_low", "awareness_high", "n", "index", "low", "high", "counts",
    "claims", "known", "known_low", "known_high",
)  # fmt: skip


def say_recognition(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Awareness and recognition in a sentence."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough employers have answered yet to say how far these credentials are known and counted."
    first = shown.iloc[0]
    if len(shown) == 1:
        return (
            f"{percent(_known(shown).iloc[0])} of {count(first['asked'], 'employer', 'employers')} asked knew "
            f"{first['label']} before; {_counted(first)}.{_overclaimed(first)}"
        )
    known = _known(shown)
    best, ranked_ones = shown.loc[known.idxmax()], shown[shown["index"].notna()]
    most = (
        f"among those aware, {first['label']} counts most ({first['index']:.1f} of 4; "
        f"{between_steps(first['low'], first['high'])}). A credential can be valued highly by the few who know it"
    )
    return (
        f"Best known is {best['label']} (to {percent(known.max())} of "
        f"{count(best['asked'], 'employer', 'employers')} asked); {NOT_TOLD if ranked_ones.empty else most}."
        f"{_overclaimed(best)}"
    )


NOT_TOLD = "how far those who know count it is not told, so that nobody's answer follows"
WITHOUT_INDEX = ", without recognition: an answer would follow from it"


def _counted(row: Series) -> str:
    """How far those who know a credential count it, and how many said so."""
    if isna(row["index"]):
        return NOT_TOLD
    return (
        f"those who did put it at {row['index']:.1f} of 4 on the recognition ladder "
        f"({between_steps(row['low'], row['high'])}; {people_of(row['people'], row['organisations'])} gave a step)"
    )


def _known(rows: DataFrame) -> Series:
    """The share who know each, as it is drawn: without overclaiming where that is known."""
    return rows["known"].astype(float).fillna(rows["awareness"].astype(float))


def _overclaimed(row: Series) -> str:
    """How many know whatever they are shown, as a sentence with a space before it; "" where that is not known."""
    if isna(row["claims"]):
        return ""
    return (
        f" {percent(row['claims'])} also knew a title that does not exist: the share who know is told without them "
        f"(of {row['label']} {percent(row['awareness'])} said they knew it)."
    )


def draw_recognition(rows: DataFrame, mode: Mode) -> dict:
    """Awareness beside recognition, row by row."""
    table = few(rows)
    for name, known in (("awareness", "known"), ("awareness_low", "known_low"), ("awareness_high", "known_high")):
        table[name] = table[known].fillna(table[name])
    table["instead"] = np.where(_without_index(table), "not told", "")
    columns = [
        "label",
        "index",
        "low",
        "high",
        "awareness",
        "awareness_low",
        "awareness_high",
        "state",
        "note",
        "instead",
    ]
    return awareness_chart(table[columns], mode)


def display_recognition(rows: DataFrame) -> DataFrame:
    """Awareness and recognition as a table for people."""
    said = rows["state"].map(STATES)
    return DataFrame(
        {
            "Credential": rows["label"],
            "Aware (%)": (100 * rows["awareness"]).round(),
            "Without overclaiming (%)": (100 * rows["known"]).round(),
            "Recognition (0-4)": rows["index"].round(2),
            "Low (90%)": rows["low"].round(2),
            "High (90%)": rows["high"].round(2),
            "Steps given": [spread(counts) for counts in rows["counts"]],
            "Asked": rows["asked"].astype("Float64").astype("Int64"),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": said.mask(_without_index(rows), said + WITHOUT_INDEX),
        }
    )


def _without_index(rows: DataFrame) -> Series:
    """Which rows are about awareness alone."""
    return (rows["state"] != "withheld") & rows["index"].isna()


def work_skills(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a skill: how far employers need it, and how holders perform."""
    answers = in_scope(evidence.answers, evidence, choice)
    later = need_in_three_years(answers)
    later = later[may_show(later["people"], later["organisations"], later["largest_share"], limits)]
    found = need_and_performance(answers).merge(
        later[["credential", "skill", "need_3y"]], on=["credential", "skill"], how="left"
    )
    names = found["skill"].map(lambda slug: evidence.skills.get(slug, slug))
    titles = found["credential"].map(evidence.titles)
    return found.assign(skill_name=names, title=titles, label=names if choice.credential else names + " · " + titles)


SKILL_MEASURES = (
    "need", "need_low", "need_high", "performance", "performance_low", "performance_high", "gap", "need_3y",
)  # fmt: skip


def say_skills(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """The widest gap between need and performance, in a sentence."""
    shown = rows[(rows["state"] != "withheld") & rows["gap"].notna()]
    if shown.empty:
        return "Not enough employers have rated both what they need and how holders perform."
    widest = shown.sort_values("gap", ascending=False).iloc[0]
    if widest["gap"] <= 0:
        return "No skill falls short: holders perform at least as well as the skills are needed."
    return (
        f"The widest gap is {widest['label']}: {percent(widest['need'])} of employers call it important, "
        f"{percent(widest['performance'])} say holders do it well "
        f"({people_of(widest['people'], widest['organisations'])})."
    )


def draw_skills(rows: DataFrame, mode: Mode) -> dict:
    """Need against performance."""
    columns = ["label", *[name for name in SKILL_MEASURES if name not in ("gap", "need_3y")], "state"]
    return need_performance(rows.sort_values("gap", ascending=False).head(MOST_DOTS)[columns], mode)


def display_skills(rows: DataFrame) -> DataFrame:
    """Skills as a table for people."""
    return DataFrame(
        {
            "Skill": rows["skill_name"],
            "Credential": rows["title"],
            "Needed (%)": (100 * rows["need"]).round(),
            "Needed in three years (%)": (100 * rows["need_3y"]).round(),
            "Performed well (%)": (100 * rows["performance"]).round(),
            "Gap (points)": (100 * rows["gap"]).round(),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


CREDENTIAL_VALUE = Finding(
    id="credential_value",
    question="Which credentials do employers value?",
    caution=(
        "Each credential's place is its average on the recognition ladder among employers aware of it, with the "
        "kindness or severity of each organisation taken out (whoever names none counts as a rater of their own in "
        "each rating) and drawn toward the overall level where few have "
        "answered (a crossed random-effects model, variances by REML, integrated out below 1,000 ratings). Thick "
        "bar: 50%, thin line: 90% interval. Credentials of one tier cannot be told from the first of it. What the "
        "ratings of a credential are good for goes by their reliability: below .5 nothing, up to .7 its tier, "
        "above a rank. Whether the first place hangs on five ratings is looked for one by one. Who chose to answer "
        "may differ from those who did not."
    ),
    work=work_value,
    audiences=("employer",),
    measures=VALUE_MEASURES,
    say=say_value,
    display=display_value,
    draw=draw_value,
    span=4.0,
)

RECOGNITION = Finding(
    id="recognition",
    question="How well are they known, and do those who know them count them?",
    caution=(
        "Awareness is the share of asked employers who had heard of the credential before; where enough were also "
        "shown a title that does not exist, the picture has it without the share who know whatever they are shown "
        "(as one takes out guessing). Recognition is the mean step (0-4) among those aware, never shown without "
        "awareness; 90% intervals (Wilson or beta posteriors; t on the mean). They take colleagues of one "
        "organisation for independent, and raters as they are; the ranking does neither, so its ranges of the same "
        "credential are wider and may lie elsewhere. Who rates several credentials counts once for each."
    ),
    work=work_recognition,
    audiences=("employer",),
    foils=True,
    measures=RECOGNITION_MEASURES,
    say=say_recognition,
    display=display_recognition,
    draw=draw_recognition,
    span=4.0,
)

SKILLS = Finding(
    id="skills",
    question="Which skills do employers need, and how do holders perform?",
    caution=(
        "Share of employers who call a skill important or essential, against the share who see holders perform it "
        "well. “Not required here” and “have not seen” are set aside. Boxes are 90% intervals, of those named "
        "in the picture where many lie together; the others have a number there and tell theirs when they are "
        "pointed at. The cross-hairs are fixed at one half."
    ),
    work=work_skills,
    audiences=("employer",),
    measures=SKILL_MEASURES,
    say=say_skills,
    display=display_skills,
    draw=draw_skills,
    interval=("need_low", "need_high"),
)

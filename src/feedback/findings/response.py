"""Whether those who said nothing could overturn what the others said: how many were asked, and how many answered."""

from collections.abc import Collection, Mapping
from math import sqrt
from typing import Any

import numpy as np
from pandas import DataFrame, MultiIndex, Series, concat, isna

from feedback.analysis.differencing import Fact, Shown, solve_each
from feedback.analysis.forms import in_steps
from feedback.analysis.influence import REMOVED, mean_survives
from feedback.analysis.nonresponse import ADEQUATE, INDICATIVE, RHOS, TOO_FEW, finite_share, response
from feedback.analysis.people import count_people
from feedback.analysis.ratings import HALF, only, percent_positive, wilson
from feedback.analysis.recognition import AWARENESS, UNAWARE
from feedback.analysis.runs import WORTH
from feedback.disclosure import Limits
from feedback.findings.cells import said_alike, steps_told
from feedback.findings.evidence import Choice, Evidence, measure_of, rated_by_employers
from feedback.findings.scope import STATES, at_the_end, in_scope, with_everyone
from feedback.findings.totals import mean_gives_away
from feedback.findings.words import between, count, percent
from feedback.findings.work import Finding

LEARNER, EMPLOYER = "learner", "employer"
PEOPLE, ORGANISATIONS = "people", "organisations"
"""What is asked and answers: of employers whom nobody invited, the organisations of the catalogue."""
OFF = ("hardly", "somewhat", "clearly")
"""How closely answering may go with the verdict, as RHOS has it."""
SAID = ("low", "high", *OFF, "tipping", "carries", "way", "open", "holds")
"""What is worked out of each verdict."""
MEASURES = ("answered", "aware", "positive", "share", *SAID)
KEYS = ("asked",)
GOOD = {
    WORTH: "say it was worth it",
    "recognition": "say it counts in screening or for more",
    "employer_value": "rate it well",
}
"""What a good verdict says, by what was asked."""
CARRIES = {
    ADEQUATE: "enough in number, if the others are like them",
    INDICATIVE: "an indication, if the others are like them",
    TOO_FEW: "too few to speak for the others",
}
MORE, LESS = "more", "less"
"""Than half: where the whole interval is."""
WORDS = ("audience", "instrument", "credential", "survey")
COLUMNS = ("credential", "people", "organisations", "largest_share", "positive", "share", "gave")


def work_response(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and audience: of those asked, how many answered; their verdict, within what bounds it holds
    for all; and what the silent would have to think to overturn it.

    Of employers the verdict is told where the steps they gave are, since it follows from these. Answered counts also
    those who never heard of the credential, and `aware` those who know it, whose verdict it is; as large a part of the
    silent is taken to know it as of those who answered. Answers are told in steps of five where they may be some of a
    larger number. largest_share: of the verdict or of those who answered, whichever is larger.
    """
    learned = only(at_the_end(in_scope(evidence.answers, evidence, choice)), audience=LEARNER, construct=WORTH)
    measure = measure_of(evidence, choice, limits)
    rated = in_scope(rated_by_employers(evidence, measure), evidence, choice)
    asked = at_the_end(in_scope(evidence.asked, evidence, choice)).astype(dict.fromkeys(WORDS, "str"))
    heard = only(evidence.answers, audience=EMPLOYER, construct=AWARENESS, status="answered")
    of_employers = _of(rated, asked)
    told = of_employers["credential"].isin(tellable(rated, evidence, limits))
    of_employers["people"] = of_employers["people"].where(told, 0)
    found = concat(
        [
            with_everyone(each, evidence, choice, employers=who == EMPLOYER).assign(audience=who, asks=what)
            for who, what, each in (
                (LEARNER, WORTH, _of(learned, asked)),
                (EMPLOYER, measure.construct, of_employers),
            )
        ],
        ignore_index=True,
    )
    found = _with_asked(found, asked, float(evidence.houses["organisations"].sum()))
    found = _with_heard(found, in_scope(heard, evidence, choice), asked)
    said = DataFrame([_said_of(row) for row in found.to_dict("records")], found.index, columns=list(SAID))
    table = concat([found.drop(columns="gave"), said], axis=1)
    return table.sort_values(["label", "audience"], ascending=[True, False], ignore_index=True)


def _of(rated: DataFrame, asked: DataFrame) -> DataFrame:
    """Who rated, how well, and how many of them were asked by a survey of which it is known how many it asked."""
    rated = rated[rated["positive"].notna().to_numpy(dtype=bool)].astype(dict.fromkeys(WORDS, "str"))
    found = percent_positive(rated, ["credential"]).rename(columns={"n": "people"})
    return found.assign(gave=found["credential"].map(_of_asked(rated, asked)))[list(COLUMNS)]


def _of_asked(table: DataFrame, asked: DataFrame) -> Series:
    """How many people of each credential were asked by a survey of which it is known how many it asked, in steps."""
    these = table.merge(asked[["audience", "credential", "survey"]], on=["audience", "credential", "survey"])
    return in_steps(these.groupby("credential")["people"].sum().astype(float))


def _with_asked(found: DataFrame, asked: DataFrame, houses: float) -> DataFrame:
    """The table with how many were asked (`asked`), and in what they are counted (`unit`): whether or not anybody
    answered, so that neither tells that somebody did. houses: organisations in the catalogue. `gave`: of those asked,
    how many gave the verdict."""
    number = asked.groupby(["audience", "credential"])["people"].sum()
    places = list(zip(found["audience"], found["credential"], strict=True))
    people = number.reindex(MultiIndex.from_tuples(places, names=number.index.names)).astype(float).to_numpy()
    by_house = np.isnan(people) & (found["audience"] == EMPLOYER).to_numpy(dtype=bool) & (houses > 0)
    return found.assign(
        unit=np.where(by_house, ORGANISATIONS, PEOPLE),
        asked=np.where(by_house, houses, people),
        gave=found["gave"].astype(float).mask(by_house, found["organisations"].astype(float)),
    )


def _with_heard(found: DataFrame, heard: DataFrame, asked: DataFrame) -> DataFrame:
    """The table with how many answered, and how many of these know the credential (`aware`): by whether they had heard
    of it, where they were asked that (heard: these answers), else by who gave the verdict, and `aware` is missing."""
    heard = heard.astype(dict.fromkeys(WORDS, "str"))
    unsaid = (heard["item"].astype(str) != UNAWARE).astype("boolean")
    known = heard[heard["positive"].astype("boolean").fillna(unsaid).to_numpy(dtype=bool)]
    of_employers = (found["audience"] == EMPLOYER).to_numpy(dtype=bool)
    by_house = (found["unit"] == ORGANISATIONS).to_numpy(dtype=bool)

    def number(table: DataFrame) -> Series:
        houses = count_people(table, ["credential"]).set_index("credential")["organisations"].astype(float)
        people = found["credential"].map(_of_asked(table, asked)).mask(by_house, found["credential"].map(houses))
        # Who gave the verdict has answered, and knows it.
        return people.astype(float).clip(lower=found["gave"]).where(of_employers)

    answered = number(heard)
    share = found["credential"].map(count_people(heard, ["credential"]).set_index("credential")["largest_share"])
    return found.assign(
        answered=answered.fillna(found["gave"]),
        aware=number(known),
        largest_share=np.fmax(found["largest_share"].astype(float), share.astype(float).where(of_employers)),
    )


def tellable(rated: DataFrame, evidence: Evidence, limits: Limits) -> set[str]:
    """The credentials of which the share of good verdicts may be told: beside how many gave one, their steps and their
    mean, which are told elsewhere, it gives nothing away but its own two sides, and not that all of few said the same.

    rated: counted verdicts on scales of whole numbers.
    """
    rated = rated[rated["positive"].notna().to_numpy(dtype=bool)].astype({"credential": "str", "scale": "str"})
    no_mean = mean_gives_away(rated, evidence, limits)
    spans: dict[str, list[tuple[float, float]]] = {}
    told = steps_told(rated, ["credential"], evidence, limits)
    for slug, low, high in told[["credential", "low", "high"]].itertuples(index=False, name=None):
        spans.setdefault(str(slug), []).append((low, high))
    shown, slugs = [], []
    for slug, each in rated.groupby("credential"):
        people = _people(each, evidence)
        cells = {str(step): [step] for step in people}
        everybody, good = _fact(people, people), _fact(people, _good(each, evidence))
        known = [everybody]
        known += [_fact(people, [at for at in people if low <= at <= high]) for low, high in spans.get(str(slug), [])]
        if slug not in no_mean:
            known.append(_sum(people))
        shown += [Shown(facts, cells, people) for facts in ([*known, good], known, [everybody, good])]
        slugs.append(str(slug))
    found = [set(each.items()) for each in solve_each(shown, limits.minimum_group)]
    may = {slugs[at] for at in range(len(slugs)) if found[3 * at] <= found[3 * at + 1] | found[3 * at + 2]}
    return may - {named for (named,) in said_alike(rated, ["credential"], evidence, limits)}


def _people(rated: DataFrame, evidence: Evidence) -> dict[int, int]:
    """How many gave each step, also those nobody gave."""
    given = rated.groupby("number")["people"].sum().to_dict()
    steps = {step.value for scale in rated["scale"].unique() for step in evidence.scales.get(scale, ())}
    return {int(step): int(given.get(step, 0)) for step in sorted(steps | set(given))}


def _good(rated: DataFrame, evidence: Evidence) -> set[int]:
    """The good steps, also those nobody gave."""
    known = [step for scale in rated["scale"].unique() for step in evidence.scales.get(scale, ())]
    given = set(rated.loc[rated["positive"].astype(bool), "number"])
    return {int(step) for step in given.union(step.value for step in known if step.side > 0)}


def _fact(people: Mapping[int, int], steps: Collection[int]) -> Fact:
    here = frozenset(step for step in steps if step in people)
    return Fact("", here, sum(people[step] for step in here))


def _sum(people: Mapping[int, int]) -> Fact:
    """What a mean and how many gave it say."""
    total = sum(step * number for step, number in people.items())
    return Fact("", frozenset(people), total, weights=tuple((step, step) for step in people))


def _said_of(row: dict[str, Any]) -> dict[str, Any]:
    """What is said of one verdict; nothing where nobody gave one."""
    none: dict[str, Any] = dict.fromkeys(("low", "high", *OFF, "tipping"), np.nan)
    none |= {"carries": "", "way": "", "open": None, "holds": None}
    people, share = int(row["people"]), row["share"]
    if not people or isna(share):
        return none
    good = round(people * share)
    answered, asked = row["gave"], _who_could(row)
    is_known = not isna(asked) and not isna(answered) and 0 < answered <= asked
    if is_known:
        low, high = finite_share(share * answered, int(answered), int(asked))
    else:
        low, high = (float(end) for end in wilson(good, people))
    way = MORE if low > HALF else LESS if high < HALF else ""
    larger = max(good, people - good)
    holds = mean_survives([1.0] * larger + [0.0] * (people - larger), HALF).survives
    found = none | {"low": low, "high": high, "way": way, "holds": holds if way else None}
    if not is_known:
        return found
    # Where all agree so far, the next may not: the spread is that of a share a little nearer to a half.
    ends = wilson(share * answered, answered)
    middle = float(sum(ends)) / 2
    about = response(share, sqrt(middle * (1 - middle)), int(answered), int(asked), threshold=HALF, scale=(0.0, 1.0))
    tipping = np.nan if about.tipping is None else about.tipping
    return found | {
        **{name: about.bias[rho] for name, rho in zip(OFF, RHOS, strict=True)},
        "tipping": tipping,
        "carries": CARRIES[about.label],
        "open": bool(0 < tipping < 1) if way else None,
    }


def _who_could(row: dict[str, Any]) -> float:
    """How many of those asked a verdict is about: where it is known how many know the credential, as large a part of
    all asked as know it of those who answered; missing where more answered than were asked."""
    if isna(row["aware"]) or isna(row["asked"]) or not 0 < row["answered"] <= row["asked"]:
        return float(row["asked"]) if isna(row["aware"]) else np.nan
    return max(row["gave"], round(row["asked"] * row["aware"] / row["answered"]))


def say_response(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Of one credential who answered and what would overturn it; of several how many could be overturned."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough have answered yet to say what those who did not could change."
    if shown["credential"].nunique() == 1:
        return " ".join(in_words(row) for row in shown.to_dict("records"))
    clear = shown[shown["way"] != ""]
    said = f"{len(clear)} of {count(len(shown), 'verdict', 'verdicts')} on credentials are clearly above or below half."
    known = clear[clear["open"].notna()]
    if known.empty:
        return f"{said} Of none it is known how many were asked, so nor how many are silent."
    could = known[known["open"].astype(bool)]
    said = f"{said} Whatever the silent think, {len(known) - len(could)} would stay so"
    if could.empty:
        return f"{said}."
    far = (could["tipping"] - could["share"]).abs().astype(float)
    row = could.loc[far.idxmin()].to_dict()
    return (
        f"{said}; most easily overturned is that of {row['audience']}s on {row['label']}: "
        f"{percent(row['share'])} {GOOD[row['asks']]}{_overturned(row)}."
    )


def in_words(row: dict[str, Any]) -> str:
    """One row of what is told, in two or three sentences."""
    who = f"{row['audience']}s"
    good = f"{percent(row['share'])} {GOOD[row['asks']]}"
    if row["carries"] == "":
        asked = f"How many {who} were asked nobody has counted, so nobody knows how many are silent."
        return f"{asked} Of those heard, {good} ({between(row['low'], row['high'])}).{_held(row)}"
    part = percent(row["answered"] / row["asked"])
    if row["unit"] == ORGANISATIONS:
        number = count(row["asked"], "organisation", "organisations")
        asked = f"Of the {number} in the catalogue {int(row['answered'])} have answered ({part})"
    else:
        asked = f"About {int(row['answered']):,} of the {int(row['asked']):,} {who} asked have answered ({part})"
    if not isna(row["aware"]):
        asked += f", and {int(row['aware']):,} of these know it"
    return f"{asked}: {row['carries']}. {good}{_overturned(row)}.{_held(row)}"


def _overturned(row: dict[str, Any]) -> str:
    """What the silent would have to think."""
    if not row["way"]:
        return f" ({between(row['low'], row['high'])}): whether it is more than half is open"
    if isna(row["tipping"]):
        return ", and nobody is silent"
    if not row["open"]:
        return f"; whatever the silent think, it does not {'fall below' if row['way'] == MORE else 'rise above'} half"
    needed = f"fewer than {_least(row['tipping'])}" if row["way"] == MORE else f"more than {percent(row['tipping'])}"
    silent = "silent" if isna(row["aware"]) else "silent who know it"
    return f"; that would be overturned if of the {silent} {needed} did"


def _least(share: float) -> str:
    """A share that is not nothing.

    >>> _least(0.001), _least(0.44)
    ('1%', '44%')
    """
    return percent(max(share, 0.01))


def _held(row: dict[str, Any]) -> str:
    """Whether it hangs on few, as a sentence with a space before it; "" where nothing is clear yet."""
    if not row["way"]:
        return ""
    return f" It {'survives' if row['holds'] else 'would not survive'} any {REMOVED} answers taken away."


def display_response(rows: DataFrame) -> DataFrame:
    """What is known of those asked, as a table for people."""
    points = {
        name: (100 * rows[column].astype(float)).round()
        for name, column in (
            ("Off by, if answering goes hardly with it (% points)", "hardly"),
            ("Somewhat (% points)", "somewhat"),
            ("Clearly (% points)", "clearly"),
        )
    }
    told = rows["state"] != "withheld"
    return DataFrame(
        {
            "Credential": rows["label"],
            "Asked of": rows["audience"] + "s",
            "Counted in": rows["unit"],
            "Asked": rows["asked"].astype("Float64").astype("Int64"),
            "Answered, at least": rows["answered"].astype("Float64").astype("Int64"),
            "Of these know it": rows["aware"].astype("Float64").astype("Int64"),
            "That is": rows["carries"].astype(object).fillna(""),
            "Good verdict (%)": _percents(rows["share"]),
            "Low (90%)": _percents(rows["low"]),
            "High (90%)": _percents(rows["high"]),
            **points,
            "Overturned if of the silent so many say so": _overturning(rows),
            "Survives five taken away": rows["holds"].astype(object).map({True: "yes", False: "no"}).where(told, ""),
            "People": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


def _percents(shares: Series) -> Series:
    return (100 * shares.astype(float)).round()


def _overturning(rows: DataFrame) -> list[str]:
    found = []
    for row in rows.to_dict("records"):
        if row["state"] == "withheld" or isna(row["tipping"]) or not row["way"]:
            found.append("")
        elif not row["open"]:
            found.append("cannot be")
        elif row["way"] == MORE:
            found.append(f"fewer than {_least(row['tipping'])}")
        else:
            found.append(f"more than {percent(row['tipping'])}")
    return found


RESPONSE = Finding(
    id="response",
    question="Could those who said nothing overturn it?",
    caution=(
        "Asked are those who were invited, also whose link was taken back; of an open link to a run's survey those "
        "who completed the run; of employers whom nobody invited by name the organisations in the catalogue. "
        "Answered counts those of them who gave the verdict, of employers also those who never heard of it, in "
        "steps of five (organisations: exactly). An employer's verdict is that of those who know it, and what is "
        "said of the silent is said of as large a part of them as knows it of those who answered. The "
        "interval (90%, Wilson, with the finite population correction) holds if the silent are like those who "
        "answered. How far the share would be off if they are not: by how closely having answered goes with the "
        "verdict (a correlation of .05, .1 or .2; Meng, 2018). The verdict is that of more than half, or of less; "
        "beside it stands what the silent would have to think to overturn it, and whether any five answers less "
        "would. “Enough” is what a share of 80% needs to be known within 10 points with 95% confidence, “an "
        "indication” with 80% (as Nulty, 2008). A share of employers is told where steps and means give no more "
        "away beside it."
    ),
    work=work_response,
    audiences=("learner", "employer"),
    measures=MEASURES,
    keys=KEYS,
    weighs=True,
    say=say_response,
    display=display_response,
)

"""Answers to be read with care: in one straight line, too fast, alike, or knowing a credential that does not exist.

A sign, not a verdict: it is said of groups, and nobody's answers are left out because of it.
"""

import numpy as np
from pandas import DataFrame, Series, concat

from feedback.analysis.people import EMPLOYER, count_people
from feedback.analysis.ratings import only, percent_positive, share_of_people, wilson
from feedback.analysis.recognition import FOIL
from feedback.analysis.runs import WORTH
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.response import tellable
from feedback.findings.scope import STATES, at_the_end, in_scope
from feedback.findings.words import between, listed, people_of, percent
from feedback.findings.work import Finding

STRAIGHT, OVERCLAIMED = "straight_lined", "overclaimed"
FAST, COPIED = "fast", "copied"
"""Signs that are kept beside a response."""
ANY_KEPT = "any_kept"
RATED, RATED_WELL = "rated", "rated_well"
"""In the place of a sign: who carries any and gave the verdict on a credential, and who a good one (store.flags)."""
VERDICTS = {"learner": WORTH, EMPLOYER: "recognition"}
GOOD = {"learner": "was worth it", EMPLOYER: "counts in screening or for more"}
"""The construct of the verdict, and what a good one says, by audience."""
NAMES = {
    STRAIGHT: "The same answer on every row",
    OVERCLAIMED: "Knows a credential that does not exist",
    FAST: "Sent sooner than it can be read",
    COPIED: "Alike others of the same month",
    ANY_KEPT: "Too fast or alike",
}
MEASURES = ("hits", "share", "low", "high", "of_all", "without")


def work_flags(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a sign, audience and questionnaire: of how many people it was seen, of those in whom it could be. And
    one a credential of which may be told what the verdict would be without answers that carry a sign."""
    answers = evidence.answers
    answered = answers[answers["status"] == "answered"]
    answered = answered[answered["positive"].notna()].astype({"credential": str, "question": str, "instrument": str})
    foils = answered[answered["credential"].str.startswith(FOIL) & (answered["construct"] == "awareness")]
    rows = answered[answered["construct"] == STRAIGHT]
    # A grid few answered of one credential must not move the total over all, or subtraction gives it away.
    rows = showable(in_scope(rows, evidence, choice), ["credential", "question"], limits=limits)
    marked = concat([foils.assign(flag=OVERCLAIMED, question=""), rows.assign(flag=STRAIGHT)], ignore_index=True)
    by = ["flag", "audience", "instrument", "question"]
    found = share_of_people(marked.astype({"audience": str, "positive": bool}), by, "positive")
    found = concat([found, _kept(evidence, choice, limits)], ignore_index=True)
    asked = found[["flag", "instrument", "question"]].itertuples(index=False, name=None)
    found = found.assign(label=[_label(flag, instrument, question, evidence) for flag, instrument, question in asked])
    found = found.assign(of_all=np.nan, without=np.nan)
    return concat([found, _without_them(evidence, choice, limits)], ignore_index=True)


def _kept(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The signs kept beside responses: of how many who said something of a credential, questionnaire by questionnaire.

    One nobody has shown yet stands there with 0, once enough have answered: its first sight would tell of somebody.
    Reviewers sign what they say; they are not watched.
    """
    by = ["audience", "instrument"]
    answers = evidence.answers
    asked = answers["instrument"].isin(evidence.forms) & (answers["audience"] != "expert")
    said = in_scope(answers[asked.to_numpy(dtype=bool)], evidence, choice)
    said = showable(said.astype(dict.fromkeys(by, "str")), [*by, "credential"], limits=limits)
    counted = said[[*by, "credential"]].drop_duplicates()
    seen = in_scope(evidence.flagged, evidence, choice).merge(counted, on=[*by, "credential"])
    often = seen.groupby([*by, "flag"])["people"].sum().rename("hits").reset_index()
    behind = count_people(said, by)
    found = concat([behind.assign(flag=flag, question="") for flag in (FAST, COPIED)], ignore_index=True)
    found = found.merge(often, on=[*by, "flag"], how="left")
    hits = np.minimum(found["hits"].fillna(0).astype(float), found["people"].astype(float))
    low, high = wilson(hits, found["people"])
    return found.assign(hits=hits, share=hits / found["people"], low=low, high=high)


def _without_them(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and audience: of those who gave their verdict on it, how many carry a kept sign; and the
    share of good verdicts of all (`of_all`) and of those who carry none (`without`).

    Both shares say what either group said. So a verdict is there only where each of the two may be shown, and neither
    is a small one that agrees; of employers only where the share of all may be told (`response.tellable`).
    """
    answers = at_the_end(in_scope(evidence.answers, evidence, choice))
    signs = at_the_end(in_scope(evidence.flagged, evidence, choice))
    rows = []
    for audience, construct in VERDICTS.items():
        rated = only(answers, audience=audience, construct=construct)
        rated = rated[rated["positive"].notna().to_numpy(dtype=bool)]
        if audience == EMPLOYER:
            rated = rated[rated["credential"].isin(tellable(rated, evidence, limits))]
        rows.append(_of_audience(rated, only(signs, audience=audience), audience, limits))
    every = concat(rows, ignore_index=True)
    named = NAMES[ANY_KEPT] + " · " + every["credential"].map(evidence.titles).astype(str)
    return every.assign(flag=ANY_KEPT, instrument="", question="", label=named)


def _of_audience(rated: DataFrame, signs: DataFrame, audience: str, limits: Limits) -> DataFrame:
    """The same of one audience, without the words. signs: of those who gave a verdict, how many carry a sign, by
    credential and organisation."""
    every = percent_positive(rated, ["credential"]).rename(columns={"n": "people"})
    signed, rest = (part.reindex(every["credential"]).set_index(every.index) for part in _apart(rated, signs, audience))
    told = np.logical_and(*(may_tell(part["people"], part["good"], limits, part) for part in (signed, rest)))
    hits, people = signed["people"].fillna(0).astype(float), every["people"].astype(float)
    low, high = wilson(hits, people)
    every = every.assign(audience=audience, hits=hits, low=low, high=high, of_all=every["share"], share=hits / people)
    every = every.assign(without=rest["good"].astype(float) / rest["people"].astype(float))
    return every.loc[told, ["audience", "credential", "people", "organisations", "largest_share", *MEASURES]]


def _apart(rated: DataFrame, signs: DataFrame, audience: str) -> tuple[DataFrame, DataFrame]:
    """Those who carry a sign, and the rest: by credential people and organisations as the gate takes them, and how many
    of the people gave a good verdict (`good`)."""
    by = ["credential", "organisation"]
    rated, signs = (each.assign(organisation=each["organisation"].astype(object).fillna("")) for each in (rated, signs))
    rated = rated.assign(good=rated["people"].where(rated["positive"].astype(bool), 0)).astype(dict.fromkeys(by, str))
    whole = rated.groupby(by)[["people", "good"]].sum()
    number = signs.astype(dict.fromkeys(by, str)).groupby([*by, "flag"])["people"].sum().unstack()
    number = number.reindex(index=whole.index, columns=[RATED, RATED_WELL]).fillna(0).astype(int)
    signed = number.set_axis(["people", "good"], axis=1)
    parts = []
    for table in (signed, whole - signed):
        table = table[table["people"] > 0].reset_index()
        table = table.assign(audience=audience, organisation=table["organisation"].replace("", None))
        behind = count_people(table, ["credential"]).set_index("credential")
        parts.append(behind.assign(good=table.groupby("credential")["good"].sum()))
    return parts[0], parts[1]


def may_tell(people: Series, good: Series, limits: Limits, behind: DataFrame | None = None) -> np.ndarray:
    """Which groups' shares may be told: large enough, and if small not all of one mind. behind: of employers their
    organisations and largest_share."""
    none = Series(np.nan, index=people.index)
    houses, largest = (none, none) if behind is None else (behind["organisations"], behind["largest_share"])
    people, good = people.fillna(0).astype(float), good.fillna(0).astype(float)
    mixed = (good > 0) & (good < people)
    may = may_show(people, houses, largest, limits)
    return may & (mixed | (people >= 2 * limits.minimum_group)).to_numpy(dtype=bool)


def _label(flag: str, instrument: str, question: str, evidence: Evidence) -> str:
    """A sign in words, with the question it was seen at."""
    if not question:
        return NAMES[flag]
    return f"{NAMES[flag]} · {evidence.named(question.partition(':')[0], '', instrument)}"


def say_flags(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """The sign that was seen most."""
    shown = rows[rows["state"] != "withheld"].sort_values(["share", "label"], ascending=[False, True])
    signs = shown[shown["flag"] != ANY_KEPT]
    if signs.empty:
        return "Not enough answers yet to say how carefully they were given."
    most = signs.iloc[0]
    if not most["hits"]:
        return (
            f"Nothing stands out: no sign of careless answers among {people_of(most['people'])}.{_moved(shown, choice)}"
        )
    return (
        f"Most often: “{most['label']}”, {percent(most['share'])} of those asked "
        f"({between(most['low'], most['high'])}; {people_of(most['people'])}).{_moved(shown, choice)}"
    )


def _moved(shown: DataFrame, choice: Choice) -> str:
    """The verdict that would change most without answers that are too fast or alike; of one credential each, also that
    it may not be told; "" where there is nothing to say."""
    told = shown[shown["flag"] == ANY_KEPT]
    if choice.credential:
        missing = [f"{audience}s" for audience in VERDICTS if audience not in set(told["audience"])]
        said = [f" {_without(row)}." for _, row in told.iterrows()]
        if missing:
            said.append(
                f" Of {listed(missing)}, too few carry such a sign, or do not, to tell their verdict without it."
            )
        return "".join(said)
    if told.empty:
        return ""
    most = told.loc[(told["of_all"] - told["without"]).abs().astype(float).idxmax()]
    return f" {_without(most)}: of all verdicts this would change most."


def _without(row: Series) -> str:
    return (
        f"Without answers that are too fast or alike, {percent(row['without'])} of {row['audience']}s instead of "
        f"{percent(row['of_all'])} say “{row['label'].partition(' · ')[2]}” {GOOD[row['audience']]}"
    )


def display_flags(rows: DataFrame) -> DataFrame:
    """The signs as a table for people."""
    return DataFrame(
        {
            "Sign": rows["label"],
            "Asked of": rows["audience"] + "s",
            "Questionnaire": rows["instrument"],
            "Seen in (%)": (100 * rows["share"].astype(float)).round(),
            "Low (90%)": (100 * rows["low"].astype(float)).round(),
            "High (90%)": (100 * rows["high"].astype(float)).round(),
            "Good verdict, of all (%)": (100 * rows["of_all"].astype(float)).round(),
            "Without them (%)": (100 * rows["without"].astype(float)).round(),
            "People asked": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


FLAGS = Finding(
    id="flags",
    question="Which answers should be read with care?",
    caution=(
        "Of grids with three rows or more, the share of people who gave every row the same answer, which is often "
        "meant; of those shown a title that does not exist, the share who knew it; of all who sent a form, who "
        "took less than two seconds an item (Huang and others, 2012), and who is one of three or more alike in a "
        "survey and month: long comments nearly word for word, or every box the same. Of that only the sign is "
        "kept, and no time. Intervals: 90% (Wilson). A sign, not a verdict: no answer is left out because of it. "
        "Where those who are too fast or alike and those who are not are groups enough, the share for whom a "
        "credential was worth it (of employers: counts in screening or for more) stands there twice: of all, and "
        "without them."
    ),
    work=work_flags,
    foils=True,
    measures=MEASURES,
    say=say_flags,
    display=display_flags,
)

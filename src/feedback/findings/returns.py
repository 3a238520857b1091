"""What a credential gives back for its fee and hours: what learners say of pay and use half a year on, what employers
say of pay, and which benefits are seen. Always with its doubt, and beside what it costs."""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, Series, concat, notna, to_numeric

from feedback.analysis.ratings import HALF, only
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.hiring import NOTHING
from feedback.findings.hiring import PAY as ADDED
from feedback.findings.learners import USED, good_of_each, shares_of_each
from feedback.findings.scope import LATER, MOST_ROWS, STATES, at_the_end, in_scope, notes
from feedback.findings.words import between, count, people_of, percent
from feedback.findings.work import Finding

MEASURES = ("hits", "share", "low", "high")
KEYS = ("fee", "hours")
PAY, USE, SEEN, EMPLOYERS = "pay", "use", "seen", "employers"
"""What a row is about: learners whose pay it has added to, who use it at work; a benefit learners see at the end; the
employers who add nothing to pay for it."""
OUTCOME_PAY, BENEFIT, MORE_BACK = "outcome_pay", "benefit_seen", "value_for_money"
RISE = 0.05
"""For this rise in pay is reckoned from which yearly pay on the fee comes back within a year."""
COLUMNS = [
    "about", "credential", "instrument", "question", "item", "audience", "people", "organisations", "largest_share",
    *MEASURES,
]  # fmt: skip


def work_returns(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and thing that may come of it: the share of learners who say half a year on that it has
    added to their pay, and that they use it nearly every week; of learners at the end who named any benefit the share
    who see each of them; and of employers the share who say that it adds nothing to starting pay.

    Those of one credential are told as "outcomes", "hiring" and "answers" tell of it by itself. fee, hours, currency:
    as the catalogue says; missing where it does not. A row about pay stands there for every credential.
    """
    answers = in_scope(evidence.answers, evidence, choice)
    later = good_of_each(only(answers, instrument=LATER, construct=(OUTCOME_PAY, USED)), evidence, limits)
    end = at_the_end(answers)
    seen = shares_of_each(only(end, audience="learner", construct=BENEFIT), evidence, limits)
    added = shares_of_each(only(end, audience="employer", construct=ADDED), evidence, limits)
    construct = answers[["question", "construct"]].astype(str).drop_duplicates("question").set_index("question")
    is_pay = later["question"].map(construct["construct"]).astype(object) == OUTCOME_PAY
    parts = [
        later.assign(about=Series(USE, index=later.index).mask(is_pay, PAY), audience="learner"),
        seen[seen["people"] > 0].assign(about=SEEN, audience="learner"),
        added[(added["item"] == NOTHING) & (added["people"] > 0)].assign(about=EMPLOYERS, audience="employer"),
    ]
    found = concat([part.reindex(columns=COLUMNS) for part in parts], ignore_index=True)
    slugs = in_scope(DataFrame({"credential": list(evidence.titles)}), evidence, choice)["credential"]
    missing = [slug for slug in slugs if slug not in set(found.loc[found["about"] == PAY, "credential"])]
    blank = DataFrame({"credential": missing, "about": PAY, "audience": "learner"}).reindex(columns=COLUMNS)
    return _with_costs(concat([found, blank], ignore_index=True), evidence)


def _with_costs(rows: DataFrame, evidence: Evidence) -> DataFrame:
    """The rows with what a credential costs, in order: the surest gain in pay first."""
    facts = evidence.offers.set_index(evidence.offers["credential"].astype(str))
    named = [
        evidence.named(*each) if each[0] else ""
        for each in rows[["question", "item", "instrument"]]
        .astype(object)
        .fillna("")
        .itertuples(index=False, name=None)
    ]
    employed = rows["audience"] == "employer"
    rows = rows.assign(
        label=named,
        title=rows["credential"].map(evidence.titles).astype(str),
        people=rows["people"].fillna(0).astype("int64"),
        organisations=rows["organisations"].astype("Int64").where(employed),
        largest_share=rows["largest_share"].astype(float),
        fee=to_numeric(rows["credential"].map(facts["fee"].to_dict()), errors="coerce").astype(float),
        hours=to_numeric(rows["credential"].map(facts["hours"].to_dict()), errors="coerce").astype(float),
        currency=rows["credential"].map(facts["currency"].to_dict()).astype(object).fillna("").astype(str),
        **{name: rows[name].astype(object).fillna("").astype(str) for name in ("instrument", "question", "item")},
        **{name: rows[name].astype(float) for name in MEASURES},
    )
    place = rows["about"].map({PAY: 0, USE: 1, EMPLOYERS: 2, SEEN: 3})
    ordered = rows.assign(_place=place).sort_values(
        ["_place", "low", "share", "title", "item"], ascending=[True, False, False, True, True]
    )
    return ordered.drop(columns="_place").reset_index(drop=True)


def say_returns(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Where it has surely added to pay, for how many it has not, and what it costs."""
    pay = rows[rows["about"] == PAY]
    shown = pay[pay["state"] != "withheld"]
    costs = _costs(pay)
    if shown.empty:
        one = "this credential" if choice.credential else "any one credential"
        return f"Not enough learners have said half a year on what {one} has added to their pay.{_back(rows)}{costs}"
    best = shown.sort_values(["low", "share"], ascending=False, kind="stable").iloc[0]
    told = (
        f"Half a year on, {percent(best['share'])} of the learners of {best['title']} say that it has added to their "
        f"pay ({between(best['low'], best['high'])}; {people_of(best['people'])}); {_cost(best)}."
    )
    if len(shown) == 1:
        return told
    few = int((shown["high"] < HALF).sum())
    most = f" Of {few} of {count(len(shown), 'credential', 'credentials')} with enough answers surely fewer than half."
    return f"Most surely: {told[0].lower()}{told[1:]}{most if few else ''}{costs}"


def _back(rows: DataFrame) -> str:
    """Where most see more back than it costs, as a sentence with a space before it; "" where that is not told."""
    seen = rows[(rows["item"] == MORE_BACK) & (rows["state"] != "withheld")]
    if seen.empty:
        return ""
    best = seen.sort_values(["low", "title"], ascending=[False, True]).iloc[0]
    return (
        f" Of learners who name a benefit at the end, {percent(best['share'])} see more back than it costs in "
        f"{best['title']} ({between(best['low'], best['high'])}; {people_of(best['people'])})"
        f"{'' if len(seen) == 1 else ', the highest of those with enough answers'}."
    )


def _cost(row: Mapping[str, Any]) -> str:
    """What a credential costs, in words.

    >>> _cost({"fee": 420.0, "currency": "EUR", "hours": 60.0}), _cost({"fee": 0.0, "currency": "", "hours": 1.0})
    ('it costs EUR 420 and 60 hours', 'it is free of charge and takes 1 hour')
    """
    fee, hours = row["fee"], row["hours"]
    taken = count(hours, "hour", "hours") if hours == hours else ""
    if fee != fee:
        return f"it takes {taken}, and its fee is not known" if taken else "what it costs is not known"
    if fee == 0:
        return f"it is free of charge{f' and takes {taken}' if taken else ''}"
    return f"it costs {_money(row)}{f' and {taken}' if taken else ''}"


def _money(row: Mapping[str, Any]) -> str:
    """A fee with its currency, where that is known.

    >>> _money({"fee": 1420.0, "currency": "EUR"}), _money({"fee": 420.0, "currency": ""})
    ('EUR 1,420', '420')
    """
    return f"{row['currency']} {row['fee']:,.0f}".strip()


def _costs(pay: DataFrame) -> str:
    """From what to what fees go, as a sentence with a space before it; "" where they are not known, or of one."""
    known = pay[pay["fee"].notna() & ((pay["currency"] != "") | (pay["fee"] == 0))]
    if len(known) < 2 or known["currency"].replace("", None).dropna().nunique() != 1:
        return ""
    currency = known["currency"].replace("", None).dropna().iloc[0]
    return f" Fees go from {known['fee'].min():,.0f} to {known['fee'].max():,.0f} {currency}."


def draw_returns(rows: DataFrame, mode: Mode) -> dict | None:
    """By credential, the share whose pay it has added to, beside what it costs; where that is told of none, the share
    who see more back than it costs; nothing where that is not told either."""
    shown = rows[rows["state"] != "withheld"]
    pay, worth_it = shown[shown["about"] == PAY], shown[shown["item"] == MORE_BACK]
    told = (worth_it if pay.empty else pay).head(MOST_ROWS)
    if told.empty:
        return None
    costs = [_short(row) for row in told.to_dict("records")]
    note = [
        "; ".join(filter(None, each)) for each in zip(notes(told.drop(columns="organisations")), costs, strict=True)
    ]
    table = told.assign(label=told["title"], estimate=told["share"], note=note)
    return ranked(
        table[["label", "estimate", "low", "high", "state", "note", "credential"]],
        "see more back than it costs, of learners who name a benefit" if pay.empty else "say it has added to their pay",
        (0, 1),
        "learner",
        mode,
        foot="Dot: as counted. Line: 90% sure to lie within. Credentials with too few answers stand in the table.",
    )


def _short(row: Mapping[str, Any]) -> str:
    fee = "free" if row["fee"] == 0 else _money(row) if notna(row["fee"]) else ""
    hours = f"{row['hours']:,.0f} h" if notna(row["hours"]) else ""
    return ", ".join(filter(None, (fee, hours)))


def display_returns(rows: DataFrame) -> DataFrame:
    """What each credential costs and what comes back, as a table for people, one row a credential."""
    shown = rows[rows["state"] != "withheld"]
    every = rows.drop_duplicates("credential").set_index("credential")
    parts = {
        PAY: shown[shown["about"] == PAY],
        USE: shown[shown["about"] == USE],
        EMPLOYERS: shown[shown["about"] == EMPLOYERS],
        MORE_BACK: shown[shown["item"] == MORE_BACK],
        SEEN: shown[shown["about"] == SEEN].sort_values("share", ascending=False, kind="stable"),
    }
    known = {name: part.drop_duplicates("credential").set_index("credential") for name, part in parts.items()}
    of = {name: part.reindex(every.index) for name, part in known.items()}
    fee, hours = every["fee"].astype(float), every["hours"].astype(float)
    columns = {
        "Credential": every["title"],
        "Fee": fee,
        "Currency": every["currency"],
        "Hours": hours,
        "Fee an hour": (fee / hours.where(hours > 0)).round(2),
        "A 5% rise pays it back in a year, from a yearly pay of": (fee / RISE).round(-2),
        **_columns("Added to pay, half a year on", of[PAY]),
        **_columns("Used nearly every week, half a year on", of[USE]),
        **_columns("See more back than it costs, at the end", of[MORE_BACK]),
        "Benefit most see": of[SEEN]["label"].astype(object).fillna(""),
        **_columns("See that one", of[SEEN]),
        **_columns("Employers: adds nothing to starting pay", of[EMPLOYERS]),
        "Shown": of[PAY]["state"].astype(object).fillna("withheld").map(STATES),
    }
    return DataFrame(columns).sort_values("Credential", kind="stable", ignore_index=True)


def _columns(head: str, part: DataFrame) -> dict[str, Series]:
    """A share with its interval and how many were asked, as columns."""
    ends = {f"{head} (%)": "share", f"{head}, low (90%)": "low", f"{head}, high (90%)": "high"}
    found = {name: (100 * part[column].astype(float)).round() for name, column in ends.items()}
    return found | {f"{head}, people asked": part["people"].astype("Float64").astype("Int64")}


CAUTION = (
    "Of those who agreed to be asked again and answered: likely those for whom it went better. They say what it has "
    "added; that pay rose does not show that the credential was the cause, and how much it rose in money nobody is "
    "asked, so no return in money is reckoned here. What a rise of 5% would pay back is arithmetic of the fee, not of "
    "anybody's pay. Benefits at the end are of the learners who named any: the form says to leave it empty when it is "
    "too early to tell. Employers' “nothing” is of those who answered; “don't know” is set aside. 90% Wilson "
    "intervals; what too few said of one credential is not told."
)
"""How we know."""


RETURNS = Finding(
    id="returns",
    question="What comes back for the fee and the hours?",
    caution=CAUTION,
    work=work_returns,
    audiences=("learner", "employer"),
    measures=MEASURES,
    say=say_returns,
    display=display_returns,
    draw=draw_returns,
    keys=KEYS,
)

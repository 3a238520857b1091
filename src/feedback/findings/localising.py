"""The case for another language: what learners ask for, credential by credential, what it is given in, and in which
languages forms are sent."""

import numpy as np
from pandas import DataFrame, Series, concat

from feedback.analysis.forms import FINISHED, in_steps
from feedback.analysis.ratings import only
from feedback.charts.bars import shares
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.learners import FINE, LANGUAGE, LOCALISATION, shares_of_each
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, in_scope, notes
from feedback.findings.words import between, listed, people_of, percent
from feedback.findings.work import Finding

MEASURES = ("hits", "share", "low", "high")
WISH, SPOKEN, SENT = "wish", "language", "sent"
"""What a row is about: a wish of learners of a credential, a language they named, forms sent in a language."""
IN_ANOTHER = "language"
"""The option of who would have been helped by the course in another language."""
CASE = 0.1
"""From this share of learners on (the lower end) who ask for another language, there is a case for one."""
COLUMNS = [
    "about", "credential", "instrument", "question", "item", "label", "title", "given", "missing", "audience", "people",
    *MEASURES,
]  # fmt: skip


def work_languages(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and wish (another language, subtitles, local cases): the share of its learners who have it;
    one a credential and language asked for, of those who named one by choosing it; one a language in which forms of
    learners were sent (at least so many, in steps of five, over all that is chosen).

    given: the languages the credential is given in, as the catalogue says. missing: "yes" where one asked for is not
    among them. A language that was written, and not chosen, is counted nowhere: a word of a few would name them.
    """
    asked = at_the_end(in_scope(evidence.answers, evidence, choice))
    asked = only(asked, audience="learner", construct=(LOCALISATION, LANGUAGE))
    found = shares_of_each(asked, evidence, limits)
    known = asked[["question", "construct"]].astype(str).drop_duplicates("question").set_index("question")["construct"]
    found = found[found["item"] != FINE].assign(construct=found["question"].map(known).astype(object))
    offered = evidence.offers.set_index(evidence.offers["credential"].astype(str))["languages"].dropna().to_dict()
    given = found["credential"].map(offered).astype(object).fillna("").astype(str)
    spoken = found["construct"] == LANGUAGE
    found = found[~spoken | (found["hits"] >= limits.minimum_group)]
    rows = found.assign(
        about=Series(WISH, index=found.index).mask(spoken, SPOKEN),
        label=[
            evidence.named(question, item, instrument)
            for instrument, question, item in zip(found["instrument"], found["question"], found["item"], strict=True)
        ],
        title=found["credential"].map(evidence.titles).astype(str),
        given=[", ".join(each.split("|")) for each in given.loc[found.index]],
        missing=[
            "yes" if each and item not in each.split("|") else ""
            for item, each in zip(found["item"], given.loc[found.index], strict=True)
        ],
        audience="learner",
    )
    rows["missing"] = rows["missing"].where(rows["about"] == SPOKEN, "")
    rows = rows.sort_values(["low", "title", "item"], ascending=[False, True, True])
    rows = concat([rows.reindex(columns=COLUMNS), _sent(evidence, choice)], ignore_index=True)
    return rows.assign(
        people=rows["people"].fillna(0).astype("int64"), **{name: rows[name].astype(float) for name in MEASURES}
    )


def _sent(evidence: Evidence, choice: Choice) -> DataFrame:
    """In which languages forms of learners were sent."""
    marks = evidence.funnel[(evidence.funnel["mark"] == FINISHED) & (evidence.funnel["audience"] == "learner")]
    if choice.credential or choice.programme:
        about = {
            slug
            for slug in evidence.titles
            if choice.credential in ("", slug) and choice.programme in ("", evidence.programmes.get(slug))
        }
        told = [not about.isdisjoint(str(each).split("|")) for each in marks["credentials"]]
        marks = marks[np.array(told, dtype=bool)]
    number = in_steps(marks.groupby("language")["count"].sum())
    blank = dict.fromkeys(COLUMNS, "") | dict.fromkeys(MEASURES, float("nan"))
    rows = [
        {**blank, "about": SENT, "item": str(code), "label": f"Forms sent in {code}", "people": int(each)}
        for code, each in number.items()
    ]
    return DataFrame(rows, columns=COLUMNS)


def say_languages(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Where there is a case for another language, and which is asked for and missing."""
    wishes = rows[(rows["about"] == WISH) & (rows["item"] == IN_ANOTHER)]
    named = rows[(rows["about"] == SPOKEN) & (rows["missing"] == "yes")]
    if rows[rows["about"] == WISH].empty:
        return "Not enough learners of any one credential have said whether another language would have helped."
    case = wishes[wishes["low"] >= CASE]
    if case.empty:
        return "Of no credential do we know that one learner in ten or more would have been helped by another language."
    first = case.iloc[0]
    own = named[named["credential"] == first["credential"]]
    which = f", and name {listed(list(own['label'].head(3)))}" if len(own) else ""
    in_them = f". It is given in {first['given'].replace(', ', ' and ')}" if first["given"] else ""
    others = [row["title"] for _, row in case.iloc[1:].iterrows()]
    also = f" The same holds for {listed(others[:3])}." if others else ""
    told = "" if len(own) else " Which language they write in their own words; it stands among the comments."
    return (
        f"There is a case for another language in {first['title']}: {percent(first['share'])} of its learners would "
        f"have been helped by one ({between(first['low'], first['high'])}; {people_of(first['people'])}){which}"
        f"{in_them}.{also}{told}"
    )


def draw_languages(rows: DataFrame, mode: Mode) -> dict | None:
    """The credentials whose learners ask for another language; nothing where too few have."""
    table = rows[(rows["about"] == WISH) & (rows["item"] == IN_ANOTHER)].head(MOST_ROWS)
    if table.empty:
        return None
    given = [f"given in {each}" if each else "" for each in table["given"]]
    note = ["; ".join(filter(None, each)) for each in zip(notes(table), given, strict=True)]
    table = table.assign(label=table["title"], note=note)
    title = "share of learners who would have been helped by another language"
    return shares(table[["label", "share", "low", "high", "state", "note"]], title, "learner", mode)


def display_languages(rows: DataFrame) -> DataFrame:
    """Wishes and languages as a table for people."""
    kinds = {WISH: "would have helped", SPOKEN: "language asked for", SENT: "forms sent"}
    return DataFrame(
        {
            "Credential": rows["title"],
            "What": rows["about"].map(kinds),
            "Which": rows["label"],
            "Share (%)": (100 * rows["share"].astype(float)).round(),
            "Low (90%)": (100 * rows["low"].astype(float)).round(),
            "High (90%)": (100 * rows["high"].astype(float)).round(),
            "People": rows["hits"].astype(float).round().astype("Int64"),
            "People asked, or forms at least": rows["people"],
            "Given in": rows["given"],
            "Asked for, and not given": rows["missing"],
            "Shown": rows["state"].map(STATES),
        }
    )


CAUTION = (
    "Of the learners who answered this question at the end of a credential; several wishes may be named. 90% Wilson "
    "intervals. A case is made where one in ten or more surely ask for another language. Who never enrolled because of "
    "the language is not asked here, so the need may be greater; enquiries in other languages are not counted. Which "
    "language is meant is counted where the form lets people choose one; where it lets them write, their words stand "
    "among the comments. A wish too few have is not told. Forms are counted at the form, in steps of five, apart from "
    "all answers: a language in which none are sent may be one in which the form is not offered."
)
"""How we know."""


LANGUAGES = Finding(
    id="languages",
    question="Is there a case for another language?",
    caution=CAUTION,
    work=work_languages,
    audiences=("learner",),
    measures=MEASURES,
    forms=True,
    listed=True,
    say=say_languages,
    display=display_languages,
    draw=draw_languages,
)

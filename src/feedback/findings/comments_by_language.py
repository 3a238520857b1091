"""In which languages people write, and how that is meant; what is not scored stands for itself."""

import numpy as np
from pandas import DataFrame

from feedback.analysis.ratings import wilson
from feedback.disclosure import Limits
from feedback.findings.comments import listable, tone
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES
from feedback.findings.voicing import behind, enough
from feedback.findings.words import between, count, listed, percent
from feedback.findings.work import Finding

WORDS = ("audience", "language")
COUNTS = {"critical": "neg", "mixed": "neu", "appreciative": "pos", "unscored": ""}
"""What is told of a language, and the tone it counts."""
MEASURES = ("comments", *COUNTS, "share", "low", "high")
MOST_SAID = 3
"""So many languages stand in the sentence."""
OTHERS = "others"
"""The languages in each of which too few wrote, taken together, and comments of no known language."""
NAMES = {
    "ar": "Arabic", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian",
    "nl": "Dutch", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "vi": "Vietnamese",
    "zh": "Chinese", OTHERS: "Other languages",
}  # fmt: skip
"""Languages by their names in the language of our pages."""


def work_by_language(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row an audience and language, as it was detected: listed comments, how many of them are critical, mixed or
    unclear, appreciative, and not scored; share: of those scored the critical, with its 90% interval as if everybody
    had written one; missing where nothing is scored. people: who wrote them, at the least (see `voicing.behind`).

    Languages of too few people are taken together. It counts what the list shows one by one to the same readers, so
    nothing follows from it that the list does not say.
    """
    comments = listable(evidence, choice, limits)
    comments = comments.assign(
        meant=tone(comments), language=comments["language"].astype(object).fillna("").astype(str)
    )
    rows = []
    for audience, mine in comments.astype({"audience": str}).groupby("audience"):
        known = {
            language: each
            for language, each in mine.groupby("language")
            if language and enough(behind(each.reset_index(drop=True)), limits)
        }
        rest = mine[~mine["language"].isin(list(known))]
        for language, each in [*known.items(), *([(OTHERS, rest)] if len(rest) else [])]:
            rows.append(_row(str(audience), str(language), each.reset_index(drop=True)))
    found = DataFrame(rows, columns=[*WORDS, *MEASURES, "people", "organisations", "largest_share"])
    found = found.astype({"people": "int64", "organisations": "Int64", "largest_share": float})
    found = found.assign(last=found["language"] == OTHERS)
    return found.sort_values(["last", "comments", "language", "audience"], ascending=[True, False, True, True],
                             ignore_index=True).drop(columns="last")  # fmt: skip


def _row(audience: str, language: str, comments: DataFrame) -> dict[str, object]:
    found = behind(comments)
    numbers = {name: int((comments["meant"] == meant).sum()) for name, meant in COUNTS.items()}
    scored = len(comments) - numbers["unscored"]
    alone = min(1.0, found["people"] / len(comments))  # several of one person tell no more than one
    low, high = wilson(numbers["critical"] * alone, scored * alone)
    share = numbers["critical"] / scored if scored else np.nan
    measured = {"comments": len(comments), **numbers, "share": share, "low": float(low), "high": float(high)}
    return {"audience": audience, "language": language, **measured, **found}


def say_by_language(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How critical comments are in each language, of those of whom most is listed, and what is not scored."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have written in any one language to show how they mean it."
    known = shown[shown["language"] != OTHERS]
    scored = known[known["share"].notna()]
    if scored.empty:
        return f"No language that enough people write in is scored.{_unscored(shown)}"
    who = scored.groupby("audience")["comments"].sum().idxmax()
    mine = scored[scored["audience"] == who].head(MOST_SAID)
    shares = [
        f"{percent(row['share'])} in {name_of(row['language'])} ({between(row['low'], row['high'])})"
        for row in mine.to_dict("records")
    ]
    apart = _unscored(known[known["audience"] == who])
    return f"Of the comments of {who}s that are scored, critical are {listed(shares)}.{apart}"


def _unscored(rows: DataFrame) -> str:
    """How many comments of these rows are not scored, where there are any."""
    number = int(rows["unscored"].sum())
    return f" {count(number, 'comment is', 'comments are')} not scored, and no part of that." if number else ""


def name_of(language: str) -> str:
    """The name of a language in the language of our pages; its code where we have none.

    >>> name_of("de"), name_of("xx")
    ('German', 'xx')
    """
    return NAMES.get(language, language)


def display_by_language(rows: DataFrame) -> DataFrame:
    """Languages as a table for people."""
    return DataFrame(
        {
            "Language": rows["language"].map(name_of),
            "Said by": rows["audience"],
            "Comments": rows["comments"],
            "Critical": rows["critical"],
            "Mixed or unclear": rows["mixed"],
            "Appreciative": rows["appreciative"],
            "Not scored": rows["unscored"],
            "Critical of scored (%)": (100 * rows["share"].astype(float)).round(),
            "Low (90%)": (100 * rows["low"].astype(float)).round(),
            "High (90%)": (100 * rows["high"].astype(float)).round(),
            "People at least": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


BY_LANGUAGE = Finding(
    id="comments_by_language",
    question="In which languages do people write, and how do they mean it?",
    caution=(
        "Counts the comments listed below, by the language a program found in each; where more were published than the "
        "list holds, a part of them. Not scored: the words say nothing our lists know, or there are none for the "
        "language; that is never counted as neutral. Shares are of the scored, and a question may give the tone, so "
        "languages compare only as far as their questions do. Intervals: 90% (Wilson), as if each person had written "
        "one comment. Languages of too few people stand together."
    ),
    work=work_by_language,
    measures=MEASURES,
    say=say_by_language,
    display=display_by_language,
    listed=True,
)

"""What is said more often than before: topics and words of the last run of each credential against the runs before."""

from collections.abc import Mapping

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.comments.quotes import quotes
from feedback.analysis.comments.rising import compared, meaningful, words_said
from feedback.analysis.people import count_people
from feedback.disclosure import Limits, showable
from feedback.findings.comments import COMMENTED, listable, named_topics
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end, day_of
from feedback.findings.themes import QUOTES
from feedback.findings.voicing import asked, behind, by_language, enough, heads, no_rows
from feedback.findings.words import listed
from feedback.findings.work import Finding

NOW, BEFORE = "now", "before"
WORDS = ("kind", "id", "label", "audience", "language")
MEASURES = ("times", "seldom", "quotes")
TOPIC, WORD = "topic", "word"
STEP = 5
"""Numbers of people are rounded down to a multiple of this, since those of all runs together stand under topics."""
MOST = 12
"""As many are told; the surest first."""


def work_rising(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic or word that is said more often in the last run of each credential than in those before.

    times: as often as before, by odds; missing, and seldom True, where fewer than the minimum said it before. people:
    who name it now, rounded down to STEP; of words at the least (see `voicing.behind`). Of each credential and audience
    runs of enough people who wrote are compared; a survey of no run stands for one; it, and a run
    without a first day, go by the month they ended in.
    """
    topics = at_the_end(named_topics(evidence, choice))
    waves = _waves(topics, evidence, limits)
    rows = [*_topics_that_rose(topics, waves, evidence, limits), *_words_that_rose(waves, evidence, choice, limits)]
    if not rows:
        return no_rows(WORDS, MEASURES)
    table = DataFrame(rows).sort_values(["z", "kind", "label"], ascending=[False, True, True]).head(MOST)
    table["people"] = table["people"] // STEP * STEP
    table["times"] = table["times"].round(1).mask(table["seldom"].astype(bool))
    kinds = {"organisations": "Int64", "largest_share": float, "people": "int64", "times": float, "seldom": bool}
    return table.drop(columns="z").astype(kinds).reset_index(drop=True)


def _waves(topics: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """Which survey counts as now and which as before: credential, audience, survey, wave. None of those of which only
    one run had enough people who wrote."""
    by = ["credential", "audience", "survey"]
    empty = DataFrame({name: [] for name in (*by, "wave")}, dtype=object)
    wrote = topics[topics["topic"] == COMMENTED].astype(dict.fromkeys([*by, "month"], "str"))
    if wrote.empty:
        return empty
    run = wrote["survey"].map(dict(evidence.survey_runs)).astype(object)
    wrote = wrote.assign(run=run.where(run.notna(), wrote["survey"]).astype(str))
    wrote = showable(wrote, ["credential", "run"], limits=limits)
    begins = dict(zip(evidence.runs["slug"].astype(str), evidence.runs["starts"].map(day_of), strict=True))
    when = wrote.groupby("run")["month"].max().to_dict()
    found = wrote[[*by, "run"]].drop_duplicates()
    found = found.assign(when=[begins.get(each) or when[each] for each in found["run"]])
    last = found.groupby(by[:2])[["when", "run"]].transform("max")
    newest = found[found["when"] == last["when"]].groupby(by[:2])["run"].max().rename("newest")
    found = found.merge(newest, on=by[:2])
    found["wave"] = np.where(found["run"] == found["newest"], NOW, BEFORE)
    both = found.groupby(by[:2])["wave"].transform("nunique") == len((NOW, BEFORE))
    return found.loc[both, [*by, "wave"]].reset_index(drop=True) if len(found) else empty


def _at(table: DataFrame, waves: DataFrame) -> DataFrame:
    """The rows of either time, with which."""
    by = ["credential", "audience", "survey"]
    return table.astype(dict.fromkeys(by, "str")).merge(waves.astype(dict.fromkeys(by, "str")), on=by)


def _topics_that_rose(topics: DataFrame, waves: DataFrame, evidence: Evidence, limits: Limits) -> list[dict]:
    if waves.empty:
        return []
    named = showable(topics[topics["topic"] != COMMENTED], ["credential", "topic"], limits=limits)
    named, wrote = _at(named, waves), _at(topics[topics["topic"] == COMMENTED], waves)
    rows = []
    for audience, own in named.groupby("audience"):
        number = wrote[wrote["audience"] == audience].groupby("wave")["people"].sum()
        counts = {wave: each.groupby(each["topic"].astype(str))["people"].sum().to_dict()
                  for wave, each in own.groupby("wave")}  # fmt: skip
        for row in _risen(counts, number, limits):
            now = own[(own["wave"] == NOW) & (own["topic"].astype(str) == row["thing"])]
            found = heads(count_people(now, []))
            if enough(found, limits):
                label = evidence.topic_names.get(row["thing"], row["thing"])
                rows.append(_row(TOPIC, row, label, str(audience), "", (), found, limits))
    return rows


def _words_that_rose(waves: DataFrame, evidence: Evidence, choice: Choice, limits: Limits) -> list[dict]:
    comments = listable(evidence, choice, limits)
    if waves.empty or "survey" not in comments:
        return []
    rows = []
    titles = {root for title in evidence.titles.values() for root, _ in meaningful(title, "en")}
    for audience, language, own in by_language(_at(at_the_end(comments), waves)):
        said = {wave: words_said(own["text"][own["wave"] == wave], language, without=titles) for wave in (NOW, BEFORE)}
        number = own.groupby("wave").size()
        for row in _risen({wave: dict(words) for wave, (words, _) in said.items()}, number, limits):
            saying = own[[row["thing"] in dict(meaningful(text, language)) for text in own["text"]]]
            saying = saying[saying["wave"] == NOW]
            found = behind(saying)
            if enough(found, limits):
                least = limits.minimum_group
                told = tuple(quotes(saying["text"], language, number=QUOTES, minimum=least, asked=asked(saying)))
                label = said[NOW][1][row["thing"]]
                rows.append(_row(WORD, row, label, audience, language, told, found, limits))
    return rows


def _risen(counts: Mapping[str, Mapping[str, int]], number: Series, limits: Limits) -> list[dict]:
    """What rose, of what enough say now."""
    now, before = counts.get(NOW, {}), counts.get(BEFORE, {})
    known = {thing for thing, said in now.items() if said >= limits.minimum_group}
    known |= {thing for thing, said in before.items() if said >= limits.minimum_group}
    new, old = ({thing: int(each.get(thing, 0)) for thing in known} for each in (now, before))
    found = compared(new, old, (int(number.get(NOW, 0)), int(number.get(BEFORE, 0))))
    return found[found["rose"].to_numpy(dtype=bool) & (found["now"] >= limits.minimum_group)].to_dict("records")


def _row(
    kind: str, row: dict, label: str, audience: str, language: str, told: tuple[str, ...], found: dict, limits: Limits
) -> dict:
    seldom = row["before"] < limits.minimum_group
    words = {"kind": kind, "id": row["thing"] if kind == TOPIC else "", "label": label, "audience": audience}
    return {
        **words,
        "language": language,
        "times": row["times"],
        "seldom": seldom,
        "quotes": told,
        "z": row["z"],
        **found,
    }


def say_rising(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What rose, in a sentence."""
    if rows.empty:
        return (
            "No comments can be told to speak of anything more often in the last run than before. It takes two runs of "
            "enough people who wrote."
        )
    names = [f"“{label}”" for label in rows["label"].head(3)]
    return f"Said more often since the last run: {listed(names)}{' and more' if len(rows) > len(names) else ''}."


def often(row: Series) -> str:
    """How much more often, in words.

    >>> often(Series({"times": 2.6, "seldom": False})), often(Series({"times": None, "seldom": True}))
    ('about 2.6 times as often', 'hardly named before')
    """
    return "hardly named before" if row["seldom"] else f"about {row['times']:.1f} times as often"


def display_rising(rows: DataFrame) -> DataFrame:
    """What rose as a table for people."""
    return DataFrame(
        {
            "What": rows["label"],
            "Is a": rows["kind"],
            "Said by": rows["audience"],
            "Language": rows["language"],
            "Than before": [often(row) for _, row in rows.iterrows()],
            "People, at least": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


RISING = Finding(
    id="rising",
    question="What is said more often than before?",
    caution=(
        "The last run of each credential against those before it, each of enough people who wrote (a survey of no "
        "run stands for one). Topics are counted in people, words in comments. As often: by odds, drawn towards no "
        "change where few say it (log-odds with an informative prior; Monroe, Colaresi and Quinn, 2008); of all "
        "that is named here one in ten may be chance, on average (Benjamini and Hochberg). Numbers of people are "
        "rounded down to a multiple of five, and what fewer than the minimum said before is not told in numbers. "
        "Who answers may differ from run to run, too."
    ),
    work=work_rising,
    audiences=("learner", "employer"),
    measures=MEASURES,
    say=say_rising,
    display=display_rising,
    listed=True,
)

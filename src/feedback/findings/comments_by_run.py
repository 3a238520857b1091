"""What learners write about, from one run of a credential to the next: which topics more of them name, and for how many
it falls short."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from pandas import DataFrame, Series, isna

from feedback.analysis.differencing import Fact, Part, Telling, give_away
from feedback.analysis.discoveries import discovered
from feedback.analysis.people import count_people
from feedback.analysis.ratings import only, wilson
from feedback.analysis.witnesses import chance_of
from feedback.disclosure import Limits
from feedback.findings.comments import COMMENTED, counted_topics, named_topics
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end, day_of, in_scope
from feedback.findings.totals import telling
from feedback.findings.voices import FALLING, MEANT, TOLD, VOICES, falling_told
from feedback.findings.words import between, people_of, percent
from feedback.findings.work import Finding

LEARNER = "learner"
CRITICAL = "critical"
MEASURES = (CRITICAL, "named", "named_low", "named_high", "share", "low", "high")
PEOPLE = "people"
OTHERS = ""
"""All who are of no run, or of one that is not told, together."""
KEPT = (
    "credential",
    "topic",
    "label",
    "run",
    "run_label",
    "starts",
    PEOPLE,
    "organisations",
    "largest_share",
    *MEASURES,
)
People = dict[Part, int]
"""How many of a run (or OTHERS) name a topic in which voice: by run, what of `VOICES` it is told as, and voice."""


def work_by_run(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic and run of the chosen credential, in time: how many learners of the run name it; critical: for
    how many of these it falls short, as `changes` counts them, missing where that must not be told; named: their share
    of all who wrote in that run; share: of them the critical; each with its 90% interval. The rows of topic "" count
    who wrote at all. Nothing of several credentials: runs are of one.

    Only runs are told to which nothing comes any more (`Evidence.settled`), and all of them or none: none where one of
    them, or all others together, is a few people; and so with each topic.
    """
    topics = only(at_the_end(named_topics(evidence, choice)), audience=LEARNER)
    topics = topics.assign(run=_runs(topics, evidence)).astype({"topic": "str"})
    credential = _the_one(evidence, choice)
    may = _may(topics, credential, evidence, limits) if credential and _runs_may(topics, limits) else {}
    counted = count_people(topics[(topics["run"] != OTHERS).to_numpy(dtype=bool)], ["topic", "run"])
    counted = counted[counted["topic"].isin(list(may))].reset_index(drop=True)
    if counted.empty:
        return DataFrame({name: [] for name in KEPT})
    critical = topics[topics["critical"].astype(bool)].groupby(["topic", "run"])[PEOPLE].sum().to_dict()
    short = [
        int(critical.get((topic, run), 0)) if may[topic] else None
        for topic, run in counted[["topic", "run"]].itertuples(index=False, name=None)
    ]
    return _told(counted.assign(critical=Series(short, dtype="Int64")), credential, evidence)


def _the_one(evidence: Evidence, choice: Choice) -> str:
    """The credential that is chosen, or the only one there is; "" where there are several."""
    there = in_scope(DataFrame({"credential": list(evidence.titles)}), evidence, choice)["credential"].astype(str)
    return str(there.iloc[0]) if len(there) == 1 else ""


def _runs(topics: DataFrame, evidence: Evidence) -> Series:
    """The run by whose survey each was asked, where nothing comes to it any more; else OTHERS."""
    settled = {survey: run for survey, run in evidence.survey_runs.items() if evidence.settled.get(run)}
    return topics["survey"].astype(object).map(settled).astype(object).fillna(OTHERS).astype(str)


def _runs_may(topics: DataFrame, limits: Limits) -> bool:
    """Whether it may be told of each run how many wrote in it."""
    wrote = topics[topics["topic"] == COMMENTED].groupby("run")[PEOPLE].sum().to_dict()
    return _none_is_few(wrote.values(), limits)


def _none_is_few(people: Iterable[int], limits: Limits) -> bool:
    return all(number == 0 or number >= limits.minimum_group for number in people)


def _may(topics: DataFrame, credential: str, evidence: Evidence, limits: Limits) -> dict[str, bool]:
    """The topics that may be told by run, and of each whether it may be told with for how many it falls short."""
    shown = counted_topics(evidence, Choice(credential=credential, audience=LEARNER), limits)
    whole = {str(row["topic"]): row for row in shown.to_dict("records")}
    named = topics[topics["topic"] != COMMENTED]
    falling = {topic for _, topic, _ in falling_told(named, limits)}
    asked: list[tuple[str, bool]] = []
    tellings: list[Telling] = []
    for topic, rows in named.groupby("topic"):
        people = _people(rows)
        places = {part[0] for part in people}
        short = [_number(people, place, FALLING) for place in places]
        others = [_number(people, place) - _number(people, place, FALLING) for place in places]
        # What an action measures of a run is for how many a topic falls short, so nobody may subtract it for a few.
        if not _none_is_few([*others, *(_number(people, place) for place in places)], limits):
            continue
        for critical in (True, False) if _none_is_few(short, limits) else (False,):
            asked.append((str(topic), critical))
            tellings += _tellings(people, whole.get(str(topic), {}), topic in falling, critical, limits)
    gives = give_away(tellings, limits.minimum_group)
    fine = {each for each, both in zip(asked, zip(gives[::2], gives[1::2], strict=True), strict=True) if not any(both)}
    return {COMMENTED: False} | {topic: (topic, True) in fine for topic, _ in fine}


def _people(rows: DataFrame) -> People:
    """How many of each run name a topic in each voice; also those of nobody."""
    found = {(run, TOLD[voice], voice): 0 for run in rows["run"].unique() for voice in MEANT.values()}
    columns = ["run", "critical", "appreciative", PEOPLE]
    for run, critical, appreciative, number in rows[columns].itertuples(index=False, name=None):
        voice = MEANT[bool(critical), bool(appreciative)]
        found[run, TOLD[voice], voice] += int(number)
    return found


def _number(people: People, place: str, voices: Iterable[str] = tuple(MEANT.values())) -> int:
    return sum(number for part, number in people.items() if part[0] == place and part[2] in voices)


def _tellings(
    people: People, whole: Mapping[str, object], falling: bool, critical: bool, limits: Limits
) -> tuple[Telling, Telling]:
    """What telling a topic by run would say to whoever knows all about the whole, of runs; and to whoever knows what is
    told of the whole, of that. whole: what is told of it; falling: also for how many it falls short."""
    every = _fact(people, MEANT.values())
    voices = {name: _fact(people, who) for name, who in VOICES.items()}
    short = _fact(people, FALLING)
    more = []
    for place in sorted({part[0] for part in people} - {OTHERS}):
        more += [_fact(people, MEANT.values(), place), *([_fact(people, FALLING, place)] if critical else [])]
    of_runs = telling([every, *voices.values(), short], more, people, limits)
    cells = dict(of_runs.cells)
    for part in people:
        for name in ("all", "short" if part[2] in FALLING else "not short"):
            cells[f"{part[0]}: {name}"] = [*cells.get(f"{part[0]}: {name}", ()), part]
    shown = [fact for name, fact in voices.items() if not isna(whole.get(name))]
    known = [every, *shown, *([short] if falling else [])]
    names = {part: ("", part[1], part[0], part[2]) for part in people}
    together = {names[part]: number for part, number in people.items()}
    of_whole = telling(_renamed(known, names), _renamed(more, names), together, limits)
    return replace(of_runs, cells=cells), of_whole


def _renamed(facts: Iterable[Fact], names: Mapping[Part, Part]) -> list[Fact]:
    return [replace(fact, parts=frozenset(names[part] for part in fact.parts)) for fact in facts]


def _fact(people: People, voices: Iterable[str], place: str | None = None) -> Fact:
    """How many are of some voices, of one run or of all."""
    here = {part for part in people if part[2] in voices and place in (None, part[0])}
    return Fact("", frozenset(here), sum(people[part] for part in here))


def _told(counted: DataFrame, credential: str, evidence: Evidence) -> DataFrame:
    """The rows with their shares, in the order of the runs, the most named topic first."""
    runs = evidence.runs.assign(slug=evidence.runs["slug"].astype(str)).set_index("slug")
    wrote = counted[counted["topic"] == COMMENTED].set_index("run")[PEOPLE]
    people, of = counted[PEOPLE].astype(float), counted["run"].map(wrote).astype(float)
    told = (of >= people) & (counted["topic"] != COMMENTED)
    critical = counted[CRITICAL].to_numpy(dtype=float, na_value=np.nan)
    heard = np.isfinite(critical)
    named_low, named_high = wilson(np.where(told, people, 0), np.where(told, of, 0))
    low, high = wilson(np.where(heard, critical, 0), np.where(heard, people, 0))
    names = counted["topic"].map(lambda topic: evidence.topic_names.get(topic, topic)).astype(str)
    table = counted.assign(
        credential=credential,
        label=names.mask(counted["topic"] == COMMENTED, "All who wrote"),
        run_label=[str(runs["label"].get(run, run)) for run in counted["run"]],
        starts=[day_of(runs["starts"].get(run)) for run in counted["run"]],
        named=(people / of).where(told),
        named_low=named_low,
        named_high=named_high,
        share=critical / people.to_numpy(),
        low=low,
        high=high,
    )
    often = counted.groupby("topic")[PEOPLE].sum().to_dict()
    table = table.assign(often=[-often[topic] for topic in table["topic"]])
    return table.sort_values(["often", "topic", "starts", "run"], ignore_index=True)[list(KEPT)]


def say_by_run(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which topic more name, or fewer, in the last run than in the one told before it, where that is no chance."""
    if not _the_one(evidence, choice):
        return "Not enough is chosen to see runs side by side: choose a credential above."
    shown = rows[rows["state"] != "withheld"]
    runs = shown.drop_duplicates("run").sort_values(["starts", "run"])["run"].tolist()
    if len(runs) < 2:
        return "Not enough people have written in two closed runs of it, each on its own, to compare them."
    if shown["named"].isna().all():
        return "Not enough people name any one topic in each closed run of it to compare them."
    wrote = shown[shown["topic"] == COMMENTED].set_index("run")[PEOPLE].astype(float)
    pairs = [
        [series.loc[run] for run in runs[-2:]]
        for _, series in shown[shown["named"].notna()].set_index("run").groupby("topic", sort=True)
        if set(runs[-2:]) <= set(series.index)
    ]
    chances = [chance_of(one[PEOPLE], wrote[runs[-2]], other[PEOPLE], wrote[runs[-1]]) for one, other in pairs]
    clear = [pair for pair, found in zip(pairs, discovered(chances), strict=True) if found]
    if not clear:
        return (
            f"Of the {len(runs)} runs told here, the last does not clearly name any topic more often, or less, than "
            "the one before it."
        )
    before, after = max(clear, key=lambda pair: abs(pair[1]["named"] - pair[0]["named"]))
    verb = "more" if after["named"] > before["named"] else "fewer"
    return (
        f"In “{after['run_label']}” {verb} of those who wrote name “{after['label']}” than in “{before['run_label']}”: "
        f"{percent(after['named'])} ({between(after['named_low'], after['named_high'])}; {people_of(after['people'])}) "
        f"instead of {percent(before['named'])}."
    )


def display_by_run(rows: DataFrame) -> DataFrame:
    """Topics by run as a table for people."""
    hundred = {
        "Of all who wrote (%)": "named", "Low (90%)": "named_low", "High (90%)": "named_high", "Critical (%)": "share",
        "Critical, low (90%)": "low", "Critical, high (90%)": "high",
    }  # fmt: skip
    return DataFrame(
        {
            "Topic": rows["label"],
            "Run": rows["run_label"],
            "Starts": rows["starts"],
            "People": rows[PEOPLE],
            **{name: (100 * rows[column].astype(float)).round() for name, column in hundred.items()},
            "Shown": rows["state"].map(STATES),
        }
    )


BY_RUN = Finding(
    id="comments_by_run",
    question="What do learners write about from run to run?",
    caution=(
        "Learners at the end of a run whose survey has closed, counted once for each topic; shares are of those who "
        "wrote in that run, with 90% Wilson intervals. Critical, of those who name it, are all who criticise it, also "
        "those who praise it, too, as under what should change. A difference is named only where of all that would be "
        "named no more than one in ten were chance. Where fewer than the minimum of one run, or of all others "
        "together, wrote, no run is told; a topic few of one run name, or name without criticising it, is told of none."
    ),
    work=work_by_run,
    audiences=(LEARNER,),
    measures=MEASURES,
    say=say_by_run,
    display=display_by_run,
    listed=True,
)

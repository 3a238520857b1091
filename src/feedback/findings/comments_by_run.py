"""What learners write about, from one run of a credential to the next: which topics more of them name, and how."""

from collections.abc import Mapping

import numpy as np
from pandas import DataFrame, Series, isna

from feedback.analysis.differencing import Fact, Part
from feedback.analysis.ratings import only, wilson
from feedback.disclosure import Limits, may_show
from feedback.findings.comments import COMMENTED, counted_topics, named_topics
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end, day_of, in_scope
from feedback.findings.totals import gives_away
from feedback.findings.voices import MEANT, VOICES, voiced
from feedback.findings.words import between, people_of, percent
from feedback.findings.work import Finding

LEARNER = "learner"
NUMBERS = tuple(VOICES)
MEASURES = (*NUMBERS, "named", "named_low", "named_high", "share", "low", "high")
PEOPLE = "people"
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


def work_by_run(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic and run of the chosen credential, in time: how many learners of the run name it, in which voice;
    named: their share of all who wrote in that run; share: of them the critical; each with its 90% interval. The rows
    of topic "" count who wrote at all. Nothing of several credentials: runs are of one.

    Nothing is told of a run by which, with the numbers of all runs together, few people of another would follow; the
    largest run is told first, and a run of which not all can be told is told of without voices, or not at all.
    """
    topics = only(at_the_end(named_topics(evidence, choice)), audience=LEARNER)
    topics = topics.assign(run=_runs(topics, evidence))
    credential = _the_one(evidence, choice)
    if not credential or topics.empty or (topics["run"] == "").all():
        return DataFrame({name: [] for name in KEPT})
    counted = voiced(topics.astype({"topic": "str"}), ["topic", "run"], limits)
    counted = counted[counted["run"] != ""].reset_index(drop=True)
    shown = counted_topics(evidence, Choice(credential=credential, audience=LEARNER), limits)
    whole = {str(row["topic"]): row for row in shown.to_dict("records")}
    for topic, rows in counted.groupby("topic"):
        _hide(
            counted,
            rows.index.tolist(),
            _people(topics[topics["topic"].astype(str) == topic]),
            whole.get(topic),
            limits,
        )
    return _told(counted, credential, evidence)


def _the_one(evidence: Evidence, choice: Choice) -> str:
    """The credential that is chosen, or the only one there is; "" where there are several."""
    there = in_scope(DataFrame({"credential": list(evidence.titles)}), evidence, choice)["credential"].astype(str)
    return str(there.iloc[0]) if len(there) == 1 else ""


def _runs(topics: DataFrame, evidence: Evidence) -> Series:
    """The run by whose survey each was asked; "" where that is none."""
    return topics["survey"].astype(object).map(dict(evidence.survey_runs)).astype(object).fillna("").astype(str)


def _people(topics: DataFrame) -> dict[Part, int]:
    """How many are in each run and voice; also those of nobody."""
    found = {(run, name, voice): 0 for run in topics["run"].unique() for name, who in VOICES.items() for voice in who}
    name_of = {voice: name for name, voices in VOICES.items() for voice in voices}
    columns = ["run", "critical", "appreciative", PEOPLE]
    for run, critical, appreciative, number in topics[columns].itertuples(index=False, name=None):
        voice = MEANT[bool(critical), bool(appreciative)]
        found[run, name_of[voice], voice] += int(number)
    return found


def _hide(
    counted: DataFrame, places: list[int], people: dict[Part, int], whole: Mapping[str, object] | None, limits: Limits
) -> None:
    """Leave out of the rows of one topic what must not be told of each run."""
    every = frozenset(people)
    topic = str(counted.loc[places[0], "topic"])
    total = [Fact("", every, sum(people.values()))]
    for voices in VOICES.values() if topic != COMMENTED else ():
        total.append(_fact(people, {part for part in every if part[2] in voices}))
    shown = total[:1] + [
        _fact(people, {part for part in every if part[2] in voices})
        for name, voices in VOICES.items()
        if whole is not None and not isna(whole[name])
    ]
    told: list[Fact] = []
    for place in sorted(places, key=lambda at: (-int(counted.loc[at, PEOPLE]), str(counted.loc[at, "run"]))):
        row = counted.loc[place]
        mine = {part for part in every if part[0] == row["run"]}
        everybody = _fact(people, mine)
        by_voice = [
            _fact(people, {part for part in mine if part[2] in who})
            for name, who in VOICES.items()
            if topic != COMMENTED and not isna(row[name])
        ]
        one = counted.loc[[place]]
        may = bool(may_show(one[PEOPLE], one["organisations"], one["largest_share"], limits)[0])
        for more in ([everybody, *by_voice], [everybody]) if may else ():
            if not _gives_away(total, shown, told, more, people, limits):
                told += more
                if len(more) == 1:
                    counted.loc[place, list(NUMBERS)] = None
                break
        else:
            counted.loc[place, PEOPLE] = 0


def _gives_away(
    total: list[Fact], shown: list[Fact], told: list[Fact], more: list[Fact], people: dict[Part, int], limits: Limits
) -> bool:
    """Whether with these numbers few people of a run would be known to whoever knows all about the whole, or few of the
    whole to whoever knows what is told of it."""
    if gives_away([*total, *told], more, people, limits):
        return True
    names = {part: ("", part[1], part[0], part[2]) for part in people}

    def renamed(facts: list[Fact]) -> list[Fact]:
        return [Fact("", frozenset(names[part] for part in fact.parts), fact.people) for fact in facts]

    together = {names[part]: number for part, number in people.items()}
    return gives_away(renamed([*shown, *told]), renamed(more), together, limits)


def _fact(people: dict[Part, int], parts: set[Part]) -> Fact:
    return Fact("", frozenset(parts), sum(people[part] for part in parts))


def _told(counted: DataFrame, credential: str, evidence: Evidence) -> DataFrame:
    """The rows with their shares, in the order of the runs, the most named topic first."""
    runs = evidence.runs.assign(slug=evidence.runs["slug"].astype(str)).set_index("slug")
    wrote = counted[counted["topic"] == COMMENTED].set_index("run")[PEOPLE]
    people, of = counted[PEOPLE].astype(float), counted["run"].map(wrote).astype(float)
    told = (people > 0) & (of >= people) & (counted["topic"] != COMMENTED)
    critical = counted["negative"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    heard = np.isfinite(critical) & (people > 0).to_numpy() & (counted["topic"] != COMMENTED).to_numpy()
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
        share=np.where(heard, critical / people.where(people > 0).to_numpy(), np.nan),
        low=low,
        high=high,
    )
    often = counted.groupby("topic")[PEOPLE].sum().to_dict()
    table = table.assign(often=[-often[topic] for topic in table["topic"]])
    return table.sort_values(["often", "topic", "starts", "run"], ignore_index=True)[list(KEPT)]


def say_by_run(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which topic more name, or fewer, than in the run before, where that is clear."""
    if not _the_one(evidence, choice):
        return "Not enough is chosen to see runs side by side: choose a credential above."
    shown = rows[(rows["state"] != "withheld") & rows["named"].notna()]
    runs = shown["run"].nunique()
    if runs < 2:
        return "Not enough people have written in two runs of it to compare them."
    clear = []
    for _, series in shown.groupby("topic", sort=True):
        if len(series) < 2:
            continue
        before, after = series.iloc[-2], series.iloc[-1]
        if before["named_high"] < after["named_low"] or after["named_high"] < before["named_low"]:
            clear.append((abs(after["named"] - before["named"]), before, after))
    if not clear:
        return (
            f"In the {runs} runs that can be told apart no topic is clearly named more often, or less, than in the run "
            "before."
        )
    _, before, after = max(clear, key=lambda each: each[0])
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
        "Learners at the end of a run, counted once for each topic; shares are of those who wrote in that run, with "
        "90% Wilson intervals, and a difference is named only where two intervals do not meet. A run of fewer than the "
        "minimum is left out, and so is another, or its voices, where the hidden one would follow from what stands "
        "under all runs together."
    ),
    work=work_by_run,
    audiences=(LEARNER,),
    measures=MEASURES,
    say=say_by_run,
    display=display_by_run,
    listed=True,
)

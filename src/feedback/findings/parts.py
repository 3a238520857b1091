"""Who is behind the numbers that are shown, in parts: of each part nothing smaller is ever told. And what must not be
worked out of them (see `attacking`)."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from pandas import DataFrame, Series

from feedback.analysis.ratings import only
from feedback.analysis.recognition import AMONG_AWARE
from feedback.analysis.runs import WORTH
from feedback.analysis.skills import NEED, NEED_3Y, PERFORMANCE
from feedback.findings.answers import GROUP, LAST, possible, spelled
from feedback.findings.comments import COMMENTED
from feedback.findings.evidence import MEASURES, Choice, Evidence
from feedback.findings.groups import ROLE, SECTOR, SIZE, grouped, kinds_listed
from feedback.findings.scope import ABOUT_SURVEYS, DROPOUT, LATER, at_the_end, in_scope

LEARNER, SEVERAL = "learner", "several"
OTHER = "not chosen"
TOPIC = "topic "
"""What stands before a topic where a question stands else."""
GROUPED = "rated by groups: "
"""What stands before a measure of regard where a question stands else: who gave it, by sector, size and role."""
VOICES = {"negative": ("critical",), "positive": ("appreciative",), "mixed": ("both", "neither")}
VOICE = {(True, False): "critical", (False, True): "appreciative", (True, True): "both", (False, False): "neither"}
FALLING = ("critical", "both")
APART = (DROPOUT, LATER, ABOUT_SURVEYS)
EVERYBODY = ": all who answered"
"""How the name of a cell ends that counts everybody who answered something."""
WROTE = ": all who wrote"
"""How the name of a cell ends that counts everybody who wrote a comment in a run."""


class Part(NamedTuple):
    """Those who gave one answer to one thing asked about a credential; of what is told by run, in one run.

    item: of a question with several answers the option, each of which is a question of its own: chosen or not. option:
    of a question with one answer. step: the number on a scale, LAST for what was said instead. said: the answer in
    words. good: whether it is a positive one; None where that is not asked. at_end: see `scope.at_the_end`.
    """

    credential: str
    audience: str
    instrument: str
    question: str
    part: str
    kind: str = ""
    item: str = ""
    step: int = 0
    said: str = ""
    good: bool | None = None
    at_end: bool = True
    run: str = ""


def everybody(evidence: Evidence) -> dict[Part, int]:
    """How many people are in each part: of what was asked, of topics and comments, and of who rated by groups."""
    return _answered(evidence) | _voiced(evidence) | _commented(evidence) | _rated_in_groups(evidence)


def _answered(evidence: Evidence) -> dict[Part, int]:
    """How many people are in each part of what was asked, also in those of nobody: which these are is unknown."""
    answers = in_scope(evidence.answers, evidence, Choice(), at_large=True)
    given = spelled(answers, evidence)
    by_run = (given["audience"] == LEARNER) & given["construct"].isin([WORTH, *evidence.watched.get(LEARNER, ())])
    run = given["survey"].astype(object).map(dict(evidence.survey_runs)).astype(object)
    given = given.assign(run=run.where(by_run, "").fillna("").astype(str))
    group, word = [*GROUP, "run"], ["instrument", "question", "part"]
    every = given[group].drop_duplicates().merge(possible(given, evidence), on=word)
    number = given.groupby([*group, "answer"])["people"].sum().to_dict()
    good = given[given["positive"].notna()].groupby([*word, "answer"])["positive"].first().astype(bool).to_dict()
    rated = {place[:3] for place in good}
    several = answers[(answers["kind"] == SEVERAL) & (answers["item"] == "") & (answers["status"] == "answered")]
    base = several.astype(dict.fromkeys(GROUP[:4], str)).groupby(GROUP[:4])["people"].sum().to_dict()
    items = {
        (instrument, question, evidence.named(question, item, instrument)): item
        for instrument, question in given[["instrument", "question"]].drop_duplicates().itertuples(index=False)
        for item in evidence.items(question, instrument)
    }
    people: dict[Part, int] = {}
    columns = [*group, "kind", "place", "answer"]
    for *cell, run, kind, place, answer in every[columns].itertuples(index=False, name=None):
        asked = tuple(cell[2:])
        known = good.get((*asked, answer), False) if asked in rated and place != LAST else None
        option = items.get((asked[0], asked[1], answer), answer) if kind == SEVERAL and place != LAST else ""
        part = Part(*cell, kind, option, place, answer, known, asked[0] not in APART, run)  # type: ignore[call-arg]
        people[part] = number.get((*cell, run, answer), 0)
        if option and tuple(cell[:4]) in base:
            people[part._replace(said=OTHER)] = base[tuple(cell[:4])] - people[part]
    return people


def _voiced(evidence: Evidence) -> dict[Part, int]:
    """How many people named each topic at the end of a course in each voice; learners by their run."""
    topics = at_the_end(in_scope(evidence.topics, evidence, Choice()))
    topics = topics[topics["topic"] != COMMENTED]
    topics = topics.assign(run=_runs(topics, evidence).where(topics["audience"] == LEARNER, ""))
    people: dict[Part, int] = {}
    columns = ["credential", "audience", "topic", "run", "critical", "appreciative", "people"]
    for credential, audience, topic, run, critical, appreciative, number in topics[columns].itertuples(
        index=False, name=None
    ):
        asked = (str(credential), str(audience), "", f"{TOPIC}{topic}", "")
        for voice in VOICE.values():
            people.setdefault(Part(*asked, said=voice, run=run), 0)
        people[Part(*asked, said=VOICE[bool(critical), bool(appreciative)], run=run)] += int(number)
    return people


def _commented(evidence: Evidence) -> dict[Part, int]:
    """How many wrote a comment at all, by credential, audience and stage; learners at the end of a course by run."""
    topics = in_scope(evidence.topics, evidence, Choice(), at_large=True)
    wrote = topics[topics["topic"] == COMMENTED].astype({"credential": str, "audience": str, "instrument": str})
    stage = wrote["instrument"].where(wrote["instrument"].isin([DROPOUT, LATER]), "")
    run = _runs(wrote, evidence).where((wrote["audience"] == LEARNER) & (stage == ""), "")
    number = wrote["people"].groupby([wrote["credential"], wrote["audience"], stage, run]).sum()
    return {
        Part(credential, audience, "", TOPIC + COMMENTED, "", said=said, run=run): int(people)
        for (credential, audience, said, run), people in number.items()
    }


def _runs(table: DataFrame, evidence: Evidence) -> Series:
    """The run by whose survey each was asked; "" where that is none."""
    return table["survey"].astype(object).map(dict(evidence.survey_runs)).astype(object).fillna("").astype(str)


def _rated_in_groups(evidence: Evidence) -> dict[Part, int]:
    """How many people of each sector, size and role gave a measure of regard, also of those nobody gave it: `part` is
    the group of sectors, `item` that of sizes, `said` the role. Of which sectors there are organisations of which size
    is known from the catalogue; anybody may have any role."""
    columns = ["credential", "construct", "organisation"]
    answers = in_scope(only(evidence.answers, audience="employer", status="answered"), evidence, Choice())
    wanted = [measure.construct for measure in MEASURES]
    answers = answers[answers["construct"].isin(wanted) & answers["number"].notna()]
    answers = answers.assign(_sector=grouped(answers, SECTOR), _size=grouped(answers, SIZE))
    answers = answers.astype(dict.fromkeys(columns, object))
    by_role = in_scope(evidence.rated, evidence, Choice()) if len(evidence.rated) else answers
    by_role = by_role.assign(_role=grouped(by_role, ROLE)).astype(dict.fromkeys(columns, object))
    roles = by_role.groupby([*columns, "_role"], dropna=False)["people"].sum()
    houses = answers[["organisation", "_sector", "_size"]].drop_duplicates("organisation")
    kind_of = {house: kind for house, *kind in houses.itertuples(index=False, name=None)}
    nameless = ("", "")
    kinds = kinds_listed(evidence) | {tuple(kind) for kind in kind_of.values()} | {nameless}
    people: dict[Part, int] = {}
    for credential, construct in answers[columns[:2]].drop_duplicates().itertuples(index=False, name=None):
        for sector, size in kinds:
            for role in ("", *ROLE.names):
                part = Part(str(credential), "employer", "", GROUPED + construct, sector, item=size, said=role)
                people[part] = 0
    for (credential, construct, house, role), number in roles.items():
        sector, size = kind_of.get(house, nameless)
        part = Part(str(credential), "employer", "", GROUPED + construct, sector, item=size, said=role)
        people[part] = people.get(part, 0) + int(number)
    return people


def group_of(part: Part, by: str) -> str:
    """The group of a split those in a part of `_rated_in_groups` are of."""
    return {SECTOR.id: part.part, SIZE.id: part.item, ROLE.id: part.said}[by]


def valued(evidence: Evidence, people: dict[Part, int]) -> dict[tuple[str, str], list[Part]]:
    """By construct and credential who gave employers' ratings that are told as a mean or by skill. What is reckoned
    from several answers is in no questionnaire, and joins `people` here, with the steps nobody gave."""
    wanted = [*(measure.construct for measure in MEASURES), AMONG_AWARE, NEED, PERFORMANCE, NEED_3Y]
    given = in_scope(only(evidence.answers, audience="employer", status="answered"), evidence, Choice())
    given = given[given["construct"].isin(wanted) & given["number"].notna()]
    known: dict[tuple[str, ...], list[Part]] = defaultdict(list)
    for part in people:
        known[part[:5]].append(part)
    found: dict[tuple[str, str], list[Part]] = defaultdict(list)
    cell = ["credential", "audience", "instrument", "question", "item"]
    words = given.astype(dict.fromkeys([*cell, "construct", "scale"], str))
    for (construct, scale, *place), each in words.groupby(["construct", "scale", *cell]):
        parts = [part for part in known[tuple(place)] if part.step != LAST]
        if not parts:
            number = each.groupby("number")["people"].sum().to_dict()
            steps = {float(step.value) for step in evidence.scales.get(scale, ())} | set(number)
            parts = [
                Part(*place, kind="scale", step=int(step), said=f"{step:g}")  # type: ignore[misc]
                for step in sorted(steps)
            ]
            people.update({part: int(number.get(float(part.step), 0)) for part in parts})
        found[construct, place[0]] += parts
    return found


def to_hide(people: Collection[Part]) -> dict[str, set[Part]]:
    """What must not be worked out where it is too few, by name."""
    cells: dict[str, set[Part]] = defaultdict(set)
    for part in people:
        asked = f"{part.credential or 'no credential'}, {part.audience}s, {part.instrument} {part.question}"
        asked = f"{asked} {part.part or part.item}".strip()
        if part.question == TOPIC + COMMENTED:
            cells[f"{asked} {part.said}: all who commented"].add(part)
            if part.run:
                cells[f"{asked}, run {part.run}{WROTE}"].add(part)
            continue
        if part.question.startswith(TOPIC):
            voice = next(name for name, voices in VOICES.items() if part.said in voices)
            cells[f"{asked}: all who name it"].add(part)
            cells[f"{asked}: {voice}"].add(part)
            if part.run:
                cells[f"{asked}, run {part.run}: all who name it"].add(part)
                cells[f"{asked}, run {part.run}: {voice}"].add(part)
                if part.said in FALLING:
                    cells[f"{asked}, run {part.run}: falls short"].add(part)
            continue
        if part.question.startswith(GROUPED):
            asked = f"{part.credential}, {part.question}"
            sector, size, role = (each or "not known" for each in (part.part, part.item, part.said))
            for named in (f"sector {sector}", f"size {size}", f"role {role}", f"sector {sector}, size {size}"):
                cells[f"{asked}, {named}"].add(part)
            continue
        if part.said != OTHER:
            cells[f"{asked}: {part.said}"].add(part)
        if part.step != LAST:
            cells[f"{asked}{EVERYBODY}"].add(part)
            if part.run:
                cells[f"{asked}, run {part.run}{EVERYBODY}"].add(part)
    return cells


def of_one_voice(people: dict[Part, int], minimum: int) -> dict[str, set[Part]]:
    """Of each group smaller than twice the minimum that said the same with one voice, what nobody said, by name."""
    groups: dict[tuple[Any, ...], list[Part]] = defaultdict(list)
    for part in people:
        if part.step != LAST and not part.question.startswith((TOPIC, GROUPED)):
            groups[*part[:5], part.item, part.run].append(part)
    cells = {}
    for group, parts in groups.items():
        given = [part for part in parts if people[part]]
        others = {part for part in parts if not people[part]}
        if len(given) == 1 and others and given[0].said != OTHER and minimum <= people[given[0]] < 2 * minimum:
            cells[f"{' '.join(filter(None, group))}: nobody else than {given[0].said}"] = others
    return cells

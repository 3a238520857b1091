"""What was answered, question by question: how many people gave each answer, where enough of them did.

Where one small cell is left out, the others and the total would give it away; so more are left out until they do not.
"""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, Series, concat

from feedback.analysis.people import count_people
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.cells import options_told, safe_to_tell, steps_told
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, in_scope, title_of
from feedback.findings.words import count, listed
from feedback.findings.work import Finding

CHOSEN = ("one", "several")
RATED = ("scale", "grid")
KINDS = (*CHOSEN, *RATED, "number")
"""The kinds of question whose answers are counted here; pairs, and best and worst, by what was `CHOSEN_OF` them.
Comments have a finding of their own; so have experts, of whom there are few."""
PREFERENCE, BUNDLE, CHOSEN_OF = "preference", "bundle", "_chosen"
"""Constructs of comparisons, and what is added for what was chosen in numbers (survey.derived)."""
OFTEN = {1.0: "chosen", 0.0: "the other chosen", 0.5: "neither chosen"}
OFFERED = "offered"
ENDS = {1.0: "best", -1.0: "worst"}
"""What a number of a comparison means."""
RESPONDENTS = ("learner", "employer")
GROUP = ["credential", "audience", "instrument", "question", "part"]
"""What one distribution is about. part: the row of a grid, "" elsewhere."""
SAID = ["instrument", "question", "kind", "scale", "item", "status", "number"]
"""What tells one answer to a question from another."""
MEASURES = ("people", "organisations", "largest_share")
LAST = 1_000_000
"""Where answers that are set aside stand: after all others."""
RANGES = 25
"""Numbers are told in about so many ranges at most."""


def work_answers(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row an answer that can be given, of each question with an answer that may be told.

    Columns: credential, audience, question, part, answer (in words), people, organisations, largest_share, title and
    label (of credential and question in words), order and place (of asking, and of the answer within).
    people is 0 where the number must not be told, though enough gave that answer, because another one's would follow
    from it; the gate withholds it then. Neighbouring steps of a scale are one answer where single ones stand for too
    few. Of the whole institution the answers about no credential are there, too (credential ""), and of pairs, where
    `part` is the credential, how often it was offered and chosen.
    """
    answers = in_scope(evidence.answers, evidence, choice, at_large=True)
    if choice.audience:
        answers = answers[answers["audience"] == choice.audience]
    given = spelled(answers, evidence)
    answered = given[given["status"] == "answered"]
    told = showable(answered, GROUP, limits=limits)[GROUP].drop_duplicates()
    every = told.merge(possible(given, evidence), on=["instrument", "question", "part"])
    steps = (every["kind"].isin(RATED) & (every["place"] != LAST)).to_numpy(dtype=bool)
    rated = answered[answered["kind"].isin(RATED)]
    parts = [
        _options(every[~steps], given, _asked(answers), limits),
        _steps(every[steps], rated.merge(told, on=GROUP), evidence, limits),
        _comparisons(answers, evidence, limits),
    ]
    table = concat(parts, ignore_index=True).astype({"order": int, "place": int, "tell": bool})
    table = table.sort_values(["credential", "audience", "instrument", "order", "part", "place"], ignore_index=True)
    table = table.assign(people=table["people"].where(table["tell"], 0))
    table = table[table.groupby(GROUP)["tell"].transform("any").astype(bool)]
    asked = table[["instrument", "question", "part"]].itertuples(index=False, name=None)
    labels = [_label(instrument, question, part, evidence) for instrument, question, part in asked]
    table = table.assign(title=title_of(table["credential"], evidence), label=labels)
    return table.drop(columns=["kind", "tell", "asked"]).reset_index(drop=True)


def spelled(answers: DataFrame, evidence: Evidence) -> DataFrame:
    """The counted answers of the kinds told here, with part, answer (in words), order and place: of the question among
    all, of the answer among those to a question."""
    asked = Series(list(zip(answers["instrument"], answers["question"], strict=True)), answers.index, dtype=object)
    known = asked.map(
        {(name, ident): evidence.place(ident, "", name) is not None for name, ident in set(asked)}
    ).astype(bool)
    base = (answers["kind"] == "several") & (answers["item"] == "") & (answers["status"] == "answered")
    keep = answers["kind"].isin(KINDS) & answers["audience"].isin(RESPONDENTS) & known & ~base
    words = [*GROUP[:4], "item", "status", "kind", "scale"]
    given = answers[keep].astype(dict.fromkeys(words, str)).astype({"number": float})
    said = given[SAID].drop_duplicates()
    widths = _widths(given, evidence)
    spelt = [_spell(row, widths, evidence) for row in said.itertuples(index=False, name=None)]
    named = DataFrame(spelt, columns=["part", "answer", "order", "place"], index=said.index)
    return given.merge(said.join(named).astype({"part": str, "answer": str, "order": int, "place": int}), on=SAID)


def _spell(
    said: tuple[Any, ...],
    widths: Mapping[tuple[str, str], int],
    evidence: Evidence,
) -> tuple[str, str, int, int]:
    """One answer, as SAID, as part, answer, order and place."""
    instrument, question, kind, scale, item, status, number = said
    part = "" if kind in CHOSEN else item
    order = evidence.place(question, part, instrument) or evidence.place(question, "", instrument) or 0
    if status != "answered":
        return part, _aside(status), order, LAST
    if kind in CHOSEN:
        place = evidence.place(question, item, instrument)
        return part, evidence.named(question, item, instrument), order, LAST - 1 if place is None else place
    if kind == "number":
        width = widths[instrument, question]
        low = int(number // width) * width
        return part, _range(low, width), order, low
    return part, _step(scale, number, evidence), order, int(number)


def possible(given: DataFrame, evidence: Evidence) -> DataFrame:
    """Every answer that can be given to each question: its options, the steps of its scale, its ranges of numbers, what
    may be said instead, and what else was given.

    So that a line without a number says nothing of whether anybody stands behind it.
    """
    asked = ["instrument", "question", "part", "kind", "order"]
    chosen = given[given["kind"].isin(CHOSEN)][asked].drop_duplicates()
    options = [
        (*row, evidence.named(row[1], item, row[0]), LAST - 1 if place is None else place)
        for row in chosen.itertuples(index=False, name=None)
        for item in evidence.items(row[1], row[0])
        for place in [evidence.place(row[1], item, row[0])]
    ]
    seen = given[[*asked, "answer", "place"]].drop_duplicates()
    rated = given[given["kind"].isin(RATED)][[*asked, "scale"]].drop_duplicates()
    steps = [
        (*row, _step(scale, step.value, evidence), int(step.value))
        for *row, scale in rated.itertuples(index=False, name=None)
        for step in evidence.scales.get(scale, ())
    ]
    each = given[asked].drop_duplicates()
    aside = [
        (*row, _aside(status), LAST)
        for row in each.itertuples(index=False, name=None)
        for status in evidence.asides.get(f"{row[0]}:{row[1]}", ())
    ]
    widths = _widths(given, evidence)
    ranges = [
        (*row, _range(low, width), low)
        for row in each[each["kind"] == "number"].itertuples(index=False, name=None)
        for least, most in [evidence.numbers.get(f"{row[0]}:{row[1]}", (0, -1))]
        for width in [widths.get((row[0], row[1]), 1)]
        for low in range(int(least // width) * width, int(most) + 1, width)
    ]
    known = DataFrame([*options, *steps, *ranges, *aside], columns=seen.columns).astype(seen.dtypes.to_dict())
    return concat([seen, known]).drop_duplicates(["instrument", "question", "part", "answer"])


def _filled(counted: DataFrame) -> DataFrame:
    """The counts of a table of answers with nobody where nobody gave one."""
    employed = (counted["audience"] == "employer").to_numpy()
    return counted.assign(
        people=counted["people"].fillna(0).astype(int),
        organisations=counted["organisations"].astype("Int64").mask(employed & counted["organisations"].isna(), 0),
        largest_share=counted["largest_share"].astype(float).mask(employed & counted["largest_share"].isna(), 1.0),
    )


def _asked(answers: DataFrame) -> DataFrame:
    """How many answered each question with several choices at all."""
    asked = answers[(answers["kind"] == "several") & (answers["item"] == "") & (answers["status"] == "answered")]
    return asked.astype(dict.fromkeys(GROUP[:4], str)).groupby(GROUP[:4])["people"].sum().rename("asked").reset_index()


def _options(every: DataFrame, given: DataFrame, asked: DataFrame, limits: Limits) -> DataFrame:
    """How many chose each option, or named a number in each range; and how many said something instead, which adds up
    to nothing that is told. asked: how many answered, of questions with several choices."""
    table = _filled(every.merge(count_people(given, [*GROUP, "answer"]), on=[*GROUP, "answer"], how="left"))
    table = table.merge(asked, on=GROUP[:4], how="left")
    one = table["people"].where(table["place"] != LAST, 0).groupby([table[name] for name in GROUP]).transform("sum")
    table = table.assign(asked=one.where(table["kind"] != "several", table["asked"]))
    aside = table["place"] == LAST
    tell = may_show(table["people"], table["organisations"], table["largest_share"], limits)
    tell[~aside] = options_told(table[~aside], GROUP, limits)
    return table.assign(tell=tell)


def _steps(every: DataFrame, given: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """How many gave each step of a scale, neighbouring ones joined where single ones stand for too few."""
    parts = steps_told(given, GROUP, evidence, limits)
    within = [
        (*cell, place, low)
        for *cell, low, high in parts[[*GROUP, "low", "high"]].itertuples(index=False, name=None)
        for place in range(int(low), int(high) + 1)
    ]
    first = DataFrame(within, columns=[*GROUP, "place", "first"])
    table = every.merge(first.astype(every[[*GROUP, "place"]].dtypes.to_dict()), on=[*GROUP, "place"], how="left")
    table = table.assign(first=table["first"].astype(float).fillna(table["place"]).astype(int))
    table = table.sort_values("place", kind="stable")
    told = table.groupby([*GROUP, "kind", "order", "first"], as_index=False, sort=False)["answer"].agg(
        lambda steps: listed(list(steps), "or")
    )
    behind = parts.assign(first=parts["low"].astype(int)).drop(columns=["low", "high"])
    table = _filled(told.merge(behind.astype(dict.fromkeys(GROUP, "str")), on=[*GROUP, "first"], how="left"))
    return table.rename(columns={"first": "place"}).assign(tell=(table["people"] > 0).to_numpy())


def _comparisons(answers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """What was said of two credentials at a time, and which of several was called best or worst: one row an answer to
    be told, without those that may not, since their number alone would tell how many there were.

    people: of pairs how many choices were made, behind which stand at least as many people as the gate asks for.
    """
    made = answers[answers["construct"].isin([f"{name}{CHOSEN_OF}" for name in (PREFERENCE, BUNDLE)])]
    made = made.astype(dict.fromkeys([*GROUP[:4], "construct", "item"], "str"))
    made = made.assign(question=made["question"].str.removesuffix(":chosen"))
    pairs = made[made["item"].str.contains("|", regex=False)]
    ends = pairs["item"].str.split("|", n=1, expand=True).reindex(columns=[0, 1])
    sides = [
        pairs.assign(part=ends[at].astype(str), answer=(number.map(OFTEN)).astype(str))
        for at, number in ((0, pairs["number"].astype(float)), (1, 1 - pairs["number"].astype(float)))
    ]
    best = made[~made["item"].str.contains("|", regex=False)]
    best = best.assign(
        part=best["number"].astype(float).map(ENDS).astype(str),
        answer=[
            " + ".join(sorted(evidence.titles.get(slug, slug) for slug in item.split("+"))) for item in best["item"]
        ],
    )
    tallies = [_tally(concat(sides), limits, two_sided=True), _tally(best, limits)]
    table = concat([*tallies, _tally(concat(sides).assign(answer=OFFERED), limits)], ignore_index=True)
    table = table[table["tell"].astype(bool)]
    order = [
        evidence.place(question, "", name) or 0
        for question, name in zip(table["question"], table["instrument"], strict=True)
    ]
    places = [*OFTEN.values(), OFFERED]
    place = [places.index(answer) if answer in places else LAST - 1 for answer in table["answer"]]
    return table.assign(kind="one", order=order, place=place)


def _tally(made: DataFrame, limits: Limits, *, two_sided: bool = False) -> DataFrame:
    """How often each answer was given, and whether that may be told. two_sided: whoever chooses one part sets another
    aside, so that over all parts of a question one number that is hidden would follow from the others: then none is
    told."""
    counted = _filled(count_people(made, [*GROUP, "answer"]))
    often = made.groupby([*GROUP, "answer"], as_index=False)["people"].sum().rename(columns={"people": "often"})
    table = counted.merge(often, on=[*GROUP, "answer"])
    tell = may_show(table["people"], table["organisations"], table["largest_share"], limits)
    for rows in table.groupby(GROUP, sort=False).indices.values():
        tell[rows] = safe_to_tell(table["often"].to_numpy()[rows].tolist(), tell[rows].tolist(), limits.minimum_group)
    if two_sided:
        for rows in table.groupby(GROUP[:4], sort=False).indices.values():
            tell[rows] = tell[rows].all()
    return table.assign(people=table["often"], tell=tell).drop(columns="often")


def _step(scale: str, number: float, evidence: Evidence) -> str:
    """A step of a scale in words: 4 Agree."""
    label = next((step.label for step in evidence.scales.get(scale, ()) if step.value == number), "")
    return f"{number:g} {label}".strip()


def _aside(status: str) -> str:
    """What was said instead of an answer, in words."""
    return status.replace("_", " ")


def _widths(given: DataFrame, evidence: Evidence) -> dict[tuple[str, str], int]:
    """How wide the ranges of each question in numbers are: 1, 2, 5, 10, 20, ..., so that there are at most RANGES up to
    the highest number that may be given; where that is not known, that was given."""
    numbers = given[(given["kind"] == "number") & given["number"].notna()]
    seen = numbers.groupby(["instrument", "question"])["number"].max()
    highest = {name: evidence.numbers.get(":".join(name), (0, most))[1] for name, most in seen.items()}
    widths = [each * 10**power for power in range(7) for each in (1, 2, 5)]
    return {name: next((each for each in widths if most < RANGES * each), widths[-1]) for name, most in highest.items()}


def _range(low: float, width: float) -> str:
    """A range of whole numbers in words.

    >>> _range(10, 5), _range(3, 1)
    ('10 to 14', '3')
    """
    return f"{low:g}" if width == 1 else f"{low:g} to {low + width - 1:g}"


def _label(instrument: str, question: str, part: str, evidence: Evidence) -> str:
    asked = evidence.named(question, "", instrument)
    if not part:
        return asked
    named = evidence.skills.get(part) or evidence.titles.get(part) or evidence.named(question, part, instrument)
    return f"{asked} · {named}"


def say_answers(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How much there is to read."""
    if rows.empty:
        return "Not enough answers yet: those to a question show once enough people gave one of them."
    questions = rows[["instrument", "question", "part"]].drop_duplicates()
    about = count(rows["credential"].nunique(), "credential", "credentials")
    hidden = count((rows["state"] == "withheld").sum(), "answer stands", "answers stand")
    return (
        f"{count(len(questions), 'question', 'questions')} about {about}. {hidden} without a number: nobody, or too "
        "few, gave them, or their number would give another away."
    )


def display_answers(rows: DataFrame) -> DataFrame:
    """The answers as a table for people, in the order of asking."""
    sorted_rows = rows.sort_values(
        ["title", "audience", "instrument", "order", "label", "place"], kind="stable", ignore_index=True
    )
    return DataFrame(
        {
            "Credential": sorted_rows["title"],
            "Asked of": sorted_rows["audience"] + "s",
            "Questionnaire": sorted_rows["instrument"],
            "Question": sorted_rows["label"],
            "Answer": sorted_rows["answer"],
            "People": sorted_rows["people"],
            "Organisations": sorted_rows["organisations"],
            "Shown": sorted_rows["state"].map(STATES),
        }
    )


ANSWERS = Finding(
    id="answers",
    question="What was answered, question by question?",
    caution=(
        "How many people gave each answer, of those that were asked on a form or brought in. A number is left out "
        "where fewer than the minimum gave that answer, and so are others as long as it could be worked out from "
        "them and the total. Neighbouring steps of a scale are joined where single ones stand for too few. A line "
        "without a number may stand for nobody. Over the whole institution the answers about no single credential "
        "stand here, too: of pairs how often each credential was offered and chosen (each choice counts, and a "
        "person makes several), of combinations what was called best and worst. Comments have a finding of their "
        "own."
    ),
    work=work_answers,
    audiences=("learner", "employer"),
    measures=MEASURES,
    say=say_answers,
    display=display_answers,
    keys=("order", "place"),
)

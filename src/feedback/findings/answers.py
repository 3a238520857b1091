"""What was answered, question by question: how many people gave each answer, where enough of them did.

Where one small cell is left out, the others and the total would give it away; so more are left out until they do not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame, Series, concat

from feedback.analysis.people import count_people
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, in_scope
from feedback.findings.words import count

CHOSEN = ("one", "several")
RATED = ("scale", "grid")
KINDS = (*CHOSEN, *RATED, "number")
"""The kinds of question whose answers are counted here. Comments, orders and pairs have findings of their own; so have
experts, of whom there are few."""
RESPONDENTS = ("learner", "employer")
GROUP = ["credential", "audience", "instrument", "question", "part"]
"""What one distribution is about. part: the row of a grid, "" elsewhere."""
SAID = ["instrument", "question", "kind", "scale", "item", "status", "number"]
"""What tells one answer to a question from another."""
MEASURES = ("people", "organisations", "largest_share")
LAST = 1_000_000
"""Where answers that are set aside stand: after all others."""
RANGES = 10
"""Numbers are told in at most so many ranges."""
LEAST_ROOM = 2
"""A hidden number must leave at least this much between the lowest and the highest it may be."""


def work_answers(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row an answer that can be given, of each question with an answer that may be told.

    Columns: credential, audience, question, part, answer (in words), people, organisations, largest_share, title and
    label (of credential and question in words), order and place (of asking, and of the answer within).
    people is 0 where the number must not be told, though enough gave that answer, because another one's would follow
    from it; the gate withholds it then.
    """
    given = spelled(in_scope(evidence.answers, evidence, choice), evidence)
    if choice.audience:
        given = given[given["audience"] == choice.audience]
    counted = count_people(given, [*GROUP, "answer"])
    told = showable(given, [*GROUP, "answer"], limits=limits)[GROUP].drop_duplicates()
    every = told.merge(possible(given, evidence), on=["instrument", "question", "part"])
    table = every.merge(counted, on=[*GROUP, "answer"], how="left").sort_values(
        ["credential", "audience", "instrument", "order", "place"], ignore_index=True
    )
    employed = (table["audience"] == "employer").to_numpy()
    table = table.assign(
        people=table["people"].fillna(0).astype(int),
        organisations=table["organisations"].astype("Int64").mask(employed & table["organisations"].isna(), 0),
        largest_share=table["largest_share"].astype(float).mask(employed & table["largest_share"].isna(), 1.0),
    )
    tell = may_be_told(table, limits)
    table = table.assign(people=table["people"].where(tell, 0), tell=tell)
    table = table[table.groupby(GROUP)["tell"].transform("any").astype(bool)]
    asked = table[["instrument", "question", "part"]].itertuples(index=False, name=None)
    labels = [_label(instrument, question, part, evidence) for instrument, question, part in asked]
    titles = table["credential"].map(evidence.titles).astype(str)
    return table.assign(title=titles, label=labels).drop(columns=["kind", "tell"]).reset_index(drop=True)


def spelled(answers: DataFrame, evidence: Evidence) -> DataFrame:
    """The counted answers of the kinds told here, with part, answer (in words), order and place: of the question among
    all, of the answer among those to a question."""
    orders = {name: place for place, name in enumerate(evidence.questions)}
    asked = Series(list(zip(answers["instrument"], answers["question"], strict=True)), answers.index, dtype=object)
    known = asked.map({pair: _place(orders, *pair) is not None for pair in set(asked)}).astype(bool)
    base = (answers["kind"] == "several") & (answers["item"] == "") & (answers["status"] == "answered")
    keep = answers["kind"].isin(KINDS) & answers["audience"].isin(RESPONDENTS) & known & ~base
    words = [*GROUP[:4], "item", "status", "kind", "scale"]
    given = answers[keep].astype(dict.fromkeys(words, str)).astype({"number": float})
    said = given[SAID].drop_duplicates()
    widths = _widths(given)
    spelt = [_spell(row, orders, widths, evidence) for row in said.itertuples(index=False, name=None)]
    named = DataFrame(spelt, columns=["part", "answer", "order", "place"], index=said.index)
    return given.merge(said.join(named).astype({"part": str, "answer": str, "order": int, "place": int}), on=SAID)


def _spell(
    said: tuple[Any, ...],
    orders: Mapping[str, int],
    widths: Mapping[tuple[str, str], int],
    evidence: Evidence,
) -> tuple[str, str, int, int]:
    """One answer, as SAID, as part, answer, order and place."""
    instrument, question, kind, scale, item, status, number = said
    part = "" if kind in CHOSEN else item
    order = _place(orders, instrument, question, part) or _place(orders, instrument, question) or 0
    if status != "answered":
        return part, status.replace("_", " "), order, LAST
    if kind in CHOSEN:
        place = _place(orders, instrument, question, item)
        return part, evidence.named(question, item, instrument), order, LAST - 1 if place is None else place
    if kind == "number":
        width = widths[instrument, question]
        low = int(number // width) * width
        return part, _range(low, width), order, low
    return part, _step(scale, number, evidence), order, int(number)


def _place(orders: Mapping[str, int], instrument: str, question: str, item: str = "") -> int | None:
    """Where a question, a row or an option stands in the order of asking; None when it is not known."""
    name = f"{question}/{item}" if item else question
    return orders.get(f"{instrument}:{name}", orders.get(name))


def possible(given: DataFrame, evidence: Evidence) -> DataFrame:
    """Every answer that can be given to each question: its options, the steps of its scale, and what else was given.

    So that a line without a number says nothing of whether anybody stands behind it.
    """
    orders = {name: place for place, name in enumerate(evidence.questions)}
    asked = ["instrument", "question", "part", "kind", "order"]
    chosen = given[given["kind"].isin(CHOSEN)][asked].drop_duplicates()
    options = [
        (*row, evidence.named(row[1], item, row[0]), LAST - 1 if place is None else place)
        for row in chosen.itertuples(index=False, name=None)
        for item in evidence.items(row[1], row[0])
        for place in [_place(orders, row[0], row[1], item)]
    ]
    seen = given[[*asked, "answer", "place"]].drop_duplicates()
    rated = given[given["kind"].isin(RATED)][[*asked, "scale"]].drop_duplicates()
    steps = [
        (*row, _step(scale, step.value, evidence), int(step.value))
        for *row, scale in rated.itertuples(index=False, name=None)
        for step in evidence.scales.get(scale, ())
    ]
    known = DataFrame([*options, *steps], columns=seen.columns).astype(seen.dtypes.to_dict())
    return concat([seen, known]).drop_duplicates(["instrument", "question", "part", "answer"])


def may_be_told(table: DataFrame, limits: Limits) -> np.ndarray:
    """Which numbers may be told: those that may be shown, and from which no other one follows."""
    told = may_show(table["people"], table["organisations"], table["largest_share"], limits)
    people = table["people"].to_numpy()
    exclusive = table["kind"] != "several"  # of several choices nothing adds up to a total
    for rows in table[exclusive].groupby(GROUP, sort=False).indices.values():
        places = np.flatnonzero(exclusive)[rows]
        told[places] = safe_to_tell(people[places].tolist(), told[places].tolist(), limits.minimum_group)
    return told


def safe_to_tell(people: Sequence[int], may: Sequence[bool], minimum: int) -> list[bool]:
    """Which of the cells that add up to a known total may be told, so that none left out can be worked out.

    people: of each cell. may: whether it may be shown by itself. minimum: the smallest group.
    The smallest cells go first. Cells left out that nobody is in need no company.

    >>> safe_to_tell([2, 6, 20], [False, True, True], 5)
    [False, False, True]
    >>> safe_to_tell([0, 6, 20], [False, True, True], 5)
    [False, True, True]
    """
    few = [number for number, allowed in zip(people, may, strict=True) if not allowed]
    rest = sorted((number, place) for place, (number, allowed) in enumerate(zip(people, may, strict=True)) if allowed)
    with_them: list[int] = []
    told = list(may)
    while sum(few) and rest and not _is_hidden(few, with_them, rest[0][0], minimum):
        number, place = rest.pop(0)
        with_them.append(number)
        told[place] = False
    return told


def _is_hidden(few: Sequence[int], with_them: Sequence[int], smallest_told: int, minimum: int) -> bool:
    """Whether the cells left out keep their secret from somebody who knows the total and this rule.

    What is left out for their sake lies between the minimum and the smallest that is told; so they themselves lie
    between `lowest` and `highest`, taken together.
    """
    together = sum(few) + sum(with_them)
    most = len(few) * (minimum - 1) if max(few) < minimum else together
    if not with_them:
        return len(few) > 1 and together >= minimum and together != most
    lowest = max(0, together - len(with_them) * smallest_told)
    highest = min(most, together - len(with_them) * minimum)
    return highest - lowest >= LEAST_ROOM


def _step(scale: str, number: float, evidence: Evidence) -> str:
    """A step of a scale in words: 4 Agree."""
    label = next((step.label for step in evidence.scales.get(scale, ()) if step.value == number), "")
    return f"{number:g} {label}".strip()


def _widths(given: DataFrame) -> dict[tuple[str, str], int]:
    """How wide the ranges of each question in numbers are: 1, 2, 5, 10, 20, ..., so that there are at most ten."""
    numbers = given[(given["kind"] == "number") & given["number"].notna()]
    highest = numbers.groupby(["instrument", "question"])["number"].max()
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
    return f"{asked} · {evidence.skills.get(part) or evidence.named(question, part, instrument)}"


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
        ["title", "audience", "instrument", "order", "place"], kind="stable", ignore_index=True
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

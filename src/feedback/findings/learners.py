"""What learners chose: why some left, what became of it after six months, and which languages are asked for.

Who left early and who looks back after six months are told apart from the end of a course: none of their answers is in
its averages.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import partial

import numpy as np
from pandas import DataFrame, concat

from feedback.analysis.choices import ONE, SEVERAL, option_shares, with_options
from feedback.analysis.differencing import Fact, Part
from feedback.analysis.people import count_people
from feedback.analysis.ratings import only, percent_positive
from feedback.charts.bars import shares
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.cells import options_told, said_alike
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import DROPOUT, LATER, MOST_ROWS, STATES, at_the_end, in_scope, notes, that_may_add
from feedback.findings.totals import People, Place, fact_of, held_apart, nobody
from feedback.findings.words import between, listed, people_of, percent
from feedback.findings.work import Display, Draw, Finding

MEASURES = ("hits", "share", "low", "high")
REASON = "dropout_reason"
USED, NOTICED, NEXT, OUTCOME = "used_at_work", "employer_noticed", "would_take_next", "outcome_"
LOCALISATION, LANGUAGE, FINE = "localisation", "language_wanted", "no"
"""Constructs read here, and the option of who asks for nothing."""
ANY = "any"
"""The row of those who ask for anything at all."""
WISH, SPOKEN = "wish", "language"
"""What a row on localisation is about."""
CELL = ("instrument", "question")
COLUMNS = ["question", "item", "people", "organisations", "largest_share", "hits", "share", "low", "high", "label"]


def shares_told(answers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """The share of those who chose each option, in the order of the form, with nobody behind those not to be told."""
    asked = _may_add(answers, limits)
    return _labelled(_shares(asked, evidence, limits), evidence)


def shares_of_each(answers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """The same by credential, as `shares_told` tells of each by itself: credential, instrument, question, item and what
    option_shares has."""
    return _options(_may_add(answers, limits), evidence, limits, ["credential"])


def good_of_each(answers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """By credential, of questions with one answer: the share who gave a good one, as `work_outcomes` tells of each
    credential by itself, with nobody behind those not to be told."""
    asked = _may_add(answers, limits)
    rated = asked[asked["positive"].notna().to_numpy() & (asked["kind"] == ONE).to_numpy()]
    cell = ["credential", *CELL]
    good = percent_positive(rated, cell).rename(columns={"n": "people", "positive": "hits"})
    hidden = _divided(rated, evidence, limits, ["credential"]) | said_alike(rated, cell, evidence, limits)
    cells = good[cell].astype("str").itertuples(index=False, name=None)
    return good.assign(item="", people=good["people"].mask(np.array([each in hidden for each in cells], dtype=bool), 0))


def _may_add(answers: DataFrame, limits: Limits) -> DataFrame:
    """The answers to each question about the credentials of which it may be shown."""
    return that_may_add(answers, answers["status"] == "answered", ["credential", *CELL], limits)


def _shares(asked: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """The same of answers that may add up, without the wording."""
    found = with_options(option_shares(asked, []), _offered(asked, evidence), CELL)
    return _held(_told(found, asked, limits), asked, evidence, limits)


def _offered(answers: DataFrame, evidence: Evidence) -> DataFrame:
    """Every option of the questions answered, in the order in which they stand in the form."""
    asked = answers[list(CELL)].drop_duplicates().astype("str")
    return DataFrame(
        [
            (instrument, question, item)
            for instrument, question in zip(asked["instrument"], asked["question"], strict=True)
            for item in evidence.items(question, instrument)
        ],
        columns=[*CELL, "item"],
    ).astype("str")


def _told(found: DataFrame, kinds: DataFrame, limits: Limits, by: Sequence[str] = ()) -> DataFrame:
    """The shares of options with nobody behind those of which it must not be told how many chose them (see `cells`):
    the gate withholds these then. kinds: answers to the questions, with their kind. by: columns before CELL."""
    kind = kinds[[*CELL, "kind"]].astype("str").drop_duplicates(list(CELL))
    cell = [*by, *CELL]
    option = [*cell, "item"]
    chosen = kinds[(kinds["status"] == "answered").to_numpy(dtype=bool)].astype(dict.fromkeys(option, "str"))
    behind = count_people(chosen, option)[[*option, "organisations", "largest_share"]]
    table = found[option].astype("str").merge(kind, on=list(CELL), how="left").merge(behind, on=option, how="left")
    table = table.set_axis(found.index).assign(people=found["hits"].astype(int), asked=found["people"])
    return found.assign(people=found["people"].where(options_told(table, cell, limits), 0))


def _held(found: DataFrame, asked: DataFrame, evidence: Evidence, limits: Limits, *, shares: bool = False) -> DataFrame:
    """The same for numbers over several credentials that would give those of one away: see `totals.held_apart`.

    asked: the answers to the questions, of the credentials of which they may be shown. shares: of questions with one
    answer the share of good ones is told, and not each.
    """
    asked = asked.astype(dict.fromkeys(["credential", *CELL, "item", "kind"], "str"))
    people = _people(asked, evidence)
    apart = held_apart(asked, partial(_facts, people, evidence, limits, shares), people, evidence, limits)
    places = found[[*CELL, "item"]].astype("str").itertuples(index=False, name=None)
    held = [place in apart or (*place[:2], "") in apart for place in places]
    return found.assign(people=found["people"].mask(np.array(held, dtype=bool), 0))


def _people(asked: DataFrame, evidence: Evidence) -> People:
    """How many chose each option, by credential; of a question with several answers each option is a place of its own,
    with those who did not choose it."""
    found = nobody()
    columns = ["credential", *CELL, "kind"]
    chosen = asked.groupby([*columns, "item"])["people"].sum().to_dict()
    seen = asked.groupby(list(CELL))["item"].unique().to_dict()
    for credential, instrument, question, kind in asked[columns].drop_duplicates().itertuples(index=False, name=None):
        for item in sorted({*evidence.items(question, instrument), *seen[instrument, question]} - {""}):
            number = int(chosen.get((credential, instrument, question, kind, item), 0))
            if kind == SEVERAL:
                base = int(chosen.get((credential, instrument, question, kind, ""), 0))
                both = {(credential, item): number, (credential, ""): base - number}
                found[instrument, question, item][credential] = both
            else:
                found[instrument, question, ""][credential][credential, item] = number
    return found


def _facts(
    people: People, evidence: Evidence, limits: Limits, shares: bool, asked: DataFrame, by: list[str]
) -> Iterator[tuple[Place, Fact]]:
    """What is told of questions with options: how many answered, and how many chose which or gave a good answer.

    Of single credentials all of it is, since all answers of each are told.
    """
    several = set(asked.loc[asked["kind"] == SEVERAL, list(CELL)].itertuples(index=False, name=None))
    every = frozenset(asked["credential"])
    for row in _options(asked, evidence, limits, by).to_dict("records"):
        here = {row["credential"]} if by else every
        cell, item = (row["instrument"], row["question"]), row["item"]
        place = (*cell, item if cell in several else "")
        yield from fact_of(place, people, here, lambda _part: True)
        if row["people"] and (by or cell in several or not shares):
            yield from fact_of(place, people, here, partial(_is_one_of, {item}))
    if by or shares:
        one = asked[asked["kind"] == ONE]
        divided = _divided(one, evidence, limits, by)
        if by:
            divided |= said_alike(one, [*by, *CELL], evidence, limits)
        for cell, good in one[one["positive"].eq(True)].groupby([*by, *CELL]):
            if cell not in divided:
                here = {cell[0]} if by else every
                yield from fact_of((*cell[-2:], ""), people, here, partial(_is_one_of, set(good["item"])))


def _is_one_of(items: Collection[str], part: Part) -> bool:
    """Whether a part is one of these options."""
    return part[1] in items


def _options(asked: DataFrame, evidence: Evidence, limits: Limits, by: Sequence[str] = ()) -> DataFrame:
    """The shares of all options of the questions asked, with nobody behind those that must not be told."""
    offered = concat([_offered(asked, evidence), asked.loc[asked["item"] != "", [*CELL, "item"]].astype("str")])
    offered = offered.drop_duplicates(ignore_index=True)
    if by:
        offered = asked[[*by, *CELL]].astype("str").drop_duplicates().merge(offered, on=list(CELL))
    return _told(with_options(option_shares(asked, by), offered, [*by, *CELL]), asked, limits, by)


def _labelled(found: DataFrame, evidence: Evidence) -> DataFrame:
    names = [
        evidence.named(question, item, instrument)
        for instrument, question, item in zip(found["instrument"], found["question"], found["item"], strict=True)
    ]
    return found.assign(label=names)[COLUMNS]


def work_dropout(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a reason for leaving: the share of those who left that name it, most frequent first."""
    asked = only(in_scope(evidence.answers, evidence, choice), instrument=DROPOUT, construct=REASON)
    found = shares_told(asked, evidence, limits)
    return found.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def say_dropout(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Why most leave."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people who left have said why."
    first = shown.iloc[0]
    also = [f"“{name}”" for name in shown["label"].iloc[1:3]]
    then = f"; then {listed(also)}" if also else ""
    return (
        f"Of those who left and said why, {percent(first['share'])} say: “{first['label']}” "
        f"({between(first['low'], first['high'])}; {people_of(first['people'])}){then}."
    )


def work_outcomes(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a good thing six months on: the share of those asked again for whom it came true."""
    later = only(in_scope(evidence.answers, evidence, choice), instrument=LATER)
    construct = later["construct"].astype(str)
    wanted = construct.isin([USED, NOTICED, NEXT]) | construct.str.startswith(OUTCOME)
    asked = _may_add(later[wanted.to_numpy()], limits)
    several = only(asked, kind="several")
    rated = asked[asked["positive"].notna().to_numpy() & (asked["kind"] != "several").to_numpy()]
    good = percent_positive(rated, [*CELL]).rename(columns={"n": "people", "positive": "hits"})
    divided = _divided(rated, evidence, limits)
    if rated["credential"].nunique() < 2:
        divided |= said_alike(rated, CELL, evidence, limits)
    cells = good[list(CELL)].astype("str").itertuples(index=False, name=None)
    good["people"] = good["people"].mask(np.array([cell in divided for cell in cells], dtype=bool), 0)
    good = _held(good.assign(item=""), rated, evidence, limits, shares=True)
    chosen = _shares(several, evidence, limits)
    known = asked[["question", "construct"]].drop_duplicates("question").set_index("question")["construct"].astype(str)
    both = concat([good, chosen], ignore_index=True)
    both = both.assign(rank=both["question"].map(known).map(_place).astype(float))
    both = both[~both["item"].isin([FINE, "none"])]
    both = both.sort_values(["rank", "question", "share"], ascending=[True, True, False], ignore_index=True)
    return _labelled(both.assign(hits=both["hits"].astype(float)), evidence)


def _divided(rated: DataFrame, evidence: Evidence, limits: Limits, by: Sequence[str] = ()) -> set[tuple[str, ...]]:
    """The questions, as by and CELL, of whose options some may not be told on either side: those that are good, and
    those that are not. The share of the good ones would then give them away."""
    options = _options(rated, evidence, limits, by)
    hidden = options[(options["people"] == 0) & (options["hits"] > 0)]
    sides = rated[[*CELL, "item", "positive"]].astype(dict.fromkeys([*CELL, "item"], "str")).drop_duplicates()
    found = hidden.merge(sides, on=[*CELL, "item"]).groupby([*by, *CELL])["positive"].nunique()
    return set(found.index[found > 1])


def _place(construct: str) -> int:
    """Where a question stands in the list: use first, then who noticed, what came of it, and the next one."""
    return {USED: 0, NOTICED: 1, NEXT: 3}.get(construct, 2)


def say_outcomes(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What came true for most, six months on."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have answered again after six months."
    first = shown.iloc[0]
    rest = shown.iloc[1:].sort_values(["share", "label"], ascending=[False, True])
    most = ""
    if len(rest):
        most = f" Of the other things, most name “{rest.iloc[0]['label']}” ({percent(rest.iloc[0]['share'])})."
    said = "name" if first["item"] else "answer positively:"
    return (
        f"Six months on, {percent(first['share'])} {said} “{first['label']}” "
        f"({between(first['low'], first['high'])}; {people_of(first['people'])}).{most}"
    )


def work_localisation(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a wish, and one for any of them: the share of learners who have it; then the languages asked for."""
    asked = at_the_end(in_scope(evidence.answers, evidence, choice))
    wishes = _may_add(only(asked, audience="learner", construct=LOCALISATION), limits)
    found = _shares(wishes, evidence, limits)
    content = found["item"] == FINE
    rest = found[~content].sort_values("share", ascending=False, kind="stable")
    languages = _languages(asked, evidence, limits)
    named = [_labelled(rest, evidence).assign(about=WISH), _labelled(languages, evidence).assign(about=SPOKEN)]
    return concat([_anything(found[content], limits).assign(about=WISH), *named], ignore_index=True)


def _anything(content: DataFrame, limits: Limits) -> DataFrame:
    """Who asks for anything: all but those who say that it was fine as it is, where these may be told, too."""
    enough = content["people"] - content["hits"] >= limits.minimum_group
    return content.assign(
        item=ANY,
        people=content["people"].where(enough, 0),
        hits=content["people"] - content["hits"],
        share=1 - content["share"],
        low=1 - content["high"],
        high=1 - content["low"],
        label="Ask for any of these",
    )[COLUMNS]


def _languages(asked: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """The languages asked for, of those who named one. That a language stands here says that somebody named it, so it
    takes as many who did."""
    named = _may_add(only(asked, audience="learner", construct=LANGUAGE), limits)
    found = _held(_told(option_shares(named, []), named, limits), named, evidence, limits)
    return found[found["hits"] >= limits.minimum_group].sort_values("hits", ascending=False, kind="stable")


def say_localisation(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How many ask for another language, subtitles or local cases, and for which language."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough learners have said whether another language or local examples would have helped."
    wishes, languages = shown[shown["about"] == WISH], shown[shown["about"] == SPOKEN]
    each = wishes[wishes["item"] != ANY]
    said = [
        f"{percent(any_of['share'])} of learners would have been helped by another language or local examples "
        f"({between(any_of['low'], any_of['high'])}; {people_of(any_of['people'])})"
        for _, any_of in wishes[wishes["item"] == ANY].iterrows()
    ]
    if len(each):
        wish = f"“{each.iloc[0]['label']}” ({percent(each.iloc[0]['share'])})"
        said = [f"{said[0]}, most of all: {wish}"] if said else [f"Most learners who ask for something name {wish}"]
    said += [f"Of languages, most ask for {name}" for name in languages["label"].head(1)]
    return f"{'. '.join(said)}."


def draw_shares(title: str) -> Draw:
    """The picture of such a list: shares of learners, one row an option."""

    def draw(rows: DataFrame, mode: Mode) -> dict:
        table = rows.head(MOST_ROWS)
        table = table.assign(note=notes(table.drop(columns="organisations")))
        return shares(table[["label", "share", "low", "high", "state", "note"]], title, "learner", mode)

    return draw


def display_shares(head: str) -> Display:
    """The list as a table for people."""

    def display(rows: DataFrame) -> DataFrame:
        return DataFrame(
            {
                head: rows["label"],
                "Share (%)": (100 * rows["share"].astype(float)).round(),
                "Low (90%)": (100 * rows["low"].astype(float)).round(),
                "High (90%)": (100 * rows["high"].astype(float)).round(),
                "People": rows["hits"].astype(float).round().astype("Int64"),
                "People asked": rows["people"],
                "Shown": rows["state"].map(STATES),
            }
        )

    return display


WHY_THEY_LEFT = Finding(
    id="dropout",
    question="Why did people leave?",
    caution=(
        "Of those who left early and told us why; a person may name several reasons. Most who leave do not answer, "
        "so take it as a pointer. These answers are kept out of all averages of those who finished. 90% Wilson "
        "intervals. A reason too few named is not told, nor others that would give it away."
    ),
    work=work_dropout,
    audiences=("learner",),
    measures=MEASURES,
    say=say_dropout,
    display=display_shares("Reason"),
    draw=draw_shares("share of those who left and said why"),
)

OUTCOMES = Finding(
    id="outcomes",
    question="What became of it after six months?",
    caution=(
        "Of those who agreed to be asked again and answered: likely those for whom it went better. What people say "
        "of work, pay and promotion; it does not show that the credential was the cause. “Does not apply” is set "
        "aside. 90% Wilson intervals."
    ),
    work=work_outcomes,
    audiences=("learner",),
    measures=MEASURES,
    say=say_outcomes,
    display=display_shares("Six months on"),
    draw=draw_shares("share of those asked again"),
)

LANGUAGES_WISHED = Finding(
    id="localisation",
    question="Would another language or local examples have helped?",
    caution=(
        "Of the learners who answered this question at the end of the course; several wishes may be named. Shares "
        "of languages are of those who named one, and a language is listed once enough people have named it. Who "
        "never enrolled because of the language is not asked here."
    ),
    work=work_localisation,
    audiences=("learner",),
    measures=MEASURES,
    say=say_localisation,
    display=display_shares("Wish"),
    draw=draw_shares("share of learners"),
    listed=True,
)

"""Answers built in the open: small tables as the store hands them over, for tests to work on.

Each has one row an answer, with `response` to tell who gave it and `people` 1: a counted table not yet summed up.
`counted` sums it up as the store does; analyses must find the same in both.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
from pandas import DataFrame

SCALES: Mapping[str, tuple[int, int, frozenset[int]]] = {
    "agree5": (1, 5, frozenset({4, 5})),
    "rating5": (1, 5, frozenset({4, 5})),
    "confidence4": (1, 4, frozenset({3, 4})),
    "need5": (0, 4, frozenset({3, 4})),
    "perform5": (0, 4, frozenset({3, 4})),
    "ladder5": (0, 4, frozenset({2, 3, 4})),
    "mark4": (0, 3, frozenset({2, 3})),
    "pace7": (1, 7, frozenset({3, 4, 5})),
}
BIPOLAR = ("pace7",)
WORDS = (
    "audience", "instrument", "survey", "language", "month", "organisation", "sector", "size_band", "role",
    "credential", "question", "construct", "kind", "item", "status", "text", "scale",
)  # fmt: skip
NOBODY: Mapping[str, object] = {
    "response": 0, "people": 1, "version": 1, "number": None, "score": None, "positive": None, **dict.fromkeys(WORDS),
    "survey": "survey", "language": "en", "month": "2026-01", "item": "", "scale": "", "status": "answered",
}  # fmt: skip
TYPES = {
    "response": "int64", "people": "int64", "version": "int64", "number": "float64", "score": "float64",
    "positive": "boolean",
}  # fmt: skip
ONE_PERSONS = ("response", "text", "language")
"""Columns a counted table does not have."""

TOPICS = [
    "response", "audience", "instrument", "survey", "month", "organisation", "role", "credential", "topic", "critical",
    "appreciative", "people",
]  # fmt: skip


def answers_about(
    credential: str,
    *,
    ratings: Sequence[int | str],
    audience: str = "learner",
    question: str = "worth",
    construct: str | None = None,
    item: str = "",
    scale: str = "agree5",
    organisations: Sequence[str | None] | None = None,
    first: int = 0,
) -> DataFrame:
    """One rating a person, people numbered from `first`; a word among the ratings is an aside ("does_not_apply").

    construct: as the question when None. organisations: one a person.
    """
    low, high, positive = SCALES[scale]
    rows = []
    for place, value in enumerate(ratings):
        rated = isinstance(value, int)
        rows.append(
            {
                "response": first + place,
                "number": value if rated else None,
                "score": (value - low) / (high - low) if rated and scale not in BIPOLAR else None,
                "positive": value in positive if rated else None,
                "organisation": organisations[place] if organisations else None,
                "audience": audience,
                "instrument": audience,
                "credential": credential,
                "question": question,
                "construct": construct or question,
                "kind": "grid" if item else "scale",
                "item": item,
                "status": "answered" if rated else value,
                "scale": scale,
            }
        )
    return _table(rows)


def awareness_of(
    credential: str, *, said: Sequence[str], organisations: Sequence[str | None] | None = None, first: int = 0
) -> DataFrame:
    """Employers' answers to "before today, did you know it": option ids, "never" for not at all."""
    rows = [
        {
            "response": first + place,
            "audience": "employer",
            "instrument": "employer",
            "organisation": organisations[place] if organisations else None,
            "credential": credential,
            "question": "awareness",
            "construct": "awareness",
            "kind": "one",
            "item": choice,
        }
        for place, choice in enumerate(said)
    ]
    return _table(rows)


def together(*tables: DataFrame) -> DataFrame:
    """Several tables of answers as one."""
    return pd.concat(tables, ignore_index=True)


def as_stored(answers: DataFrame) -> DataFrame:
    """The table in the types the store gives it: words as categories."""
    return answers.assign(**{name: answers[name].astype("str" if name == "text" else "category") for name in WORDS})


def chosen_about(
    credential: str,
    *,
    chosen: Sequence[Sequence[str]],
    question: str,
    construct: str | None = None,
    instrument: str = "learner",
    audience: str = "learner",
    first: int = 0,
) -> DataFrame:
    """One person each, with the options chosen of several; a row without an item says that there was an answer."""
    shared = {
        "audience": audience,
        "instrument": instrument,
        "credential": credential,
        "question": question,
        "construct": construct or question,
        "kind": "several",
    }
    return _table(
        [
            {**shared, "response": first + place, "item": item}
            for place, items in enumerate(chosen)
            for item in ["", *items]
        ]
    )


def with_joint(answers: DataFrame) -> DataFrame:
    """The answers and what is known of a person only as long as answers are not counted: the step of the ladder of
    those aware, and the skills that are needed and fall short."""
    by = ["response", "credential"]
    known = answers[(answers["construct"] == "awareness") & (answers["status"] == "answered")]
    sure = known["positive"].fillna((known["item"] != "never").astype("boolean")).astype(bool)
    steps = answers[(answers["construct"] == "recognition") & (answers["audience"] == "employer")]
    steps = steps.merge(known.loc[sure, by].drop_duplicates(), on=by)
    steps = steps.assign(construct="recognition_among_aware", question=steps["question"] + ":aware")
    need, seen = (
        answers[(answers["construct"] == f"skill_{side}") & answers["positive"].notna()]
        for side in ("need", "performance")
    )
    both = need.merge(seen[[*by, "item", "score"]], on=[*by, "item"], suffixes=("", "_seen"))
    short = (both["positive"] & (both["score_seen"] < 0.5)).astype("boolean")
    both = both.assign(
        construct="skill_shortfall", question="skill_shortfall", positive=short, number=short.astype(float), score=None
    )
    return together(answers, steps, both[list(answers)].astype(answers.dtypes.to_dict()))


def counted(answers: DataFrame) -> DataFrame:
    """The table summed up: one row a combination, `people` of them."""
    table = answers.drop(columns=[name for name in ONE_PERSONS if name in answers])
    by = [name for name in table if name != "people"]
    return table.groupby(by, dropna=False, observed=True, as_index=False, sort=False)["people"].sum()[list(table)]


def topics_about(
    credential: str,
    *,
    topics: Sequence[Sequence[str]],
    polarity: str | None = "negative",
    clause: str = "neg",
    audience: str = "learner",
    organisations: Sequence[str | None] | None = None,
    first: int = 0,
) -> DataFrame:
    """One comment a person, each with the topics named in it and a row for having commented.

    polarity: what the question asks for, None where it leaves that open; then `clause` is how each clause reads.
    """
    meant = {"negative": "neg", "positive": "pos"}.get(polarity or "", clause)
    rows = [
        {
            "response": first + place,
            "audience": audience,
            "instrument": audience,
            "survey": "survey",
            "month": "2026-01",
            "organisation": organisations[place] if organisations else None,
            "role": None,
            "credential": credential,
            "topic": topic,
            "critical": bool(topic) and meant == "neg",
            "appreciative": bool(topic) and meant == "pos",
            "people": 1,
        }
        for place, named in enumerate(topics)
        for topic in ["", *named]
    ]
    return DataFrame(rows, columns=TOPICS).astype({"people": "int64", "critical": bool, "appreciative": bool})


def comments_about(
    credential: str, *, topics: Sequence[Sequence[str]], polarity: str | None = "negative", clause: str = "neg"
) -> DataFrame:
    """Learners' comments as they are listed: nothing says which are of one person."""
    return DataFrame(
        {
            "audience": "learner",
            "instrument": "learner",
            "credential": credential,
            "question": "change",
            "construct": "change",
            "polarity": pd.Series([polarity] * len(topics), dtype=object),
            "month": "2026-01",
            "organisation": None,
            "text": [f"About {' and '.join(named) or 'nothing'}." for named in topics],
            "topics": [[{"topic": one, "start": 0, "end": 1, "polarity": clause} for one in named] for named in topics],
        }
    )


def no_answers() -> DataFrame:
    """An answers table nobody has filled."""
    return _table([])


def _table(rows: Sequence[Mapping[str, object]]) -> DataFrame:
    whole = [{**NOBODY, **row} for row in rows]
    columns = {name: [row[name] for row in whole] for name in NOBODY}
    return DataFrame({name: pd.Series(column, dtype=TYPES.get(name, object)) for name, column in columns.items()})

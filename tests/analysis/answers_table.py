"""Answers built in the open: small tables as the store hands them over, for tests to work on."""

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
    "pace7": (1, 7, frozenset({3, 4, 5})),
}
BIPOLAR = ("pace7",)
WORDS = (
    "audience", "instrument", "survey", "language", "month", "organisation", "sector", "size_band", "role",
    "credential", "question", "construct", "kind", "item", "status", "text", "scale",
)  # fmt: skip
NOBODY: Mapping[str, object] = {
    "response": 0, "version": 1, "number": None, "score": None, "positive": None, **dict.fromkeys(WORDS),
    "survey": "survey", "language": "en", "month": "2026-01", "item": "", "scale": "", "status": "answered",
}  # fmt: skip
TYPES = {"response": "int64", "version": "int64", "number": "float64", "score": "float64", "positive": "boolean"}


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


def comments_about(
    credential: str,
    *,
    topics: Sequence[Sequence[str]],
    polarity: str | None = "negative",
    clause: str = "neg",
    audience: str = "learner",
    organisations: Sequence[str | None] | None = None,
    first: int = 0,
) -> DataFrame:
    """One comment a person, each with the topics named in it; `clause` is how each topic's clause reads."""
    return DataFrame(
        {
            "response": range(first, first + len(topics)),
            "audience": audience,
            "credential": credential,
            "question": "change",
            "polarity": pd.Series([polarity] * len(topics), dtype=object),
            "organisation": list(organisations) if organisations else [None] * len(topics),
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

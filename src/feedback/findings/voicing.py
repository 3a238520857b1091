"""What findings that quote share: how many people stand behind some listed comments, at the least."""

from collections.abc import Collection
from typing import Any

from pandas import DataFrame, Series, isna

from feedback.analysis.people import count_people
from feedback.disclosure import Limits, may_show

SAME = ("audience", "instrument", "survey", "month", "organisation", "credential", "question")
"""What tells comments of different people apart."""


def behind(comments: DataFrame) -> dict[str, Any]:
    """People, organisations and largest_share behind listed comments of one audience, at the least. The list does not
    say which are of one person; one person answers a question about a credential once, so of what may be of the same
    people only the question counts that most of them answered (see `people.heads_in`).

    >>> from pandas import DataFrame
    >>> said = DataFrame({"audience": "learner", "instrument": "learner", "credential": "sql", "organisation": None,
    ...                   "question": ["keep", "keep", "change"]})
    >>> behind(said)["people"]
    2
    """
    if comments.empty:
        return {"people": 0, "organisations": None, "largest_share": None}
    known = [name for name in SAME if name in comments]
    return heads(count_people(comments[known].astype(object).assign(people=1), []))


def asked(comments: DataFrame) -> Series:
    """What each comment answers."""
    return comments["instrument"].astype(str) + "/" + comments["question"].astype(str)


def heads(counted: DataFrame) -> dict[str, Any]:
    """The first row of what `count_people` counted, as plain values; None where there is no employer."""
    found = {name: counted[name].iloc[0] for name in ("people", "organisations", "largest_share")}
    return {name: None if isna(value) else value.item() for name, value in found.items()}


def enough(found: dict[str, Any], limits: Limits) -> bool:
    """Whether what `behind` found is enough people, of enough organisations."""
    table = DataFrame([found]).astype({"organisations": "Int64", "largest_share": float})
    return bool(may_show(table["people"], table["organisations"], table["largest_share"], limits)[0])


def by_language(comments: DataFrame) -> list[tuple[str, str, DataFrame]]:
    """The comments by audience and language; those of no known language left out."""
    known = comments[comments["language"].notna() & (comments["language"].astype(str) != "")]
    cells = known.astype({"audience": str, "language": str}).groupby(["audience", "language"], sort=True)
    return [(str(audience), str(language), rows.reset_index(drop=True)) for (audience, language), rows in cells]


def no_rows(words: Collection[str], measures: Collection[str]) -> DataFrame:
    """A table of a finding that quotes, with nothing to tell."""
    return DataFrame({name: [] for name in (*words, *measures)}, dtype=object).assign(
        people=DataFrame({"people": []}, dtype="int64")["people"],
        organisations=DataFrame({"organisations": []}, dtype="Int64")["organisations"],
        largest_share=DataFrame({"largest_share": []}, dtype=float)["largest_share"],
    )

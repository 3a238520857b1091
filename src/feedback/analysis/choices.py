"""What people chose of several things: the share of those who answered, option by option."""

from collections.abc import Sequence

import numpy as np
from pandas import DataFrame

from feedback.analysis.people import count_people
from feedback.analysis.ratings import wilson

ONE, SEVERAL = "one", "several"
"""The kinds of question read here."""


def option_shares(answers: DataFrame, by: Sequence[str]) -> DataFrame:
    """The share of people who chose each option of a question, of those who answered it.

    answers: counted answers to questions with one or several choices. Of a question with several, a person is in a row
    for each option chosen and in one with item "", which counts who answered at all; where these are missing nothing
    can be said, and the question is left out. Asides ("don't know") are set aside. by: columns to tell apart beside
    instrument, question and item.
    Returns one row a cell and option that anybody chose: by..., instrument, question, item, people (who answered the
    question), organisations, largest_share, hits (people who chose the option), share, low, high (Wilson, 90%).
    """
    cell = [*by, "instrument", "question"]
    known = answers[(answers["status"] == "answered").to_numpy(dtype=bool)]
    known = known.astype({**dict.fromkeys(cell, "str"), "item": "str"})
    one = (known["kind"] == ONE).to_numpy(dtype=bool)
    at_all = (known["kind"] == SEVERAL).to_numpy(dtype=bool) & (known["item"] == "").to_numpy(dtype=bool)
    asked = count_people(known[one | at_all], cell)
    chosen = known[(known["item"] != "").to_numpy(dtype=bool)]
    hits = chosen.groupby([*cell, "item"])["people"].sum().rename("hits").reset_index()
    found = hits.merge(asked, on=cell)
    low, high = wilson(found["hits"], found["people"])
    return found.assign(share=found["hits"] / found["people"], low=low, high=high)


def with_options(found: DataFrame, options: DataFrame, cell: Sequence[str]) -> DataFrame:
    """The shares with a row for every option offered, also those nobody chose, in the order of `options`.

    found: as `option_shares` returns it, all of it about the cells of `cell`. options: columns of `cell` and item. An
    option that stands there only once somebody has chosen it would tell that somebody has.
    """
    asked = found[[*cell, "people", "organisations", "largest_share"]].drop_duplicates(list(cell))
    every = options.merge(asked, on=list(cell))
    both = every.merge(found[[*cell, "item", "hits"]], on=[*cell, "item"], how="left")
    both["hits"] = both["hits"].fillna(0).astype(np.int64)
    low, high = wilson(both["hits"], both["people"])
    return both.assign(share=both["hits"] / both["people"], low=low, high=high)

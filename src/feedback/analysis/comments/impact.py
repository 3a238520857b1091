"""How much the rating of the whole would change without those who name a topic critically. What goes with it, not what
it causes: whoever is discontent names more."""

import numpy as np
from pandas import DataFrame

from feedback.analysis.shrinkage import draw_together

Z90 = 1.6448536269514722
COLUMNS = ("topic", "critics", "raters", "below", "below_low", "below_high", "lift", "lift_low", "lift_high")


def lifts(critics: DataFrame, everybody: DataFrame) -> DataFrame:
    """What the mean rating would gain without those who name a topic critically; missing columns are never guessed.

    critics: counted: credential, topic, rating (a number), people. everybody: counted: credential, rating, people; all
    who rated a credential, the critics among them. Returns one row a topic with any critic, sorted by topic: critics,
    raters (of all credentials), below (by so many steps of the scale the critics rate lower than the others do; less
    than 0 where they rate higher) and lift (what the mean of all would gain without them, in steps), each with its 90%
    interval, low to high.
    Critics are compared with the others who rated the same credential, so that hard courses with many critics do not
    count against a topic; the gaps of all topics are drawn together (Morris, 1983), as critics of few people say
    little. Empty where nobody differs or nobody is left to compare with.

    >>> critics = DataFrame({"credential": "a", "topic": ["pace"], "rating": [2.0], "people": [5]})
    >>> everybody = DataFrame({"credential": "a", "rating": [2.0, 4.0], "people": [5, 15]})
    >>> lifts(critics, everybody)[["critics", "raters", "below", "lift"]].round(2).values.tolist()
    [[5.0, 20.0, 2.0, 0.5]]
    """
    all_of = _sums(everybody, ["credential"])
    within = (all_of["square"] - all_of["sum"] ** 2 / all_of["people"]).sum()
    freedom = (all_of["people"] - 1).sum()
    spread = float(np.sqrt(within / freedom)) if freedom > 0 and within > 0 else 0.0
    own = _sums(critics, ["topic", "credential"]).merge(all_of, on="credential", suffixes=("", "_all"))
    own = own[own["people_all"] > own["people"]]
    if own.empty or not spread:
        return DataFrame(columns=list(COLUMNS))
    others = own["people_all"] - own["people"]
    gap = own["sum"] / own["people"] - (own["sum_all"] - own["sum"]) / others
    weight = own["people"] * others / own["people_all"]
    found = own.assign(weight=weight, pulled=weight * gap).groupby("topic")[["people", "weight", "pulled"]].sum()
    drawn = draw_together(found["pulled"] / found["weight"], spread / np.sqrt(found["weight"]))
    share = found["people"].to_numpy() / all_of["people"].sum()
    below = {"": -drawn.mean, "_low": -drawn.mean - Z90 * drawn.sd, "_high": -drawn.mean + Z90 * drawn.sd}
    return DataFrame(
        {
            "topic": found.index.astype(str),
            "critics": found["people"].to_numpy(dtype=int),
            "raters": int(all_of["people"].sum()),
            **{f"below{end}": value for end, value in below.items()},
            **{f"lift{end}": value * share for end, value in below.items()},
        }
    )


def _sums(counted: DataFrame, by: list[str]) -> DataFrame:
    """How many rated, and the sums of what they gave and of its squares."""
    rating, people = counted["rating"].astype(float), counted["people"].astype(float)
    parts = counted[by].astype(str).assign(people=people, sum=people * rating, square=people * rating**2)
    return parts.groupby(by, as_index=False)[["people", "sum", "square"]].sum()

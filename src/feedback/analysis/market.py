"""What is wanted against what is offered: each topic's or skill's place among the others."""

import numpy as np
from pandas import DataFrame, Series, to_numeric

ABOUT = ("topic", "skill")
SERIES = ("measure", "source", "unit", "region")
DEMAND, SUPPLY = "demand", "supply"
"""The two measures."""
HALF = 0.5
"""The middle place: as many of the others lie above as below."""
WHITE_SPACE, CROWDED, STRONG, QUIET = "white space", "crowded", "wanted and crowded", "quiet"
"""Wanted and rarely offered; often offered and hardly wanted; both; neither."""
COLUMNS = ("topic", "skill", "demand", "supply", "on", "source", "sources", "wanted", "offered", "place")


def demand_and_supply(market: DataFrame) -> DataFrame:
    """Where each topic or skill stands among the others in demand and in supply, by the newest figure of each source.

    market: one row a figure: topic (words) or skill (slug), the other missing, measure ("demand" or "supply"), value (a
    number from 0), on (date), source; unit and region (may be missing). Not changed.
    Figures of two sources, units or regions count different things (adverts, searches, courses), so they are never
    added: in each such series every topic gets its place, the share of the others that lie below it (ties half), by its
    newest figure; the places of several series are averaged. A series of one topic compares nothing.
    Returns one row a topic or skill: topic, skill ("" for none), demand, supply (its newest figures), on (of the newest
    of both), source (of both, in words), sources (how many), wanted, offered (places, 0-1; NaN where there is no figure
    or nothing to compare with), place (one of WHITE_SPACE, CROWDED, STRONG, QUIET; "" where a place is missing). Most
    wanted and least offered first.
    """
    words = {name: market[name].astype(object).fillna("").astype(str).str.strip() for name in (*ABOUT, *SERIES)}
    value = to_numeric(market["value"], errors="coerce").astype(float)
    table = market.assign(**words, value=value, on=market["on"].astype(str))
    table = table[((table["topic"] != "") | (table["skill"] != "")) & table["value"].notna()]
    if table.empty:
        return DataFrame({name: Series(dtype=float if name in _NUMBERS else object) for name in COLUMNS})
    newest = table.sort_values(["on", "value"], kind="stable").drop_duplicates([*ABOUT, *SERIES], keep="last")
    series = newest.groupby(list(SERIES))["value"]
    others = series.transform("count") - 1
    newest = newest.assign(among=(series.rank() - 1) / others.where(others > 0))
    about = newest.groupby(list(ABOUT))
    found = DataFrame(
        {
            "on": about["on"].max(),
            "source": about["source"].agg(lambda each: "; ".join(sorted(set(each) - {""}))),
            "sources": about["source"].nunique(),
        }
    )
    for measure, place in ((DEMAND, "wanted"), (SUPPLY, "offered")):
        own = newest[newest["measure"] == measure].sort_values(["on", *SERIES], kind="stable").groupby(list(ABOUT))
        found = found.join(DataFrame({measure: own["value"].last(), place: own["among"].mean()}))
    found["place"] = [_place(*pair) for pair in zip(found["wanted"], found["offered"], strict=True)]
    found["room"] = found["wanted"] - found["offered"]
    found = found.reset_index().sort_values(["room", *ABOUT], ascending=[False, True, True], ignore_index=True)
    return found[list(COLUMNS)]


_NUMBERS = ("demand", "supply", "sources", "wanted", "offered")


def _place(wanted: float, offered: float) -> str:
    if np.isnan(wanted) or np.isnan(offered):
        return ""
    if wanted >= HALF:
        return WHITE_SPACE if offered < HALF else STRONG
    return CROWDED if offered >= HALF else QUIET

"""How each delivery of a credential went: who stayed to the end, and for how many it was worth it."""

from collections.abc import Mapping

import numpy as np
from pandas import DataFrame, to_numeric

from feedback.analysis.ratings import only, percent_positive, wilson

COUNTS = ("views", "enquiries", "enrolled", "started", "completed", "passed")
WORTH = "overall"
"""The construct of whether it was worth it."""


def completion(runs: DataFrame) -> DataFrame:
    """The share of those who started a run that completed it.

    runs: one row a run: slug, started, completed, passed (counts, may be missing). Not changed.
    Returns one row a run, in the same order: its columns, the counts as numbers (NaN when missing), people (who
    started; where that is not known, who enrolled; 0 when neither is), hits (completed), share, low, high (Wilson, 90%;
    NaN when a count is missing), pass_share (passed of completed; NaN when not known).
    """
    counts = {name: to_numeric(runs[name], errors="coerce").astype(float) for name in COUNTS if name in runs}
    table = runs.assign(**{name: counts.get(name, np.nan) for name in COUNTS})
    base = table["started"].fillna(table["enrolled"])
    hits = table["completed"].where(base > 0)
    low, high = wilson(hits, base)
    with np.errstate(invalid="ignore", divide="ignore"):
        passed = table["passed"] / table["completed"].where(table["completed"] > 0)
        share = hits / base
    return table.assign(people=base.fillna(0).astype(np.int64), hits=hits, share=share, low=low, high=high).assign(
        pass_share=passed
    )


def worth_by_run(answers: DataFrame, survey_runs: Mapping[str, str]) -> DataFrame:
    """The share of a run's learners for whom it was worth it.

    answers: counted answers; learners' of construct "overall" are read. survey_runs: the run of each survey; answers of
    surveys of no run count for none. Returns one row a run anybody answered about: slug, people, hits, share, low,
    high (Wilson, 90%).
    """
    rated = only(answers, audience="learner", construct=WORTH)
    rated = rated.assign(slug=rated["survey"].astype(object).map(dict(survey_runs)))
    found = percent_positive(rated[rated["slug"].notna()].astype({"slug": "str"}), ["slug"])
    return found.rename(columns={"n": "people", "positive": "hits"})[["slug", "people", "hits", "share", "low", "high"]]

"""Reading comments: a table of texts in, a table of readings out; the same text always reads the same."""

import numpy as np
import pandas as pd

from feedback.analysis.comments.language import detect
from feedback.analysis.comments.sentiment import score
from feedback.analysis.comments.topics import Taxonomy, shipped_taxonomy
from feedback.errors import FeedbackError

ANALYSER = "2"
"""The version stored with each reading: raise it when a change here, or of a topic, makes comments read otherwise."""

GIVEN = ("text", "language", "polarity", "audience")
"""The columns read; all but `text` may be absent."""


def read(table: pd.DataFrame, taxonomy: Taxonomy | None = None) -> pd.DataFrame:
    """Read each comment of a table: its language, how it sounds, and what it is about.

    table: columns `text`; and, where known, `language` (the form's), `polarity` (what the question gave: "positive",
    "negative" or missing) and `audience` ("learner", "employer", "expert": only topics meant for it; missing: all).
    taxonomy: the topics to look for; those of data/topics/ when not given.

    Returns the same index and the columns `language` (two letters; "" not known), `vader`, `textblob`, `sentiment` (-1
    to 1; NaN not scored) and `topics` (a list of {"topic", "start", "end", "polarity"}; code points of the text, end
    exclusive). A missing or blank text has no language, no scores and no topics. No text raises;
    a table without the column `text` is a FeedbackError.
    """
    if "text" not in table:
        raise FeedbackError(f'The comments have no column "text". Found: {", ".join(map(str, table.columns))}.')
    taxonomy = taxonomy or shipped_taxonomy()
    given = list(zip(*(_column(table, name) for name in GIVEN), strict=True))
    known = {key: place for place, key in enumerate(dict.fromkeys(given))}  # what was said twice is read once
    texts = [text if text and text.strip() else None for text, *_ in known]
    languages = detect(texts, [prior for _, prior, _, _ in known])
    scores = score(texts, languages)
    topics = [
        [] if text is None else [dict(vars(tag)) for tag in taxonomy.tag(text, language, polarity, audience, whole)]
        for text, language, whole, (_, _, polarity, audience) in zip(
            texts, languages, scores["sentiment"].tolist(), known, strict=True
        )
    ]
    rows = np.array([known[key] for key in given], dtype=int)
    readings = scores.iloc[rows].set_axis(table.index, axis=0)
    readings.insert(0, "language", pd.Series([languages[row] for row in rows], index=table.index, dtype=object))
    return readings.assign(
        topics=pd.Series([[dict(tag) for tag in topics[row]] for row in rows], index=table.index, dtype=object)
    )


def _column(table: pd.DataFrame, name: str) -> list[str | None]:
    """A column of words, None where missing or where the table has no such column."""
    if name not in table:
        return [None] * len(table)
    return [value if isinstance(value, str) else None for value in table[name]]

"""Reading comments: a table of texts in, a table of readings out; the same text always reads the same."""

from collections.abc import Mapping
from math import nan

import numpy as np
import pandas as pd

from feedback.analysis.comments.language import detect
from feedback.analysis.comments.learned_topics import Text, TopicModel
from feedback.analysis.comments.learning import SentimentModel
from feedback.analysis.comments.names import Roster
from feedback.analysis.comments.redaction import Redaction, redactions
from feedback.analysis.comments.sentiment import signals
from feedback.analysis.comments.topics import Tag, Taxonomy, shipped_taxonomy
from feedback.analysis.comments.words import places
from feedback.errors import FeedbackError

ANALYSER = "5"
"""The version stored with each reading: raise it when a change here, or of a topic, makes comments read otherwise."""

NOT_SCORED = (nan, nan, nan)
GIVEN = ("text", "language", "polarity", "audience")
"""The columns read; all but `text` may be absent."""


def read(
    table: pd.DataFrame,
    taxonomy: Taxonomy | None = None,
    models: Mapping[str, SentimentModel] | None = None,
    topic_models: Mapping[str, TopicModel] | None = None,
    roster: Roster | None = None,
) -> pd.DataFrame:
    """Read each comment of a table: its language, how it sounds, and what it is about.

    table: columns `text`; and, where known, `language` (the form's), `polarity` (what the question gave: "positive",
    "negative" or missing) and `audience` ("learner", "employer", "expert": only topics meant for it; missing: all).
    taxonomy: the topics to look for; those of data/topics/ when not given. models, topic_models: what was learned, by
    language; a model of sentiment that reads no better than the lexicons is left aside. roster: people who are masked
    wherever they are named; where it is given (NOBODY will do) what is to be masked is found, too.

    Returns the same index and the columns `language` (two letters; "" not known), `vader`, `textblob`, `sentiment` (-1
    to 1; NaN not scored) and `topics` (a list of {"topic", "start", "end", "polarity"}; code points of the text, end
    exclusive); with a roster also `hidden`, the list of Redactions of the text (see `masked` and `moved`). A missing or
    blank text has no language, no scores and no topics, and nothing hidden. No text raises; a table without the column
    `text` is a FeedbackError.
    """
    if "text" not in table:
        raise FeedbackError(f'The comments have no column "text". Found: {", ".join(map(str, table.columns))}.')
    taxonomy = taxonomy or shipped_taxonomy()
    given = list(zip(*(_column(table, name) for name in GIVEN), strict=True))
    known = {key: place for place, key in enumerate(dict.fromkeys(given))}  # what was said twice is read once
    texts = [text if text and text.strip() else None for text, *_ in known]
    languages = detect(texts, [prior for _, prior, _, _ in known])
    scores: list[tuple[float, float, float]] = []
    topics: list[list[Tag]] = []
    hidden: list[list[Redaction]] = []
    learned: dict[str, dict[int, Text]] = {}
    for text, language, (_, _, polarity, audience) in zip(texts, languages, known, strict=True):
        if text is None:
            scores.append(NOT_SCORED)
            topics.append([])
            hidden.append([])
            continue
        found = places(text)
        heard = signals(text, language, found)
        scores.append(NOT_SCORED if heard is None else (heard.vader, heard.textblob, heard.sentiment))
        said = taxonomy.tag(text, language, polarity, audience, heard, found)
        if topic_models and language in topic_models:
            learned.setdefault(language, {})[len(topics)] = Text(text, said, polarity, heard, found)
        topics.append(said)
        hidden.append([] if roster is None else redactions(text, roster, found))
    for language, waiting in learned.items():  # all of a language at once: one by one takes several times as long
        for at, said in zip(waiting, (topic_models or {})[language].tag_all([*waiting.values()]), strict=True):
            topics[at] = said
    for language, model in (models or {}).items():
        if model.quality.is_better:
            _read_learned(model, [at for at, one in enumerate(languages) if one == language], texts, scores)
    rows = [known[key] for key in given]
    numbers = np.array(scores, dtype=float).reshape(len(scores), 3)[rows]
    tags = [[dict(vars(tag)) for tag in topics[row]] for row in rows]
    columns = {
        "language": pd.Series([languages[row] for row in rows], index=table.index, dtype=object),
        **{name: numbers[:, at] for at, name in enumerate(("vader", "textblob", "sentiment"))},
        "topics": pd.Series(tags, index=table.index, dtype=object),
    }
    if roster is not None:
        columns["hidden"] = pd.Series([[*hidden[row]] for row in rows], index=table.index, dtype=object)
    return pd.DataFrame(columns, index=table.index)


def _read_learned(
    model: SentimentModel, places: list[int], texts: list[str | None], scores: list[tuple[float, float, float]]
) -> None:
    """Put the model's sentiment in the place of the lexicons'."""
    said = [texts[at] or "" for at in places]
    for at, sentiment in zip(places, model.sentiment(said) if said else (), strict=True):
        scores[at] = (*scores[at][:2], float(sentiment))


def _column(table: pd.DataFrame, name: str) -> list[str | None]:
    """A column of words, None where missing or where the table has no such column."""
    if name not in table:
        return [None] * len(table)
    return [value if isinstance(value, str) else None for value in table[name]]

"""How well comments are read, on real ones that people labelled. The files stay outside the project (licences)."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from feedback.analysis.comments.language import detect
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.sentiment import labels, score
from feedback.analysis.comments.topics import Taxonomy, read_taxonomy
from feedback.settings import data_folder, project_folder

MOST = 2_000
CORPORA = Path(os.environ.get("FEEDBACK_TEST_DATA") or project_folder().parent / "shared") / "corpora"
ASPECTS = {
    "edurabsa": {
        "Staff - Teaching": "teaching",
        "Course - Assessment": "assessment",
        "Course - Workload": "workload_length",
        "Course - Course materials": "materials",
        "Staff - Helpfulness": "support",
    },
    "herath": {"Lecturer": "teaching", "CA": "assessment", "End_Exam": "assessment", "Subject_Material": "materials"},
}


def comments(name: str) -> pd.DataFrame:
    """text, label (neg, neu, pos) and aspects of one source; skips where it is not at hand."""
    path = CORPORA / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not at hand: set FEEDBACK_TEST_DATA to the folder that holds corpora/")
    table = pd.read_csv(path)
    by_rating = pd.cut(table["rating"], [0, 2.5, 3.99, 5], labels=["neg", "neu", "pos"]).astype(object)
    return table.assign(label=table["sentiment"].where(table["rating"].isna(), by_rating)).head(MOST)


def area_under_curve(values: np.ndarray, positive: np.ndarray) -> float:
    """The chance that a positive comment scores above a negative one."""
    hits, misses = positive.sum(), (~positive).sum()
    return float((rankdata(values)[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))


def macro_f1(true: np.ndarray, found: np.ndarray) -> float:
    return float(
        np.mean(
            [2 * np.sum((true == one) & (found == one)) / max(1, np.sum(true == one) + np.sum(found == one))
             for one in ("neg", "neu", "pos")]
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "area", "macro", "recall"),
    [
        ("edurabsa", 0.92, 0.60, 0.68),
        ("herath", 0.92, 0.59, 0.70),
        ("welch_courses", 0.86, 0.57, 0.68),
        ("rmp", 0.89, 0.54, 0.68),
    ],
)
def test_sentiment_orders_real_comments_and_finds_the_negative_ones(source, area, macro, recall):
    table = comments(source)
    table = table[table["label"].isin(["neg", "neu", "pos"])]
    sentiment = score(table["text"], ["en"] * len(table))["sentiment"]
    true, found = table["label"].to_numpy(), labels(sentiment).to_numpy()
    decided = true != "neu"
    assert area_under_curve(sentiment.to_numpy()[decided], true[decided] == "pos") >= area
    assert macro_f1(true, found) >= macro
    assert np.mean(found[true == "neg"] == "neg") >= recall


@pytest.mark.parametrize(
    ("source", "form", "language", "share"),
    [("herath", "en", "en", 0.99), ("rmp", "en", "en", 0.99), ("herath", "es", "en", 0.93), ("vsfc", "en", "vi", 0.93),
     ("zh_mooc", "en", "zh", 0.85)],
)  # fmt: skip
def test_the_language_of_real_comments_is_told(source, form, language, share):
    table = comments(source)
    assert np.mean(np.array(detect(table["text"], form)) == language) >= share


@pytest.mark.parametrize(
    ("source", "topic_floor", "polarity_floor"), [("edurabsa", 0.54, 0.53), ("herath", 0.60, 0.58)]
)
def test_topics_and_their_polarity_agree_with_people(source, topic_floor, polarity_floor):
    table = comments(source)
    table = table[table["aspects"].notna()].reset_index(drop=True)
    courses: Taxonomy = read_taxonomy(data_folder() / "topics" / "courses.toml")
    tags = read(table[["text"]].assign(language="en"), courses)["topics"]
    meant = ASPECTS[source]
    people = [
        {meant[one["aspect"]]: one["polarity"] for one in json.loads(said) if one["aspect"] in meant}
        for said in table["aspects"]
    ]
    figures = []
    for topic in set(meant.values()):
        true = np.array([topic in one for one in people])
        found = np.array([any(tag["topic"] == topic for tag in one) for one in tags])
        figures.append(2 * np.sum(true & found) / (true.sum() + found.sum()))
    assert np.mean(figures) >= topic_floor

    pairs = [
        (polarity, next(tag["polarity"] for tag in one if tag["topic"] == topic))
        for said, one in zip(people, tags, strict=True)
        for topic, polarity in said.items()
        if polarity in ("neg", "neu", "pos") and any(tag["topic"] == topic for tag in one)
    ]
    true, found = (np.array(side) for side in zip(*pairs, strict=True))
    assert macro_f1(true, found) >= polarity_floor

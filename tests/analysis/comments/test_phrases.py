"""The sentences of the sample institution fit the topics they were written for."""

import tomllib
from collections import Counter

import pandas as pd

from feedback.analysis.comments.language import detect
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.settings import data_folder

BANK = tomllib.loads((data_folder() / "sample" / "phrases.toml").read_text(encoding="utf-8"))
PHRASES = pd.DataFrame(BANK["phrases"]).explode("text", ignore_index=True)


NOT_WRITTEN_OF = {"difficulty", "manner", "structure", "facilities"}
"""Topics the invented people of the sample have no sentences of their own about."""


def test_every_other_topic_is_praised_and_blamed_in_three_languages():
    counts = PHRASES.groupby(["topic", "polarity", "language"]).size().unstack("language")
    assert set(counts.index.get_level_values("topic")) == set(shipped_taxonomy().topics) - NOT_WRITTEN_OF
    assert len(counts) == 40
    assert (counts["en"] >= 8).all()
    assert (counts[["es", "de"]] >= 3).all(axis=None)


def test_no_sentence_is_written_twice_and_each_is_whole():
    assert [text for text, count in Counter(PHRASES["text"]).items() if count > 1] == []
    assert PHRASES["text"].str.match(r"^[A-ZÁÉÍÓÚÑÄÖÜ].*[.!?]$").all()
    assert PHRASES["text"].str.len().between(15, 140).all()


def test_every_audience_has_openings_of_each_mood_and_language():
    moods = {(one["audience"], one["polarity"], one["language"]) for one in BANK["openings"]}
    assert len(moods) == 2 * 3 * 3


def test_sentences_are_told_to_be_in_their_language():
    found = pd.Series(detect(PHRASES["text"], PHRASES["language"]))
    assert (found == PHRASES["language"]).mean() >= 0.99


def test_sentences_are_tagged_with_their_topic():
    readings = read(PHRASES.rename(columns={"polarity": "given"}).assign(polarity=None))
    hits = [
        topic in {tag["topic"] for tag in tags}
        for topic, tags in zip(PHRASES["topic"], readings["topics"], strict=True)
    ]
    assert pd.Series(hits).groupby(PHRASES["language"]).mean().min() >= 0.95


def test_blame_reads_worse_than_praise():
    english = PHRASES[PHRASES["language"] == "en"]
    sentiment = read(english[["text", "language"]])["sentiment"].groupby(english["polarity"]).mean()
    assert sentiment["neg"] < 0.05
    assert sentiment["pos"] > 0.25

"""How well and how fast comments are read, beside TextBlob, VADER and the pipeline one writes first.

Needs the comments people labelled, which are not part of the project (licences): FEEDBACK_TEST_DATA, or ../shared,
names the folder that holds corpora/. Columns: macro-F1 over neg, neu, pos; recall of the negative ones; AUC of negative
against positive; and comments per CPU second, in one run.

    python benchmarks/comments.py [first] [learned] [topics] [speed]    # all if not said: some minutes
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from nltk.stem import PorterStemmer
from nltk.tokenize import word_tokenize
from scipy.stats import rankdata
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from feedback.analysis.comments import judging
from feedback.analysis.comments.learned_topics import learn_topics
from feedback.analysis.comments.learning import learn_sentiment, quality_of
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.redaction import mask
from feedback.analysis.comments.sentiment import ALONE_WEIGHT, labels, score
from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.analysis.comments.words import places, word_lists
from feedback.settings import project_folder

CORPORA = Path(os.environ.get("FEEDBACK_TEST_DATA") or project_folder().parent / "shared") / "corpora"
ENGLISH = ("edurabsa", "herath", "welch_courses", "rmp")
CUTS = {"vader": (-0.05, 0.05), "textblob": (0.0, 1e-9)}
"""The usual ones of the libraries."""


def comments(name: str) -> pd.DataFrame:
    """text and label of one source."""
    table = pd.read_csv(CORPORA / f"{name}.csv.gz")
    by_rating = pd.cut(table["rating"], [0, 2.5, 3.99, 5], labels=["neg", "neu", "pos"]).astype(object)
    table = table.assign(label=table["sentiment"].where(table["rating"].isna(), by_rating))
    return table[table["label"].isin(["neg", "neu", "pos"])].reset_index(drop=True)


def area(values: np.ndarray, labels: np.ndarray) -> float:
    """The chance that a positive comment scores above a negative one."""
    ranks, positive = rankdata(values[labels != "neu"]), labels[labels != "neu"] == "pos"
    hits, misses = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))


def first() -> None:
    print("First day            macro-F1  recall  AUC")
    for name in ENGLISH:
        table = comments(name)
        found = score(table["text"], ["en"] * len(table))
        true = table["label"].to_numpy()
        for way in ("textblob", "vader", "sentiment"):
            read_as = labels(found[way]) if way == "sentiment" else labels(found[way].replace(0.0, 1e-12), *CUTS[way])
            macro, recall = quality_of(true.tolist(), read_as.tolist())
            ours = "ours" if way == "sentiment" else way
            print(f"{name:14}{ours:10}{macro:.3f}    {recall:.2f}   {area(found[way].to_numpy(), true):.3f}")
    words_alone()


def words_alone() -> None:
    """What our words read by themselves, as in languages the libraries do not know: English is what can be measured."""
    general, judging.GENERAL = judging.GENERAL, 0.0
    judging._words.cache_clear()
    print("Our words alone      macro-F1  recall  AUC     of comments that say one")
    for name in ENGLISH:
        table = comments(name)
        said = [judging.judged(text, places(text), "en") for text in table["text"]]
        known = np.array([bool(one) for one in said])
        found = pd.Series([ALONE_WEIGHT * judging.tone(one) for one in said])[known].clip(-1, 1)
        true = table["label"].to_numpy()[known]
        macro, recall = quality_of(true.tolist(), labels(found).tolist())
        print(f"{name:24}{macro:.3f}    {recall:.2f}   {area(found.to_numpy(), true):.3f}   {known.mean():.2f}")
    judging.GENERAL = general
    judging._words.cache_clear()


def learned() -> None:
    print("Learned              comments  macro-F1  recall  calibration error  first day")
    for name in (*ENGLISH, "vsfc"):
        table = comments(name)
        language = "vi" if name == "vsfc" else "en"
        folds = 8 if len(table) < 2_000 else 3
        one = learn_sentiment(
            table["text"].tolist(), table["label"].tolist(), language, folds=folds, most=20_000
        ).quality
        print(
            f"{name:14}{folds} folds {one.comments:7}    {one.macro_f1:.3f}    {one.recall_negative:.2f}    "
            f"{one.calibration_error:.3f}              {one.lexicon_macro_f1:.3f}"
        )
    for name in ("edurabsa", "herath"):
        table = comments(name)
        figures = []
        for seed in range(6):
            order = np.random.default_rng(seed).permutation(len(table))
            own, others = table.iloc[order[:100]], table.iloc[order[100:]]
            model = learn_sentiment(own["text"].tolist(), own["label"].tolist(), "en")
            found = labels(pd.Series(model.sentiment(others["text"].tolist())))
            figures.append(quality_of(others["label"].tolist(), found.tolist()))
        print(f"{name:14}from         100    {np.mean(figures, axis=0)[0]:.3f}    {np.mean(figures, axis=0)[1]:.2f}")


def topics() -> None:
    print("Topics learned from tags, 8 folds: F1")
    for name in ("edurabsa", "herath"):
        table = comments(name)
        table = table[table["aspects"].notna()]
        said = [{one["aspect"] for one in json.loads(cell)} for cell in table["aspects"]]
        model = learn_topics(table["text"].tolist(), said, "en", shipped_taxonomy(), folds=8)
        print(f"{name:14}mean of {len(model.quality)} topics {np.mean([one.f1 for one in model.quality.values()]):.3f}")


def speed() -> None:
    analyser, stemmer, stop_words = SentimentIntensityAnalyzer(), PorterStemmer(), word_lists("en").stop_words

    def naive(text: str) -> list[str]:
        _ = TextBlob(text).sentiment, analyser.polarity_scores(text)
        words = word_tokenize(text, preserve_line=True)
        return [stemmer.stem(word) for word in words if word.lower() not in stop_words]

    texts = pd.concat([comments("rmp").head(3_000), comments("edurabsa").head(1_000), comments("herath").head(1_000)])
    table = texts[["text"]].sample(frac=1, random_state=0).reset_index(drop=True).assign(language="en")
    read(table.head(500))
    spent = []
    for begin in range(500, len(table), 500):
        part = table.iloc[begin : begin + 500]
        marks = [time.process_time()]
        for work in (lambda part=part: [naive(text) for text in part["text"]], lambda part=part: read(part),
                     lambda part=part: [mask(text) for text in part["text"]]):  # fmt: skip
            work()
            marks.append(time.process_time())
        spent.append(np.diff(marks))
    one, reading, masking = np.median(spent, axis=0) / 500
    whole = reading + masking
    print(f"naive {1 / one:,.0f} a second; ours {1 / whole:,.0f} (masking too), {one / whole:.2f} times; reading alone")
    print(f"{1 / reading:,.0f} a second, {one / reading:.2f} times. Mean length {table['text'].str.len().mean():.0f}.")


if __name__ == "__main__":
    for part in sys.argv[1:] or ("first", "learned", "topics", "speed"):
        {"first": first, "learned": learned, "topics": topics, "speed": speed}[part]()

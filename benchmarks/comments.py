"""How well and how fast comments are read, beside TextBlob, VADER and the pipeline one writes first.

Needs the comments people labelled, which are not part of the project (licences): FEEDBACK_TEST_DATA, or ../shared,
names the folder that holds corpora/. Columns: macro-F1 over neg, neu, pos; recall of the negative ones; AUC of negative
against positive; and comments per CPU second, in one run.

    python benchmarks/comments.py [first] [learned] [topics] [speed]    # all if not said: some minutes
    python benchmarks/comments.py million                               # six minutes of processor
"""

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
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
from feedback.analysis.comments.learned_polarity import learn_polarity, spoken
from feedback.analysis.comments.learned_topics import learn_topics
from feedback.analysis.comments.learning import learn_sentiment, quality_of
from feedback.analysis.comments.names import NOBODY
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.redaction import masked
from feedback.analysis.comments.sentiment import ALONE_WEIGHT, labels, score
from feedback.analysis.comments.suggestions import suggestions_in
from feedback.analysis.comments.topics import Tag, shipped_taxonomy
from feedback.analysis.comments.words import places, word_lists
from feedback.settings import project_folder

CORPORA = Path(os.environ.get("FEEDBACK_TEST_DATA") or project_folder().parent / "shared") / "corpora"
ENGLISH = ("edurabsa", "herath", "welch_courses", "rmp")
ASPECTS = {
    "edurabsa": {
        "Staff - Teaching": "teaching",
        "Course - Assessment": "assessment",
        "Course - Workload": "workload_length",
        "Course - Course materials": "materials",
        "Staff - Helpfulness": "support",
        "Staff - Attitude": "manner",
        "Staff - Personal traits": "manner",
        "Course - Difficulty": "difficulty",
        "Course - Content": "content_up_to_date",
        "Course - Learning activity": "practice",
        "University - Campus & facilities": "facilities",
    },
    "herath": {
        "Lecturer": "teaching",
        "CA": "assessment",
        "End_Exam": "assessment",
        "Subject_Material": "materials",
        "Course_Structure": "structure",
        "Learning_Environment": "facilities",
    },
}
"""Which of our topics what people named is."""
CUTS = {"vader": (-0.05, 0.05), "textblob": (0.0, 1e-9)}
"""The usual ones of the libraries."""
MOST_IN_A_FILE = 500_000
"""More comments of this length are over the size a file may have, and come in two."""


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
        folds = 3 if name == "rmp" else 8
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
    print("Topics learned from tags, 8 folds: F1; how they are spoken of, learned (and by the rule): macro-F1")
    for name in ("edurabsa", "herath"):
        table = comments(name)
        table = table[table["aspects"].notna()]
        texts, people = table["text"].tolist(), [json.loads(cell) for cell in table["aspects"]]
        model = learn_topics(
            texts, [{one["aspect"] for one in each} for each in people], "en", shipped_taxonomy(), folds=8
        )
        f1 = np.mean([one.f1 for one in model.quality.values()])
        learned, rule = polarity(texts, people, ASPECTS[name])
        print(f"{name:14}mean of {len(model.quality)} topics {f1:.3f}; {learned:.3f} ({rule:.3f})")


def polarity(texts: list[str], people: list[list[dict]], meant: dict[str, str]) -> tuple[float, float]:
    """How topics that ship are spoken of, learned from other comments (8 folds) and by the rule, where people and seeds
    name the same topic: macro-F1 over comments and topics, by the first tag of each."""
    said = [{meant[one["aspect"]]: one["polarity"] for one in each if one["aspect"] in meant} for each in people]
    tags = [
        [
            Tag(tag.topic, tag.start, tag.end, about[tag.topic])
            for tag in shipped_taxonomy().tag(text, "en")
            if about.get(tag.topic)
        ]
        for text, about in zip(texts, said, strict=True)
    ]
    places = spoken(texts, tags, "en")
    first = list({(one.comment, one.topic): one for one in reversed(places)}.values())
    found = [""] * len(first)
    for fold in range(8):
        model = learn_polarity([one for one in places if one.comment % 8 != fold], "en", folds=2)
        assert model is not None  # there are hundreds
        looked = [at for at, one in enumerate(first) if one.comment % 8 == fold]
        for at, how in zip(looked, model.polarities([first[at] for at in looked]), strict=True):
            found[at] = how
    true = [one.said for one in first]
    return quality_of(true, found)[0], quality_of(true, [one.rule for one in first])[0]


def speed() -> None:
    analyser, stemmer, stop_words = SentimentIntensityAnalyzer(), PorterStemmer(), word_lists("en").stop_words

    def naive(text: str) -> list[str]:
        _ = TextBlob(text).sentiment, analyser.polarity_scores(text)
        words = word_tokenize(text, preserve_line=True)
        return [stemmer.stem(word) for word in words if word.lower() not in stop_words]

    texts = pd.concat([comments("rmp").head(13_000), comments("edurabsa").head(1_000), comments("herath").head(1_000)])
    table = texts[["text"]].sample(frac=1, random_state=0).reset_index(drop=True).assign(language="en")
    read(table.head(500), roster=NOBODY)

    def ours(part: pd.DataFrame) -> None:
        found = read(part, roster=NOBODY)
        shown = [masked(text, hidden) for text, hidden in zip(part["text"], found["hidden"], strict=True)]
        _ = [suggestions_in(text, language) for text, language in zip(shown, found["language"], strict=True)]

    spent = []
    for begin in range(500, len(table), 500):
        part = table.iloc[begin : begin + 500]
        marks = [time.process_time()]
        for work in (lambda part=part: [naive(text) for text in part["text"]], lambda part=part: ours(part)):
            work()
            marks.append(time.process_time())
        spent.append(np.diff(marks) / len(part))
    one, whole = np.median(spent, axis=0)
    times, least = np.median([naive / own for naive, own in spent]), np.min(spent, axis=0)
    print(
        f"naive {1 / one:,.0f} a second, ours, all of it, {1 / whole:,.0f}: {times:.2f} times (medians of lots of 500);"
    )
    print(f"in the lots least disturbed {1 / least[0]:,.0f} and {1 / least[1]:,.0f}. {len(table):,} comments, each new")
    print(f"to it, of {table['text'].str.len().mean():.0f} letters on average.")


def million(count: int = 1_000_000, jobs: int = 2) -> None:
    """`feedback analyse comments` on so many comments: the first half of one with the second half of another."""
    halves = [(words[: len(words) // 2], words[len(words) // 2 :]) for name in ENGLISH
              for words in comments(name)["text"].str.split()]  # fmt: skip
    chosen = np.random.default_rng(0).integers(0, len(halves), (count, 2))
    passed = 0.0
    with tempfile.TemporaryDirectory() as folder:
        file, output = Path(folder) / "in.csv", Path(folder) / "out.csv"
        for part in np.array_split(chosen, max(1, count // MOST_IN_A_FILE)):
            with file.open("w", encoding="utf-8", newline="") as target:
                writer = csv.writer(target)
                writer.writerow(["text"])
                writer.writerows([" ".join((*halves[one][0], *halves[other][1]))] for one, other in part)
            command = (sys.executable, "-m", "feedback", "analyse", "comments", file, "--output", output)
            began = time.monotonic()
            subprocess.run([*command, "--jobs", str(jobs)], check=True)
            passed += time.monotonic() - began
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    work, largest = spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024
    print(f"{count:,} comments by {jobs} processes: {passed:,.0f} s by the clock, {work:,.0f} s of processor, so")
    print(f"{work / jobs:,.0f} s on {jobs} free cores; the largest process {largest:,.0f} MB, all {jobs + 1} at most")
    print(f"{(jobs + 1) * largest:,.0f} MB.")


if __name__ == "__main__":
    for part in sys.argv[1:] or ("first", "learned", "topics", "speed"):
        {"first": first, "learned": learned, "topics": topics, "speed": speed, "million": million}[part]()

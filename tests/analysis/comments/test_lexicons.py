"""One pass of our own over both lexicons says what the libraries say."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textblob.en import sentiment as textblob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from feedback.analysis.comments.lexicons import heard

LIBRARY = SentimentIntensityAnalyzer()
TEXTS = (
    "", " ", "!", "no", "kind of", "not", "n't", "Today only kinda sux! But I'll get by, lol",
    "VADER is VERY SMART!!!", "At least it isn't a horrible book.", "least good", "the very least good",
    "not bad at all", "never so good", "never this bad", "without doubt the best", "without a doubt the best",
    "no good or fun", "no real good", "just enough fun, sort of bad and kind of nice", "It was to die for",
    "the bomb is good", "yeah right, great", "a great bad ass course", "kiss of death", "good but bad but good",
    "good good but good", "Make sure you :) or :D today!", "see: (a) and (b)", "section 8 ) good", "( ! ) great",
    "good ? ? ? ?", "xD o_O <3", "Catch utf-8 emoji such as 💘 and 💋 and 😁", "good👍bad", "really not very good",
    "hardly any really good labs", "isn’t it “great”?", "don't", "END-OF-SENTENCE good\n\nbad",
    "e.g. good. Prof. Good etc.", "great...bad", "U.S. is good.", "GREAT labs, BAD test", "É bom? Très bien!",
    "well-paced, and/or (nice) 8) Mr. Good. Ok. 3.5 pts; good: GREAT", "I LIKED this so much.",
    "the least good (good! (great!) [bad] very. not! good", "very. good", "not - good", "really a I good",
    "Not so good, never so bad", "kind of enough",
)  # fmt: skip


def agree(text):
    (found, by_pattern), library = heard(text), LIBRARY.polarity_scores(text)
    assert (found.compound, found.positive, found.negative) == (library["compound"], library["pos"], library["neg"])
    assert tuple(by_pattern) == tuple(textblob(text))[:2]


@pytest.mark.parametrize("text", TEXTS)
def test_what_each_rule_was_made_for_reads_as_the_libraries_read_it(text):
    agree(text)


TELLING = """good bad GOOD not no never n't so this without doubt very least at kind of sort but or nor great! ( ) : ; !
? . , don't isn't hardly really extremely only 8 D 👍 – " ' “ … lol :) xD"""
words = st.sampled_from(sorted(set(TELLING.split())))


@given(st.lists(words, max_size=14), st.sampled_from(["", " ", "  ", "\n"]))
def test_any_mixture_of_telling_words_reads_the_same(parts, between):
    agree(between.join(parts))


@given(st.text(max_size=80))
def test_any_text_reads_the_same(text):
    agree(text)


@pytest.mark.parametrize("source", ["edurabsa", "herath", "rmp", "sight_llm", "vsfc"])
def test_real_comments_read_the_same(source, shared_data):
    path = shared_data / "corpora" / f"{source}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not at hand")
    for text in pd.read_csv(path, nrows=400)["text"].dropna():
        agree(text)

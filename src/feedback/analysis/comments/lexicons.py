"""Both English lexicons in one pass over the words, with the scores of the libraries to the last digit, faster.

The libraries look at every word many times; here each spelling is looked up once and kept. Words, values and rules are
theirs (see by_vader and by_pattern); tests/analysis/comments/test_lexicons.py compares.
"""

from collections.abc import Mapping
from functools import lru_cache
from threading import Lock

from feedback.analysis.comments.by_pattern import (
    JUDGES,
    Pattern,
    PatternRules,
    Word,
    by_pattern,
    may_smile,
    read_pattern,
)
from feedback.analysis.comments.by_vader import (
    Token,
    Vader,
    VaderRules,
    by_vader,
    vader_rules,
    vader_tells,
    without_emojis,
)
from feedback.analysis.comments.words import Remembered

_loading = Lock()
"""Two threads must not watch a lexicon half done."""


def heard(text: str) -> tuple[Vader, Pattern]:
    """What both say of a text, in one pass: VADER's reading, equal to SentimentIntensityAnalyzer().polarity_scores, and
    Pattern's, equal to TextBlob(text).sentiment.

    >>> heard("The labs were great, but the test was terribly unfair!")[0].compound
    -0.8313
    >>> round(heard("The labs were really great!")[1].polarity, 3)
    1.0
    """
    rules, pattern_rules, pieces = _lexicons()
    written = without_emojis(text, rules.emojis)
    found = list(map(pieces.__getitem__, written.split()))
    said = by_vader(rules, found, written.strip())
    if may_smile(text):
        return said, by_pattern(pattern_rules.words_of(text), None)
    if written is not text:
        found = list(map(pieces.__getitem__, text.split()))
    telling = [at for at, (_, _, tells) in enumerate(found) if tells & JUDGES]
    return said, by_pattern([words for _, words, _ in found], telling)


def valences() -> Mapping[str, float]:
    """The words of VADER's lexicon, each -4 to 4."""
    return _lexicons()[0].lexicon


def boosters() -> Mapping[str, float]:
    """The words by which VADER strengthens (above 0) or weakens what follows."""
    return _lexicons()[0].boosters


@lru_cache(maxsize=1)
def _lexicons() -> tuple[VaderRules, PatternRules, Remembered]:
    """The rules of both, and what each piece of a text (what stands between two spaces) is to them: as VADER sees it,
    the words Pattern cuts it into, and why it is worth a look. A piece is no named tuple: it is unpacked for every word
    that is read, and a plain one four times as fast."""
    with _loading:
        (rules, token), pattern_rules = vader_rules(), read_pattern()

    def piece(written: str) -> tuple[Token, tuple[Word, ...], int]:
        seen, words = token(written), pattern_rules.cut(written)
        judges = not all(word.is_plain for word in words)
        return seen, words, vader_tells(rules, seen) | (JUDGES if judges else 0)

    return rules, pattern_rules, Remembered(piece)

"""What is said more often than before: log-odds with an informative prior, so that rare words do not lead, and with the
share of false alarms held down."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import numpy as np
from pandas import DataFrame
from scipy.stats import false_discovery_control, norm

from feedback.analysis.comments.words import places, stem, word_lists

PRIOR = 10.0
"""As so many comments counts what is usual, at both times."""
FALSE = 0.1
"""Of all that is said to have risen or fallen, this share may be chance, on average."""
SHORTEST = 3
"""Letters of a word that tells anything."""


def compared(now: Mapping[str, int], before: Mapping[str, int], texts: tuple[int, int]) -> DataFrame:
    """What is said more often, or less, in later texts than in earlier ones.

    now, before: how many of the texts say each thing, at most as many as there are; texts: how many there are now, and
    were before. Returns one row a thing, the surest rise first: thing, now, before, times (odds now by odds before,
    drawn towards 1 the more the fewer say it), z, chance (two-sided p after Benjamini and Hochberg over all things; 1
    where either time has no text), rose and fell (chance at most FALSE).
    Log-odds with a prior worth PRIOR texts that say each thing as often as all together, and their approximate
    variance. Source: Monroe, Colaresi and Quinn (2008), Political Analysis 16, 372-403; each thing against all texts
    that do not say it, since a text says many.

    >>> found = compared({"audio": 30, "labs": 40}, {"audio": 5, "labs": 42}, (100, 100))
    >>> found["thing"].tolist(), found["rose"].tolist(), found["times"].round(1).tolist()
    (['audio', 'labs'], [True, False], [6.2, 0.9])
    """
    things = sorted({*now, *before})
    new = np.array([now.get(thing, 0) for thing in things], dtype=float)
    old = np.array([before.get(thing, 0) for thing in things], dtype=float)
    usual = PRIOR * (new + old) / max(sum(texts), 1)
    odds, doubt = np.zeros(len(things)), np.zeros(len(things))
    for said, number, sign in ((new, texts[0], 1), (old, texts[1], -1)):
        yes, no = said + usual, number - said + PRIOR - usual
        odds += sign * np.log(np.maximum(yes, 1e-9) / np.maximum(no, 1e-9))
        doubt += 1 / np.maximum(yes, 1e-9) + 1 / np.maximum(no, 1e-9)
    z = odds / np.sqrt(doubt) if min(texts) else np.zeros(len(things))
    chance = false_discovery_control(np.clip(2 * norm.sf(abs(z)), 0, 1)) if things else z
    table = DataFrame(
        {
            "thing": things,
            "now": new.astype(int),
            "before": old.astype(int),
            "times": np.exp(odds),
            "z": z,
            "chance": chance,
            "rose": (chance <= FALSE) & (z > 0),
            "fell": (chance <= FALSE) & (z < 0),
        }
    )
    return table.sort_values(["z", "thing"], ascending=[False, True], ignore_index=True)


def words_said(texts: Iterable[str], language: str, *, without: Collection[str] = ()) -> tuple[Counter[str], dict]:
    """How many texts say each word, by its stem, and how each stem is mostly written; stop words and `without` (stems)
    left out, and what a mask stands for.

    >>> words_said(["Slow audio", "audio is slow", "[name] was slow"], "en")[0].most_common(1)
    [('slow', 3)]
    """
    spread: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for text in texts:
        seen = dict(meaningful(text, language))
        for root, word in seen.items():
            if root not in without:
                spread[root] += 1
                written.setdefault(root, Counter())[word] += 1
    return spread, {root: min(forms, key=lambda form: (-forms[form], form)) for root, forms in written.items()}


def meaningful(text: str, language: str) -> list[tuple[str, str]]:
    """The words of a text that mean something, in order: stem and word."""
    stop_words = word_lists(language).stop_words
    return [
        (stem(word, language), word)
        for word, start, _ in places(text)
        if len(word) >= SHORTEST
        and word not in stop_words
        and word[0].isalpha()
        and not (start and text[start - 1] in "[-" and "[" in text[max(0, start - 12) : start])
    ]

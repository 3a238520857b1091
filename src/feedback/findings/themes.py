"""What is said that no topic knows of, and quotes that speak for each topic: masked, and of enough people."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from pandas import DataFrame, Series

from feedback.analysis.comments.quotes import quotes
from feedback.analysis.comments.rising import meaningful
from feedback.analysis.comments.sentences import splitter
from feedback.analysis.comments.themes import TOGETHER, themes_in, untold
from feedback.disclosure import Limits
from feedback.findings.comments import POLARITIES, listable, said_of, spans_of, tone
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end
from feedback.findings.voicing import asked as asked_by
from feedback.findings.voicing import behind, by_language, enough, no_rows
from feedback.findings.words import count, listed
from feedback.findings.work import Finding

QUOTES = 3
"""So many quotes stand for a theme, or for a topic in one voice."""
FEWEST = 3
"""So few words with a meaning make a quote of what no topic knows of."""
THEME_WORDS = ("label", "audience", "language")
THEME_MEASURES = ("words", "comments", "critical", "scored", "quotes")
QUOTE_WORDS = ("topic", "label", "meant", "audience", "language")
QUOTE_MEASURES = ("comments", "quotes")
MEANT = {"neg": "critical", "pos": "appreciative"}


def work_themes(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a theme of one audience and language, those of most comments first: words that tell it, how many comments
    belong to it, how many of these are scored and critical, and quotes. people: at the least, see `voicing.behind`.

    A theme is what comments say where no topic was found; it shows where enough people say it, and only words and
    quotes that enough comments share.
    """
    rows = []
    for audience, language, comments in by_language(at_the_end(listable(evidence, choice, limits))):
        rest = [
            untold(text, [(start, end) for _, start, end, _ in spans_of(tags)], language)
            for text, tags in zip(comments["text"], comments["topics"], strict=True)
        ]
        comments = comments.assign(rest=rest, meant=tone(comments))
        comments = comments[comments["rest"].str.strip() != ""].reset_index(drop=True)
        for theme in themes_in(comments["rest"].tolist(), language, minimum=limits.minimum_group):
            own = comments.iloc[list(theme.members)]
            found = behind(own)
            least = limits.minimum_group
            told = quotes(own["rest"], language, number=QUOTES, minimum=least, words=FEWEST, asked=asked_by(own))
            words = _of_several(theme.words, own, language, limits)
            if enough(found, limits) and told and len(words) >= TOGETHER:
                scored = own["meant"] != ""
                rows.append(
                    {
                        "label": ", ".join(words),
                        "audience": audience,
                        "language": language,
                        "words": words,
                        "comments": len(own),
                        "critical": int((own["meant"] == "neg").sum()),
                        "scored": int(scored.sum()),
                        "quotes": tuple(told),
                        **found,
                    }
                )
    return _table(rows, THEME_WORDS, THEME_MEASURES)


def _of_several(words: Sequence[str], own: DataFrame, language: str, limits: Limits) -> tuple[str, ...]:
    """Those of a theme's words that enough people say: in many comments one word may still be one person's."""
    said = [{root for root, _ in meaningful(text, language)} for text in own["rest"]]
    kept = []
    for word in words:
        roots = {root for root, _ in meaningful(word, language)}
        if roots and enough(behind(own[[roots <= each for each in said]]), limits):
            kept.append(word)
    return tuple(kept)


def phrases_of(words: Sequence[str], told: Sequence[str]) -> list[str]:
    """What a topic made of a theme is found by: pairs of its words that follow each other in its quotes, then the words
    that are in no pair. Words alone are found in far more than the theme.

    >>> phrases_of(["digital", "badge", "late"], ["The digital badge came late."])
    ['digital badge', 'late']
    """
    pairs = []
    for said in told:
        spoken = re.findall(r"\w+", said.casefold())
        pairs += [pair for pair in pairwise(spoken) if set(pair) <= {word.casefold() for word in words}]
    paired = {word for pair in pairs for word in pair}
    return [*dict.fromkeys(map(" ".join, pairs)), *(word for word in words if word.casefold() not in paired)]


def say_themes(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What is said beside the topics."""
    if rows.empty:
        return "No comments come back often enough to what your topics do not know."
    names = [f"“{label}”" for label in rows["label"].head(3)]
    return f"{count(len(rows), 'theme comes', 'themes come')} back in what no topic knows of; most in {listed(names)}."


def display_themes(rows: DataFrame) -> DataFrame:
    """Themes as a table for people."""
    return DataFrame(
        {
            "Words": rows["label"],
            "Said by": rows["audience"],
            "Language": rows["language"],
            "Comments": rows["comments"],
            "People, at least": rows["people"],
            **_quoted(rows),
            "Shown": rows["state"].map(STATES),
        }
    )


def work_quotes(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic, voice ("neg", "pos"), audience and language: how many comments say so, and quotes of the
    sentences that name it, typical and different from each other. people: at the least, see `voicing.behind`."""
    rows = []
    for audience, language, comments in by_language(at_the_end(listable(evidence, choice, limits))):
        said: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        given = comments["polarity"].astype("string").map(POLARITIES)
        for at, (text, tags, asked) in enumerate(zip(comments["text"], comments["topics"], given, strict=True)):
            for (topic, start, end, clause), is_said in zip(spans_of(tags), said_of(tags), strict=True):
                meant = asked if isinstance(asked, str) and not (is_said and clause) else clause
                if meant in MEANT:
                    said[topic, meant].setdefault(at, _sentence_at(text, start, end, language))
        for (topic, meant), sentences in sorted(said.items()):
            own = comments.iloc[list(sentences)]
            found = behind(own)
            if not enough(found, limits):
                continue
            said_so = Series(list(sentences.values()), index=own.index)
            told = quotes(said_so, language, number=QUOTES, minimum=limits.minimum_group, asked=asked_by(own))
            if told:
                rows.append(
                    {
                        "topic": topic,
                        "label": evidence.topic_names.get(topic, topic),
                        "meant": meant,
                        "audience": audience,
                        "language": language,
                        "comments": len(sentences),
                        "quotes": tuple(told),
                        **found,
                    }
                )
    return _table(rows, QUOTE_WORDS, QUOTE_MEASURES)


def _sentence_at(text: str, start: int, end: int, language: str) -> str:
    """The sentences of a text in which a span lies."""
    held = [(first, last) for first, last in splitter(language).spans(text) if first < end and start < last]
    return text[held[0][0] : held[-1][1]] if held else text


def say_quotes(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Of how many topics there are quotes."""
    if rows.empty:
        return "No comments to quote: a quote stands here once enough people say much the same of a topic."
    return f"{count(len(rows['topic'].unique()), 'topic has', 'topics have')} quotes that speak for many."


def display_quotes(rows: DataFrame) -> DataFrame:
    """Quotes as a table for people."""
    return DataFrame(
        {
            "Topic": rows["label"],
            "Meant": rows["meant"].map(MEANT),
            "Said by": rows["audience"],
            "Language": rows["language"],
            "Comments": rows["comments"],
            "People, at least": rows["people"],
            **_quoted(rows),
        }
    )


def _quoted(rows: DataFrame) -> dict[str, list[str]]:
    """A column for each quote."""
    return {
        f"Quote {at + 1}": [
            told[at] if isinstance(told, tuple | list) and len(told) > at else "" for told in rows["quotes"]
        ]
        for at in range(QUOTES)
    }


def _table(rows: list[dict], words: tuple[str, ...], measures: tuple[str, ...]) -> DataFrame:
    if not rows:
        return no_rows(words, measures)
    table = DataFrame(rows).astype({"organisations": "Int64", "largest_share": float, "people": "int64"})
    return table.sort_values(["comments", "label"], ascending=[False, True], ignore_index=True)


IN_PEOPLES_WORDS = Finding(
    id="quotes",
    question="What is said of each topic, in people's own words?",
    caution=(
        "Sentences that name a topic, masked, chosen by a program: most of what a quote says is said by three "
        "comments or more, the most typical come first, and no two say the same. A topic has quotes once enough "
        "people say so. The list of comments does not tell which are of one person, so people are counted at the "
        "least: of several questions only the one counts that most answered. The rarest voice is never quoted: for "
        "single remarks read the comments."
    ),
    work=work_quotes,
    audiences=("learner", "employer"),
    measures=QUOTE_MEASURES,
    say=say_quotes,
    display=display_quotes,
    listed=True,
)

THEMES = Finding(
    id="themes",
    question="What do people write about that no topic knows of?",
    caution=(
        "From sentences in which no topic was found, by language, of 40 comments or more. Words that are said "
        "together beyond chance and come back when a fifth of the comments is left out (non-negative matrix "
        "factorisation, six resamples); words that only praise or blame are no theme. A theme shows once enough "
        "people say it, counted at the least, since the list of comments does not tell which are of one person. It "
        "is a hint, not a count: make it a topic, and it is counted like the others."
    ),
    work=work_themes,
    audiences=("learner", "employer"),
    measures=THEME_MEASURES,
    say=say_themes,
    display=display_themes,
    listed=True,
)

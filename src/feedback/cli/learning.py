"""What `feedback analyse comments` learns from: files of comments that people rated, or gave topics."""

import json
from collections.abc import Callable
from itertools import islice
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from feedback.errors import Problem, Refused, suggest

if TYPE_CHECKING:
    from feedback.analysis.comments.learned_topics import TopicModel
    from feedback.analysis.comments.learning import SentimentModel
    from feedback.analysis.comments.topics import Taxonomy

MOST = 100_000
"""Comments learned from at most; the others of the file are not read."""
LABELS = {
    "neg": "neg", "negative": "neg", "-1": "neg", "neu": "neu", "neutral": "neu", "mixed": "neu", "0": "neu",
    "pos": "pos", "positive": "pos",
}  # fmt: skip
WORDS = "neg, neu, pos, or a rating from 1 to 5"
OTHER_NAME = {"topics": "aspects"}
"""A column that is taken when the one by the usual name is not there."""

Said = TypeVar("Said")


def sentiment(file: Path, text_column: str, label_column: str) -> tuple[dict[str, "SentimentModel"], list[str]]:
    """Models of sentiment by language, and what is to be remarked. Raises Refused with every wrong cell by its line."""
    from feedback.analysis.comments.learning import learn_sentiment

    given = _given(file, text_column, label_column, "--label-column", _label)
    models, remarks = {}, []
    for language, (texts, said) in _by_language(given).items():
        try:
            models[language] = model = learn_sentiment(texts, said, language)
        except Refused as refused:
            remarks.append(f"{file.name}: nothing is learned; {refused}")
            continue
        quality = model.quality
        lexicon = "" if isnan(quality.lexicon_macro_f1) else f", the lexicons {quality.lexicon_macro_f1:.2f}"
        used = "" if quality.is_better else " The lexicons stay."
        remarks.append(
            f"{file.name}: learned from {quality.comments:,} comments in {language!r}; macro-F1 {quality.macro_f1:.2f} "
            f"on comments not seen{lexicon}; {quality.recall_negative:.0%} of the negative ones are found.{used}"
        )
    return models, remarks


def topics(
    file: Path, text_column: str, topics_column: str, taxonomy: "Taxonomy"
) -> tuple[dict[str, "TopicModel"], list[str]]:
    """Models of topics by language, and what is to be remarked. Raises Refused with every wrong cell by its line."""
    from feedback.analysis.comments.learned_topics import learn_topics

    given = _given(file, text_column, topics_column, "--topics-column", _topics, may_be_empty=True)
    models, remarks = {}, []
    for language, (texts, said) in _by_language(given).items():
        try:
            models[language] = model = learn_topics(texts, said, language, taxonomy)
        except Refused as refused:
            remarks.append(f"{file.name}: no topic is learned; {refused}")
            continue
        mean = sum(one.f1 for one in model.quality.values()) / len(model.quality)
        remarks.append(
            f"{file.name}: learned {len(model.used)} of {len(model.quality)} topics from {len(texts):,} comments in "
            f"{language!r}; mean F1 {mean:.2f} on comments not seen."
        )
    return models, remarks


def _given(
    file: Path,
    text_column: str,
    said_column: str,
    option: str,
    understood: Callable[[str], Said | None],
    *,
    may_be_empty: bool = False,
) -> list[tuple[str, Said]]:
    """The comments of a file, each with what was said of it; rows without text, or without a label, are left out."""
    from feedback.catalogue.reading import shortened
    from feedback.exchange.csv_files import open_csv

    found: list[tuple[str, Said]] = []
    with open_csv(file) as table:
        if said_column not in table.columns and OTHER_NAME.get(said_column) in table.columns:
            said_column = OTHER_NAME[said_column]
        missing = [
            Problem(where, f'{file.name} has no column "{name}".{suggest(name, table.columns)} Its columns: {known}.')
            for where, name in (("--text-column", text_column), (option, said_column))
            if name not in table.columns
            for known in [", ".join(shortened(column) for column in table.columns[:30])]
        ]
        if missing:
            raise Refused(missing)
        at_text, at_said = table.columns.index(text_column), table.columns.index(said_column)
        for line, cells in islice(table.rows(), MOST):
            text, cell = cells[at_text].strip(), cells[at_said].strip()
            if not text or not (cell or may_be_empty):
                continue
            if (said := understood(cell)) is None:
                allowed = WORDS if understood is _label else "ids parted by semicolons, or a JSON list"
                table.problems.cell(line, said_column, f'found "{shortened(cell)}"; allowed: {allowed}.')
                continue
            found.append((text, said))
        table.problems.refuse_any()
    return found


def _by_language(given: list[tuple[str, Said]]) -> dict[str, tuple[list[str], list[Said]]]:
    """Texts and what was said of them, by language; those whose language is not known are left out."""
    from feedback.analysis.comments.language import detect

    parts: dict[str, tuple[list[str], list[Said]]] = {}
    texts = [text for text, _ in given]
    languages = detect(texts, None)
    known = [one for one in languages if one]
    usual = max(sorted(set(known)), key=known.count, default="")
    for (text, said), language in zip(given, languages, strict=True):
        if language or usual:  # too short to tell: most likely as the others
            both = parts.setdefault(language or usual, ([], []))
            both[0].append(text)
            both[1].append(said)
    return dict(sorted(parts.items(), key=lambda part: -len(part[1][0])))


def _label(cell: str) -> str | None:
    """neg, neu or pos of a word or a rating; None when it is neither.

    >>> _label("Positive"), _label("2"), _label("4.5"), _label("6"), _label("good")
    ('pos', 'neg', 'pos', None, None)
    """
    from feedback.analysis.comments.learning import label_of_rating
    from feedback.catalogue.reading import read_number

    if (known := LABELS.get(cell.lower())) is not None:
        return known
    number = read_number(cell)
    return label_of_rating(number) if number is not None and 1 <= number <= 5 else None


def _topics(cell: str) -> frozenset[str] | None:
    """The ids of a cell; None when it cannot be read.

    >>> sorted(_topics("pace; labs")), sorted(_topics('[{"topic": "pace", "polarity": "neg"}]')), _topics("")
    (['labs', 'pace'], ['pace'], frozenset())
    """
    if not cell.startswith("["):
        return frozenset(part.strip() for part in cell.split(";") if part.strip())
    try:
        listed = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    named = [one.get("topic", one.get("aspect")) if isinstance(one, dict) else one for one in listed]
    known = frozenset(str(one) for one in named if isinstance(one, str) and one)
    return known if all(isinstance(one, str) and one for one in named) else None

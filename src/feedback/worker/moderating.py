"""What a moderator is shown beside a comment: the words to choose from, those that may be names, hints of danger."""

import re
from dataclasses import dataclass

from sqlmodel import Session

from feedback.analysis.comments.danger import danger_words, may_be_names
from feedback.policy import Actor
from feedback.store.moderation import Comment, draw

_WORD = re.compile(r"\S+")
_MACHINE = re.compile(r"\[[a-z-]{1,20}\]")
_EDGES = ".,;:!?()\"'“”„«»¿¡…،؛؟"


@dataclass(frozen=True)
class Hints:
    """words: [start, end) of every word that can be chosen, in order. names: numbers of those that may be names.
    dangers: words by which somebody may be in danger."""

    words: tuple[tuple[int, int], ...]
    names: tuple[int, ...]
    dangers: tuple[str, ...]


def hints_of(text: str, language: str) -> Hints:
    """The hints on a comment as the program has masked it.

    >>> found = hints_of("Thanks, Maria! [name] too.", "en")
    >>> [("Thanks, Maria! [name] too."[a:b]) for a, b in found.words], found.names
    (['Thanks', 'Maria', 'too'], (1,))
    """
    words = []
    for found in _WORD.finditer(text):
        said = found.group()
        bare = said.strip(_EDGES)
        start = found.start() + (said.index(bare) if bare else 0)
        if bare and not _MACHINE.search(said):
            words.append((start, start + len(bare)))
    capitals = may_be_names(text, language)
    names = tuple(
        number for number, (start, end) in enumerate(words) if any(start < b and a < end for a, b in capitals)
    )
    return Hints(tuple(words), names, danger_words(text))


def draw_for(
    session: Session, actor: Actor, *, state: str = "", credential: str | None = None, language: str = ""
) -> list[Comment]:
    """Comments for a moderator, those with words of danger first (see `store.moderation.draw`)."""
    return draw(
        session,
        actor,
        state=state,
        credential=credential,
        language=language,
        first=lambda text: bool(danger_words(text)),
    )

"""What can go wrong, worded once: where, what was found, what is allowed, what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class FeedbackError(Exception):
    """A mistake of ours, or of whoever set us up. Its text says where, what was found, what is allowed, what to do."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: where it stands, and a sentence saying what was found and what is allowed.

    >>> str(Problem("employer.toml, question \\"hire\\"", "kind is missing."))
    'employer.toml, question "hire": kind is missing.'
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Refused(FeedbackError):
    """An input refused whole, with every problem found in it; nothing of it was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def suggest(word: str, known: Iterable[str]) -> str:
    """The sentence that offers the nearest known word, with a space before it; empty when nothing is near.

    >>> suggest("agrement", ["agreement", "choice"])
    ' Did you mean "agreement"?'
    >>> suggest("xyz", ["agreement"])
    ''
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""

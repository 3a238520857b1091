"""What can go wrong, worded once: where, what was found, what is allowed, what to do.

Of a mistake of ours the log has a number, its kind and where it was; never its words, which may hold what somebody
wrote, a token or a line of somebody's making.
"""

import logging
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from secrets import token_hex
from typing import Any

_MOST_FRAMES = 12


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

    def __reduce__(self) -> tuple[type["Refused"], tuple[tuple[Problem, ...]]]:
        """Handed from one process to another with its problems."""
        return type(self), (self.problems,)


def suggest(word: str, known: Iterable[str]) -> str:
    """The sentence that offers the nearest known word, with a space before it; empty when nothing is near.

    >>> suggest("agrement", ["agreement", "choice"])
    ' Did you mean "agreement"?'
    >>> suggest("xyz", ["agreement"])
    ''
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def number_of(error: BaseException) -> str:
    """The number of a failure: eight hexadecimal digits, the same for the page and the log."""
    if not hasattr(error, "feedback_number"):
        error.feedback_number = token_hex(4)  # type: ignore[attr-defined]
    return error.feedback_number  # type: ignore[attr-defined]


def in_a_line(error: BaseException) -> str:
    """A failure for the log: its number, the kinds of what led to it, and where it was, the innermost last."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < _MOST_FRAMES:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"mishap {number_of(error)}: {' from '.join(kinds)} at {places}"


def be_careful() -> None:
    """From now on whatever this process logs of a failure, whoever logs it, is logged without its words; and whatever
    it logs stands in one line."""
    logging.setLogRecordFactory(_careful)


class _OneLine(logging.LogRecord):
    """A record in which line breaks, and all other signs that steer a screen, are written out ("\\n")."""

    def getMessage(self) -> str:  # noqa: N802 (the name is the library's)
        said = super().getMessage()
        if said.isprintable():
            return said
        return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in said)


def _careful(*given: Any, **named: Any) -> logging.LogRecord:
    record = _OneLine(*given, **named)
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is not None:
        record.msg, record.args, record.exc_info = in_a_line(error), (), None
    elif isinstance(record.args, tuple):
        record.args = tuple(in_a_line(each) if isinstance(each, BaseException) else each for each in record.args)
    return record

"""Two types of column that both databases keep alike: a JSON document, and an instant in UTC."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from feedback.errors import FeedbackError

# NUL as JSON writes it. After an even run of backslashes, that is; after an odd one it is the text "u0000".
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

_ONLY_JSON = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def document_text(value: Any) -> str:
    """The JSON text of a document, as both databases keep it.

    Raises FeedbackError for what one of them could not give back: NaN, infinity, NUL, a lone surrogate.

    >>> document_text({"worth": 5, "keep": "más"})
    '{"worth":5,"keep":"más"}'
    """
    text = _quick_text(value)
    try:
        if text is None:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            text.encode("utf-8")
    except (ValueError, TypeError) as error:
        raise FeedbackError(f"This cannot be kept as JSON ({error}); check it before saving.") from None
    if "\\u0000" in text and _NUL.search(text):
        raise FeedbackError("A text holds the character NUL, which PostgreSQL cannot keep; take it out first.")
    return text


def _quick_text(value: Any) -> str | None:
    """The JSON text by orjson; None for what json is to look at: orjson would write NaN as null, and refuses more."""
    try:
        text = orjson.dumps(value, option=_ONLY_JSON).decode()
    except TypeError:
        return None
    return None if "null" in text else text


# On PostgreSQL the type is json, not jsonb: it gives back the text as it was put in, order of keys and all.
Document = JSON(none_as_null=True)


class Instant(TypeDecorator[datetime]):
    """A moment, aware of its zone, kept in UTC. A naive datetime is refused: nobody knows what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; SQLite keeps no zone, so there it is left out."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise FeedbackError(f"The moment {value} has no time zone; say which, best UTC.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always in UTC and aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

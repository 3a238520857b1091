"""Readers of the comments of a file, for tests of several processes: they say much or nothing, wait, or end."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback.errors import Problem, Refused

END, REFUSE = "end", "refuse"
"""A comment that ends the process that reads it, and one that is refused."""


@dataclass(frozen=True)
class Shouting:
    """Says each text in capitals. slow: seconds it takes for a batch; begun: a folder in which each leaves a file."""

    slow: float = 0.0
    begun: Path | None = None

    def read(self, texts):
        if self.begun is not None:
            (self.begun / texts[0]).touch()
        time.sleep(self.slow)
        if END in texts:
            os._exit(1)
        if REFUSE in texts:
            raise Refused([Problem("a comment", "is refused.")])
        return [(text.upper(),) for text in texts]


@dataclass(frozen=True)
class Telling:
    """In place of CommentReader: says of each text what it was handed, and in which process."""

    topics: tuple[Any, ...]
    models: Mapping[str, Any]
    topic_models: Mapping[str, Any]
    roster: Any
    audience: str | None

    def read(self, texts):
        names = " ".join(sorted(self.roster.alone))
        handed = (" ".join(topic.id for topic in self.topics), " ".join(self.models), " ".join(self.topic_models))
        return [(*handed, names, self.audience, str(os.getpid())) for _ in texts]

"""Pages are drawn for somebody with every role, unless a test says who comes."""

import pytest

from feedback.policy import Actor
from feedback.ui import visitor
from tests.people import ANN


@pytest.fixture(autouse=True)
def comes(monkeypatch):
    """Let somebody come: `comes(actor)`. Ann, who has every role, comes first."""

    def come(actor: Actor) -> None:
        monkeypatch.setattr(visitor, "find", lambda: actor)

    come(ANN)
    return come

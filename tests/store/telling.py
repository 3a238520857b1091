"""Actions that are told, as tests need them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from feedback.limits import Limits
from feedback.policy import Actor
from feedback.store import actions, told
from feedback.store.action import Action, Measure, Wanted
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.told import PublicPage

LEAST = Limits().public_minimum
FOUND: Mapping[str, Any] = {
    "kind": "question", "audience": "learner", "people": 40, "share": 0.45, "low": 0.33, "high": 0.58,
    "of": ["question", "learner", "goals", ""], "label": {"en": "The goals were clear", "de": "Die Ziele waren klar"},
}  # fmt: skip
"""What was found, as it is told."""
EFFECT: Mapping[str, Any] = {
    "verdict": "worked", "kind": "topic", "audience": "learner", "effect": 0.2, "low": 0.1, "high": 0.3,
    "people": [40, 30], "organisations": None, "untouched": 8, "before": 0.4, "after": 0.2, "measured_on": "2026-10-01",
}  # fmt: skip
"""What came of an action, as the worker measures it."""
CARD: Mapping[str, Any] = {
    "form": 1, "state": "shown", "asked": 48, "organisations": 12, "release": 3, "on": "2026-11-02",
    "awareness": 0.62, "awareness_low": 0.5, "awareness_high": 0.73, "n": 30, "index": 2.8, "low": 2.4, "high": 3.1,
}  # fmt: skip
"""A card as the worker finishes it."""
WORDS = {"learners": {"en": "You asked for clearer goals. They now stand on the first page."}}


def act_on(engine: Engine, by: Actor, credential: str = "data-badge", measure: Measure | None = None) -> Action:
    """Make an action about a credential."""
    with transaction(engine) as session:
        due = now(session).date() + timedelta(days=60)
        expected = 0.2 if measure else None
        wanted = Wanted(credential, "Say the goals first", "question", "goals", by.id, due, measure, {}, expected)
        return actions.add_action(session, by, wanted)


def tell(
    engine: Engine,
    by: Actor,
    credential: str = "data-badge",
    words: Mapping[str, Mapping[str, str]] = WORDS,
    found: Mapping[str, Any] = FOUND,
) -> Action:
    """Make an action and tell everybody of it."""
    made = act_on(engine, by, credential, Measure("question", "learner", "goals"))
    with transaction(engine) as session:
        return told.publish(session, by, made.id, words, found, least=LEAST)


def show_card(engine: Engine, by: Actor, credential: str = "data-badge", document: Mapping[str, Any] = CARD) -> None:
    """Switch a card on, finished."""
    with transaction(engine) as session:
        told.switch_on(session, by, credential)
        told.keep_card(session, credential, document, None if document["state"] == "few" else document)


def page_of(engine: Engine, credential: str = "data-badge") -> PublicPage | None:
    """What anybody may read of a credential."""
    with reading(engine) as session:
        return told.read_page(session, credential)

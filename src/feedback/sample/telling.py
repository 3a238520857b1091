"""What the sample tells everybody: of two actions, in several languages, and cards of some credentials."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from feedback.sample.institution import Institution
from feedback.store import told
from feedback.store.action import Action
from feedback.store.told import LEARNERS, READERS


def told_on(row: Mapping[str, Any], made_on: date) -> date | None:
    """The day from which an action of governance.toml is told; None for one that is not."""
    telling = row.get("told")
    return made_on + timedelta(days=telling["days"]) if telling else None


def keep_telling(session: Session, row: Mapping[str, Any], made: Action) -> None:
    """Keep what is told of an action, where its row says that it is: its own words in English, and those of the row in
    other languages. No numbers stand beside them: what the sample answers is not counted yet when it is loaded."""
    if made.told_on is None:
        return
    first = {"learners": made.words_learners, "employers": made.words_employers}
    words = {reader: {"en": first[reader]} for reader in READERS if first[reader]}
    words[LEARNERS] |= {language: text for language, text in row["told"].items() if language != "days"}
    told.keep_telling(session, made.id, words, made.owner)


def keep_cards(session: Session, institution: Institution, credentials: Iterable[str]) -> None:
    """Switch these cards on; what they say the worker works out."""
    for credential in credentials:
        told.keep_switch(session, credential, institution.today, "")

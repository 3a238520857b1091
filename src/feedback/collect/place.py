"""What the plain routes of one process share: the database, the key, the questionnaires, where people reach us."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from feedback.survey.questionnaire import Instrument


@dataclass(frozen=True)
class Place:
    """engine: the migrated database. key: what links, drafts and cookies are sealed with (settings.secret_key).

    instruments: today's questionnaires by id. public_url: the address people reach us at, without a slash at its end
    ("": the one they came by). people: the smallest group of which anything is shown; public_people: on pages anybody
    may read.
    """

    engine: Engine
    key: bytes
    instruments: Mapping[str, Instrument]
    public_url: str = ""
    people: int = 5
    public_people: int = 10

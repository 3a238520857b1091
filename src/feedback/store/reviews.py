"""Who has reviewed what: that one reviewer does not count as two."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.tables import Responses

ROUND = timedelta(days=90)
"""Reviews of one round come within so long: at design, at beta, then yearly."""


def has_reviewed(session: Session, survey: str, reviewer: str, credential: str, moment: datetime) -> bool:
    """Whether a review of the credential is kept under that reviewer's name from the round of that moment."""
    table, since = table_of(Responses), f"{moment - ROUND:%Y-%m}"
    kept = select(table.c.about).where(table.c.survey == survey, table.c.role == reviewer, table.c.month >= since)
    return any(credential in about for about in session.connection().execute(kept).scalars())

"""Who has reviewed what: that one reviewer does not count as two."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.tables import Responses

ROUND = timedelta(days=90)
"""Reviews of one round come within so long: at design, at beta, then yearly."""


def has_reviewed(session: Session, survey: str, reviewer: str, credential: str, since: str) -> bool:
    """Whether a review of the credential is kept under that reviewer's name, of month `since` ('YYYY-MM') or later."""
    table = table_of(Responses)
    kept = select(table.c.about).where(table.c.survey == survey, table.c.role == reviewer, table.c.month >= since)
    return any(credential in about for about in session.connection().execute(kept).scalars())

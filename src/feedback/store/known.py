"""Whom we know by name or address: people at organisations, reviewers, and whoever was invited.

Read to mask them in comments; kept nowhere a second time.
"""

from sqlalchemy import select
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.tables import Contacts, Invitations, Reviewers


def known_names(session: Session) -> tuple[str, ...]:
    """The names of contacts and reviewers, each once, in order."""
    return _values(session, table_of(Contacts).c.name, table_of(Reviewers).c.name)


def known_addresses(session: Session) -> tuple[str, ...]:
    """The mail addresses of contacts, reviewers and recipients of invitations, as far as they are kept, in order."""
    return _values(session, table_of(Contacts).c.email, table_of(Reviewers).c.email, table_of(Invitations).c.recipient)


def _values(session: Session, *columns: object) -> tuple[str, ...]:
    found: set[str] = set()
    for column in columns:
        found |= {value for value in session.connection().execute(select(column).distinct()).scalars() if value}  # type: ignore[call-overload]
    return tuple(sorted(found))

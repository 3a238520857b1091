"""The version of the data: whoever keeps a result beside it knows when the result is old."""

from sqlmodel import Session, select

from feedback.store.inserting import insert
from feedback.store.tables import Meta

DATA_VERSION = "data_version"


def data_version(session: Session) -> int:
    """How often the data have changed; 0 in a new database."""
    return session.exec(select(Meta.value).where(Meta.name == DATA_VERSION)).one_or_none() or 0


def bump(session: Session) -> None:
    """Say that the data have changed.

    Call it last in a transaction: others who write wait for this row until the transaction ends.
    """
    changed = insert(session, Meta).values(name=DATA_VERSION, value=1)
    session.connection().execute(changed.on_conflict_do_update(index_elements=["name"], set_={"value": Meta.value + 1}))

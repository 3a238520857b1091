"""That a response was erased: what is needed to erase it again where a backup brings it back, and no more.

Of the receipt's hash the first half is kept, among the numbers about the whole, with the day. It tells whoever holds
the receipt that the response is gone, and nobody anything else.
"""

from sqlalchemy import delete, select
from sqlmodel import Session

from feedback.errors import Problem, Refused, suggest
from feedback.policy import Actor
from feedback.store import audit, endorsements, meta
from feedback.store.clock import now
from feedback.store.inserting import table_of
from feedback.store.tables import Endorsements, Meta, Organisations, Responses

_NAME, _MARK = "erased:", 32


def note_erased(session: Session, hashed: str) -> None:
    """Remember that the response whose receipt has this hash was erased today."""
    meta.set_number(session, f"{_NAME}{hashed[:_MARK]}", now(session).date().toordinal())


def read_erased(session: Session) -> dict[str, int]:
    """What was erased: the mark of each receipt, and its day as a number."""
    table = table_of(Meta)
    rows = session.connection().execute(select(table.c.name, table.c.value).where(table.c.name.startswith(_NAME)))
    return {name.removeprefix(_NAME): day for name, day in rows}


def keep_erased(session: Session, erased: dict[str, int]) -> list[str]:
    """Remember what was erased elsewhere. Returns the hashes of the receipts whose responses are here all the same."""
    if not erased:
        return []
    for mark, day in sorted(erased.items()):
        meta.set_number(session, f"{_NAME}{mark}", day)
    column = table_of(Responses).c.receipt_hash
    hashes = session.connection().execute(select(column).where(column.is_not(None))).scalars()
    return [hashed for hashed in hashes if hashed[:_MARK] in erased]


def erase_endorsements(session: Session, organisation: str, credential: str = "", *, by: Actor) -> int:
    """Erase what was said for an organisation when it was asked to stand behind credentials ("": all of it), as
    somebody of it has asked. No receipt leads there. Returns how many went; of each it is remembered that it did, so
    that no backup brings it back here. Raises Refused for an organisation there is not."""
    connection, known = session.connection(), table_of(Organisations)
    slugs = set(connection.execute(select(known.c.slug)).scalars())
    if organisation not in slugs:
        said = f"is no organisation of the catalogue.{suggest(organisation, slugs)}"
        raise Refused([Problem(organisation, said)])
    table = table_of(Endorsements)
    of = [table.c.organisation == organisation, *([table.c.credential == credential] if credential else [])]
    ids = connection.execute(select(table.c.id).where(*of)).scalars().all()
    gone = connection.execute(delete(table).where(*of)).rowcount
    if gone:
        endorsements.note_unsaid(session, ids)
        meta.bump(session)
        audit.record(session, by, audit.ERASED, f"organisation:{organisation}", endorsements=gone)
    return gone

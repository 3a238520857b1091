"""Numbers about the whole: the version of what is shown, and the one lock under which it changes."""

from hashlib import blake2b

from sqlalchemy import delete
from sqlmodel import Session, select

from feedback.store.inserting import insert, table_of
from feedback.store.tables import Meta

DATA_VERSION = "data_version"
READINGS = "readings"
"""How often readings of comments were kept: tells whoever counted them before whether they are still the same."""
_LOCK = "published"


def data_version(session: Session) -> int:
    """How often what a page could show has changed; 0 in a new database. An answer that waits changes nothing."""
    return number(session, DATA_VERSION) or 0


def bump(session: Session, name: str = DATA_VERSION) -> None:
    """Say that what is shown has changed (or whatever `name` counts).

    Call it last in a transaction: others who write wait for this row until the transaction ends.
    """
    changed = insert(session, Meta).values(name=name, value=1)
    session.connection().execute(changed.on_conflict_do_update(index_elements=["name"], set_={"value": Meta.value + 1}))


def lock_published(session: Session) -> None:
    """Be the only one who changes what is published, until the transaction ends. Others wait; submissions do not."""
    bump(session, _LOCK)


def number(session: Session, name: str) -> int | None:
    """A number by its name; None when there is none."""
    return session.exec(select(Meta.value).where(Meta.name == name)).one_or_none()


def set_number(session: Session, name: str, value: int) -> None:
    """Keep a number by its name, in place of the one there was."""
    kept = insert(session, Meta).values(name=name, value=value)
    session.connection().execute(kept.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def counted_by(session: Session, instrument: str) -> int | None:
    """By which rule (counting.counting_rule) the published answers to an instrument were counted; None: none are."""
    return number(session, _rule_name(instrument))


def set_counted_by(session: Session, instrument: str, rule: int | None) -> None:
    """Remember the rule by which answers to an instrument are counted from now on; None: to be counted anew."""
    name = _rule_name(instrument)
    if rule is None:
        session.connection().execute(delete(table_of(Meta)).where(table_of(Meta).c.name == name))
        return
    set_number(session, name, rule)


def _rule_name(instrument: str) -> str:
    return f"rule:{blake2b(instrument.encode(), digest_size=12).hexdigest()}"

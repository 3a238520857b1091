"""Whether a file is a pack as it was made: the list of who did what notes the digest of each, and cannot be changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from feedback.exchange.reports.content import Pack
from feedback.store import audit

REPORT = "file:report"
"""What the list of who did what calls a pack."""


@dataclass(frozen=True)
class Taken:
    """When and by whom a pack was taken. credential, programme: what it is of, both "" for the portfolio. digest: of
    all it says."""

    on: date
    by: str
    format: str
    credential: str
    programme: str
    digest: str


def facts(pack: Pack, written: bytes, format: str, of: Mapping[str, str]) -> dict[str, str]:
    """What the list notes of a pack that is taken. of: its credential or programme, if any."""
    named = {name: value for name, value in of.items() if value}
    return {"format": format, "digest": pack.digest, "file": hashlib.sha256(written).hexdigest(), **named}


def find(session: Session, digest: str) -> list[Taken]:
    """The times a file with this SHA-256 was taken, the newest first; the evidence's is the digest of its pack."""
    who = audit.names(session)
    found = []
    for event in audit.read_events(session, action=audit.EXPORTED, about=REPORT):
        noted = {name: str(event.details.get(name, "")) for name in ("format", "credential", "programme", "digest")}
        if digest == event.details.get("file"):
            by = who.get(event.actor, "somebody who is not known any more")
            found.append(Taken(on=event.at.date(), by=by, **noted))
    return found

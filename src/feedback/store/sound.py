"""Is the file of an embedded database whole? Looked at before anything is served from it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from feedback.errors import FeedbackError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

SECONDS = 2.0
"""So long SQLite may look: at about 1 GB wholly (1.7 s a GB on one slow core), of a larger file at the first part."""
_LOOKS, _STEPS = 3, 20_000


class Broken(FeedbackError):
    """The file of the embedded database is damaged: nothing is served from it, and nothing written to it."""


def file_of(address: "URL") -> Path | None:
    """The file of an embedded database; None for every other."""
    name = address.database or ""
    if address.get_backend_name() != "sqlite" or name in ("", ":memory:") or name.startswith("file:"):
        return None
    return Path(name)


def problem(file: Path, seconds: float = SECONDS) -> str | None:
    """What is wrong with a database's file; None where nothing is found, or nothing is there yet.

    Found are a beginning that is not SQLite's, a file cut short, pages that do not fit together, and, before it is
    opened, a log (-wal) that was taken away while its index (-shm) was left. Not found are changed words, and a log
    that was taken away together with its index. seconds: when to leave off; what was not looked at counts as good.
    """
    return outside(file) or _pages(file, seconds)


def outside(file: Path) -> str | None:
    """The same, as far as it can be told without opening the file.

    It is never opened but by SQLite: a process that closes a file loses all its locks on it, also those by which SQLite
    tells others that the database is in use.
    """
    if not file.is_file() or not file.stat().st_size:
        return None
    if _lacks_its_log(file):
        return (
            f"{file.name}-wal is missing, and with it the newest answers. Put it back; if it is lost, and you would "
            f"rather go on without what was in it, delete {file.name}-shm"
        )
    return None


def refuse(file: Path, found: str | None) -> None:
    """Raise Broken, with what to do, where something was found."""
    if found:
        raise Broken(
            f"The database {file.name} is broken: {found}. Nothing was changed. To go back to a backup, stop "
            "everything, move the file away with its -wal and -shm, and: feedback restore FILE. The newest good one is "
            "named by: feedback doctor"
        )


def refuse_broken(address: "URL") -> None:
    """Raise Broken for an embedded database whose file is not whole."""
    file = file_of(address)
    if file:
        refuse(file, problem(file))


def _lacks_its_log(file: Path) -> bool:
    """SQLite makes the log before its index and deletes it after: the index alone is what somebody else left. Looked at
    several times, since others may open and close it meanwhile."""
    index, log = (file.with_name(file.name + ending) for ending in ("-shm", "-wal"))
    for look in range(_LOOKS):
        if look:
            time.sleep(0.02)
        if log.exists() or not index.exists():
            return False
    return True


def _pages(file: Path, seconds: float) -> str | None:
    if not file.is_file():
        return None
    until = time.monotonic() + seconds
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=1)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            return "its beginning is not that of a database"
        return str(error) if code == sqlite3.SQLITE_CORRUPT else None
    return None if found == "ok" else found.removeprefix("*** in database main ***").strip().partition("\n")[0]

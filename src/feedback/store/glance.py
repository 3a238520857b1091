"""A look at the embedded database that costs milliseconds: SQLite alone, none of the database libraries."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from feedback.store.sound import problem

_STEPS = Path(__file__).parent / "migrations" / "versions"
_SHORTLY = 0.2
"""Seconds to look whether the file is whole: enough for 100 MB."""
_FILE = re.compile(r"sqlite:///([^?]+)")


def is_settled(url: str) -> bool:
    """Whether the database at this address has today's tables and holds something, so that serving may begin at once.

    False for whatever a look cannot tell (no file yet, PostgreSQL, older or newer tables, a file that is broken):
    then the long way finds out, and says what is wrong.
    """
    found = _FILE.fullmatch(url)
    if found is None or not Path(found[1]).is_file() or problem(Path(found[1]), _SHORTLY):
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(found[1])}?mode=ro", uri=True, timeout=1)) as connection:
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            changes = connection.execute("SELECT value FROM meta WHERE name = 'data_version'").fetchone()
    except sqlite3.Error:
        return False
    return revision == (_newest(),) and changes is not None and changes[0] > 0


def _newest() -> str:
    """The last step's number: files are named by it, as 0001_first_tables.py."""
    return max(path.name.partition("_")[0] for path in _STEPS.glob("[0-9]*.py"))

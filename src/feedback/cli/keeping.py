"""`feedback backup` and `feedback restore`: the whole database as one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.console import PATIENCE, AsJson, complain, report
from feedback.errors import Problem, Refused

if TYPE_CHECKING:
    from sqlalchemy import Engine

KEY_APART = (
    "The key (the file feedback.key, or FEEDBACK_SECRET) is not in it. Keep a copy of the key, and not beside the "
    "backups: without it no link that was sent and no form that was begun can be opened."
)


KEPT = 14
"""So many backups stay in FEEDBACK_BACKUP_FOLDER when nothing else is said."""
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="A file with what it is encrypted under, for FEEDBACK_BACKUP_KEY.")
]


def backup(
    where: Annotated[
        Path | None,
        typer.Argument(help="A file that is not there yet, or a folder; by default FEEDBACK_BACKUP_FOLDER."),
    ] = None,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Refuse to write it as it is; with a key it is encrypted anyway.")
    ] = False,
    key_file: KeyFile = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help=f"Delete all but the newest so many of that folder ({KEPT} in the folder set)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Back up the whole database into one file while people answer; an older schema as it is."""
    from feedback.exchange.backups import keep_newest, write_backup
    from feedback.exchange.encrypted import read_passphrase
    from feedback.settings import read_settings, secret_key
    from feedback.store import audit
    from feedback.store.database import open_database

    settings = read_settings()
    passphrase = read_passphrase(settings.backup_key.get_secret_value(), key_file)
    if encrypt and not passphrase:
        raise Refused([Problem("--encrypt", "there is no key. Set FEEDBACK_BACKUP_KEY, or name a --key-file.")])
    if where is None and settings.backup_folder and keep is None:
        keep = KEPT
    where = where or Path(settings.backup_folder)
    into_a_folder = where.is_dir()
    if keep and not into_a_folder:
        raise Refused([Problem("--keep", "is for a folder, which must be there.")])
    engine = open_database(settings.database_url, patience=PATIENCE)
    try:
        file, manifest = write_backup(engine, where, secret_key(settings), passphrase=passphrase)
        _note(engine, audit.BACKED_UP, file, rows=manifest.rows, encrypted=bool(passphrase))
    finally:
        engine.dispose()
    gone = keep_newest(where, keep) if keep else []
    size, tables = file.stat().st_size, len(manifest.tables)
    how = "encrypted, " if passphrase else ""
    words = f"Backed up: {file} ({size:,} bytes; {manifest.rows:,} rows of {tables} tables, {how}read again and whole)."
    if gone:
        words += f"\nOlder backups deleted: {len(gone)}."
    facts = {"file": str(file), "bytes": size, "rows": manifest.rows, "revision": manifest.revision}
    report(as_json, words, **facts, encrypted=bool(passphrase), deleted=len(gone))
    complain(KEY_APART)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that feedback backup made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds; it is backed up first, beside FILE.")
    ] = False,
    another_key: Annotated[
        bool, typer.Option("--another-key", help="The key it was made with is lost: links sent and drafts are, too.")
    ] = False,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Restore a backup, compare every row with what was backed up, and bring it to today's tables.

    Stop the app and the workers first. Messages that waited are not sent again by themselves.
    """
    from feedback.exchange.backups import restore_backup
    from feedback.exchange.encrypted import read_passphrase
    from feedback.safety import NOBODY_GIVES_ROLES
    from feedback.settings import read_settings, secret_key
    from feedback.store import accounts, audit
    from feedback.store.database import open_database, reading

    settings = read_settings()
    passphrase = read_passphrase(settings.backup_key.get_secret_value(), key_file)
    engine = open_database(settings.database_url, patience=PATIENCE)
    try:
        done = restore_backup(
            engine,
            file,
            secret_key(settings),
            replace=replace,
            another_key=another_key,
            passphrase=passphrase,
        )
        _note(engine, audit.RESTORED, file, rows=done.manifest.rows, another_key=another_key)
        with reading(engine) as session:
            administrator = accounts.has_administrator(session)
    finally:
        engine.dispose()
    manifest, loaded = done.manifest, done.loaded
    lines = [
        f"Restored: {file}, made on {manifest.made_on} by version {manifest.program}. "
        f"All {manifest.rows:,} rows of {len(manifest.tables)} tables are as they were.",
        *([f"Its tables were of revision {manifest.revision}, and are brought to today's."] * loaded.older),
        *([f"What was in the database is in {done.before}."] if done.before else []),
        *([_held(loaded.held)] * bool(loaded.held)),
        *([f"Taken back since, and leaving again with the worker: {loaded.leaving:,}."] * bool(loaded.leaving)),
        f"Everybody is signed out. Disabled again: {loaded.disabled:,} accounts; taken again: {loaded.taken:,} roles.",
        *([NOBODY_GIVES_ROLES] * (not administrator)),
        "Nothing is sent from here until you say so: feedback worker --send-from-here",
        f"What was answered after it was made on {manifest.made_on} is not in it.",
    ]
    facts = {
        "file": str(file), "made_on": manifest.made_on, "rows": manifest.rows, "migrated": loaded.older,
        "held": loaded.held, "leaving": loaded.leaving,
        "disabled": loaded.disabled, "taken": loaded.taken, "administrator": administrator,
        "before": str(done.before) if done.before else None,
    }  # fmt: skip
    report(as_json, "\n".join(lines), **facts)


def newest_backup() -> str:
    """Which backup to go back to, for whoever has lost the database."""
    from feedback.exchange.backups import newest_good
    from feedback.settings import read_settings

    settings = read_settings()
    if not settings.backup_folder:
        return "Where backups are is not known: FEEDBACK_BACKUP_FOLDER is not set."
    found = newest_good(Path(settings.backup_folder), settings.backup_key.get_secret_value().strip())
    if found is None:
        return f"There is no good backup in {settings.backup_folder} that could be read with the keys at hand."
    return f"The newest good backup is {found}"


def _held(messages: int) -> str:
    """What became of the messages that waited."""
    whose = "1 message that waited is" if messages == 1 else f"{messages:,} messages that waited are"
    return f"{whose} held back: they may have been sent meanwhile. The page Data quality lists them."


def _note(engine: "Engine", action: str, file: Path, **details: object) -> None:
    """Record what was done, where there are tables for it: those of an older version have none."""
    from feedback.cli.acting import who
    from feedback.store import audit
    from feedback.store.database import transaction
    from feedback.store.migrate import schema_state

    if schema_state(engine) == "current":
        with transaction(engine) as session:
            audit.record(session, who(), action, f"backup:{file.name}", **details)

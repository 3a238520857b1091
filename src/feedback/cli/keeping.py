"""`feedback backup` and `feedback restore`: the whole database as one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.console import PATIENCE, AsJson, complain, report

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedback.settings import Settings

KEY_APART = (
    "The key (the file feedback.key, or FEEDBACK_SECRET) is not in it. Keep a copy of the key, and not beside the "
    "backups: without it no link that was sent and no form that was begun can be opened."
)


def backup(
    where: Annotated[Path, typer.Argument(help="A file that is not there yet, or a folder.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Back up the whole database into one file while people answer; an older schema as it is."""
    from feedback.exchange.backups import write_backup
    from feedback.settings import secret_key

    settings, engine = _as_it_is()
    try:
        file, manifest = write_backup(engine, where, secret_key(settings))
    finally:
        engine.dispose()
    size, tables = file.stat().st_size, len(manifest.tables)
    words = f"Backed up: {file} ({size:,} bytes; {manifest.rows:,} rows of {tables} tables, read again and whole)."
    report(as_json, words, file=str(file), bytes=size, rows=manifest.rows, revision=manifest.revision)
    complain(KEY_APART)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that feedback backup made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds; it is backed up first, beside FILE.")
    ] = False,
    another_key: Annotated[
        bool, typer.Option("--another-key", help="The key it was made with is lost: links sent and drafts are, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup, compare every row with what was backed up, and bring it to today's tables.

    Stop the app and the workers first. Messages that waited are not sent again by themselves.
    """
    from feedback.exchange.backups import restore_backup
    from feedback.settings import secret_key

    settings, engine = _as_it_is()
    try:
        done = restore_backup(engine, file, secret_key(settings), replace=replace, another_key=another_key)
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
        "Nothing is sent from here until you say so: feedback worker --send-from-here",
        f"What was answered after it was made on {manifest.made_on} is not in it.",
    ]
    facts = {
        "file": str(file), "made_on": manifest.made_on, "rows": manifest.rows, "migrated": loaded.older,
        "held": loaded.held, "leaving": loaded.leaving, "before": str(done.before) if done.before else None,
    }  # fmt: skip
    report(as_json, "\n".join(lines), **facts)


def _held(messages: int) -> str:
    """What became of the messages that waited."""
    whose = "1 message that waited is" if messages == 1 else f"{messages:,} messages that waited are"
    return f"{whose} held back: they may have been sent meanwhile. The page Data quality lists them."


def _as_it_is() -> "tuple[Settings, Engine]":
    """The settings, and the database they name, whatever state it is in."""
    from feedback.settings import read_settings
    from feedback.store.database import open_database

    settings = read_settings()
    return settings, open_database(settings.database_url, patience=PATIENCE)

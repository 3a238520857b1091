"""`feedback import`: bring a file in, say what came of it, read the comments that came with it."""

from pathlib import Path
from typing import Annotated

import typer

from feedback.cli.console import AsJson, bar, complain, database, questionnaires, report


def import_command(
    kind: Annotated[str, typer.Argument(help="catalogue, runs, organisations, ratings or comments.")],
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8; .csv.gz may be packed.")],
    map_path: Annotated[Path | None, typer.Option("--map", help="A TOML file that names the columns.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a file in: all of it, or nothing with every problem named by line and column."""
    from feedback.exchange.imports import import_file

    _, engine = database()
    instruments = questionnaires()
    with bar("Importing") as advance:
        done = import_file(
            engine, kind, file, map_path=map_path, dry_run=dry_run, instruments=instruments, progress=advance
        )
    read = 0
    if kind == "comments" and not dry_run:  # also when nothing is new: an earlier reading may have been cut short
        from feedback.worker import read_arrived_comments

        with bar("Reading comments") as advance:
            read = read_arrived_comments(engine, instruments, advance)
    engine.dispose()
    created = ((name if number > 1 else name[:-1], number) for name, number in done.created.items() if number)
    made = ", ".join(f"{number:,} {name}" for name, number in created)
    counts = f"{done.rows:,} rows, {done.new:,} new, {done.changed:,} changed, {done.unchanged:,} already there"
    more = f"; {'would make' if dry_run else 'made'} {made}" if made else ""
    more += f"; {read:,} comments read" if read else ""
    report(
        as_json,
        f"{'Checked' if dry_run else 'Imported'} {done.file}: {counts}{more}."
        + (" Nothing was stored." if dry_run else ""),
        kind=done.kind,
        file=done.file,
        rows=done.rows,
        new=done.new,
        changed=done.changed,
        unchanged=done.unchanged,
        created=done.created,
        comments_read=read,
        remarks=[str(remark) for remark in done.problems],
        dry_run=dry_run,
    )
    if not as_json:
        for remark in done.problems:
            complain(str(remark))

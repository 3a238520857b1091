"""`feedback import` and `feedback undo`: bring a file in, say what came of it, take it back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback.cli.acting import who
from feedback.cli.console import AsJson, bar, complain, database, questionnaires, report
from feedback.cli.working import read_and_publish

if TYPE_CHECKING:
    from feedback.exchange.imports import Difference, ImportReport

ANSWERS = ("ratings", "comments", "responses")
MOST_LISTED = 50  # of what a dry run would change


def import_command(
    kind: Annotated[
        str,
        typer.Argument(
            help="catalogue (credentials), programmes, modules, skills, occupations, kinds, runs, stacks, pathways, "
            "alignments, market, organisations, contacts, reviewers, ratings, comments or responses."
        ),
    ],
    file: Annotated[
        Path, typer.Argument(help="A CSV file in UTF-8, or JSON documents, one a line; may be packed (.gz).")
    ],
    map_path: Annotated[Path | None, typer.Option("--map", help="A TOML file that names the columns.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a file in: all of it, or nothing with every problem named by line and column or field."""
    from feedback.exchange.imports import import_file
    from feedback.store import audit
    from feedback.store.database import transaction

    settings, engine = database()
    instruments = questionnaires()
    with bar("Importing") as advance:
        done = import_file(
            engine, kind, file, map_path=map_path, dry_run=dry_run, instruments=instruments, progress=advance
        )
    if done.batch and not dry_run:
        with transaction(engine) as session:
            facts = {"kind": done.kind, "file": done.file, "rows": done.rows}
            audit.record(session, who(), audit.IMPORTED, f"batch:{done.batch}", **facts)
    read = 0
    if kind in ANSWERS and not dry_run:  # also when nothing is new: it may have been cut short before
        read = read_and_publish(engine, instruments, settings)
    engine.dispose()
    report(
        as_json,
        _told(done, read),
        kind=done.kind,
        file=done.file,
        rows=done.rows,
        new=done.new,
        changed=done.changed,
        unchanged=done.unchanged,
        created=done.created,
        comments_read=read,
        batch=done.batch,
        differences=[vars(each) for each in done.differences],
        remarks=[str(remark) for remark in done.problems],
        dry_run=dry_run,
    )
    if not as_json:
        for remark in done.problems:
            complain(str(remark))


def undo_command(
    batch: Annotated[str, typer.Argument(help="What the import was called when it was brought in.")],
    as_json: AsJson = False,
) -> None:
    """Take an import back, or a change of the catalogue: all of it, or nothing with every reason."""
    from feedback.analysis.comments.voices import count_voices
    from feedback.exchange.imports import undo_batch
    from feedback.store import audit
    from feedback.store.database import transaction

    _, engine = database()
    undone = undo_batch(engine, batch, questionnaires(), count_voices)
    with transaction(engine) as session:
        audit.record(session, who(), audit.UNDONE, f"batch:{batch}", removed=undone.removed, restored=undone.restored)
    engine.dispose()
    counts = f"{undone.removed:,} removed, {undone.restored:,} as before"
    more = f", {undone.answers:,} answers taken back" if undone.answers else ""
    again = f"\nTo undo the undoing: feedback undo {undone.batch}" if undone.batch else ""
    told = vars(undone) | {"problems": [str(problem) for problem in undone.problems]}
    report(as_json, f"Undone: {counts}{more}.{again}", **told)
    if not as_json:
        for remark in undone.problems:
            complain(str(remark))


def _told(done: "ImportReport", read: int) -> str:
    created = ((name if number > 1 else name[:-1], number) for name, number in done.created.items() if number)
    made = ", ".join(f"{number:,} {name}" for name, number in created)
    counts = f"{done.rows:,} rows, {done.new:,} new, {done.changed:,} changed, {done.unchanged:,} already there"
    more = f"; {'would make' if done.dry_run else 'made'} {made}" if made else ""
    more += f"; {read:,} comments read" if read else ""
    if done.dry_run:
        lines = [_line(each) for each in done.differences[:MOST_LISTED]]
        rest = len(done.differences) - MOST_LISTED
        lines += [f"and {rest:,} more"] if rest > 0 else []
        return "\n".join([f"Checked {done.file}: {counts}{more}. Nothing was stored.", *lines])
    undo = f"\nTo undo it: feedback undo {done.batch}" if done.batch else ""
    return f"Imported {done.file}: {counts}{more}.{undo}"


def _line(each: "Difference") -> str:
    change = f"would change {', '.join(each.fields)}" if each.fields else "would be new"
    return f"{each.entity}: {each.name} ({each.slug}) {change}" if each.name != each.slug else f"{each.slug}: {change}"

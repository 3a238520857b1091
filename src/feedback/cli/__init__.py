"""The command line: exit 0 done, 1 refused with reasons, 2 usage, 3 database out of reach.

What a command needs is imported inside it: `feedback --help` reads neither the database's libraries nor pandas, and
`init` and `doctor` read no pandas, SciPy or NLTK.
"""

import sys

import typer

from feedback.cli.analysing import analyse_comments, analyse_value
from feedback.cli.bringing import import_command, undo_command
from feedback.cli.collecting import collect
from feedback.cli.console import REFUSED, UNREACHABLE, complain
from feedback.cli.exporting import export_command
from feedback.cli.institution import doctor, init, open_command, sample_command
from feedback.cli.inviting import close_command, extend_command, invite_command, revoke_command, surveys_command
from feedback.cli.keeping import backup, restore
from feedback.cli.linting import lint_command
from feedback.cli.mending import erase, rebuild
from feedback.cli.serving import serve
from feedback.cli.working import worker
from feedback.errors import FeedbackError

PLAIN = {"no_args_is_help": True, "add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}

app = typer.Typer(help="Which credentials employers value, and what should change.", **PLAIN)  # type: ignore[arg-type]
analyse = typer.Typer(help="Analyse a file of your own; no database is touched.", **PLAIN)  # type: ignore[arg-type]

app.command()(init)
app.command("sample")(sample_command)
app.command("import")(import_command)
app.command("export")(export_command)
app.command("undo")(undo_command)
app.command("open")(open_command)
app.command("surveys")(surveys_command)
app.command("invite")(invite_command)
app.command("revoke")(revoke_command)
app.command("extend")(extend_command)
app.command("close")(close_command)
app.command("lint")(lint_command)
analyse.command("comments")(analyse_comments)
analyse.command("value")(analyse_value)
app.add_typer(analyse, name="analyse")
app.command()(doctor)
app.command()(serve)
app.command()(collect)
app.command()(worker)
app.command()(rebuild)
app.command()(erase)
app.command()(backup)
app.command()(restore)


def main() -> None:
    """Run the command line; turn what was refused into reasons on standard error and an exit code."""
    try:
        app()
    except Exception as error:
        code = _exit_code(error)
        if code is None:
            raise
        complain(str(error) if isinstance(error, FeedbackError) else _gone(error))
        sys.exit(code)


def _exit_code(error: Exception) -> int | None:
    """The exit code of what is expected to go wrong; None for our own mistakes, which end in a traceback."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    from feedback.store.database import DatabaseUnreachable

    if isinstance(error, DatabaseUnreachable | OperationalError | InterfaceError):
        return UNREACHABLE
    return REFUSED if isinstance(error, FeedbackError) else None


def _gone(error: Exception) -> str:
    """What to say when the database went away, or gave up, in the middle of something."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"The database stopped answering, so nothing of this step was kept: {reason[0] if reason else 'no reason'}."

"""The command line: exit 0 done, 1 refused with reasons, 2 usage, 3 database out of reach.

What a command needs is imported inside it: `feedback --help` reads neither the database's libraries nor pandas, and
`init` and `doctor` read no pandas, SciPy or NLTK.
"""

import sys
from typing import Annotated

import typer

from feedback.cli import accounts, retaining
from feedback.cli.acting import act_as, guarded
from feedback.cli.analysing import analyse_comments, analyse_drivers, analyse_value
from feedback.cli.auditing import audit_command
from feedback.cli.bringing import import_command, undo_command
from feedback.cli.changing import actions_command
from feedback.cli.collecting import collect
from feedback.cli.console import REFUSED, UNREACHABLE, complain
from feedback.cli.exporting import export_command
from feedback.cli.exposing import exposure_command
from feedback.cli.governing import calendar_command, decisions_command
from feedback.cli.institution import doctor, init, open_command, sample_command
from feedback.cli.inviting import close_command, extend_command, invite_command, revoke_command, surveys_command
from feedback.cli.keeping import backup, newest_backup, restore
from feedback.cli.linting import lint_command
from feedback.cli.mending import erase, rebuild
from feedback.cli.reporting import report_command
from feedback.cli.serving import serve
from feedback.cli.working import worker
from feedback.errors import FeedbackError
from feedback.store.sound import Broken

PLAIN = {"no_args_is_help": True, "add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}

app = typer.Typer(help="Which credentials employers value, and what should change.", **PLAIN)  # type: ignore[arg-type]
account = typer.Typer(help="Who may come in, with which roles.", **PLAIN)  # type: ignore[arg-type]
analyse = typer.Typer(help="Analyse a file of your own; no database is touched.", **PLAIN)  # type: ignore[arg-type]

retention = typer.Typer(help="How long what people said is kept.", **PLAIN)  # type: ignore[arg-type]
notice = typer.Typer(help="What people are told before they answer.", **PLAIN)  # type: ignore[arg-type]


@app.callback()
def acting_for(
    email: Annotated[
        str, typer.Option("--as", help="Act for this account, with its roles, instead of for everyone.")
    ] = "",
) -> None:
    """Which credentials employers value, and what should change."""
    act_as(email)


app.command("init")(guarded("init", init))
app.command("sample")(guarded("sample", sample_command))
app.command("import")(guarded("import", import_command))
app.command("export")(guarded("export", export_command))
app.command("report")(guarded("report", report_command))
app.command("undo")(guarded("undo", undo_command))
app.command("open")(guarded("open", open_command))
app.command("surveys")(guarded("surveys", surveys_command))
app.command("invite")(guarded("invite", invite_command))
app.command("revoke")(guarded("revoke", revoke_command))
app.command("extend")(guarded("extend", extend_command))
app.command("close")(guarded("close", close_command))
app.command("lint")(guarded("lint", lint_command))
app.command("calendar")(guarded("calendar", calendar_command))
app.command("decisions")(guarded("decisions", decisions_command))
app.command("actions")(guarded("actions", actions_command))
analyse.command("comments")(guarded("analyse comments", analyse_comments))
analyse.command("value")(guarded("analyse value", analyse_value))
analyse.command("drivers")(guarded("analyse drivers", analyse_drivers))
app.add_typer(analyse, name="analyse")
account.command("add")(guarded("account add", accounts.add))
account.command("list")(guarded("account list", accounts.list_accounts))
account.command("give")(guarded("account give", accounts.give))
account.command("take")(guarded("account take", accounts.take))
account.command("disable")(guarded("account disable", accounts.disable))
account.command("enable")(guarded("account enable", accounts.enable))
account.command("link")(guarded("account link", accounts.link))
account.command("sign-out")(guarded("account sign-out", accounts.sign_out))
app.add_typer(account, name="account")
app.command("doctor")(guarded("doctor", doctor))
app.command("serve")(guarded("serve", serve))
app.command("collect")(guarded("collect", collect))
app.command("worker")(guarded("worker", worker))
app.command("rebuild")(guarded("rebuild", rebuild))
app.command("erase")(guarded("erase", erase))
retention.command("show")(guarded("retention show", retaining.show_command))
retention.command("set")(guarded("retention set", retaining.set_command))
retention.command("hold")(guarded("retention hold", retaining.hold_command))
retention.command("lift")(guarded("retention lift", retaining.lift_command))
retention.command("run")(guarded("retention run", retaining.run_command))
app.add_typer(retention, name="retention")
notice.command("set")(guarded("notice set", retaining.notice_set_command))
notice.command("show")(guarded("notice show", retaining.notice_show_command))
app.add_typer(notice, name="notice")
app.command("exposure")(guarded("exposure", exposure_command))
app.command("backup")(guarded("backup", backup))
app.command("restore")(guarded("restore", restore))
app.command("audit")(guarded("audit", audit_command))


def main() -> None:
    """Run the command line; turn what was refused into reasons on standard error and an exit code."""
    try:
        app()
    except Exception as error:
        code = _exit_code(error)
        if code is None:
            raise
        complain(str(error) if isinstance(error, FeedbackError) else _gone(error))
        if isinstance(error, Broken):
            complain(newest_backup())
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

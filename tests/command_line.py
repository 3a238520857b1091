"""Runs a command as the shell would, inside the test's process: its exit code and what it wrote."""

import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest

from feedback.cli import main
from feedback.settings import settings

Run = Callable[..., "Ran"]


@dataclass(frozen=True)
class Ran:
    """What came of a command. out, err: what it wrote to standard output and standard error."""

    code: int
    out: str
    err: str


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str) -> Run:
    """A function that runs `feedback ARGUMENTS` on the database at that address."""
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", url)

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = exit_code(*arguments)
        written = capsys.readouterr()
        return Ran(code, written.out, written.err)

    return run


def run_once(environment: dict[str, str], *arguments: object) -> Ran:
    """Run `feedback ARGUMENTS` with these settings, in no test's name: for what several tests share."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        code = exit_code(*arguments)
    settings.cache_clear()
    return Ran(code, out.getvalue(), err.getvalue())


def exit_code(*arguments: object) -> int:
    """Run `feedback ARGUMENTS`, to its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["feedback", *map(str, arguments)])
        try:
            main()
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0

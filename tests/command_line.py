"""Runs a command as the shell would, inside the test's process: its exit code and what it wrote."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from feedback.cli import main

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
        monkeypatch.setattr(sys, "argv", ["feedback", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        written = capsys.readouterr()
        return Ran(code, written.out, written.err)

    return run

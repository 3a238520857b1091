"""An institution with two open surveys, and ways to make the worker know less or stumble."""

from types import SimpleNamespace

import pytest

from feedback.findings.evidence import Choice
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.worker import finishing, loop
from feedback.worker import reading as reading_step
from tests.worker.working import set_up


@pytest.fixture(scope="session")
def instruments():
    return dict(read_instruments(data_folder() / "instruments"))


@pytest.fixture
def institution(engine, instruments):
    return set_up(engine, instruments)


@pytest.fixture
def poisoned(monkeypatch):
    """A reader that stumbles over one text; `cure` mends it."""
    read, cured = reading_step.read, []

    def stumbling(table, *more):
        if not cured and any("Xyzzy" in text for text in table["text"]):
            raise ValueError("cannot read: " + " ".join(table["text"]))
        return read(table, *more)

    monkeypatch.setattr(reading_step, "read", stumbling)
    return SimpleNamespace(cure=lambda: cured.append(True))


@pytest.fixture
def few(monkeypatch):
    """Four findings in all are worked out, so that tests do not wait."""
    wanted = [("what_to_change", Choice()), ("worth", Choice()), ("topics", Choice())]
    wanted.append(("worth", Choice(credential="data-badge")))
    monkeypatch.setattr(finishing, "choices", lambda _evidence: wanted)


@pytest.fixture
def only(monkeypatch):
    """Make the worker know these kinds alone."""

    def make(**kinds):
        monkeypatch.setattr(loop, "KINDS", kinds)
        return kinds

    return make

"""What tests of attacks share: one institution a module, whose light form is served in this process."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from feedback.store.database import open_database
from tests.attacks.institution import comes, two_programmes, visit
from tests.collect.fixtures import founded, port, visitor
from tests.collect.institution import found_institution, light_form
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor

__all__ = ["comes", "founded", "port", "two_programmes", "visit", "visitor"]
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An institution that the tests of a module share, each with surveys of its own: on SQLite, for attacks that do not
    reach the database."""
    path = tmp_path_factory.mktemp("house") / "feedback.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    found_institution(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def house_port(house: Engine) -> Iterator[int]:
    """Where its light form is served."""
    with served_here(light_form(house)) as port:
        yield port


@pytest.fixture
def slug() -> str:
    """A name for a survey that no other test has."""
    return f"survey-{next(_NUMBERS)}"


@pytest.fixture
def caller(house_port: int) -> Iterator[Visitor]:
    """Somebody who visits that house."""
    with Visitor(house_port) as visitor:
        yield visitor

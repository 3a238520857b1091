"""What tests of faults and of attacks share: an institution whose light form is served in this process."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.collect.institution import found_institution, light_form
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor


@pytest.fixture
def founded(engine: Engine) -> Engine:
    """A database with an institution, on each kind of server."""
    found_institution(engine)
    return engine


@pytest.fixture
def port(founded: Engine) -> Iterator[int]:
    """Where the light form of that institution is served."""
    with served_here(light_form(founded)) as port:
        yield port


@pytest.fixture
def visitor(port: int) -> Iterator[Visitor]:
    """Somebody who visits it."""
    with Visitor(port) as visitor:
        yield visitor

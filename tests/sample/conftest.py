"""The sample as its tests see it: the institution as of a day, and 4,000 responses drawn once."""

from datetime import date

import pytest

from feedback.sample.institution import read_institution
from feedback.sample.loading import draw_responses
from feedback.sample.plan import make_plan
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments

TODAY = date(2026, 3, 5)


@pytest.fixture(scope="session")
def institution():
    return read_institution(data_folder() / "sample" / "institution.toml", TODAY)


@pytest.fixture(scope="session")
def instruments():
    return read_instruments(data_folder() / "instruments")


@pytest.fixture(scope="session")
def drawn(institution, instruments):
    """4,000 responses, as `feedback sample` loads them."""
    plan = make_plan(institution, 4000, 1)
    return [row for piece, _ in draw_responses(institution, instruments, plan, 1) for row in piece]

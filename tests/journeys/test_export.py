"""Taking a file from under a figure, reading the codebook, and looking whether everything is in order: in a browser."""

import csv
import json
from pathlib import Path

import pytest

from tests.journeys.conftest import App, serving, settle, visiting

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """An app with a small sample, published."""
    yield from serving(tmp_path_factory.mktemp("export"), ("sample", "--size", "600"))


@pytest.fixture
def visit(browser, sampled: App):
    yield from visiting(browser, sampled)


def test_a_file_under_a_figure_holds_its_table_and_names_it(visit):
    page = visit("credential_value")
    page.get_by_text("Table, file and how we know").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").first.click()
    file = waiting.value
    assert file.suggested_filename.startswith("credential_value_")
    with open(file.path(), encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert rows
    assert {"Credential", "Shown"} <= set(rows[0])


def test_the_codebook_is_searched_read_in_another_language_and_taken_along(visit):
    page = visit("codebook")
    page.get_by_label("Look for").fill("shortlist")
    page.get_by_label("Look for").press("Enter")
    settle(page)
    page.get_by_label("Look for").fill("zzzz")
    page.get_by_label("Look for").press("Enter")
    page.get_by_text("No question holds all these words.").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="JSON").click()
    book = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert any(each["instrument"] == "learner" for each in book["questionnaires"])


@pytest.mark.parametrize("path", ["codebook", "data_quality"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_fit_a_telephone_and_show_no_error(visit, path, width):
    page = visit(path, width=width, dark=width == 390)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_data_quality_answers_its_questions(visit):
    page = visit("data_quality")
    for question in ("Is any work stuck?", "Did every message leave?", "Which files were brought in?",
                     "What was published when?", "What is not described yet?",
                     "How carefully were the answers given?"):  # fmt: skip
        page.get_by_role("heading", name=question).wait_for()

"""Taking a file from under a figure, reading the codebook, and looking whether everything is in order: in a browser."""

import csv
import json
from pathlib import Path

import pytest

from tests.journeys.conftest import settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]


def test_a_file_under_a_figure_holds_its_table_and_names_it(look):
    page = look("credential_value")
    fold = page.get_by_test_id("stExpander").first
    fold.get_by_text("Table, file and how we know").click()
    with page.expect_download(timeout=120_000) as waiting:
        fold.get_by_role("button", name="CSV").click()
    file = waiting.value
    assert file.suggested_filename.startswith("credential_value_")
    with open(file.path(), encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert rows
    assert {"Credential", "Shown"} <= set(rows[0])


def test_the_codebook_is_searched_read_in_another_language_and_taken_along(look):
    page = look("codebook")
    page.get_by_label("Look for").fill("shortlist")
    page.get_by_label("Look for").press("Enter")
    settle(page)
    page.get_by_label("Look for").fill("zzzz")
    page.get_by_label("Look for").press("Enter")
    page.get_by_text("No question holds all these words.").wait_for()
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name="JSON").click()
    book = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert any(each["instrument"] == "learner" for each in book["questionnaires"])


def test_the_committee_pack_is_taken_from_a_credentials_page_and_made_for_a_meeting(look):
    page = look("credential?credential=web-development")
    page.get_by_text("Download the committee pack as").wait_for()
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name="Web page").click()
    assert "Full-Stack Web Development" in Path(waiting.value.path()).read_text(encoding="utf-8")
    page = look("committee")
    page.get_by_label("Pack of").click()
    page.get_by_label("Pack of").fill("Full-Stack")
    page.get_by_role("option", name="Full-Stack Web Development").click()
    settle(page)
    page.get_by_role("button", name="Make the pack").click()
    page.get_by_text("The pack is ready.").wait_for()
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name="Download pack_web-development").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")


def test_data_quality_answers_its_questions(look):
    page = look("data_quality")
    for question in ("Is any work stuck?", "Did every message leave?", "Which files were brought in?",
                     "What was published when?", "What is not described yet?",
                     "How carefully were the answers given?"):  # fmt: skip
        page.get_by_role("heading", name=question).wait_for()

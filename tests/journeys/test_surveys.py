"""A lead opens a survey, makes three invitations and holds their file; takes links back; closes; on a phone, too."""

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, press, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

CATALOGUE = ROOT / "data" / "sample" / "catalogue.csv"


def choose(page: Page, label: str, text: str) -> None:
    """Choose what begins so in a list."""
    settle(page)
    page.get_by_role("combobox", name=label).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".page-title").click()  # whatever is still unfolded folds up
    settle(page)


def saved(page: Page, button: str, folder: Path) -> Path:
    """The file a button hands out."""
    settle(page)
    with page.expect_download() as handed:
        page.get_by_role("button", name=button, exact=True).click()
    path = folder / handed.value.suggested_filename
    handed.value.save_as(path)
    return path


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_survey_is_opened_three_are_invited_and_in_the_end_it_closes(app, visit, tmp_path, width, dark):
    app.feedback("import", "catalogue", CATALOGUE)
    page = visit("surveys", width=width, dark=dark)
    expect(page.locator(".empty")).to_contain_text("You have opened no survey yet")
    page.get_by_role("link", name="+ Open a survey").click()
    press(page, "Open this survey")
    expect(page.locator(".slips-title")).to_contain_text("2 things to look at")
    choose(page, "Questionnaire", "Looking back on your course")
    choose(page, "Credentials", "Rooftop Solar Installer")
    press(page, "Open this survey")
    expect(page.locator(".page-title")).to_have_text("Looking back on your course: Rooftop Solar Installer")
    expect(page.locator(".done")).to_contain_text("Now make the invitations.")
    assert "of=learner-rooftop-solar-installer" in page.url

    page.get_by_label("How many links?").fill("3")
    page.keyboard.press("Tab")
    press(page, "Make 3 links")
    expect(page.locator(".done")).to_contain_text("3 links are made. Download the file now: it is the only copy.")
    with saved(page, "Download the links (CSV)", tmp_path).open(encoding="utf-8", newline="") as file:
        links = [row["link"] for row in csv.DictReader(file)]
    assert len(set(links)) == 3
    assert all(re.fullmatch(rf"{re.escape(app.address)}/s/[\w-]{{32}}", link) for link in links)
    assert saved(page, "Download cards to print", tmp_path).read_text("utf-8").count("<svg") == 3
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
    press(page, "I have them, forget the links here")
    expect(page.get_by_text("it is the only copy")).to_have_count(0)

    page.get_by_text("Did links get into the wrong hands?").click()
    press(page, "Take back every unused link …")
    press(page, "Yes, take them back")
    expect(page.locator(".done")).to_have_text("Fewer than 5 links are taken back.")
    press(page, "Close it now …")
    press(page, "Yes, close it now")
    expect(page.locator(".done")).to_contain_text("Closed.")
    page.reload()
    settle(page)
    expect(page.locator(".lead")).to_contain_text("Closed since")
    (survey,) = json.loads(app.feedback("surveys", "--json"))["surveys"]
    assert (survey["state"], survey["invitations"]) == ("closed", {"made": 3, "used": 0, "revoked": 0})

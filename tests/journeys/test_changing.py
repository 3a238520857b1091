"""A lead opens the first change of a credential, reads what stands behind it, and makes it an action."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]


def test_a_change_opens_to_its_evidence_and_becomes_an_action(look):
    page = look("what_to_change?credential=safety-auditor")
    lead = page.locator(".lead").first.inner_text()
    assert lead.startswith("Change this first: ")
    name = lead.removeprefix("Change this first: ").split(".")[0]
    change = page.get_by_test_id("stExpander").filter(has_text="points").first
    expect(change).to_contain_text(name)
    change.locator("summary").click()
    settle(page)
    expect(change.locator(".evidence li").first).to_contain_text("learners do not rate it well")
    expect(change.locator(".facts").first).to_contain_text("of 100 points, likely between")
    change.get_by_role("button", name="Make this an action").click()
    settle(page)
    page.wait_for_url("**/actions?*")
    assert "new=action" in page.url
    expect(page.locator(f'input[value="{name}"]')).to_be_visible()

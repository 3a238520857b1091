"""From a comment to an action to what it brought, over two runs: the steps of a lead, in a browser."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from feedback.catalogue.values import Run
from feedback.settings import data_folder
from feedback.store.catalogue import save
from feedback.store.database import open_database, transaction
from feedback.store.responses import StoredResponse, save_many
from feedback.store.surveys import Survey, open_survey
from feedback.survey.instrument import read_instruments
from feedback.worker.effects import MEASURE
from feedback.worker.loop import ANSWERS, run_once
from tests.journeys.conftest import App, press, settle, url_of
from tests.worker.working import set_up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

FAST, OTHER = "The pace was far too fast for me.", "Please add more examples from practice."
WHAT = "Two weeks of preparation before the first day"


def run_over(app: App, slug: str, label: str, began: timedelta, comments: Sequence[str]) -> None:
    """A run of the badge that began so long ago, whose survey has closed, and what its learners wrote."""
    learner = read_instruments(data_folder() / "instruments")["learner"]
    starts = datetime.now(UTC) - began
    asked = Survey(
        slug=slug, instrument="learner", version=learner.version, opens=starts - timedelta(days=2), run=slug,
        closes=starts - timedelta(hours=1), credentials=["data-badge"],
    )  # fmt: skip
    engine = open_database(url_of(app.database))
    with transaction(engine) as session:
        save(session, [Run(slug=slug, credential="data-badge", label=label, starts=starts.date())])
        open_survey(session, asked)
        for at, text in enumerate(comments):
            about = ("learner", learner.version, "en", f"{starts:%Y-%m}", ["data-badge"])
            said = {"worth": 3 + at % 2, "goals": 3 + at % 3, "change": text}
            save_many(session, [StoredResponse(f"{abs(hash((slug, at))):032x}", slug, *about, said)])
    run_once(engine, read_instruments(data_folder() / "instruments"), kinds=(*ANSWERS, MEASURE))
    engine.dispose()


def test_a_topic_of_comments_becomes_an_action_that_is_measured_by_the_next_run(app, visit):
    engine = open_database(url_of(app.database))
    set_up(engine, read_instruments(data_folder() / "instruments"))
    engine.dispose()
    run_over(app, "badge-spring", "Spring", timedelta(days=200), [FAST] * 26 + [OTHER] * 6)

    page = visit("comments?credential=data-badge", of=app)
    page.get_by_role("combobox", name="Topic").click()
    page.get_by_role("option", name=re.compile("^Pace")).click()
    settle(page)
    expect(page.get_by_text(FAST).first, "it begins with what somebody wrote").to_be_visible()
    page.get_by_role("button", name="Make this an action").first.click()
    expect(page.locator(".page-title")).to_have_text("What is to change, and what is it to bring?")
    settle(page)
    title = page.get_by_label("What is to change?")
    title.fill(WHAT)
    title.press("Enter")
    settle(page)
    expect(page.get_by_text(re.compile("Now it falls short for 8[0-9]%"))).to_be_visible()
    press(page, "Make this action")
    expect(page.locator(".page-title")).to_have_text(WHAT)
    press(page, "Begin it")
    expect(page.locator(".lead").first).to_have_text(re.compile("^Under way"))
    made = page.url

    waiting = visit("credential?credential=data-badge", of=app)
    expect(waiting.get_by_text("Did what was changed work?")).to_be_visible()
    expect(waiting.get_by_text("Not enough has been answered yet: 1 action waits for the next run.")).to_be_visible()

    run_over(app, "badge-autumn", "Autumn", timedelta(0), [FAST] * 8 + [OTHER] * 24)
    page.goto(made)
    settle(page)
    expect(page.get_by_test_id("stMain")).to_contain_text(re.compile("worked", re.IGNORECASE))

    told = visit("credential?credential=data-badge", of=app)
    said = told.get_by_text(re.compile("^Of 1 action looked at again: 1 worked"))
    expect(said).to_have_text(re.compile(f"“{WHAT}” worked: [0-9]+ points of 100 better .* 32, then 32 people"))
    expect(told.get_by_text("What changed since last time?")).to_be_visible()
    assert told.get_by_test_id("stException").count() == 0

    phone = visit("actions", of=app, width=390)
    expect(phone.get_by_text(re.compile("Of 1 measured, 1 worked"))).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"

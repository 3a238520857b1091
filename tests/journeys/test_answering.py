"""Learners and employers answer in a browser, and what they said is counted where a lead reads it."""

import re
import time
from collections.abc import Collection

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from feedback.catalogue.values import Organisation, make_slug
from feedback.settings import data_folder
from feedback.store.database import open_database, reading, transaction
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import read_surveys
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from tests.journeys.conftest import ROOT, App, forward, press, settle, url_of

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

CATALOGUE = ROOT / "data" / "sample" / "catalogue.csv"
HOUSES = ["Brookline Mills", "Otter & Sons", "Tallow Systems", "Brookline Mills", "otter & sons"]
"""Five people of three organisations: a name counts once however it is cased."""
WORTH = {"Agree": 4, "Disagree": 2}
"""What the learners' verdicts are kept as."""


def choose(page: Page, question: str, answer: str) -> None:
    """Tick one answer of the question whose wording holds these words."""
    group = page.get_by_role("radiogroup", name=re.compile(re.escape(question)))
    group.locator("label").filter(has_text=re.compile(f"^{re.escape(answer)}$")).first.click()
    settle(page)


def answer_as_learner(page: Page, verdict: str, comment: str) -> str:
    """Walk through the learner's form, one question answered and one comment written; the receipt."""
    choose(page, "worth the time", verdict)
    while not page.get_by_role("button", name="Send my answers").count():
        forward(page)
    page.locator("textarea").nth(1).fill(comment)
    press(page, "Send my answers")
    return page.locator("#receipt").inner_text()


def answer_as_employer(page: Page, house: str, step: str) -> str:
    """Walk through the employer's form: the organisation, awareness of each title, the ladder for each; the receipt."""
    page.get_by_label(re.compile("Which organisation")).fill(house)
    page.keyboard.press("Tab")
    forward(page)
    for group in page.get_by_role("radiogroup", name=re.compile("how well did you know")).all():
        group.locator("label").filter(has_text="I knew what it certifies").click()
        settle(page)
    forward(page)
    while not page.get_by_role("button", name="Send my answers").count():
        for group in page.get_by_role("radiogroup", name=re.compile("highest step")).all():
            group.locator("label").filter(has_text=step).first.click()
            settle(page)
        forward(page)
    press(page, "Send my answers")
    return page.locator("#receipt").inner_text()


def answered_before(app: App, slug: str, worth: int, comment: str, house: str) -> set[str]:
    """A learner and an employer said the same as those who walk here; their receipts."""
    instruments = read_instruments(data_folder() / "instruments")
    learner, employer = instruments["learner"], instruments["employer"]
    foil = f"foil:{employer.foils[0].id}"
    said = {"awareness": {slug: "certifies", foil: "certifies"}, "ladder": {slug: 2}}
    about = f"learner-{slug}", f"employer-{slug}"
    engine = open_database(url_of(app.database))
    while not _are_open(engine, about):  # they open with the database's next second
        time.sleep(0.1)
    with transaction(engine) as session:
        receipts = {
            save_submission(
                session,
                Submission("learner", learner.version, about[0], "en", (slug,), {"worth": worth, "change": comment}),
                secret=new_secret(),
            ).receipt,
            save_submission(
                session,
                Submission("employer", employer.version, about[1], "en", (slug,), said),
                secret=new_secret(),
                organisation=Organisation(slug=make_slug(house), name=house),
            ).receipt,
        }
    engine.dispose()
    return receipts


def _are_open(engine: Engine, surveys: Collection[str]) -> bool:
    with reading(engine) as session:
        return {each.slug for each in read_surveys(session, only_open=True)} >= set(surveys)


@pytest.mark.parametrize("walking", [1, pytest.param(5, marks=pytest.mark.soak)])
def test_answers_of_five_learners_and_five_employers_are_counted(app, visit, walking):
    """walking: how many of the five answer in a browser, the last of them; what the others said is kept as theirs."""
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    title = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[1]
    learners = app.form("learner", "--credential", slug)
    employers = app.form("employer", "--credential", slug)
    receipts = set()

    def answer(number: int, verdict: str) -> None:
        comment, house = f"Give more time, please, says {number}.", HOUSES[number]
        if number < 5 - walking:
            receipts.update(answered_before(app, slug, WORTH[verdict], comment, house))
        else:
            receipts.add(answer_as_learner(visit(learners, width=390), verdict, comment))
            receipts.add(answer_as_employer(visit(employers), house, "It counts in screening"))

    for number in range(4):
        answer(number, "Agree")
    few = visit(f"credential?credential={slug}")
    expect(few.get_by_text("Not enough learners have answered yet to say whether")).to_be_visible()
    expect(few.get_by_text("Not enough employers have answered yet to say how far")).to_be_visible()
    assert "says 1" not in few.content()

    answer(4, "Disagree")
    assert len(receipts) == app.responses() == 10
    app.feedback("worker", "--once")
    enough = visit(f"credential?credential={slug}")
    expect(enough.get_by_text(f"80% of learners say {title} was worth it")).to_be_visible()
    expect(enough.get_by_text("5 people from 3 organisations").first).to_be_visible()
    assert "says 1" not in enough.content(), "nobody has reviewed what the five wrote, and ten did not write"
    value = visit("credential_value")
    said = re.compile(f"One credential has enough answers: {re.escape(title)}, at 2.0")
    expect(value.get_by_text(said)).to_be_visible()


def test_a_slip_is_said_beside_its_question_and_nothing_typed_is_lost(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    page = visit(app.form("employer", "--credential", slug), width=390)
    country = page.get_by_label(re.compile("country"))
    country.fill("PT")
    page.keyboard.press("Tab")
    press(page, "Next")
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.locator(".slip")).to_contain_text("Please answer this question")
    expect(page.locator(".slips-title")).to_be_visible()
    expect(country).to_have_value("PT")
    page.get_by_label(re.compile("Which organisation")).fill("Brookline Mills")
    page.keyboard.press("Tab")
    forward(page)
    expect(page.locator(".slip")).to_have_count(0)
    press(page, "Back")
    expect(page.get_by_label(re.compile("Which organisation"))).to_have_value("Brookline Mills")
    expect(page.get_by_label(re.compile("country"))).to_have_value("PT")


def test_f5_a_double_click_on_send_keeps_one_response(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    page = visit(app.form("learner", "--credential", slug))
    choose(page, "worth the time", "Agree")
    while not page.get_by_role("button", name="Send my answers").count():
        forward(page)
    page.get_by_role("button", name="Send my answers").dblclick()
    expect(page.locator("#receipt")).to_be_visible(timeout=20_000)
    assert app.responses() == 1


def test_s25_hostile_text_in_a_comment_is_shown_as_text(app, visit, tmp_path):
    hostile = "<img src=x onerror=alert(1)> **bold** $x^2$ :red[x] <script>alert(2)</script> too fast"
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    form = app.form("learner", "--credential", slug)
    answer_as_learner(visit(form), "Agree", hostile)
    others = tmp_path / "<svg onload=alert(3)>.csv"
    others.write_text("\n".join(["text", *(f"{hostile} {number}" for number in range(10))]), encoding="utf-8")
    column_map = tmp_path / "map.toml"
    column_map.write_text(f'text = "text"\naudience = "learner"\ncredential_default = "{slug}"\n', encoding="utf-8")
    app.feedback("import", "comments", others, "--map", column_map)
    page = visit()
    dialogs, foreign = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: None if request.url.startswith(app.address) else foreign.append(request.url))
    page.goto(f"{app.address}/comments")
    settle(page)
    expect(page.get_by_text("<script>alert(2)</script>").first).to_be_visible()
    assert page.locator("blockquote img, blockquote script, blockquote strong, blockquote .katex").count() == 0
    assert dialogs == []
    assert [url for url in foreign if not url.startswith(("data:", "blob:", "ws:"))] == []


def test_arabic_is_written_from_right_to_left(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    form = app.form("learner", "--credential", slug)
    page = visit(form, width=390, locale="ar")
    group = page.get_by_role("radiogroup").nth(1)
    assert group.evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

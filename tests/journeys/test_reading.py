"""A lead reads the sample institution, takes it away, and brings real files in."""

import csv
import gzip
import re
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, served, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]

PAGES = (
    "", "credential_value", "where_valued", "skills", "what_to_change", "comments",
    "credential?credential=safety-auditor", "catalogue",
    "institution", "learner_survey", "employer_rating", "expert_review", "learners", "portfolio", "market", "answers",
    "data_quality", "form_preview", "codebook", "surveys", "surveys?new=1", "your_reviews",
    "suggestions", "checking", "checking?view=quality", "topics", "topics?topic=pace",
    "actions", "actions?new=blank",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_every_page_of_the_sample_is_drawn_and_marked(look, path, width, dark):
    page = look(path, width=width, dark=dark)
    expect(page.locator(".page-title").first).to_be_visible()
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
    if path not in ("form_preview", "codebook"):  # they show questions, which are not the sample's
        expect(page.locator(".sample-mark").first).to_be_visible()
    assert not re.search(r"\bnan\b|\bNaN\b|\bundefined\b", page.locator('[data-testid="stMain"]').inner_text())


def test_the_overview_says_the_planted_truth_in_two_sentences(look):
    page = look("")
    leads = page.locator(".lead").all_inner_texts()
    assert len(leads) == 2
    assert leads[0].startswith("Employers value Industrial Safety Auditor most")
    assert "people from" in leads[0]
    assert "likely between" in leads[0]
    assert leads[1].startswith("Change this first")
    page = look("what_to_change")
    assert page.locator(".lead").first.inner_text().startswith(leads[1])
    changes = page.get_by_test_id("stExpander").filter(has_text=re.compile("points$"))
    first = " / ".join(changes.nth(at).locator("summary").inner_text() for at in range(6))
    assert "Industrial Safety Auditor" in first, "learners of the most valued credential complain"
    assert "Summarising with pivot tables" in first, "a skill that goes stale"


def test_every_picture_has_its_words_its_table_and_its_file(look):
    page = look("credential_value")
    charts = page.locator('[data-testid="stVegaLiteChart"]')
    expect(charts.first).to_be_visible()
    folds = page.get_by_test_id("stExpander").filter(has_text="Table, file and how we know")
    unpictured = folds.filter(has=page.locator("details[open]"))  # where there is no picture the table is what one sees
    assert folds.count() - unpictured.count() == charts.count() >= 2
    folds.first.get_by_text("Table, file and how we know").click()
    settle(page)
    with page.expect_download() as got:
        folds.first.get_by_role("button", name="CSV", exact=True).click()
    text = got.value.path().read_bytes().decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Credential,Value")
    held = {line.split(",")[0]: line for line in text.splitlines()[1:]}
    assert held["Inclusive Customer Service"].count(",,") >= 3, "four employers: nothing of theirs is in the file"
    assert "too few to show" in held["Inclusive Customer Service"]


def test_the_sample_goes_with_a_button_and_leaves_the_next_steps(server, settled, visit, tmp_path_factory):
    app = served(server, settled, tmp_path_factory.mktemp("own"))
    assert app.responses() > 0
    page = visit("institution", of=app)
    expect(page.locator(".sample-mark")).to_be_visible()
    page.get_by_role("button", name="Take the sample away").click()
    page.get_by_role("button", name="Yes, take it away").click()
    expect(page.get_by_text("This institution is empty")).to_be_visible(timeout=30_000)
    expect(page.locator(".sample-mark")).to_have_count(0)
    home = visit("", of=app)
    expect(home.get_by_text("feedback import catalogue")).to_be_visible()
    assert app.responses() == 0


def test_the_walk_through_of_the_readme_ends_in_pages(app, visit):
    folder = ROOT / "data" / "sample"
    app.feedback("import", "catalogue", folder / "catalogue.csv")
    app.feedback("import", "comments", folder / "course_comments.csv", "--map", folder / "course_comments.map.toml")
    app.feedback("import", "ratings", folder / "employer_ratings.csv", "--map", folder / "employer_ratings.map.toml")
    expect(visit("credential_value").locator(".lead")).to_contain_text("on a scale of 1 to 5")
    comments = visit("comments")
    expect(comments.locator(".quote").first).to_be_visible()
    expect(comments.locator("mark").first).to_be_visible()


@pytest.fixture
def first_rows(shared_data, tmp_path):
    """A real file, or its first rows only (a number of them)."""

    def first_rows(name: str, number: int | None) -> Path:
        whole = shared_data / name
        if not whole.is_file():
            pytest.skip(f"{whole.name} is not in the folder of real files")
        if number is None:
            return whole
        with gzip.open(whole, "rt", encoding="utf-8", newline="") as file:
            names, *rows = islice(csv.reader(file), number + 1)
        path = tmp_path / whole.name.removesuffix(".gz")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *rows])
        return path

    return first_rows


@pytest.mark.parametrize(
    ("ratings_read", "comments_read"), [(1500, 200), pytest.param(None, None, marks=pytest.mark.soak)]
)
def test_real_comments_and_real_ratings_end_in_pages(app, visit, first_rows, tmp_path, ratings_read, comments_read):
    ratings = tmp_path / "ratings.toml"
    ratings.write_text(
        'item = "d"\nrater = "s"\nscore = "y"\nscale = [1, 5]\ncreate_missing = true\nkind = "micro-credential"\n'
        'programme = "lectures"\nitem_title = "Lecture {value}"\nrater_title = "Rater {value}"\n',
        encoding="utf-8",
    )
    words = tmp_path / "words.toml"
    words.write_text(
        'text = "text"\nlanguage = "lang"\naudience = "learner"\ncredential_default = "real-course"\n'
        'create_missing = true\nkind = "mooc-certificate"\nprogramme = "real"\n',
        encoding="utf-8",
    )
    app.feedback("import", "ratings", first_rows("reference/insteval.csv.gz", ratings_read), "--map", ratings)
    app.feedback("import", "comments", first_rows("corpora/herath.csv.gz", comments_read), "--map", words)
    app.feedback("import", "comments", first_rows("corpora/vsfc.csv.gz", comments_read), "--map", words)
    value = visit("credential_value")
    expect(value.locator(".lead")).to_contain_text("Employers value Lecture", timeout=60_000)
    expect(value.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible()
    comments = visit("comments?credential=real-course")
    expect(comments.get_by_text("not scored").first).to_be_visible(timeout=60_000)
    expect(comments.locator(".quote").first).to_be_visible()

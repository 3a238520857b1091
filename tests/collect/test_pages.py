"""The pages around the steps: thanks, messages, receipts; and the sheet and script that all share."""

import re

from feedback.collect import pages
from feedback.collect.drawing import step_page
from feedback.collect.pages import FOLDER, SCRIPT, STYLE
from feedback.survey.wording import word
from tests.collect.forms import Page
from tests.collect.sheets import (
    INSTRUMENTS,
    LEARNER,
    attributes,
    every_step,
    sheet_of,
)


def test_the_style_sheet_is_small_and_so_is_the_script():
    assert len(STYLE.encode()) < 10_000
    assert len(SCRIPT.encode()) < 3_000


def test_the_thanks_shows_the_receipt_and_only_a_kiosk_begins_anew_by_itself():
    page = Page(pages.thanks_page(instrument=LEARNER, language="en", receipt="ABCD-EFGH", foil=True, consent="/c/s"))
    assert page.receipt == "ABCD-EFGH"
    assert word("thanks.foil_note", "en") in page.source
    assert {held["href"] for held in attributes(page, "a")} >= {"/r?language=en", "/c/s"}
    assert not page.forms
    assert "<script" not in page.source
    kiosk = pages.thanks_page(instrument=LEARNER, language="en", receipt="A", mode="kiosk", new="/f/s/new")
    [form] = attributes(Page(kiosk), "form")
    assert form["action"] == "/f/s/new"
    assert form["data-after"] == "60"
    assert word("thanks.foil_note", "en") not in kiosk


def test_what_could_not_be_saved_is_sent_again_by_one_button():
    fields = {"form": ["seal"], "q.keep": ['a "quote"\r\nand <b>'], "q.shown": ["cv", "web"]}
    page = Page(pages.retry_page("/f/s", fields, "en"))
    assert page.forms[0].as_it_stands() == [(name, value) for name, values in fields.items() for value in values]
    assert len(page.forms[0].buttons()) == 1
    assert (page.forms[0].action, page.forms[0].method) == ("/f/s", "post")


def test_a_receipt_is_asked_for_looked_up_and_withdrawn_only_with_a_tick():
    asking = Page(pages.ask_receipt_page("de", given="AB", slip="nope"))
    assert [(each.name, each.value) for each in asking.forms[0].controls if each.kind == "text"] == [("receipt", "AB")]
    found = Page(pages.fate_page("en", "ABCD", pages.fate_words("en", people=5)))
    assert found.forms[0].as_it_stands() == [("receipt", "ABCD")]
    assert [each.name for each in found.forms[0].controls if each.kind == "checkbox"] == ["withdraw"]
    published = pages.fate_words("en", people=5, release="7", day="2027-01-31")
    assert "7" in published
    assert "2027-01-31" in published
    assert word("receipt.withdrawn", "en") in pages.withdrawn_page("en", published=True)


def test_pages_of_every_language_name_no_key_nobody_has_worded():
    tables = "form|thanks|review|survey|slips|light|kiosk|receipt"
    for language in ("en", "de", "es", "ar"):
        drawn = [step_page(sheet) for name in INSTRUMENTS for _, sheet in every_step(INSTRUMENTS[name], language)]
        drawn += [
            pages.thanks_page(
                instrument=LEARNER, language=language, receipt="A", foil=True, already=True, endorsement=True,
                mode="kiosk", consent="/c/s", new="/f/s/new",
            ),
            pages.retry_page("/f/s", {}, language),
            pages.again_page("/f/s/new", language),
            pages.ask_receipt_page(language),
            pages.fate_page(language, "A", pages.fate_words(language, people=5, release="1", day="2027-01-31")),
            pages.withdrawn_page(language, published=True),
            step_page(sheet_of(LEARNER, {"worth": 1}, language=language, mode="kiosk", new="/f/s/new")),
        ]  # fmt: skip
        for text in drawn:
            words_only = re.sub(r"<script>.*?</script>|<[^>]*(aria-label|data-)?[^>]*>", " ", text, flags=re.DOTALL)
            assert not re.findall(rf"\b(?:{tables})\.[a-z_]+\b", words_only)


def test_the_templates_and_sheets_come_with_the_package():
    assert {each.name for each in (FOLDER / "templates").iterdir()} >= {"base.html", "step.html", "control.html"}
    assert (FOLDER / "form.css").is_file()
    assert (FOLDER / "form.js").is_file()


def test_a_link_that_opens_nothing_leads_to_the_receipt_page_and_the_end_of_something_to_nothing():
    def links(**more) -> list[str]:
        page = Page(pages.message_page("title", "text", "de", **more))
        return [held["href"] for held in attributes(page, "a") if held["href"] != "#main"]

    assert links() == ["/r?language=de"]
    assert links(links={"there": "/f/s"}) == ["/f/s"]
    assert links(is_end=True) == []


def test_a_kiosk_says_that_its_thanks_may_go_by_itself():
    thanked = pages.thanks_page(instrument=LEARNER, language="en", receipt="A", mode="kiosk", new="/f/s/new")
    assert word("kiosk.cleared", "en", seconds=pages.THANKED) in Page(thanked).words


def test_a_day_keeps_its_order_where_the_words_around_it_run_from_right_to_left():
    assert "\u20682027-01-31\u2069" in pages.fate_words("ar", people=5, release="7", day="2027-01-31")

"""The controls of a step: every one named, told apart, and holding what was written letter for letter."""

import re
from dataclasses import replace

from feedback.collect.drawing import step_page
from feedback.survey.questionnaire import ALL_PAIRS
from feedback.survey.steps import LONG_LIST
from feedback.survey.submission import Slip
from feedback.survey.wording import word
from tests.collect.forms import Page
from tests.collect.sheets import (
    EMPLOYER,
    EXPERT,
    INSTRUMENTS,
    LEARNER,
    PAIRS,
    SUBJECTS,
    attributes,
    every_step,
    sheet_of,
    steps_of,
    with_everything_open,
)


def test_what_somebody_wrote_stands_in_its_field_letter_for_letter():
    setting = with_everything_open(LEARNER)
    number = next(
        n for n, here in enumerate(steps_of(sheet_of(LEARNER, setting=setting))) if here[0].section.id == "words"
    )
    wrote = "\n first </textarea> & \"quotes\" 'and' {{ x }}\n\nlast "
    page = Page(step_page(sheet_of(LEARNER, {"keep": wrote}, number, setting=setting)))
    assert page.main().value("q.keep").removeprefix("\n") == wrote


def test_every_control_has_a_name_in_words_and_every_group_a_legend():
    for name, instrument in INSTRUMENTS.items():
        for _, sheet in every_step(instrument, "en"):
            text = step_page(sheet)
            page = Page(text)
            labelled = {held["for"] for held in attributes(page, "label") if "for" in held}
            for each in page.main().controls:
                if each.kind in ("text", "textarea", "select"):
                    assert each.attributes["id"] in labelled, (name, each.name)
            fieldsets = len(attributes(page, "fieldset"))
            assert len(re.findall(r"<fieldset[^>]*>\s*<legend>\S", text)) == fieldsets
            assert len(re.findall(r"<label[^>]*><input", text)) == sum(
                each.kind in ("radio", "checkbox") for each in page.main().controls
            )


def test_a_slip_of_one_row_stands_in_that_row_and_its_link_leads_there():
    setting = with_everything_open(LEARNER)
    sheet = sheet_of(LEARNER, step=1, setting=setting, slips=(Slip("teaching", None, "feedback", "not_on_scale"),))
    page = Page(step_page(sheet))
    assert "#q.teaching..feedback" in [held["href"] for held in attributes(page, "a")]
    assert page.ids["q.teaching..feedback-e"]
    assert "q.teaching-e" not in page.ids
    assert "q.teaching..clear-e" not in page.ids


def test_a_long_list_folds_away_and_a_short_one_does_not():
    kinds = {each.name: each.kind for each in Page(step_page(sheet_of(EMPLOYER))).main().controls}
    assert len(EMPLOYER.by_id["sector"].options) > LONG_LIST
    assert kinds["q.sector"] == "select"
    assert kinds["q.role"] == "radio"


def test_who_reviews_and_what_is_chosen_before_anything_is_asked():
    choosing = sheet_of(EXPERT, reviewer="", candidates=SUBJECTS[:3], reviewers={"r-1": "First", "r-2": "Second"})
    slips = (Slip("", None, "subject", "no_subject"), Slip("", None, "reviewer", "missing"))
    page = Page(step_page(replace(choosing, slips=slips)))
    names = {each.name: each.kind for each in page.main().controls if each.kind not in ("submit", "hidden")}
    assert names == {"reviewer": "select", "subject": "radio"}
    links = [held["href"] for held in attributes(page, "a")]
    assert "#subject" in links
    assert "#reviewer" in links
    for key in ("review.who", "review.which"):
        assert f'">{word(key, "en")}</a>' in page.source
    typed = Page(step_page(replace(choosing, reviewers={}, candidates=())))
    assert [each.kind for each in typed.main().controls if each.name == "reviewer"] == ["text"]
    many = Page(step_page(replace(choosing, candidates=SUBJECTS * 2)))
    assert [each.kind for each in many.main().controls if each.name == "subject"] == ["select"]
    chosen = Page(step_page(replace(choosing, reviewer="r-1", subject=SUBJECTS[0].slug)))
    assert "q.independence" in [each.name for each in chosen.main().controls]
    assert ("go", "back") in [(each.name, each.value) for each in chosen.main().buttons()]


def test_a_pair_is_two_large_buttons_and_no_preference():
    sheet = sheet_of(PAIRS, {"organisation": "Mill"}, 1)
    [place] = steps_of(sheet)[1]
    assert place.question.options_from == ALL_PAIRS
    buttons = [each for each in Page(step_page(sheet)).main().buttons() if each.name.startswith("q.pairs")]
    assert len({each.name for each in buttons}) == 1
    pair = buttons[0].name.removeprefix("q.pairs..")
    assert [each.value for each in buttons] == [*pair.split("|"), "same"]
    assert "undo" not in [each.value for each in Page(step_page(sheet)).main().buttons()]
    chosen = Page(step_page(replace(sheet, answers={"organisation": "Mill", "pairs": {pair: "same"}})))
    assert "undo" in [each.value for each in chosen.main().buttons()]
    assert buttons[0].name not in [each.name for each in chosen.main().buttons()]


def test_titles_are_set_apart_in_arabic():
    assert "\u2068A rather long credential" in step_page(sheet_of(LEARNER, language="ar"))


def test_a_comment_that_may_tell_who_wrote_it_is_noted_without_any_script():
    setting = with_everything_open(LEARNER)
    number = next(
        n for n, here in enumerate(steps_of(sheet_of(LEARNER, setting=setting))) if here[0].section.id == "words"
    )
    for text, shown in (("ask me@example.org", True), ("more time, please", False)):
        page = Page(step_page(sheet_of(LEARNER, {"change": text}, number, setting=setting)))
        notes = ["hidden" not in held for held in attributes(page, "p") if held.get("class") == "note"]
        assert notes == [False, shown]

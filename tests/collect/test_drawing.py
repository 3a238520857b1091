"""The pages of the light form: small, whole, readable by everybody, and text stays text."""

import re
from collections import Counter
from dataclasses import fields as fields_of
from dataclasses import is_dataclass, replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from feedback.collect import drawing
from feedback.collect.drawing import FOLDER, SCRIPT, STYLE, Sheet, step_page
from feedback.collect.fields import name_of
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.questionnaire import ALL_PAIRS, Instrument
from feedback.survey.routing import asked
from feedback.survey.setting import Setting, Subject, choose_setting
from feedback.survey.steps import LONG_LIST, grouped
from feedback.survey.submission import Slip, check_answers
from feedback.survey.text import TELLING
from feedback.survey.wording import slip_text, word, words
from tests.collect.forms import Page

INSTRUMENTS = {
    name: each for name, each in read_instruments(data_folder() / "instruments").items() if not each.import_only
}
LEARNER, EMPLOYER, EXPERT, PAIRS = (INSTRUMENTS[name] for name in ("learner", "employer", "expert", "employer_pairs"))
SKILLS = tuple((f"skill-{number}", f"A skill that is worded at some length, number {number}") for number in range(8))
SUBJECTS = tuple(
    Subject(f"a-rather-long-credential-{name}", f"A rather long credential {name}", "Issuing House", skills=SKILLS,
            facts="What it certifies, said in a sentence or two.")
    for name in "abcdef"
)  # fmt: skip
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "</textarea><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "{{ 70007 * 70009 }}{% for x in y %}",
    "javascript:alert(1)",
    "<!-- --><b>bold</b>",
    "&lt;script&gt;",
)


def sheet_of(instrument: Instrument, answers=None, step: int = 0, language: str = "en", **more) -> Sheet:
    subjects = SUBJECTS[:1] if instrument.subjects == "one" else SUBJECTS
    more.setdefault("setting", choose_setting(instrument, subjects, "seed", language))
    more.setdefault("reviewer", "r" if instrument.audience == "expert" else "")
    return Sheet(
        survey="s", instrument=instrument, language=language, languages=instrument.languages, answers=answers or {},
        step=step, sealed="the-seal", action="/f/s", **more,
    )  # fmt: skip


def with_everything_open(instrument: Instrument) -> Setting:
    setting = sheet_of(instrument).setting
    return replace(setting, blocks=None)


def fullest(instrument: Instrument) -> dict:
    """Answers of somebody who knows every credential, so that all their sections are drawn."""
    slugs = [each.slug for each in sheet_of(instrument).setting.subjects]
    return {
        each.id: dict.fromkeys(slugs, each.positive[0])
        for each in instrument.questions
        if each.construct == "awareness" and each.positive
    }


def steps_of(sheet: Sheet) -> list:
    return grouped(asked(sheet.instrument, sheet.answers, sheet.setting))


def attributes(page: Page, tag: str) -> list[dict[str, str]]:
    return [held for name, held in page.tags if name == tag]


def every_step(instrument: Instrument, language: str):
    sheet = sheet_of(instrument, fullest(instrument), language=language, setting=with_everything_open(instrument))
    for number, here in enumerate(steps_of(sheet)):
        yield here, replace(sheet, step=number)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_page_is_light_and_whole_in_every_language(name):
    instrument = INSTRUMENTS[name]
    for language in instrument.languages:
        for here, sheet in every_step(instrument, language):
            slips = tuple(Slip(each.question.id, each.slug, None, "missing") for each in here)
            text = step_page(replace(sheet, slips=slips, mode="kiosk", draft="/f/s/draft", new="/f/s/new"))
            assert len((text + STYLE).encode()) < 30_000, (language, here[0].section.id)
            page = Page(text)
            tags = Counter(tag for tag, _ in page.tags)
            assert (tags["h1"], tags["main"], tags["title"], tags["form"]) == (1, 1, 1, 1)
            assert (page.language, page.direction) == (language, words(language).get("direction", "ltr"))
            ids = [held["id"] for _, held in page.tags if held.get("id")]
            assert len(set(ids)) == len(ids)
            for _, held in page.tags:
                assert not any(one.startswith("on") or one == "style" for one in held)
                assert set(held.get("aria-describedby", "").split()) <= set(ids)
                assert set(held.get("for", "").split()) <= set(ids)
            for link in attributes(page, "a"):
                assert not link["href"].startswith("#") or link["href"][1:] in ids


def test_the_style_sheet_is_small_and_so_is_the_script():
    assert len(STYLE.encode()) < 10_000
    assert len(SCRIPT.encode()) < 3_000


def test_the_script_is_the_one_its_hash_names_and_stands_in_the_page_as_it_is():
    text = step_page(sheet_of(LEARNER))
    [inline] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert inline == SCRIPT
    assert "</script" not in SCRIPT
    assert drawing.SCRIPT_HASH.startswith("sha256-")
    assert sha256(STYLE.encode()).hexdigest()[:8] in drawing.STYLE_ADDRESS
    assert drawing.STYLE_ADDRESS in text


def test_the_pattern_of_telling_comments_has_one_home_and_is_handed_to_the_script():
    [form] = attributes(Page(step_page(sheet_of(LEARNER))), "form")
    assert form["data-telling"] == TELLING.pattern
    assert "Prof" not in SCRIPT


# --- text is text ----------------------------------------------------------------------------------------------------


def reworded(value, said: str):
    """The value with every wording in it replaced."""
    if isinstance(value, tuple):
        return tuple(reworded(each, said) for each in value)
    if isinstance(value, dict):
        return dict.fromkeys(value, said)
    if is_dataclass(value):
        held = {each.name: reworded(getattr(value, each.name), said) for each in fields_of(value)}
        return replace(value, **held)
    return value


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag != "script":
            self.found.append((tag, tuple(name for name, _ in attrs)))
        else:
            self.found.append((tag, ()))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["learner", "employer", "employer_pairs", "expert"])
def test_whatever_people_wrote_makes_no_element_and_no_attribute(name, attack):
    def pages(said: str) -> list[str]:
        instrument = reworded(INSTRUMENTS[name], said)
        subjects = tuple(replace(each, title=said, issuer=said, facts=said) for each in SUBJECTS)
        if instrument.subjects == "one":
            subjects = subjects[:1]
        setting = replace(choose_setting(instrument, subjects, "seed", "en"), blocks=None)
        typed = [each.id for each in instrument.questions if each.kind in ("short_text", "long_text", "number")]
        answers = fullest(INSTRUMENTS[name]) | dict.fromkeys(typed, said)
        sheet = Sheet(
            survey=said, instrument=instrument, setting=setting, language="en", languages=("en", "ar"),
            answers=answers, step=0, sealed=said, action=said, said=said, failed=said, draft=said, new=said,
            mode="kiosk", reviewer=said,
        )  # fmt: skip
        drawn = []
        for number, here in enumerate(steps_of(sheet)):
            slips = tuple(Slip(each.question.id, each.slug, said, "too_many", {"maximum": said}) for each in here)
            drawn.append(step_page(replace(sheet, step=number, slips=slips)))
        choosing = replace(sheet, reviewer="", candidates=subjects * 2, reviewers={said: said})
        thanked = drawing.thanks_page(
            instrument=instrument, language="en", receipt=said, mode="kiosk", consent=said, new=said, sealed=said
        )
        told = drawing.message_page(said, said, "en", links={said: said})
        retry = drawing.retry_page(said, {said: [said, said]}, "en", said)
        asking = drawing.ask_receipt_page("en", given=said, slip=said)
        fate = drawing.fate_page("en", said, said, slip=said)
        return [*drawn, step_page(choosing), thanked, told, retry, asking, fate]

    for hostile, harmless in zip(pages(attack), pages("7 plain words"), strict=True):
        assert Elements(hostile).found == Elements(harmless).found
        assert str(70007 * 70009) not in hostile


def test_what_somebody_wrote_stands_in_its_field_letter_for_letter():
    setting = with_everything_open(LEARNER)
    number = next(
        n for n, here in enumerate(steps_of(sheet_of(LEARNER, setting=setting))) if here[0].section.id == "words"
    )
    wrote = "\n first </textarea> & \"quotes\" 'and' {{ x }}\n\nlast "
    page = Page(step_page(sheet_of(LEARNER, {"keep": wrote}, number, setting=setting)))
    assert page.main().value("q.keep").removeprefix("\n") == wrote


# --- what is drawn ---------------------------------------------------------------------------------------------------


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


def test_enter_goes_forward_and_only_the_last_step_sends():
    sheet = sheet_of(LEARNER)
    last = len(steps_of(sheet)) - 1
    for step, forward in ((0, "next"), (1, "next"), (last, "send")):
        buttons = Page(step_page(replace(sheet, step=step))).main().buttons()
        assert (buttons[0].name, buttons[0].value) == ("go", forward)
        moves = [each.value for each in buttons[1:] if each.name == "go"]
        assert moves == (["back", forward] if step else [forward])


def test_the_language_is_chosen_by_a_button_of_the_same_form_and_needs_a_choice():
    buttons = Page(step_page(sheet_of(LEARNER, language="de"))).main().buttons()
    chosen = {each.value: each.attributes["aria-pressed"] for each in buttons if each.name == "language"}
    assert chosen == {"en": "false", "es": "false", "de": "true", "ar": "false"}
    alone = Page(step_page(replace(sheet_of(LEARNER), languages=("en",))))
    assert not [each for each in alone.main().buttons() if each.name == "language"]


def test_a_title_of_a_page_says_the_section_and_whether_something_is_wrong():
    sheet = sheet_of(LEARNER)
    assert Page(step_page(sheet)).title == "Was it worth it? – Looking back on your course"
    wrong = replace(sheet, slips=(Slip("worth", None, None, "missing"),))
    assert Page(step_page(wrong)).title.startswith(word("light.error_prefix", "en"))
    assert "the-seal" not in Page(step_page(sheet)).title


def test_the_first_page_says_what_is_asked_kept_read_and_how_to_take_it_back():
    for mode, key in (("invitation", "light.personal_link"), ("link", "light.open_link")):
        text = step_page(sheet_of(LEARNER, mode=mode, people=7))
        page = Page(text)
        said = " ".join(re.sub(r"<[^>]+>", " ", text).split())
        for told in (LEARNER.introduction, LEARNER.anonymity, LEARNER.readers):
            assert told["en"] in said
        for one in (key, "light.what_we_keep", "light.withdraw_by_receipt", "light.who_asks", "light.voluntary"):
            assert word(one, "en") in said
        assert word("light.small_groups", "en", people=7) in said
        assert re.fullmatch(r"1 of \d, about 3 min left", page.ids["progress"])
    assert LEARNER.introduction["en"] not in step_page(sheet_of(LEARNER, step=1))


def test_slips_stand_together_with_links_and_beside_their_fields():
    sheet = sheet_of(EMPLOYER, step=1)
    slips = tuple(
        each
        for each in check_answers(
            EMPLOYER, {}, survey="s", version=EMPLOYER.version, language="en", setting=sheet.setting
        )
        if each.question == "awareness"
    )
    page = Page(step_page(replace(sheet, slips=slips)))
    real = [name_of(each) for each in steps_of(sheet)[1] if each.required]
    assert [held["href"] for held in attributes(page, "a") if "q." in held["href"]] == [f"#{each}" for each in real]
    for name in real:
        assert page.ids[f"{name}-e"] == slip_text(slips[0], "en")
    groups = [held for held in attributes(page, "fieldset") if held.get("aria-invalid")]
    assert [held["aria-describedby"].split()[-1] for held in groups] == [f"{each}-e" for each in real]
    [summary] = [held for held in attributes(page, "div") if held.get("id") == "summary"]
    assert summary["role"] == "alert"
    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary


def test_a_slip_of_one_row_stands_in_that_row_and_its_link_leads_there():
    setting = with_everything_open(LEARNER)
    sheet = sheet_of(LEARNER, step=1, setting=setting, slips=(Slip("teaching", None, "feedback", "not_on_scale"),))
    page = Page(step_page(sheet))
    assert "#q.teaching..feedback" in [held["href"] for held in attributes(page, "a")]
    assert page.ids["q.teaching..feedback-e"]
    assert "q.teaching-e" not in page.ids
    assert "q.teaching..clear-e" not in page.ids


def test_a_slip_of_the_whole_form_or_of_another_step_is_said_without_a_link():
    slips = (Slip("", None, None, "stale_version"), Slip("worth", None, None, "missing"))
    text = step_page(sheet_of(LEARNER, step=1, slips=slips))
    assert word("slips.stale_version", "en") in text
    assert word("slips.missing", "en") in text
    assert 'href="#q.' not in text


def test_what_an_answer_opened_takes_the_focus_and_is_said():
    setting = with_everything_open(LEARNER)
    answers = {"assessment": 1}
    opened = tuple(each for each in asked(LEARNER, answers, setting) if each.question.id == "assessment_missing")
    said = word("light.opened_one", "en")
    page = Page(step_page(sheet_of(LEARNER, answers, 1, setting=setting, opened=opened, said=said)))
    focused = [each.name for each in page.main().controls if "autofocus" in each.attributes]
    assert focused == ["q.assessment_missing"]
    assert said in page.source


def test_a_long_list_folds_away_and_a_short_one_does_not():
    kinds = {each.name: each.kind for each in Page(step_page(sheet_of(EMPLOYER))).main().controls}
    assert len(EMPLOYER.by_id["sector"].options) > LONG_LIST
    assert kinds["q.sector"] == "select"
    assert kinds["q.role"] == "radio"


def test_facts_are_told_to_who_had_not_heard():
    subjects = sheet_of(EMPLOYER).setting.subjects
    answers = {"awareness": {subjects[0].slug: "never", subjects[1].slug: "certifies"}}
    sheet = sheet_of(EMPLOYER, answers)
    told = {}
    for number, here in enumerate(steps_of(sheet)):
        if len({each.slug for each in here}) == 1 and here[0].subject:
            told.setdefault(here[0].slug, word("form.facts_title", "en") in step_page(replace(sheet, step=number)))
    assert told == {subjects[0].slug: True, subjects[1].slug: False}


def test_an_expert_finds_evidence_and_sureness_beside_the_criterion_they_belong_to():
    sheet = sheet_of(EXPERT, {"purpose_clear": 2}, 1)
    text = step_page(sheet)
    criterion = text.split('class="criterion"')[1]
    assert "q.purpose_clear_evidence" in criterion
    assert "q.purpose_clear_sure" in criterion
    assert text.count('class="criterion"') == 4


def test_who_reviews_and_what_is_chosen_before_anything_is_asked():
    choosing = sheet_of(EXPERT, reviewer="", candidates=SUBJECTS[:3], reviewers={"r-1": "First", "r-2": "Second"})
    slips = (Slip("", None, "subject", "no_subject"), Slip("", None, "reviewer", "missing"))
    page = Page(step_page(replace(choosing, slips=slips)))
    names = {each.name: each.kind for each in page.main().controls if each.kind not in ("submit", "hidden")}
    assert names == {"reviewer": "select", "subject": "radio"}
    links = [held["href"] for held in attributes(page, "a")]
    assert "#subject" in links
    assert "#reviewer" in links
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


# --- the other pages -------------------------------------------------------------------------------------------------


def test_the_thanks_shows_the_receipt_and_only_a_kiosk_begins_anew_by_itself():
    page = Page(drawing.thanks_page(instrument=LEARNER, language="en", receipt="ABCD-EFGH", foil=True, consent="/c/s"))
    assert page.receipt == "ABCD-EFGH"
    assert word("thanks.foil_note", "en") in page.source
    assert {held["href"] for held in attributes(page, "a")} >= {"/r", "/c/s"}
    assert not page.forms
    assert "<script" not in page.source
    kiosk = drawing.thanks_page(instrument=LEARNER, language="en", receipt="A", mode="kiosk", new="/f/s/new")
    [form] = attributes(Page(kiosk), "form")
    assert form["action"] == "/f/s/new"
    assert form["data-after"] == "60"
    assert word("thanks.foil_note", "en") not in kiosk


def test_what_could_not_be_saved_is_sent_again_by_one_button():
    fields = {"form": ["seal"], "q.keep": ['a "quote"\r\nand <b>'], "q.shown": ["cv", "web"]}
    page = Page(drawing.retry_page("/f/s", fields, "en"))
    assert page.forms[0].as_it_stands() == [(name, value) for name, values in fields.items() for value in values]
    assert len(page.forms[0].buttons()) == 1
    assert (page.forms[0].action, page.forms[0].method) == ("/f/s", "post")


def test_a_receipt_is_asked_for_looked_up_and_withdrawn_only_with_a_tick():
    asking = Page(drawing.ask_receipt_page("de", given="AB", slip="nope"))
    assert [(each.name, each.value) for each in asking.forms[0].controls if each.kind == "text"] == [("receipt", "AB")]
    found = Page(drawing.fate_page("en", "ABCD", drawing.fate_words("en", people=5)))
    assert found.forms[0].as_it_stands() == [("receipt", "ABCD")]
    assert [each.name for each in found.forms[0].controls if each.kind == "checkbox"] == ["withdraw"]
    published = drawing.fate_words("en", people=5, release="7", day="2027-01-31")
    assert "7" in published
    assert "2027-01-31" in published
    assert word("receipt.withdrawn", "en") in drawing.withdrawn_page("en", published=True)


def test_pages_of_every_language_name_no_key_nobody_has_worded():
    tables = "form|thanks|review|survey|slips|light|kiosk|receipt"
    for language in ("en", "de", "es", "ar"):
        pages = [step_page(sheet) for name in INSTRUMENTS for _, sheet in every_step(INSTRUMENTS[name], language)]
        pages += [
            drawing.thanks_page(
                instrument=LEARNER, language=language, receipt="A", foil=True, already=True, endorsement=True,
                mode="kiosk", consent="/c/s", new="/f/s/new",
            ),
            drawing.retry_page("/f/s", {}, language),
            drawing.again_page("/f/s/new", language),
            drawing.ask_receipt_page(language),
            drawing.fate_page(language, "A", drawing.fate_words(language, people=5, release="1", day="2027-01-31")),
            drawing.withdrawn_page(language, published=True),
            step_page(sheet_of(LEARNER, {"worth": 1}, language=language, mode="kiosk", new="/f/s/new")),
        ]  # fmt: skip
        for text in pages:
            words_only = re.sub(r"<script>.*?</script>|<[^>]*(aria-label|data-)?[^>]*>", " ", text, flags=re.DOTALL)
            assert not re.findall(rf"\b(?:{tables})\.[a-z_]+\b", words_only)


def test_the_templates_and_sheets_come_with_the_package():
    assert {each.name for each in (FOLDER / "templates").iterdir()} >= {"base.html", "step.html", "control.html"}
    assert (FOLDER / "form.css").is_file()
    assert (FOLDER / "form.js").is_file()

"""The pages of the light form: small, whole, readable by everybody, and text stays text."""

import re
from collections import Counter
from dataclasses import fields as fields_of
from dataclasses import is_dataclass, replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from feedback.collect import pages
from feedback.collect.drawing import step_page
from feedback.collect.fields import name_of
from feedback.collect.pages import SCRIPT, STYLE
from feedback.collect.sheet import Sheet
from feedback.survey.routing import asked
from feedback.survey.setting import choose_setting
from feedback.survey.submission import Slip, check_answers
from feedback.survey.text import TELLING, say
from feedback.survey.wording import slip_text, word, words
from tests.collect.forms import Page
from tests.collect.sheets import (
    EMPLOYER,
    EXPERT,
    INSTRUMENTS,
    LEARNER,
    SUBJECTS,
    attributes,
    every_step,
    fullest,
    sheet_of,
    steps_of,
    with_everything_open,
)

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


def test_the_script_is_the_one_its_hash_names_and_stands_in_the_page_as_it_is():
    text = step_page(sheet_of(LEARNER))
    [inline] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert inline == SCRIPT
    assert "</script" not in SCRIPT
    assert pages.SCRIPT_HASH.startswith("sha256-")
    assert sha256(STYLE.encode()).hexdigest()[:8] in pages.STYLE_ADDRESS
    assert pages.STYLE_ADDRESS in text


def test_the_pattern_of_telling_comments_has_one_home_and_is_handed_to_the_script():
    [form] = attributes(Page(step_page(sheet_of(LEARNER))), "form")
    assert form["data-telling"] == TELLING.pattern
    assert "Prof" not in SCRIPT


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
    def every_page(said: str) -> list[str]:
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
        thanked = pages.thanks_page(
            instrument=instrument, language="en", receipt=said, mode="kiosk", consent=said, new=said, sealed=said
        )
        told = pages.message_page(said, said, "en", links={said: said})
        retry = pages.retry_page(said, {said: [said, said]}, "en", said)
        asking = pages.ask_receipt_page("en", given=said, slip=said)
        fate = pages.fate_page("en", said, said, slip=said)
        return [*drawn, step_page(choosing), thanked, told, retry, asking, fate]

    for hostile, harmless in zip(every_page(attack), every_page("7 plain words"), strict=True):
        assert Elements(hostile).found == Elements(harmless).found
        assert str(70007 * 70009) not in hostile


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


def test_where_something_is_chosen_first_that_page_says_what_this_is_and_the_next_names_what_was_chosen():
    for instrument, told in ((LEARNER, True), (EXPERT, False)):
        choosing = sheet_of(instrument, reviewer="", candidates=SUBJECTS[:3])
        before = step_page(choosing)
        assert "…" not in before
        assert (say(instrument.introduction, "en") in before) is told
        assert word("light.what_we_keep", "en") in before
        after = step_page(replace(choosing, reviewer="r", subject=SUBJECTS[0].slug))
        assert word("light.what_we_keep", "en") not in after
        assert (say(instrument.introduction, "en", credential=SUBJECTS[0].title) in after) is not told


def test_a_step_about_one_credential_names_it_and_whose_it_is():
    text = step_page(sheet_of(LEARNER, candidates=SUBJECTS[:3], subject=SUBJECTS[1].slug))
    assert f'<p class="subject">{SUBJECTS[1].title}<span>{SUBJECTS[1].issuer}</span></p>' in text

"""What people are told before the first question: whole, in their language, small, and kept with what they answer."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, select

from feedback.collect import asked
from feedback.collect.drawing import step_page
from feedback.collect.pages import STYLE
from feedback.collect.sealing import Visit, new_key, seal
from feedback.collect.sitting import Form, draft_in, draft_seal, page_in, page_seal
from feedback.policy import OPERATOR
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.notices import set_notice
from feedback.store.tables import Responses
from feedback.survey.notice import MOST_BYTES, NEEDED, Notice
from feedback.survey.wording import languages, words
from tests.collect.forms import Page
from tests.collect.institution import open_form
from tests.collect.sheets import INSTRUMENTS, LEARNER, every_step, sheet_of
from tests.collect.visitor import Visitor
from tests.store.test_notices import TEXT


def notice_of(language="en", text=TEXT, **more) -> Notice:
    return Notice("", language, 3, text, "d", date(2026, 3, 1), 24, None, **more)


def say_notice(engine, texts, survey=""):
    with transaction(engine) as session:
        return set_notice(session, texts, by=OPERATOR, survey=survey)


def versions_kept(engine):
    table = table_of(Responses)
    with reading(engine) as session:
        return list(session.connection().execute(select(table.c.notice)).scalars())


@pytest.fixture
def at_once(monkeypatch):
    """Surveys are looked up anew at every request."""
    monkeypatch.setattr(asked, "SECONDS", 0.0)


P2 = {
    "who asks": "Example University",
    "contact": "feedback@university.example",
    "data protection officer": "dpo@university.example",
    "why": "To see which credentials are worth keeping.",
    "legal ground": "task in the public interest",
    "anonymity in plain words": "no network address and nothing about your device",
    "small groups": "Results are shown only for groups of 5 people or more.",
    "who reads comments": "The lead of the programme reads comments",
    "how long": "deleted 24 months after the survey has closed",
    "how long what was chosen": "What you choose stays",
    "taking back": "With it you can see what became of your answers, or withdraw them.",
    "rights": "You may see, correct and erase",
    "complaint body": "The data protection authority of your country.",
    "voluntary": "Taking part is up to you.",
    "leaving out": "You may leave out every question that is not marked as required.",
    "no tracking": "Cookies remember only which form this browser is filling in",
    "software": "A program sorts comments by topic and mood",
    "no decision about them": "nothing is decided about you",
    "time needed": "min",
    "help": "help@university.example",
    "which version": "Version 1 of this notice",
}


@pytest.mark.parametrize("instrument", ["learner", "employer", "dropout"])
def test_p2_all_that_people_are_to_know_is_on_the_page_before_the_first_question(founded, visitor, instrument):
    say_notice(founded, {"en": TEXT})
    visitor.get(f"/f/{open_form(founded, instrument, languages=['en', 'es'])}")
    words = visitor.page.words
    assert {item for item, said in P2.items() if said not in words} == set()
    source = visitor.page.source
    assert source.index("Example University") < source.index("<details>") < source.index("dpo@university.example")
    assert source.index("dpo@university.example") < source.index("<fieldset")


def test_p7_whoever_is_under_age_reads_what_to_do_before_the_first_question():
    source = step_page(sheet_of(LEARNER, notice=notice_of()))
    assert 0 < source.find("Under 16, answer together with a parent.") < source.index("<fieldset")


def test_p2_the_notice_needs_no_script_and_sends_nobody_elsewhere():
    page = Page(step_page(sheet_of(LEARNER, notice=notice_of())))
    links = [held["href"] for tag, held in page.tags if tag in ("a", "link") and "href" in held]
    assert all(link.startswith(("/", "#", "data:,")) for link in links)
    details = page.source.partition("<details>")[2].partition("</details>")[0]
    assert "Example University" in details


def test_where_none_is_set_the_form_says_what_it_said(founded, visitor):
    visitor.get(f"/f/{open_form(founded, 'learner')}")
    assert "Those who issue the credential ask you." in visitor.page.words
    assert "Version" not in visitor.page.words


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_longest_notice_leaves_the_first_page_small_in_every_language(name):
    instrument = INSTRUMENTS[name]
    for language in instrument.languages:
        room = MOST_BYTES - sum(len(text.encode()) for field, text in TEXT.items() if field != "rights")
        notice = notice_of(language, TEXT | {"rights": "x" * room})
        _, sheet = next(iter(every_step(instrument, language)))
        text = step_page(replace(sheet, notice=notice, mode="kiosk", draft="/f/s/draft", new="/f/s/new"))
        assert len((text + STYLE).encode()) < 30_000, language


@pytest.mark.parametrize("language", languages())
def test_a_notice_in_another_language_says_so_to_whoever_reads_aloud(language):
    sheet = sheet_of(LEARNER, language=language)
    for spoken in {"en", language}:
        page = Page(step_page(replace(sheet, notice=notice_of(spoken))))
        lists = [held for tag, held in page.tags if tag == "dl" and "lang" in held]
        assert lists == [{"lang": spoken, "dir": words(spoken).get("direction", "ltr")}]
        assert page.language == language


def test_what_a_notice_says_is_text():
    attack = '</dd><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"'
    plain = Page(step_page(sheet_of(LEARNER, notice=notice_of())))
    hostile = Page(step_page(sheet_of(LEARNER, notice=notice_of(text=dict.fromkeys(TEXT, attack)))))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]


def test_p3_the_version_that_was_shown_is_kept_with_the_answers(founded, port, at_once):
    survey = open_form(founded, "dropout")
    with Visitor(port) as before, Visitor(port) as during, Visitor(port) as after:
        before.answers(f"/f/{survey}")
        assert versions_kept(founded) == [None]
        say_notice(founded, {"en": TEXT})
        during.get(f"/f/{survey}")
        say_notice(founded, {"en": TEXT | {"help": "Room 12"}})
        during.walk()
        after.answers(f"/f/{survey}")
    assert sorted(versions_kept(founded), key=str) == [1, 2, None]


def test_p3_whoever_comes_back_by_a_draft_keeps_the_version_they_began_with(founded, port, at_once):
    survey = open_form(founded, "learner")
    say_notice(founded, {"en": TEXT})
    with Visitor(port) as visitor:
        visitor.get(f"/f/{survey}")
        visitor.step()
        say_notice(founded, {"en": TEXT | {"help": "Room 12"}})
        visitor.answers(f"/f/{survey}")
    assert versions_kept(founded) == [1]


def test_a_page_and_a_draft_from_before_there_were_notices_are_still_taken():
    visit = Visit("s", None, new_key(), 0)
    form = Form("secret", "en", 1, notice=7)
    assert page_in(page_seal(form, visit, ()), visit).form.notice == 7
    assert draft_in(draft_seal(form, visit), visit).notice == 7
    from feedback.collect.sealing import as_text

    old_page = as_text(seal(visit.key, "page s", ["secret", "en", 1, (), 0, "", 0, []]))
    assert page_in(old_page, visit).form.notice is None
    old_draft = seal(visit.key, "draft s", ["secret", "en", 1, (), 0, 0, "", "", 0, {}])
    assert draft_in(old_draft, visit).notice is None


def test_a_notice_costs_no_statement_for_whoever_comes_next(founded, port, monkeypatch):
    monkeypatch.setattr(asked, "SECONDS", 60.0)

    def statements_of_a_second_visit(survey: str) -> int:
        with Visitor(port) as first, Visitor(port) as second:
            first.get(f"/f/{survey}")
            seen = []
            listening = (founded, "before_cursor_execute", lambda *_: seen.append(1))
            event.listen(*listening)
            second.get(f"/f/{survey}")
            event.remove(*listening)
        return len(seen)

    without = statements_of_a_second_visit(open_form(founded, "learner", slug="without"))
    say_notice(founded, {"en": TEXT})
    assert statements_of_a_second_visit(open_form(founded, "learner", slug="with")) == without


def test_a_newer_notice_is_not_hidden_by_a_page_that_was_kept():
    sheet = sheet_of(LEARNER, notice=notice_of())
    assert "24 months" in step_page(sheet)
    assert "Room 12" in step_page(
        replace(sheet, notice=replace(notice_of(text=TEXT | {"help": "Room 12"}), digest="e"))
    )
    assert "6 months" in step_page(replace(sheet, notice=replace(notice_of(), comments_months=6)))


def test_what_must_be_said_is_what_the_law_asks_for():
    assert {"controller", "contact", "why", "basis", "who_reads", "rights", "complaint"} <= set(NEEDED)

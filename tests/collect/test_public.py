"""Pages anybody may read: in their language, without a cookie or a script, gone when taken back; cards to embed."""

from datetime import date
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from feedback.collect import public
from feedback.collect.cards import in_lines
from feedback.policy import Grant
from feedback.store import actions, told
from feedback.store.database import transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Credentials
from feedback.survey.wording import languages
from tests.people import account_of
from tests.store.telling import CARD, EFFECT, FOUND, WORDS, show_card, tell

HOSTILE = '<script>alert(1)</script><b>pwned</b> "quoted" {{ 7 * 7 }}'
FEW = {"form": 1, "state": "few"}


@pytest.fixture
def lead(founded):
    return account_of(founded, Grant("lead"))


@pytest.fixture(autouse=True)
def nothing_is_held(monkeypatch):
    monkeypatch.setattr(public, "HELD", 0.0)


def look(visitor, path, **headers):
    return visitor.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_what_is_not_told_is_answered_like_every_wrong_address(visitor, lead):
    for path in ("/p/data-badge", "/p/data-badge/card", "/p/data-badge/card.svg", "/p/no-such", "/p/..%2f"):
        answer = look(visitor, path)
        assert (answer.status, answer.headers["cache-control"]) == (404, "no-store"), path
    assert look(visitor, "/p").status == 200


def test_what_was_said_and_done_stands_there_with_what_was_found_and_what_came_of_it(founded, visitor, lead):
    action = tell(founded, lead, words={**WORDS, "employers": {"en": "Holders know what they can do."}})
    with transaction(founded) as session:
        actions.change_state(session, lead, action.id, "done")
        actions.note_effect(session, action.id, EFFECT)
        told.note_effect(session, action.id, {"verdict": "worked"})
    words = look(visitor, "/p/data-badge?language=en").page.words
    assert "What became of what you said?" in words
    found = "Of 40 learners 45% did not rate it well (likely between 33% and 58%): “The goals were clear”"
    for said in (WORDS["learners"]["en"], "Holders know what they can do.", found, "Done"):
        assert said in words
    assert "Asked again, it got better, and by more than what was left as it was." in words
    assert "Data badge" in look(visitor, "/p").page.words


@pytest.mark.parametrize("language", languages())
def test_a_page_is_in_the_reader_s_language_and_direction(language, founded, visitor, lead):
    tell(founded, lead)
    show_card(founded, lead)
    for path in ("/p", "/p/data-badge", "/p/data-badge/card"):
        page = look(visitor, f"{path}?language={language}").page
        assert page.language == language
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in look(visitor, f"{path}?language={language}").text
        by_browser = look(visitor, path, Accept_Language=f"{language};q=0.9").page
        assert by_browser.language == language
    assert "public." not in look(visitor, f"/p/data-badge?language={language}").text


def test_words_in_one_s_own_language_come_first_and_others_say_which_they_are_in(founded, visitor, lead):
    tell(founded, lead, words={"learners": {"en": "Clearer goals.", "de": "Klarere Ziele."}})
    assert "Klarere Ziele." in look(visitor, "/p/data-badge?language=de").page.words
    spanish = look(visitor, "/p/data-badge?language=es").text
    assert 'lang="en" dir="auto">Clearer goals.' in spanish


def test_text_is_text_wherever_it_stands(founded, visitor, lead):
    table = table_of(Credentials)
    tell(founded, lead, words={"learners": {"en": HOSTILE}}, found={**FOUND, "label": {"en": HOSTILE}})
    show_card(founded, lead)
    with transaction(founded) as session:
        named = update(table).where(table.c.slug == "data-badge").values(title=HOSTILE, issuer=HOSTILE)
        session.connection().execute(named)
    for path in ("/p", "/p/data-badge", "/p/data-badge/card", "/p/data-badge/card.svg"):
        text = look(visitor, path).text
        assert "<script" not in text
        assert "<b>" not in text
        assert "49" not in text.replace(public.STYLE_ADDRESS, "")
        assert "&lt;b&gt;pwned" in text


def test_nothing_is_left_in_the_browser_and_nothing_runs_there(founded, visitor, lead):
    tell(founded, lead)
    show_card(founded, lead)
    for path in ("/p", "/p/data-badge", "/p/data-badge/card", "/p/data-badge/card.svg"):
        answer = look(visitor, path)
        assert not answer.cookies
        assert "script-src 'none'" in answer.headers["content-security-policy"]
        assert "connect-src" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "public, max-age=60, must-revalidate"
        assert "<script" not in answer.text
        assert len(answer.body + public.STYLE.encode()) < 30_000


def test_only_cards_may_stand_in_pages_of_others(founded, visitor, lead):
    tell(founded, lead)
    show_card(founded, lead)
    for path, framed in {"/p": False, "/p/data-badge": False, "/p/data-badge/card": True}.items():
        headers = look(visitor, path).headers
        assert ("frame-ancestors *" in headers["content-security-policy"]) == framed, path
        assert ("x-frame-options" in headers) != framed, path
    picture = look(visitor, "/p/data-badge/card.svg").headers
    assert picture["cross-origin-resource-policy"] == "cross-origin"
    assert picture["content-type"].startswith("image/svg+xml")


def test_a_page_that_has_not_changed_is_not_sent_again(founded, visitor, lead):
    show_card(founded, lead)
    first = look(visitor, "/p/data-badge/card")
    again = look(visitor, "/p/data-badge/card", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    show_card(founded, lead, document={**CARD, "asked": 60})
    assert look(visitor, "/p/data-badge/card", If_None_Match=first.headers["etag"]).status == 200


def test_what_is_taken_back_is_gone_from_every_page(founded, visitor, lead):
    action = tell(founded, lead)
    show_card(founded, lead)
    with transaction(founded) as session:
        told.take_back(session, lead, action.id)
        told.switch_off(session, lead, "data-badge")
    for path in ("/p/data-badge", "/p/data-badge/card", "/p/data-badge/card.svg"):
        assert look(visitor, path).status == 404
    assert "Data badge" not in look(visitor, "/p").text


@pytest.mark.parametrize(("people", "is_told"), [(39, False), (40, True)])
def test_figures_of_fewer_than_the_minimum_of_today_are_left_out_and_the_words_stay(people, is_told):
    one = told.Told("a", "done", date(2026, 11, 2), WORDS, {**FOUND, "people": people}, None)
    said = public.said_of(one, "learners", "en", 40)
    assert said["words"] == WORDS["learners"]["en"]
    assert ("What was found" in dict(said["facts"])) == is_told


def test_a_page_without_a_card_has_none_to_embed(founded, visitor, lead):
    tell(founded, lead)
    assert look(visitor, "/p/data-badge/card").status == 404
    assert look(visitor, "/p/data-badge/card.svg").status == 404


def test_a_process_looks_again_only_after_a_moment(founded, visitor, lead, monkeypatch):
    monkeypatch.setattr(public, "HELD", 60.0)
    show_card(founded, lead)
    looked, whole = [], told.read_page
    monkeypatch.setattr(told, "read_page", lambda *given: looked.append(given) or whole(*given))
    for _ in range(3):
        assert look(visitor, "/p/data-badge/card?language=en").status == 200
    assert len(looked) == 1
    for _ in range(3):
        assert look(visitor, "/p/sql-course/card?language=en").status == 404
    show_card(founded, lead, "sql-course")
    assert look(visitor, "/p/sql-course/card?language=en").status == 200


# --- the card ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (CARD, "62% of 48 employers asked (likely between 50% and 73%)"),
        (CARD, "2.8 of 4 (likely between 2.4 and 3.1; 30 people)"),
        (FEW, "Not enough employers have answered yet."),
        ({k: v for k, v in CARD.items() if k not in ("n", "index", "low", "high")}, "Not told: an answer would follow"),
        ({**CARD, "state": "early"}, "these figures may still move"),
    ],
)
def test_a_card_says_its_figures_with_their_doubt_or_why_it_has_none(document, said, founded, visitor, lead):
    show_card(founded, lead, document=document)
    assert said in look(visitor, "/p/data-badge/card?language=en").page.words
    picture = ElementTree.fromstring(look(visitor, "/p/data-badge/card.svg?language=en").text)
    described = " ".join("".join(part.itertext()) for part in picture)
    assert said in described


def test_a_card_of_the_sample_says_that_it_is_invented_wherever_it_stands(founded, visitor, lead):
    table = table_of(Credentials)
    show_card(founded, lead)
    with transaction(founded) as session:
        session.connection().execute(update(table).where(table.c.slug == "data-badge").values(is_sample=True))
    for path in ("/p", "/p/data-badge", "/p/data-badge/card", "/p/data-badge/card.svg"):
        assert "sample, invented" in look(visitor, f"{path}?language=en").text


def test_a_card_that_is_not_finished_yet_says_so(founded, visitor, lead):
    with transaction(founded) as session:
        told.switch_on(session, lead, "data-badge")
    assert "are being prepared" in look(visitor, "/p/data-badge/card?language=en").page.words


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("title", ["Data", "A very long title that nobody could say in one single breath " * 3])
def test_a_picture_is_sound_and_its_marks_lie_inside_in_every_language(language, title, founded, visitor, lead):
    table = table_of(Credentials)
    show_card(founded, lead)
    with transaction(founded) as session:
        session.connection().execute(update(table).where(table.c.slug == "data-badge").values(title=title.strip()))
    picture = ElementTree.fromstring(look(visitor, f"/p/data-badge/card.svg?language={language}").text)
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    for part in picture.iter():
        if "x" in part.attrib and "y" in part.attrib:
            assert 0 <= float(part.attrib["x"]) <= width
            assert 0 <= float(part.attrib["y"]) <= height
            assert float(part.attrib["x"]) + float(part.attrib.get("width", 0)) <= width
    assert title.split()[0] in "".join(picture.itertext())
    assert {"role", "aria-labelledby"} <= picture.attrib.keys()


def test_long_words_are_cut_and_nothing_is_made_of_nothing():
    assert in_lines("a" * 30, width=10, most=2) == ["a" * 10, "a" * 9 + "…"]
    assert in_lines("") == []

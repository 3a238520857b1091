"""Telling, as a lead sees it: the words, what may not be told, the way back; the card and what puts it elsewhere."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from feedback.policy import Forbidden, Grant
from feedback.store import actions, told
from feedback.store.database import open_database, reading, transaction
from feedback.ui import telling
from tests.collect.institution import found_institution
from tests.people import account_of, with_role
from tests.store.telling import EFFECT, act_on, page_of, show_card, tell
from tests.ui.drawing import drawn, forget, html, press

HOSTILE = "<b>pwned</b> :red[Söhne] [x](http://evil.invalid)"
OWNER = Grant("owner", "credential:data-badge")
READER = Grant("committee")


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example.org")
    forget()
    engine = open_database(f"sqlite:///{path}")
    found_institution(engine)
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def lead(database, comes):
    found = account_of(database, OWNER)
    comes(found)
    return found


def show(name: str) -> AppTest:
    def script(name):
        from feedback.store import actions
        from feedback.store.database import reading
        from feedback.ui import governing, shell, telling

        governing.slips()
        with reading(shell.engine()) as session:
            one = actions.read_action(session, name)
        telling.show(one)

    return drawn(AppTest.from_function(script, default_timeout=60, kwargs={"name": name}).run())


def card(slug: str = "data-badge") -> AppTest:
    def script(slug):
        from feedback.ui import telling

        telling.card(slug)

    return drawn(AppTest.from_function(script, default_timeout=60, kwargs={"slug": slug}).run())


def test_what_nobody_may_know_of_cannot_be_told_and_the_reason_is_said(database, lead):
    action = act_on(database, lead)
    page = show(action.id)
    assert page.button(key=f"telling:look:{action.id}").disabled
    found, refused = telling.found_for(action, {"learners": {"en": "You said it."}})
    assert (found, "Fewer than 10 learners" in refused) == ({}, True)
    page = drawn(page.text_area(key=f"telling:{action.id}:learners:en").input("You said it.").run())
    page = press(page, f"telling:look:{action.id}")
    assert "This cannot be told yet." in html(page)
    assert not [each for each in page.button if each.key == f"telling:tell:{action.id}"]
    assert page_of(database) is None


def test_words_that_may_name_somebody_are_pointed_at(database, lead):
    action = act_on(database, lead)
    page = show(action.id)
    page = drawn(page.text_area(key=f"telling:{action.id}:learners:en").input("Dr. Meier answers by mail now.").run())
    assert "This may name somebody" in html(page)


def test_names_of_topics_are_looked_at_like_words(database, lead):
    assert telling.may_name({"en": "How Dr. Meier answers"})
    assert not telling.may_name({"en": "How fast it goes", "de": "Wie schnell es geht"})


def test_what_is_told_stands_there_as_text_and_is_taken_back_with_one_press(database, lead):
    action = tell(database, lead, words={"learners": {"en": HOSTILE}})
    page = show(action.id)
    assert "&lt;b&gt;pwned&lt;/b&gt; :red[Söhne]" in html(page)
    assert "Of 40 learners 45% did not rate it well" in html(page)
    assert "Not measured yet" in html(page)
    assert "Nobody has asked to be written to" in html(page)
    press(page, f"telling:back:{action.id}")
    assert page_of(database) is None
    assert show(action.id).text_area(key=f"telling:{action.id}:learners:en").value == HOSTILE


def test_what_came_of_it_stands_there_or_why_it_does_not(database, lead):
    action = tell(database, lead)
    for effect, said in (
        (EFFECT | {"verdict": "worked"}, "it got better"),
        ({}, "by too few people for a public page"),
    ):
        with transaction(database) as session:
            actions.note_effect(session, action.id, EFFECT)
            told.note_effect(session, action.id, effect)
        assert said in html(show(action.id))


def test_whoever_only_reads_sees_that_it_is_public_and_changes_nothing(database, lead, comes):
    action = tell(database, lead)
    comes(account_of(database, READER, name="Bea"))
    page = show(action.id)
    assert "Learners and employers were told of it" in html(page)
    assert not page.button
    assert not page.text_area
    with pytest.raises(Forbidden), transaction(database) as session:
        told.take_back(session, with_role("committee"), action.id)


def test_the_card_is_switched_on_and_off_by_who_may_act_and_shown_to_nobody_else(database, lead, comes):
    page = press(card(), "card:on")
    with reading(database) as session:
        assert list(told.cards(session)) == ["data-badge"]
    assert "Its figures are being prepared." in html(page)
    snippets = "\n".join(each.value for each in page.code)
    assert 'src="https://feedback.example.org/p/data-badge/card.svg?language=en"' in snippets
    assert '<iframe src="https://feedback.example.org/p/data-badge/card?language=en"' in snippets
    press(page, "card:off")
    with reading(database) as session:
        assert told.cards(session) == {}
    assert html(card("sql-course")) == ""
    comes(account_of(database, READER, name="Bea"))
    assert html(card()) == ""


def test_a_finished_card_says_on_how_many_it_stands(database, lead):
    show_card(database, lead)
    assert "It stands on 48 employers of 12 organisations." in html(card())

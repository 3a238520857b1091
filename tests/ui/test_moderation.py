"""The page of moderators: one comment at a time, words to blacken, who may read it, undo; and nothing for others."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme
from feedback.policy import Forbidden
from feedback.settings import project_folder
from feedback.store import audit, moderation
from feedback.store.catalogue import save
from feedback.store.comments import read_comments
from feedback.store.database import open_database, reading, transaction
from feedback.store.masking import INTERNAL, PUBLIC, SAFETY, WITHHELD
from feedback.store.moderation import DANGER, Decision
from feedback.store.surveys import Survey, open_survey
from feedback.survey.submission import Submission
from feedback.ui import moderation as page_of_moderation
from feedback.ui import quotes, shell
from feedback.ui.moderation import AT, QUEUE
from feedback.worker.moderating import hints_of
from feedback.worker.reading import read_arrived_comments
from tests.attacks.dumping import rows_of
from tests.people import ANN, with_role
from tests.store.releasing import publish_all, save_all
from tests.ui.drawing import drawn, forget, html, press

SAID = ("Without Maria the *labs* were dull", "He threatened me and I feel unsafe")
MODERATOR = with_role("moderator")


def publish_comments(engine, texts, question="keep"):
    """Have learners comment on a credential of a new institution; it is read and published."""
    asked = shell.instruments()["learner"]
    badge = Credential(slug="sql", title="SQL", kind="badge", programme="data")
    with transaction(engine) as session:
        save(session, [Programme(slug="data", title="Data"), badge])
        opens = datetime.now(UTC) - timedelta(days=2)
        about = {"version": asked.version, "credentials": ["sql"]}
        open_survey(session, Survey(slug="s", instrument="learner", opens=opens, **about))
    save_all(engine, *(Submission("learner", asked.version, "s", "en", ("sql",), {question: said}) for said in texts))
    read_arrived_comments(engine, shell.instruments())
    publish_all(engine, shell.instruments())


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with two comments that are read and published."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    publish_comments(engine, SAID)
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def visit(database, comes):
    def go(who=MODERATOR) -> AppTest:
        comes(who)
        return drawn(opened())

    return go


def opened() -> AppTest:
    """The page without the frame, which would tell in kind words that it is not for somebody."""
    app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
    app.switch_page("pages/moderation.py")
    return app.run()


def shown(app: AppTest) -> str:
    return app.session_state[QUEUE][app.session_state[AT]].text


def states(engine) -> dict[str, str]:
    with reading(engine) as session:
        found = read_comments(session, shell.instruments())
    return dict(zip(found["text"], found["state"], strict=True))


def test_what_may_be_of_danger_comes_first_with_the_words_that_say_so(visit):
    app = visit()
    assert shown(app) == SAID[1]
    assert "To be read first, for these words: threatened, unsafe." in html(app)
    assert "2 comments wait to be read." in html(app)


def test_one_key_decides_and_the_next_comment_comes(visit, database):
    app = press(visit(), f"decide:{INTERNAL}")
    assert shown(app) == SAID[0]
    assert states(database)[SAID[1]] == INTERNAL
    press(app, f"decide:{PUBLIC}")
    assert set(states(database).values()) == {INTERNAL, PUBLIC}
    assert "No comment waits to be read." in html(app)


def test_every_way_has_its_key_and_no_two_have_the_same(visit):
    app = press(visit(), "moderation:next")
    keys = [each.proto.shortcut for each in app.button if each.proto.shortcut]
    assert sorted(key.upper() for key in keys) == ["B", "D", "L", "M", "N", "P", "U", "W"]


def test_words_that_may_be_names_are_blackened_with_one_click(visit, database):
    app = press(visit(), "moderation:next")
    (suggestion,) = [each for each in app.button if each.label.startswith("Blacken what may be names")]
    drawn(suggestion.click().run())
    press(app, f"decide:{PUBLIC}")
    assert states(database)["Without [masked] the *labs* were dull"] == PUBLIC
    assert rows_of(database)["moderations"][0]["reason"] == "names_somebody"


def test_what_is_kept_back_needs_a_reason_and_says_so(visit, database):
    app = press(visit(), f"decide:{WITHHELD}")
    assert "Say why nobody may read this comment" in html(app)
    assert rows_of(database)["moderations"] == []


def test_danger_needs_no_reason_and_the_list_says_what_to_do(visit, database):
    app = press(visit(), f"decide:{SAFETY}")
    assert list(states(database)) == [SAID[0]]
    drawn(app.selectbox(key="moderation:which").set_value(SAFETY).run())
    assert "tell whoever is responsible for people's safety" in html(app).replace("&#x27;", "'")


def test_the_last_decision_is_undone(visit, database):
    app = press(visit(), f"decide:{PUBLIC}")
    press(app, "moderation:undo")
    assert set(states(database).values()) == {""}
    assert shown(app) == SAID[1]
    assert app.button(key="moderation:undo").disabled


def test_what_somebody_else_decided_meanwhile_is_told_and_stands(visit, database):
    app = visit()
    with transaction(database) as session:
        (seen,) = [each for each in moderation.draw(session, ANN) if each.text == SAID[1]]
        moderation.decide(session, ANN, seen, Decision(WITHHELD, "insult"))
    press(app, f"decide:{PUBLIC}")
    assert "has changed meanwhile" in html(app)
    assert SAID[1] not in states(database)


def test_the_original_shows_on_demand_and_that_it_was_shown_is_recorded(visit, database):
    app = press(press(visit(), "moderation:next"), "moderation:show")
    assert SAID[0] in html(app)
    with reading(database) as session:
        (event,) = audit.read_events(session, action=audit.SHOWED_ORIGINAL)
    assert event.actor == MODERATOR.id
    assert 'class="said"' not in html(press(app, "moderation:back"))


@pytest.mark.parametrize("role", ["lead", "administrator", "reviewer", "auditor", "owner", "committee"])
def test_nobody_else_finds_the_page(database, comes, role):
    comes(with_role(role))
    app = opened()
    assert app.exception
    assert not app.get("html")
    assert not app.button


def test_a_moderator_of_another_programme_finds_an_empty_queue(visit):
    assert "No comment waits to be read." in html(visit(with_role("moderator", "programme:other")))


def test_a_scope_that_was_taken_away_takes_the_round_with_it(visit, comes):
    app = visit()
    assert SAID[1] in html(app)
    comes(with_role("moderator", "programme:other"))
    assert not any(said in html(drawn(app.run())) for said in SAID)


def test_texts_are_texts_in_the_words_that_can_be_chosen(visit):
    app = press(visit(), "moderation:next")
    (words,) = [each for each in app.get("button_group") if each.label == "Blacken words"]
    assert [option.content for option in words.proto.options][3] == "\\*labs\\*"


def test_administrators_have_the_list_of_danger_and_others_do_not(database, comes):
    with transaction(database) as session:
        (seen,) = [each for each in moderation.draw(session, ANN) if each.text == SAID[1]]
        moderation.decide(session, ANN, seen, Decision(SAFETY, DANGER))

    def draw():
        from feedback.ui import moderation

        moderation.alarms()

    comes(with_role("administrator"))
    app = AppTest.from_function(draw, default_timeout=30)
    assert SAID[1] not in html(drawn(app.run()))
    assert SAID[1] in html(press(app, "alarms"))
    comes(with_role("lead"))
    with pytest.raises(Forbidden):
        page_of_moderation.alarms()


def test_s24_a_reader_is_told_what_nobody_has_reviewed():
    row = {"title": "SQL", "audience": "learner", "text": "a", "spans": (), "meant": "", "asked": "Keep", "review": ""}
    assert quotes.NOT_REVIEWED in quotes.quote(row | {"review": quotes.NOT_YET})
    assert quotes.NOT_REVIEWED not in quotes.quote(row)


def test_p12_how_many_are_kept_back_is_told_in_words():
    assert quotes.kept_back_in_words({"": 0}) == ""
    assert quotes.kept_back_in_words({"": 5}) == "About 5 more comments are kept back by moderators."


def test_words_to_choose_are_bare_and_what_the_program_masked_is_not_among_them():
    text = "“Hola, Señora [name]… ¡gracias!”"
    assert [text[a:b] for a, b in hints_of(text, "es").words] == ["Hola", "Señora", "gracias"]

"""Topics as people set them: tried before they are kept, undone, and never over what somebody else did meanwhile."""

import shutil
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from feedback.policy import Forbidden
from feedback.settings import project_folder
from feedback.store.database import open_database, reading, transaction
from feedback.store.reader_models import TOPIC, keep_model
from feedback.store.topics import read_topics, save_topic
from feedback.ui import topics as page_of_topics
from feedback.worker.reader import ANALYSER
from feedback.worker.topics import shipped, shipped_ids
from tests.people import ANN, with_role
from tests.ui.drawing import drawn, forget, html, press
from tests.ui.test_moderation import publish_comments

TEXTS = (*(f"The career advice was useful, {name}" for name in "abcdef"), *(f"Great labs, {name}" for name in "ghijk"))


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with eleven comments that are read and published."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    publish_comments(engine, TEXTS)
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def visit(database):
    def go(**query) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/topics.py")
        for name, value in query.items():
            app.query_params[name] = value
        return drawn(app.run())

    return go


def kept(engine):
    with reading(engine) as session:
        return {each.id: each for each in read_topics(session)}


def write(app, label, said):
    (field,) = [each for each in (*app.text_input, *app.text_area) if each.label.startswith(label)]
    return drawn(field.set_value(said).run())


def test_the_list_names_every_topic_with_its_words_and_changes_nothing(visit, database):
    app = visit()
    labels = [each.proto.label for each in app.get("page_link")]
    assert any(label.startswith("**Pace**") and "too fast" in label for label in labels)
    assert f"{len(shipped_ids())} topics, all as they ship." in html(app)
    assert kept(database) == {}


def test_a_new_topic_is_tried_on_the_comments_listed_then_kept_and_undone(visit, database):
    app = write(visit(topic="new"), "In English", "Advice <b>bold</b>")
    app = write(app, "Words in English", "career advice\n")
    assert "Of the 11 comments listed, its words would name it in 6." in html(app)
    app = press(app, "topic-keep:new")
    (made,) = kept(database).values()
    assert (made.names["en"], made.seeds, made.audiences) == (
        "Advice <b>bold</b>", {"en": ("career advice",)}, ("learner",),
    )  # fmt: skip
    assert "is kept. All comments are read anew with it" in html(app)
    assert "<b>bold" not in html(app) + html(visit(topic=made.id))
    press(app, "topics:undo")
    assert kept(database)[made.id].retired_on is not None


def test_where_a_learned_model_cannot_be_read_a_topic_is_tried_by_its_words_alone(visit, database):
    quality = {"score": 0.9, "before": 0.5}
    with transaction(database) as session:
        keep_model(session, TOPIC, "en", b"no model", quality=quality, learned_from=220, analyser=ANALYSER, better=True)
    app = write(visit(topic="new"), "In English", "Advice")
    app = write(app, "Words in English", "career advice\n")
    assert "Of the 11 comments listed, its words would name it in 6." in html(app)


def test_what_is_wrong_with_a_topic_is_said_and_what_was_written_stands(visit, database):
    app = write(visit(topic="new"), "In English", "Advice")
    app = press(app, "topic-keep:new")
    assert "there must be a word for at least one language" in html(app)
    assert [each.value for each in app.text_input if each.label.startswith("In English")] == ["Advice"]
    app = write(app, "In English", "Pace")
    app = press(write(app, "Words in English", "quick"), "topic-keep:new")
    assert "There is a topic of that name already (pace)" in html(app)
    assert kept(database) == {}


def test_a_change_that_somebody_else_came_before_is_not_kept_and_loses_nothing(visit, database):
    app = write(visit(topic="pace"), "Words in English", "hasty")
    with transaction(database) as session:
        save_topic(session, ANN, replace(shipped("pace"), names={"en": "Tempo"}))
    app = press(app, "topic-keep:pace")
    assert "Somebody else has changed this topic meanwhile" in html(app)
    assert kept(database)["pace"].names == {"en": "Tempo"}
    assert [each.value for each in app.text_area if each.label.startswith("Words")] == ["hasty"]


def test_words_of_another_language_are_kept_while_one_looks_elsewhere(visit, database):
    app = write(visit(topic="pace"), "Words in English", "hasty")
    (language,) = [each for each in app.button_group if each.label == "Language"]
    app = drawn(language.set_value("de").run())
    app = press(write(app, "Words in Deutsch", "eilig"), "topic-keep:pace")
    words = kept(database)["pace"].seeds
    assert (words["en"], words["de"], words["es"]) == (("hasty",), ("eilig",), shipped("pace").seeds["es"])


def test_a_topic_is_retired_and_comes_back_and_one_that_ships_is_put_back(visit, database):
    press(visit(topic="pace"), "topic-retire:pace")
    assert kept(database)["pace"].retired_on is not None
    assert "looked for no more" in html(visit(topic="pace"))
    press(visit(topic="pace"), "topic-retire:pace")
    assert kept(database)["pace"].retired_on is None
    app = press(write(visit(topic="pace"), "Words in English", "hasty"), "topic-keep:pace")
    press(visit(topic="pace"), "topic-ships:pace")
    assert kept(database)["pace"].seeds == shipped("pace").seeds
    assert not app.exception


def test_the_page_is_for_those_who_teach_for_the_whole_institution(database, comes):
    for who in (with_role("lead", "programme:data"), with_role("committee"), with_role("auditor")):
        comes(who)
        with pytest.raises(Forbidden):
            page_of_topics.show()

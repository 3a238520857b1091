"""Looking at a form before anybody is asked: what it shows, and that a trial keeps nothing."""

import shutil

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from feedback.settings import project_folder
from feedback.store.database import open_database, reading
from feedback.survey.wording import word
from feedback.ui.preview import VIEWS
from tests.ui.drawing import forget, html


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """An empty database for the app."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def look(database):
    """Open the page on a questionnaire."""

    def go(form: str, view: str = VIEWS[0]) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/form_preview.py")
        app.query_params["form"] = form
        app.session_state["preview-view"] = view
        app.run()
        assert not app.exception, app.exception
        return app

    return go


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("form", ["learner", "employer", "employer_pairs", "expert"])
def test_every_questionnaire_can_be_looked_at_from_every_side(look, form, view):
    app = look(form, view)
    assert "on a typical way" in html(app)
    assert not app.error


def test_questions_are_listed_with_what_opens_them(look):
    shown = html(look("learner"))
    assert "only when assessment is 2 or less" in shown
    assert "Nowhere yet (alone)" in shown


def test_the_order_follows_the_role(look):
    app = look("employer")
    before = html(app)
    app.selectbox(key="preview-role:employer").set_value("recruiter").run()
    after = html(app)
    assert before.index("What it counts for") < before.index("What it has led to")
    assert after.index("What it has led to") < after.index("What it counts for")


def test_the_graph_is_drawn_and_said_in_words(look):
    app = look("employer", "Branches")
    assert len(app.get("graphviz_chart")) == 1
    assert "When awareness is" in html(app)


def test_a_trial_is_marked_and_what_is_sent_is_shown_and_not_kept(look, database):
    app = look("dropout", "Try it")
    assert word("survey.preview", "en") in html(app)
    reasons = [each for each in app.checkbox if str(each.key).startswith("preview-dropout:reason:")]
    reasons[0].check().run()
    while not any(each.key == "send:preview-dropout" for each in app.button):
        app.button(key="next:preview-dropout").click().run()
    app.button(key="send:preview-dropout").click().run()
    assert not app.exception, app.exception
    assert "reason" in app.json[0].value
    with reading(database) as session:
        assert session.connection().execute(text("SELECT count(*) FROM responses")).scalar_one() == 0


def test_another_language_is_shown_in_its_direction(look):
    app = look("learner")
    app.selectbox(key="preview-language:learner").set_value("ar").run()
    assert 'dir="rtl"' in html(app)
    assert not app.exception

"""What the portfolio suggests stands on its page with its reasons, and becomes an action with one press."""

import shutil
from types import SimpleNamespace

import pytest
from pandas import DataFrame
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme
from feedback.settings import project_folder
from feedback.store.catalogue import save
from feedback.store.database import open_database, transaction
from feedback.ui import acting, shell, suggested
from tests.people import with_role
from tests.ui.drawing import drawn, forget, html

RUDE = "<b>SQL</b> [x](y)"


def portfolio(*rows):
    names = ("Credential", "Suggestion", "Why", "What would change it", "Short name")
    told = [dict(zip(names, row if len(row) == len(names) else (*row, "sql"), strict=True)) for row in rows]
    return DataFrame(told, columns=list(names))


@pytest.fixture
def shows(sqlite_template, tmp_path, monkeypatch):
    """Let the findings on the portfolio say what they are given."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        save(session, [Programme(slug="p", title="P"), Credential(slug="sql", title=RUDE, programme="p", kind="badge")])
    engine.dispose()
    asked = shell.answer

    def say(table, missing=("Skill or topic", "Suggestion")):
        given = {
            "portfolio": table,
            "white_space": missing if isinstance(missing, DataFrame) else DataFrame(columns=missing),
        }

        def answer(finding, *choice):
            told = asked(finding, *choice)
            if finding not in given:
                return told
            words = {"question": told.question, "sentence": told.sentence, "caution": "", "alt": ""}
            return SimpleNamespace(**words, has_table=False, table=given[finding], chart=lambda _mode: None)

        monkeypatch.setattr(shell, "answer", answer)

    yield say
    forget()


def visit() -> AppTest:
    app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
    app.switch_page("pages/portfolio.py")
    return drawn(app.run())


def test_a_suggestion_stands_with_its_reasons_as_text_and_leads_to_an_action_and_to_the_credential(shows):
    shows(portfolio((RUDE, "retire", "Nobody needs it.", "It would change if somebody did.")))
    page = visit()
    assert "Retire: &lt;b&gt;SQL&lt;/b&gt; [x](y)" in html(page)
    assert "Nobody needs it." in html(page)
    assert "It would change if somebody did." in html(page)
    assert [each.proto.label for each in page.get("page_link")].count("Everything known of it") == 1
    page = page.button(key="acting:port:0").click().run()
    draft = page.session_state[acting.DRAFT]
    assert (draft["credential"], draft["source"], draft["about"]) == ("sql", "other", "portfolio:retire")
    assert draft["title"] == f"Decide whether to retire {RUDE}"


def test_of_two_credentials_with_one_title_each_leads_to_itself(shows, sqlite_template, tmp_path):
    with transaction(open_database(f"sqlite:///{tmp_path / 'feedback.db'}")) as session:
        save(session, [Credential(slug="sql-2", title=RUDE, programme="p", kind="badge")])
    shows(portfolio((RUDE, "retire", "First.", "", "sql"), (RUDE, "retire", "Second.", "", "sql-2")))
    page = visit()
    for at, slug in enumerate(("sql", "sql-2")):
        draft = page.button(key=f"acting:port:{at}").click().run().session_state[acting.DRAFT]
        assert draft["credential"] == slug
        page = visit()


def test_what_is_kept_stands_in_the_picture_and_table_only_and_what_is_unknown_says_what_to_ask(shows):
    shows(portfolio(("A", "keep", "Counted.", "Nothing."), (RUDE, "not known enough", "", "Ask 9 more employers.")))
    told = html(visit())
    assert "What is suggested, and why" not in told
    assert "Counted." not in told
    assert "&lt;b&gt;SQL&lt;/b&gt; [x](y): Ask 9 more employers." in told


def test_of_many_the_first_are_spelled_out_and_the_rest_are_counted(shows):
    shows(portfolio(*((f"C{at}", "differentiate", f"Why {at}.", "") for at in range(suggested.MOST + 2))))
    told = html(visit())
    assert "Why 5." in told
    assert "Why 6." not in told
    assert "2 more suggestions stand in the table." in told


def test_what_nobody_covers_can_become_an_action_about_no_credential_yet(shows):
    missing = DataFrame({"Skill or topic": ["Checking AI", "Latin"], "Suggestion": ["launch", "hardly wanted"]})
    shows(portfolio(), missing)
    page = visit()
    assert "Look into a credential on “Checking AI”" in html(page)
    assert "Latin" not in html(page)
    draft = page.button(key="acting:white:0").click().run().session_state[acting.DRAFT]
    assert (draft["credential"], draft["finding"]) == ("", "white_space")
    assert draft["about"] == "white_space:Checking AI"


def test_whoever_may_make_no_action_is_offered_none(shows, comes):
    comes(with_role("committee"))
    shows(portfolio((RUDE, "retire", "Nobody needs it.", "")))
    page = visit()
    assert "Nobody needs it." in html(page)
    assert not [each for each in page.button if str(each.key).startswith("acting:")]

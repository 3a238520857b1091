"""A finding on a page: its picture at once, its table and files when they are unfolded."""

import pytest
from streamlit.testing.v1 import AppTest

from feedback.charts.opening import OPENED
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.ui import downloads, panel, shell, ways
from tests.findings.test_answers import FINDING, evidence, rated


def drawn():
    from feedback.ui import panel

    panel.show("answers")


@pytest.fixture
def shown(monkeypatch):
    """Draw the panel as it comes, or folded or not; with a picture or without."""
    answer = work_out(FINDING, evidence(*rated(0, 0, 2, 12, 30)), Choice(), Limits())
    monkeypatch.setattr(shell, "answer", lambda finding, choice: answer)
    monkeypatch.setattr(shell, "last_release", lambda: (None, "nothing has been published yet"))
    monkeypatch.setattr(shell, "institution", lambda: type("Held", (), {"is_sample": False}))

    def draw(unfolded: bool | None = None, picture: dict | None = None) -> AppTest:
        monkeypatch.setattr(shell, "chart", lambda finding, choice: picture)
        app = AppTest.from_function(drawn, default_timeout=30)
        if unfolded is not None:
            app.session_state["fold:answers"] = unfolded
        app.run()
        assert not app.exception
        return app

    return draw


def test_a_folded_table_is_not_made(shown, monkeypatch):
    monkeypatch.setattr(downloads, "offer", lambda *_: pytest.fail("offered too early"))
    app = shown(picture={"mark": "bar"})
    assert [fold.label for fold in app.expander] == ["Table, file and how we know"]
    assert not app.dataframe


def test_an_unfolded_one_has_the_table_the_files_and_the_caution(shown):
    app = shown(unfolded=True)
    assert len(app.dataframe) == 1
    assert [each.label for each in app.get("download_button")] == ["CSV", "Excel", "Parquet", "JSON"]
    assert "Download this table as" in "".join(str(each.proto) for each in app.get("html"))


def test_where_there_is_no_picture_the_table_shows_at_once_and_may_be_folded(shown):
    assert len(shown().dataframe) == 1
    assert not shown(unfolded=False).dataframe


@pytest.fixture
def gone_to(monkeypatch):
    """Where the reader was sent."""
    places = []
    monkeypatch.setattr(panel.st, "switch_page", lambda page, query_params: places.append((page, query_params)))
    monkeypatch.setattr(ways, "kept", lambda: {"programme": "crafts"})
    return places


def test_a_line_that_is_pressed_opens_its_credential_in_the_same_programme(gone_to, monkeypatch):
    pressed = {"picture:x": {"selection": {OPENED: [{"credential": "sql"}]}}}
    monkeypatch.setattr(panel.st, "session_state", pressed)
    panel._open_pressed("picture:x", ["maps", "sql"])
    assert gone_to == [("pages/credential.py", {"programme": "crafts", "credential": "sql"})]


@pytest.mark.parametrize("selection", [{}, {OPENED: []}, {OPENED: [{}]}, {OPENED: [{"credential": "../x"}]},
                                       {OPENED: [{"credential": ["sql"]}]}])  # fmt: skip
def test_what_the_picture_does_not_hold_opens_nothing(gone_to, monkeypatch, selection):
    monkeypatch.setattr(panel.st, "session_state", {"picture:x": {"selection": selection}})
    panel._open_pressed("picture:x", ["maps", "sql"])
    assert gone_to == []

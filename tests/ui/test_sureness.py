"""How sure what is said of a credential is: each in a sentence, and its table only where somebody opens it."""

import pytest
from pandas import DataFrame
from streamlit.testing.v1 import AppTest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.work import work_out
from feedback.ui import downloads, shell, sureness
from tests.findings.evidence_of import employers, evidence, learners

HELD = evidence(employers("a", [3, 2] * 8), learners("a", [5] * 9 + [1] * 3), a="A")


def drawn() -> None:
    from feedback.ui import sureness

    sureness.show("a")


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setattr(shell, "answer", lambda finding, choice: work_out(FINDINGS[finding], HELD, choice, Limits()))
    monkeypatch.setattr(shell, "chart", lambda finding, choice: None)
    monkeypatch.setattr(sureness, "_place", lambda slug: "Tier 1 of 2.")
    monkeypatch.setattr(sureness.st, "page_link", lambda *_, **__: None)

    def draw(*opened: str) -> AppTest:
        app = AppTest.from_function(drawn, default_timeout=60)
        for finding in opened:
            app.session_state[f"fold:{finding}"] = True
        return app.run()

    return draw


def words(app: AppTest) -> str:
    return " ".join(str(each.proto) for each in app.get("html"))


def test_each_is_a_sentence_and_its_table_is_folded_away(shown, monkeypatch):
    monkeypatch.setattr(downloads, "offer", lambda *_: pytest.fail("offered too early"))
    app = shown()
    assert not app.exception
    assert [fold.label for fold in app.expander] == ["Table, file and how we know"] * 4
    assert not app.dataframe
    told = words(app)
    for finding in sureness.TOLD:
        assert FINDINGS[finding].question in told
    assert "Employers agree on A" in told
    assert "Tier 1 of 2." in told


def test_one_that_is_opened_has_its_table_and_its_caution(shown, monkeypatch):
    monkeypatch.setattr(downloads, "offer", lambda *_: None)
    app = shown("response")
    assert len(app.dataframe) == 1
    assert "those who were invited" in words(app)


def test_a_credential_that_is_in_no_ranking_has_no_place(monkeypatch):
    held = type(
        "Held", (), {"credentials": (type("One", (), {"slug": "a", "programme": "p"}),), "titles": lambda _: {"a": "A"}}
    )
    table = DataFrame({"Credential": ["B", "C"], "Tier": [1, 2], "Good for": "", "In the top three": ""})
    monkeypatch.setattr(shell, "institution", held)
    monkeypatch.setattr(shell, "answer", lambda *_: type("Shown", (), {"table": table}))
    assert sureness._place("a") == ""
    table.loc[0, "Credential"] = "A"
    assert sureness._place("a").startswith("Tier 1 of 2 among 2 credentials")

"""Where too few have answered, the page says whom to ask, and leads to where they are invited."""

import shutil
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Contact, Credential, Organisation, Programme
from feedback.settings import project_folder
from feedback.store.catalogue import save
from feedback.store.database import open_database, transaction
from feedback.store.surveys import Survey, open_survey
from feedback.ui import asking_next
from tests.people import with_role
from tests.ui.drawing import drawn, forget, html


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A credential nobody was heard on, and seven organisations it is for."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        save(
            session, [Programme(slug="p", title="P"), Credential(slug="sql", title="SQL", programme="p", kind="badge")]
        )
        for place in range(7):
            save(session, [Organisation(slug=f"firm-{place}", name=f"Firm [{place}](x)", sector="J")])
            save(session, [Contact(organisation=f"firm-{place}", name="Ann", email=f"ann@firm-{place}.example")])
    yield engine
    engine.dispose()
    forget()


def visit() -> AppTest:
    app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
    app.switch_page("pages/credential_value.py")
    return drawn(app.run())


def ways(page):
    return [(each.proto.label, each.proto.page) for each in page.get("page_link")]


def test_the_organisations_are_named_and_the_way_leads_to_their_invitation(database):
    page = visit()
    assert "Ask these 7 organisations: Firm [0](x), Firm [1](x)" in html(page)
    assert "Which do they want in a combination?" not in html(page), "nobody was asked, and there is nothing to see"
    assert "and 1 more" in html(page)
    assert any(label == "Open a survey of employers" for label, _ in ways(page))
    with transaction(database) as session:
        open_survey(
            session,
            Survey(
                slug="asking", instrument="employer", version=1, mode="invitation", languages=["en"],
                opens=datetime(2026, 1, 1, tzinfo=UTC), credentials=["sql"],
            ),
        )  # fmt: skip
    forget()
    assert any(label == "Invite them" for label, _ in ways(visit()))


def test_whoever_may_ask_nobody_is_told_of_nobody(database, comes):
    comes(with_role("committee"))
    page = visit()
    assert "Which credentials do employers value?" in html(page)
    assert "Firm" not in html(page)


def test_a_lead_of_a_programme_is_told_a_number_in_steps_and_no_name(database, comes):
    comes(with_role("lead", "programme:p"))
    said = html(visit())
    assert "About 5 organisations it is for can be asked" in said
    assert "Firm" not in said


def test_whom_to_ask_is_looked_up_once_for_all_who_look(database, monkeypatch):
    times = []
    looked_up = asking_next.whom_to_ask
    monkeypatch.setattr(asking_next, "whom_to_ask", lambda *asked: (times.append(1), looked_up(*asked))[1])
    assert "Ask these 7 organisations" in html(visit())
    assert "Ask these 7 organisations" in html(visit())
    assert len(times) == 1

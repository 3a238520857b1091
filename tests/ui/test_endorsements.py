"""The panel of statements: public ones for every reader, those that wait for who may ask, and each way out checked."""

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Contact
from feedback.errors import FeedbackError
from feedback.policy import OPERATOR, Forbidden, Grant
from feedback.settings import secret_key, settings
from feedback.store import accounts, audit, endorsements, outbox
from feedback.store.catalogue import save
from feedback.store.database import open_database, reading, transaction
from feedback.store.endorsements import CONFIRMED, SENT, WAITING
from feedback.ui import downloads, visitor
from feedback.ui import endorsements as panel
from tests.collect.institution import found_institution, open_form
from tests.people import account_of
from tests.store.endorsing import says, there
from tests.ui.drawing import drawn, forget, html, press

HOSTILE = "<b>pwned</b> [x](http://evil.invalid) :red[Söhne]"
READER = Grant("committee")
OWNER = Grant("owner", "credential:data-badge")


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """An institution of which one organisation has confirmed its statement, and another's waits."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example.org")
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("FEEDBACK_MAIL_FROM", "feedback@example.org")
    forget()
    engine = open_database(f"sqlite:///{path}")
    found_institution(engine)
    open_form(engine, "employer")
    says(engine, "employer", "data-badge", name=HOSTILE, slug="hostile")
    with transaction(engine) as session:
        token = endorsements.make_link(session, there(engine)[0], OPERATOR, key=secret_key(settings()), how="mail")
        endorsements.confirm(session, token, key=secret_key(settings()), named=False)
    says(engine, "employer", "data-badge", name="Bell")
    with transaction(engine) as session:
        save(session, [Contact(organisation="bell", name="Bea", email="bea@bell.example")])
    yield engine
    engine.dispose()
    forget()


def show(slug: str = "data-badge") -> AppTest:
    def script(slug):
        from feedback.ui import endorsements

        endorsements.show(slug)

    return drawn(AppTest.from_function(script, default_timeout=60, kwargs={"slug": slug}).run())


def test_every_reader_sees_who_confirmed_and_nobody_who_waits(database, comes):
    comes(account_of(database, READER))
    page = show()
    assert "One organisation does, and has confirmed it." in html(page)
    assert "&lt;b&gt;pwned&lt;/b&gt; [x](http://evil.invalid)" in html(page)
    assert "Statements are never added to what employers answered." in html(page)
    assert "Bell" not in html(page)
    assert not page.selectbox
    assert not page.button


def test_where_nobody_said_anything_there_is_no_panel(database):
    assert html(show("sql-course")) == ""


def test_whoever_may_not_read_of_it_sees_nothing(database, comes):
    comes(account_of(database, Grant("committee", "credential:sql-course")))
    with pytest.raises(Forbidden):
        panel.show("data-badge")


def test_a_lead_sends_the_statement_to_a_contact_of_the_organisation(database, comes):
    lead = account_of(database, Grant("lead"))
    comes(lead)
    page = show()
    assert page.selectbox(key="endorsements:to").options == ["Bea"]
    page = press(page, "endorsements:send")
    assert "The statement of Bell leaves shortly." in html(page)
    assert [each.state for each in there(database)] == [CONFIRMED, SENT]
    with reading(database) as session:
        (message,) = outbox.due(session)
        (event,) = audit.read_events(session, action=audit.STATEMENT_SENT, actors=[lead.id])
    assert message.recipient == "bea@bell.example"
    assert (event.about, event.details["how"]) == ("credential:data-badge", "mail")


def test_an_owner_of_the_credential_sees_no_contact_and_hands_a_link_over(database, comes):
    comes(account_of(database, OWNER))
    page = show()
    assert not [each for each in page.selectbox if each.key == "endorsements:to"]
    page = press(page, "endorsements:link")
    (code,) = page.code
    token = code.value.removeprefix("https://feedback.example.org/e/")
    with reading(database) as session:
        assert endorsements.find(session, token, key=secret_key(settings())).organisation == "bell"
    page = press(page, "endorsements:forget")
    assert not page.code


def test_who_may_not_ask_sends_nothing_and_makes_no_link(database, comes):
    (_, waiting), bea = there(database), Contact(organisation="bell", name="Bea", email="bea@bell.example")
    comes(account_of(database, READER))
    with pytest.raises(FeedbackError):
        panel._hand_over(waiting)
    with pytest.raises(FeedbackError):
        panel._send(waiting, bea)
    assert there(database)[1].state == WAITING


def test_the_file_is_recorded_and_refused_to_who_may_no_more(database, comes, monkeypatch):
    ways = {}
    monkeypatch.setattr(downloads, "buttons", lambda what, found, key: ways.update(found))
    cora = account_of(database, READER)
    comes(cora)
    with transaction(database) as session:
        accounts.add_account(session, "Bea", "bea@example.org", [Grant("administrator")])
    panel.show("data-badge")
    ((name, mime, write),) = ways.values()
    assert (name, mime) == ("endorsements_data-badge.json", "application/json")
    assert [each["issuer"]["name"] for each in json.loads(write())["endorsements"]] == [HOSTILE]
    with transaction(database) as session:
        (event,) = audit.read_events(session, action=audit.EXPORTED)
        assert (event.actor, event.about) == (cora.id, "file:endorsements")
        accounts.disable(session, cora.id)
    monkeypatch.setattr(visitor, "find", lambda: pytest.fail("a file is written outside any visit"))
    with pytest.raises(Forbidden):
        write()

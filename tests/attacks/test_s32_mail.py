"""S32: whatever stands in a field, a message goes to one recipient and says what we wrote."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select, update

from feedback.catalogue.values import Credential
from feedback.errors import Refused
from feedback.exchange.mail import Server
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.tables import Askings, Credentials, Invitations, KeptAddresses, Outbox
from feedback.worker import asking
from feedback.worker.loop import Worker
from feedback.worker.work import Asking
from tests.collect.institution import CREDENTIALS, KEY, instruments, light_form, open_form
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor
from tests.faults.mail_server import mail_server

HERE = Asking(KEY, "https://feedback.example.org")
BREAKS = ("\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e", "\x00")
ADDRESSES = (
    *(f"ann@example.org{sign}Bcc: eve@example.org" for sign in BREAKS),
    "=?utf-8?q?ann=0d=0aBcc=3a_eve?=@example.org",
    "ann@=?utf-8?q?example=2eorg=0aBcc=3a?=.org",
    "ann@example.org, eve@example.org",
    "ann@example.org; eve@example.org",
    "Ann <ann@example.org>",
    '"ann@example.org"@example.org',
    "ann@example.org>,<eve@example.org",
    "@eve.example.org:ann@example.org",
    ", ".join(f"{number}@example.org" for number in range(1000)),
    "a" * 400 + "@example.org",
    "ann@example.org\u202e",
)
TITLES = (
    *(f"Data{sign}Bcc: eve@example.org" for sign in BREAKS),
    "=?utf-8?q?Data=0d=0aBcc=3a_eve=40example=2eorg?=",
    "=?utf-8?b?RGF0YQ0KQmNjOiBldmVAZXhhbXBsZS5vcmc=?=",
    "{0.__class__} {{ 7 * 7 }} %(recipient)s {link} {title}",
)


@pytest.fixture
def survey(founded):
    return open_form(founded, "learner", mode="invitation", closes=datetime.now(UTC) + timedelta(days=10))


def kept(engine):
    models = (Invitations, Outbox, Askings, KeptAddresses)
    with reading(engine) as session:
        return [session.connection().execute(select(table_of(model))).mappings().all() for model in models]


def sent(engine):
    """Send what waits; the messages as their readers' programmes see them, each with who got it."""
    with mail_server() as server:
        post = Server("smtp", "127.0.0.1", server.port, "", "", "feedback@example.org")
        Worker(engine, {}, mail=post, asking=HERE, kinds=["outbox"]).tick()
        return [(recipient, message_from_bytes(content, policy=default)) for recipient, content in server.taken]


def entitle(engine, title):
    """Give the credential a title past every check, as an importer of ten years ago might have."""
    table = table_of(Credentials)
    with transaction(engine) as session:
        named = update(table).where(table.c.slug == CREDENTIALS[0]).values(title=title.replace("\x00", ""))
        session.connection().execute(named)


@pytest.mark.parametrize("address", ADDRESSES)
def test_s32_an_address_that_is_not_one_plain_address_is_refused_before_anything_is_kept(founded, survey, address):
    with pytest.raises(Refused) as refused:
        asking.invite_people(founded, survey, [Person("bob@example.org"), Person(address)], instruments(), HERE)
    assert len(refused.value.problems) == 1
    assert kept(founded) == [[], [], [], []]


@pytest.mark.parametrize("name", ["own", "other"])
def test_s32_the_form_for_addresses_refuses_the_same(founded, name):
    slug = open_form(founded, "learner", slug="asked")
    with served_here(light_form(founded)) as port, Visitor(port) as visitor:
        for address in ADDRESSES:
            form = visitor.get(f"/c/{slug}").page.forms[0]
            answer = visitor.post(form.action, [*form.as_it_stands(), (name, address), ("knows", "yes")])
            assert answer.status == 422
    assert kept(founded)[-1] == []


@pytest.mark.parametrize("title", TITLES)
def test_s32_a_title_breaks_no_header_and_is_no_template(founded, survey, title):
    entitle(founded, title)
    asking.invite_people(founded, survey, [Person("ann@example.org")], instruments(), HERE)
    ((recipient, message),) = sent(founded)
    assert recipient == "ann@example.org"
    assert message["To"] == "ann@example.org"
    assert message["Bcc"] is message["Cc"] is None
    assert len(message.get_all("Subject")) == 1
    seen = " ".join(title.replace("\x00", "").split()).replace("=?", "= ?")
    assert seen in message["Subject"]
    assert seen in message.get_content()


def test_s32_a_language_a_contact_or_an_issuer_of_odd_signs_changes_only_the_words(founded, survey):
    issuer = "Evil\u2028Corp {title} =?utf-8?q?x?= <eve@example.org>"
    with transaction(founded) as session:
        save(session, [Credential(slug=CREDENTIALS[0], title="T", kind="badge", programme="data", issuer=issuer)])
    person = Person("ann@example.org", language="../../etc")
    asking.invite_people(founded, survey, [person, replace(person, recipient="bob@example.org")], instruments(), HERE)
    got = dict(sent(founded))
    assert set(got) == {"ann@example.org", "bob@example.org"}
    for recipient, message in got.items():
        assert message["To"] == recipient
        assert {"Bcc", "Cc", "Reply-To"}.isdisjoint(message.keys())
        assert "Evil Corp {title} = ?utf-8?q?x?=" in message.get_content()

"""The page on which an organisation confirms its statement and takes it back: a link, no account, no script."""

from urllib.parse import urlencode

import pytest

from feedback.collect.guards import MOST_WRONG_LINKS
from feedback.policy import OPERATOR
from feedback.store import endorsements
from feedback.store.database import transaction
from feedback.store.endorsements import CONFIRMED, SENT
from feedback.store.invitations import new_token
from feedback.survey.wording import languages, word
from tests.attacks.dumping import rows_of
from tests.collect.institution import KEY, found_institution, light_form, open_form
from tests.collect.serving import served_here
from tests.collect.visitor import FORM_TYPE, Visitor
from tests.store.endorsing import says, there

HOSTILE = "<script>alert('pwned')</script> {organisation} & Söhne"


@pytest.fixture
def light(engine):
    """An institution and its light form."""
    found_institution(engine)
    open_form(engine, "employer")
    with served_here(light_form(engine)) as port:
        yield engine, port


@pytest.fixture
def engine_here(light):
    return light[0]


@pytest.fixture
def visitor(light):
    with Visitor(light[1]) as visitor:
        yield visitor


@pytest.fixture
def address(engine_here):
    """Where a statement that was sent can be confirmed."""
    return asked(engine_here)


def asked(engine, name="Acme", slug="acme"):
    says(engine, "employer", "data-badge", name=name, slug=slug)
    (one,) = (each for each in there(engine) if each.organisation == slug)
    with transaction(engine) as session:
        return f"/e/{endorsements.make_link(session, one, OPERATOR, key=KEY, how='mail')}"


def send(visitor, address, **fields):
    return visitor.ask("POST", address, urlencode(fields), {"Content-Type": FORM_TYPE})


def confirm(visitor, address, **more):
    return send(visitor, address, say="confirm", entitled="yes", **more)


def test_the_page_says_the_whole_statement_and_what_is_public_and_needs_no_script_and_no_cookie(visitor, address):
    answer = visitor.get(address)
    assert answer.status == 200
    assert "Acme publicly stands behind “Data badge”." in answer.text
    assert word("statement.public", "en") in answer.text
    assert "<script" not in answer.text
    assert visitor.cookies == {}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", languages())
def test_the_page_speaks_every_language(visitor, address, language):
    page = visitor.get(f"{address}?language={language}").text
    assert f'lang="{language}" dir="{word("direction", language)}"' in page
    for key in ("title", "intro", "public", "back_what"):
        assert word(f"statement.{key}", language) in page


def test_opening_the_link_changes_nothing_however_often(engine_here, visitor, address):
    before = rows_of(engine_here)
    for path in (address, f"{address}?say=confirm&entitled=yes", f"{address}?say=back&sure=yes"):
        assert visitor.get(path).status == 200
        assert visitor.ask("HEAD", path).status == 200
    assert rows_of(engine_here) == before


def test_confirmed_it_is_public_and_the_page_says_since_when(engine_here, visitor, address):
    answer = confirm(visitor, address, named="yes")
    (one,) = there(engine_here)
    assert (answer.status, one.state) == (200, CONFIRMED)
    assert one.named_on == one.confirmed_on
    assert word("statement.since", "en", day=f"{one.confirmed_on}") in answer.text
    assert "entitled" not in visitor.get(address).page.forms[0].as_it_stands()


def test_it_is_confirmed_only_by_somebody_who_says_they_are_entitled(engine_here, visitor, address):
    answer = send(visitor, address, say="confirm", named="yes")
    assert answer.status == 422
    assert word("statement.tick_first", "en") in answer.text
    assert ("named", "yes") in answer.page.forms[0].as_it_stands()
    assert there(engine_here)[0].state == SENT


def test_being_named_is_agreed_to_apart_and_can_be_changed(engine_here, visitor, address):
    confirm(visitor, address)
    assert there(engine_here)[0].named_on is None
    send(visitor, address, say="confirm", named="yes")
    assert there(engine_here)[0].named_on is not None


def test_the_same_link_takes_it_back_and_opens_nothing_afterwards(engine_here, visitor, address):
    confirm(visitor, address)
    assert send(visitor, address, say="back").status == 422
    assert there(engine_here)[0].state == CONFIRMED
    answer = send(visitor, address, say="back", sure="yes")
    assert (answer.status, there(engine_here)) == (200, [])
    assert word("statement.gone", "en") in answer.text
    wrong = visitor.get(f"/e/{new_token()}")
    after = visitor.get(address)
    assert (after.status, after.text) == (wrong.status, wrong.text) == (404, visitor.get("/s/wrong").text)
    assert confirm(visitor, address).text == after.text


def test_a_statement_nobody_confirmed_can_be_turned_down_by_its_link(engine_here, visitor, address):
    assert send(visitor, address, say="back", sure="yes").status == 200
    assert there(engine_here) == []


def test_wrong_links_are_tried_a_few_times_a_minute_and_right_ones_go_on(visitor, address):
    statuses = [visitor.get(f"/e/{new_token()}").status for _ in range(MOST_WRONG_LINKS + 2)]
    assert statuses == [404] * MOST_WRONG_LINKS + [429] * 2
    assert confirm(visitor, f"/e/{new_token()}").status == 429
    assert visitor.get("/s/wrong").status == 429
    assert visitor.get(address).status == 200


def test_a_hostile_name_stays_text(engine_here, visitor):
    page = visitor.get(asked(engine_here, HOSTILE, "hostile"))
    assert "<script" not in page.text
    assert "{organisation} &amp; Söhne" in page.text


def test_a_link_to_a_form_opens_no_statement_and_that_of_a_statement_no_form(visitor, address):
    assert visitor.get(address.replace("/e/", "/s/")).status == 404
    assert visitor.get(address.replace("/e/", "/enter/")).status in (404, 429)

"""The form on which people leave an address, apart from their answers; and asking for no more messages."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update

from feedback.collect import consent
from feedback.collect.consent import GIVE_OR_TAKE, MOST_ADDRESSES, NEWS_WITHIN, REFERRED_WITHIN, SIX_MONTHS, STAMP_HOURS
from feedback.store import asking
from feedback.store.asking import FOLLOW_UP, NEWS, REFERRAL
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import KeptAddresses, Refusals, Surveys
from feedback.survey.wording import word
from tests.collect.institution import CREDENTIALS, KEY, found_institution, light_form, open_form
from tests.collect.serving import served_here
from tests.collect.visitor import FORM_TYPE, Visitor

OWN, OTHER = "Ann@example.org", "boss@example.com"
PURPOSES = (FOLLOW_UP, REFERRAL)


@pytest.fixture
def light(engine):
    """An institution and its light form."""
    found_institution(engine)
    open_form(engine, "learner")
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
def unhurried(monkeypatch):
    """Nobody is told to wait."""
    monkeypatch.setattr(consent, "MOST_ADDRESSES", 10**9)


def leave(visitor, path="/c/learner", headers=None, **fields):
    """Fill the form in and send it."""
    form = visitor.get(path).page.forms[0]
    sent = dict(form.as_it_stands()) | fields
    return visitor.ask("POST", form.action, urlencode(sent), {"Content-Type": FORM_TYPE} | (headers or {}))


def kept(engine):
    with reading(engine) as session:
        return session.connection().execute(select(table_of(KeptAddresses))).mappings().all()


def today(engine):
    with reading(engine) as session:
        return now(session).date()


# --- leaving an address -----------------------------------------------------------------------------------------------


def test_both_addresses_are_kept_for_one_message_each(engine_here, visitor):
    answer = leave(visitor, own=OWN, other=OTHER, knows="yes")
    assert answer.status == 200
    rows = {row["purpose"]: row for row in kept(engine_here)}
    assert {purpose: row["address"] for purpose, row in rows.items()} == {FOLLOW_UP: OWN, REFERRAL: OTHER}
    assert {row["credential"] for row in rows.values()} == {CREDENTIALS[0]}
    assert {row["language"] for row in rows.values()} == {"en"}
    wait = {purpose: (row["due_on"] - today(engine_here)).days for purpose, row in rows.items()}
    assert abs(wait[FOLLOW_UP] - SIX_MONTHS) <= GIVE_OR_TAKE
    assert 1 <= wait[REFERRAL] <= REFERRED_WITHIN


def test_an_address_for_news_is_kept_for_a_year_at_most(engine_here, visitor):
    assert leave(visitor, news=OWN).status == 200
    (row,) = kept(engine_here)
    assert (row["purpose"], row["address"], row["credential"]) == (NEWS, OWN, CREDENTIALS[0])
    assert abs((row["due_on"] - today(engine_here)).days - NEWS_WITHIN) <= GIVE_OR_TAKE
    assert NEWS_WITHIN + GIVE_OR_TAKE < 365


def test_the_day_a_message_is_due_does_not_tell_the_day_the_address_was_left(engine_here, visitor, unhurried):
    for number in range(12):
        leave(visitor, own=f"{number}@example.org", other=f"boss{number}@example.org", knows="yes")
    days = {purpose: {row["due_on"] for row in kept(engine_here) if row["purpose"] == purpose} for purpose in PURPOSES}
    assert all(len(found) > 1 for found in days.values())


def test_the_page_that_follows_does_not_repeat_the_address_and_nothing_sets_a_cookie(visitor):
    visitor.get("/c/learner")
    assert visitor.cookies == {}
    answer = leave(visitor, own=OWN)
    assert "example.org" not in answer.text
    assert visitor.cookies == {}
    assert answer.headers["cache-control"] == "no-store"


def test_the_answer_is_the_same_whether_the_address_is_new_known_or_refused(engine_here, visitor):
    with transaction(engine_here) as session:
        asking.refuse(session, asking.recipient_hash(KEY, "eve@example.org"), now(session).date())
    answers = [leave(visitor, own=address) for address in (OWN, OWN.upper(), "eve@example.org")]
    assert len({(each.status, each.body) for each in answers}) == 1
    assert [row["address"] for row in kept(engine_here)] == [OWN]


def test_the_form_holds_nothing_of_the_answers_and_is_the_same_for_everybody(visitor, light):
    first = visitor.get("/c/learner").text
    with Visitor(light[1]) as another:
        another.cookies[("/", "form")] = "anything"
        assert another.get("/c/learner").text == first


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "own"),
        ({"own": "ann"}, "own"),
        ({"own": "ann@example.org, bob@example.org"}, "own"),
        ({"other": OTHER}, "knows"),
        ({"other": "boss@", "knows": "yes"}, "other"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_what_was_typed_stays(engine_here, visitor, fields, where):
    answer = leave(visitor, **fields)
    assert answer.status == 422
    assert f'href="#{where}"' in answer.text
    form = answer.page.forms[0]
    for name in ("own", "other"):
        assert form.value(name) == fields.get(name, "")
    assert kept(engine_here) == []


def test_all_slips_are_told_at_once(visitor):
    answer = leave(visitor, own="ann", other="boss")
    assert all(f'href="#{where}"' in answer.text for where in ("own", "other", "knows"))


def test_where_a_survey_is_about_several_the_credential_is_asked(engine_here, visitor):
    open_form(engine_here, "learner", slug="many", credentials=3)
    assert leave(visitor, "/c/many", own=OWN).status == 422
    assert leave(visitor, "/c/many", own=OWN, credential="nothing").status == 422
    assert leave(visitor, "/c/many", own=OWN, credential=CREDENTIALS[2]).status == 200
    assert [row["credential"] for row in kept(engine_here)] == [CREDENTIALS[2]]


def test_the_language_of_the_address_is_the_language_written_to(engine_here, visitor):
    open_form(engine_here, "learner", slug="spoken", languages=("en", "ar"))
    page = visitor.get("/c/spoken?language=ar").page
    assert (page.language, page.direction) == ("ar", "rtl")
    leave(visitor, "/c/spoken?language=ar", own=OWN)
    assert [row["language"] for row in kept(engine_here)] == ["ar"]
    assert visitor.get("/c/spoken?language=xx").page.language == "en"


@pytest.mark.parametrize("slug", ["nowhere", "dropout", "six-months", "over", "later"])
def test_only_after_a_survey_of_people_who_finished_is_it_offered(engine_here, visitor, slug):
    open_form(engine_here, "dropout")
    open_form(engine_here, "six_months")
    open_form(engine_here, "learner", slug="over", closes=datetime.now(UTC) - timedelta(days=2))
    open_form(engine_here, "learner", slug="later")
    with transaction(engine_here) as session:
        table = table_of(Surveys)
        later = update(table).where(table.c.slug == "later").values(opens=now(session) + timedelta(days=1))
        session.connection().execute(later)
    assert visitor.get(f"/c/{slug}").status == 404
    assert visitor.post(f"/c/{slug}", [("own", OWN)]).status == 404


def test_just_after_the_close_an_address_can_still_be_left(engine_here, visitor):
    open_form(engine_here, "learner", slug="closed", closes=datetime.now(UTC) - timedelta(hours=3))
    assert leave(visitor, "/c/closed", own=OWN).status == 200


def test_the_sample_keeps_no_address_and_says_so(engine_here, visitor):
    with transaction(engine_here) as session:
        session.connection().execute(update(table_of(Surveys)).values(is_sample=True))
    assert word("survey.preview", "en") in visitor.get("/c/learner").text
    assert leave(visitor, own=OWN).status == 200
    assert kept(engine_here) == []


# --- who may send it --------------------------------------------------------------------------------------------------


def test_a_form_without_our_stamp_or_with_an_old_one_keeps_nothing_and_may_be_sent_again(engine_here, visitor):
    hour = int(time.time()) // 3600
    for stamp in ("", "x", consent.stamp(KEY, "learner", hour - STAMP_HOURS - 1), consent.stamp(KEY, "other", hour)):
        answer = leave(visitor, own=OWN, stamp=stamp)
        assert answer.status == 403
        assert answer.page.forms[0].value("own") == OWN
    assert kept(engine_here) == []
    assert visitor.post("/c/learner", answer.page.forms[0].as_it_stands()).status == 200


def test_a_stamp_is_good_for_a_day_and_the_same_for_all():
    assert consent.stamp(KEY, "a", 100) == consent.stamp(KEY, "a", 100)
    assert consent.is_stamp(consent.stamp(KEY, "a", 100), KEY, "a", 100 + STAMP_HOURS)
    assert not consent.is_stamp(consent.stamp(KEY, "a", 100), KEY, "a", 101 + STAMP_HOURS)
    assert not consent.is_stamp(consent.stamp(KEY, "a", 100), KEY, "a", 99)
    assert not consent.is_stamp(consent.stamp(b"x" * 32, "a", 100), KEY, "a", 100)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
)
def test_a_form_sent_from_another_site_keeps_nothing(engine_here, visitor, headers):
    answer = leave(visitor, own=OWN, headers=headers)
    assert answer.status == 403
    assert OWN not in answer.text
    assert kept(engine_here) == []


def test_a_form_sent_from_our_page_is_taken_whatever_the_browser_says_of_it(engine_here, visitor, light):
    here = {"Origin": f"http://127.0.0.1:{light[1]}"}
    for headers in (here, {"Origin": "null"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}):
        assert leave(visitor, own=OWN, headers=headers).status == 200
    assert len(kept(engine_here)) == 1


def test_a_network_leaves_so_many_addresses_a_minute_and_what_was_typed_stays(visitor):
    told = [leave(visitor, own=f"{number}@example.org") for number in range(MOST_ADDRESSES + 1)]
    assert [each.status for each in told] == [200] * MOST_ADDRESSES + [429]
    assert told[-1].page.forms[0].value("own") == f"{MOST_ADDRESSES}@example.org"


@pytest.mark.parametrize("waiting", [1, 2])
def test_no_more_addresses_wait_than_may_and_nobody_sees_who_is_among_them(engine_here, visitor, monkeypatch, waiting):
    monkeypatch.setattr(asking, "MOST_WAITING", 2)
    for number in range(waiting):
        leave(visitor, own=f"{number}@example.org")
    told = [leave(visitor, own=address) for address in ("0@example.org", "new@example.org")]
    assert [each.status for each in told] == [200 if waiting == 1 else 503] * 2
    assert len(kept(engine_here)) == 2
    if waiting == 2:
        assert {word("consent.full", "en") in each.page.words for each in told} == {True}
        assert leave(visitor, other="boss@example.org", knows="yes").status == 200


# --- no more messages -------------------------------------------------------------------------------------------------


def refusals(engine):
    with reading(engine) as session:
        return session.connection().execute(select(table_of(Refusals))).mappings().all()


def stop_path(address="ann@example.org"):
    return asking.stop_address("", KEY, address)


def test_opening_the_link_changes_nothing_and_the_button_does(engine_here, visitor):
    page = visitor.get(stop_path()).page
    visitor.ask("HEAD", stop_path())
    assert refusals(engine_here) == []
    assert visitor.post(page.forms[0].action, page.forms[0].as_it_stands()).status == 200
    with reading(engine_here) as session:
        assert asking.is_refused(session, asking.recipient_hash(KEY, "Ann@Example.org"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM_TYPE, "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--'),
        ("text/plain", ""),
    ],
)
def test_a_mail_programme_may_do_it_by_itself(engine_here, visitor, kind, body):
    headers = {"Content-Type": kind, "Sec-Fetch-Site": "cross-site"}
    assert visitor.ask("POST", stop_path(), body, headers).status == 200
    assert visitor.ask("POST", stop_path(), body, headers).status == 200
    assert len(refusals(engine_here)) == 1


def test_a_wrong_link_is_answered_by_the_same_pages_and_changes_nothing(engine_here, visitor):
    good, wrong = stop_path(), stop_path()[:-4] + "AAAA"
    shown = [visitor.get(path).text.replace(path, "") for path in (good, wrong, "/u/x")]
    assert len(set(shown)) == 1
    assert visitor.post(wrong, []).text == visitor.post(good, []).text == visitor.post("/u/x", []).text
    assert len(refusals(engine_here)) == 1

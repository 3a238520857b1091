from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from feedback.catalogue.values import Contact, Credential, Organisation, Reviewer
from feedback.collect import answering
from feedback.collect.alone import answering_at
from feedback.collect.answering import Desk, read_fields
from feedback.collect.place import Place
from feedback.collect.sitting import page_in
from feedback.store import catalogue, funnel, invitations
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.surveys import add_credentials
from feedback.store.tables import Credentials, ResponseFlags, Responses, Surveys
from tests.collect.institution import KEY, count, drafts, instruments, invite, move_close, open_form, responses
from tests.collect.serving import served_here
from tests.collect.visitor import NEXT, SEND, Visitor

GIVEN = ("q.sector", "q.organisation")


def kept(engine, column):
    """A column of all responses kept."""
    with reading(engine) as session:
        return list(session.connection().execute(select(table_of(Responses).c[column])).scalars())


# --- opening ---------------------------------------------------------------------------------------------------------


def test_the_page_speaks_the_language_the_browser_asks_for_where_the_survey_offers_it(founded, port):
    survey = open_form(founded, "learner", languages=["de", "ar"])
    for asked, language, direction in (
        ("ar-EG,ar;q=0.9", "ar", "rtl"),
        ("fr, de;q=0.5", "de", "ltr"),
        ("", "de", "ltr"),
    ):
        with Visitor(port) as one:
            one.ask("GET", f"/f/{survey}", headers={"Accept-Language": asked})
            assert (one.page.language, one.page.direction) == (language, direction)


def test_an_invitation_speaks_the_language_of_the_person(founded, visitor):
    survey = open_form(founded, "learner", mode="invitation", languages=["en", "es"])
    with transaction(founded) as session:
        ((_, token),) = invitations.make(session, survey, [Person(language="es")], key=KEY)
    visitor.get(f"/s/{token}")
    assert visitor.page.language == "es"


def test_opening_a_form_keeps_nothing_of_it(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.get(f"/f/{survey}")
    assert visitor.answer.status == 200
    assert (drafts(founded), responses(founded)) == (0, 0)


def test_a_moment_keeps_its_order_where_the_words_around_it_run_from_right_to_left(founded, visitor):
    survey = open_form(founded, "learner", languages=["ar"])
    with transaction(founded) as session:
        opens = datetime(2099, 1, 10, tzinfo=UTC)
        session.connection().execute(
            update(table_of(Surveys)).where(table_of(Surveys).c.slug == survey).values(opens=opens)
        )
    assert visitor.get(f"/f/{survey}").status == 403
    assert "\u20682099-01-10 00:00 (UTC)\u2069" in visitor.page.words


def test_a_survey_that_is_not_there_is_not_found(visitor):
    assert visitor.get("/f/nothing").status == 404


def test_a_survey_of_invitations_opens_to_nobody_without_one(founded, visitor):
    survey = open_form(founded, "learner", mode="invitation")
    assert visitor.get(f"/f/{survey}").status == 404


def test_a_survey_says_when_it_opens_in_its_own_zone(founded, visitor):
    survey = open_form(founded, "learner", zone="Pacific/Auckland")
    table, opens = table_of(Surveys), datetime(2199, 1, 31, 12, 0, tzinfo=UTC)
    with transaction(founded) as session:
        session.connection().execute(update(table).where(table.c.slug == survey).values(opens=opens))
    assert visitor.get(f"/f/{survey}").status == 403
    assert "2199-02-01 01:00 (Pacific/Auckland)" in visitor.page.words


def test_a_survey_that_has_closed_opens_no_new_form(founded, visitor):
    survey = open_form(founded, "learner")
    move_close(founded, survey, timedelta(minutes=-1))
    assert visitor.get(f"/f/{survey}").status == 410


# --- going through ---------------------------------------------------------------------------------------------------


def test_another_language_keeps_what_was_answered(founded, visitor):
    survey = open_form(founded, "learner", languages=["en", "de"])
    visitor.get(f"/f/{survey}")
    fields = visitor.fields()[:-1]
    answered = [pair for pair in fields if pair[0].startswith("q.")]
    visitor.post(visitor.action(), [*fields, ("language", "de")])
    assert visitor.page.language == "de"
    assert answered
    assert set(answered) <= set(visitor.form.as_it_stands())
    assert drafts(founded) == 1


def place(visitor):
    """Which step somebody is at, from 1."""
    return int(visitor.page.ids["progress"].split()[0])


def test_an_address_leads_to_steps_already_seen_and_no_further(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.get(f"/f/{survey}")
    # How many steps there are is drawn anew until something is kept; which one it is, is not.
    assert place(visitor) == 1
    visitor.get(f"/f/{survey}?step=4")
    assert place(visitor) == 1
    visitor.step()
    while visitor.answer.status == 422 or "step=0" in visitor.at:
        visitor.step()
    assert place(visitor) == 2
    visitor.get(f"/f/{survey}?step=0")
    assert place(visitor) == 1
    visitor.get(f"/f/{survey}?step=99")
    assert place(visitor) == 2


def test_back_keeps_what_was_answered_and_shows_it(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.get(f"/f/{survey}")
    visitor.step()
    visitor.post(visitor.action(), [*visitor.fields()[:-1], ("go", "back")])
    assert "step=0" in visitor.at
    assert any(name.startswith("q.") for name, _ in visitor.form.as_it_stands())


def test_nothing_answered_is_told_and_nothing_is_kept(founded, visitor):
    survey = open_form(founded, "survey")
    visitor.get(f"/f/{survey}")
    hidden = [pair for pair in visitor.form.as_it_stands() if not pair[0].startswith("q.")]
    visitor.post(visitor.action(), [*hidden, SEND])
    assert visitor.answer.status == 422
    assert responses(founded) == 0


def test_of_several_credentials_the_one_chosen_is_kept(founded, visitor):
    survey = open_form(founded, "dropout", credentials=3)
    visitor.get(f"/f/{survey}")
    hidden = [("form", visitor.form.value("form"))]
    visitor.post(visitor.action(), [*hidden, NEXT])
    assert visitor.answer.status == 422
    visitor.post(visitor.action(), [("form", visitor.form.value("form")), ("subject", "sql-course"), NEXT])
    visitor.walk()
    assert kept(founded, "about") == [["sql-course"]]


def test_whoever_is_invited_about_one_credential_chooses_no_more(founded, visitor):
    survey = open_form(founded, "six_months", mode="invitation", credentials=3)
    with transaction(founded) as session:
        ((_, token),) = invitations.make(session, survey, [Person(about=("sql-course",))], key=KEY)
    visitor.answers(f"/s/{token}")
    assert kept(founded, "about") == [["sql-course"]]


def test_a_required_question_that_has_just_opened_is_asked_before_it_is_missed(founded, visitor):
    with transaction(founded) as session:
        save(session, [Reviewer(name="first", email="first@example.org")])
    survey = open_form(founded, "expert")
    visitor.get(f"/f/{survey}")
    (who,) = [each for each in visitor.form.controls if each.name == "reviewer"]
    reviewer = next(value for value in who.options if value)
    visitor.post(visitor.action(), [("form", visitor.form.value("form")), ("reviewer", reviewer), NEXT])
    fields = [pair for pair in visitor.fields() if pair[0] != "q.independence"]
    visitor.post(visitor.action(), [("q.independence", "tie"), *fields])
    assert visitor.answer.status == 200
    assert "q.ties" in {each.name for each in visitor.form.controls}


def test_a_credential_nobody_offers_is_not_taken(founded, visitor):
    survey = open_form(founded, "dropout", credentials=3)
    visitor.get(f"/f/{survey}")
    visitor.post(visitor.action(), [("form", visitor.form.value("form")), ("subject", "../etc"), NEXT])
    assert visitor.answer.status == 422


# --- open links and kiosks -------------------------------------------------------------------------------------------


def test_a_browser_that_has_sent_is_told_so_and_may_begin_anew_for_somebody_else(founded, visitor):
    survey = open_form(founded)
    first = visitor.answers(f"/f/{survey}")
    visitor.get(f"/f/{survey}")
    assert not visitor.page.receipt
    assert any(form.action.endswith("/new") for form in visitor.page.forms)
    visitor.post(f"/f/{survey}/new", [])
    assert visitor.walk() != first
    assert responses(founded) == 2


def test_a_kiosk_begins_anew_for_each_and_shows_nobody_the_last_ones_answers(founded, visitor):
    survey = open_form(founded, mode="kiosk")
    receipts = {visitor.answers(f"/f/{survey}")}
    visitor.get(f"/f/{survey}")
    assert not [pair for pair in visitor.form.as_it_stands() if pair[0].startswith("q.") and pair[1]]
    receipts.add(visitor.walk())
    assert len(receipts) == responses(founded) == 2
    assert drafts(founded) == 0


def test_another_site_cannot_make_a_browser_begin_anew(founded, visitor):
    survey = open_form(founded)
    visitor.get(f"/f/{survey}")
    before = dict(visitor.cookies)
    told = visitor.ask("POST", f"/f/{survey}/new", "", {"Sec-Fetch-Site": "cross-site"})
    assert told.status == 404
    assert visitor.cookies == before


# --- employers and experts -------------------------------------------------------------------------------------------


def test_employers_are_asked_about_three_credentials_at_most_and_their_sector_has_a_say(founded, port):
    others = [
        Credential(slug=f"other-{number}", title=f"Other {number}", kind="badge", programme="data", sectors=["A"])
        for number in range(12)
    ]
    with transaction(founded) as session:
        save(session, others)
        table = table_of(Credentials)
        health = update(table).where(table.c.slug.in_(("data-badge", "sql-course", "agile-basics")))
        session.connection().execute(health.values(sectors=["Q"]))
    survey = open_form(founded, "employer", credentials=3)
    with transaction(founded) as session:
        add_credentials(session, survey, [each.slug for each in others])
    for seed in range(8):
        with Visitor(port, seed=seed) as one:
            one.get(f"/f/{survey}")
            sector = next(each.name for each in one.form.controls if "sector" in each.name)
            fields = [pair for pair in one.fields() if pair[0] != sector]
            if seed % 2:  # half of them leave out what is required at first: nothing is chosen before they mend it
                assert one.step([pair for pair in fields if pair[0] != "q.organisation"]).status == 422
                fields = [("q.organisation", "Otter"), *(pair for pair in one.fields() if pair[0] not in GIVEN)]
            one.step([(sector, "Q"), *fields])
            one.walk()
    asked = kept(founded, "about")
    assert all(1 <= len(each) <= 3 for each in asked)
    fitting = sum(slug in ("data-badge", "sql-course", "agile-basics") for each in asked for slug in each)
    assert fitting > len(asked) * 3 / 5  # by chance alone it would be a fifth


def test_what_a_contact_agrees_to_is_kept_with_the_contact_and_not_in_the_answers(founded, visitor):
    with transaction(founded) as session:
        save(session, [Organisation(slug="firm", name="Firm")])
        contact = Contact(organisation="firm", name="C", email="c@firm.example")
        save(session, [contact])
    survey = open_form(founded, "employer", mode="invitation")
    with transaction(founded) as session:
        person = Person(contact=contact.slug, about=("data-badge",))
        ((_, token),) = invitations.make(session, survey, [person], key=KEY)
    visitor.get(f"/s/{token}")
    for _ in range(60):
        if visitor.page.receipt:
            break
        fields = visitor.fields()
        consent = [each.name for each in visitor.form.controls if each.name == "q.again"]
        if consent:
            fields = [
                ("q.again", "next_year"),
                ("q.again", "quoted"),
                *(pair for pair in fields if pair[0] != "q.again"),
            ]
        visitor.step(fields)
    assert visitor.page.receipt
    assert kept(founded, "about") == [["data-badge"]]
    assert "again" not in kept(founded, "answers")[0]
    with reading(founded) as session:
        (found,) = [each for each in catalogue.read(session, "contacts") if each.slug == contact.slug]
    assert set(found.consents) >= {"panel", "quoted"}


def test_a_review_is_kept_under_its_reviewer_and_a_second_one_in_the_round_is_refused(founded, port):
    with transaction(founded) as session:
        save(
            session, [Reviewer(name="First", email="first@example.org"), Reviewer(name="Second", email="s@example.org")]
        )
    survey = open_form(founded, "expert")
    with reading(founded) as session:
        first, second = sorted(each.slug for each in catalogue.read(session, "reviewers"))
    statuses = []
    for reviewer in (first, first, second):
        with Visitor(port) as one:
            one.get(f"/f/{survey}")
            one.post(one.action(), [("form", one.form.value("form")), ("reviewer", reviewer), NEXT])
            statuses.append(one.answer.status)
            if one.answer.status == 200:
                one.walk()
    assert statuses == [200, 409, 200]
    assert sorted(kept(founded, "role")) == sorted([first, second])


# --- what is counted and marked --------------------------------------------------------------------------------------


def test_answers_faster_than_anybody_reads_are_marked_and_kept(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.answers(f"/f/{survey}")
    assert responses(founded) == 1
    assert count(founded, ResponseFlags, table_of(ResponseFlags).c.flag == "fast") == 1


@pytest.fixture
def counting(founded):
    """A place where forms are answered, and what it has counted of a survey: (language, mark) -> how often."""
    desk = Desk(Place(founded, KEY, instruments()))

    def counted(survey):
        desk.counts.write_down()
        with reading(founded) as session:
            rows = list(funnel.read(session, survey))
        return {(row.language, row.mark): row.count for row in rows if row.mark in ("opened", "started", "finished")}

    with served_here(answering_at(desk)) as port:
        yield port, counted


def test_how_far_people_get_is_counted_by_survey_and_language(founded, counting):
    port, counted = counting
    survey = open_form(founded)
    with Visitor(port) as one, Visitor(port) as other:
        one.answers(f"/f/{survey}")
        other.get(f"/f/{survey}")
    assert counted(survey) == {("en", "opened"): 2, ("en", "started"): 1, ("en", "finished"): 1}


def test_a_form_begun_by_the_little_script_counts_as_started_once(founded, counting):
    port, counted = counting
    survey = open_form(founded, "learner")
    with Visitor(port) as one:
        one.get(f"/f/{survey}")
        for _ in range(2):
            one.ask_as_script(f"{one.action()}/draft", one.fields()[:-1])
        one.walk()
    assert counted(survey) == {("en", "opened"): 1, ("en", "started"): 1, ("en", "finished"): 1}


def test_a_form_opened_again_or_by_a_scanner_counts_once(founded, counting):
    port, counted = counting
    survey = open_form(founded, mode="invitation")
    (token,) = invite(founded, survey, 1)
    with Visitor(port) as scanner:
        assert scanner.ask("HEAD", f"/s/{token}").status == 303
        assert scanner.ask("HEAD", f"/f/{survey}").status == 200
    for _ in range(2):
        with Visitor(port) as one:
            one.get(f"/s/{token}")
            one.get(f"/f/{survey}")
    assert counted(survey) == {("en", "opened"): 1}


def test_who_changes_the_language_counts_as_having_opened_the_form_in_it(founded, counting):
    port, counted = counting
    survey = open_form(founded, "learner", languages=["en", "de"])
    with Visitor(port, headers={"Accept-Language": "en"}) as one:
        one.get(f"/f/{survey}")
        one.step([*one.fields()[:-1], ("language", "de")])
        assert one.page.language == "de"
        one.walk()
    assert counted(survey) == {("en", "opened"): 1, ("de", "opened"): 1, ("de", "started"): 1, ("de", "finished"): 1}


# --- what crosses ----------------------------------------------------------------------------------------------------


def test_a_late_message_of_the_little_script_changes_nothing_that_came_after_it(founded, port):
    survey = open_form(founded, "learner")
    with Visitor(port) as one:
        one.get(f"/f/{survey}")
        draft, typed = f"{one.action()}/draft", one.fields()
        late = [(name, value) for name, value in typed if name == "form"]
        one.step(typed)
        furthest = one.page.words
        assert one.ask_as_script(draft, late).status == 409
        one.get(f"/f/{survey}")
        assert one.page.words.endswith(furthest[-200:])
        assert one.walk()


def test_two_windows_at_once_lose_nothing_of_each_other(founded, monkeypatch):
    survey = open_form(founded, "learner")
    desk = Desk(Place(founded, KEY, instruments()))
    with served_here(answering_at(desk)) as port, Visitor(port) as one:
        one.get(f"/f/{survey}")
        draft, typed = f"{one.action()}/draft", one.fields()
        assert one.ask_as_script(draft, typed[:-1]).status == 204
        seen, looked = [], desk._opened

        def crossed(asking, visit):
            opened = looked(asking, visit)
            if not seen:  # between this look and what is kept after it, the next page comes
                seen.append(True)
                desk._taken(asking, visit, page_in(dict(typed)["form"], visit), read_fields(urlencode(typed).encode()))
            return opened

        monkeypatch.setattr(desk, "_opened", crossed)
        assert one.ask_as_script(draft, typed[:-1]).status == 409
        assert seen
        one.get(f"/f/{survey}")
        assert "Welcome back" in one.page.words
        assert not [each for each in one.form.controls if each.name == typed[1][0]], "the first step again"


def test_a_link_that_ends_while_its_form_is_open_is_not_said_to_have_been_used(founded, visitor):
    survey = open_form(founded, mode="invitation")
    (token,) = invite(founded, survey, 1)
    visitor.get(f"/s/{token}")
    fields, action = visitor.to_the_last_step(), visitor.action()
    with transaction(founded) as session:
        assert invitations.revoke(session, survey) == 1
    for answer in (visitor.post(action, fields), visitor.get(f"/f/{survey}")):
        assert answer.status == 410
        assert "This link has ended" in answer.page.words
        assert "Answers have arrived" not in answer.page.words
    assert responses(founded) == 0


def test_requests_by_one_link_are_counted_together_however_often_it_is_opened(founded, monkeypatch):
    monkeypatch.setattr(answering, "MOST_BY_LINK", 6)
    survey = open_form(founded, mode="invitation")
    mine, other = invite(founded, survey, 2)
    with served_here(answering_at(Desk(Place(founded, KEY, instruments())))) as port:
        statuses = []
        for _ in range(4):
            with Visitor(port) as one:
                statuses += [one.ask("GET", f"/s/{mine}").status, one.ask("GET", f"/f/{survey}").status]
        assert statuses[:6] == [303, 200] * 3
        assert statuses[6] == 429
        with Visitor(port) as one:
            assert one.get(f"/s/{other}").status == 200


def test_the_day_of_a_link_is_that_of_the_databases_clock(founded, monkeypatch):
    survey = open_form(founded, mode="invitation")
    today = datetime.now(UTC).date()
    (token,) = invite(founded, survey, 1, expires_on=today)

    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=2)

    monkeypatch.setattr(answering, "datetime", Ahead)
    with served_here(answering_at(Desk(Place(founded, KEY, instruments())))) as port, Visitor(port) as one:
        assert one.get(f"/s/{token}").status == 200


@pytest.mark.parametrize(("zone", "moment", "good"), [
    ("America/Los_Angeles", datetime(2027, 2, 1, 7, 59, tzinfo=UTC), True),
    ("America/Los_Angeles", datetime(2027, 2, 1, 8, 1, tzinfo=UTC), False),
    ("Pacific/Auckland", datetime(2027, 1, 31, 10, 59, tzinfo=UTC), True),
    ("Pacific/Auckland", datetime(2027, 1, 31, 11, 1, tzinfo=UTC), False),
])  # fmt: skip
def test_the_last_day_of_a_link_ends_where_the_survey_is_at_home(founded, monkeypatch, zone, moment, good):
    survey = open_form(founded, mode="invitation")
    with transaction(founded) as session:
        session.connection().execute(
            update(table_of(Surveys)).where(table_of(Surveys).c.slug == survey).values(zone=zone)
        )
    opened, other = invite(founded, survey, 2, expires_on=date(2027, 1, 31))
    monkeypatch.setattr("feedback.collect.asked.now", lambda _session: moment)
    with served_here(answering_at(Desk(Place(founded, KEY, instruments())))) as port, Visitor(port) as one:
        assert one.get(f"/s/{opened}").status == (200 if good else 404)
        if good:
            assert one.walk()
            assert Visitor(port).get(f"/s/{other}").status == 200


def test_a_mistake_of_ours_is_told_as_one_and_gives_back_what_was_sent(founded, monkeypatch):
    survey = open_form(founded)
    desk = Desk(Place(founded, KEY, instruments()))
    with served_here(answering_at(desk)) as port, Visitor(port) as one:
        one.get(f"/f/{survey}")
        fields, action = one.to_the_last_step(), one.action()

        def broken(*_, **__):
            raise ProgrammingError("SELECT", None, Exception("no such column"))

        with monkeypatch.context() as patched:
            patched.setattr(answering, "patiently", broken)
            assert one.post(action, fields).status == 500
            assert "tell whoever sent you here this number" in one.page.words
        one.post(action, [(each.name, each.value) for each in one.form.controls if each.name])
        assert one.page.receipt


def test_an_invitation_is_used_on_a_day_and_nothing_finer(founded, visitor):
    survey = open_form(founded, mode="invitation")
    (token,) = invite(founded, survey, 1)
    visitor.answers(f"/s/{token}")
    with reading(founded) as session:
        used = invitations.find(session, token, key=KEY).used_on
    assert date.fromisoformat(used)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%ff", b"&".join([b"a=1"] * 3000)])
def test_a_body_that_is_no_form_is_told_apart(body):
    assert read_fields(body) is None


def test_fields_are_read_as_a_browser_sends_them():
    assert read_fields(b"a=1&a=2&b=&c=%C3%A9+x") == {"a": ["1", "2"], "b": [""], "c": ["é x"]}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/f/a/b/c"), ("PUT", "/f/learner"), ("DELETE", "/r"), ("GET", "/")]
)
def test_what_is_nothing_of_ours_is_told_in_a_page_of_ours(visitor, method, path):
    answer = visitor.ask(method, path)
    assert answer.status == 404
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "There is nothing here" in answer.page.words

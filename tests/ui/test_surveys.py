"""The page of surveys: what is open and until when, opening one, inviting, and what is told in steps only."""

import csv
import io
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Contact, Credential, Organisation, Programme
from feedback.exchange.links import links_csv
from feedback.settings import project_folder
from feedback.store import invitations, surveys
from feedback.store.catalogue import save
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.rounds import Round, keep_round
from feedback.store.standing import Standing
from feedback.store.surveys import Survey, open_survey, read_survey
from feedback.store.tables import Surveys
from feedback.ui import handing, inviting, shell
from feedback.ui import surveys as page_of_surveys
from feedback.ui.inviting import Made
from feedback.ui.surveys import grouped, in_a_sentence, in_days, window_in_words
from tests.people import with_role
from tests.ui.drawing import drawn, forget, html, labels, press

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEY = b"k" * 32


def survey(slug="s", **more) -> Survey:
    opens = NOON - timedelta(days=30)
    about = {"slug": slug, "instrument": "learner", "version": 1, "opens": opens, "credentials": ["sql"]}
    return Survey(**about | more)


# in words


def test_the_first_line_says_how_many_take_answers_and_which_closes_next():
    closing = survey(closes=NOON + timedelta(days=3))
    assert in_a_sentence([], NOON) == "No survey of yours takes answers now."
    assert in_a_sentence([survey()], NOON) == "One survey takes answers now, without an end."
    assert in_a_sentence([closing], NOON) == "One survey takes answers now; it closes in 3 days."
    assert in_a_sentence([survey("b"), closing], NOON).startswith("2 surveys take answers now; the next to close")


def test_surveys_stand_under_what_they_want_of_their_reader_and_no_group_is_empty():
    week = timedelta(days=7)
    groups = grouped(
        [
            survey("endless"), survey("far", closes=NOON + week), survey("soon", closes=NOON + week / 2),
            survey("sooner", closes=NOON + week / 7), survey("later", opens=NOON + week),
            survey("over", closes=NOON - week), survey("just-over", closes=NOON),
        ],
        NOON,
    )  # fmt: skip
    assert {title: [each.slug for each in those] for title, those in groups.items()} == {
        "Closes within a week": ["sooner", "soon"],
        "Open now": ["far", "endless"],
        "Opens later": ["later"],
        "Closed": ["just-over", "over"],
    }
    assert grouped([], NOON) == {}


def test_days_are_those_of_the_survey_s_own_zone():
    closes = datetime(2026, 3, 11, 9, 59, 59, tzinfo=UTC)  # the last second of the 11th on Kiritimati, 14 hours ahead
    far = survey(closes=closes.replace(day=11), zone="Pacific/Kiritimati")
    assert window_in_words(far, NOON) == "open to 11 March 2026 (Pacific/Kiritimati), closes today"
    here = survey(closes=datetime(2026, 3, 11, 23, 59, 59, tzinfo=UTC))
    assert window_in_words(here, NOON) == "open to 11 March 2026, closes tomorrow"
    assert in_days(survey(closes=NOON + timedelta(days=40)), NOON) == "in 40 days"


def test_a_moment_within_a_day_is_told_with_its_time():
    assert window_in_words(survey(closes=NOON), NOON) == "closed since 10 March 2026, 12:00"
    later = survey(opens=datetime(2026, 4, 1, tzinfo=UTC), closes=datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC))
    assert window_in_words(later, NOON) == "opens on 1 April 2026, closes at the end of 30 April 2026"
    assert window_in_words(survey(), NOON) == "open without an end"


def test_used_links_are_told_in_steps():
    assert inviting.in_a_sentence(Standing()).startswith("Nobody yet.")
    assert inviting.in_a_sentence(Standing(made=1)) == "One link was made; fewer than 5 were used."
    both = inviting.in_a_sentence(Standing(made=40, used=15, revoked=5))
    assert both == "40 links were made; about 15 were used, and about 5 were taken back."


# the page


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with a catalogue and a survey by invitation and one by link."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example.org")
    forget()
    engine = open_database(f"sqlite:///{path}")
    credentials = [Credential(slug=slug, title=slug.upper(), kind="badge", programme="data") for slug in ("sql", "api")]
    contact = Contact(organisation="mill", name="Ann", email="ann@example.org")
    learner, opens = shell.instruments()["learner"].version, datetime.now(UTC) - timedelta(days=2)
    with transaction(engine) as session:
        mill = Organisation(slug="mill", name="Mill")
        save(session, [Programme(slug="data", title="Data"), *credentials, mill, contact])
        for slug, mode in (("invited", "invitation"), ("linked", "link"), ("kiosk", "kiosk")):
            about = {"version": learner, "credentials": ["sql"], "languages": ["en", "de"]}
            open_survey(session, Survey(slug=slug, instrument="learner", mode=mode, opens=opens, **about))
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def visit(database):
    def go(**query: str) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/surveys.py")
        for name, value in query.items():
            app.query_params[name] = value
        return drawn(app.run())

    return go


def made_in(app: AppTest, slug: str = "invited") -> Made | None:
    place = f"surveys:made:{slug}"
    return app.session_state.get(place)


def test_every_survey_is_listed_with_its_days_and_answers_in_steps(visit):
    app = visit()
    assert "3 surveys take answers now, without an end." in html(app)
    assert "by invitation · open without an end · fewer than 5 answers" in labels(app)


def test_where_nothing_was_opened_the_next_step_is_taught(visit, database, monkeypatch):
    monkeypatch.setattr(surveys, "read_surveys", lambda *_, **__: [])
    assert "You have opened no survey yet" in html(visit())


def test_an_open_link_shows_its_address_its_code_and_what_it_does_not_promise(visit):
    app = visit(of="linked")
    assert [each.value for each in app.code] == ["https://feedback.example.org/f/linked"]
    assert "not one person, one vote" in html(app)
    assert 'alt="The address as a QR code"' in html(app)
    assert "Open it on the device people share" in html(visit(of="kiosk"))


@pytest.mark.parametrize("slug", ["invited", "linked"])
def test_a_survey_whose_questionnaire_is_gone_is_shown_without_what_needs_it(visit, database, slug):
    gone = update(table_of(Surveys)).values(instrument="gone")
    with transaction(database) as session:
        session.connection().execute(gone)
    app = visit(of=slug)
    assert ("“gone”, is not there any more" in html(app)) is (slug == "invited")
    assert not app.get("download_button")


def test_closed_surveys_are_all_to_be_seen(visit, database, monkeypatch):
    monkeypatch.setattr(page_of_surveys, "MOST_CLOSED", 2)
    with transaction(database) as session:
        for slug in ("invited", "linked", "kiosk"):
            surveys.close(session, slug)
    app = visit()
    assert labels(app).count("closed since") == 2
    assert app.toggle(key="all-closed").label == "Show all 3"
    app.toggle(key="all-closed").set_value(True)
    assert labels(drawn(app.run())).count("closed since") == 3


def test_a_survey_that_is_not_there_is_said_to_be_gone(visit):
    assert "There is no survey “no-such”" in html(visit(of="no-such"))


def test_everything_missing_is_told_at_once_and_what_was_chosen_stays(visit, database):
    app = visit(new="1")
    app.radio(key="new:mode").set_value("kiosk")
    app = press(app, "new:send")
    assert "2 things to look at" in html(app)
    assert "Choose a questionnaire." in html(app)
    assert "Choose the credential it asks about." in html(app)
    assert app.radio(key="new:mode").value == "kiosk"
    app.selectbox(key="new:instrument").set_value("learner")
    app.multiselect(key="new:about").set_value(["api"])
    app.date_input(key="new:closes").set_value(date(2020, 1, 1))
    app = press(drawn(app.run()), "new:send")
    assert "One thing to look at" in html(app)
    assert "2020-01-01 is past" in html(app)
    assert app.multiselect(key="new:about").value == ["api"]
    with reading(database) as session:
        assert read_survey(session, "learner-api") is None


def test_whoever_comes_for_the_opinion_of_employers_finds_it_chosen_and_may_choose_otherwise(visit):
    app = visit(new="yes", credential="api")
    assert app.selectbox(key="new:instrument").value == "employer"
    assert app.multiselect(key="new:about").value == ["api"]
    assert app.radio(key="new:mode").value == "invitation"
    app.radio(key="new:mode").set_value("link")
    assert drawn(app.run()).radio(key="new:mode").value == "link"
    assert visit(new="yes", credential="no-such").multiselect(key="new:about").value == []


def test_a_survey_is_opened_in_its_zone_and_its_page_says_what_comes_next(visit, database):
    app = visit(new="1")
    app.selectbox(key="new:instrument").set_value("learner")
    app.multiselect(key="new:about").set_value(["api"])
    app.radio(key="new:mode").set_value("invitation")
    app.selectbox(key="new:zone").set_value("Europe/Madrid")
    app.date_input(key="new:opens").set_value(date(2036, 7, 1))
    app.date_input(key="new:closes").set_value(date(2036, 7, 31))
    app = drawn(app.run())
    app.multiselect(key="new:languages:learner").set_value(["de", "en"])
    app = press(drawn(app.run()), "new:send")
    assert app.query_params["of"] == "learner-api"
    assert "Now make the invitations." in html(app)
    with reading(database) as session:
        opened = read_survey(session, "learner-api")
    assert (opened.mode, opened.zone, opened.languages) == ("invitation", "Europe/Madrid", ["en", "de"])
    assert opened.closes == datetime(2036, 7, 31, 21, 59, 59, tzinfo=UTC)


def test_links_are_offered_once_and_forgotten_when_one_has_them(visit, database):
    app = visit(of="invited")
    app.number_input(key="count:invited").set_value(12)
    app = drawn(app.run())
    app = press(app, "make:invited")
    assert "12 links are made. Download the file now: it is the only copy." in html(app)
    assert "12 links were made; fewer than 5 were used." in html(app)
    made = made_in(app)
    assert made
    rows = list(csv.DictReader(io.StringIO(links_csv(made.links).decode())))
    assert len({row["link"] for row in rows}) == 12
    assert all(row["link"].startswith("https://feedback.example.org/s/") for row in rows)
    shown = read_one(database)
    assert handing.cards(shown, handing.instrument_of(shown), made.links, None).count(b"<svg") == 12
    app = press(app, "forget:invited")
    assert made_in(app) is None
    assert "only copy" not in html(app)


def read_one(database, slug="invited"):
    with reading(database) as session:
        return read_survey(session, slug)


def test_s43_contacts_of_the_catalogue_are_invited_by_those_who_may_ask_in_the_whole_institution(
    visit, database, comes
):
    employer, opens = shell.instruments()["employer"].version, datetime.now(UTC) - timedelta(days=2)
    about = {"instrument": "employer", "mode": "invitation", "credentials": ["sql"], "languages": ["en"]}
    with transaction(database) as session:
        open_survey(session, Survey(slug="rate", version=employer, opens=opens, **about))
    ways = list(inviting.WAYS.values())
    assert visit(of="rate").radio(key="whom:rate").options == ways
    assert visit(of="rate").radio(key="whom:rate").value == "number"
    assert visit(of="rate", whom="catalogue").radio(key="whom:rate").value == "catalogue"
    comes(with_role("lead", "programme:data"))
    assert visit(of="rate", whom="catalogue").radio(key="whom:rate").options == ways[:2]


def test_a_file_of_contacts_is_checked_whole_and_nobody_is_invited_by_a_wrong_one(visit, database):
    app = visit(of="invited")
    app.radio(key="whom:invited").set_value("file")
    app = drawn(app.run())
    wrong = b"email,language\nno address,tlh\n"
    app.file_uploader(key="file:invited").set_value(("c.csv", wrong, "text/csv"))
    app = drawn(app.run())
    assert "c.csv, line 2, column &quot;email&quot;" in html(app)
    assert "Nobody is invited yet. Mend the file, then choose it again." in html(app)
    assert "this survey is asked in en, de." in html(app)
    assert not any(each.key == "make:invited" for each in app.button)
    right = "name,email\nÁnn,ann@example.org\nBob,\n".encode()
    app.file_uploader(key="file:invited").set_value(("c.csv", right, "text/csv"))
    app = drawn(app.run())
    assert "2 people, 1 with an address." in html(app)
    app = press(app, "make:invited")
    made = made_in(app)
    assert [each.cells["name"] for each in made.links] == ["Ánn", "Bob"]
    assert not made.with_cards, "cards are for nobody in particular"


def test_without_mail_the_page_says_what_is_missing_and_offers_no_message(visit, database):
    with transaction(database) as session:
        invitations.make(session, "invited", [Person("ann@example.org")], key=KEY)
    app = visit(of="invited")
    assert "Reminders leave from here once mail can be sent" in html(app)
    assert not any(str(each.key).startswith(("send:", "remind:")) for each in app.button)


def test_with_mail_the_button_says_how_many_messages_leave(visit, database, monkeypatch):
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("FEEDBACK_MAIL_FROM", "feedback@example.org")
    forget()
    app = visit(of="invited")
    app.radio(key="whom:invited").set_value("file")
    app = drawn(app.run())
    people = b"email\nann@example.org\nbob@example.org\n"
    app.file_uploader(key="file:invited").set_value(("c.csv", people, "text/csv"))
    app = drawn(app.run())
    assert app.button(key="send:invited").label == "Send 2 invitations"
    app = press(app, "send:invited")
    assert "2 messages leave shortly." in html(app)
    with reading(database) as session:
        assert len(invitations.unanswered(session, "invited")) == 2


def test_what_cannot_be_undone_is_asked_twice(visit, database):
    with transaction(database) as session:
        invitations.make(session, "invited", [Person()] * 3, key=KEY)
    assert "Answers given stay. This is final." in html(press(visit(of="invited"), "revoke:invited"))
    assert "Nobody can begin it any more" in html(press(visit(of="invited"), "until:invited:close"))
    with reading(database) as session:
        assert invitations.tally(session, "invited") == (3, 0, 0)
        assert read_survey(session, "invited").closes is None


def test_the_survey_of_a_round_of_review_is_neither_opened_to_others_nor_closed_here(visit, database):
    over = datetime.now(UTC).date()
    with transaction(database) as session:
        invitations.make(session, "invited", [Person()] * 2, key=KEY)
        keep_round(session, Round("1" * 32, "sql", "yearly", over, "invited", ["r1", "r2"], over, None))
    app = visit(of="invited")
    assert "the two reviewers of a round" in html(app)
    assert "Has somebody forgotten?" in html(app)
    assert [each.key for each in (*app.button, *app.radio, *app.date_input) if "invited" in str(each.key)] == []


def test_a_survey_is_kept_open_longer(visit, database):
    app = visit(of="linked")
    app.date_input(key="until:linked").set_value(date(2036, 7, 31))
    app = drawn(app.run())
    assert app.button(key="until:linked:button").label == "Keep it open to 31 July 2036"
    app = press(app, "until:linked:button")
    assert "Open to 31 July 2036 now." in html(app)
    assert read_one(database, "linked").closes == datetime(2036, 7, 31, 23, 59, 59, tzinfo=UTC)


def test_a_day_that_is_past_is_refused_in_words(visit, database):
    app = visit(of="linked")
    app.date_input(key="until:linked").set_value(date(2020, 1, 1))
    app = press(drawn(app.run()), "until:linked:button")
    assert "cannot close at 2020-01-01" in html(app)
    assert read_one(database, "linked").closes is None


def test_a_closed_survey_is_opened_again_to_a_day_that_is_chosen_anew(visit, database):
    with transaction(database) as session:
        surveys.close(session, "linked")
    app = visit(of="linked")
    assert app.date_input(key="until:linked:again").value is None
    app.date_input(key="until:linked:again").set_value(date(2036, 7, 31))
    app = drawn(app.run())
    assert app.button(key="until:linked:button").label == "Open it again to 31 July 2036"
    app = press(app, "until:linked:button")
    assert "Open to 31 July 2036 now." in html(app)
    assert app.date_input(key="until:linked").value == date(2036, 7, 31)


def test_who_may_only_ask_is_told_who_opens_a_closed_survey_again(visit, database, comes):
    with transaction(database) as session:
        surveys.close(session, "linked")
    comes(with_role("lead"))
    app = visit(of="linked")
    assert "Only an administrator can open it again" in html(app)
    assert not [each for each in app.button if each.key == "until:linked:button"]
    assert not [each for each in app.date_input if each.key == "until:linked:again"]

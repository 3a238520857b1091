"""The way through a form: its steps, its slips, what is kept, and what a respondent sees in the end."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme, Reviewer
from feedback.settings import data_folder, project_folder
from feedback.store.catalogue import save
from feedback.store.database import open_database, reading, transaction
from feedback.store.surveys import Survey, open_survey
from feedback.survey.instrument import read_instruments
from feedback.survey.setting import Setting, Subject, drawn_blocks
from feedback.survey.submission import Slip, Submission, check_answers
from feedback.survey.wording import slip_text, word
from feedback.ui import collecting, minute
from feedback.ui.filling import Form
from tests.ui.drawing import drawn, forget, html

INSTRUMENTS = read_instruments(data_folder() / "instruments")
LEARNER, EMPLOYER = INSTRUMENTS["learner"], INSTRUMENTS["employer"]
NOW = datetime.now(UTC)
OTHERS = ("cloud", "design", "stats")
OWN = {
    "id": "local_room", "section": "local", "kind": "scale", "scale": "agree5",
    "text": {"en": "The room was quiet.", "ar": "كانت القاعة هادئة."},
}  # fmt: skip


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with one credential and surveys of learners in every state."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        save(
            session,
            [
                Programme(slug="data", title="Data"),
                Credential(slug="badge", title="Badge *A*", kind="badge", programme="data"),
                *(Credential(slug=each, title=each.title(), kind="badge", programme="data") for each in OTHERS),
                Reviewer(slug="reviewer-1", name="First Reviewer"),
                Reviewer(slug="reviewer-2", name="Second Reviewer"),
                Reviewer(slug="reviewer-3", name="Third Reviewer", active=False),
            ],
        )
        month, hour = timedelta(days=30), timedelta(hours=1)
        for slug, instrument, version, opens, closes, mode in (
            ("open", "learner", LEARNER.version, NOW - month, None, "kiosk"),
            ("open-2", "learner", LEARNER.version, NOW - month, None, "kiosk"),
            ("closed", "learner", LEARNER.version, NOW - month, NOW - hour, "link"),
            ("later", "learner", LEARNER.version, NOW + hour, None, "link"),
            ("old", "learner", LEARNER.version + 1, NOW - month, None, "link"),
            ("employers", "employer", EMPLOYER.version, NOW - month, None, "link"),
        ):
            open_survey(
                session,
                Survey(
                    slug=slug, instrument=instrument, version=version, opens=opens, closes=closes, mode=mode,
                    languages=["en", "ar"], credentials=["badge"],
                ),
            )  # fmt: skip
        for slug, instrument, credentials, own in (
            ("pairs", "employer_pairs", ["badge", *OTHERS], []),
            ("review", "expert", ["badge", "cloud"], []),
            ("own", "learner", ["badge"], [OWN]),
            ("own-broken", "learner", ["badge"], [OWN | {"scale": "gone"}]),
        ):
            open_survey(
                session,
                Survey(
                    slug=slug, instrument=instrument, version=1, opens=NOW - month, languages=["en", "ar"],
                    credentials=credentials, local_questions=own,
                ),
            )  # fmt: skip
    yield engine
    engine.dispose()
    forget()


def drawing(instrument, *blocks: str) -> str:
    """The secret of a form whose sitting draws these blocks."""
    secrets = (f"{number:030d}" for number in range(1000))
    return next(secret for secret in secrets if drawn_blocks(instrument, secret) == set(blocks))


@pytest.fixture
def visit(database):
    """Open a survey's form as a respondent does."""

    def go(survey: str, page: str = "learner_survey") -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=30)
        app.switch_page(f"pages/{page}.py")
        app.query_params["survey"] = survey
        return drawn(app.run())

    return go


def press(app: AppTest, name: str) -> AppTest:
    return drawn(app.button(key=name).click().run())


def rows(database) -> int:
    with reading(database) as session:
        return session.connection().execute(text("SELECT count(*) FROM responses")).scalar_one()


def to_the_end(app: AppTest, survey: str = "open") -> AppTest:
    app.radio(key=f"{survey}:worth::en").set_value(4)
    for _ in range(12):
        if any(each.key == f"send:{survey}" for each in app.button):
            return app
        press(app, f"next:{survey}")
    pytest.fail("no end in sight")


# --- in a respondent's hands ------------------------------------------------------------------------------------------


def test_a_missing_answer_is_said_twice_and_what_was_given_stays(visit):
    app = visit("open")
    app.radio(key="open:goals::en").set_value(5)
    press(app, "next:open")
    missing, wording = slip_text(Slip("", None, None, "missing"), "en"), LEARNER.by_id["worth"].text["en"]
    assert word("form.errors_title", "en", count=1) in html(app)
    assert f'<p class="slip" role="alert" id="slip-worth-">{missing}</p>' in html(app)
    assert f'<a href="#slip-worth-">{wording.replace("{credential}", "Badge *A*")}</a>' in html(app)
    assert app.radio(key="open:goals::en").value == 5
    assert app.session_state["form:open"].step == 0


def test_a_comment_too_long_is_said_and_kept(visit, database):
    app = to_the_end(visit("open"))
    long = "word " * 900 + "end"
    app.text_area(key="open:change::en").set_value(long)
    press(app, "send:open")
    assert "This has 4503 characters; there is room for 4000." in html(app)
    assert app.text_area(key="open:change::en").value == long
    assert rows(database) == 0
    app.text_area(key="open:change::en").set_value("Shorter.")
    press(app, "send:open")
    assert app.session_state["form:open"].receipt
    assert rows(database) == 1


def test_slips_of_the_form_as_a_whole_are_said_in_words(visit):
    app = visit("open")
    app.session_state["form:open"].version += 1
    app.radio(key="open:worth::en").set_value(4)
    press(app, "next:open")
    assert f"<li>{slip_text(Slip('', None, None, 'stale_version'), 'en')}</li>" in html(app)


def test_thanks_come_with_the_code_and_the_comment_waits_for_the_worker(visit, database):
    app = to_the_end(visit("open"))
    app.text_area(key="open:change::en").set_value("Secret words")
    press(app, "send:open")
    receipt = app.session_state["form:open"].receipt
    shown = html(app)
    assert shown.index(word("thanks.title", "en")) < shown.index(word("thanks.receipt_label", "en"))
    assert shown.index(word("thanks.receipt_label", "en")) < shown.index(receipt)
    assert rows(database) == 1
    with reading(database) as session:
        read = session.connection().execute(text("SELECT count(*) FROM comment_readings")).scalar_one()
    assert read == 0


def test_the_next_person_at_a_kiosk_begins_anew_and_leaves_other_forms_alone(visit):
    app = to_the_end(visit("open"))
    app.session_state["form:open-2"] = Form("open-2", 1)
    press(app, "send:open")
    before = app.session_state["form:open"].secret
    drawn(next(each for each in app.button if each.label == word("thanks.another", "en")).click().run())
    assert app.session_state["form:open"].secret != before
    assert app.session_state["form:open"].answers == {}
    assert app.session_state["form:open-2"].survey == "open-2"


@pytest.mark.parametrize(
    ("survey", "key"), [("closed", "survey.closed"), ("later", "survey.closed"), ("old", "slips.stale_version")]
)
def test_a_survey_that_takes_no_answers_says_so_at_once(visit, survey, key):
    app = visit(survey)
    assert [each.value for each in app.warning] == [word(key, "en")]
    assert not app.radio
    assert f"form:{survey}" not in app.session_state


def test_a_number_beyond_its_bounds_and_a_maximum_are_said_in_words(visit):
    app = visit("open")
    app.session_state["form:open"].secret = drawing(LEARNER, "benefits", "shown")
    app.session_state["form:open"].answers = {"worth": 4, "length": 1, "weeks_wanted": 500}
    app.session_state["form:open"].step = 1
    drawn(app.run())
    assert app.number_input(key="open:weeks_wanted::en").value == 500
    press(app, "next:open")
    assert "Please give a number from 1 to 104." in html(app)
    app.number_input(key="open:weeks_wanted::en").set_value(8)
    for _ in range(3):
        press(app, "next:open")
        if any("benefits_wanted" in str(each.key) for each in app.checkbox):
            break
    assert word("form.choose_at_most", "en", maximum=2) in html(app)


def test_who_met_a_foil_is_told_in_the_end(visit):
    app = visit("employers", "employer_rating")
    form = app.session_state["form:employers"]
    form.receipt, form.foil = "R0W3-114Y-69AE-N0S4", False
    assert word("thanks.foil_note", "en") not in html(drawn(app.run()))
    app.session_state["form:employers"].foil = True
    assert word("thanks.foil_note", "en") in html(drawn(app.run()))


def test_a_form_in_arabic_sets_titles_apart(visit):
    app = visit("open")
    app.session_state["language:open"] = "ar"
    drawn(app.run())
    assert "\u2068Badge \\*A\\*\u2069" in app.radio(key="open:worth::ar").label


def test_an_address_of_no_survey_offers_the_open_ones(visit):
    app = visit("no-such")
    assert [each.value for each in app.warning] == [word("survey.not_found", "en")]
    assert collecting.TITLES["learner"] in html(app)


def test_what_is_chosen_alone_takes_the_other_ticks_away_and_gives_way_to_them(visit):
    app = visit("open")
    app.session_state["form:open"].secret = drawing(LEARNER, "benefits", "shown")
    app.session_state["form:open"].answers = {"worth": 4, "shown": ["cv"]}
    app.session_state["form:open"].step = 4
    drawn(app.run())
    shown = LEARNER.by_id["shown"]
    [alone] = shown.exclusive_ids
    other = next(option for option in shown.option_ids if option != alone)
    box = {option: f"open:shown::en:{option}" for option in shown.option_ids}
    drawn(app.checkbox(key=box[other]).check().run())
    drawn(app.checkbox(key=box[alone]).check().run())
    assert app.session_state["form:open"].answers["shown"] == [alone]
    assert not app.checkbox(key=box[other]).value
    drawn(app.checkbox(key=box[other]).check().run())
    assert app.session_state["form:open"].answers["shown"] == [other]
    assert not app.warning


def test_local_questions_come_last_and_are_kept_with_the_rest(visit, database):
    app = to_the_end(visit("own"), "own")
    assert word("form.local_title", "en") in html(app)
    app.radio(key="own:local_room::en").set_value(2)
    press(app, "send:own")
    assert app.session_state["form:own"].receipt
    with reading(database) as session:
        kept = session.connection().execute(text("SELECT answers FROM responses")).scalar_one()
    assert '"local_room":2' in kept.replace(" ", "")


def test_local_questions_that_no_longer_fit_close_the_form_in_words(visit):
    app = visit("own-broken")
    assert [each.value for each in app.warning] == [word("slips.stale_version", "en")]


def pair_buttons(app: AppTest) -> list:
    return [each for each in app.button if str(each.key).startswith("pairs:pairs:") and str(each.key).count("|")]


def begin_pairs(visit, monkeypatch) -> AppTest:
    monkeypatch.setattr(minute, "SOONEST", 0)
    app = visit("pairs", "employer_rating")
    app.text_input(key="pairs:organisation::en").set_value("Mill")
    return press(app, "next:pairs")


def test_pairs_come_one_at_a_time_none_twice_and_what_was_chosen_is_sent_at_any_time(visit, database, monkeypatch):
    app, put = begin_pairs(visit, monkeypatch), []
    for _ in range(3):
        first, second, same = pair_buttons(app)
        pair = str(first.key).split(":")[2]
        assert {str(first.key).rsplit(":", 1)[1], str(second.key).rsplit(":", 1)[1]} == set(pair.split("|"))
        assert same.label == word("form.same", "en")
        put.append(pair)
        drawn(first.click().run())
    assert len(set(put)) == 3
    assert word("form.pairs", "en", count=3) in html(app)
    press(app, "send:pairs")
    assert app.session_state["form:pairs"].receipt
    with reading(database) as session:
        kept = session.connection().execute(text("SELECT answers FROM responses")).scalar_one()
    assert all(pair in kept for pair in put)
    assert rows(database) == 1


def test_the_last_choice_can_be_taken_back_and_the_pairs_come_to_an_end(visit, monkeypatch):
    app = begin_pairs(visit, monkeypatch)
    for _ in range(6):  # four credentials make six pairs
        drawn(pair_buttons(app)[2].click().run())
    assert pair_buttons(app) == []
    assert word("form.pairs_done", "en") in html(app)
    press(app, "pairs:pairs::undo")
    assert len(app.session_state["form:pairs"].answers["pairs"]) == 5
    assert len(pair_buttons(app)) == 3


def test_the_second_half_of_a_double_click_chooses_nothing(visit, monkeypatch):
    app = begin_pairs(visit, monkeypatch)
    monkeypatch.setattr(minute, "SOONEST", 3600)
    drawn(pair_buttons(app)[0].click().run())
    drawn(pair_buttons(app)[0].click().run())
    assert len(app.session_state["form:pairs"].answers["pairs"]) == 1


def test_after_a_minute_it_says_so_and_nothing_is_taken_away(visit, monkeypatch):
    app = begin_pairs(visit, monkeypatch)
    drawn(pair_buttons(app)[0].click().run())
    app.session_state["form:pairs"].begun -= 61
    drawn(app.run())
    assert word("form.minute_over", "en") in html(app)
    assert len(app.session_state["form:pairs"].answers["pairs"]) == 1
    assert len(pair_buttons(app)) == 3


def review(visit, reviewer: str, database) -> str:
    """Review the badge as somebody; the receipt."""
    app = visit("review", "expert_review")
    assert [each.key for each in app.radio] == []
    drawn(app.selectbox(key="who:review").set_value(reviewer).run())
    drawn(app.radio(key="pick:review").set_value("badge").run())
    app.radio(key="review:independence::en").set_value("independent")
    drawn(app.radio(key="review:stage::en").set_value("beta").run())
    for _ in range(8):
        for each in list(app.radio):
            if each.value is None and str(each.key).startswith("review:"):
                drawn(app.radio(key=each.key).set_value(each.options and _first(each)).run())
        last = [each for each in app.button if each.key == "send:review"]
        press(app, "send:review" if last else "next:review")
        if app.session_state["form:review"].receipt:
            return app.session_state["form:review"].receipt
    return pytest.fail("no end in sight")


def _first(radio) -> object:
    question = INSTRUMENTS["expert"].by_id[str(radio.key).split(":")[1]]
    return question.steps[0] if question.scale else question.option_ids[0]


def test_two_reviewers_review_alone_and_are_told_apart_by_their_role(visit, database):
    receipts = {review(visit, reviewer, database) for reviewer in ("reviewer-1", "reviewer-2")}
    assert len(receipts) == 2
    with reading(database) as session:
        found = session.connection().execute(text("SELECT role, organisation FROM responses ORDER BY role")).all()
    assert [tuple(row) for row in found] == [("reviewer-1", None), ("reviewer-2", None)]


def test_who_has_reviewed_is_told_so_and_not_asked_again_but_for_another_credential(visit, database):
    review(visit, "reviewer-1", database)
    app = visit("review", "expert_review")
    drawn(app.selectbox(key="who:review").set_value("reviewer-1").run())
    drawn(app.radio(key="pick:review").set_value("badge").run())
    assert "already kept under this name" in app.warning[0].value
    assert not [each for each in app.radio if each.key == "review:independence::en"]
    drawn(app.radio(key="pick:review").set_value("cloud").run())
    assert not app.warning
    drawn(app.radio(key="pick:review").set_value("badge").run())
    drawn(app.selectbox(key="who:review").set_value("reviewer-2").run())
    assert not app.warning


def test_only_active_reviewers_may_review_and_nothing_is_asked_before(visit):
    app = visit("review", "expert_review")
    assert app.selectbox(key="who:review").options == ["First Reviewer", "Second Reviewer"]
    assert not app.button
    assert word("review.two", "en") in html(app)


# --- what stands behind it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "begun", "refused"),
    [(-1, False, ""), (1, False, "survey.closed"), (1, True, ""), (14, True, ""), (15, True, "survey.closed")],
)
def test_who_has_begun_may_finish_within_the_grace(minutes, begun, refused):
    survey = Survey(slug="s", instrument="learner", version=1, opens=NOW - timedelta(days=1), closes=NOW)
    assert collecting._refused(survey, LEARNER, NOW + timedelta(minutes=minutes), begun=begun) == refused


def test_sending_twice_with_the_same_secret_keeps_one_row(database):
    setting = Setting((Subject("badge", "Badge A"),))
    checked = check_answers(LEARNER, {"worth": 4}, survey="open", version=1, language="en", setting=setting)
    assert isinstance(checked, Submission)
    secret = Form("open", 1).secret
    first, second = (collecting._save(database, checked, LEARNER, secret) for _ in range(2))
    assert (first.repeated, second.repeated) == (False, True)
    assert first.receipt == second.receipt
    assert rows(database) == 1


def test_only_the_keys_of_exactly_this_survey_are_its_own():
    own = (
        "form:s",
        "language:s",
        "pick:s",
        "who:s",
        "back:s",
        "next:s",
        "send:s",
        "s:worth:",
        "s:awareness:foil:f",
        "s:a:b:c",
    )
    others = ("form:s-2", "s-2:worth:", "form:as", "x:s:y", "s", "remove-sample", "other:s", "form:s:x", "s:form")
    assert all(collecting._belongs(key, "s") for key in own)
    assert not any(collecting._belongs(key, "s") for key in others)

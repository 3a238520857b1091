"""Keeping an answer: once, with a receipt, without an author, without an order."""

import re
import string
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Organisation
from feedback.errors import FeedbackError
from feedback.settings import data_folder
from feedback.store.catalogue import read_organisations
from feedback.store.columns import document_text
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.meta import data_version
from feedback.store.receipts import UNKNOWN, fate
from feedback.store.releases import erase
from feedback.store.responses import (
    StoredResponse,
    SurveyClosed,
    delete_endorsements,
    endorsements_of,
    new_secret,
    receipt,
    response_key,
    save_endorsements,
    save_in_order,
    save_many,
    save_submission,
)
from feedback.store.tables import Endorsements, Responses, Surveys, Waiting
from feedback.survey.instrument import read_instruments
from feedback.survey.respondent import organisation_named, respondent_of
from feedback.survey.setting import Setting, Subject
from feedback.survey.submission import Submission, check_answers, setting_for

responses, surveys = table_of(Responses), table_of(Surveys)


def kept(engine):
    with reading(engine) as session:
        return session.connection().execute(select(responses).order_by(responses.c.key)).mappings().all()


def save_one(engine, submission, **how):
    with transaction(engine) as session:
        return save_submission(session, submission, **{"secret": new_secret()} | how)


def test_a_receipt_has_four_groups_without_letters_that_look_alike():
    codes = {receipt(new_secret()) for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


@given(st.text(string.ascii_letters + string.digits + "-_", min_size=22, max_size=60))
def test_key_and_receipt_follow_from_the_secret_and_not_from_each_other(secret):
    assert re.fullmatch("[0-9a-f]{32}", response_key(secret))
    assert (response_key(secret), receipt(secret)) == (response_key(secret), receipt(secret))
    assert response_key(secret) != response_key(secret + "x")
    assert receipt(secret) != receipt(secret + "x")


@pytest.mark.parametrize("secret", ["", "0", "short", "a" * 21, "x" * 201, "a" * 21 + " ", "ü" * 30, "a" * 30 + "\n"])
def test_a_secret_that_is_none_of_ours_is_refused(secret):
    with pytest.raises(FeedbackError, match="secret"):
        response_key(secret)


def test_a_submission_is_kept_as_it_was_given(institution, said):
    before = kept(institution)
    answers = {"worth": 5, "teaching": {"clear": 4, "feedback": "does_not_apply"}, "keep": "Los ejemplos — ¡sí!"}
    secret = new_secret()
    saved = save_one(institution, said(**answers), secret=secret)
    (row,) = kept(institution)
    assert not before
    assert (row["key"], row["about"], row["answers"]) == (response_key(secret), ["data-badge"], answers)
    assert row["month"] == f"{datetime.now(UTC):%Y-%m}"
    assert (row["organisation"], row["role"], row["is_sample"]) == (None, None, False)
    assert saved.receipt == receipt(secret)
    assert not saved.repeated


def test_neither_secret_nor_receipt_nor_a_time_is_in_the_database(institution, said):
    secret = new_secret()
    code = save_one(institution, said(worth=5), secret=secret).receipt
    (row,) = kept(institution)
    written = " ".join(str(value) for value in row.values())
    assert secret not in written
    assert code not in written
    assert code.replace("-", "") not in written
    assert not re.search(r"\d\d:\d\d|\d{4}-\d\d-\d\d", written)


def test_a_receipt_is_found_however_it_is_typed(institution, said):
    code = save_one(institution, said(worth=5)).receipt
    with reading(institution) as session:
        assert fate(session, code).state != UNKNOWN
        assert fate(session, f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ").state != UNKNOWN
        assert fate(session, "0000-0000-0000-0000").state == UNKNOWN
        assert fate(session, "").state == UNKNOWN


def test_a_response_is_erased_by_its_receipt_and_no_other_goes(institution, said, instruments):
    code, other = save_one(institution, said(worth=5)).receipt, save_one(institution, said(worth=1)).receipt
    with transaction(institution) as session:
        assert erase(session, instruments, code, count_voices)
        assert not erase(session, instruments, code, count_voices)
    with reading(institution) as session:
        assert fate(session, code).state == UNKNOWN
        assert fate(session, other).state != UNKNOWN


def test_the_same_form_sent_twice_is_kept_once_with_the_same_receipt(institution, said):
    secret = new_secret()
    first = save_one(institution, said(worth=5), secret=secret)
    with reading(institution) as session:
        version = data_version(session)
    second = save_one(institution, said(worth=1), secret=secret)
    assert (second.receipt, second.repeated) == (first.receipt, True)
    assert [row["answers"] for row in kept(institution)] == [{"worth": 5}]
    with reading(institution) as session:
        assert data_version(session) == version


def test_eight_threads_with_one_secret_keep_one_row(institution, employer_said):
    secret, saved, failed = new_secret(), [], []
    together = threading.Barrier(8)
    submission = employer_said({"endorsement": {"data-badge": "yes"}}, ladder={"data-badge": 3})

    def send() -> None:
        together.wait()
        try:
            firm = Organisation(slug="x", name="Acme")
            saved.append(save_one(institution, submission, secret=secret, organisation=firm))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(each.repeated for each in saved) == [False] + [True] * 7
    assert len({each.receipt for each in saved}) == 1
    assert len(kept(institution)) == 1
    with reading(institution) as session:
        assert len(session.connection().execute(select(table_of(Endorsements))).all()) == 1
        assert [each.name for each in read_organisations(session)] == ["Acme"]


def close(engine, minutes_ago: float, opened_days_ago: float = 3) -> None:
    now = datetime.now(UTC)
    with transaction(engine) as session:
        session.connection().execute(
            update(surveys).values(
                closes=now - timedelta(minutes=minutes_ago), opens=now - timedelta(days=opened_days_ago)
            )
        )


def test_a_form_begun_before_the_close_is_taken_for_a_quarter_of_an_hour(institution, said):
    close(institution, minutes_ago=14)
    assert not save_one(institution, said(worth=5)).repeated
    close(institution, minutes_ago=16)
    with pytest.raises(SurveyClosed, match=r"closed at .* UTC\. Nothing was saved"):
        save_one(institution, said(worth=5))
    assert not save_one(institution, said(worth=5), grace_minutes=20).repeated
    close(institution, minutes_ago=1)
    with pytest.raises(SurveyClosed):
        save_one(institution, said(worth=5), grace_minutes=0)
    assert len(kept(institution)) == 2


def test_a_repeat_after_the_close_still_gets_its_receipt(institution, said):
    secret = new_secret()
    first = save_one(institution, said(worth=5), secret=secret)
    close(institution, minutes_ago=600)
    assert save_one(institution, said(worth=5), secret=secret).receipt == first.receipt


def test_a_survey_that_is_not_open_yet_takes_nothing(institution, said):
    close(institution, minutes_ago=-6000, opened_days_ago=-1)
    with pytest.raises(SurveyClosed, match="opens at"):
        save_one(institution, said(worth=5))
    assert kept(institution) == []


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_month_is_the_one_where_the_survey_is_at_home(institution, said, zone):
    with transaction(institution) as session:
        session.connection().execute(update(surveys).values(zone=zone))
    before = datetime.now(ZoneInfo(zone))
    save_one(institution, said(worth=5))
    (row,) = kept(institution)
    assert row["month"] in {f"{before:%Y-%m}", f"{datetime.now(ZoneInfo(zone)):%Y-%m}"}


@pytest.mark.parametrize("month", ["2026-03-01", "2026-13", "March"])
def test_nothing_finer_than_a_month_is_kept(institution, said, month):
    with pytest.raises(FeedbackError, match="nothing finer than a month"):
        save_one(institution, said(worth=5), month=month)
    assert kept(institution) == []


def test_an_unknown_survey_and_a_strange_instrument_are_refused(institution, said, employer_said):
    from dataclasses import replace

    with pytest.raises(FeedbackError, match='no survey "elsewhere"'):
        save_one(institution, replace(said(worth=5), survey="elsewhere"))
    with pytest.raises(FeedbackError, match="asks learner, not employer"):
        save_one(institution, replace(employer_said(), survey="of-learners"))
    assert kept(institution) == []


def test_an_employer_is_found_by_name_however_it_is_typed(institution, employer_said):
    for name, sector in (("Acme Straße", None), ("  ACME   strasse", "C"), ("Acme Strasse", "J"), ("شركة", None)):
        firm = Organisation(slug="whatever", name=name, sector=sector)
        save_one(institution, employer_said(ladder={"data-badge": 1}), organisation=firm, role="recruiter")
    with reading(institution) as session:
        firms = {each.slug: (each.name, each.sector) for each in read_organisations(session)}
    assert firms == {"acme-strasse": ("Acme Straße", "C"), "organisation": ("شركة", None)}
    assert sorted(row["organisation"] for row in kept(institution)) == ["acme-strasse"] * 3 + ["organisation"]
    assert {row["role"] for row in kept(institution)} == {"recruiter"}


def test_two_names_with_one_slug_are_two_organisations(institution, employer_said):
    for name in ("C & A", "C-A", "c  &  a"):
        save_one(institution, employer_said(gap="x"), organisation=Organisation(slug="c-a", name=name))
    assert sorted(row["organisation"] for row in kept(institution)) == ["c-a", "c-a", "c-a-2"]


def test_an_endorsement_is_a_record_of_its_own_without_the_responses_key(institution, employer_said):
    given = {"data-badge": "in_principle", "sql-course": "no", "foil:cloud": "in_principle"}
    secret = new_secret()
    submission = employer_said({"endorsement": given}, ladder={"data-badge": 4})
    save_one(institution, submission, secret=secret, organisation=Organisation(slug="a", name="Acme"), role="hiring")
    with reading(institution) as session:
        rows = session.connection().execute(select(table_of(Endorsements))).mappings().all()
    assert {row["credential"]: row["answer"] for row in rows} == {"data-badge": "in_principle", "sql-course": "no"}
    assert {(row["organisation"], row["role"], row["withdrawn_on"]) for row in rows} == {("acme", "hiring", None)}
    assert all(response_key(secret) not in map(str, row.values()) for row in rows)
    assert "endorse" not in str(kept(institution)[0]["answers"])


def test_a_record_without_a_place_is_refused_and_nothing_is_kept(institution, employer_said):
    with pytest.raises(FeedbackError, match='no place for the record "pledge"'):
        save_one(institution, employer_said({"pledge": {"data-badge": "yes"}}, gap="x"))
    assert kept(institution) == []


def test_what_an_employer_answered_does_not_hold_the_organisations_name(institution):
    """With the questionnaire that comes along: who answers becomes columns, and is no part of the document."""
    instrument = read_instruments(data_folder() / "instruments")["employer"]
    candidates = [Subject("data-badge", "Data badge"), Subject("sql-course", "SQL course")]
    setting = setting_for(instrument, None, candidates, "seed", "en")
    assert isinstance(setting, Setting)
    setting = replace(setting, blocks=None)  # everything is asked
    profile = {"role": "recruiter", "organisation": "Zyx Works", "sector": "C", "country": "ES"}
    profile["size_band"] = instrument.by_id["size_band"].options[1].id
    raw = profile | {"hiring_decisions": "5-19", "awareness": {one.slug: "never" for one in setting.in_order()}}
    form = {"survey": "of-employers", "version": instrument.version, "language": "en", "setting": setting}
    without = check_answers(instrument, {name: raw[name] for name in raw if name != "organisation"}, **form)
    assert [(slip.question, slip.code) for slip in without] == [("organisation", "missing")]
    submission = check_answers(instrument, raw, **form)
    assert isinstance(submission, Submission), submission
    assert submission.records == {"profile": profile}
    who = respondent_of(instrument, submission)
    save_one(institution, submission, organisation=organisation_named(who), role=who.role)
    (row,) = kept(institution)
    assert (row["organisation"], row["role"]) == ("zyx-works", "recruiter")
    assert set(row["answers"]) == {"hiring_decisions", "awareness"}
    assert "zyx" not in document_text(row["answers"]).lower()
    with reading(institution) as session:
        (firm,) = read_organisations(session)
        assert session.connection().execute(select(table_of(Endorsements))).all() == []
    assert (firm.name, firm.sector, firm.size_band, firm.country) == tuple(
        profile[name] for name in ("organisation", "sector", "size_band", "country")
    )


def test_answers_to_another_version_than_the_surveys_are_refused(institution, said):
    with pytest.raises(FeedbackError, match=r'"of-learners".* version 2 of learner; it takes version 1 only. Open the'):
        save_one(institution, replace(said(worth=4), version=2))
    assert kept(institution) == []
    with transaction(institution) as session:
        session.connection().execute(update(surveys).where(surveys.c.slug == "of-learners").values(version=2))
    with pytest.raises(FeedbackError, match="takes version 2 only"):
        save_one(institution, said(worth=4))
    save_one(institution, replace(said(worth=4), version=2))
    assert [row["version"] for row in kept(institution)] == [2]


def stored(key: str, **more) -> StoredResponse:
    return StoredResponse(
        **{
            "key": key,
            "survey": "of-learners",
            "instrument": "learner",
            "version": 1,
            "language": "en",
            "month": "2026-03",
            "about": ["data-badge"],
            "answers": {"worth": 4},
        }
        | more
    )


def test_many_responses_are_kept_once_and_counted(institution):
    rows = [stored(f"{number:032x}") for number in range(10)]
    told = []
    with transaction(institution) as session:
        assert save_many(session, rows[:6], lambda done, whole: told.append((done, whole))) == 6
    with transaction(institution) as session:
        assert save_many(session, [*rows, rows[9]]) == 4
        assert save_many(session, rows) == 0
        assert save_many(session, []) == 0
    assert told == [(6, 6)]
    assert len(kept(institution)) == 10


def test_rows_that_come_by_key_are_kept_a_few_at_a_time(institution, monkeypatch):
    monkeypatch.setattr("feedback.store.responses._CHUNK", 3)
    taken, told, shared = [], [], {"worth": 4}

    def rows():
        for number in range(8):
            taken.append(number)
            yield stored(f"{number:032x}", answers=shared)

    with transaction(institution) as session:
        assert save_in_order(session, rows(), 8, lambda done, whole: told.append((done, len(taken)))) == 8
        waiting = session.connection().execute(select(table_of(Waiting))).mappings().all()
    assert told == [(3, 3), (6, 6), (8, 8)]
    assert {row["key"]: row["answers"] for row in kept(institution)} == {
        f"{number:032x}": shared for number in range(8)
    }
    assert sorted((row["response"], row["credential"]) for row in waiting) == sorted(
        (f"{number:032x}", credential) for number in range(8) for credential in ("", "data-badge")
    )


def test_endorsements_of_an_import_are_taken_back_with_it_and_no_others(institution):
    def said(month):
        row = stored("a" * 32, survey="of-employers", instrument="employer", month=month)
        return endorsements_of(row, {"data-badge": "no", "foil:cloud": "no"}, date(2026, 3, 5))

    with transaction(institution) as session:
        save_endorsements(session, said("2026-03"))
        save_endorsements(session, [*said("2026-02"), *said("2026-03")], batch="b" * 32)
        save_endorsements(session, said("2026-03"), batch="c" * 32)
        assert delete_endorsements(session, "b" * 32) == 2
        left = session.connection().execute(select(table_of(Endorsements))).mappings().all()
    assert [(row["credential"], row["given_on"]) for row in left] == [("data-badge", date(2026, 3, 5))] * 2
    assert [each["given_on"] for each in said("2026-02")] == [date(2026, 2, 28)] * 2


def test_many_responses_of_which_one_is_wrong_are_not_kept(institution):
    with pytest.raises(FeedbackError, match="month"), transaction(institution) as session:
        save_many(session, [stored("a" * 32), stored("b" * 32, month="2026-03-14")])
    assert kept(institution) == []


# Any JSON document that may pass the check: texts hold no NUL and no lone surrogate; numbers are finite.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
documents = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents, min_size=1, max_size=8))
def test_any_checked_document_comes_back_as_it_was(institution, answers):
    rows = {f"{number:032x}": stored(f"{number:032x}", answers=each) for number, each in enumerate(answers)}
    with transaction(institution) as session:
        session.connection().execute(responses.delete())
        save_many(session, list(rows.values()))
    found = {row["key"]: row["answers"] for row in kept(institution)}
    assert found == {key: row.answers for key, row in rows.items()}
    assert [list(document) for document in found.values()] == [list(row.answers) for row in rows.values()]


@pytest.mark.parametrize("bad", ["a\x00b", "\\\x00", "\ud800", float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_what_one_database_could_not_give_back_is_refused_before_either(institution, said, bad):
    with pytest.raises(Exception, match=r"kept as JSON|NUL"):
        save_one(institution, said(keep=bad))
    assert kept(institution) == []


@given(texts | texts.map(lambda text: text + "\\u0000"))
def test_only_a_true_nul_is_taken_for_one(text):
    assert document_text(text)


def test_the_order_in_which_rows_lie_says_nothing_of_when_they_came(institution, said):
    secrets = [new_secret() for _ in range(200)]
    with transaction(institution) as session:
        for secret in secrets:
            save_submission(session, said(worth=3), secret=secret)
    plain = text(
        "SELECT key FROM responses" if institution.dialect.name == "sqlite" else "TABLE responses ORDER BY key"
    )
    with reading(institution) as session:
        lying = list(session.connection().execute(plain).scalars())
    came = {response_key(secret): number for number, secret in enumerate(secrets)}
    correlation = np.corrcoef([came[key] for key in lying], np.arange(200))[0, 1]
    assert len(lying) == 200
    assert abs(correlation) < 0.25  # by chance less than once in two thousand runs


def test_an_erased_answer_cannot_be_found_in_the_file(sqlite_engine, tmp_path):
    from feedback.store.surveys import Survey, open_survey
    from feedback.survey.submission import Submission

    with transaction(sqlite_engine) as session:
        open_survey(session, Survey(slug="s", instrument="learner", version=1, opens=datetime(2026, 1, 1, tzinfo=UTC)))
        said = Submission("learner", 1, "s", "en", (), {"keep": "an unmistakable remark " * 20})
        code = save_submission(session, said, secret=new_secret()).receipt
    with transaction(sqlite_engine) as session:
        erase(session, {}, code, count_voices)
    sqlite_engine.dispose()  # the last connection folds the write-ahead log into the file
    assert all(b"unmistakable" not in path.read_bytes() for path in tmp_path.glob("only.db*"))

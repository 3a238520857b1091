"""Versions of questionnaires: kept as their files said them, and read again when the file has long moved on."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from feedback.errors import Refused
from feedback.settings import data_folder
from feedback.store.database import reading, transaction
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.store.versions import keep_versions, read_version
from feedback.survey.instrument import read_instrument_text, read_instrument_texts
from feedback.survey.submission import Submission

SCALES = """
languages = ["en"]
[[scales]]
id = "agree"
kind = "unipolar"
values = [{value = 1, label = {en = "no"}}, {value = 2, label = {en = "yes"}}]
"""


def source(version, ask="Was it worth it?"):
    return f"""
id = "minute"
version = {version}
audience = "learner"
languages = ["en"]
title = {{en = "A minute"}}
[[sections]]
id = "all"
title = {{en = "All"}}
[[questions]]
id = "worth"
section = "all"
kind = "scale"
construct = "overall"
scale = "agree"
text = {{en = "{ask}"}}
"""


def keep(engine, *sources):
    files = {one: (read_instrument_text(one, SCALES, "minute.toml"), one, SCALES) for one in sources}
    with transaction(engine) as session:
        return keep_versions(session, files)


def read(engine, version, name="minute"):
    with reading(engine) as session:
        return read_version(session, name, version)


def test_what_was_never_kept_is_not_there(engine):
    assert keep(engine) == 0
    assert read(engine, 1) is None


def test_every_shipped_questionnaire_comes_back_as_it_is_read_today(engine):
    files = read_instrument_texts(data_folder() / "instruments")
    with transaction(engine) as session:
        assert keep_versions(session, files) == len(files)
        assert keep_versions(session, files) == 0
    for instrument, _, _ in files.values():
        assert read(engine, instrument.version, instrument.id) == instrument


def test_an_older_version_stays_when_the_file_moves_on(engine):
    keep(engine, source(1))
    keep(engine, source(2, "Would you do it again?"))
    assert read(engine, 1).by_id["worth"].text == {"en": "Was it worth it?"}
    assert read(engine, 2).by_id["worth"].text == {"en": "Would you do it again?"}
    assert read(engine, 3) is None


def test_a_slip_that_was_mended_is_mended(engine):
    keep(engine, source(1, "Was it worht it?"))
    assert read(engine, 1).by_id["worth"].text == {"en": "Was it worht it?"}
    assert keep(engine, source(1)) == 1
    assert read(engine, 1).by_id["worth"].text == {"en": "Was it worth it?"}


def test_the_same_version_is_read_once(engine):
    keep(engine, source(1))
    assert read(engine, 1) is read(engine, 1)


def test_what_cannot_be_read_any_more_says_which_version(engine):
    keep(engine, source(1))
    with transaction(engine) as session:
        spoilt = "UPDATE instrument_versions SET source = 'id =', digest = 'spoilt'"
        session.connection().execute(text(spoilt))
    with pytest.raises(Refused, match="minute, version 1"):
        read(engine, 1)


def test_a_survey_of_an_older_version_takes_answers_to_it(engine):
    keep(engine, source(1))
    with transaction(engine) as session:
        open_survey(session, Survey(slug="s", instrument="minute", version=1, opens=datetime(2026, 1, 1, tzinfo=UTC)))
    keep(engine, source(2))
    asked = read(engine, 1)
    with transaction(engine) as session:
        said = Submission(asked.id, asked.version, "s", "en", (), {"worth": 2})
        assert not save_submission(session, said, secret=new_secret()).repeated

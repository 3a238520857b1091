"""Problems are said all at once, each with its place; the log never has the words of a failure."""

import logging
import pickle

import pytest

from feedback.errors import Problem, Refused, be_careful, number_of, suggest


def test_a_refusal_says_every_problem_on_its_own_line():
    refused = Refused([Problem("a.csv, line 2", "found x."), Problem("a.csv, line 3", "found y.")])
    assert str(refused).splitlines() == ["a.csv, line 2: found x.", "a.csv, line 3: found y."]


def test_a_refusal_keeps_its_problems_from_one_process_to_another():
    refused = pickle.loads(pickle.dumps(Refused([Problem("a.csv, line 2", "found x."), Problem("b.csv", "found y.")])))
    assert [str(each) for each in refused.problems] == ["a.csv, line 2: found x.", "b.csv: found y."]


def test_a_near_word_is_offered_and_a_far_one_is_not():
    assert suggest("micro-credentail", ["micro-credential", "badge"]) == ' Did you mean "micro-credential"?'
    assert suggest("zebra", ["micro-credential", "badge"]) == ""


@pytest.fixture
def careful(monkeypatch, caplog):
    """What is logged, carefully, as text."""
    monkeypatch.setattr(logging, "_logRecordFactory", logging.LogRecord)  # put back afterwards
    be_careful()
    return caplog


@pytest.mark.parametrize("logger", ["streamlit.runtime.backend_operation_handler", "uvicorn.error", "asyncio", None])
def test_whoever_logs_a_failure_logs_none_of_its_words(careful, logger, monkeypatch):
    log = logging.getLogger(logger)
    monkeypatch.setattr(log, "disabled", False)  # whatever a server started by another test has set up
    monkeypatch.setattr(log, "propagate", False)
    monkeypatch.setattr(log, "handlers", [careful.handler])
    careful.set_level(logging.DEBUG, logger)
    try:
        raise ValueError("MY SECRET ANSWER")
    except ValueError as error:
        found = error
        log.exception("a file could not be made: %s", error)
        log.warning("a file could not be made: %s", error)
    assert "MY SECRET ANSWER" not in careful.text
    assert [number_of(found) in each.getMessage() for each in careful.records] == [True, True]
    assert "builtins.ValueError at test_errors.py" in careful.messages[0]


def test_what_is_no_failure_is_logged_as_it_is(careful):
    logging.getLogger("feedback").warning("%s of %d", "one", 2)
    logging.getLogger("feedback").warning("%(some)s", {"some": "words"})
    assert careful.messages == ["one of 2", "words"]

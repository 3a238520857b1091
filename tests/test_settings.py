"""Settings come from the environment; a wrong one is named, with what was found and what is allowed."""

import pytest

from feedback.errors import Refused
from feedback.settings import read_settings


def test_without_an_environment_the_database_is_embedded(monkeypatch):
    monkeypatch.delenv("FEEDBACK_DATABASE_URL", raising=False)
    assert read_settings().database_url.startswith("sqlite:///")
    assert read_settings().minimum_group == 5


def test_every_wrong_setting_is_named_at_once(monkeypatch):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "mysql://nowhere")
    monkeypatch.setenv("FEEDBACK_MINIMUM_GROUP", "2")
    with pytest.raises(Refused) as refused:
        read_settings()
    places = [problem.where for problem in refused.value.problems]
    assert places == ["setting FEEDBACK_DATABASE_URL", "setting FEEDBACK_MINIMUM_GROUP"]
    assert "mysql://nowhere" in str(refused.value)
    assert "greater than or equal to 3" in str(refused.value)

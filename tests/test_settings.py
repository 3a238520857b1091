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


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("sqlite:///x.db", "sqlite:///{here}/x.db"),
        ("sqlite:///in/x y.db?timeout=3", "sqlite:///{here}/in/x y.db?timeout=3"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("postgresql://ann@db/x.db", "postgresql://ann@db/x.db"),
    ],
)
def test_a_database_file_is_the_same_from_every_folder(monkeypatch, tmp_path, given, kept):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", given)
    assert read_settings().database_url == kept.format(here=tmp_path)


@pytest.mark.parametrize("given", ["sqlite:///:memory:", "sqlite:///", "sqlite:///?mode=memory"])
def test_a_database_in_memory_is_refused(monkeypatch, given):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", given)
    with pytest.raises(Refused, match="must name a file"):
        read_settings()


def test_by_default_the_app_starts_the_worker_and_messages_wait(monkeypatch):
    for name in ("WORKER", "SMTP_URL", "MAIL_FROM"):
        monkeypatch.delenv(f"FEEDBACK_{name}", raising=False)
    read = read_settings()
    assert (read.worker, read.smtp_url.get_secret_value(), read.mail_from) == ("embedded", "", "")


def test_the_password_of_the_mail_server_shows_nowhere(monkeypatch):
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "smtps://ann:sesame@mail.example.org")
    monkeypatch.setenv("FEEDBACK_MAIL_FROM", "feedback@example.org")
    assert "sesame" not in repr(read_settings())
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "imap://ann:sesame@mail.example.org")
    with pytest.raises(
        Refused, match="setting FEEDBACK_SMTP_URL: found something else; it must begin with smtp"
    ) as told:
        read_settings()
    assert "sesame" not in str(told.value)


def test_mail_needs_an_address_it_comes_from(monkeypatch):
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "smtps://mail.example.org")
    monkeypatch.delenv("FEEDBACK_MAIL_FROM", raising=False)
    with pytest.raises(Refused, match=r"setting FEEDBACK_MAIL_FROM: .*feedback@example\.org"):
        read_settings()


def test_the_worker_is_embedded_or_separate(monkeypatch):
    monkeypatch.setenv("FEEDBACK_WORKER", "elsewhere")
    with pytest.raises(Refused, match=r"setting FEEDBACK_WORKER: found 'elsewhere'.*'embedded' or 'separate'"):
        read_settings()

"""Every setting: its name, default and meaning. Read once, at the edge; everyone else gets plain arguments."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from feedback.errors import Problem, Refused

SQLITE = "sqlite:///"
MAIL = ("smtp://", "smtp+starttls://", "smtps://")


def project_folder() -> Path:
    """The folder that holds app.py, pages/ and data/."""
    return Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """The folder of instruments, topics, locales and sample files, and (by default) of the embedded database."""
    return project_folder() / "data"


class Settings(BaseSettings):
    """Settings from the environment (prefix FEEDBACK_). A wrong value is refused with its name and what is allowed."""

    model_config = SettingsConfigDict(env_prefix="FEEDBACK_", extra="ignore")

    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'feedback.db'}",
        description="Where everything is kept: sqlite:///path or postgresql://user:password@host/name.",
    )
    minimum_group: int = Field(
        default=5, ge=3, le=100, description="Fewer people than this, and nothing of a group is shown."
    )
    minimum_organisations: int = Field(
        default=3, ge=2, le=50, description="Employers' answers are shown from this many organisations on."
    )
    finish_credentials: int = Field(
        default=60,
        ge=0,
        le=10_000,
        description="With no more credentials than this, the findings on each are worked out before anybody asks.",
    )
    public_url: str = Field(default="", description="The address people reach the app at; links are built on it.")

    worker: Literal["embedded", "separate"] = Field(
        default="embedded",
        description="embedded: the app starts the worker itself; separate: `feedback worker` is run beside it.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="The mail server: smtps://user:password@host; without it messages wait."
    )
    mail_from: str = Field(
        default="", validate_default=True, description="The address our messages come from; needed to send any."
    )

    @field_validator("smtp_url")
    @classmethod
    def known_mail_server(cls, url: SecretStr) -> SecretStr:
        """Only its beginning is looked at here; the rest when the worker starts."""
        if url.get_secret_value() and not url.get_secret_value().startswith(MAIL):
            raise ValueError(f"it must begin with {', '.join(MAIL[:-1])} or {MAIL[-1]}")
        return url

    @field_validator("mail_from")
    @classmethod
    def sender_with_a_server(cls, sender: str, others: ValidationInfo) -> str:
        server = others.data.get("smtp_url")
        if server is not None and server.get_secret_value() and "@" not in sender:
            raise ValueError("with FEEDBACK_SMTP_URL it must be an address, as feedback@example.org")
        return sender

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        if not url.startswith((SQLITE, "postgresql://", "postgresql+psycopg://")):
            raise ValueError("it must begin with sqlite:/// or postgresql://")
        return _absolute(url)


def _absolute(url: str) -> str:
    """A database address that means the same file from every folder: the server runs in another than the command."""
    if not url.startswith(SQLITE):
        return url
    path, mark, options = url.removeprefix(SQLITE).partition("?")
    if path in ("", ":memory:"):
        raise ValueError("it must name a file (sqlite:///path): what is only in memory is lost, and no other sees it")
    if path.startswith("file:"):
        return url
    return f"{SQLITE}{Path(path).absolute()}{mark}{options}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises Refused with every wrong one named."""
    return read_settings()


def read_settings() -> Settings:
    """Read the settings afresh from the environment. Raises Refused with every wrong one named."""
    try:
        return Settings()
    except ValidationError as error:
        raise Refused(
            [
                Problem(
                    f"setting FEEDBACK_{'_'.join(map(str, wrong['loc'])).upper()}",
                    f"{_found(wrong['loc'], wrong['input'])}; {wrong['msg'].removeprefix('Value error, ')}.",
                )
                for wrong in error.errors()
            ]
        ) from None


def _found(place: tuple[int | str, ...], given: object) -> str:
    """What was found, unless it is a secret."""
    secret = any(name in place and field.annotation is SecretStr for name, field in Settings.model_fields.items())
    return "found something else" if secret else f"found {str(given)[:60]!r}"

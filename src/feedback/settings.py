"""Every setting: its name, default and meaning. Read once, at the edge; everyone else gets plain arguments."""

import os
from functools import cache, lru_cache
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from secrets import token_hex
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from feedback.errors import Problem, Refused

SQLITE = "sqlite:///"
SHORTEST_SECRET = 32
MAIL = ("smtp://", "smtp+starttls://", "smtps://")


@cache
def project_folder() -> Path:
    """The folder that holds app.py, pages/ and data/."""
    return Path(__file__).resolve().parents[2]


@cache
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
    public_minimum: int = Field(
        default=10,
        ge=3,
        le=1000,
        description="Fewer people than this, and nothing of a group is on pages anybody may read.",
    )
    finish_credentials: int = Field(
        default=60,
        ge=0,
        le=10_000,
        description="With no more credentials than this, the findings on each are worked out before anybody asks.",
    )
    public_url: str = Field(default="", description="The address people reach the app at; links are built on it.")

    secret: SecretStr = Field(
        default=SecretStr(""),
        description="What links, drafts and cookies are sealed with, 32 characters or more; by default a file beside "
        "the embedded database. Keep it apart from the database and its backups.",
    )
    trusted_proxy: str = Field(
        default="",
        description="The address of the proxy in front, whose word on the visitor's address is taken; others' is not.",
    )
    asks_a_year: int = Field(default=4, ge=1, le=50, description="So often at most anybody is written to in a year.")
    days_between_asks: int = Field(
        default=14, ge=0, le=365, description="So many days lie between two messages about different surveys."
    )

    language: str = Field(
        default="en",
        description="The language of reminders to those with an account, by its code, as en, de, es or ar.",
    )

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

    backup_folder: str = Field(
        default="", description="Where `feedback backup` puts backups unless told, and where they are looked for."
    )
    backup_key: SecretStr = Field(
        default=SecretStr(""), description="What backups are encrypted under, 16 characters or more; empty: nothing."
    )

    @field_validator("public_minimum")
    @classmethod
    def as_many_as_inside(cls, number: int, others: ValidationInfo) -> int:
        if number < others.data.get("minimum_group", 0):
            raise ValueError("it must not be below FEEDBACK_MINIMUM_GROUP, the smallest group shown inside")
        return number

    @field_validator("language")
    @classmethod
    def _spoken(cls, language: str) -> str:
        known = [each.stem for each in sorted((data_folder() / "locales").glob("*.toml"))]
        if language not in known:
            raise ValueError(f"it must be one of {', '.join(known)}")
        return language

    @field_validator("smtp_url")
    @classmethod
    def known_mail_server(cls, url: SecretStr) -> SecretStr:
        """Only its beginning is looked at here; the rest when the worker starts."""
        if url.get_secret_value() and not url.get_secret_value().startswith(MAIL):
            raise ValueError(f"it must begin with {', '.join(MAIL[:-1])} or {MAIL[-1]}")
        return url

    @field_validator("secret")
    @classmethod
    def long_enough(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"it must have at least {SHORTEST_SECRET} characters, best random ones")
        return secret

    @field_validator("trusted_proxy")
    @classmethod
    def known_proxy(cls, address: str) -> str:
        if address:
            ip_address(address)
        return address

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


def secret_key(settings: Settings) -> bytes:
    """The key that links, drafts and cookies are made with: 32 bytes that lie outside the database.

    From FEEDBACK_SECRET, else from a file beside the embedded database (with PostgreSQL: in data/), which is made when
    it is absent and only its owner may read. Whoever loses it loses every link sent and every draft. Raises Refused
    when the file cannot be made or is broken.
    """
    given = settings.secret.get_secret_value()
    if given:
        return sha256(given.encode()).digest()
    url = settings.database_url
    database = (
        Path(url.removeprefix(SQLITE).partition("?")[0]) if url.startswith(SQLITE) else data_folder() / "feedback"
    )
    path = database.with_name(f"{database.stem}.key")
    try:
        return _key_in(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Refused(
            [Problem(f"key file {path.name}", f"{reason}. Put the right file back, or set FEEDBACK_SECRET.")]
        ) from None


def _key_in(path: Path) -> bytes:
    """The key of a file. Several processes may make it at once: one does, the others read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{token_hex(8)}")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(token_hex(32))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) != 32:
        raise ValueError("it must hold 64 hexadecimal digits")
    return key


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

"""The plain pages of signing in, asked in this process: an account, a browser, and passwords that cost little."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from feedback.collect import login, passwords
from feedback.collect.answering import Desk
from feedback.collect.place import Place
from feedback.collect.routes import routes
from feedback.policy import Actor, Grant
from feedback.store import accounts
from feedback.store.accounts import COOKIE, Account, actor_of
from feedback.store.database import looking, transaction
from tests.collect.institution import KEY, instruments

PASSWORD = "three grey herons"
_FORM = re.compile(r'name="form" value="([0-9a-f]{64})"')


def made_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost next to nothing to hash."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobodys.cache_clear()


def application(engine: Engine, public_url: str = "") -> Starlette:
    """The plain addresses as they are beside the app."""
    desk = Desk(Place(engine, KEY, instruments(), public_url))
    return Starlette(routes=[*login.routes(desk), *routes(desk)])


def add(engine: Engine, name: str = "Ann", *grants: Grant, password: str = PASSWORD) -> Account:
    """An account with a password ("": none)."""
    with transaction(engine) as session:
        account = accounts.add_account(session, name, f"{name.lower()}@example.org", grants)
        if password:
            accounts.keep_hash(session, account.id, passwords.hashed(password))
    return account


class Browser(TestClient):
    """A browser with cookies of its own. at: the address of its connection."""

    def __init__(self, app: Starlette, at: str = "127.0.0.1", address: str = "http://127.0.0.1:8501") -> None:
        super().__init__(app, base_url=address, client=(at, 50_000), follow_redirects=False)

    def fill_in(
        self, path: str, fields: Mapping[str, str], *, seen: str = "", headers: Mapping[str, str] | None = None
    ):
        """Open a page, and send the form in it."""
        sealed = _FORM.search(self.get(seen or path).text)
        return self.post(path, data={"form": sealed[1] if sealed else "", **fields}, headers=headers)

    def sign_in(self, email: str = "ann@example.org", password: str = PASSWORD, **more: str):
        """Sign in by address and password."""
        return self.fill_in("/login", {"email": email, "password": password, **more})

    def token(self) -> str:
        """The id of its session, "" for none."""
        return self.cookies.get(COOKIE, "")

    def actor(self, engine: Engine) -> Actor:
        """Whoever it is signed in as."""
        with looking(engine) as connection:
            return actor_of(connection, self.token())


@contextmanager
def browser(engine: Engine, **more: str) -> Iterator[Browser]:
    """One browser at an application of its own."""
    with Browser(application(engine), **more) as found:
        yield found

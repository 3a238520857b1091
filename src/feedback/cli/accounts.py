"""`feedback account`: who may come in. The first administrator is made here; there is no password from the start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback.cli.acting import who
from feedback.cli.console import NO_ADDRESS, AsJson, complain, database, report
from feedback.errors import Problem, Refused, suggest
from feedback.policy import PROGRAMME, ROLES, Grant

if TYPE_CHECKING:
    from sqlmodel import Session

    from feedback.store.accounts import Account

WHOSE = "The address they sign in by, or the account's id."
A_ROLE = f"ROLE for the whole institution, ROLE:PROGRAMME or ROLE:credential:SLUG. Roles: {', '.join(ROLES)}."
OVER = "lets nobody in, as somebody real gives roles"
Whose = Annotated[str, typer.Argument(metavar="EMAIL", help=WHOSE)]
AnyRole = Annotated[list[str], typer.Argument(metavar="ROLE...", help=A_ROLE)]


def add(
    name: Annotated[str, typer.Argument(help="Their name, as others see it.")],
    email: Annotated[str, typer.Argument(help="The address they sign in by.")],
    role: Annotated[list[str] | None, typer.Option(help=A_ROLE)] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account and print a link, good for 72 hours and once, to choose a password."""
    from feedback.store import accounts

    grants = [_grant(each) for each in role or []]
    with _changing() as session:
        account = accounts.add_account(session, name, email, grants, by=who())
        token = accounts.add_link(session, account.id, accounts.PASSWORD_LINK, by=who())
    _hand_out(account, token, as_json)


def list_accounts(as_json: AsJson = False) -> None:
    """List who may come in, with their roles."""
    from feedback.store import accounts
    from feedback.store.database import reading

    _, engine = database()
    with reading(engine) as session:
        found = accounts.read_accounts(session)
    lines = [_in_a_line(each) for each in found] or [
        "Nobody yet. Make the first: feedback account add NAME EMAIL --role administrator"
    ]
    facts = [
        {
            "id": one.id,
            "name": one.name,
            "email": one.email,
            "disabled": one.is_disabled,
            "sample": one.is_sample,
            "over": one.is_over,
            "roles": [_said(each) for each in one.grants],
        }
        for one in found
    ]
    report(as_json, "\n".join(lines), accounts=facts)


def give(email: Whose, role: AnyRole, as_json: AsJson = False) -> None:
    """Give somebody roles; they count at once."""
    from feedback.store import accounts

    _change_roles(email, role, as_json, accounts.give, "Given")


def take(email: Whose, role: AnyRole, as_json: AsJson = False) -> None:
    """Take roles away; they count no more at once. The last administrator stays one."""
    from feedback.store import accounts

    _change_roles(email, role, as_json, accounts.take, "Taken")


def disable(email: Whose, as_json: AsJson = False) -> None:
    """Let somebody in no more, and sign them out everywhere."""
    from feedback.store import accounts

    _do(email, as_json, accounts.disable, "Disabled: {name}. Nobody comes in by this account.", disabled=True)


def enable(email: Whose, as_json: AsJson = False) -> None:
    """Let somebody in again."""
    from feedback.store import accounts

    _do(email, as_json, accounts.enable, "{name} may come in again.", disabled=False)


def sign_out(email: Whose, as_json: AsJson = False) -> None:
    """Sign somebody out in every browser."""
    from feedback.store import accounts

    _do(email, as_json, accounts.end_sessions, "{name} is signed out everywhere.", signed_out=True)


def link(email: Whose, as_json: AsJson = False) -> None:
    """Print another link to choose a password; the one before leads nowhere any more."""
    from feedback.store import accounts

    with _changing() as session:
        account = _account(session, email)
        if account.is_disabled:
            raise Refused(
                [Problem("account", f"{account.email} is disabled. Let them in first: feedback account enable")]
            )
        token = accounts.add_link(session, account.id, accounts.PASSWORD_LINK, by=who())
    _hand_out(account, token, as_json)


def _change_roles(email: str, roles: list[str], as_json: bool, change: Callable[..., None], said: str) -> None:
    from feedback.store import accounts

    grants = [_grant(each) for each in roles]
    with _changing() as session:
        account = _account(session, email)
        if change is accounts.take and (wrong := [each for each in grants if each not in account.grants]):
            theirs = f"Theirs: {', '.join(map(_said, account.grants)) or 'none'}."
            raise Refused([Problem("role", f"{account.name} has no {_said(each)}. {theirs}") for each in wrong])
        for grant in grants:
            change(session, account.id, grant, by=who())
        after = _account(session, account.id)
    report(as_json, f"{said}. {_in_a_line(after)}", account=after.id, roles=[_said(each) for each in after.grants])


def _do(email: str, as_json: bool, change: Callable[..., None], words: str, **facts: Any) -> None:
    with _changing() as session:
        account = _account(session, email)
        change(session, account.id, by=who())
    report(as_json, words.format(name=account.name), account=account.id, **facts)


@contextmanager
def _changing() -> "Iterator[Session]":
    from feedback.store.database import transaction

    _, engine = database()
    with transaction(engine) as session:
        yield session
    engine.dispose()


def _account(session: "Session", named: str) -> "Account":
    """The account of an address or id. Raises Refused with the nearest address there is."""
    from feedback.store import accounts

    found = accounts.read_account(session, named)
    if found is None:
        near = suggest(accounts.folded(named), [each.email for each in accounts.read_accounts(session)])
        said = f'there is none of "{named[:100]}".{near} List them: feedback account list'
        raise Refused([Problem("account", said)])
    return found


def _grant(text: str) -> Grant:
    """A role and its scope; a bare slug names a programme.

    >>> _grant("lead"), _grant("lead:data").scope, _grant("owner:credential:sql-course").scope
    (Grant(role='lead', scope=''), 'programme:data', 'credential:sql-course')
    """
    role, _, scope = text.partition(":")
    return Grant(role, scope if not scope or ":" in scope else f"{PROGRAMME}{scope}")


def _said(grant: Grant) -> str:
    return f"{grant.role}:{grant.scope}" if grant.scope else grant.role


def _in_a_line(account: "Account") -> str:
    said = (("disabled", account.is_disabled), ("sample", account.is_sample), (OVER, account.is_over))
    marks = [word for word, holds in said if holds]
    if not (account.has_password or account.is_vouched or account.is_sample):
        marks.append("has not chosen a password yet")
    roles = ", ".join(map(_said, account.grants)) or "no role"
    return f"{account.name} <{account.email}>: {roles}" + (f" ({', '.join(marks)})" if marks else "")


def _hand_out(account: "Account", token: str, as_json: bool) -> None:
    """Print a link: now and never again."""
    from feedback.settings import read_settings

    public = read_settings().public_url.rstrip("/")
    address = f"{public}/enter/{token}"
    words = (
        f"{_in_a_line(account)}\nA link to choose a password, once, within 72 hours; hand it to nobody else:\n{address}"
    )
    report(as_json, words, account=account.id, email=account.email, address=address)
    if not public and not as_json:
        complain(NO_ADDRESS)

"""Accounts: who may sign in, with which roles; browsers that are signed in; links that let somebody in once.

Of the id in a browser's cookie and of the token of a link only a hash is kept. Passwords come here hashed.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
    update,
)
from sqlmodel import Session

from feedback.catalogue.values import is_slug
from feedback.errors import Problem, Refused, suggest
from feedback.policy import (
    ADMINISTRATOR,
    ADMIT,
    AUDITOR,
    COMMITTEE,
    CREDENTIAL,
    LEAD,
    MODERATOR,
    NOBODY,
    OPERATOR,
    PROGRAMME,
    ROLES,
    Actor,
    Grant,
    demand,
)
from feedback.store import audit, meta
from feedback.store.clock import now
from feedback.store.columns import Instant
from feedback.store.inserting import insert, table_of
from feedback.store.prepared import Prepared
from feedback.store.sample import has_sample
from feedback.store.tables import Accounts, Credentials, Grants, Programmes, Sessions, SignInLinks

COOKIE = "feedback_session"
"""The cookie that holds the id of a session."""
LIFE = timedelta(hours=12)
"""So long somebody stays signed in, whatever they do."""
PASSWORD_LINK, SAMPLE_LINK = "password", "sample"
"""What a link is for: to choose a password, or to look at the sample institution."""
LINK_LIFE = {PASSWORD_LINK: timedelta(hours=72), SAMPLE_LINK: timedelta(minutes=30)}
PASSWORD, LINK, OIDC = "password", "link", "oidc"
"""How somebody came in."""
SAMPLE_EMAIL = "sample@localhost"
SAMPLE_ROLES = (ADMINISTRATOR, LEAD, MODERATOR, COMMITTEE, AUDITOR)
LONGEST_NAME, LONGEST_EMAIL = 300, 320
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+")
_CAPITALS = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_LOCK = "accounts"


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in. email: as it is compared, see `folded`. is_sample: of the sample institution.

    has_password: whether they have chosen one. is_vouched: whether they have come in by OIDC. is_over: of the sample,
    where somebody real gives roles.
    """

    id: str
    name: str
    email: str
    grants: tuple[Grant, ...] = ()
    is_disabled: bool = False
    is_sample: bool = False
    has_password: bool = False
    is_vouched: bool = False
    is_over: bool = False

    @property
    def actor(self) -> Actor:
        """Whoever holds it, as the policy knows them; nobody where it lets nobody in."""
        return NOBODY if self.is_disabled or self.is_over else Actor(self.id, self.name, self.grants)


def folded(email: str) -> str:
    """An address as it is kept and compared: only the letters a to z are taken for the same in both sizes.

    More would make one address of two that are not: "straße.example" and "strasse.example".

    >>> folded(" Ann@Example.ORG "), folded("STRAßE@example.org")
    ('ann@example.org', 'straße@example.org')
    """
    return email.strip().translate(_CAPITALS)


# --- who somebody is --------------------------------------------------------------------------------------------------

_A, _G, _S, _L = table_of(Accounts), table_of(Grants), table_of(Sessions), table_of(SignInLinks)
_ADMINS = (
    select(_A.c.id.label("id"), _A.c.is_sample.label("is_sample"))
    .where(_A.c.disabled_on.is_(None), _G.c.account == _A.c.id, _G.c.role == ADMINISTRATOR, _G.c.scope == "")
    .subquery("administrators")
)
_HAS_ADMINISTRATOR = exists().where(not_(_ADMINS.c.is_sample))
_COUNTS = and_(_A.c.disabled_on.is_(None), not_(and_(_A.c.is_sample, _HAS_ADMINISTRATOR)))
"""An account that may come in: the sample's own only until there is a real administrator."""


def _whose(dialect: str, moment: Any) -> Select:
    """Whose session a hash is of: account, name, how, and the roles in one text."""
    joined = func.group_concat if dialect == "sqlite" else func.string_agg
    grants = select(joined(_G.c.role + ":" + _G.c.scope, literal_column("' '"))).where(_G.c.account == _A.c.id)
    held = and_(_S.c.hash == bindparam("hash"), _S.c.ends > moment, _S.c.begun >= _A.c.ended_before)
    return select(_A.c.id, _A.c.name, _S.c.how, grants.correlate(_A).scalar_subquery()).where(
        _S.c.account == _A.c.id, held, _COUNTS
    )


_WHOSE_NOW = Prepared(lambda dialect: _whose(dialect, type_coerce(func.current_timestamp(), Instant)))
_WHOSE_AT = Prepared(lambda dialect: _whose(dialect, bindparam("moment", type_=Instant)))


def actor_of(connection: Connection, token: str, moment: datetime | None = None) -> Actor:
    """Whose session it is, with the roles of this moment; NOBODY when it is unknown or ended, the account disabled.

    moment: None for the present one, by the database's clock.
    """
    if _TOKEN.fullmatch(token) is None:
        return NOBODY
    if moment is None:
        found = _WHOSE_NOW.first(connection, {"hash": _hash(token)})
    else:
        found = _WHOSE_AT.first(connection, {"hash": _hash(token), "moment": moment})
    if found is None:
        return NOBODY
    account, name, how, grants = found
    return Actor(account, name, _grants_in(grants), how)


def _grants_in(text: str | None) -> tuple[Grant, ...]:
    return tuple(Grant(*part.split(":", 1)) for part in sorted((text or "").split()))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def begin_session(session: Session, account_id: str, how: str) -> str:
    """Sign a browser in for 12 hours. Returns the id for its cookie, which is told here and never again."""
    token, begun = secrets.token_urlsafe(32), now(session)
    row = {"hash": _hash(token), "account": account_id, "how": how, "begun": begun, "ends": begun + LIFE}
    session.connection().execute(insert(session, Sessions), [row])
    return token


def end_session(session: Session, token: str) -> None:
    """Sign one browser out."""
    session.connection().execute(delete(_S).where(_S.c.hash == _hash(token)))


def end_sessions(session: Session, account_id: str, *, by: Actor | None = None) -> None:
    """Sign somebody out everywhere: those who came in by OIDC, too. by: whoever did it, None for themselves.

    Raises Forbidden when `by` may not admit anybody.
    """
    if by is not None:
        _demand(by)
    connection = session.connection()
    connection.execute(delete(_S).where(_S.c.account == account_id))
    connection.execute(update(_A).where(_A.c.id == account_id).values(ended_before=now(session)))
    if by is not None:
        _record(session, by, audit.SESSIONS_ENDED, account_id)


# --- accounts ---------------------------------------------------------------------------------------------------------


def read_accounts(session: Session) -> tuple[Account, ...]:
    """Every account, by name."""
    return _read(session)


def read_account(session: Session, id_or_email: str) -> Account | None:
    """An account by its id or address; None when there is none."""
    found = _read(session, or_(_A.c.id == id_or_email, _A.c.email == folded(id_or_email)))
    return found[0] if found else None


def _read(session: Session, *where: Any) -> tuple[Account, ...]:
    connection, is_real = session.connection(), has_administrator(session)
    rows = connection.execute(select(_A).where(*where).order_by(func.lower(_A.c.name), _A.c.id)).all()
    given = connection.execute(select(_G).order_by(_G.c.account, _G.c.role, _G.c.scope)).all()
    grants = {
        account: tuple(Grant(each.role, each.scope) for each in some)
        for account, some in groupby(given, key=lambda each: each.account)
    }
    return tuple(
        Account(
            row.id,
            row.name,
            row.email,
            grants.get(row.id, ()),
            is_disabled=row.disabled_on is not None,
            is_sample=row.is_sample,
            has_password=bool(row.password),
            is_vouched=bool(row.issuer),
            is_over=row.is_sample and is_real,
        )
        for row in rows
    )


def add_account(
    session: Session,
    name: str,
    email: str,
    grants: Iterable[Grant] = (),
    *,
    is_sample: bool = False,
    by: Actor = OPERATOR,
) -> Account:
    """Make an account without a password: it is chosen by a link (add_link), or somebody vouches for it by OIDC.

    Raises Refused with every problem: a name or address that is none, an address that is taken, a role or scope that
    is not there; Forbidden when `by` may not admit anybody.
    """
    _demand(by)
    _lock(session)
    name, email, grants = name.strip(), folded(email), tuple(dict.fromkeys(grants))
    problems = [*_problems_of_person(session, name, email), *_problems_of_grants(session, grants)]
    if problems:
        raise Refused(problems)
    account_id = secrets.token_hex(16)
    row = {
        "id": account_id,
        "name": name,
        "email": email,
        "password": "",
        "issuer": "",
        "subject": "",
        "ended_before": _BEGINNING,
        "made_on": now(session).date(),
        "disabled_on": None,
        "is_sample": is_sample,
    }
    session.connection().execute(insert(session, Accounts), [row])
    _record(session, by, audit.ACCOUNT_MADE, account_id)
    for grant in grants:
        _give(session, account_id, grant, by)
    return Account(account_id, name, email, grants, is_sample=is_sample)


def give(session: Session, account_id: str, grant: Grant, *, by: Actor = OPERATOR) -> None:
    """Give somebody a role. Raises Refused for one that is not there, Forbidden when `by` may not."""
    _demand(by)
    _lock(session)
    problems = _problems_of_grants(session, [grant])
    if problems:
        raise Refused(problems)
    _give(session, account_id, grant, by)


def _give(session: Session, account_id: str, grant: Grant, by: Actor) -> None:
    row, connection = {"account": account_id, "role": grant.role, "scope": grant.scope}, session.connection()
    if connection.execute(select(_G.c.role).filter_by(**row)).first() is None:
        connection.execute(insert(session, Grants), [row])
        _record(session, by, audit.ROLE_GIVEN, account_id, role=grant.role, scope=grant.scope)


def take(session: Session, account_id: str, grant: Grant, *, by: Actor = OPERATOR) -> None:
    """Take a role away. Raises Refused where nobody would be left to give any, Forbidden when `by` may not."""
    _demand(by)
    _lock(session)
    if grant == Grant(ADMINISTRATOR):
        _refuse_the_last(session, account_id)
    mine = (_G.c.account == account_id, _G.c.role == grant.role, _G.c.scope == grant.scope)
    if session.connection().execute(delete(_G).where(*mine)).rowcount:
        _record(session, by, audit.ROLE_TAKEN, account_id, role=grant.role, scope=grant.scope)


def disable(session: Session, account_id: str, *, by: Actor = OPERATOR) -> None:
    """Let somebody in no more, from now on; their links lead nowhere. Raises as `take`."""
    _demand(by)
    _lock(session)
    _refuse_the_last(session, account_id)
    connection, moment = session.connection(), now(session)
    mine = update(_A).where(_A.c.id == account_id, _A.c.disabled_on.is_(None))
    changed = connection.execute(mine.values(disabled_on=moment.date(), ended_before=moment)).rowcount
    for table in (_S, _L):
        connection.execute(delete(table).where(table.c.account == account_id))
    if changed:
        _record(session, by, audit.DISABLED, account_id)


def enable(session: Session, account_id: str, *, by: Actor = OPERATOR) -> None:
    """Let somebody in again."""
    _demand(by)
    _lock(session)
    mine = update(_A).where(_A.c.id == account_id, _A.c.disabled_on.is_not(None))
    if session.connection().execute(mine.values(disabled_on=None)).rowcount:
        _record(session, by, audit.ENABLED, account_id)


@dataclass(frozen=True)
class Standing:
    """What an account lets somebody do: whether it is disabled, its hashed password ("": none), and its roles."""

    is_disabled: bool
    password: str
    grants: frozenset[Grant]


def read_standings(session: Session) -> dict[str, Standing]:
    """How every account stands, by id."""
    given = session.connection().execute(select(_G)).all()
    rows = session.connection().execute(select(_A.c.id, _A.c.disabled_on, _A.c.password))
    return {
        row.id: Standing(
            row.disabled_on is not None,
            row.password,
            frozenset(Grant(each.role, each.scope) for each in given if each.account == row.id),
        )
        for row in rows
    }


def let_nobody_back_in(session: Session, before: Mapping[str, Standing]) -> tuple[int, int]:
    """Of a database that was restored: everybody signs in anew, and nobody has back what was taken from them since.

    before: how the accounts stood that it takes the place of. One that is here too stays disabled, keeps its newer
    password, and has no role that it had not then. Nothing is given. Returns how many accounts were disabled and how
    many roles were taken.
    """
    connection, moment = session.connection(), now(session)
    for table in (_S, _L):
        connection.execute(delete(table))
    connection.execute(update(_A).values(ended_before=moment))
    disabled = taken = 0
    for account, stood in before.items():
        mine = update(_A).where(_A.c.id == account)
        connection.execute(mine.values(password=stood.password))
        if stood.is_disabled:
            still = mine.where(_A.c.disabled_on.is_(None)).values(disabled_on=moment.date())
            disabled += connection.execute(still).rowcount
        for role, scope in connection.execute(select(_G.c.role, _G.c.scope).where(_G.c.account == account)).all():
            if Grant(role, scope) not in stood.grants:
                gone = delete(_G).where(_G.c.account == account, _G.c.role == role, _G.c.scope == scope)
                taken += connection.execute(gone).rowcount
    return disabled, taken


def has_administrator(session: Session) -> bool:
    """Whether somebody who may come in, and is not the sample's, gives roles in the whole institution."""
    return bool(session.connection().execute(select(_HAS_ADMINISTRATOR)).scalar_one())


def _refuse_the_last(session: Session, account_id: str) -> None:
    """Raise Refused when this is the only one who gives roles. The sample's own does not stand in for a real one."""
    found = {row.id: row.is_sample for row in session.connection().execute(select(_ADMINS))}
    if account_id not in found:
        return
    others = [is_sample for account, is_sample in found.items() if account != account_id]
    if not any(is_sample <= found[account_id] for is_sample in others):
        said = "is the only administrator. Make somebody else one first, or nobody could let anybody in."
        raise Refused([Problem("account", said)])


def _problems_of_person(session: Session, name: str, email: str) -> list[Problem]:
    problems = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        problems.append(Problem("name", f"must be 1 to {LONGEST_NAME} characters in one line."))
    if len(email) > LONGEST_EMAIL or _EMAIL.fullmatch(email) is None:
        problems.append(Problem("e-mail", f"{email[:60]!r} is no address; write it as ann@example.org."))
    elif session.connection().execute(select(_A.c.id).where(_A.c.email == email)).first() is not None:
        problems.append(Problem("e-mail", f"{email} has an account already."))
    return problems


def _problems_of_grants(session: Session, grants: Sequence[Grant]) -> list[Problem]:
    return [problem for grant in grants for problem in _problems_of_grant(session, grant)]


def _problems_of_grant(session: Session, grant: Grant) -> list[Problem]:
    problems = []
    if grant.role not in ROLES:
        said = f'"{grant.role}" is not known.{suggest(grant.role, ROLES)} Known: {", ".join(ROLES)}.'
        problems.append(Problem("role", said))
    if not grant.scope:
        return problems
    for kind, model in ((PROGRAMME, Programmes), (CREDENTIAL, Credentials)):
        if grant.scope.startswith(kind):
            slug, slugs = grant.scope.removeprefix(kind), table_of(model).c.slug
            known = is_slug(slug) and session.connection().execute(select(slugs).where(slugs == slug)).first()
            return problems if known else [*problems, Problem("scope", f'there is no {kind[:-1]} "{slug}".')]
    said = f'"{grant.scope}" is not known. Write programme:SLUG or credential:SLUG, or none for the whole institution.'
    return [*problems, Problem("scope", said)]


# --- passwords and links ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lock:
    """What somebody has to know to come in: the account and its hashed password ("": none), as they stood.

    may_enter: whether the account lets anybody in at all.
    """

    account: str
    password: str
    may_enter: bool


def read_lock(session: Session, email: str) -> Lock | None:
    """What stands before the account of an address; None when there is none."""
    return _read_lock(session, _A.c.email == folded(email))


def lock_of(session: Session, account_id: str) -> Lock | None:
    """The same by the account's id."""
    return _read_lock(session, _A.c.id == account_id)


def _read_lock(session: Session, which: Any) -> Lock | None:
    found = select(_A.c.id, _A.c.password, _COUNTS.label("may_enter")).where(which)
    row = session.connection().execute(found).first()
    return None if row is None else Lock(row.id, row.password, bool(row.may_enter))


def still_holds(session: Session, lock: Lock) -> bool:
    """Whether a lock is as it was: checking a password takes long enough for it to be changed meanwhile.

    Nobody changes it then until the transaction ends.
    """
    held = select(_A.c.id).where(_A.c.id == lock.account, _A.c.password == lock.password, _COUNTS)
    return session.connection().execute(held.with_for_update(of=_A)).first() is not None


def keep_password(session: Session, account_id: str, hashed: str) -> None:
    """Keep a new password; whoever was signed in with the old one is no more, and links to choose one are gone."""
    keep_hash(session, account_id, hashed)
    end_sessions(session, account_id)
    mine = (_L.c.account == account_id, _L.c.purpose == PASSWORD_LINK)
    session.connection().execute(delete(_L).where(*mine))
    account = read_account(session, account_id)
    _record(session, account.actor if account else NOBODY, audit.ACCOUNT_CHANGED, account_id, what="password")


def keep_hash(session: Session, account_id: str, hashed: str) -> None:
    """Keep the same password hashed in another way."""
    session.connection().execute(update(_A).where(_A.c.id == account_id).values(password=hashed))


def add_link(session: Session, account_id: str, purpose: str, *, by: Actor = OPERATOR) -> str:
    """The token of a link that lets somebody in once; an older one for the same purpose leads nowhere any more.

    Raises Refused for a link to choose a password of a sample's account: nobody is to have one. Forbidden when `by` may
    not admit anybody.
    """
    _demand(by)
    _refuse_for_sample(session, account_id, purpose)
    token, connection = secrets.token_urlsafe(32), session.connection()
    connection.execute(delete(_L).where(_L.c.account == account_id, _L.c.purpose == purpose))
    ends = now(session) + LINK_LIFE[purpose]
    row = {"hash": _link_hash(token, purpose), "account": account_id, "purpose": purpose, "ends": ends}
    connection.execute(insert(session, SignInLinks), [row])
    _record(session, by, audit.ACCOUNT_CHANGED, account_id, what="link", purpose=purpose)
    return token


def _refuse_for_sample(session: Session, account_id: str, purpose: str) -> None:
    theirs = select(_A.c.id).where(_A.c.id == account_id, _A.c.is_sample)
    if purpose == PASSWORD_LINK and session.connection().execute(theirs).first() is not None:
        said = "is the sample's own and has no password. Make an account for yourself: feedback account add"
        raise Refused([Problem("account", said)])


def is_for_looking(session: Session) -> bool:
    """Whether there is only the sample to look at: nobody real gives roles here."""
    return has_sample(session) and not has_administrator(session)


def sample_link(session: Session) -> str | None:
    """The token of a link that lets somebody look at the sample institution, as its own administrator; None where there
    is no sample, or somebody real gives roles here."""
    if not is_for_looking(session):
        return None
    account = read_account(session, SAMPLE_EMAIL) or add_account(
        session, "Sample administrator", SAMPLE_EMAIL, map(Grant, SAMPLE_ROLES), is_sample=True
    )
    return add_link(session, account.id, SAMPLE_LINK) if account.is_sample and not account.is_disabled else None


@dataclass(frozen=True)
class SignInLink:
    """A link that is still good: whose, their name, and what for."""

    account: str
    name: str
    purpose: str


def read_link(session: Session, token: str) -> SignInLink | None:
    """What a token leads to; None when it is unknown, used or over, or the account lets nobody in."""
    if _TOKEN.fullmatch(token) is None:
        return None
    hashes = [_link_hash(token, purpose) for purpose in LINK_LIFE]
    found = select(_A.c.id, _A.c.name, _L.c.purpose).where(
        _L.c.hash.in_(hashes), _L.c.account == _A.c.id, _L.c.ends > now(session), _COUNTS
    )
    row = session.connection().execute(found).first()
    return None if row is None else SignInLink(*row)


def use_link(session: Session, token: str) -> SignInLink | None:
    """Use a link up: of those who try at once, one gets in. None as read_link."""
    link = read_link(session, token)
    if link is None:
        return None
    used = session.connection().execute(delete(_L).where(_L.c.hash == _link_hash(token, link.purpose))).rowcount
    return link if used else None


def _link_hash(token: str, purpose: str) -> str:
    return _hash(f"{purpose}:{token}")


def forget_ended(session: Session) -> int:
    """Let sessions and links go that are over. Returns how many."""
    connection, moment = session.connection(), now(session)
    return sum(connection.execute(delete(table).where(table.c.ends <= moment)).rowcount for table in (_S, _L))


# --- who is vouched for by OIDC ---------------------------------------------------------------------------------------


def actor_of_oidc(session: Session, issuer: str, subject: str, issued_at: datetime) -> Actor:
    """Who is known by this subject of an issuer; NOBODY when nobody is, or they were signed out since, or it is more
    than 12 hours ago that they were vouched for."""
    known = and_(_A.c.issuer == issuer, _A.c.subject == subject, _A.c.ended_before <= issued_at, _COUNTS)
    found = _read(session, known) if issuer and subject else ()
    if not found or issued_at + LIFE <= now(session):
        return NOBODY
    return replace(found[0].actor, how=OIDC)


def account_of_oidc(
    session: Session, issuer: str, subject: str, email: str, email_verified: bool, issued_at: datetime
) -> Actor:
    """Who comes by OIDC: by subject where it is known; else, once, by an account that was made for their address.

    The address must be verified, and the account bound to nobody yet; from then on only issuer and subject count.
    """
    named = _A.alias()
    found = select(named.c.id).where(named.c.issuer == issuer, named.c.subject == subject)
    if email_verified is True and issuer and subject and session.connection().execute(found).first() is None:
        _lock(session)
        free = and_(_A.c.email == folded(email), _A.c.issuer == "", not_(_A.c.is_sample), _A.c.disabled_on.is_(None))
        bound = update(_A).where(free, not_(found.exists())).values(issuer=issuer, subject=subject)
        if session.connection().execute(bound).rowcount:
            actor = actor_of_oidc(session, issuer, subject, issued_at)
            _record(session, actor, audit.ACCOUNT_CHANGED, actor.id, what="oidc")
    return actor_of_oidc(session, issuer, subject, issued_at)


# --- what goes for all ------------------------------------------------------------------------------------------------


def _demand(by: Actor) -> None:
    demand(by, ADMIT)


def _lock(session: Session) -> None:
    """One change of accounts at a time: two administrators cannot take the role from each other at once."""
    meta.bump(session, _LOCK)


def _record(session: Session, by: Actor, action: str, account_id: object, **details: object) -> None:
    if by.id == account_id:
        details["own"] = True
    audit.record(session, by, action, f"account:{account_id}", **details)

"""Signing in and out, one's own account, and links that let somebody in once. Plain pages beside the app.

A form posted here carries a seal of the cookie that came with its page, so that no other site can post it for somebody.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest, digest
from urllib.parse import urlsplit

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from feedback.collect import pages, passwords
from feedback.collect.answering import Desk, Fields, one, wanted
from feedback.collect.guards import MOST_WRONG_LINKS, network_of
from feedback.collect.health import is_from_here
from feedback.collect.passwords import LONGEST, SHORTEST, Tries
from feedback.collect.routes import Door
from feedback.collect.sealing import own_key
from feedback.policy import NOBODY, Actor
from feedback.settings import project_folder
from feedback.store import accounts, audit
from feedback.store.accounts import COOKIE, LIFE, LINK, PASSWORD, SAMPLE_LINK, Lock, SignInLink
from feedback.store.database import looking, reading, transaction
from feedback.survey.text import fill
from feedback.survey.wording import languages, word
from feedback.web import is_loopback

FORM_COOKIE = "feedback_form"
"""The cookie whose seal our forms carry."""
THREADS = (2, passwords.AT_ONCE + passwords.WAITING)
"""Apart from those of the light form: whoever answers never waits behind passwords."""
_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_-]{32}")
_PAGE = re.compile(r"/([a-z_]{0,40})(\?[A-Za-z0-9_=&%.+-]{0,500})?")


class Entrance:
    """Answers requests to come in; one for a process. Its methods wait for the database, so they run in threads."""

    def __init__(self, desk: Desk, tries: Tries | None = None) -> None:
        self._desk, self._engine = desk, desk.place.engine
        self._tries = tries or Tries()
        self._key = own_key(desk.place.key, "sign-in form")

    # --- /login and /logout ------------------------------------------------------------------------------------------

    def ask(self, request: Request) -> Response:
        """The page that asks for address and password; whoever is signed in goes on."""
        way = page_in(request.query_params.get("next", ""))
        if self._who(request).is_known:
            return RedirectResponse(way, status_code=303)
        return self._asked(request, way)

    def sign_in(self, request: Request, fields: Fields) -> Response:
        """Let somebody in. Unknown addresses, wrong passwords and disabled accounts are answered alike, and take the
        same work."""
        way, email = page_in(one(fields, "next")), one(fields, "email")
        if not self._is_ours(request, fields):
            return self._asked(request, way, email, "account.stale", 403)
        places = self._places(request, accounts.folded(email))
        if self._tries.too_many(*places):
            return self._too_many(request)
        password = one(fields, "password")
        with reading(self._engine) as session:
            lock = accounts.read_lock(session, email)
        fits = passwords.fits(lock.password if lock else "", password)
        if lock is None or not fits or not lock.may_enter:
            return self._asked(request, way, email, "account.wrong", 403)
        better = passwords.hashed(password) if passwords.is_old(lock.password) else ""

        with transaction(self._engine) as session:
            held = accounts.still_holds(session, lock)
            if held and better:
                accounts.keep_hash(session, lock.account, better)
            token = self._begin(session, request, lock.account, PASSWORD) if held else None
        if token is None:
            return self._asked(request, way, email, "account.wrong", 403)
        self._tries.went_well(*places)
        return self._let_in(RedirectResponse(way, status_code=303), token)

    def sign_out(self, request: Request, fields: Fields) -> Response:
        """Sign this browser out."""
        if not self._is_ours(request, fields):
            return self._account(request, self._who(request), stale=True)
        token, actor = request.cookies.get(COOKIE, ""), self._who(request)
        with transaction(self._engine) as session:
            accounts.end_session(session, token)
            if actor.is_known:
                audit.record(session, actor, audit.SIGNED_OUT, f"account:{actor.id}")
        return self._out(RedirectResponse("/login", status_code=303))

    # --- /account ----------------------------------------------------------------------------------------------------

    def account(self, request: Request) -> Response:
        """Who somebody is signed in as, and what they can do about it."""
        return self._account(request, self._who(request))

    def change(self, request: Request, fields: Fields) -> Response:
        """Sign out everywhere, or change the password."""
        actor = self._who(request)
        if not actor.is_known or not self._is_ours(request, fields):
            return self._account(request, actor, stale=True)
        if one(fields, "everywhere") == "yes":
            with transaction(self._engine) as session:
                accounts.end_sessions(session, actor.id)
                audit.record(session, actor, audit.SESSIONS_ENDED, f"account:{actor.id}", own=True)
            return self._out(RedirectResponse("/login", status_code=303))
        return self._change_password(request, actor, fields)

    def _change_password(self, request: Request, actor: Actor, fields: Fields) -> Response:
        with reading(self._engine) as session:
            lock, account = accounts.lock_of(session, actor.id), accounts.read_account(session, actor.id)
        places = self._places(request, actor.id)
        if self._tries.too_many(*places):
            return self._too_many(request)
        if lock is None or account is None or not passwords.fits(lock.password, one(fields, "old")):
            return self._account(request, actor, wrong_old=True)
        self._tries.went_well(*places)
        slip = self._slip(request, fields, account.name, account.email)
        if slip:
            return self._account(request, actor, slip=slip)
        hashed = passwords.hashed(one(fields, "new"))
        with transaction(self._engine) as session:
            held = accounts.still_holds(session, lock)
            token = self._renewed(session, request, lock, hashed) if held else None
        if token is None:
            return self._account(request, actor, wrong_old=True)
        language = _language(request)
        links = {word("account.to_app", language): "/"}
        return self._let_in(self._desk.tell("account.changed", language, 200, links=links), token)

    def _renewed(self, session: Session, request: Request, lock: Lock, hashed: str) -> str:
        accounts.keep_password(session, lock.account, hashed)
        return self._begin(session, request, lock.account, PASSWORD)

    def _account(
        self, request: Request, actor: Actor, *, slip: str = "", wrong_old: bool = False, stale: bool = False
    ) -> Response:
        if not actor.is_known:
            return RedirectResponse("/login", status_code=303)
        language = _language(request)
        with reading(self._engine) as session:
            lock = accounts.lock_of(session, actor.id)
        return self._page(
            request,
            "account.html",
            403 if stale else 422 if slip or wrong_old else 200,
            title=word("account.title", language),
            person=fill(word("account.signed_in_as", language), {"name": actor.name}),
            stale=word("account.stale", language) if stale else "",
            has_password=bool(lock and lock.password),
            wrong_old=word("account.wrong_old", language) if wrong_old else "",
            slip=slip,
            rules=word("account.rules", language, shortest=SHORTEST),
        )

    # --- /enter ------------------------------------------------------------------------------------------------------

    def show_link(self, request: Request) -> Response:
        """What a link lets somebody do. Nothing is used up by looking: mail scanners open links, too."""
        link = self._link(request)
        return self._gone(request) if link is None else self._linked(request, link)

    def use_link(self, request: Request, fields: Fields) -> Response:
        """Let somebody in by a link: with the password they choose, or at once to the sample."""
        link = self._link(request)
        if link is None:
            return self._gone(request)
        if not self._is_ours(request, fields):
            return self._linked(request, link, word("account.stale", _language(request)), 403)
        hashed = ""
        if link.purpose != SAMPLE_LINK:
            with reading(self._engine) as session:
                account = accounts.read_account(session, link.account)
            slip = self._slip(request, fields, *((account.name, account.email) if account else ()))
            if slip:
                return self._linked(request, link, slip, 422)
            hashed = passwords.hashed(one(fields, "new"))
        with transaction(self._engine) as session:
            token = self._entered(session, request, hashed)
        return self._gone(request) if token is None else self._let_in(RedirectResponse("/", status_code=303), token)

    def _entered(self, session: Session, request: Request, hashed: str) -> str | None:
        link = accounts.use_link(session, request.path_params["token"])
        if link is None:
            return None
        if hashed:
            accounts.keep_password(session, link.account, hashed)
        return self._begin(session, request, link.account, PASSWORD if hashed else LINK)

    def _link(self, request: Request) -> SignInLink | None:
        """A good link; that of the sample only for who sits at this machine."""
        with reading(self._engine) as session:
            link = accounts.read_link(session, request.path_params["token"])
        if link is not None and link.purpose == SAMPLE_LINK and not sits_here(request):
            return None
        return link

    def _linked(self, request: Request, link: SignInLink, slip: str = "", status: int = 200) -> Response:
        language, chooses = _language(request), link.purpose != SAMPLE_LINK
        title, person = ("choose_title", "person") if chooses else ("enter_title", "enter_as")
        return self._page(
            request,
            "enter.html",
            status,
            title=word(f"account.{title}", language),
            person=fill(word(f"account.{person}", language), {"name": link.name}),
            action=request.url.path,
            chooses=chooses,
            slip=slip,
            rules=word("account.rules", language, shortest=SHORTEST),
        )

    def _gone(self, request: Request) -> Response:
        language = _language(request)
        if self._desk.rates.too_many("wrong", network_of(request), MOST_WRONG_LINKS):
            return self._too_many(request)
        return self._desk.tell(
            "account.link_gone", language, 404, links={word("account.sign_in_title", language): "/login"}
        )

    # --- what goes for all -------------------------------------------------------------------------------------------

    def _who(self, request: Request) -> Actor:
        token = request.cookies.get(COOKIE, "")
        if not token:
            return NOBODY
        with looking(self._engine) as connection:
            return accounts.actor_of(connection, token)

    def _begin(self, session: Session, request: Request, account_id: str, how: str) -> str:
        """A new session in place of the one this browser had."""
        accounts.end_session(session, request.cookies.get(COOKIE, ""))
        token = accounts.begin_session(session, account_id, how)
        audit.record(session, replace(NOBODY, id=account_id), audit.SIGNED_IN, f"account:{account_id}", how=how)
        return token

    def _let_in(self, answer: Response, token: str) -> Response:
        self._cookie(answer, COOKIE, token, int(LIFE.total_seconds()))
        self._cookie(answer, FORM_COOKIE, secrets.token_urlsafe(24))
        return answer

    def _out(self, answer: Response) -> Response:
        for name in (COOKIE, FORM_COOKIE):
            answer.delete_cookie(name, path="/", secure=self._desk.is_secure, httponly=True, samesite="lax")
        return answer

    def _cookie(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        answer.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=self._desk.is_secure
        )

    def _slip(self, request: Request, fields: Fields, *own: str) -> str:
        """What is wrong with a new password, in words; "" for nothing. Counted before it is hashed."""
        new, language = one(fields, "new"), _language(request)
        names = [*own, *(each.partition("@")[0] for each in own)]
        if len(new) < SHORTEST:
            return word("account.too_short", language, shortest=SHORTEST)
        if len(new) > LONGEST:
            return word("account.too_long", language, longest=LONGEST)
        if new != one(fields, "again"):
            return word("account.not_same", language)
        return word("account.too_common", language) if passwords.is_common(new, *names) else ""

    def _places(self, request: Request, account: str) -> tuple[str, str]:
        """Whose tries are counted: an account's, by what hides it, and a network's."""
        network = network_of(request)
        return f"account {sha256(account.encode()).hexdigest()}", f"network {network}" if network else ""

    def _too_many(self, request: Request) -> Response:
        if not self._desk.rates.too_many("told of tries", "", 1):
            with transaction(self._engine) as session:
                audit.record_once(session, NOBODY, audit.SIGN_IN_FAILED, "institution")
        answer = self._desk.tell("account.too_many", _language(request), 429)
        answer.headers["Retry-After"] = "60"
        return answer

    def _asked(self, request: Request, way: str, email: str = "", slip: str = "", status: int = 200) -> Response:
        language = _language(request)
        return self._page(
            request,
            "login.html",
            status,
            title=word("account.sign_in_title", language),
            next=way,
            email=email[: accounts.LONGEST_EMAIL],
            slip=word(slip, language) if slip else "",
        )

    def _page(self, request: Request, template: str, status: int, **values: object) -> Response:
        """A page with a form, and the cookie its seal is of."""
        held = request.cookies.get(FORM_COOKIE, "")
        value = held if _COOKIE_VALUE.fullmatch(held) else secrets.token_urlsafe(24)
        page = pages.page(template, language=_language(request), sealed=self._seal(value), **values)  # type: ignore[arg-type]
        answer = HTMLResponse(page, status_code=status)
        if value != held:
            self._cookie(answer, FORM_COOKIE, value)
        return answer

    def _is_ours(self, request: Request, fields: Fields) -> bool:
        """Whether what is posted comes from a page of ours in this browser."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        value = request.cookies.get(FORM_COOKIE, "")
        return bool(value) and compare_digest(one(fields, "form").encode(), self._seal(value).encode())

    def _seal(self, value: str) -> str:
        return digest(self._key, value.encode(), "sha256").hex()


def routes(desk: Desk) -> list[Route]:
    """The addresses of signing in; they are there beside the app only."""
    door, entrance = Door(desk, THREADS, gives_back=False), Entrance(desk)

    def pair(path: str, show: Callable[..., Response], take: Callable[..., Response]) -> list[Route]:
        return [Route(path, door(show), methods=["GET"]), Route(path, door(take, takes=True), methods=["POST"])]

    return [
        *pair("/login", entrance.ask, entrance.sign_in),
        *pair("/logout", entrance.account, entrance.sign_out),
        *pair("/account", entrance.account, entrance.change),
        *pair("/enter/{token}", entrance.show_link, entrance.use_link),
    ]


def page_in(address: str) -> str:
    """The page of ours that an address names, with its choices; the overview for anything else.

    >>> page_in("/credential?credential=data-badge"), page_in("//evil.example"), page_in("https://evil.example/")
    ('/credential?credential=data-badge', '/', '/')
    """
    named = _PAGE.fullmatch(address)
    if named is None or not (project_folder() / "pages" / f"{named[1] or 'home'}.py").is_file():
        return "/"
    return address


def sits_here(request: Request) -> bool:
    """Whether somebody asks from this very machine, by its own name, and nothing handed the request on."""
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    return is_from_here(request) and is_loopback(host)


def _language(request: Request) -> str:
    return wanted(request, languages())

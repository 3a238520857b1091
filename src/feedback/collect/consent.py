"""The form on which people leave an address for one message, apart from their answers; and "write to me no more".

It carries no key, no cookie and nothing of the response: nothing joins an address to what its owner said.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from random import SystemRandom
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feedback.catalogue.values.base import is_mail_address
from feedback.collect import pages
from feedback.collect.answering import Desk, Fields, wanted
from feedback.collect.asked import AskedBy
from feedback.collect.guards import Rates, network_of
from feedback.collect.sealing import own_key
from feedback.store import asking
from feedback.store.asking import FOLLOW_UP, NEWS, REFERRAL
from feedback.store.clock import now
from feedback.store.submitting import patiently
from feedback.survey.wording import languages, word

if TYPE_CHECKING:
    from feedback.collect.routes import Door

PURPOSES: Mapping[str, str] = {"own": FOLLOW_UP, "news": NEWS, "other": REFERRAL}
"""What is done with what is typed into which field."""
GIVEN = ("credential", *PURPOSES, "knows")
"""What the form sends."""
SIX_MONTHS, GIVE_OR_TAKE = 182, 10
"""Days until somebody is asked again, and by how many days that is moved at random: the day told would be the day on
which the address was left, and so the day of the answer."""
NEWS_WITHIN = 340
"""Days after which an address left for news goes if there was none, moved at random as well."""
REFERRED_WITHIN = 7
"""Days until somebody who was named is asked, one at least, drawn at random."""
MOST_ADDRESSES = 60
"""Forms with addresses kept in a minute from one network: a class leaves them together."""
AFTER_CLOSE = timedelta(days=1)
"""So long after a survey has closed an address can still be left."""
STAMP_HOURS = 24
_HOUR = 3600
_random = SystemRandom()


def routes(desk: Desk, door: "Door", rates: Rates) -> list[Route]:
    """Its addresses: leaving an address after a survey, and asking for no more messages."""

    def show(request: Request) -> Response:
        found = _offered(desk, request)
        return _form(desk, request, found, {}) if found else _not_found(desk, request)

    def take(request: Request, fields: Fields) -> Response:
        found = _offered(desk, request)
        if found is None:
            return _not_found(desk, request)
        return _take(desk, rates, request, found, fields)

    def ask_stop(request: Request) -> Response:
        language = wanted(request, languages())
        title = word("consent.stop_title", language)
        return HTMLResponse(pages.page("stop.html", language=language, title=title, action=request.url.path))

    def stop(request: Request, _fields: Fields) -> Response:
        recipient = asking.recipient_of(desk.place.key, request.path_params["token"])
        if recipient is not None:
            patiently(desk.place.engine, lambda session: _refuse(session, recipient))
        return _done("consent.stop_done", wanted(request, languages()))

    return [
        Route("/c/{survey}", door(show), methods=["GET"]),
        Route("/c/{survey}", door(take, takes=True), methods=["POST"]),
        Route("/u/{token}", door(ask_stop), methods=["GET"]),
        Route("/u/{token}", door(stop, takes=True), methods=["POST"]),
    ]


def stamp(key: bytes, slug: str, hour: int) -> str:
    """What a form of this hour carries, the same for everybody who opened it then. hour: hours since the epoch."""
    proof = digest(own_key(key, "consent"), f"{slug} {hour}".encode(), sha256)[:16]
    return f"{hour}.{urlsafe_b64encode(proof).decode().rstrip('=')}"


def is_stamp(text: str, key: bytes, slug: str, hour: int) -> bool:
    """Whether a form was made by us for this survey within the last STAMP_HOURS."""
    said = text.partition(".")[0]
    if not (said.isascii() and said.isdigit() and len(said) < 10 and 0 <= hour - int(said) <= STAMP_HOURS):
        return False
    return compare_digest(text.encode("utf-8", "replace"), stamp(key, slug, int(said)).encode())


def _take(desk: Desk, rates: Rates, request: Request, found: AskedBy, fields: Fields) -> Response:
    slug, today, language = found.survey.slug, found.moment().date(), _language(request, found)
    if not _is_from_here(request, desk.place.public_url):
        return _form(desk, request, found, {}, failed="consent.too_old", status=403)
    given = {name: _one(fields, name) for name in GIVEN}
    if not is_stamp(_one(fields, "stamp"), desk.place.key, slug, _hour()):
        return _form(desk, request, found, given, failed="consent.too_old", status=403)
    about = found.survey.credentials
    credential = about[0] if len(about) == 1 else given["credential"]
    left = {name: given[name] for name in _asked(desk) if given[name]}
    slips = _slips(left, given, credential in about)
    if slips:
        return _form(desk, request, found, given, slips=slips, status=422)
    if rates.too_many("consent", network_of(request), MOST_ADDRESSES):
        return _form(desk, request, found, given, failed="light.too_many", status=429)

    def keep(session: Session) -> bool:
        if any(asking.is_full(session, PURPOSES[name], credential) for name in left):
            return False
        for name, address in left.items():
            if not asking.is_refused(session, asking.recipient_hash(desk.place.key, address)):
                purpose = PURPOSES[name]
                asking.keep_address(session, purpose, address, language, credential, _due_on(purpose, today))
        return True

    if not found.survey.is_sample and not patiently(desk.place.engine, keep):
        return _form(desk, request, found, given, failed="consent.full", status=503)
    return _done("consent.done", language)


def _slips(left: Mapping[str, str], given: Mapping[str, str], knows_what: bool) -> dict[str, str]:
    """What is to be put right: the key of its words, by the field it is about."""
    slips = {} if knows_what else {"credential": "consent.choose"}
    slips |= {name: "consent.no_address" for name, address in left.items() if not is_mail_address(address)}
    if "other" in left and not given["knows"]:
        slips["knows"] = "consent.not_told"
    return slips if left else slips | {"own": "consent.nothing_entered"}


def _due_on(purpose: str, today: date) -> date:
    if purpose == REFERRAL:
        return today + timedelta(days=_random.randint(1, REFERRED_WITHIN))
    days = NEWS_WITHIN if purpose == NEWS else SIX_MONTHS
    return today + timedelta(days=days + _random.randint(-GIVE_OR_TAKE, GIVE_OR_TAKE))


def _refuse(session: Session, recipient: str) -> None:
    asking.refuse(session, recipient, now(session).date())


def _offered(desk: Desk, request: Request) -> AskedBy | None:
    """The survey after which an address may be left; None where there is none such, or it is long over."""
    found = desk.surveys.get(request.path_params["survey"])
    if found is None or found.survey.instrument not in asking.OFFERED_AFTER or not _asked(desk):
        return None
    closes, moment = found.survey.closes, found.moment()
    is_over = closes is not None and moment >= closes + AFTER_CLOSE
    return None if is_over or moment < found.survey.opens or not found.survey.credentials else found


def _asked(desk: Desk) -> list[str]:
    """The fields that can be offered: those that ask nothing, and those whose questionnaire there is."""
    there = desk.place.instruments
    return [name for name, purpose in PURPOSES.items() if asking.QUESTIONNAIRES.get(purpose) in {None, *there}]


def _form(
    desk: Desk,
    request: Request,
    found: AskedBy,
    given: Mapping[str, str],
    *,
    slips: Mapping[str, str] | None = None,
    failed: str = "",
    status: int = 200,
) -> Response:
    language, survey = _language(request, found), found.survey
    slips = {name: word(key, language) for name, key in (slips or {}).items()}
    titles = [(slug, found.catalogue.subjects[slug].title) for slug in survey.credentials]
    asked = _asked(desk)
    page = pages.page(
        "consent.html",
        language=language,
        title=word("consent.title", language),
        action=f"{request.url.path}?language={language}",
        stamp=stamp(desk.place.key, survey.slug, _hour()),
        credentials=titles if len(titles) > 1 else [],
        asked=asked,
        given={name: given.get(name, "") for name in GIVEN},
        slips={name if name in (*asked, "credential", "knows") else asked[0]: said for name, said in slips.items()},
        summary=word("form.errors_title", language, count=len(slips)),
        failed=word(failed, language) if failed else "",
        is_sample=survey.is_sample,
    )
    return HTMLResponse(page, status_code=status)


def _done(key: str, language: str) -> Response:
    """Its last page: nothing of it leads to anybody's answers."""
    return HTMLResponse(pages.message_page(word(f"{key}_title", language), word(key, language), language, is_end=True))


def _not_found(desk: Desk, request: Request) -> Response:
    return desk.tell("light.not_found", wanted(request, languages()), 404)


def _language(request: Request, found: AskedBy) -> str:
    """The one the address names, where the survey is offered in it; else the browser's."""
    named, offered = request.query_params.get("language", ""), tuple(found.survey.languages)
    return named if named in offered else wanted(request, offered)


def _is_from_here(request: Request, public_url: str) -> bool:
    """Whether a form was sent from a page of ours, by what the browser says of it.

    Our pages say no referrer, and then browsers say "null" for where a form comes from; those that know more say it
    in Sec-Fetch-Site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc in (urlsplit(public_url).netloc, request.headers.get("host"))


def _hour() -> int:
    return int(time.time()) // _HOUR


def _one(fields: Fields, name: str) -> str:
    return fields[name][-1].strip() if name in fields else ""

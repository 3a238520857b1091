"""The plain addresses: which there are, and what stands before each of them."""

import logging
import secrets
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feedback.collect import consent, drawing, health, receipts
from feedback.collect.answering import FORM_COOKIE, Desk, Fields, read_fields, wanted
from feedback.collect.guards import (
    MOST_BY_LINK,
    MOST_BY_NETWORK,
    MOST_WRONG_LINKS,
    Rates,
    TooLarge,
    body_of,
    headers,
    network_of,
)
from feedback.errors import FeedbackError
from feedback.survey.wording import languages

AWAY = (DBAPIError, FeedbackError, OSError)
"""What keeps the database from taking anything."""
THREADS = 10
"""So many requests of one process wait for the database at once, as many as it has connections."""
STYLE_SECONDS = 7 * 24 * 60 * 60

Answer = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)


class Door:
    """Stands before every plain address: how much, how often, what went wrong, and the headers of what goes out."""

    def __init__(self, desk: Desk, rates: Rates) -> None:
        self._desk, self._rates = desk, rates
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="form")
        sent = headers(drawing.SCRIPT_HASH, secure=desk.is_secure)
        self._headers = [(name.lower().encode(), value.encode()) for name, value in sent.items()]

    def __call__(self, answer: Callable[..., Response], *, takes: bool = False) -> Answer:
        """An endpoint: counts, reads the body where it takes one, answers in a thread, and never says what broke."""

        async def endpoint(request: Request) -> Response:
            response = await self._answer(request, answer, takes=takes)
            response.raw_headers.extend(self._headers)
            return response

        return endpoint

    async def _answer(self, request: Request, answer: Callable[..., Response], *, takes: bool) -> Response:
        if self._is_too_often(request):
            self._desk.counts.total("too_many")
            response = self._tell(request, "light.too_many", 429)
            response.headers["Retry-After"] = "60"
            return response
        fields: Fields | None = {}
        if takes:
            try:
                fields = read_fields(await body_of(request))
            except TooLarge:
                self._desk.counts.total("too_large")
                return self._tell(request, "light.too_large", 413)
            except ClientDisconnect:
                return Response(status_code=400)
            if fields is None:
                return self._tell(request, "slips.not_a_form", 400)
        given: tuple[Any, ...] = (request, fields) if takes else (request,)
        try:
            return await get_running_loop().run_in_executor(self._threads, answer, *given)
        except AWAY:
            self._desk.counts.total("not_saved" if takes else "away")
            _log.warning("a form could not be %s: the database does not answer", "saved" if takes else "shown")
            return self._not_now(request, fields if takes else None)
        except Exception:
            number = secrets.token_hex(4)
            _log.exception("error %s at a plain address", number)
            return self._tell(request, "light.broken", 500, number=number)

    def _is_too_often(self, request: Request) -> bool:
        cookie = request.cookies.get(FORM_COOKIE, "")
        if cookie and self._rates.too_many("link", cookie[-32:], MOST_BY_LINK):
            return True
        network = network_of(request)
        return bool(network) and self._rates.too_many("network", network, MOST_BY_NETWORK)

    def _not_now(self, request: Request, fields: Fields | None) -> Response:
        """The database is away: what was sent comes back whole, to be sent again."""
        language = _language(request)
        if fields is None:
            response = self._tell(request, "light.away", 503)
        else:
            response = HTMLResponse(drawing.retry_page(request.url.path, fields, language), status_code=503)
        response.headers["Retry-After"] = "10"
        return response

    def _tell(self, request: Request, key: str, status: int, number: str = "") -> Response:
        return self._desk.tell(key, _language(request), status, number=number)


def routes(desk: Desk) -> list[Route]:
    """Every plain address, answered at that desk."""
    rates = Rates()
    door = Door(desk, rates)

    def link(request: Request) -> Response:
        answer = desk.open_link(request, request.path_params["token"])
        if answer.status_code == 404 and rates.too_many("wrong", network_of(request), MOST_WRONG_LINKS):
            return desk.tell("light.too_many", _language(request), 429)
        return answer

    def show(request: Request) -> Response:
        return desk.show(request, request.path_params["survey"])

    def take(request: Request, fields: Fields) -> Response:
        return desk.take(request, request.path_params["survey"], fields)

    def keep(request: Request, fields: Fields) -> Response:
        return desk.keep(request, request.path_params["survey"], fields)

    def anew(request: Request, fields: Fields) -> Response:
        return desk.anew(request, request.path_params["survey"])

    async def style_sheet(request: Request) -> Response:
        response = Response(drawing.STYLE, media_type="text/css")
        response.headers["Cache-Control"] = f"public, max-age={STYLE_SECONDS}, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return [
        Route("/s/{token}", door(link), methods=["GET"]),
        Route("/f/form.css", style_sheet, methods=["GET"]),
        Route("/f/{survey}", door(show), methods=["GET"]),
        Route("/f/{survey}", door(take, takes=True), methods=["POST"]),
        Route("/f/{survey}/draft", door(keep, takes=True), methods=["POST"]),
        Route("/f/{survey}/new", door(anew, takes=True), methods=["POST"]),
        *receipts.routes(desk, door, rates),
        *consent.routes(desk, door, rates),
        *health.routes(desk),
    ]


def _language(request: Request) -> str:
    return wanted(request, languages())

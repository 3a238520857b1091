"""The plain addresses: which there are, and what stands before each of them."""

import logging
import time
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feedback.collect import consent, health, pages, public, receipts, statements
from feedback.collect.answering import Desk, Fields, read_fields, wanted
from feedback.collect.guards import (
    MOST_BY_NETWORK,
    MOST_WRONG_LINKS,
    TooLarge,
    TooMany,
    body_of,
    headers,
    network_of,
)
from feedback.errors import FeedbackError, in_a_line, number_of
from feedback.store.database import DatabaseBusy
from feedback.survey.text import fill
from feedback.survey.wording import languages, word

AWAY = (OperationalError, InterfaceError, InternalError, FeedbackError, OSError)
"""What keeps the database from taking anything. Its other errors are mistakes of ours."""
THREADS = {"sqlite": (1, 1), "postgresql": (4, 6)}
"""So many requests of one process wait for the database at once: to show something, and to save. Together as many as
it has connections. SQLite lets one write at a time: others wait better here, in the order in which they came, than by
looking again and again, and one thread keeps one set of pages warm (a quarter less work a visit)."""
PUBLIC_THREADS = (1, 1)
"""For pages anybody may read: they keep nobody waiting who answers."""
WAITED = 5.0
"""Seconds after which somebody who waits behind others is told to try again: as long as the database is waited for."""
EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STYLE_SECONDS = 7 * 24 * 60 * 60

Answer = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)


class Door:
    """Stands before every plain address: how much, how often, what went wrong, and the headers of what goes out."""

    def __init__(self, desk: Desk, threads: tuple[int, int] | None = None, *, gives_back: bool = True) -> None:
        """threads: so many show and so many save; None: as THREADS. gives_back: whether what could not be kept comes
        back in the page, to be sent again; passwords do not."""
        self._desk, self._gives_back = desk, gives_back
        show, save = threads or THREADS[desk.place.engine.dialect.name]
        self._showing = ThreadPoolExecutor(show, thread_name_prefix="form-show")
        self._saving = ThreadPoolExecutor(save, thread_name_prefix="form-save")
        sent = headers(pages.SCRIPT_HASH, secure=desk.is_secure)
        self._headers = [(name.lower().encode(), value.encode()) for name, value in sent.items()]

    def __call__(
        self, answer: Callable[..., Response], *, takes: bool = False, sent: Mapping[str, str] | None = None
    ) -> Answer:
        """An endpoint: counts, reads the body where it takes one, answers in a thread, and never says what broke.

        sent: the headers of what goes out, instead of those of all; what the answer says for itself stays.
        """
        own = None if sent is None else [(name.lower().encode(), value.encode()) for name, value in sent.items()]

        async def endpoint(request: Request) -> Response:
            response = await self._answer(request, answer, takes=takes)
            if own is None:
                response.raw_headers.extend(self._headers)
            else:
                there = {name for name, _ in response.raw_headers}
                response.raw_headers.extend(each for each in own if each[0] not in there)
            return response

        return endpoint

    async def _answer(self, request: Request, answer: Callable[..., Response], *, takes: bool) -> Response:
        fields: Fields | None = {}
        try:
            if self._is_too_often(request):
                raise TooMany
            if takes:
                fields = read_fields(await body_of(request))
                if fields is None:
                    return self._tell(request, "slips.not_a_form", 400)
            given: tuple[Any, ...] = (request, fields) if takes else (request,)
            threads = self._saving if takes else self._showing
            return await get_running_loop().run_in_executor(threads, _in_time, time.monotonic(), answer, *given)
        except TooMany:
            self._desk.counts.total("too_many")
            response = self._tell(request, "light.too_many", 429)
            response.headers["Retry-After"] = "60"
            return response
        except TooLarge:
            self._desk.counts.total("too_large")
            return self._tell(request, "light.too_large", 413)
        except ClientDisconnect:
            return Response(status_code=400)
        except AWAY as error:
            self._desk.counts.total("not_saved" if takes else "away")
            _log.warning("a form could not be %s: %s", "saved" if takes else "shown", _kind(error))
            return self._not_now(request, fields if takes else None)
        except Exception as error:
            _log.error("at a plain address: %s", in_a_line(error))
            return self._broken(request, fields if takes else None, number_of(error))

    def _is_too_often(self, request: Request) -> bool:
        network = network_of(request)
        return bool(network) and self._desk.rates.too_many("network", network, MOST_BY_NETWORK)

    def _broken(self, request: Request, fields: Fields | None, number: str) -> Response:
        """A mistake of ours: what was sent comes back whole here, too."""
        if not fields or not self._gives_back:
            return self._tell(request, "light.broken", 500, number=number)
        language = _language(request)
        said = fill(word("light.broken", language), {"number": number})
        return HTMLResponse(pages.retry_page(request.url.path, fields, language, said), status_code=500)

    def _not_now(self, request: Request, fields: Fields | None) -> Response:
        """The database is away: what was sent comes back whole, to be sent again."""
        language = _language(request)
        if fields is None or not self._gives_back:
            response = self._tell(request, "light.away", 503)
        else:
            response = HTMLResponse(pages.retry_page(request.url.path, fields, language), status_code=503)
        response.headers["Retry-After"] = "10"
        return response

    def _tell(self, request: Request, key: str, status: int, number: str = "") -> Response:
        return self._desk.tell(key, _language(request), status, number=number)


def routes(desk: Desk) -> list[Route]:
    """Every plain address, answered at that desk."""
    rates = desk.rates
    door = Door(desk)

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

    def nothing(request: Request) -> Response:
        return desk.tell("light.not_found", _language(request), 404)

    async def style_sheet(request: Request) -> Response:
        response = Response(pages.STYLE, media_type="text/css")
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
        *statements.routes(desk, door, rates),
        *public.routes(desk, Door(desk, PUBLIC_THREADS)),
        *health.routes(desk),
        Route("/{rest:path}", door(nothing), methods=EVERY_METHOD),
    ]


def _language(request: Request) -> str:
    return wanted(request, languages())


def _in_time(asked: float, answer: Callable[..., Response], *given: Any) -> Response:
    """Answer what was asked for lately. Raises DatabaseBusy for what has waited too long for its turn."""
    if time.monotonic() - asked > WAITED:
        raise DatabaseBusy("Too many wait for the database just now. Nothing was saved; please try again in a moment.")
    return answer(*given)


def _kind(error: BaseException) -> str:
    """What went wrong, without what anybody sent: the kind of error, and the driver's own number for it."""
    cause = error.__cause__ or error
    orig = cause.orig if isinstance(cause, DBAPIError) else cause
    number = getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None) or ""
    return f"{type(error).__name__} {number}".strip()

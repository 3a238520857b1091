"""Is it alive, is it ready, how does it do: for whoever looks after the machine."""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feedback.collect.answering import Desk
from feedback.store import drafts
from feedback.store.database import lean_transaction
from feedback.web import is_loopback

FORWARDED = ("forwarded", "x-forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
"""Headers that a proxy adds, and how the names of others begin: whoever sends one comes from outside, whatever address
the connection has."""
NAMES = {
    "submissions": "Forms taken.",
    "drafts": "Drafts saved.",
    "links_wrong": "Links that opened nothing.",
    "too_many": "Requests refused because there were too many.",
    "too_large": "Requests refused because they were too large.",
    "not_saved": "Forms that could not be saved and came back to their writers.",
    "away": "Pages that could not be shown because the database was away.",
}
"""What is counted, of this process since it began."""


def routes(desk: Desk) -> list[Route]:
    """Their addresses."""

    async def live(request: Request) -> Response:
        return _plain("alive\n")

    async def ready(request: Request) -> Response:
        try:
            await run_in_threadpool(_try_to_write, desk.place.engine)
        except Exception:  # whatever it is, answers would not be taken now
            return _plain("the database takes no answers\n", 503)
        return _plain("ready\n")

    async def metrics(request: Request) -> Response:
        if not is_from_here(request):
            return _plain("not found\n", 404)
        counted = desk.counts.totals()
        lines = [line for name, what in NAMES.items() for line in _counter(name, what, counted.get(name, 0))]
        return _plain("\n".join(lines) + "\n")

    named: dict[str, Callable] = {"/health/live": live, "/health/ready": ready, "/metrics": metrics}
    return [Route(path, endpoint, methods=["GET"]) for path, endpoint in named.items()]


def _try_to_write(engine: Engine) -> None:
    """Take away a draft that nobody has: nothing is changed. Raises what it raises where nothing may be."""
    with lean_transaction(engine, lasting=False) as session:
        drafts.delete(session, "", None)


def is_from_here(request: Request) -> bool:
    """Whether a request was made on this machine and not handed on by a proxy."""
    if any(name.startswith(FORWARDED) for name in request.headers) or request.client is None:
        return False
    return is_loopback(request.client.host)


def _counter(name: str, what: str, count: int) -> tuple[str, str, str]:
    """A counter in the text format of Prometheus."""
    full = f"feedback_{name}_total"
    return f"# HELP {full} {what}", f"# TYPE {full} counter", f"{full} {count}"


def _plain(said: str, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return PlainTextResponse(said, status_code=status, headers=headers)

"""The light form beside another program: its addresses are known at once, what answers them is made when asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from feedback.loading import IN_TURN

if TYPE_CHECKING:
    from feedback.collect.place import Place

PATHS = (
    *("/s/{rest:path}", "/f/{rest:path}", "/r", "/c/{rest:path}", "/u/{rest:path}", "/health/{rest}", "/metrics"),
    *("/e/{rest:path}", "/login", "/logout", "/account", "/enter/{rest:path}"),
    *("/p", "/p/{rest:path}"),
)
"""What is ours; which of it there is, the routes themselves say."""


class Light:
    """The plain addresses as one application. make: opens the database and reads the questionnaires, once."""

    def __init__(self, make: Callable[[], "Place"]) -> None:
        self._make = make
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; the first one waits until everything is there."""
        router = self._router
        if router is None:
            router = await run_in_threadpool(self.ready)
        await router(scope, receive, send)

    def ready(self) -> Router:
        """Have everything there."""
        with IN_TURN:
            from feedback.collect import login
            from feedback.collect.answering import Desk
            from feedback.collect.routes import routes

            if self._router is None:
                desk = Desk(self._make())
                self._router = Router([*login.routes(desk), *routes(desk)])
        return self._router

    def routes(self) -> list[Route]:
        """Its addresses, for the program beside which it runs."""
        return [Route(path, self) for path in PATHS]


def beside() -> Light:
    """The light form for a program that has addresses of its own."""
    return Light(_place)


def _place() -> "Place":
    from feedback.collect.alone import place

    return place()

"""The page of a statement: what an organisation says of a credential, confirmed and taken back by its link.

Nobody says who they are: whoever holds the link answers for the organisation it was sent to. Opening it changes
nothing, since mail scanners open links, too.
"""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feedback.collect import pages
from feedback.collect.answering import Desk, Fields, one, wanted
from feedback.collect.guards import MOST_WRONG_LINKS, Rates, network_of
from feedback.store import endorsements
from feedback.store.database import looking, transaction
from feedback.store.endorsements import Statement
from feedback.survey.steps import apart
from feedback.survey.wording import languages, word

if TYPE_CHECKING:
    from feedback.collect.routes import Door

SAY, CONFIRM, BACK = "say", "confirm", "back"
ENTITLED, NAMED, SURE = "entitled", "named", "sure"
"""What the form sends: which button, and what was ticked."""


def routes(desk: Desk, door: "Door", rates: Rates) -> list[Route]:
    """Its address: reading it, then confirming it or taking it back."""

    def show(request: Request) -> Response:
        found = _found(desk, request)
        return _page(request, found) if found else _gone(desk, rates, request)

    def take(request: Request, fields: Fields) -> Response:
        found, language = _found(desk, request), _language(request)
        if found is None:
            return _gone(desk, rates, request)
        token, key, engine = request.path_params["token"], desk.place.key, desk.place.engine
        if one(fields, SAY) == BACK:
            if one(fields, SURE) != "yes":
                return _page(request, found, slip=BACK, status=422)
            with transaction(engine) as session:
                endorsements.take_back(session, token, key=key)
            return desk.tell("statement.gone", language, 200)
        if found.confirmed_on is None and one(fields, ENTITLED) != "yes":
            return _page(request, found, slip=CONFIRM, named=one(fields, NAMED) == "yes", status=422)
        named = one(fields, NAMED) == "yes"
        with transaction(engine) as session:
            endorsements.confirm(session, token, key=key, named=named)
        now = _found(desk, request)
        return _page(request, now) if now else _gone(desk, rates, request)

    return [
        Route("/e/{token}", door(show), methods=["GET"]),
        Route("/e/{token}", door(take, takes=True), methods=["POST"]),
    ]


def _found(desk: Desk, request: Request) -> Statement | None:
    with looking(desk.place.engine) as connection:
        return endorsements.find(connection, request.path_params["token"], key=desk.place.key)


def _gone(desk: Desk, rates: Rates, request: Request) -> Response:
    """Wrong links, and those of statements that were taken back, are answered alike, and as links to forms are."""
    desk.counts.total("links_wrong")
    if rates.too_many("wrong", network_of(request), MOST_WRONG_LINKS):
        return desk.tell("light.too_many", wanted(request, languages()), 429)
    return desk.tell("light.link_gone", wanted(request, languages()), 404)


def _page(
    request: Request, found: Statement, *, slip: str = "", named: bool | None = None, status: int = 200
) -> Response:
    language = _language(request)
    about: dict[str, Any] = {"organisation": apart(found.name, language), "credential": apart(found.title, language)}
    day = apart(f"{found.confirmed_on}", language) if found.confirmed_on else ""
    page = pages.page(
        "statement.html",
        language=language,
        title=word("statement.title", language),
        action=f"{request.url.path}?language={language}",
        statement=word("statement.says", language, **about),
        entitled=word("statement.entitled", language, **about),
        may_name=word("statement.named", language, **about),
        since=word("statement.since", language, day=day) if day else "",
        named=found.named_on is not None if named is None else named,
        slip=slip,
        is_sample=found.is_sample,
    )
    return HTMLResponse(page, status_code=status)


def _language(request: Request) -> str:
    """The one the address names, else the browser's."""
    named = request.query_params.get("language", "")
    return named if named in languages() else wanted(request, languages())

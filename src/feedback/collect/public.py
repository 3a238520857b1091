"""Pages anybody may read, without an account, a cookie or a script: what became of what was said, and cards to embed.

Nothing is counted here: what these pages say was finished by the worker, at the limits of public pages. They are gone
as soon as they are taken back, but for what somebody keeps of them for SECONDS.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feedback.collect import cards, pages
from feedback.collect.answering import Desk, wanted
from feedback.collect.cards import card_of, svg_of
from feedback.collect.guards import headers
from feedback.store import told
from feedback.store.database import looking
from feedback.store.told import EMPLOYERS, LEARNERS, PublicPage, Told
from feedback.survey.questionnaire import Scale
from feedback.survey.steps import apart
from feedback.survey.text import say
from feedback.survey.told import day_apart, effect_in_words, found_in_words, state_in_words
from feedback.survey.wording import languages, word

if TYPE_CHECKING:
    from feedback.collect.routes import Door

SECONDS = 60
"""So long a browser, or what stands between it and us, may keep a page before it asks again."""
KEPT = f"public, max-age={SECONDS}, must-revalidate"
HELD = 2.0
"""So many seconds a process keeps what it has drawn."""
MOST_HELD = 300
STYLE = (pages.FOLDER / "public.css").read_text(encoding="utf-8")
STYLE_ADDRESS = f"/p/look.css?v={sha256(STYLE.encode()).hexdigest()[:8]}"
STYLE_SECONDS = 7 * 24 * 60 * 60
LADDER = "ladder5"
"""The scale on which a card's second line stands."""
HTML, SVG = "text/html; charset=utf-8", "image/svg+xml; charset=utf-8"


@dataclass(frozen=True)
class _Held:
    """What was drawn, until when it is good, and its mark. body: None where there is nothing."""

    until: float
    body: bytes | None
    mark: str


class Shelf:
    """What one process has drawn lately. draw: makes a page from what is told of a credential, in a language."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held: dict[tuple[str, ...], _Held] = {}

    def get(self, key: tuple[str, ...], draw: Callable[[], str | None]) -> _Held:
        """What is drawn under a key, as it was at most HELD seconds ago; what there is not is looked for each time."""
        known = self._held.get(key)
        if known is not None and time.monotonic() < known.until:
            return known
        text = draw()
        if text is None:
            return _Held(0.0, None, "")  # not kept: what is told just now is there at once
        body = text.encode()
        mark = f'"{sha256(body).hexdigest()[:20]}"'
        if len(self._held) >= MOST_HELD:
            self._held.clear()
        self._held[key] = held = _Held(time.monotonic() + HELD, body, mark)
        return held


def routes(desk: Desk, door: "Door") -> list[Route]:
    """Its addresses: the list, a credential's page, and its card as a page and as a picture."""
    shelf, secure = Shelf(desk), desk.is_secure

    def every(request: Request) -> Response:
        language = _language(request)
        return _answer(desk, request, shelf.get(("", language), lambda: _list(desk, language)), HTML)

    def page(request: Request) -> Response:
        return shown(request, "page", HTML, lambda found, language: _page(desk, found, language))

    def card(request: Request) -> Response:
        return shown(request, "card", HTML, _card)

    def picture(request: Request) -> Response:
        return shown(request, "svg", SVG, _picture)

    def shown(request: Request, what: str, kind: str, draw: Callable[[PublicPage, str], str | None]) -> Response:
        slug, language = request.path_params["credential"], _language(request)

        def drawn() -> str | None:
            with looking(desk.place.engine) as connection:
                found = told.read_page(connection, slug)
            return None if found is None else draw(found, language)

        return _answer(desk, request, shelf.get((what, slug, language), drawn), kind)

    def style_sheet(_request: Request) -> Response:
        kept = {"Cache-Control": f"public, max-age={STYLE_SECONDS}, immutable"}
        return Response(STYLE, media_type="text/css", headers=kept)

    read, framed, drawn = _headers(secure), _headers(secure, framed=True), _headers(secure, framed=True, svg=True)
    return [
        Route("/p", door(every, sent=read), methods=["GET"]),
        Route("/p/look.css", door(style_sheet, sent=read), methods=["GET"]),
        Route("/p/{credential}", door(page, sent=read), methods=["GET"]),
        Route("/p/{credential}/card", door(card, sent=framed), methods=["GET"]),
        Route("/p/{credential}/card.svg", door(picture, sent=drawn), methods=["GET"]),
    ]


def _headers(secure: bool, *, framed: bool = False, svg: bool = False) -> Mapping[str, str]:
    """What goes out beside a page: as with all of ours, and no script at all. framed: others may show it in their
    pages, which is so of cards and of nothing else."""
    sent = dict(headers("", secure=secure))
    policy = sent["Content-Security-Policy"].replace("connect-src 'self'; ", "")
    policy = policy.replace("form-action 'self'", "form-action 'none'")
    if svg:
        policy = policy.replace("style-src 'self'", f"style-src '{cards.SVG_STYLE_HASH}'")
    if framed:
        policy = policy.replace("frame-ancestors 'none'", "frame-ancestors *")
        del sent["X-Frame-Options"]
        sent["Cross-Origin-Resource-Policy"] = "cross-origin"
    return sent | {"Content-Security-Policy": policy}


def _answer(desk: Desk, request: Request, held: _Held, kind: str) -> Response:
    """What is held; what there is not is told as of every other wrong address."""
    if held.body is None:
        return desk.tell("light.not_found", _language(request), 404)
    kept = {"Cache-Control": KEPT, "ETag": held.mark, "Vary": "Accept-Language"}
    if request.headers.get("if-none-match", "") == held.mark:
        return Response(status_code=304, headers=kept)
    return Response(held.body, headers={**kept, "Content-Type": kind})


def _language(request: Request) -> str:
    """The one the address names, else the browser's."""
    named = request.query_params.get("language", "")
    return named if named in languages() else wanted(request, languages())


# --- drawing ----------------------------------------------------------------------------------------------------------


def _list(desk: Desk, language: str) -> str:
    with looking(desk.place.engine) as connection:
        found = told.read_pages(connection)
    invented = word("public.invented", language)
    there = [
        (f"/p/{each.credential}?language={language}", each.title, invented if each.is_sample else "") for each in found
    ]
    return _drawn("public_list.html", language, word("public.list_title", language), here="/p", pages=there)


def _page(desk: Desk, found: PublicPage, language: str) -> str:
    title = f"{word('public.title', language)} – {found.title}"
    return _drawn(
        "public.html",
        language,
        title,
        here=f"/p/{found.credential}",
        all=f"/p?language={language}",
        of=found.title,
        issuer=word("public.issuer", language, issuer=apart(found.issuer, language)) if found.issuer else "",
        intro=word("public.intro", language, people=desk.place.public_people),
        parts=_parts(found, language, desk.place.public_people),
        shown=card_of(found, language) if found.has_card else None,
        means=_means(desk, language) if found.has_card else [],
        is_sample=found.is_sample,
    )


def _card(found: PublicPage, language: str) -> str | None:
    if not found.has_card:
        return None
    card = card_of(found, language)
    means = f"/p/{found.credential}?language={language}#means"
    return _drawn("public_card.html", language, card.alt, shown=card, means=means)


def _picture(found: PublicPage, language: str) -> str | None:
    return svg_of(card_of(found, language), language) if found.has_card else None


def _drawn(template: str, language: str, title: str, **values: Any) -> str:
    return pages.page(
        template, language=language, title=title, public_style=STYLE_ADDRESS, tongues=_tongues(), **values
    )


@lru_cache(maxsize=1)
def _tongues() -> tuple[tuple[str, str], ...]:
    return tuple((code, word("name", code)) for code in languages())


def _means(desk: Desk, language: str) -> list[str]:
    """How a card is to be read."""
    ends: dict[str, Any] = {"lowest": "0", "highest": f"{cards.STEPS}"}
    scale = _ladder(desk)
    if scale is not None:
        ends = {
            name: say(next(step.label for step in scale.values if step.value == value), language)
            for name, value in (("lowest", scale.lowest), ("highest", scale.highest))
        }
    people = desk.place.public_people
    keys = ("means_known", "means_counted", "means_doubt", "means_groups", "means_not")
    return [word(f"public.{key}", language, people=people, **ends) for key in keys]


def _ladder(desk: Desk) -> Scale | None:
    """The recognition ladder, as a questionnaire has it; None where none does."""
    every = (each.scale for one in desk.place.instruments.values() for each in one.questions)
    return next((scale for scale in every if scale is not None and scale.id == LADDER), None)


def _parts(found: PublicPage, language: str, least: int) -> list[dict[str, Any]]:
    """What is told, for each of its readers."""
    parts = []
    for reader in (LEARNERS, EMPLOYERS):
        mine = [said_of(each, reader, language, least) for each in found.told if each.words.get(reader)]
        if mine:
            parts.append({"reader": reader, "heading": word(f"public.{reader}", language), "told": mine})
    return parts


def said_of(each: Told, reader: str, language: str, least: int) -> dict[str, Any]:
    """One thing that is told, in the language where there are words in it, else in the one it was written in.

    least: of so many people figures are told today, whatever was enough when it was told.
    """
    words = each.words[reader]
    written = language if language in words else next(iter(words))
    enough = each.found.get("people", 0) >= least
    facts = [
        (word("public.found", language), [found_in_words(each.found, language) if enough else ""]),
        (word("public.state", language), [state_in_words(each.state, language)]),
        (word("public.effect", language), effect_in_words(each.effect, language)),
    ]
    day = day_apart(each.on, language)
    return {
        "words": words[written],
        "language": written,
        "facts": [(name, said) for name, said in facts if any(said)],
        "on": word("public.told", language, day=day),
    }

"""The page of a receipt: what became of an answer, and taking it back. Nobody says who they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feedback.collect import pages
from feedback.collect.answering import Desk, Fields, one, wanted
from feedback.collect.fields import GO
from feedback.collect.guards import Rates, network_of
from feedback.collect.public import said_of
from feedback.store.database import reading
from feedback.store.receipts import LEAVING, UNKNOWN, WITHDRAW, fate, withdraw
from feedback.store.submitting import patiently
from feedback.store.told import EMPLOYERS, LEARNERS, PublicPage, Told, read_pages
from feedback.survey.questionnaire import EMPLOYER, LEARNER
from feedback.survey.steps import apart
from feedback.survey.text import say
from feedback.survey.wording import languages, word

if TYPE_CHECKING:
    from feedback.collect.routes import Door

MOST_CODES = 60
"""Codes asked about in a minute from one network. There are 2 to the 80: nobody finds one by trying."""
LONGEST = 100
MOST_TOLD = 8
"""So many things told of a credential stand with a receipt; the others stand on its page."""


def routes(desk: Desk, door: "Door", rates: Rates) -> list[Route]:
    """Its address: asking, then withdrawing."""

    def ask(request: Request) -> Response:
        return HTMLResponse(pages.ask_receipt_page(_language(request)))

    def answer(request: Request, fields: Fields) -> Response:
        language = _language(request)
        if rates.too_many("receipt", network_of(request), MOST_CODES):
            return desk.tell("light.too_many", language, 429)
        code = one(fields, "receipt")[:LONGEST]
        if one(fields, WITHDRAW) == "yes":
            patiently(desk.place.engine, lambda session: withdraw(session, code))
        with reading(desk.place.engine) as session:
            found = fate(session, code)
            public = read_pages(session, found.about) if found.about else []
        if found.state == UNKNOWN:
            said = word("receipt.not_found", language)
            return HTMLResponse(pages.ask_receipt_page(language, given=code, slip=said), status_code=404)
        if found.state == LEAVING:
            return HTMLResponse(pages.withdrawn_page(language, published=found.release is not None))
        release, day = (f"{found.release}", f"{found.on}") if found.release else ("", "")
        told = pages.fate_words(language, people=desk.place.people, release=release, day=day)
        unsure = word("receipt.tick_first", language) if GO in fields else ""
        changed = changed_since(public, _reader(desk, found.instrument), language, desk.place.public_people)
        return HTMLResponse(pages.fate_page(language, code, told, slip=unsure, changed=changed))

    return [
        Route("/r", door(ask), methods=["GET"]),
        Route("/r", door(answer, takes=True), methods=["POST"]),
    ]


def _reader(desk: Desk, instrument: str) -> str:
    """For whom the words are that whoever answered this questionnaire reads."""
    asked = desk.place.instruments.get(instrument)
    return EMPLOYERS if asked is not None and asked.audience == EMPLOYER else LEARNERS


def changed_since(public: Sequence[PublicPage], reader: str, language: str, least: int) -> list[dict[str, Any]]:
    """What is told of the credentials an answer was about, each under what it was about, so that whoever spoke of that
    finds it: first what their like said, then the rest.

    It is the same for everybody of a reader who answered about these credentials, whatever they said: a code that led
    to what its holder spoke of would tell it to whoever finds the code.
    """
    found = []
    for each in public:
        mine = sorted((one for one in each.told if one.words.get(reader)), key=lambda one: _not_by(reader, one))
        if mine:
            said = [said_of(one, reader, language, least) | {"about": about(one, language, least)} for one in mine]
            more = word("receipt.changed_more", language, title=apart(each.title, language))
            address = f"/p/{each.credential}?language={language}"
            mark = word("public.invented", language) if each.is_sample else ""
            told = {"told": said[:MOST_TOLD], "address": address, "more": more}
            found.append({"title": each.title, "invented": mark, **told})
    return found


def _not_by(reader: str, one: Told) -> bool:
    """Whether what was found is of others than the reader, or of nobody in particular."""
    return one.found.get("audience") != (EMPLOYER if reader == EMPLOYERS else LEARNER)


def about(one: Told, language: str, least: int) -> str:
    """What something told is about, and who spoke of it; "" where that may not be told, or is nothing single."""
    labels, audience = one.found.get("label"), one.found.get("audience")
    if not labels or audience not in (LEARNER, EMPLOYER) or one.found.get("people", 0) < least:
        return ""
    return word(f"receipt.changed_{audience}", language, what=apart(say(labels, language), language))


def _language(request: Request) -> str:
    """The one the address names, else the browser's."""
    named = request.query_params.get("language", "")
    return named if named in languages() else wanted(request, languages())

"""Somebody who answers over HTTP: one kept connection, a cookie, one step after the other until the receipt."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from select import select
from urllib.parse import urlencode

from tests.collect.forms import Form, Page, filled

PATIENCE = 30
MOST_STEPS = 60
FORM_TYPE = "application/x-www-form-urlencoded"
SEND, NEXT = ("go", "send"), ("go", "next")
MOST_CHOSEN = 3
"""Of pairs put one by one, so many are chosen."""
Fields = Sequence[tuple[str, str]]


class Unanswered(Exception):
    """The connection broke, nothing came, or there is no form to be had just now: to be tried again."""


@dataclass(frozen=True)
class Answer:
    """What a server answered. headers: names in lower case; of repeated ones the last."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @cached_property
    def page(self) -> Page:
        """The body as a page."""
        return Page(self.text)


class Visitor:
    """A browser as far as the light form needs one.

    ports: of the servers it is sent to by turns; a test changes them when it likes. headers: sent with every request.
    cookies: (path, name) -> value. answer: the last one.
    """

    def __init__(self, *ports: int, headers: Mapping[str, str] | None = None, seed: int = 0) -> None:
        self.ports, self.headers = list(ports), dict(headers or {})
        self.cookies: dict[tuple[str, str], str] = {}
        self.chance = random.Random(seed)
        self.answer: Answer | None = None
        self.at = ""
        self.requests = 0
        self._chosen = 0
        self._connections: dict[int, HTTPConnection] = {}

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, redirects not followed. Raises Unanswered when the connection breaks."""
        port = self.ports[self.requests % len(self.ports)]
        self.requests += 1
        sent = self.headers | {"Accept-Language": "en"} | dict(headers or {})
        cookies = [f"{name}={value}" for (under, name), value in self.cookies.items() if _is_under(path, under)]
        if cookies:
            sent["Cookie"] = "; ".join(cookies)
        connection = self._connection(port)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            found = response.read()
        except (OSError, HTTPException) as broken:
            self._connections.pop(port).close()
            raise Unanswered(f"{method} {path}: {broken!r}") from broken
        self.answer = _answer(response, found)
        self._remember(self.answer)
        return self.answer

    def _connection(self, port: int) -> HTTPConnection:
        """The kept connection, or a new one where the server has closed it meanwhile."""
        kept = self._connections.get(port)
        if kept is not None and kept.sock is not None and not select([kept.sock], [], [], 0)[0]:
            return kept
        if kept is not None:
            kept.close()
        made = self._connections[port] = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        return made

    def get(self, path: str) -> Answer:
        """Go to an address, wherever it leads."""
        return self._follow(path, self.ask("GET", path))

    def post(self, path: str, fields: Fields) -> Answer:
        """Send a form, and go where that leads."""
        return self._follow(path, self.ask("POST", path, urlencode(fields), {"Content-Type": FORM_TYPE}))

    def ask_as_script(self, path: str, fields: Fields) -> Answer:
        """Send a form as the little script does: the page before its eyes stays."""
        seen, at = self.answer, self.at
        answer = self.ask("POST", path, urlencode(fields), {"Content-Type": FORM_TYPE})
        self.answer, self.at = seen, at
        return answer

    def _follow(self, path: str, answer: Answer) -> Answer:
        self.at = path
        for _ in range(5):
            if answer.status not in (302, 303, 307, 308):
                break
            self.at = answer.headers["location"]
            answer = self.ask("GET", self.at)
        return answer

    def _remember(self, answer: Answer) -> None:
        for line in answer.cookies:
            for name, morsel in SimpleCookie(line).items():
                place = morsel["path"] or "/", name
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(place, None)
                else:
                    self.cookies[place] = morsel.value

    # --- the form ----------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page before its eyes."""
        assert self.answer
        return self.answer.page

    @property
    def form(self) -> Form:
        """The form before its eyes. Fails when there is none; raises Unanswered when it cannot be had now (503)."""
        if self.answer is not None and self.answer.status == 503:
            raise Unanswered(f"503 at {self.at}")
        found = self.page.main()
        assert found, f"{self.answer and self.answer.status} at {self.at}: no form on it: {self.page.words[:300]}"
        return found

    def fields(self) -> list[tuple[str, str]]:
        """The step before its eyes filled in, ready to be sent on; where something was wrong, with little."""
        wrong = self.answer is not None and self.answer.status == 422
        fields = filled(self.form, self.chance, sparsely=wrong)
        return [*fields, *onward(self.form, self.chance, done=wrong or self._chosen >= MOST_CHOSEN)]

    def step(self, fields: Fields | None = None) -> Answer:
        """Fill the step in and go on."""
        sent = self.fields() if fields is None else fields
        self._chosen += sent[-1][0].startswith("q.")
        return self.post(self.action(), sent)

    def action(self) -> str:
        """Where the step goes."""
        return self.form.action or self.at

    def to_the_words(self) -> str:
        """Walk until a step that takes words; the name of its first field for them."""
        for _ in range(MOST_STEPS):
            areas = [each.name for each in self.form.controls if each.kind == "textarea"]
            if areas:
                return areas[0]
            self.step()
        raise AssertionError("nothing takes words")

    def to_the_last_step(self) -> list[tuple[str, str]]:
        """Walk until the step whose button sends everything; what is to be sent there."""
        for _ in range(MOST_STEPS):
            fields = self.fields()
            if fields[-1] == SEND:
                return fields
            self.step(fields)
        raise AssertionError(f"no end after {MOST_STEPS} steps: {self.page.words[:300]}")

    def walk(self) -> str:
        """Answer at random until the receipt, and give it."""
        for _ in range(MOST_STEPS):
            if self.page.receipt:
                return self.page.receipt
            self.step()
        raise AssertionError(f"no receipt after {MOST_STEPS} steps: {self.page.words[:300]}")

    def answers(self, path: str) -> str:
        """Open an address and answer everything; the receipt."""
        self.get(path)
        return self.walk()


def onward(form: Form, chance: random.Random, *, done: bool) -> Fields:
    """The button that is pressed, as a browser sends it: one of those that answer (of two credentials), unless that is
    done; else the one that leads on."""
    answering = [each for each in form.buttons() if each.name.startswith("q.")]
    if answering and not done:
        pressed = chance.choice(answering)
        return [(pressed.name, pressed.value)]
    moves = [(each.name, each.value) for each in form.buttons()]
    return [SEND] if SEND in moves else [next(move for move in moves if move == NEXT)]


def _is_under(path: str, cookie_path: str) -> bool:
    """Whether a cookie goes along to an address (RFC 6265, 5.1.4)."""
    asked, under = path.partition("?")[0], cookie_path.rstrip("/")
    return asked == under or asked.startswith(f"{under}/")


def _answer(response: HTTPResponse, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body, tuple(response.msg.get_all("set-cookie") or ()))

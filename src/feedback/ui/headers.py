"""What stands before every address of the app: which names it answers to, who may connect, and what a browser may do
with what it is given."""

import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedback.settings import settings
from feedback.ui import page
from feedback.web import guarded_headers

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HEALTH = ("/health/", "/_stcore/health")
"""What looks after the machine asks these by whatever name it has."""
SHUT = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check")
"""Addresses of Streamlit's that nobody of ours needs: as if they were not there."""
UNKNOWN_NAME = "This address is not known here. Whoever runs the app sets FEEDBACK_PUBLIC_URL to the one people use.\n"
FRAMES = "X-Frame-Options"
_NAME = re.compile(r"[A-Za-z0-9._\-\[\]:]{1,260}")
_OF_STREAMLIT = "\n      window.prerenderReady = false\n    "
"""The one script that stands in Streamlit's own page; every other comes from a file."""


class Guard:
    """An application behind it answers only to known names, takes a connection only from its own pages, and tells
    browsers what they may do.

    names: hosts, lower case, without port. origins: those of other names under which its pages are reached, as
    "https://feedback.example.org". secure: whether people reach it by TLS.
    """

    def __init__(self, app: ASGIApp, names: Collection[str], origins: Collection[str], *, secure: bool) -> None:
        self._app, self._names, self._origins, self._secure = app, names, origins, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if scope["type"] == "websocket":
            if self._knows(host) and self._is_ours(headers.get("origin"), host):
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return
        await self._answer(scope, receive, self._with_headers(send, scope, host), host)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        path = scope["path"].rstrip("/")
        if not self._knows(host) and not scope["path"].startswith(HEALTH):
            await PlainTextResponse(UNKNOWN_NAME, 421)(scope, receive, send)
        elif any(part in f"{path}/" for part in (f"{each}/" for each in SHUT)):
            await PlainTextResponse("not found\n", 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _knows(self, host: str) -> bool:
        return _name_of(host) in self._names

    def _is_ours(self, origin: str | None, host: str) -> bool:
        """Whether a connection comes from our own pages; what is no browser says no origin, and has no cookies."""
        return origin is None or origin in self._origins or urlsplit(origin).netloc.casefold() == host.casefold()

    def _with_headers(self, send: Send, scope: Scope, host: str) -> Send:
        """Headers are added to every answer; one that has its own keeps it."""
        secure = self._secure or scope.get("scheme") == "https"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in sent(host if self._knows(host) else "", secure=secure).items():
                    if name != FRAMES or not _may_be_framed(headers.get("content-security-policy", "")):
                        headers.setdefault(name, value)
            await send(message)

        return with_headers


def sent(host: str, *, secure: bool) -> Mapping[str, str]:
    """The headers of every answer. host: the name and port it was asked by, "" for none."""
    connect = f" {'wss' if secure else 'ws'}://{host}" if _NAME.fullmatch(host) else ""
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *map(_hash, (_OF_STREAMLIT, *page.scripts()))]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": f"'self'{connect}",
        "worker-src": "'self' blob:",
        "form-action": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "frame-ancestors": "'none'",
    }
    return guarded_headers(policy, secure=secure) | {"Cross-Origin-Resource-Policy": "same-origin"}


def _may_be_framed(policy: str) -> bool:
    """Whether a page says for itself that others may show it in theirs, as the card of a credential does."""
    return "frame-ancestors *" in policy


def guard() -> Middleware:
    """The guard of this installation: known are this machine's own names, the address it listens at, that of
    FEEDBACK_PUBLIC_URL, and what Streamlit's `server.allowedHosts` adds."""
    public = settings().public_url
    names = {*LOOPBACK, _name_of(urlsplit(public).netloc), *map(str.casefold, st.get_option("server.allowedHosts"))}
    names.add(_listening(st.get_option("server.address") or ""))
    origins = {f"{urlsplit(public).scheme}://{urlsplit(public).netloc}".casefold()} if public else set()
    return Middleware(Guard, names=names - {""}, origins=origins, secure=public.casefold().startswith("https://"))


def _listening(address: str) -> str:
    """The address the app listens at, "" for all there are."""
    try:
        return "" if ip_address(address).is_unspecified else address
    except ValueError:
        return address.casefold()


def _name_of(host: str) -> str:
    """The name in a Host header, lower case, without port; "" for what is none."""
    if not _NAME.fullmatch(host):
        return ""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""


def _hash(script: str) -> str:
    """A script as a policy names it."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"

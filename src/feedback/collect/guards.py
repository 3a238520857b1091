"""What stands before every plain route: size, rate, headers. Nothing here looks at what anybody answered."""

import time
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from threading import Lock

from starlette.requests import Request

from feedback.web import guarded_headers

MOST_BYTES = 192 * 1024
"""The largest body taken: three texts of 4,000 letters, the most a page of ours asks for, at twelve bytes a letter, as
which an emoji travels; and 48 kB for the rest of a form."""
MINUTE = 60.0
MOST_BY_LINK = 120
"""Requests a minute on one invitation or browser: a quick hand with autosave needs a third of it."""
MOST_BY_NETWORK = 9000
"""Requests a minute from one network: 300 people behind one address, each with thirty."""
MOST_WRONG_LINKS = 10
"""Links that open nothing, a minute from one network. Right ones go on: nobody is locked out by a neighbour."""
MOST_KEPT = 50_000
"""So many places are remembered at once; past that the oldest half is forgotten."""
_PREFIX = {4: 24, 6: 56}


class TooLarge(Exception):
    """The body is larger than we take."""


class TooMany(Exception):
    """More requests than one link or browser makes."""


class Rates:
    """How often something happened in the last minute, by place; in this process."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = Lock()

    def too_many(self, what: str, place: str, most: int) -> bool:
        """Count one more; True when that is more than so many in this minute."""
        moment = time.monotonic()
        with self._lock:
            began, count = self._counts.get((what, place), (moment, 0))
            if moment - began >= MINUTE:
                began, count = moment, 0
            self._counts[what, place] = (began, count + 1)
            if len(self._counts) > MOST_KEPT:
                self._forget_half()
        return count + 1 > most

    def _forget_half(self) -> None:
        by_age = sorted(self._counts, key=lambda key: self._counts[key][0])
        for key in by_age[: MOST_KEPT // 2]:
            del self._counts[key]


def network_of(request: Request) -> str:
    """The network a visitor comes from: the first 24 bits of an address (56 of the newer kind); "" where unknown.

    The address is the connection's own, or what the one proxy named in the settings says (the server puts it there;
    nobody else's word is taken).
    """
    return _network(request.client.host) if request.client else ""


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ip_network(f"{address}/{_PREFIX[address.version]}", strict=False))


async def body_of(request: Request) -> bytes:
    """The body, read only as far as we take. Raises TooLarge."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > MOST_BYTES:
        raise TooLarge
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > MOST_BYTES:
            raise TooLarge
    return bytes(read)


def headers(script_hash: str, *, secure: bool) -> Mapping[str, str]:
    """The headers of every page of ours. script_hash: of the only script that may run. secure: reached by TLS."""
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": f"'{script_hash}'" if script_hash else "'none'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return guarded_headers(policy, secure=secure) | {"Cache-Control": "no-store"}

"""Seals: what a browser keeps for us and cannot read or change, and drafts that only their link or cookie opens."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE, _KEY = 12, 32
LONGEST = 200_000
"""Longer seals are refused unread (characters)."""


def seal(key: bytes, purpose: str, value: object) -> bytes:
    """A value (of what JSON knows), encrypted and signed for one purpose: AES-256-GCM (NIST SP 800-38D)."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, orjson.dumps(value), purpose.encode())


def unseal(key: bytes, purpose: str, sealed: bytes) -> object | None:
    """What was sealed with this key for this purpose; None for anything else."""
    try:
        return orjson.loads(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()))
    except (InvalidTag, ValueError):
        return None


def as_text(sealed: bytes) -> str:
    """A seal as letters that a cookie or a form field takes."""
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def as_bytes(text: str) -> bytes:
    """The seal behind its letters; empty, which opens nothing, for what are none."""
    if len(text) > LONGEST or not text.isascii():
        return b""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def new_key() -> bytes:
    """A key of its own for one browser's form."""
    return secrets.token_bytes(_KEY)


def key_from(token: str) -> bytes:
    """The key of the drafts begun by a link: HKDF-SHA256 (RFC 5869) of its token. Nothing the server keeps leads to
    it."""
    return HKDF(SHA256(), _KEY, None, b"feedback draft").derive(token.encode())


def own_key(key: bytes, purpose: str) -> bytes:
    """A key for one purpose out of the server's own."""
    return digest(key, b"feedback " + purpose.encode(), sha256)


@dataclass(frozen=True)
class Visit:
    """Who fills in which form: what the cookie holds. invitation: the id of the invitation, None on an open link.

    key: opens the drafts of this link or browser, and signs the form's hidden field. until: seconds since the epoch
    after which the cookie is worth nothing. language, about, contact: what the invitation says of them ("", (),
    None: nothing).
    """

    survey: str
    invitation: str | None
    key: bytes
    until: int
    language: str = ""
    about: tuple[str, ...] = ()
    contact: str | None = None

    @property
    def draft(self) -> str:
        """What its draft is kept under: follows from the key, and does not lead back to it."""
        return digest(self.key, b"draft " + self.survey.encode(), sha256)[:16].hex()


def cookie_of(visit: Visit, key: bytes) -> str:
    """The cookie of a visit, sealed with the server's own key."""
    held = [visit.survey, visit.invitation, visit.key.hex(), visit.until, visit.language, visit.about, visit.contact]
    return as_text(seal(key, "visit", held))


def visit_in(cookie: str, survey: str, moment: float, key: bytes) -> Visit | None:
    """The visit a cookie holds; None when it is no cookie of ours, of another survey, or too old."""
    held = unseal(key, "visit", as_bytes(cookie))
    if not isinstance(held, list):
        return None
    named, invitation, own, until, language, about, contact = held
    visit = Visit(named, invitation, bytes.fromhex(own), until, language, tuple(about), contact)
    return visit if named == survey and moment < until else None

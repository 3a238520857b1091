"""A file under a passphrase: written as a stream, read at any place, in a memory that does not grow with it.

AES-256-GCM over pieces of 1 MB, each bound to its number and to whether it is the last, so that none can be changed,
moved, left out or cut off unnoticed (the STREAM construction, IACR ePrint 2015/189). The key is made of the passphrase
by scrypt (RFC 7914).
"""

import io
import os
from hashlib import scrypt, sha256
from hmac import compare_digest
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from feedback.errors import Problem, Refused

MAGIC = b"feedback backup, encrypted, 1\n"
SHORTEST = 16
"""Characters of a passphrase: less could be tried one after the other."""
PIECE = 1 << 20
_TAG, _SALT, _PREFIX, _CHECK = 16, 16, 7, 16
_HEADER = len(MAGIC) + _SALT + _PREFIX + _CHECK
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 64 << 20, "dklen": 64}


class WrongKey(Refused):
    """The passphrase is not the one the file was written under."""


def read_passphrase(given: str, key_file: Path | None) -> str:
    """The passphrase as given, or as a file holds it; "" for neither. Raises Refused for one that is too short."""
    where = "FEEDBACK_BACKUP_KEY"
    if key_file is not None:
        where = str(key_file)
        try:
            given = key_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise Refused([Problem(where, f"cannot be read: {reason}.")]) from None
    said = given.strip()
    if (said or key_file is not None) and len(said) < SHORTEST:
        what = f"it has {len(said)} characters; it must have at least {SHORTEST}, best random ones."
        raise Refused([Problem(where, what)])
    return said


class Changed(RuntimeError):
    """An encrypted file is not as it was written."""


class Encrypting(io.RawIOBase):
    """What is written here goes to a file, encrypted. `finish` writes the end; without it the file is not whole."""

    def __init__(self, sink: IO[bytes], passphrase: str) -> None:
        self._sink, self._number, self._waiting = sink, 0, bytearray()
        salt, self._prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        key, check = _keys(passphrase, salt)
        self._cipher, self._header = AESGCM(key), MAGIC + salt + self._prefix + check
        sink.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, more) -> int:  # type: ignore[no-untyped-def]  # whatever holds bytes
        self._waiting += more
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(more)

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        self._sink.write(self._cipher.encrypt(nonce, piece, self._header))
        self._number += 1


class Decrypting(io.RawIOBase):
    """An encrypted file to be read, anywhere in it.

    Raises WrongKey at once for another passphrase, and Changed where what it reads was changed or cut off.
    """

    def __init__(self, source: IO[bytes], passphrase: str, name: str) -> None:
        self._source, self._at, self._held = source, 0, (-1, b"")
        self._size = source.seek(0, io.SEEK_END) - _HEADER
        source.seek(0)
        self._header = source.read(_HEADER)
        salt = self._header[len(MAGIC) : len(MAGIC) + _SALT]
        self._prefix = self._header[len(MAGIC) + _SALT : -_CHECK]
        if len(self._header) < _HEADER or self._size < _TAG:
            raise Changed("it is cut short")
        if not passphrase:
            said = "it is encrypted. Give its key: FEEDBACK_BACKUP_KEY, or --key-file."
            raise WrongKey([Problem(name, said)])
        key, check = _keys(passphrase, salt)
        if not compare_digest(check, self._header[-_CHECK:]):
            raise WrongKey([Problem(name, "it was encrypted with another key than the one given.")])
        self._cipher = AESGCM(key)
        self._pieces = -(-self._size // (PIECE + _TAG))
        self._length = self._size - self._pieces * _TAG
        self._piece(self._pieces - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, room) -> int:  # type: ignore[no-untyped-def]  # whatever takes bytes
        number, start = divmod(self._at, PIECE)
        if self._at >= self._length:
            return 0
        found = self._piece(number)[start : start + len(room)]
        room[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(_HEADER + number * (PIECE + _TAG))
            sealed = self._source.read(PIECE + _TAG)
            nonce = _nonce(self._prefix, number, number == self._pieces - 1)
            try:
                self._held = number, self._cipher.decrypt(nonce, sealed, self._header)
            except InvalidTag:
                raise Changed("it was changed or cut short since it was encrypted") from None
        return self._held[1]


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """What encrypts, and what tells whether it is the right one."""
    made = scrypt(passphrase.encode(), salt=salt, **_SCRYPT)
    return made[:32], sha256(made[32:]).digest()[:_CHECK]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])

"""Passwords: hashed by Argon2id, two at a time, and tried a few times a minute."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from feedback.store.database import DatabaseBusy

MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4
"""Argon2id as RFC 9106 (section 4, the second recommended choice) has it: 64 MiB for each hash."""
AT_ONCE, WAITING = 2, 8
"""So many hashes at once in a process, 128 MiB; so many may wait for their turn, others are told to try again."""
PATIENCE = 5.0
"""Seconds somebody waits for their turn."""
SHORTEST, LONGEST = 12, 1000
"""Characters of a password."""
LIMITS = ((10, 60.0), (60, 3600.0))
"""Tries by one account or from one network: so many within so many seconds. Nobody is locked out for good."""
MOST_KEPT = 50_000
"""So many accounts and networks are remembered at once; past that the oldest half is forgotten."""
COMMON = (
    "password", "passwort", "contraseña", "qwertyuiop", "qwertzuiop", "1234567890", "0987654321", "letmein", "welcome",
    "willkommen", "bienvenido", "administrator", "credential", "feedback", "iloveyou", "abcdefghij",
)  # fmt: skip
"""What everybody tries first: a password that is little else is refused."""
BESIDE = 5
"""Such a password needs so many other characters, at the least, beside the common word."""

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_turns = BoundedSemaphore(AT_ONCE)
_queue = BoundedSemaphore(AT_ONCE + WAITING)


class TooBusy(DatabaseBusy):
    """Too many passwords are looked at just now."""


def is_common(password: str, *own: str) -> bool:
    """Whether a password is little else than what everybody tries, one character again and again, or one's own name or
    address.

    >>> is_common("Password1234"), is_common("aaaaaaaaaaaa"), is_common("AnnExample12", "Ann Example")
    (True, True, True)
    >>> is_common("three grey herons", "Ann Example", "ann@example.org")
    False
    """
    letters = "".join(password.lower().split())
    if len(set(letters)) < BESIDE:
        return True
    guessed = [*COMMON, *("".join(each.lower().split()) for each in own)]
    return any(len(letters.replace(each, "")) < BESIDE for each in guessed if len(each) >= BESIDE and each in letters)


def hashed(password: str) -> str:
    """A password as it is kept. Raises TooBusy."""
    with _turn():
        return _hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one kept as that. kept: "" for none, which takes as long and never fits.

    Too long a one fits nothing and is not hashed. Raises TooBusy.
    """
    if len(password) > LONGEST:
        return False
    with _turn():
        try:
            return _hasher.verify(kept or _nobodys(), password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_old(kept: str) -> bool:
    """Whether a password was hashed with less than today's care."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has: looked at where there is none, so that it takes as long."""
    return _hasher.hash(sha256(time.time_ns().to_bytes(8)).hexdigest())


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise TooBusy("Too many sign in at this moment. Please try again in a moment.")
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise TooBusy("Too many sign in at this moment. Please try again in a moment.")
        try:
            yield
        finally:
            _turns.release()
    finally:
        _queue.release()


class Tries:
    """How often a password was tried lately, by account and by network; in this process."""

    def __init__(self, limits: Sequence[tuple[int, float]] = LIMITS) -> None:
        self._limits = limits
        self._counts: dict[tuple[str, int], tuple[float, int]] = {}
        self._lock = Lock()

    def too_many(self, *places: str) -> bool:
        """Count one more try for each place ("": unknown, not counted); True when that is more than may be."""
        moment = time.monotonic()
        with self._lock:
            # Every place is counted, and every limit: which of them stopped somebody does not show.
            over = [
                self._count(place, limit, moment) for place in places if place for limit in range(len(self._limits))
            ]
            if len(self._counts) > MOST_KEPT:
                for key in sorted(self._counts, key=lambda each: self._counts[each][0])[: MOST_KEPT // 2]:
                    del self._counts[key]
        return any(over)

    def went_well(self, *places: str) -> None:
        """The last try was right, and does not count."""
        with self._lock:
            for place in filter(None, places):
                for limit in range(len(self._limits)):
                    began, count = self._counts.get((place, limit), (0.0, 0))
                    if count:
                        self._counts[place, limit] = (began, count - 1)

    def _count(self, place: str, limit: int, moment: float) -> bool:
        most, seconds = self._limits[limit]
        began, count = self._counts.get((place, limit), (moment, 0))
        if moment - began >= seconds:
            began, count = moment, 0
        self._counts[place, limit] = (began, count + 1)
        return count + 1 > most

"""Counts of what happens at the forms, kept in memory and written down now and then: never with anybody's answers."""

import atexit
import logging
from collections import Counter
from threading import Lock, Timer

from sqlalchemy import Engine

from feedback.store import funnel
from feedback.store.database import transaction

OPENED, STARTED, REACHED, FINISHED, SECONDS = "opened", "started", "reached", "finished", "seconds"
EVERY = 10.0
"""Seconds after which what was counted is written down. A crash loses that much of the funnel, and no answer."""
BUCKET = 10
LONGEST = 3 * 60 * 60
"""Who takes longer (seconds) has been away in between: that is no time of filling in."""
MOST_SEEN = 50_000
"""Forms remembered as counted, at most; then all are forgotten."""

Place = tuple[str, str, str, int]


class Counts:
    """Of one process. Written down together with what other people did meanwhile, so that no row tells of one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: Counter[Place] = Counter()
        self._totals: Counter[str] = Counter()
        self._seen: set[tuple[str, str, str, str]] = set()
        self._lock = Lock()
        self._timer: Timer | None = None
        atexit.register(self.write_down)

    def add(self, survey: str, language: str, mark: str, value: int = 0) -> None:
        """Somebody opened, started, reached a step, finished, or took so many seconds (rounded up to ten)."""
        if mark == SECONDS:
            if not 0 <= value <= LONGEST:
                return
            value = max(BUCKET, -(-value // BUCKET) * BUCKET)
        with self._lock:
            self._waiting[survey, language, mark, value] += 1
            if self._timer is None:
                self._timer = Timer(EVERY, self.write_down)
                self._timer.daemon = True
                self._timer.start()

    def add_once(self, who: str, survey: str, language: str, mark: str) -> None:
        """As `add`, but once for each form, as far as this process remembers. who: the id of its draft; it is written
        nowhere."""
        place = (who, survey, language, mark)
        with self._lock:
            if place in self._seen:
                return
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            self._seen.add(place)
        self.add(survey, language, mark)

    def total(self, name: str) -> None:
        """Something happened in this process, whoever it was: for the metrics."""
        with self._lock:
            self._totals[name] += 1

    def totals(self) -> dict[str, int]:
        """What happened in this process since it began."""
        with self._lock:
            return dict(sorted(self._totals.items()))

    def write_down(self) -> None:
        """Add what was counted to the database; what it does not take now waits for the next time."""
        with self._lock:
            counted, self._waiting = self._waiting, Counter()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        if not counted:
            return
        try:
            with transaction(self._engine) as session:
                funnel.add(session, counted)
        except Exception:
            logging.getLogger(__name__).warning("counts of the forms wait: the database does not take them now")
            with self._lock:
                self._waiting += counted

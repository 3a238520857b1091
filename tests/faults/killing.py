"""Work in a process of its own that is killed in the middle (SIGKILL): at a moment nobody chose, or at a place."""

import os
import signal
import time
from collections.abc import Callable

from sqlalchemy import Engine, event


def start(work: Callable[[], object]) -> int:
    """Begin the work in a process forked from this one; its id. It ends when the work does."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return child


def killed_after(seconds: float, work: Callable[[], object]) -> bool:
    """Kill it so much later; whether it was still at work."""
    child = start(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)  # one that has ended is there until it is waited for
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def killed_at(place: str, room: object, work: Callable[[], object]) -> None:
    """Kill it as it comes to a function of a module."""

    def die(*_args: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def to_the_place() -> None:
        setattr(room, place, die)
        work()

    assert os.WIFSIGNALED(os.waitpid(start(to_the_place), 0)[1]), f"it never came to {place}"


def killed_at_statement(number: int, engine: Engine, work: Callable[[], object]) -> int:
    """Kill it at its so manieth statement on that database (0: at none). Returns how many it came to, where it lived.

    engine: disposed by whoever calls; the process makes connections of its own.
    """
    told, tells = os.pipe()

    def counted() -> None:
        count = 0

        def look(*_: object) -> None:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", look)
        work()
        os.write(tells, str(count).encode())

    engine.dispose()
    child = start(counted)
    os.close(tells)
    with os.fdopen(told) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    assert (os.WIFSIGNALED(status), bool(said)) == ((True, False) if number else (False, True))
    return int(said or 0)

"""Loading in turn: threads that load much, each from its own end, do it one after the other.

Two that load a package at once, one from its top and one from a part of it, wait for each other; Python 3.11 ends that
by handing one of them the package half made, and the import fails (repaired in 3.12).
"""

from threading import RLock

IN_TURN = RLock()
"""Held while something is loaded on a thread of its own."""

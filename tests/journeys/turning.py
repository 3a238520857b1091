"""The app for journeys: `python turning.py PLACE run app.py ...` serves as `streamlit run app.py ...` does.

Told so (SIGUSR1), it turns to another database: the file PLACE holds its address, and is gone when that is done.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import streamlit as st
from streamlit.web.cli import main

from feedback.settings import settings

PATIENCE = 30
"""Seconds for what is still going on about the last database."""


def turn(place: Path) -> None:
    """Let the last database go: whoever reads of it has ended, and nothing of it is held."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) or thread.name == "ScriptRunner.scriptThread":  # warming up, drawing
            thread.join(PATIENCE)
    os.environ["FEEDBACK_DATABASE_URL"] = place.read_text(encoding="utf-8")
    settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    place.unlink()


if __name__ == "__main__":
    place = Path(sys.argv.pop(1))
    # In a thread of its own: the one that takes signals also answers visitors, and may be holding a cache.
    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=turn, args=(place,)).start())
    main(prog_name="streamlit")

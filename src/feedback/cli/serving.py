"""`feedback serve`: migrate, fill an empty database with the sample, run the app."""

import os
import runpy
import signal
import socket
import sys
import time
from threading import Thread
from typing import Annotated

import typer

from feedback.cli.console import database, say
from feedback.cli.institution import load_the_sample
from feedback.errors import Problem, Refused

PATIENCE = 60
"""Seconds until we stop waiting for the app to answer; it goes on trying without us."""


def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="The port to listen on.")] = 8501,
) -> None:
    """Run the app: migrate, load the sample into an empty database, serve, print the address."""
    from feedback.settings import project_folder, settings
    from feedback.store.glance import is_settled

    url = settings().database_url
    if not is_settled(url):
        _make_ready()
    if not _free(host, port):
        raise Refused([Problem(f"port {port}", "is taken by another program. Choose another: make run PORT=8600")])
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = settings().public_url or f"http://{reached}:{port}"
    Thread(target=_say_when_it_answers, args=(reached, port, address), daemon=True).start()
    os.environ["FEEDBACK_DATABASE_URL"] = url
    os.environ["FORWARDED_ALLOW_IPS"] = settings().trusted_proxy  # whose word uvicorn takes; by default this machine's
    os.chdir(project_folder())
    _run_streamlit(
        "app.py",
        {
            "server.address": host,
            "server.port": str(port),
            "server.headless": "true",
            "browser.gatherUsageStats": "false",
            "logger.hideWelcomeMessage": "true",
        },
    )


def _run_streamlit(script: str, options: dict[str, str]) -> None:
    """What `python -m streamlit run` does, in this process: a second one would load everything again. Never returns."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))  # the server closes first, then this is called: it was meant
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    sys.argv = ["streamlit", "run", script, *given]
    runpy.run_module("streamlit", run_name="__main__")


def _make_ready() -> None:
    """Migrate the database, and load the sample when nothing is in it."""
    from feedback.store import catalogue, meta
    from feedback.store.database import reading

    _, engine = database()
    with reading(engine) as session:
        empty = meta.data_version(session) == 0 and not catalogue.read_credentials(session)
    if empty:
        say("The database is empty: loading the sample institution (take it away in the app whenever you like).")
        load_the_sample(engine, 4000, 1)
    engine.dispose()


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _say_when_it_answers(host: str, port: int, address: str) -> None:
    """Tell people the address, once the app is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with socket.create_connection((host, port), timeout=PATIENCE) as asked:
                asked.sendall(b"GET /_stcore/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if asked.recv(12).endswith(b" 200"):
                    say(f"Open {address}   (stop with Ctrl+C)")
                    return
        except OSError:
            pass
        time.sleep(0.05)

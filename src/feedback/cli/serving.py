"""`feedback serve`: migrate, fill an empty database with the sample, run the app."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Annotated

import typer

from feedback.cli.console import database, say
from feedback.cli.institution import load_the_sample
from feedback.errors import Problem, Refused


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
    options = {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    streamlit = [sys.executable, "-m", "streamlit", "run", str(project_folder() / "app.py"), *arguments]
    environment = os.environ | {"FEEDBACK_DATABASE_URL": url}
    server = subprocess.Popen(streamlit, cwd=project_folder(), env=environment, stdout=subprocess.DEVNULL)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: server.terminate())
    address = settings().public_url or f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
    if _answers(f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/_stcore/health", server):
        say(f"Open {address}   (stop with Ctrl+C)")
    code = server.wait()
    raise typer.Exit(0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else code)


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


def _answers(url: str, server: subprocess.Popen, patience: float = 60) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False

"""`feedback serve`: migrate, fill an empty database with the sample, run the app."""

import os
import runpy
import signal
import socket
import sys
import time
from hmac import digest
from threading import Thread
from typing import Annotated
from urllib.parse import urlsplit

import typer

from feedback.cli.console import database, say
from feedback.cli.institution import OTHERS, load_the_sample
from feedback.errors import Problem, Refused
from feedback.web import is_loopback

PATIENCE = 60
"""Seconds until we stop waiting for the app to answer; it goes on trying without us."""


def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="The port to listen on.")] = 8501,
) -> None:
    """Run the app: migrate, load the sample into an empty database, serve, print the address."""
    from feedback.safety import Facts
    from feedback.settings import project_folder, secret_key, settings
    from feedback.store.glance import is_settled

    url = settings().database_url
    is_public = Facts(host=host, public_url=settings().public_url).is_public
    if not is_settled(url):
        _make_ready(with_sample=not is_public)
    if is_public:
        _refuse_unsafe(host)
    if not _free(host, port):
        raise Refused([Problem(f"port {port}", "is taken by another program. Choose another: make run PORT=8600")])
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = settings().public_url or f"http://{reached}:{port}"
    Thread(target=_say_when_it_answers, args=(reached, port, address, host), daemon=True).start()
    os.environ["FEEDBACK_DATABASE_URL"] = url
    os.environ["FORWARDED_ALLOW_IPS"] = settings().trusted_proxy  # whose word uvicorn takes; by default this machine's
    cookies = digest(secret_key(settings()), b"streamlit cookies", "sha256").hex()
    os.environ.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", cookies)  # the same for all processes
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


def _refuse_unsafe(host: str) -> None:
    """Raise Refused with all that makes it unsafe to be reached by others."""
    from feedback.cli.examining import refuse_unsafe

    settings, engine = database()
    refuse_unsafe(settings, engine, host)
    engine.dispose()


def _make_ready(*, with_sample: bool) -> None:
    """Migrate the database, and load the sample when nothing is in it."""
    from feedback.store import catalogue, meta
    from feedback.store.database import reading

    os.umask(OTHERS)
    _, engine = database()
    with reading(engine) as session:
        empty = meta.data_version(session) == 0 and not catalogue.read_credentials(session)
    if empty and with_sample:
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


def _say_when_it_answers(host: str, port: int, address: str, listens: str) -> None:
    """Tell people the address, once the app is there; and to whoever sits here how to look at the sample."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with socket.create_connection((host, port), timeout=PATIENCE) as asked:
                asked.sendall(b"GET /_stcore/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if asked.recv(12).endswith(b" 200"):
                    say(f"Open {address}   (stop with Ctrl+C)")
                    _offer_the_sample(listens, address)
                    return
        except OSError:
            pass
        time.sleep(0.05)


def _offer_the_sample(listens: str, address: str) -> None:
    """Print a link that signs whoever sits at this machine in, once and within half an hour, where nobody else reaches
    us and nobody real gives roles."""
    from feedback.loading import IN_TURN

    with IN_TURN:  # the app loads the same beside us
        from feedback.settings import settings
        from feedback.store.accounts import sample_link
        from feedback.store.database import open_database, transaction

    if not (is_loopback(listens) and is_loopback(urlsplit(address).hostname or "")) or settings().trusted_proxy:
        return
    engine = open_database(settings().database_url, patience=PATIENCE)
    with transaction(engine) as session:
        token = sample_link(session)
    engine.dispose()
    if token:
        say(f"Sign in once: {address.rstrip('/')}/enter/{token}")

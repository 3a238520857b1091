"""A gate before a database server: shut, nobody gets in and whoever was in is cut off; opened, all is as before."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import URL


class Gate:
    """Listens on 127.0.0.1 and passes everything on to the server at an address."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._listening: socket.socket | None = None
        self._passing: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        """The database's address through the gate."""
        query = {name: value for name, value in self._server.query.items() if name not in ("host", "port")}
        led = self._server.set(host="127.0.0.1", port=self.port, query=query)
        return led.render_as_string(hide_password=False)

    def open(self) -> None:
        """Let people in."""
        self._listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._let_in, args=(self._listening,), daemon=True).start()

    def shut(self) -> None:
        """Turn everybody away, and cut off those inside."""
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        self.cut()

    def cut(self) -> None:
        """Cut off those inside; others may come in."""
        with self._lock:
            passing, self._passing = self._passing, set()
        for each in passing:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _let_in(self, listening: socket.socket) -> None:
        while True:
            try:
                visitor, _ = listening.accept()
                server = self._connect()
            except OSError:
                return
            with self._lock:
                self._passing |= {visitor, server}
            for one, other in ((visitor, server), (server, visitor)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._server.query.get("host") or self._server.host, self._server.port or 5432
        if str(host).startswith("/"):
            made = socket.socket(socket.AF_UNIX)
            made.connect(str(Path(str(host)) / f".s.PGSQL.{port}"))
            return made
        return socket.create_connection((str(host), port))


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def gate_before(server: URL) -> Iterator[Gate]:
    """A gate that stands until the end."""
    gate = Gate(server)
    try:
        yield gate
    finally:
        gate.shut()

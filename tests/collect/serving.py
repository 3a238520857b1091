"""The light form served on this machine: in a process to be killed, or in a thread to be looked into."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Thread

import uvicorn

ROOT = Path(__file__).resolve().parents[2]
ALONE = "feedback.collect.alone:application"
SECRET = "for tests only: not a secret, but long enough"
TICKS = os.sysconf("SC_CLK_TCK")


@cache
def _forge() -> subprocess.Popen:
    """The process that servers are forked from; it ends when we do."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": path}
    command = [sys.executable, str(Path(__file__).with_name("forge.py"))]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def _order(**order: object) -> dict[str, int]:
    forge = _forge()
    assert forge.stdin
    assert forge.stdout
    forge.stdin.write(json.dumps(order) + "\n")
    forge.stdin.flush()
    answer = forge.stdout.readline()
    assert answer, "the process that servers are forked from has ended"
    return json.loads(answer)


@dataclass
class Server:
    """A server in a process of its own. application: "module:factory". environment: its settings.

    log: the file that takes what it writes.
    """

    environment: dict[str, str]
    log: Path
    application: str = ALONE
    port: int = 0
    pid: int = 0
    spent: float = field(default=0.0, init=False)

    def start(self) -> "Server":
        """Begin to serve, on the port it had before."""
        made = _order(
            do="start", port=self.port, application=self.application, environment=self.environment, log=str(self.log),
        )  # fmt: skip
        self.port, self.pid = made["port"], made["pid"]
        return self

    def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        """End it, at whatever it is; its exit code. Nothing happens when it is not running."""
        if not self.pid:
            return 0
        self.spent += self.cpu_seconds()
        os.kill(self.pid, how)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        code = _order(do="reap", pid=self.pid)["code"]
        self.pid = 0
        return code

    def cpu_seconds(self) -> float:
        """What the running process has used, with the children it has waited for."""
        return cpu_seconds(self.pid)

    def memory(self) -> int:
        """The bytes of memory it has used at most (VmHWM of proc_pid_status(5))."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process and of its children that have ended (proc_pid_stat(5): utime, stime, cutime, cstime)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def settings_for(url: str, **others: str) -> dict[str, str]:
    """The settings of a server on that database."""
    given = {"FEEDBACK_DATABASE_URL": url, "FEEDBACK_SECRET": SECRET, "FEEDBACK_WORKER": "separate"}
    return given | {f"FEEDBACK_{name.upper()}": value for name, value in others.items()}


@contextmanager
def served(url: str, folder: Path, *, application: str = ALONE, **settings: str) -> Iterator[Server]:
    """A server of the light form on that database; killed at the end. folder: takes its log."""
    server = Server(settings_for(url, **settings), folder / "server.log", application).start()
    try:
        yield server
    finally:
        server.end()


@contextmanager
def collecting(url: str, **settings: str) -> Iterator[tuple[int, list[str]]]:
    """`feedback collect` as people start it: the port, and a list that holds all it wrote once it has ended."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "feedback", "collect", "--port", str(port), "--host", "127.0.0.1"],
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | settings_for(url, **settings), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    written: list[str] = []
    try:
        while process.poll() is None and not _listens(port):
            time.sleep(0.02)
        yield port, written
    finally:
        process.terminate()
        written.append(process.communicate(timeout=30)[0])


def refused(url: str) -> subprocess.CompletedProcess:
    """`feedback collect` on a database it should not serve: how it ended."""
    command = [sys.executable, "-m", "feedback", "collect", "--port", "8759"]
    environment = os.environ | settings_for(url)
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def served_here(application: object) -> Iterator[int]:
    """Serve an application in a thread of this process, where a test can reach into it; the port."""
    config = uvicorn.Config(application, port=0, log_level="critical", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server has not begun"
        thread.join(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)

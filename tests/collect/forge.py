"""The light form in processes of their own, to be killed: this file, run as a program, is what they are forked from.

What they need is loaded once. It reads orders, a JSON document a line, and answers each with one: "start" (port, 0:
any; application, environment, log) gives the port and the id of the process; "reap" (pid) waits for one that has ended
and gives its exit code, negative for the signal that ended it. A server's socket listens before its process has begun,
so nobody is turned away meanwhile.
"""

import json
import os
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

BACKLOG = 2048


def main() -> None:
    """Obey until the orders end; what was started ends with us."""
    import uvicorn

    import feedback.collect.alone

    assert uvicorn
    assert feedback.collect.alone
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            answer = _start(order)
            running.add(answer["pid"])
        else:
            answer = {"code": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
            running.discard(order["pid"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _start(order: dict[str, Any]) -> dict[str, int]:
    # With the protocol named: asyncio lets small answers wait (Nagle) on a socket that names none.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", order["port"]))
    listening.listen(BACKLOG)
    pid = os.fork()
    if not pid:
        _serve(listening, order)
    port = listening.getsockname()[1]
    listening.close()
    return {"pid": pid, "port": port}


def _serve(listening: socket.socket, order: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for standard in (1, 2):
            os.dup2(log, standard)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ |= order["environment"]
        import uvicorn

        config = uvicorn.Config(
            order["application"], factory=True, log_level="warning", access_log=False, server_header=False,
            proxy_headers=False, timeout_keep_alive=15,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()

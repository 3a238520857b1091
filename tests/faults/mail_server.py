"""A small mail server on this machine that misbehaves as it is told, and keeps what it took."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

HANG, RESET = "hang", "reset"


@dataclass
class MailServer:
    """behaviour: by moment ("connect", "mail", "rcpt", "data", "content") an answer such as "450 later", HANG or RESET.
    taken: the messages it answered for, or took before it broke off: (recipient, content)."""

    port: int = 0
    behaviour: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    stopped: asyncio.Event | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, _BrokenOff):
            await self._answer(writer, "connect", "220 here")
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        while line := await reader.readline():
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "EHLO":
                await self._say(writer, "250 here")
            elif verb == "RCPT":
                recipient = command.partition("<")[2].rstrip(">")
                await self._answer(writer, "rcpt", "250 yes")
            elif verb == "DATA":
                if await self._answer(writer, "data", "354 go on"):
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if not self.behaviour.get("content", "2").startswith(("4", "5")):
                        self.taken.append((recipient, content))
                    await self._answer(writer, "content", "250 taken")
            elif verb == "QUIT":
                await self._say(writer, "221 bye")
                return
            else:
                await self._answer(writer, verb.lower(), "250 yes")

    async def _answer(self, writer: asyncio.StreamWriter, moment: str, usual: str) -> bool:
        """Answer as told; whether as usual."""
        told = self.behaviour.get(moment, usual)
        if told == HANG:
            assert self.stopped
            await self.stopped.wait()
            raise _BrokenOff
        if told == RESET:
            writer.transport.abort()
            raise _BrokenOff
        await self._say(writer, told)
        return told == usual

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


class _BrokenOff(Exception):
    """The server broke a connection off."""


@contextmanager
def mail_server(behaviour: dict[str, str] | None = None) -> Iterator[MailServer]:
    """A server that listens on 127.0.0.1 until the end."""
    server = MailServer(behaviour=dict(behaviour or {}))
    ready = Event()
    stop: list[Callable[[], object]] = []

    async def run() -> None:
        server.stopped = asyncio.Event()
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(server.stopped.set))
        ready.set()
        await server.stopped.wait()
        listening.close()

    thread = Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield server
    finally:
        stop[0]()
        thread.join(30)

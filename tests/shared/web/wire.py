"""Raw connections to a server on a real socket, for what no client library would send."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.bounds import Bounds
from shared.web.server import listen, serve
from tests.waiting import PATIENCE

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(slots=True, frozen=True)
class Received:
    """An answer as it came over the wire."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def problem(self) -> dict[str, Any]:
        """The problem document that it is."""
        assert self.headers[b"content-type"] == b"application/problem+json"
        found: dict[str, Any] = json.loads(self.body)
        assert found["status"] == self.status
        return found


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        """Write each part in a packet of its own, as far as the other side still listens."""
        for part in parts:
            try:
                self.writer.write(part)
                await self.writer.drain()
            except ConnectionError:
                return
            await asyncio.sleep(0)

    async def pour(self, part: bytes) -> None:
        """Write it again and again; raises `ConnectionError` when the other side does not want it any more."""
        while True:
            self.writer.write(part)
            await self.writer.drain()

    async def receive(self, has_body: bool = True) -> Received:
        """The next answer."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            line, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
            split = (one.lower().split(b": ", 1) for one in lines)
            headers = {name: value for name, value in split}  # noqa: C416 - so that types are known
            length = int(headers.get(b"content-length", 0)) if has_body else 0
            return Received(int(line.split()[1]), headers, await self.reader.readexactly(length))

    async def is_cut(self) -> bool:
        """Whether the server ends the connection, and sends nothing more before that."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True

    async def ask(self, *parts: bytes) -> Received:
        """What these bytes are answered with."""
        await self.send(*parts)
        return await self.receive()


@dataclass(slots=True, frozen=True)
class Port:
    """Where a server listens."""

    number: int

    @asynccontextmanager
    async def wire(self, limit: int = 2**16) -> AsyncIterator[Wire]:
        """A new connection, closed at the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number, limit=limit)
        try:
            yield Wire(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self, *parts: bytes) -> Received:
        """What these bytes are answered with, on a connection of their own."""
        async with self.wire() as wire:
            return await wire.ask(*parts)


@asynccontextmanager
async def server(app: ASGIApp, bounds: Bounds | None = None) -> AsyncIterator[Port]:
    """The app on a port of this machine."""
    with listen("127.0.0.1", 0) as free:
        number = free.getsockname()[1]
    serving = asyncio.create_task(serve(app, "127.0.0.1", number, bounds or Bounds()))
    await asyncio.sleep(0)  # from now on it listens
    try:
        yield Port(number)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


class Echo:
    """Answers with the body that it got, or as many bytes as the path says; keeps what it was asked."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []
        self.gone = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def forget(self) -> None:
        """What was asked so far."""
        self.scopes.clear()
        self.bodies.clear()
        self.gone = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone += 1
                return
            body += message["body"]
            if not message["more_body"]:
                break
        self.bodies.append(body)
        await self.may_answer.wait()
        if scope["path"].startswith("/bytes/"):
            body = b"x" * int(scope["path"].rpartition("/")[2])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


Scenario = Callable[[Port, Echo], Coroutine[Any, Any, None]]


@contextmanager
def playing(bounds: Bounds | None = None) -> Iterator[Callable[[Scenario], None]]:
    """Plays one scenario after the other to one server, which takes longer to stop than most of them take."""
    with asyncio.Runner() as runner:
        app, stack = Echo(), AsyncExitStack()
        port = runner.run(stack.enter_async_context(server(app, bounds)))

        def play(scenario: Scenario) -> None:
            app.forget()
            runner.run(scenario(port, app))

        yield play
        runner.run(stack.aclose())


def run(scenario: Scenario, bounds: Bounds | None = None) -> None:
    """Play something to a server, and stop it."""
    with playing(bounds) as play:
        play(scenario)


async def is_admitted(port: Port) -> bool:
    """Whether there is room for one connection more."""
    return (await port.ask(GET)).status == 200

"""Who sends or reads too slowly is cut off; who is only slow because the app is, is not."""

import asyncio
import socket
from dataclasses import replace
from functools import partial

import pytest
from starlette.types import Receive, Scope, Send

from shared.web.bounds import Bounds
from tests.shared.web.wire import CHUNKED, GET, POST, Echo, Port, is_admitted, run, server
from tests.waiting import PATIENCE, eventually, until

QUICK = Bounds(head_seconds=0.3, grace_seconds=0.3, bytes_per_second=1_000, idle_seconds=1, linger_seconds=0.2)
LENIENT = replace(QUICK, grace_seconds=1.5)
"""For who must not be cut off, on a machine that does much else."""


def test_who_never_reads_answers_is_not_sent_more_than_fits() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        ask = b"GET /bytes/100000 HTTP/1.1\r\nHost: x\r\n\r\n"
        async with port.wire() as wire:
            wire.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a transport that reads, too
            sending = asyncio.create_task(wire.send(ask * 100_000))
            await eventually(lambda: len(app.scopes) > 10)
            assert await cut(sending)
            assert len(app.scopes) < 1_000

    run(scenario, QUICK)


async def cut(sending: "asyncio.Task[None]") -> bool:
    async with asyncio.timeout(PATIENCE):
        await sending
    return True


def test_a_head_that_comes_too_slowly_is_cut_off() -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire() as wire:
            dripping = asyncio.create_task(drip(wire.writer, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 1000))
            found = await wire.receive()
            assert (found.status, found.problem()["code"]) == (408, "sender-too-slow")
            assert await wire.is_cut()
            dripping.cancel()

    run(scenario, QUICK)


async def drip(writer: asyncio.StreamWriter, content: bytes) -> None:
    for byte in content:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("start", [b"", b"\r\n", GET, GET + b"\r\n"])
def test_a_connection_on_which_nothing_is_asked_is_closed(start: bytes) -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire() as wire:
            await wire.send(start)
            if start.startswith(b"GET"):
                await wire.receive()
            assert await wire.is_cut()

    run(scenario, QUICK)


@pytest.mark.parametrize("start", [POST + b"Content-Length: 1000\r\n\r\n", CHUNKED])
def test_a_body_that_comes_too_slowly_is_cut_off_and_the_app_is_told(start: bytes) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            await wire.send(start)
            dripping = asyncio.create_task(drip(wire.writer, b"1\r\nx\r\n" * 1000))
            assert (await wire.receive()).problem()["code"] == "sender-too-slow"
            assert await wire.is_cut()
            dripping.cancel()
        await eventually(lambda: app.gone == 1)

    run(scenario, QUICK)


def test_a_body_that_comes_steadily_may_take_longer_than_the_grace() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            await wire.send(POST + b"Content-Length: 20000\r\n\r\n")
            for _ in range(20):
                await wire.send(b"x" * 1000)
                await asyncio.sleep(LENIENT.grace_seconds / 15)
            assert len((await wire.receive()).body) == 20_000

    run(scenario, LENIENT)


class Busy:
    """Reads no body before it may."""

    def __init__(self) -> None:
        self.echo = Echo()
        self.may_read = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.may_read.wait()
        await self.echo(scope, receive, send)


def test_a_body_that_the_app_does_not_want_yet_is_not_the_senders_fault() -> None:
    async def scenario() -> None:
        app = Busy()
        async with server(app, QUICK) as port, port.wire() as wire:
            await wire.send(POST + b"Content-Length: 1000000\r\n\r\n")
            sending = asyncio.create_task(wire.send(b"x" * 1_000_000))
            await asyncio.sleep(1)  # more than three times the grace
            app.may_read.set()
            assert len((await wire.receive()).body) == 1_000_000
            await sending

    asyncio.run(scenario())


@pytest.mark.parametrize("size", [50_000, 5_000_000])
def test_who_does_not_read_an_answer_is_cut_off(size: int) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(client, ("127.0.0.1", port.number))
            await loop.sock_sendall(client, b"GET /bytes/%d HTTP/1.1\r\nHost: x\r\n\r\n" % size)
            await eventually(lambda: len(app.bodies) == 1)
            await until(partial(is_admitted, port))  # instead of the one that does not read

    run(scenario, replace(QUICK, connections=1))


def test_who_reads_an_answer_steadily_gets_all_of_it() -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire(limit=2**12) as wire:
            await wire.send(b"GET /bytes/8000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            received, whole = 0, 8_000_000
            while received < whole:
                part = await wire.reader.read(200_000)
                assert part, f"it was cut off after {received:,} bytes"
                received += len(part)
                await asyncio.sleep(1.5 * LENIENT.grace_seconds * len(part) / whole)

    run(scenario, LENIENT)

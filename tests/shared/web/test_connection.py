"""What a connection is allowed: too much, too slow and too many end without costing the others anything."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest
from starlette.types import Receive, Scope, Send

from shared.web.bounds import Bounds
from shared.web.problems import response
from tests.shared.web.wire import GET, Echo, Port, Received, server
from tests.waiting import PATIENCE, eventually, until

SMALL = Bounds(target_bytes=200, head_bytes=1_000, headers=10, discarded_bytes=100_000)
QUICK = Bounds(head_seconds=0.3, grace_seconds=0.3, bytes_per_second=1_000, idle_seconds=1, linger_seconds=0.2)
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def run(scenario: Callable[[Port, Echo], Awaitable[None]], bounds: Bounds | None = None) -> None:
    async def served() -> None:
        app = Echo()
        async with server(app, bounds) as port:
            await scenario(port, app)

    asyncio.run(served())


def answer_to(*parts: bytes, bounds: Bounds | None = SMALL) -> Received:
    """What these bytes are answered with, by a server that is well behind them."""
    found: list[Received] = []

    async def scenario(port: Port, _: Echo) -> None:
        found.append(await port.ask(*parts))
        assert (await port.ask(GET)).status == 200

    run(scenario, bounds)
    return found[0]


def head_of(size: int) -> bytes:
    """A request whose head has so many bytes."""
    start = b"GET / HTTP/1.1\r\nHost: x\r\nA: "
    return start + b"a" * (size - len(start) - 4) + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (head_of(1_000), 200, None),
        (head_of(1_001), 431, "head-too-large"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100_000, 431, "head-too-large"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a" * 100_000, 431, "head-too-large"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 9 + b"\r\n", 200, None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 10 + b"\r\n", 431, "head-too-large"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 20, 431, "head-too-large"),
        (b"GET /" + b"a" * 185 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 200, None),
        (b"GET /" + b"a" * 190 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "target-too-long"),
        (b"GET /?" + b"a" * 190 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "target-too-long"),
        (b"GET /" + b"a" * 100_000, 414, "target-too-long"),
        (b"G" * 100_000, 414, "target-too-long"),
    ],
)
def test_a_head_is_bounded_and_the_refusal_is_a_problem(sent: bytes, status: int, code: str | None) -> None:
    found = answer_to(sent)
    assert found.status == status
    if code:
        assert found.problem()["code"] == code
        assert found.headers[b"connection"] == b"close"


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_head_is_bounded_in_whatever_pieces_it_comes(size: int) -> None:
    whole, larger = head_of(1_000), head_of(1_200)
    assert answer_to(*(whole[at : at + size] for at in range(0, len(whole), size))).status == 200
    assert answer_to(*(larger[at : at + size] for at in range(0, len(larger), size))).status == 431


def test_the_bounds_by_default_are_those_that_are_documented() -> None:
    assert answer_to(head_of(32_768), bounds=None).status == 200
    assert answer_to(head_of(32_769), bounds=None).status == 431
    assert answer_to(b"GET /" + b"a" * 8_200, bounds=None).status == 414


def test_a_header_without_an_end_is_not_read_on() -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire() as wire:
            wire.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nA: ")
            with pytest.raises(ConnectionError):
                await wire.pour(b"a" * 100_000)

    run(scenario)


def test_trailers_are_nobodys_headers() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        await port.ask(CHUNKED, b"3\r\nabc\r\n0\r\nIdempotency-Key: k1\r\n\r\n")
        assert app.bodies == [b"abc"]
        assert b"idempotency-key" not in dict(app.scopes[-1]["headers"])

    run(scenario)


@pytest.mark.parametrize(
    "framing", [b"1;" + b"e" * 200_000, b"0\r\nA: " + b"t" * 200_000, b"0\r\n" + b"a: b\r\n" * 20_000]
)
def test_extensions_of_chunks_and_trailers_are_bounded(framing: bytes) -> None:
    assert answer_to(CHUNKED, b"3\r\nabc\r\n", framing).problem()["code"] == "request-malformed"


def test_a_body_in_the_smallest_chunks_is_taken() -> None:
    found = answer_to(CHUNKED, b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n")
    assert (found.status, found.body) == (200, b"x" * 10_000)


MALFORMED = {
    "a length beside chunks": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks beside a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "two lengths in one": POST + b"Content-Length: 3, 4\r\n\r\nabcd",
    "a length with a sign": POST + b"Content-Length: +3\r\n\r\nabc",
    "an empty length": POST + b"Content-Length: \r\n\r\n",
    "a length of 100 digits": POST + b"Content-Length: " + b"9" * 100 + b"\r\n\r\n",
    "an encoding that is none": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "an encoding behind chunked": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": CHUNKED + b"x\r\n",
    "a chunk of too large a size": CHUNKED + b"f" * 17 + b"\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a header that goes on": b"GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
    "a header with a zero byte": b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    "a header with a lone line feed": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\nA: b\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version of the future": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "a method that is none": b"FETCH / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target that is no path": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tunnel": b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes that are no ASCII in the path": b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "a body that may be another protocol's": POST
    + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_request_or_could_be_read_in_two_ways_is_a_problem(sent: bytes) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            found = await wire.ask(sent + GET)
            assert (found.status, found.problem()["code"]) == (400, "request-malformed")
            assert await wire.is_cut()
        await eventually(lambda: app.bodies == [])

    run(scenario)


def test_nothing_behind_a_chunked_body_is_taken_for_a_request() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            found = await wire.ask(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n" + GET)
            assert (found.body, found.headers[b"connection"]) == (b"abc", b"close")
            assert await wire.is_cut()
        assert len(app.scopes) == 1

    run(scenario)


def test_an_offer_to_speak_another_protocol_is_left_alone() -> None:
    found = answer_to(b"GET /bytes/3 HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert (found.status, found.body) == (200, b"xxx")


def test_requests_that_are_sent_ahead_are_answered_in_their_order_one_at_a_time() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        app.may_answer.clear()
        many = 3_000
        async with port.wire() as wire:
            ahead = (POST + b"Content-Length: %d\r\n\r\n%d" % (len(str(turn)), turn) for turn in range(many))
            sending = asyncio.create_task(wire.send(b"".join(ahead)))
            await eventually(lambda: app.bodies == [b"0"])
            assert len(app.scopes) == 1
            app.may_answer.set()
            assert [(await wire.receive()).body for _ in range(many)] == [b"%d" % turn for turn in range(many)]
            await sending

    run(scenario)


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
                await asyncio.sleep(0.05)
            assert len((await wire.receive()).body) == 20_000

    run(scenario, QUICK)


class Busy:
    """Reads no body before it may; answers without reading any under `/refuse`."""

    def __init__(self) -> None:
        self.echo = Echo()
        self.may_read = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/refuse":
            await response(PermissionError())(scope, receive, send)
            return
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


def test_a_body_for_which_nobody_waits_any_more_is_bounded() -> None:
    async def scenario() -> None:
        async with server(Busy(), SMALL) as port:
            async with port.wire() as wire:
                await wire.send(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n", b"x" * 50_000)
                assert (await wire.receive()).status == 500
                assert (await wire.ask(b"GET /refuse HTTP/1.1\r\nHost: x\r\n\r\n")).status == 500
            async with port.wire() as wire:
                await wire.send(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n")
                assert (await wire.receive()).status == 500
                with pytest.raises(ConnectionError):
                    await wire.pour(b"x" * 10_000)

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


async def is_admitted(port: Port) -> bool:
    return (await port.ask(GET)).status == 200


def test_who_reads_an_answer_steadily_gets_all_of_it() -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire(limit=2**12) as wire:
            await wire.send(b"GET /bytes/8000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            received = 0
            while received < 8_000_000:
                received += len(await wire.reader.read(200_000))
                await asyncio.sleep(0.02)

    run(scenario, QUICK)


FEW = Bounds(connections=3, reserved=2, reserved_seconds=5)


def test_beyond_its_connections_a_process_only_says_how_it_is() -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire() as one, port.wire() as two, port.wire() as three:
            for wire in (one, two, three):
                assert (await wire.ask(GET)).status == 200
            refused = await port.ask(GET)
            assert (refused.status, refused.problem()["code"]) == (503, "too-many-connections")
            assert (refused.headers[b"retry-after"], refused.headers[b"connection"]) == (b"5", b"close")
            for path in (b"/livez", b"/readyz", b"/metrics"):
                async with port.wire() as probe:
                    assert (await probe.ask(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path)).status == 200
                    assert await probe.is_cut()
            assert (await one.ask(GET)).status == 200
        await until(partial(is_admitted, port))

    run(scenario, FEW)


def test_a_probe_gets_through_though_every_reserved_connection_is_taken_too() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port.number) for _ in range(20)]
        assert (await port.ask(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")).status == 200
        for _, connection in silent:
            connection.transport.abort()

    run(scenario, FEW)


def test_who_hangs_up_while_the_app_works_has_left() -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            await wire.send(POST + b"Content-Length: 10\r\n\r\nabc")
            await eventually(lambda: len(app.scopes) == 1)
        await eventually(lambda: app.gone == 1)

    run(scenario)

"""What a connection may send: too much, and what could be read in two ways, ends without costing others anything."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from starlette.types import Receive, Scope, Send

from shared.web.bounds import Bounds
from shared.web.problems import response
from tests.shared.web.wire import CHUNKED, GET, POST, Echo, Port, Received, Scenario, playing, server
from tests.waiting import eventually

SMALL = Bounds(target_bytes=200, head_bytes=1_000, headers=10, discarded_bytes=100_000)


Play = Callable[[Scenario], None]


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """Plays a scenario to a server with small bounds."""
    with playing(SMALL) as play:
        yield play


def answer_to(play: Play, *parts: bytes) -> Received:
    """What these bytes are answered with, by a server that is well behind them."""
    found: list[Received] = []

    async def scenario(port: Port, _: Echo) -> None:
        found.append(await port.ask(*parts))
        assert (await port.ask(GET)).status == 200

    play(scenario)
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
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 20_000, 431, "head-too-large"),
        (b"GET /" + b"a" * 185 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 200, None),
        (b"GET /" + b"a" * 190 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "target-too-long"),
        (b"GET /?" + b"a" * 190 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "target-too-long"),
        (b"GET /" + b"a" * 100_000, 414, "target-too-long"),
        (b"G" * 100_000, 414, "target-too-long"),
    ],
)
def test_a_head_is_bounded_and_the_refusal_is_a_problem(sent: bytes, status: int, code: str | None, play: Play) -> None:
    found = answer_to(play, sent)
    assert found.status == status
    if code:
        assert found.problem()["code"] == code
        assert found.problem()["request_id"].encode() == found.headers[b"x-request-id"]
        assert found.headers[b"connection"] == b"close"


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_head_is_bounded_in_whatever_pieces_it_comes(size: int, play: Play) -> None:
    whole, larger = head_of(1_000), head_of(1_200)
    assert answer_to(play, *(whole[at : at + size] for at in range(0, len(whole), size))).status == 200
    assert answer_to(play, *(larger[at : at + size] for at in range(0, len(larger), size))).status == 431


def test_the_bounds_by_default_are_those_that_are_documented() -> None:
    with playing() as play:
        assert answer_to(play, head_of(32_768)).status == 200
        assert answer_to(play, head_of(32_769)).status == 431
        assert answer_to(play, b"GET /" + b"a" * 8_200).status == 414


def test_a_header_without_an_end_is_not_read_on(play: Play) -> None:
    async def scenario(port: Port, _: Echo) -> None:
        async with port.wire() as wire:
            wire.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nA: ")
            with pytest.raises(ConnectionError):
                await wire.pour(b"a" * 100_000)

    play(scenario)


def test_trailers_are_nobodys_headers(play: Play) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        await port.ask(CHUNKED, b"3\r\nabc\r\n0\r\nIdempotency-Key: k1\r\n\r\n")
        assert app.bodies == [b"abc"]
        assert b"idempotency-key" not in dict(app.scopes[-1]["headers"])

    play(scenario)


@pytest.mark.parametrize(
    "framing", [b"1;" + b"e" * 200_000, b"0\r\nA: " + b"t" * 200_000, b"0\r\n" + b"a: b\r\n" * 20_000]
)
def test_extensions_of_chunks_and_trailers_are_bounded(framing: bytes, play: Play) -> None:
    assert answer_to(play, CHUNKED, b"3\r\nabc\r\n", framing).problem()["code"] == "request-malformed"


def test_a_body_in_the_smallest_chunks_is_taken(play: Play) -> None:
    found = answer_to(play, CHUNKED, b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n")
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
def test_what_is_no_request_or_could_be_read_in_two_ways_is_a_problem(sent: bytes, play: Play) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            found = await wire.ask(sent + GET)
            assert (found.status, found.problem()["code"]) == (400, "request-malformed")
            assert await wire.is_cut()
        await eventually(lambda: app.bodies == [])

    play(scenario)


def test_nothing_behind_a_chunked_body_is_taken_for_a_request(play: Play) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            found = await wire.ask(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n" + GET)
            assert (found.body, found.headers[b"connection"]) == (b"abc", b"close")
            assert await wire.is_cut()
        assert len(app.scopes) == 1

    play(scenario)


def test_an_offer_to_speak_another_protocol_is_left_alone(play: Play) -> None:
    found = answer_to(play, b"GET /bytes/3 HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert (found.status, found.body) == (200, b"xxx")


def test_requests_that_are_sent_ahead_are_answered_in_their_order_one_at_a_time(play: Play) -> None:
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

    play(scenario)


def test_who_hangs_up_while_the_app_works_has_left(play: Play) -> None:
    async def scenario(port: Port, app: Echo) -> None:
        async with port.wire() as wire:
            await wire.send(POST + b"Content-Length: 10\r\n\r\nabc")
            await eventually(lambda: len(app.scopes) == 1)
        await eventually(lambda: app.gone == 1)

    play(scenario)


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without reading any body."""
    await response(PermissionError())(scope, receive, send)


def test_a_body_for_which_nobody_waits_any_more_is_bounded() -> None:
    async def scenario() -> None:
        async with server(refuse, SMALL) as port:
            async with port.wire() as wire:
                await wire.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n", b"x" * 50_000)
                assert (await wire.receive()).status == 500
                assert (await wire.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).status == 500
            async with port.wire() as wire:
                await wire.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n")
                assert (await wire.receive()).status == 500
                with pytest.raises(ConnectionError):
                    await wire.pour(b"x" * 10_000)

    asyncio.run(scenario())

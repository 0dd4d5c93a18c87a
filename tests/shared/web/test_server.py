"""The server runs beside other work, and stops when it is told to."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from shared.settings import SettingsWrong
from shared.web.server import listen, serve


class Slow:
    """Answers when it is allowed to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def free_port() -> int:
    with listen("127.0.0.1", 0) as found:
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def asked(app: Slow, port: int) -> AsyncIterator[tuple["asyncio.Task[None]", "asyncio.Task[httpx.Response]"]]:
    """The server and a request that it has begun to answer."""
    serving = asyncio.create_task(serve(app, "127.0.0.1", port))
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=20)) as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/", timeout=20))
        async with asyncio.timeout(20):
            await app.asked.wait()
        yield serving, asking
        serving.cancel()
        app.may_answer.set()
        await asyncio.gather(serving, asking, return_exceptions=True)


def test_a_request_under_way_is_finished_before_the_server_stops() -> None:
    async def scenario() -> str:
        app, port = Slow(), free_port()
        async with asked(app, port) as (serving, asking):
            serving.cancel()
            await asyncio.sleep(0)
            app.may_answer.set()
            answer = await asking
            with pytest.raises(asyncio.CancelledError):
                await serving
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)
        return answer.text

    assert asyncio.run(scenario()) == "done"


def test_the_processs_own_signal_handlers_stay() -> None:
    def own(*_: object) -> None:
        return

    async def scenario() -> object:
        async with asked(Slow(), free_port()):
            return signal.getsignal(signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, own)
    try:
        assert asyncio.run(scenario()) is own
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_port_that_is_taken_is_a_wrong_setting_that_is_named() -> None:
    with (
        listen("127.0.0.1", 0) as taken,
        pytest.raises(SettingsWrong, match=r"ITHACA_PORT: cannot listen on 127.0.0.1:\d+: Address already in use"),
    ):
        listen("127.0.0.1", taken.getsockname()[1])

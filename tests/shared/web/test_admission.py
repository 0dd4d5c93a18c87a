"""So many connections are open at once; how a process is can be asked all the same."""

import asyncio
from functools import partial

from shared.web.bounds import Bounds
from tests.shared.web.wire import GET, Echo, Port, is_admitted, run
from tests.waiting import until

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

"""A paused handler stops nobody else: its messages wait in their lanes, in order, and no position waits for them.

If `Breakers.pauses` said nothing, all would die; if `Breaker` did not ask whose failures they are, all would wait.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Annotated

from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.execution.executor import Limits
from shared.engine.failures.breaker import LEAST, LONGEST
from shared.engine.failures.lanes import Lane
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.shop import START, Ledger, Sold, at, envelope, of_till, service, virtual

MANY = 500
TOPIC = "local.shop"


class Shelf:
    """A shop in which every sale is noted, which always works, and shelved, unless the shelf is broken for somebody."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.broken_for: set[str] = set()
        self.shelved: list[tuple[str, str, int]] = []
        self.noted = 0
        self.store = MemoryStore(clock=lambda: self.clock().timestamp())
        self.bus = MemoryBus()
        self.service = service(self._handlers())
        self.sent = 0

    def clock(self) -> datetime:
        return START + timedelta(milliseconds=int(self.loop.time() * 1000))

    def engine(self, name: str = "one") -> Engine:
        options, limits = ProcessOptions(name, partitions=2), Limits(shards=2)
        return Engine(self.service, self.store, self.bus, self.clock, Random(1), options, limits)

    def _handlers(self) -> Handlers:
        handlers = Handlers()

        @handlers.on("note")
        def note(event: Sold, ledger: Annotated[Ledger, create(at("all"))]) -> None:
            self.noted += 1

        @handlers.on("shelve")
        def shelve(event: Sold, ledger: Annotated[Ledger, create(of_till("shelf"))], ctx: Context) -> None:
            if ctx.tenant in self.broken_for:
                raise RuntimeError("the shelf is broken")
            ledger.numbers.append(event.number)

        return handlers

    def sell(self, count: int, tenant: str = "acme", tills: int = 50) -> None:
        """Publish so many sales, at some tills in turn."""
        for _ in range(count):
            till, self.sent = f"t{self.sent % tills}", self.sent + 1
            event = envelope(Sold(till_id=till, number=self.sent), f"e{self.sent}", tenant=tenant)
            self.bus.append(TOPIC, event.partitionkey.encode(), event.data, event.headers())

    async def numbers(self, tenant: str = "acme", tills: int = 50) -> list[list[int]]:
        """What each till's shelf has, in its order."""
        rows = await self.store.get("ledger", [f"{tenant}/shelf-t{till}" for till in range(tills)])
        return [row["state"]["numbers"] for row in rows.values()]

    async def lag(self, engine: Engine) -> int:
        """Events that the service has not finished."""
        return sum(end - committed for committed, end in (await self.bus.lag(engine.group, [TOPIC])).values())

    @asynccontextmanager
    async def working(self, engine: Engine) -> AsyncIterator[Engine]:
        await engine.prepare()
        await engine.start()
        yield engine
        await engine.stop()


@virtual
async def test_many_messages_of_a_paused_handler_stop_no_other_and_hold_no_position_back() -> None:
    shelf = Shelf()
    shelf.broken_for = {"acme"}
    async with shelf.working(shelf.engine()) as engine:
        shelf.sell(LEAST + 5)
        await asyncio.sleep(5)
        assert engine.worker.breakers.opened() == ["shelve"]
        shelf.sell(MANY)
        await asyncio.sleep(100)
        assert shelf.noted == LEAST + 5 + MANY
        assert await shelf.lag(engine) == 0
        assert await shelf.store.count("deadletter", {}) <= 10  # of those that tried whether it works


@virtual
async def test_when_it_works_again_all_that_waited_is_handled_in_order() -> None:
    shelf = Shelf()
    shelf.broken_for = {"acme"}
    async with shelf.working(shelf.engine()) as engine:
        shelf.sell(300)
        await asyncio.sleep(20)
        shelf.broken_for.clear()
        await asyncio.sleep(2 * LONGEST)
        assert engine.worker.breakers.opened() == []
        found = await shelf.numbers()
        assert sum(map(len, found)) == 300
        assert all(numbers == sorted(numbers) for numbers in found)
        assert await shelf.store.count(Lane.collection, {}) == 0


@virtual
async def test_poison_of_one_tenant_pauses_the_handler_for_it_alone() -> None:
    shelf = Shelf()
    shelf.broken_for = {"acme"}
    async with shelf.working(shelf.engine()) as engine:
        for _ in range(10):
            shelf.sell(10, "acme")
            shelf.sell(10, "beta")
            await asyncio.sleep(1)
        assert engine.worker.breakers.described() == ["shelve of acme"]
        assert sum(map(len, await shelf.numbers("beta"))) == 100


@virtual
async def test_a_handler_that_fails_for_many_tenants_is_paused_for_all() -> None:
    shelf = Shelf()
    shelf.broken_for = {f"tenant{number}" for number in range(LEAST)}
    async with shelf.working(shelf.engine()) as engine:
        for tenant in sorted(shelf.broken_for):
            shelf.sell(2, tenant)
        await asyncio.sleep(2)
        assert engine.worker.breakers.described() == ["shelve"]


@virtual
async def test_what_was_paused_by_a_process_that_is_gone_is_handled_by_the_next_one() -> None:
    shelf = Shelf()
    shelf.broken_for = {"acme"}
    async with shelf.working(shelf.engine("first")):
        shelf.sell(200)
        await asyncio.sleep(10)
    shelf.broken_for.clear()
    async with shelf.working(shelf.engine("second")):
        await asyncio.sleep(180)
        assert sum(map(len, await shelf.numbers())) == 200


@virtual
async def test_two_processes_that_pause_a_handler_both_go_on_when_it_works() -> None:
    shelf = Shelf()
    shelf.broken_for = {"acme"}
    async with shelf.working(shelf.engine("first")) as first, shelf.working(shelf.engine("second")) as second:
        shelf.sell(300)
        await asyncio.sleep(20)
        shelf.broken_for.clear()
        for _ in range(20):
            shelf.sell(5)
            await asyncio.sleep(10)
        assert first.worker.breakers.opened() + second.worker.breakers.opened() == []
        assert sum(map(len, await shelf.numbers())) == 400

"""How long commands take while thousands who have waited for one thing are woken, beside a service that is idle."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from time import perf_counter
from typing import Annotated
from uuid import uuid4

from pydantic import BaseModel

from shared.clock import system_clock
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create
from shared.engine.authoring.service import Service
from shared.engine.batch import inbox
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine, ProcessOptions
from tests.benchmarks.shop import Customer, Ordered

TENANT, EVERY = "acme", 0.01
"""Seconds between two commands."""


class Market(Aggregate, name="market"):
    """What all of them wait for."""

    is_open: bool = False


class Open(BaseModel):
    """Open a market."""

    market_id: str


def the_market(_: Ordered) -> str:
    """The key of the only one."""
    return "m1"


def market() -> Service:
    """A market that opens by a command, and orders that wait for that."""
    handlers = Handlers()

    @handlers.post("/open")
    def open_market(command: Open, market: Annotated[Market, create("market_id")]) -> None:
        market.is_open = True

    @handlers.on("ship-ordered")
    def ship_ordered(
        event: Ordered,
        _: Annotated[Market, awaits(the_market, stale=True)],
        customer: Annotated[Customer, create("customer_id")],
    ) -> None:
        customer.ship(event.order_id, event.pieces)

    return Service("shop", "Shop", [], [handlers])


@asynccontextmanager
async def running(mongo_url: str) -> AsyncIterator[Engine]:
    """A process that only answers, as those do that bring into being what others wait for."""
    store = MongoStore(mongo_url, f"bench_{uuid4().hex[:8]}")
    engine = Engine(market(), store, MemoryBus(), system_clock, Random(1), ProcessOptions("bench"), Limits())
    await engine.prepare()
    await engine.start(worker=False)
    try:
        yield engine
    finally:
        await engine.stop()
        await store.client.drop_database(store.database.name)
        await store.close()


async def park(engine: Engine, count: int) -> None:
    """So many orders, each with a lane of its own, that wait for the market to open."""
    handler = engine.service.by_name["ship-ordered"]
    waiting = []
    for number in range(count):
        order = Ordered(order_id=f"o{number}", customer_id=f"c{number}", pieces=1)
        seen = inbox.row_id(TENANT, handler.name, "market", order.order_id)
        message = Message(
            handler, order.order_id, TENANT, body=order, lane=f"order/{number}", source="market", seen=seen
        )
        waiting.append(engine.executor.queue.put(message))
    await asyncio.gather(*waiting)


async def latencies(engine: Engine, is_over: Callable[[], bool]) -> list[float]:
    """Seconds that commands take, one begun every hundredth of a second."""
    handler, taken, asked = engine.service.by_name["Open"], list[float](), list[asyncio.Task[None]]()

    async def ask(number: int) -> None:
        began = perf_counter()
        await engine.submit(Message(handler, engine.executor.new_id(), TENANT, body=Open(market_id=f"other{number}")))
        taken.append(perf_counter() - began)

    while not is_over():
        asked.append(asyncio.ensure_future(ask(len(asked))))
        await asyncio.sleep(EVERY)
    await asyncio.gather(*asked)
    return taken


async def idle_and_waking(mongo_url: str, lanes: int, seconds: float) -> tuple[list[float], list[float]]:
    """What commands take while nothing else happens; and from the opening until the last lane is woken."""
    async with running(mongo_url) as engine:
        until = perf_counter() + seconds
        idle = await latencies(engine, lambda: perf_counter() > until)
        await park(engine, lanes)
        handler = engine.service.by_name["Open"]
        await engine.submit(Message(handler, "m1", TENANT, body=Open(market_id="m1")))
        return idle, await latencies(engine, lambda: engine.executor.waking.is_idle)

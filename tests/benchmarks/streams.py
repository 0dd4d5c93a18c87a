"""Events through one process: consume, transaction, publish; and each part of it by itself."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

from shared.clock import system_clock
from shared.contracts.envelope import Envelope
from shared.engine.batch import outbox
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Executor, Limits
from shared.engine.kafka.bus import KafkaBus
from shared.engine.memory.store import MemoryStore
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.bus import Topic
from shared.engine.ports.store import Document, Id, Write
from shared.engine.process.collections import collections
from shared.engine.process.engine import Engine, ProcessOptions
from shared.ids import new_ids
from tests.benchmarks.shop import Ordered, Ship, shop
from tests.waiting import until

TENANT = "acme"
CUSTOMERS = 2000
BARE = 10_000_000
"""Numbers of commands from here on are for customers of their own."""

NOTE = "please ring twice and leave it with the neighbors if nobody answers the door"


@dataclass(slots=True)
class Parts:
    """Where the real broker and database are."""

    kafka: str
    mongo: str
    random: Random = field(default_factory=lambda: Random(1))

    def store(self) -> MongoStore:
        """A database of its own."""
        return MongoStore(self.mongo, f"bench_{uuid4().hex[:8]}")

    def bus(self) -> KafkaBus:
        """The broker."""
        return KafkaBus(self.kafka)

    def engine(self, store: Any, bus: Any, cell: str, limits: Limits) -> Engine:
        """One process of the shop."""
        return Engine(
            shop(), store, bus, system_clock, self.random, ProcessOptions("bench", cell, partitions=12), limits
        )


def envelopes(count: int, random: Random, tenants: int = 1) -> list[Envelope]:
    """Orders of many customers of some tenants."""
    new_id = new_ids(system_clock, random)
    made = []
    for number in range(count):
        tenant = f"{TENANT}-{number % tenants}"
        event = Ordered(order_id=f"o{number}", customer_id=f"c{number % CUSTOMERS}", pieces=number % 7, note=NOTE)
        made.append(
            Envelope(
                id=new_id(),
                source="ithaca/market",
                type=Ordered.type_name,
                time="2027-01-04T09:00:00.000Z",
                tenant=tenant,
                data=event.model_dump_json().encode(),
                subject=f"order/o{number}",
                partitionkey=f"{tenant}/customer/c{number % CUSTOMERS}",
                program="p1",
                actor="person/someone",
                correlationid=new_id(),
                causationid=new_id(),
                sequence="1",
            )
        )
    return made


class RecordingStore(MongoStore):
    """Writes down what the executor asks of the database, to ask it once more without the rest."""

    asked: list[tuple[str, Any]]

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        self.asked.append(("get", (collection, list(ids))))
        return await super().get(collection, ids)

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if not any(write.collection == "leases" for write in writes):
            self.asked.append(("transact", list(writes)))
        await super().transact(writes)


@dataclass(slots=True)
class Stream:
    """What one pass of events has taken: wall and processor seconds."""

    seconds: float
    processor: float


async def asked(parts: Parts, count: int) -> list[tuple[str, Any]]:
    """What the executor asks of the database for so many events, in a pass that is not measured."""
    store = RecordingStore(parts.mongo, f"bench_{uuid4().hex[:8]}")
    store.asked = []
    await stream(parts, count, store=store)
    return store.asked


async def stream(
    parts: Parts, count: int, largest: int = 250, store: MongoStore | None = None, tenants: int = 1
) -> Stream:
    """Consume events that wait on the broker, handle them, publish what they cause; until the last is acknowledged."""
    cell, bus, store = f"bench{uuid4().hex[:8]}", parts.bus(), store or parts.store()
    await bus.prepare({f"{cell}.market": Topic(12), f"{cell}.shop": Topic(12)})
    await publish(bus, f"{cell}.market", envelopes(count, parts.random, tenants))
    engine = parts.engine(store, bus, cell, Limits(smallest=min(50, largest), largest=largest))
    engine.executor.size = largest
    await engine.prepare()

    published = _count_published(engine)

    async def all_published() -> bool:
        return published[0] >= count

    first = _first_record(engine)
    await engine.start()
    began, processor = await first
    await until(all_published, seconds=300, every=0.01)
    taken = Stream(time.perf_counter() - began, time.process_time() - processor)
    await engine.stop()
    await _end(store, bus)
    return taken


def _first_record(engine: Engine) -> "asyncio.Future[tuple[float, float]]":
    """Wall and processor time when the first records come: joining the group is not measured."""
    first: asyncio.Future[tuple[float, float]] = asyncio.get_running_loop().create_future()
    deliveries = engine.worker.deliveries

    async def receiving(*arguments: Any) -> Any:
        if not first.done():
            first.set_result((time.perf_counter(), time.process_time()))
        return await deliveries(*arguments)

    engine.worker.deliveries = receiving  # type: ignore[assignment,method-assign]  # to look at the clock
    return first


def _count_published(engine: Engine) -> list[int]:
    """A counter of the events that the broker has acknowledged."""
    count, publish = [0], engine.relay._publish

    async def counting(*arguments: Any) -> list[Document]:
        chunks = await publish(*arguments)
        count[0] += sum(len(chunk["events"]) for chunk in chunks)
        return chunks

    engine.relay._publish = counting  # type: ignore[assignment,method-assign]  # to look on
    return count


async def database_alone(parts: Parts, asked: Sequence[tuple[str, Any]]) -> float:
    """Seconds for the same reads and transactions, one after the other, with no handler and no broker."""
    store = parts.store()
    await store.prepare(collections(shop()))
    began = time.perf_counter()
    reads: list[tuple[str, list[Id]]] = []
    for kind, what in asked:
        if kind == "get":
            reads.append(what)
            continue
        await asyncio.gather(*(store.get(collection, ids) for collection, ids in reads))
        reads.clear()
        await store.transact(what)
    seconds = time.perf_counter() - began
    await _end(store)
    return seconds


async def relay_drains(parts: Parts, count: int) -> float:
    """Seconds to publish a backlog of so many events from the outbox."""
    cell, bus, store = f"bench{uuid4().hex[:8]}", parts.bus(), parts.store()
    engine = parts.engine(store, bus, cell, Limits())
    await engine.prepare()
    await bus.prepare({f"{cell}.shop": Topic(12)})
    handler = engine.service.by_name["Ship"]
    for start in range(0, count, 250):
        some = [_ship(engine.executor, handler, n) for n in range(start, start + 250)]
        await engine.executor.handle(some)
    await engine.leases.renew()
    began = time.perf_counter()
    while await engine.relay.round():
        pass
    seconds = time.perf_counter() - began
    await engine.relay.close()
    await _end(store, bus)
    return seconds


async def producer_sends(parts: Parts, count: int) -> float:
    """Seconds for as many events by the raw producer."""
    topic, bus = f"bench{uuid4().hex[:8]}.raw", parts.bus()
    await bus.prepare({topic: Topic(12)})
    events = envelopes(count, parts.random)
    began = time.perf_counter()
    await publish(bus, topic, events)
    seconds = time.perf_counter() - began
    await bus.close()
    return seconds


async def acknowledgements(parts: Parts, count: int) -> tuple[list[float], list[float]]:
    """Seconds from a commit to the broker's acknowledgement, and of a bare transaction of the same writes, in turn."""
    cell, bus, store = f"bench{uuid4().hex[:8]}", parts.bus(), parts.store()
    engine = parts.engine(store, bus, cell, Limits())
    await engine.prepare()
    await bus.prepare({f"{cell}.market": Topic(12)})
    await engine.start()
    acknowledged = asyncio.Event()
    send = engine.relay._publish

    async def publishing(*arguments: Any) -> list[Document]:
        done = await send(*arguments)
        acknowledged.set()
        return done

    engine.relay._publish = publishing  # type: ignore[assignment,method-assign]  # to look at the clock
    latencies, bare = list[float](), list[float]()
    handler = engine.service.by_name["Ship"]
    for number in range(count):
        acknowledged.clear()
        committed = list[float]()
        engine.executor.on_committed.append(partial(_note_time, committed))
        await engine.submit(_ship(engine.executor, handler, number))
        await acknowledged.wait()
        latencies.append(time.perf_counter() - committed[0])
        engine.executor.on_committed.pop()
        bare.append(await _bare(store, number))
    await engine.stop()
    await _end(store, bus)
    return latencies, bare


def _note_time(times: list[float], _: Sequence[Write]) -> None:
    times.append(time.perf_counter())


async def _bare(store: MongoStore, number: int) -> float:
    """One transaction as a command makes it, alone."""
    recorder = MemoryStore()
    executor = Executor(shop(), recorder, system_clock, Random(number))
    writes: list[Write] = []
    executor.on_committed.append(writes.extend)
    await executor.handle([_ship(executor, executor.service.by_name["Ship"], BARE + number)])
    writes = [write for write in writes if write.collection != outbox.COLLECTION] + [
        _published(write) for write in writes if write.collection == outbox.COLLECTION
    ]
    began = time.perf_counter()
    await store.transact(writes)
    return time.perf_counter() - began


def _published(write: Any) -> Write:
    """The chunk as if the relay were done with it."""
    document = {name: value for name, value in write.document.items() if name != "unpublished"}
    return type(write)(write.collection, document)  # type: ignore[no-any-return]  # an Insert again


def _ship(executor: Executor, handler: Any, number: int) -> Message:
    body = Ship(customer_id=f"c{number % CUSTOMERS if number < BARE else number}", order_id=f"o{number}", pieces=1)
    return Message(handler, executor.new_id(), TENANT, body=body)


async def publish(bus: KafkaBus, topic: str, events: Sequence[Envelope]) -> None:
    """Have the broker take events."""
    publisher = await bus.publisher()
    sent = [await publisher.send(topic, e.partitionkey.encode(), e.data, e.headers()) for e in events]
    await asyncio.gather(*sent)
    await publisher.close()


async def _end(store: MongoStore, bus: KafkaBus | None = None) -> None:
    await store.client.drop_database(store.database.name)
    await store.close()
    if bus is not None:
        await bus.close()

"""A read model is built anew from the journal while events flow, and nobody who reads it sees a gap."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from random import Random
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from shared.clock import system_clock
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, ReadModel
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.reader import Reader
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming.read_models import Rebuild, RebuildFailed
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import Topic
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.publishing.journal import Journal, NotAReplayTopic, Replay
from tests.simulation.loop import VirtualLoop
from tests.waiting import until

TENANT = "acme"
TOPIC = "local.book.replay.tally"


class Written(Event, aggregate="page", subject="page_id", service="book"):
    """A line was written."""

    page_id: str
    line: int


class Page(Aggregate, name="page"):
    """Some lines."""

    lines: int = 0


class Tally(ReadModel, name="tally"):
    """The lines of a page, in the order in which they were written."""

    lines: list[int] = []
    code: str = ""


class Write(BaseModel):
    """Write one more line."""

    page_id: str


@cache
def book(code: str = "old", refused: int = 0) -> Service:
    """A service whose read model is made by `code`, which cannot take one line of all."""
    handlers = Handlers()

    @handlers.post("/pages/{page_id}", allow=(OPERATOR,))
    def write(command: Write, page: Annotated[Page, create("page_id")], ctx: Context) -> None:
        page.lines += 1
        ctx.emit(Written(page_id=page.id, line=page.lines))

    @handlers.on("tally")
    def count(event: Written, tally: Annotated[Tally, create("page_id")]) -> None:
        if event.line == refused:
            raise ValueError("this line cannot be taken")
        tally.lines.append(event.line)
        tally.code = code

    return Service("book", "Book", [Written], [handlers])


def engine(service: Service, store: MemoryStore, bus: MemoryBus, owner: str = "a") -> Engine:
    return Engine(
        service, store, bus, system_clock, Random(1), ProcessOptions(owner, partitions=2), Limits(deadline=0.5)
    )


@asynccontextmanager
async def running(service: Service, store: MemoryStore, bus: MemoryBus) -> AsyncIterator[Engine]:
    made = engine(service, store, bus)
    await made.prepare()
    await bus.prepare({TOPIC: Topic(2)})
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def write(made: Engine, page: str) -> None:
    handler = made.service.by_name["Write"]
    await made.submit(Message(handler, made.executor.new_id(), TENANT, body=Write(page_id=page)))


async def tallies(store: MemoryStore) -> dict[str, Tally]:
    return {tally.id: tally for tally in await Reader(store, TENANT).every(Tally, {})}


async def shows(store: MemoryStore, **lines: int) -> None:
    """Wait until the read model shows so many lines of each page."""

    async def all_there() -> bool:
        found = await tallies(store)
        return all(page in found and len(found[page].lines) == count for page, count in lines.items())

    await until(all_there)


def played(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loop = VirtualLoop(Random(7))
    loop.run_until_complete(test())


def test_a_rebuild_while_events_flow_misses_none_and_takes_none_twice() -> None:
    async def story() -> None:
        store, bus = MemoryStore(), MemoryBus()
        async with running(book("old"), store, bus) as before:
            for _ in range(20):
                await write(before, "p1")
            await shows(store, p1=20)
        async with running(book("new"), store, bus) as made:
            rebuild = Rebuild(made.executor, bus, Tally, batch_seconds=1.0)
            writing = asyncio.create_task(_write_on(made, 30))
            await rebuild.begin()
            journal = Journal(store, bus, made.executor.limits.shards, system_clock)
            ends = await journal.replay(Replay("r1", TOPIC))
            await rebuild.feed(ends, "r1")
            assert {tally.code for tally in (await tallies(store)).values()} <= {"old", "new"}
            assert await rebuild.finish() == 1
            await rebuild.clear(0)
            await writing
            await shows(store, p1=50)
            found = await tallies(store)
            assert found["p1"].lines == list(range(1, 51))
            assert found["p1"].code == "new"
            assert store.collections["tally"] == {}

    played(story)


async def _write_on(made: Engine, count: int) -> None:
    for _ in range(count):
        await write(made, "p1")
        await asyncio.sleep(0.15)


def test_a_rebuild_that_cannot_apply_history_says_so_and_changes_nothing() -> None:
    async def story() -> None:
        store, bus = MemoryStore(), MemoryBus()
        async with running(book("old"), store, bus) as before:
            for _ in range(5):
                await write(before, "p1")
            await shows(store, p1=5)
        async with running(book("new", refused=3), store, bus) as made:
            rebuild = Rebuild(made.executor, bus, Tally, batch_seconds=0.1)
            await rebuild.begin()
            ends = await Journal(store, bus, made.executor.limits.shards, system_clock).replay(Replay("r1", TOPIC))
            with pytest.raises(RebuildFailed, match="tally could not apply"):
                await rebuild.feed(ends, "r1")
            await rebuild.abandon()
            assert (await tallies(store))["p1"].lines == [1, 2, 3, 4, 5]

    played(story)


def test_a_replay_that_was_interrupted_goes_on_where_it_was() -> None:
    async def story() -> None:
        store, bus = MemoryStore(), MemoryBus()
        async with running(book(), store, bus) as made:
            for page in range(30):
                await write(made, f"p{page}")
            await shows(store, p29=1)
            journal = Journal(store, bus, made.executor.limits.shards, system_clock)
            stopped = False

            def stop(count: int) -> None:
                nonlocal stopped
                if count > 10 and not stopped:
                    stopped = True
                    raise KeyboardInterrupt

            with pytest.raises(KeyboardInterrupt):
                await journal.replay(Replay("r1", TOPIC), stop)
            ends = await journal.replay(Replay("r1", TOPIC))
            assert sum(ends.values()) == 30
            ids = [dict(record.headers)["ce_id"] for log in bus.topics[TOPIC] for record in log]
            assert len(set(ids)) == 30

    played(story)


def test_a_replay_has_what_was_committed_before_it_and_is_not_published_yet() -> None:
    async def story() -> None:
        store, bus = MemoryStore(), MemoryBus()
        made = engine(book(), store, bus)
        await made.prepare()
        await bus.prepare({TOPIC: Topic(2)})
        await made.start(worker=False)
        await write(made, "p1")
        journal = Journal(store, bus, made.executor.limits.shards, system_clock)
        replaying = asyncio.create_task(journal.replay(Replay("r1", TOPIC)))
        await asyncio.sleep(5.0)
        assert not replaying.done()
        async with running(book(), store, bus):
            assert sum((await replaying).values()) == 1
        await made.stop()

    played(story)


def test_a_replay_takes_only_what_is_asked_for() -> None:
    async def story() -> None:
        store, bus = MemoryStore(), MemoryBus()
        async with running(book(), store, bus) as made:
            await write(made, "p1")
            await shows(store, p1=1)
            journal = Journal(store, bus, made.executor.limits.shards, system_clock)
            for unwanted in (
                Replay("tenant", TOPIC, tenant="other"),
                Replay("until", TOPIC, until="2020-01-01T00:00:00Z"),
            ):
                assert sum((await journal.replay(unwanted)).values()) == 0
            ends = await journal.replay(Replay("types", TOPIC, types=["ithaca.book.Other.v1"]))
            assert sum(ends.values()) == 0
            assert sum((await journal.replay(Replay("all", TOPIC, tenant=TENANT))).values()) == 1

    played(story)


def test_of_a_replay_that_is_no_longer_whole_nothing_is_applied() -> None:
    async def story() -> None:
        store, bus = MemoryStore(), MemoryBus()
        async with running(book(), store, bus) as made:
            for _ in range(5):
                await write(made, "p1")
            await shows(store, p1=5)
            rebuild = Rebuild(made.executor, bus, Tally, batch_seconds=0.1)
            await rebuild.begin()
            await bus.prepare({TOPIC: Topic(2)})
            ends = await Journal(store, bus, made.executor.limits.shards, system_clock).replay(Replay("r1", TOPIC))
            for log in bus.topics[TOPIC]:
                log.remove_before(min(2, log.end))
            with pytest.raises(RebuildFailed, match="is there no more"):
                await rebuild.feed(ends, "rebuild")
            assert (await tallies(store))["p1"].lines == [1, 2, 3, 4, 5]

    played(story)


def test_history_is_never_published_to_a_live_topic() -> None:
    with pytest.raises(NotAReplayTopic, match=r"local\.book: a replay goes to"):
        Replay("r1", "local.book")


def test_a_projection_loads_rows_of_one_read_model_and_nothing_else() -> None:
    handlers = Handlers()

    def mixed(
        event: Written, tally: Annotated[Tally, create("page_id")], page: Annotated[Page, create("page_id")]
    ) -> None:
        """Not a projection."""

    with pytest.raises(TypeError, match="mixed: a projection loads rows of one read model"):
        handlers.on("mixed")(mixed)

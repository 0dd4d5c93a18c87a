"""A read model is built anew as a job: from all journals it needs, by whatever process lives, while events flow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Annotated

from shared.clock import system_clock
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming import rebuilds
from shared.engine.consuming.read_models import ReadModels
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Change, Document, Insert, Put
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.recovery.maintenance import Maintenance
from tests.shared.engine.consuming.test_read_models import TENANT, Tally, Written, book, shows, tallies, write
from tests.shared.engine.shop import virtual
from tests.waiting import until


def desk(code: str = "old") -> Service:
    """Another service, which counts the lines of the book."""
    handlers = Handlers()

    @handlers.on("tally")
    def count(event: Written, tally: Annotated[Tally, create("page_id")]) -> None:
        tally.lines.append(event.line)
        tally.code = code

    return Service("desk", "Desk", [], [handlers])


@asynccontextmanager
async def working(service: Service, store: MemoryStore, bus: MemoryBus, owner: str = "a") -> AsyncIterator[Engine]:
    """A worker with its jobs; at the end it is as good as killed: it gives nothing back but its partitions."""
    options = ProcessOptions(owner, partitions=2, lease_seconds=4.0)
    engine = Engine(service, store, bus, store.time, Random(owner), options, Limits(deadline=0.5))
    await engine.prepare()
    await engine.start()
    jobs = asyncio.create_task(Maintenance(engine).run())
    try:
        yield engine
    finally:
        jobs.cancel()
        await asyncio.gather(jobs, return_exceptions=True)
        await engine.stop()


async def ask(store: MemoryStore, name: str = "r1") -> None:
    await store.transact([Put(rebuilds.COLLECTION, rebuilds.job("tally", name, system_clock()))])


async def the_job(store: MemoryStore) -> Document:
    return (await store.get(rebuilds.COLLECTION, ["tally"]))["tally"]


async def reaches(store: MemoryStore, **wanted: object) -> Document:
    """Wait until the job's document has these fields."""

    async def has() -> bool:
        job = await the_job(store)
        return all(job[name] == value for name, value in wanted.items())

    await until(has, 300.0)
    return await the_job(store)


@virtual
async def test_a_model_is_built_while_events_flow_and_the_switch_is_noted_with_its_positions() -> None:
    store, bus = MemoryStore(), MemoryBus()
    async with working(book("old"), store, bus) as made:
        for _ in range(20):
            await write(made, "p1")
        await shows(store, p1=20)
    async with working(book("new"), store, bus) as made:
        await ask(store)
        for _ in range(30):
            await write(made, "p1")
            await asyncio.sleep(0.1)
        job = await reaches(store, state="done")
        await shows(store, p1=50)
        found = (await tallies(store))["p1"]
    assert (found.lines, found.code) == (list(range(1, 51)), "new")
    assert rebuilds.done(job) == rebuilds.expected(job)
    assert sum(job["position"].values()) >= 20
    assert set(job["position"]) == {f"book/{shard}" for shard in range(16)}
    assert job["switched_at"] is not None
    assert [topic for topic in bus.topics if ".replay." in topic] == []


@virtual
async def test_a_model_of_another_services_events_is_built_from_that_services_journal() -> None:
    ours, theirs, bus = MemoryStore(), MemoryStore(), MemoryBus()
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(working(book(), theirs, bus))
        async with working(desk("old"), ours, bus):
            for page in range(10):
                await write(made, f"p{page}")
            await shows(ours, p9=1)
        await stack.enter_async_context(working(desk("new"), ours, bus, "b"))
        await ask(ours)
        await reaches(ours, state="done")
        found = await tallies(ours)
    assert {tally.code for tally in found.values()} == {"new"}
    assert [found[f"p{page}"].lines for page in range(10)] == [[1]] * 10


@virtual
async def test_a_rebuild_that_waits_for_a_service_says_so_and_goes_on_when_it_comes() -> None:
    ours, theirs, bus = MemoryStore(), MemoryStore(), MemoryBus()
    async with working(book(), theirs, bus) as made:
        await write(made, "p1")
        await until(lambda: _is_published(theirs))
    async with working(desk("new"), ours, bus, "b"):
        await ask(ours)
        job = await reaches(ours, error="It waits for the journal of book: does that service run?")
        assert (job["state"], rebuilds.expected(job)) == ("running", None)
        async with working(book(), theirs, bus, "c"):
            assert (await reaches(ours, state="done"))["error"] == ""
    assert (await tallies(ours))["p1"].lines == [1]


async def _is_published(store: MemoryStore) -> bool:
    return not any("unpublished" in chunk for chunk in await store.find("outbox", {}))


@virtual
async def test_whatever_moment_a_process_ends_at_the_next_one_goes_on() -> None:
    for moment in [0.05, 0.2, 0.5, 0.8, 1.1, 1.5, 2.0]:
        store, bus = MemoryStore(), MemoryBus()
        async with working(book("old"), store, bus) as made:
            for page in range(40):
                await write(made, f"p{page % 7}")
            await shows(store, p4=6)
            await ask(store)
            await asyncio.sleep(1.0 + moment)  # a round of jobs begins the rebuild
        async with working(book("new"), store, bus, "b") as made:
            await write(made, "p4")
            await reaches(store, state="done")
            await shows(store, p4=7)
            found = await tallies(store)
        assert [found[f"p{page}"].lines for page in range(5)] == [[*range(1, 7 + (page == 4))]] * 4 + [[*range(1, 8)]]


@virtual
async def test_what_is_held_back_when_readers_were_switched_already_comes_all_the_same() -> None:
    store, bus = MemoryStore(), MemoryBus()
    async with working(book(), store, bus) as made:
        await write(made, "p1")
        await shows(store, p1=1)
        await ask(store)
        await reaches(store, state="done")
        handler, data = made.service.by_name["tally"], Written(page_id="p1", line=2).model_dump_json().encode()
        late = Message(handler, "late", TENANT, data, lane="page/p1", generation=1, seen="late", awaits_replay=True)
        assert (await made.submit(late)).ending is Ending.PARKED
        await shows(store, p1=2)


@virtual
async def test_what_cannot_be_applied_fails_the_job_and_a_new_version_builds_from_the_start() -> None:
    store, bus = MemoryStore(), MemoryBus()
    async with working(book("old"), store, bus) as made:
        for _ in range(5):
            await write(made, "p1")
        await shows(store, p1=5)
    async with working(book("new", refused=3), store, bus, "b"):
        await ask(store)
        job = await reaches(store, state="failed")
        assert "tally could not apply the event" in job["error"]
        assert "The model is as it was" in job["error"]
        assert (await tallies(store))["p1"].lines == [1, 2, 3, 4, 5]
    async with working(book("mended"), store, bus, "c"):
        await ask(store, "r2")
        await reaches(store, state="done")
        found = (await tallies(store))["p1"]
    assert (found.lines, found.code) == ([1, 2, 3, 4, 5], "mended")


@virtual
async def test_what_is_abandoned_leaves_nothing_behind_and_can_be_begun_again() -> None:
    store, bus = MemoryStore(), MemoryBus()
    async with working(book("old"), store, bus) as made:
        for _ in range(5):
            await write(made, "p1")
        await shows(store, p1=5)
    async with working(book("new", refused=3), store, bus, "b") as made:
        await ask(store)
        await reaches(store, state="failed")
        await write(made, "p2")
        await asyncio.sleep(1.0)
        assert await store.find("lanes", {"state.generation": 1})
        await store.transact([Change(rebuilds.COLLECTION, "tally", {"state": "failed"}, {"state": "abandoning"})])
        await reaches(store, state="abandoned")
        assert await store.find("lanes", {"state.generation": 1}) == []
        assert await store.find("parked", {"generation": 1}) == []
        assert (await ReadModels(store).states(["tally"]))["tally"]["building"] == 0
        assert (await tallies(store))["p2"].lines == [1]
    async with working(book("mended"), store, bus, "c"):
        await ask(store, "r2")
        await reaches(store, state="done")
        found = await tallies(store)
    assert (found["p1"].lines, found["p2"].lines) == ([1, 2, 3, 4, 5], [1])


@virtual
async def test_a_model_that_this_version_does_not_have_fails_with_a_sentence() -> None:
    store, bus = MemoryStore(), MemoryBus()
    async with working(book(), store, bus):
        await store.transact([Insert(rebuilds.COLLECTION, rebuilds.job("gone", "r1", system_clock()))])

        async def failed() -> bool:
            return bool(await store.find(rebuilds.COLLECTION, {"state": "failed"}))

        await until(failed)
        job = (await store.get(rebuilds.COLLECTION, ["gone"]))["gone"]
    assert job["error"] == "This version has no read model gone."

"""Jobs come to an end: one process works on each, another one goes on when it dies, and what prevents it is said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.coordination.leases import Leases
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Change, Document, Insert, Unavailable
from shared.engine.recovery.jobs import ATTEMPTS, JobFailed, Jobs, Run
from tests.shared.engine.shop import virtual
from tests.waiting import until

LEASE = 8.0


async def given(store: MemoryStore, state: str = "running") -> None:
    await store.transact([Insert("jobs", {"_id": "j1", "state": state, "step": 0, "error": ""})])


async def job(store: MemoryStore) -> Document:
    return (await store.get("jobs", ["j1"]))["j1"]


async def has(store: MemoryStore, state: str) -> None:
    """Wait until the job is in that state."""

    async def holds() -> bool:
        return bool((await job(store))["state"] == state)

    await until(holds, 300.0)


@asynccontextmanager
async def working(store: MemoryStore, run: Run, owner: str = "a") -> AsyncIterator[Jobs]:
    time = DatabaseTime(store, store.time)
    await time.measure()
    jobs = Jobs(Leases(store, owner, 1, LEASE, time), {"jobs": run}, poll=1.0)
    task = asyncio.create_task(jobs.run())
    try:
        yield jobs
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Steps:
    """Work of some steps of a second each, every one noted; remembers who has done which."""

    def __init__(self, store: MemoryStore, steps: int = 5) -> None:
        self.store, self.steps = store, steps
        self.done: list[str] = []

    def by(self, owner: str) -> Run:
        async def run(row: Document) -> None:
            for step in range(row["step"], self.steps):
                await asyncio.sleep(1.0)
                await self.store.transact([Change("jobs", "j1", {"step": step}, {"step": step + 1})])
                self.done.append(f"{owner}{step}")
            await self.store.transact([Change("jobs", "j1", {"state": "running"}, {"state": "done"})])

        return run


@virtual
async def test_one_process_works_on_a_job_however_many_there_are() -> None:
    store = MemoryStore()
    await given(store)
    steps = Steps(store, 30)
    async with working(store, steps.by("a"), "a"), working(store, steps.by("b"), "b"):
        await has(store, "done")
    assert [one[1:] for one in steps.done] == [str(step) for step in range(30)]
    assert len({one[0] for one in steps.done}) == 1


@virtual
async def test_when_a_process_dies_the_next_one_goes_on_where_it_was() -> None:
    store = MemoryStore()
    await given(store)
    steps = Steps(store)
    async with working(store, steps.by("a"), "a"):
        await until(lambda: is_at(store, 2))
    async with working(store, steps.by("b"), "b"):
        await has(store, "done")
    assert steps.done == ["a0", "a1", "b2", "b3", "b4"]


async def is_at(store: MemoryStore, step: int) -> bool:
    return bool((await job(store))["step"] == step)


@virtual
async def test_what_is_over_is_left_alone() -> None:
    store = MemoryStore()
    await given(store, "done")
    steps = Steps(store)
    async with working(store, steps.by("a")):
        await asyncio.sleep(10.0)
    assert steps.done == []


@virtual
async def test_a_job_that_cannot_be_done_says_why() -> None:
    store = MemoryStore()
    await given(store)

    async def fail(row: Document) -> None:
        raise JobFailed("There is no such book: name another one.")

    async with working(store, fail):
        await has(store, "failed")
    assert (await job(store))["error"] == "There is no such book: name another one."


@virtual
async def test_what_is_interrupted_goes_on_by_itself_and_says_so_meanwhile() -> None:
    store = MemoryStore()
    await given(store)
    steps, tries = Steps(store, 1), 0

    async def falter(row: Document) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise Unavailable("away")
        await steps.by("a")(row)

    async with working(store, falter):
        await asyncio.sleep(1.5)
        assert (await job(store))["error"] == "It was interrupted by Unavailable, and goes on by itself."
        await has(store, "done")
    assert steps.done == ["a0"]


@virtual
async def test_what_is_interrupted_again_and_again_is_given_up_with_a_sentence() -> None:
    store = MemoryStore()
    await given(store)

    async def falter(row: Document) -> None:
        raise ConnectionError("no broker answers")

    async with working(store, falter):
        await has(store, "failed")
    error = (await job(store))["error"]
    assert error == f"It was interrupted {ATTEMPTS} times, by ConnectionError at last: ask again."


@virtual
async def test_who_is_taken_for_dead_stops_working() -> None:
    store = MemoryStore()
    await given(store)
    steps = Steps(store, 30)
    async with working(store, steps.by("a")) as jobs:
        await until(lambda: is_at(store, 2))
        lease = (await store.get("leases", ["job/jobs/j1"]))["job/jobs/j1"]
        taken_over = {"owner": "b", "until": lease["until"] + timedelta(hours=1)}
        await store.transact([Change("leases", lease["_id"], {}, taken_over)])
        await asyncio.sleep(3.0)
        assert jobs.working == {}
        assert not await is_at(store, 30)


@virtual
async def test_a_process_whose_clock_goes_wrong_leaves_its_jobs_to_others_at_once() -> None:
    store = MemoryStore()
    await given(store)
    steps = Steps(store, 30)
    async with working(store, steps.by("a")) as jobs:
        await until(lambda: is_at(store, 2))
        jobs.time.machine = lambda: store.time() + timedelta(days=1)
        await asyncio.sleep(2.0)
        assert (jobs.working, await store.find("leases", {})) == ({}, [])
        async with working(store, steps.by("b"), "b"):
            await has(store, "done")
    assert {step[0] for step in steps.done} == {"a", "b"}
    assert [step[1:] for step in steps.done] == [str(number) for number in range(30)]

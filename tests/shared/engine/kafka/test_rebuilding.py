"""On a real broker and a real database, with processes that are killed as kill -9 does it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from shared.engine.authoring.reader import Reader
from shared.engine.consuming import rebuilds
from shared.engine.consuming.read_models import ReadModels
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.store import Document, Insert
from shared.engine.process.engine import Engine
from tests.shared.engine.conftest import Run
from tests.shared.engine.consuming.test_read_models import TENANT, Tally, write
from tests.shared.engine.kafka.book_process import engine
from tests.waiting import until

ROOT = Path(__file__).parents[4]
PAGES, LINES, MEANWHILE = 20, 40, 10
PATIENCE = 400.0
"""Seconds, for a machine that has much else to do."""


@pytest.fixture
def place(mongo_url: str, kafka_bootstrap: str) -> list[str]:
    name = uuid4().hex[:12]
    return [mongo_url, f"book_{name}", kafka_bootstrap, f"cell-{name}"]


@pytest.fixture
def api(place: list[str], run: Run) -> Iterator[Engine]:
    """A process that takes commands and does nothing else."""
    made = engine(*[*place, "api"])
    run(made.prepare())
    run(made.start(worker=False))
    yield made
    run(made.stop())
    assert isinstance(made.store, MongoStore)
    run(made.store.client.drop_database(made.store.database.name))
    run(made.close())


@contextmanager
def worker(place: list[str], owner: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.shared.engine.kafka.book_process", *place, owner]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def written(api: Engine) -> None:
    """One more line on every page."""
    await asyncio.gather(*(write(api, f"p{page}") for page in range(PAGES)))


async def shown(api: Engine) -> dict[str, list[int]]:
    return {tally.id: tally.lines for tally in await Reader(api.store, TENANT).every(Tally, {})}


async def shows(api: Engine, lines: int) -> None:
    """Wait until every page has so many lines."""

    async def all_there() -> bool:
        found = await shown(api)
        return len(found) == PAGES and all(len(some) >= lines for some in found.values())

    await until(all_there, PATIENCE)


async def the_job(api: Engine) -> Document:
    return (await api.store.get(rebuilds.COLLECTION, ["tally"]))["tally"]


def test_a_rebuild_whose_process_is_killed_in_the_middle_is_ended_by_the_next_one(
    place: list[str], api: Engine, run: Run
) -> None:
    async def half_fed() -> bool:
        job = await the_job(api)
        expected = rebuilds.expected(job)
        return expected is not None and rebuilds.done(job) > expected / 3

    async def over() -> bool:
        return bool((await the_job(api))["state"] == "done")

    async def history() -> None:
        for _ in range(LINES):
            await written(api)
        await shows(api, LINES)
        await api.store.transact([Insert(rebuilds.COLLECTION, rebuilds.job("tally", "r1", api.executor.clock()))])
        await until(half_fed, PATIENCE, every=0.01)

    with worker(place, "first") as first:
        run(history())
        first.kill()
    job = run(the_job(api))
    assert rebuilds.done(job) < (rebuilds.expected(job) or 0)
    with worker(place, "second"):
        for _ in range(MEANWHILE):
            run(written(api))
        run(until(over, PATIENCE))
        run(shows(api, LINES + MEANWHILE))
    found, states = run(shown(api)), run(ReadModels(api.store).states(["tally"]))
    assert states["tally"]["live"] == 1
    assert [found[f"p{page}"] for page in range(PAGES)] == [list(range(1, LINES + MEANWHILE + 1))] * PAGES
    assert run(the_job(api))["switched_at"] is not None

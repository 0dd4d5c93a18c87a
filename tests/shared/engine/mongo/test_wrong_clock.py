"""A real process on a machine whose clock is a day ahead, beside one whose clock is right.

Where there is no libfaketime (Debian: `apt-get install faketime`), the process is given such a clock in another way.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from uuid import uuid4

import httpx
import pytest

from shared.clock import system_clock
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Limits
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.store import Document
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.mongo.bell_process import Ring, SetBell, bell
from tests.shared.test_main import free_port
from tests.waiting import until

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
DAY = "24"
PATIENCE = 120.0

WAYS = {
    "by the machine's clock": ({"LD_PRELOAD": str(FAKETIME), "FAKETIME": "+1d"}, "0"),
    "by the process's clock": ({}, DAY),
}
MACHINES = [name for name in WAYS if FAKETIME.exists() or not WAYS[name][0]]


class Cell:
    """The bell's cell; `engine` has the right time, and only takes commands."""

    def __init__(self, bootstrap: str, mongo_url: str, log: Path) -> None:
        self.name, self.log, self.port = f"wrong-{uuid4().hex[:8]}", log, free_port()
        store, bus = MongoStore(mongo_url, f"{self.name}_bell"), KafkaBus(bootstrap)
        options = ProcessOptions("right", self.name, lease_seconds=10.0, answer_seconds=PATIENCE)
        self.engine = Engine(bell(), store, bus, system_clock, Random(1), options, Limits())
        self.settings = {
            "ITHACA_CELL": self.name,
            "ITHACA_ROLE": "worker",
            "ITHACA_KAFKA_BOOTSTRAP": bootstrap,
            "ITHACA_MONGO_URL": mongo_url,
            "ITHACA_PORT": str(self.port),
        }

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Cell"]:
        await self.engine.prepare()
        await self.engine.start(worker=False)
        try:
            yield self
        finally:
            await self.engine.stop()
            await self.engine.close()

    @asynccontextmanager
    async def worker(self, way: str) -> AsyncIterator[None]:
        """A worker on a machine with a wrong clock."""
        environment, ahead = WAYS[way]
        command = [sys.executable, "-m", "tests.shared.engine.mongo.bell_process", ahead]
        with self.log.open("w") as lines:
            running = await asyncio.create_subprocess_exec(
                *command, env=os.environ | self.settings | environment, stdin=DEVNULL, stderr=lines
            )
        try:
            yield
        finally:
            running.terminate()
            await running.wait()

    async def set_bell(self) -> None:
        handler, id = self.engine.service.by_name["SetBell"], self.engine.executor.new_id()
        await self.engine.submit(Message(handler, id, "acme", body=SetBell(bell_id="b1")))

    async def rows(self, collection: str) -> list[Document]:
        return await self.engine.store.find(collection, {})

    async def unready(self) -> str:
        """Why the worker is not ready, once that is because of its clock."""

        async def asked() -> str | None:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.port}/readyz", timeout=10)
            except httpx.TransportError:
                return None
            return answer.text if answer.status_code == 503 and "clock" in answer.text else None

        async with httpx.AsyncClient() as client:
            return await until(asked, PATIENCE, every=0.2)

    async def rounds(self, count: int) -> None:
        """Wait until the worker has renewed its row among the members so often."""
        seen = set[object]()

        async def enough() -> bool:
            seen.update(row["now"] for row in await self.rows("leases") if row["_id"].startswith("member/"))
            return len(seen) > count

        await until(enough, PATIENCE, every=0.2)


@pytest.mark.parametrize("way", MACHINES)
def test_a_process_whose_clock_is_a_day_ahead_fires_no_reminder_early_and_is_not_ready(
    way: str, kafka_bootstrap: str, mongo_url: str, tmp_path: Path
) -> None:
    async def story() -> None:
        async with Cell(kafka_bootstrap, mongo_url, tmp_path / "log").open() as cell:
            await cell.set_bell()
            async with cell.worker(way):
                assert "ahead of the database's" in await cell.unready()
                await cell.rounds(3)
                leases = await cell.rows("leases")
                assert not [row for row in leases if row["_id"].startswith("shard/") and row["owner"]]
                assert [row["idle"] for row in leases if row["_id"].startswith("member/")] == [True]
                (timer,) = await cell.rows("timers")
                assert timer["type"] == Ring.__name__
                assert await cell.rows("outbox") == []
        events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()]
        assert events.count("clock.off") == 1

    asyncio.run(story())

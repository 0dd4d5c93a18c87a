"""A real process whose database or broker is not there: before it starts, while it works, and when it is to stop."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from deploy.local.kafka import Kafka
from tests.forwarding import Forwarder
from tests.shared.test_main import free_port
from tests.waiting import until

pytestmark = pytest.mark.real

PATIENCE = 120.0
STOP = 10.0
SLACK = 15.0
"""Seconds for a machine that does much else; what is not bounded takes half a minute, as long as a driver waits."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that may be stopped."""
    with Kafka(tmp_path_factory.mktemp("broker")) as kafka:
        yield kafka


class Surroundings:
    """A worker of a cell of its own, with a way to its database that can be closed."""

    def __init__(self, bootstrap: str, mongo_url: str, log: Path) -> None:
        self.mongo_url, self.log = mongo_url, log
        self.way = Forwarder(urlsplit(mongo_url).netloc, free_port())
        self.port = free_port()
        self.environment = os.environ | {
            "ITHACA_CELL": f"away-{uuid4().hex[:8]}",
            "ITHACA_KAFKA_BOOTSTRAP": bootstrap,
            "ITHACA_MONGO_URL": f"mongodb://127.0.0.1:{self.way.port}/?directConnection=true",
            "ITHACA_PORT": str(self.port),
        }

    async def migrate(self) -> None:
        """Make what a worker needs, by the direct way."""
        done = await self._process("migrate", ITHACA_MONGO_URL=self.mongo_url)
        assert await done.wait() == 0

    @asynccontextmanager
    async def working(self, **settings: str) -> AsyncIterator[Process]:
        """A worker; killed at the end if it runs still."""
        running = await self._process(**settings)
        try:
            yield running
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()
            await self.way.close()

    async def answers(self, path: str, status: int) -> str:
        """What it says there, once that has this status."""

        async def asked() -> str | None:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)
            except httpx.TransportError:
                return None
            return answer.text if answer.status_code == status else None

        async with httpx.AsyncClient() as client:
            return await until(asked, PATIENCE, every=0.2)

    async def says(self, event: str) -> None:
        """Wait for a line in its log."""

        async def said() -> bool:
            return event in self.lines()

        await until(said, PATIENCE)

    def lines(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.read_text().splitlines() if line.startswith("{")]

    async def _process(self, *words: str, **settings: str) -> Process:
        command = [sys.executable, "-m", "services.sessions", *words]
        with self.log.open("w") as lines:
            return await asyncio.create_subprocess_exec(*command, env=self.environment | settings, stderr=lines)


async def stopped(running: Process) -> None:
    """Tell it to stop, and see that it does, in good order."""
    running.send_signal(signal.SIGTERM)
    async with asyncio.timeout(STOP + SLACK):
        assert await running.wait() == 0


def test_a_start_beside_a_database_that_is_not_up_yet_waits(
    kafka_bootstrap: str, mongo_url: str, tmp_path: Path
) -> None:
    async def story() -> None:
        place = Surroundings(kafka_bootstrap, mongo_url, tmp_path / "log")
        await place.migrate()
        async with place.working() as running:
            await place.answers("/livez", 200)
            await place.says("service.waiting")
            assert "cannot be reached" in await place.answers("/readyz", 503)
            assert await place.answers("/livez", 200)
            await place.way.open()
            await place.answers("/readyz", 200)
            await stopped(running)

    asyncio.run(story())


def test_a_start_beside_a_broker_that_is_not_up_yet_waits_and_one_that_waits_stops_at_once(
    mongo_url: str, tmp_path: Path
) -> None:
    async def story() -> None:
        place = Surroundings(f"127.0.0.1:{free_port()}", mongo_url, tmp_path / "log")
        async with place.working(ITHACA_MONGO_URL=mongo_url) as running:
            await place.says("service.waiting")
            assert "has not started yet" in await place.answers("/readyz", 503)
            assert await place.answers("/livez", 200)
            await stopped(running)
        assert place.lines()[-1] == "service.stopped"

    asyncio.run(story())


@pytest.mark.parametrize("is_silent", [False, True], ids=["refuses", "silent"])
def test_a_process_stops_within_ten_seconds_though_its_database_is_away(
    is_silent: bool, kafka_bootstrap: str, mongo_url: str, tmp_path: Path
) -> None:
    async def story() -> None:
        place = Surroundings(kafka_bootstrap, mongo_url, tmp_path / "log")
        await place.migrate()
        await place.way.open()
        async with place.working() as running:
            await place.answers("/readyz", 200)
            if is_silent:
                place.way.silent = True
            else:
                await place.way.close()
            await place.answers("/readyz", 503)
            await stopped(running)
        assert "service.stopped" in place.lines()

    asyncio.run(story())


def test_a_process_stops_within_ten_seconds_though_broker_and_database_are_away(
    broker: Kafka, mongo_url: str, tmp_path: Path
) -> None:
    async def story() -> None:
        place = Surroundings(broker.bootstrap, mongo_url, tmp_path / "log")
        await place.migrate()
        await place.way.open()
        async with place.working() as running:
            await place.answers("/readyz", 200)
            broker.child.kill()
            await stopped_without_its_broker(place, running)

    async def stopped_without_its_broker(place: Surroundings, running: Process) -> None:
        place.way.silent = True
        await place.answers("/readyz", 503)
        await stopped(running)
        assert "service.stopped" in place.lines()

    asyncio.run(story())

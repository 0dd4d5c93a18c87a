"""A shop in a cell of its own on the real broker and database, for the doctor to look at."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from random import Random
from uuid import uuid4

import pytest

from shared.clock import system_clock
from shared.doctor.examination import examine
from shared.doctor.finding import Examined, Finding, Level
from shared.engine.authoring.service import Service
from shared.engine.execution.executor import Limits
from shared.engine.kafka.access import access_of
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.bus import Topic
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.process.samples import Sampling
from shared.settings import Settings
from tests.shared.engine.publishing.test_growth import selling
from tests.shared.engine.shop import noting, service
from tests.waiting import until

PATIENCE = 120.0
KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="

shop = service(selling(), noting())
SMALL = ProcessOptions("doctor", lease_seconds=5.0, partitions=3, poll_seconds=0.2)


def assemble(of: Service, settings: Settings, options: ProcessOptions = SMALL, database: str = "") -> Engine:
    """As a process does it, with few partitions and shards; in another database if it is said."""
    store = MongoStore(settings.mongo_url, database or settings.database(of.name), timeout=30)
    options = replace(options, cell=settings.cell)
    bus = KafkaBus(settings.kafka_bootstrap, 1, access_of(settings), options.owner)
    return Engine(of, store, bus, system_clock, Random(1), options, Limits(shards=settings.shards))


class Trial:
    """A cell; `environment` are its settings."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = {
            "ITHACA_CELL": f"doctor-{uuid4().hex[:12]}",
            "ITHACA_DEAD_LETTER_KEY": KEY,
            "ITHACA_SHARDS": "4",
            **environment,
        }

    @contextmanager
    def set(self, **others: str) -> Iterator[None]:
        """These settings in the environment, and no others; names are without their prefix."""
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("ITHACA_")]:
                patch.delenv(name)
            for name, value in {
                **self.environment,
                **{f"ITHACA_{key}": value for key, value in others.items()},
            }.items():
                patch.setenv(name, value)
            yield

    def settings(self) -> Settings:
        """Those of the cell."""
        with self.set():
            return Settings.load()

    async def look(
        self, others: Mapping[str, str] | None = None, of: Service = shop, patience: float = PATIENCE
    ) -> Examined:
        """What the doctor finds, with these settings changed."""
        with self.set(**(others or {})):
            return await examine(of, assemble, lambda _: None, patience)

    async def complaints(self, **others: str) -> list[str]:
        """What is not well, as `level name: found`; whose version the database is depends on who runs the tests."""
        found = await self.look(others)
        return [said(one) for one in found.findings if one.level is not Level.OK and one.name != "end of life"]

    @asynccontextmanager
    async def engine(
        self, owner: str = "one", database: str = "", planted: Topic | None = None
    ) -> AsyncIterator[Engine]:
        """The shop's engine, with all that it needs, or with another topic; it is not started."""
        engine = assemble(shop, self.settings(), replace(SMALL, owner=owner), database)
        try:
            if planted:
                await engine.bus.prepare({engine.topic(): planted})
            await engine.prepare()
            yield engine
        finally:
            await engine.close()

    @asynccontextmanager
    async def working(self, owner: str = "one", database: str = "", broker: str = "") -> AsyncIterator[Engine]:
        """The shop at work: in its group, with all leases; it says that it publishes to that broker."""
        async with self.engine(owner, database) as engine:
            await engine.start()
            try:
                sampling = Sampling(engine, "all", broker or await engine.bus.identity())
                await until(lambda: _settled(engine), PATIENCE)
                seen = asyncio.ensure_future(sampling.run())
                await until(lambda: _is_seen(engine), PATIENCE)
                yield engine
                seen.cancel()
                await asyncio.gather(seen, return_exceptions=True)
            finally:
                await engine.stop()


async def _settled(engine: Engine) -> bool:
    return engine.has_joined and len(engine.leases.owned) == engine.leases.shards


async def _is_seen(engine: Engine) -> bool:
    return bool(await engine.store.get("replicas", [engine.options.owner]))


def said(finding: Finding) -> str:
    """What a test compares."""
    return f"{finding.level} {finding.name}: {finding.found}"

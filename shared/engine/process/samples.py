"""Every two seconds a process looks at what it does and at what waits, for operators and for metrics."""

import asyncio
from collections import deque
from dataclasses import asdict
from importlib.metadata import version

import structlog

from shared.engine.coordination.replicas import COLLECTION, GONE_AFTER, rates
from shared.engine.ports.store import Delete, Put, StoreError
from shared.engine.process import usage
from shared.engine.process.backlog import backlog, lag
from shared.engine.process.behind import Behind, Trend
from shared.engine.process.engine import Engine
from shared.observe import metrics
from shared.observe import trail as observed

log = structlog.get_logger()

EVERY = 2.0
LOOKS = 6
"""Rates are those of the time between the first and the last of so many looks."""

BROKER_SECONDS = 2.0

LEAVE_SECONDS = 1.0
"""How long the process's row may take to go; one that stays runs out."""


class Sampling:
    """One per process; `role` is the half of the service that it runs, `broker` the identity of where it publishes."""

    def __init__(self, engine: Engine, role: str, broker: str = "") -> None:
        self.engine = engine
        self.name = engine.options.owner
        self.always = {
            "_id": self.name,
            "role": role,
            "broker": broker,
            "version": version("ithaca"),
            "started_at": engine.executor.clock(),
        }
        self.looks: deque[tuple[float, metrics.Totals]] = deque(maxlen=LOOKS)
        self.behind, self.trend = Behind(), Trend(engine.store)
        self.behind_seconds: float | None = None

    async def run(self) -> None:
        """Look, again and again, until cancelled; then the process's row goes."""
        try:
            while True:
                await self._sample()
                await asyncio.sleep(EVERY)
        finally:
            await self._leave()

    async def look(self) -> None:
        """Write what this process does."""
        self.looks.append((asyncio.get_running_loop().time(), metrics.totals()))
        (first, before), (last, after) = self.looks[0], self.looks[-1]
        now, worker = self.engine.executor.clock(), self.engine.worker
        row = {
            **self.always,
            "seen_at": now,
            "gone_at": now + GONE_AFTER,
            "clock_offset_seconds": self.engine.time.offset,
            "behind_seconds": self.behind_seconds,
            "partitions": len(worker.partitions),
            "paused_handlers": worker.breakers.described(),
            "tenants": usage.of_process(self.engine),
            **asdict(rates(before, after, max(last - first, EVERY))),
        }
        await self.engine.store.transact([Put(COLLECTION, row)])

    async def count(self) -> None:
        """Tell the metrics what waits."""
        executor = self.engine.executor
        found = await backlog(executor.store, executor.limits.shards, executor.clock)
        waiting, self.behind_seconds = await self._lag()
        metrics.backlog(
            chunks=found.chunks,
            oldest_seconds=found.oldest_seconds or 0.0,
            timers_due=found.timers_due,
            effects_waiting=found.effects_waiting,
            effects_failing=found.effects_failing,
            lanes=found.lanes,
            dead_letters=found.dead_letters,
            gaps=found.gaps,
            lag=waiting,
        )
        now = {"behind_seconds": self.behind_seconds, "waiting": waiting, "dead_letters": found.dead_letters}
        await self.trend.note(executor.clock(), now | {"outbox_seconds": found.oldest_seconds or 0.0})

    async def _sample(self) -> None:
        try:
            observed.oldest(await self.engine.chaining.oldest_seconds())
            await self.engine.read_tenants()
            await self.look()
            await self.count()
        except (StoreError, ConnectionError, TimeoutError) as error:
            log.warning("sampling.unavailable", error=type(error).__name__)

    async def _lag(self) -> tuple[int, float]:
        """How many records wait, and for how many seconds the oldest."""
        async with asyncio.timeout(BROKER_SECONDS):
            read = await lag(self.engine)
        waiting = sum(end - committed for committed, end in read.values())
        return waiting, self.behind.look(read, asyncio.get_running_loop().time())

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.engine.store.transact([Delete(COLLECTION, self.name)])
        except (StoreError, TimeoutError) as error:
            log.warning("replica.row_stays", error=type(error).__name__)  # it runs out

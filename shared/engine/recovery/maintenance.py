"""What a worker does beside its service's own work: replays of its journal, rebuilds of its read models, repairs."""

import asyncio

import structlog

from shared.engine.consuming import gaps, rebuilds
from shared.engine.consuming.read_models import ReadModels, Rebuild, read_models
from shared.engine.ports.store import StoreError
from shared.engine.process.engine import Engine
from shared.engine.publishing import journal
from shared.engine.recovery.gap_repair import Repairing
from shared.engine.recovery.jobs import Jobs
from shared.engine.recovery.rebuild_job import Rebuilding
from shared.engine.recovery.replays import Replaying

log = structlog.get_logger()

LATE_SECONDS = 10.0
"""So often what was held back for a rebuild too late is let go."""

AT_ONCE = 100
"""Requests of other services, as they come by their topic."""


class Maintenance:
    """One per worker. Other processes ask for jobs by writing them down."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.replaying = Replaying(engine)
        self.batch_seconds = engine.executor.limits.deadline
        rebuilding = Rebuilding(engine, self.replaying, self.batch_seconds)
        repairing = Repairing(engine, self.replaying)
        kinds = {
            journal.COLLECTION: self.replaying.run,
            rebuilds.COLLECTION: rebuilding.run,
            gaps.COLLECTION: repairing.run,
        }
        self.jobs = Jobs(engine.leases, kinds, engine.options.poll_seconds)

    async def run(self) -> None:
        """Work until cancelled."""
        topic, group = self.engine.topic(journal.TOPIC), f"{self.engine.group}.{journal.TOPIC}"
        consumer = await self.engine.bus.consume([topic], group, self.replaying, AT_ONCE)
        try:
            await asyncio.gather(self.jobs.run(), self._release_late_ones())
        finally:
            await consumer.stop()

    async def _release_late_ones(self) -> None:
        """A batch that was tried again and again, the database being away, may end after the switch of a rebuild.

        What it still holds back for that rebuild nobody else would let go.
        """
        models = read_models(self.engine.service)
        while models:
            await asyncio.sleep(LATE_SECONDS)
            try:
                states = await ReadModels(self.engine.store).states(list(models))
                for name, model in models.items():
                    rebuild = Rebuild(self.engine.executor, self.engine.bus, model, self.batch_seconds)
                    await rebuild.release(states[name]["live"])
            except StoreError as error:
                log.warning("lanes.not_released", error=type(error).__name__)

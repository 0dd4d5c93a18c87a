"""What a worker does beside its service's own work: replays of its journal, and rebuilds of its read models."""

from shared.engine import journal, rebuilds
from shared.engine.engine import Engine
from shared.engine.jobs import Jobs
from shared.engine.rebuilding import Rebuilding
from shared.engine.replaying import Replaying

AT_ONCE = 100
"""Requests of other services, as they come by their topic."""


class Maintenance:
    """One per worker. Other processes ask for jobs by writing them down."""

    def __init__(self, engine: Engine) -> None:
        place, limits = engine.place, engine.executor.limits
        self.engine = engine
        self.replaying = Replaying(engine)
        rebuilding = Rebuilding(engine, self.replaying, settle=limits.deadline)
        kinds = {journal.COLLECTION: self.replaying.run, rebuilds.COLLECTION: rebuilding.run}
        self.jobs = Jobs(engine.store, place.owner, place.lease_seconds, kinds, place.poll_seconds)

    async def run(self) -> None:
        """Work until cancelled."""
        topic, group = self.engine.topic(journal.TOPIC), f"{self.engine.group}.{journal.TOPIC}"
        consumer = await self.engine.bus.consume([topic], group, self.replaying, AT_ONCE)
        try:
            await self.jobs.run()
        finally:
            await consumer.stop()

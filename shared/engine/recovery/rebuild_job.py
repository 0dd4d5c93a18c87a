"""Builds a read model anew, as a job: the journals of all services whose events it follows, then what came meanwhile.

Each step can be repeated, and is noted in the job's document: whoever takes the job up goes on where it was.
"""

import asyncio
from collections.abc import Mapping

from shared.contracts.event import Event
from shared.engine.authoring.service import message_type
from shared.engine.consuming import rebuilds
from shared.engine.consuming.read_models import Rebuild, RebuildFailed, read_models
from shared.engine.ports.bus import Partition
from shared.engine.ports.store import Change, Conflict, Document
from shared.engine.process.engine import Engine
from shared.engine.recovery.jobs import JobFailed
from shared.engine.recovery.replays import Replaying, ReplayRequested

PATIENCE = 30.0
"""Seconds after which a service is asked again for its journal."""


class Rebuilding:
    """Does rebuilds. `settle` and `patience` are in seconds: see `Rebuild` and `PATIENCE`."""

    def __init__(self, engine: Engine, replaying: Replaying, batch_seconds: float, patience: float = PATIENCE) -> None:
        self.engine, self.store, self.replaying = engine, engine.store, replaying
        self.batch_seconds, self.patience = batch_seconds, patience

    async def run(self, row: Document) -> None:
        """Do one rebuild, or abandon it, from where it was left."""
        rebuild = self._rebuild(row)
        if row["state"] == "abandoning":
            await rebuild.abandon()
            await self._end(row, "abandoned")
            return
        try:
            if row["switched_at"] is None:
                await self._build(rebuild, row)
        except RebuildFailed as error:
            raise JobFailed(f"{error}. The model is as it was: mend it, and ask for the rebuild again.") from error
        await rebuild.clear(*range(row["generation"]))
        await self._end(row, "done")

    async def _build(self, rebuild: Rebuild, row: Document) -> None:
        """All up to the switch."""
        if row["generation"] is None:
            await rebuild.abandon()
            begun = await rebuild.begin()
            await self._note(row, generation=begun["building"], replays=self._replays(rebuild, row["name"]))
        await self._replayed(rebuild, row)
        await self._feed(rebuild, row)
        await self._note(row, phase="catching-up", error="")

        async def note(left: int) -> None:
            await self._note(row, lanes=left)

        await rebuild.finish(note)
        replays = row["replays"].items()
        position = {f"{name}/{shard}": at for name, replay in replays for shard, at in replay["positions"].items()}
        switched_at = self.engine.executor.clock()
        await self._note(row, switched_at=switched_at, position=position, phase=None, lanes=None)

    async def _end(self, row: Document, state: str) -> None:
        """Nobody else reads what was replayed for it."""
        await self.engine.bus.remove([replay["topic"] for replay in row["replays"].values() if "topic" in replay])
        await self._note(row, state=state, error="", ended_at=self.engine.executor.clock())

    def _rebuild(self, row: Document) -> Rebuild:
        models = read_models(self.engine.service)
        if row["_id"] not in models:
            raise JobFailed(f"This version has no read model {row['_id']}.")
        return Rebuild(self.engine.executor, self.engine.bus, models[row["_id"]], self.batch_seconds)

    @staticmethod
    def _replays(rebuild: Rebuild, name: str) -> Document:
        """What each service is asked for, by its name."""
        asked: Document = {}
        for handler in rebuild.handlers:
            if not issubclass(handler.takes, Event):
                raise JobFailed(f"{handler.name} follows what is in no journal: the model cannot be built anew.")
            of_service = asked.setdefault(handler.takes.about.service, {"name": name, "types": []})
            of_service["types"].append(message_type(handler.takes))
        return asked

    async def _replayed(self, rebuild: Rebuild, row: Document) -> None:
        """Ask until every service has published what is needed of its journal."""
        while True:
            missing = sorted(row["replays"].keys() - rebuilds.ends(row).keys())
            if not missing:
                return
            for service in missing:
                types = row["replays"][service]["types"]
                await self.replaying.say(
                    ReplayRequested(
                        service=service,
                        name=row["name"],
                        types=types,
                        by=self.engine.service.name,
                        model=rebuild.model.collection,
                    )
                )
            if await self._heard(row):
                return
            await self._note(row, error=f"It waits for the journal of {', '.join(missing)}: does that service run?")

    async def _heard(self, row: Document) -> bool:
        """Whether all services have answered, within the time after which they are asked again."""
        try:
            async with asyncio.timeout(self.patience):
                while not rebuilds.is_replayed(row):
                    await asyncio.sleep(0.1)
                    found = (await self.store.get(rebuilds.COLLECTION, [row["_id"]]))[row["_id"]]
                    if (found["state"], found["name"]) != (row["state"], row["name"]):
                        raise Conflict(f"the rebuild {row['name']} is no longer asked for")
                    row["replays"] = found["replays"]
        except TimeoutError:
            return False
        return True

    async def _feed(self, rebuild: Rebuild, row: Document) -> None:
        topics = {replay["topic"]: service for service, replay in row["replays"].items()}

        async def save(fed: Mapping[Partition, int]) -> None:
            noted: dict[str, dict[str, int]] = {}
            for (topic, partition), offset in fed.items():
                noted.setdefault(topics[topic], {})[str(partition)] = offset
            await self._note(row, fed=noted)

        ends, group = _partitions(row, rebuilds.ends(row)), f"{self.engine.options.cell}.{row['name']}"
        await rebuild.feed(ends, group, _partitions(row, row["fed"]), save)

    async def _note(self, row: Document, **fields: object) -> None:
        """Write down how far it is; raises `Conflict` if an operator has decided otherwise, or it is another's."""
        match = {"state": row["state"], "name": row["name"]}
        await self.store.transact([Change(rebuilds.COLLECTION, row["_id"], match, fields)])
        row |= fields


def _partitions(row: Document, offsets: Mapping[str, Mapping[str, int]]) -> dict[Partition, int]:
    topics = {service: replay["topic"] for service, replay in row["replays"].items() if "topic" in replay}
    return {(topics[service], int(p)): offset for service, some in offsets.items() for p, offset in some.items()}

"""Repairs gaps, as a job: what is missing in a topic comes again from its publishers, then its partitions go on.

A service publishes again what it has published since a safe moment, by its journal, to a topic with as many partitions
as its own: a key leads to the same one. Those with a gap are read there to the end, by a worker like any other, so that
what was handled before is dropped by the inbox. Then they go on in the topic itself, from its beginning.

Of a compacted topic nobody keeps a journal: its owners publish all of their states as they are now, and that they are
gone, to topics of replays in the same way. A state is applied by its sequence.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from shared.contracts.clock import TOPIC as CLOCK
from shared.contracts.event import State
from shared.engine.authoring.service import PEOPLE
from shared.engine.consuming import gaps
from shared.engine.consuming.gaps import COLLECTION, gaps_in
from shared.engine.consuming.partitions import Gap, row_id
from shared.engine.consuming.worker import Worker
from shared.engine.coordination import leases
from shared.engine.ports.bus import Partition
from shared.engine.ports.store import Change, Conflict, Delete, Document
from shared.engine.process.engine import Engine
from shared.engine.recovery.jobs import JobFailed
from shared.engine.recovery.replays import RepairRequested, Replaying

log = structlog.get_logger()

PATIENCE = 30.0
"""Seconds after which a service is asked again for what is missing."""

MARGIN = timedelta(minutes=10)
"""By so much earlier than a gap its repair begins: machines' clocks differ, and a chunk is marked after it was sent."""

DECIDE = "`ithaca topics skip` goes on without it."


class ReplayGone(Exception):
    """What was published again is no longer on its topic: it has to be asked for once more."""


class Rereading:
    """Reads what was published again, of partitions that lack it, up to their `ends`: a worker does, and so can fail.

    See `Missing`: of the replay, too, something may be missing by now.
    """

    def __init__(self, engine: Engine, ends: Mapping[Partition, int]) -> None:
        self.ends = ends
        self.gaps: Sequence[Gap] = ()
        self.worker = Worker(engine.executor, engine.search, engine.partitions, self)

    def is_over(self) -> bool:
        """Return whether all is handled; raises `ReplayGone`."""
        if self.gaps:
            raise ReplayGone(str(self.gaps[0]))
        tenure = self.worker.tenure
        positions = tenure.assignment.positions if tenure else {}
        return all(one in positions and positions[one].finished >= end for one, end in self.ends.items())

    async def among(self, partitions: Iterable[Partition]) -> set[Partition]:
        """See `Missing`: all but those that lack something, whose records would overtake others."""
        return set(partitions) - self.ends.keys()

    async def add(self, gaps: Sequence[Gap]) -> None:
        """See `Missing`."""
        self.gaps = gaps


class Repairing:
    """Does repairs. `patience` is in seconds: see `PATIENCE`."""

    def __init__(self, engine: Engine, replaying: Replaying, patience: float = PATIENCE) -> None:
        self.engine, self.store, self.replaying = engine, engine.store, replaying
        self.patience = patience

    async def run(self, row: Document) -> None:
        """Repair the gaps of a topic that are known now, from where that was left; those found meanwhile come next.

        However often something interrupts it, it goes on: its partitions stand still until it is done.
        """
        try:
            await self._round(row)
        except (JobFailed, Conflict):
            raise
        except ReplayGone as error:
            log.warning("gap.asked_again", topic=row["_id"], error=type(error).__name__)
            await self._note(row, round=None)
        except Exception as error:
            log.warning("gap.repair_interrupted", topic=row["_id"], exc_info=error)
            await self._note(row, error=f"It was interrupted by {type(error).__name__}, and goes on by itself.")

    async def _round(self, row: Document) -> None:
        if row["round"] is None:
            await self._begin(row)
        await self._answered(row)
        await self._read_again(row)
        await self._close(row)

    async def _begin(self, row: Document) -> None:
        topic, now = row["_id"], self.engine.executor.clock()
        found = gaps_in(row)
        name = f"{self.engine.service.name}.gap.{self.engine.executor.new_id()}"
        extents = await self.engine.bus.extents([topic], self.engine.group)
        round = {
            "name": name,
            "began_at": now,
            "since": self._since(topic, found, now),
            "partitions": {
                str(number): {"log": extents[topic, number].log, "end": extents[topic, number].end}
                for _, number in (gap.partition for gap in found)
            },
            "owners": self._owners(topic),
            "answers": {},
        }
        await self._note(row, round=round, error="")

    def _since(self, topic: str, found: Sequence[Gap], now: datetime) -> datetime:
        """From when on things are published again; raises `JobFailed` for what inboxes have forgotten."""
        keep = self.engine.executor.limits.keep_inbox
        oldest = now - keep + MARGIN
        since = min((gap.since - MARGIN if gap.since else oldest) for gap in found)
        if since < oldest and topic != self.engine.topic(PEOPLE):
            raise JobFailed(
                f"What is missing in {topic} may be more than {keep.days} days old, so that what was handled at that "
                f"time would be handled once more: {DECIDE}"
            )
        return since

    def _owners(self, topic: str) -> list[str]:
        """The services that publish to a topic what we read of it; raises `JobFailed` if none keeps it."""
        service = self.engine.service
        if topic == self.engine.topic(PEOPLE):
            handled = (handlers[0].takes for handlers in service.reactions.values())
            return sorted({model.about.service for model in handled if issubclass(model, State)})
        owners = [name for name in service.sources if self.engine.topic(name) == topic and name != CLOCK]
        if not owners:
            raise JobFailed(f"What is missing in {topic} is in no journal: {DECIDE}")
        return owners

    async def _answered(self, row: Document) -> None:
        """Ask until every owner has published again what is needed."""
        while missing := sorted(set(row["round"]["owners"]) - row["round"]["answers"].keys()):
            for owner in missing:
                asked = RepairRequested(
                    service=owner,
                    name=row["round"]["name"],
                    by=self.engine.service.name,
                    topic=row["_id"],
                    since=row["round"]["since"],
                )
                await self.replaying.say(asked)
            if not await self._heard(row):
                waits = f"It waits for {', '.join(missing)} to publish again what is missing: does that service run?"
                await self._note(row, error=waits)

    async def _heard(self, row: Document) -> bool:
        """Whether all owners have answered, within the time after which they are asked again."""
        try:
            async with asyncio.timeout(self.patience):
                while row["round"]["owners"] != sorted(row["round"]["answers"]):
                    await asyncio.sleep(0.1)
                    await self._refresh(row)
        except TimeoutError:
            return False
        return True

    async def _read_again(self, row: Document) -> None:
        """Read what was published again, of the partitions with a gap."""
        answers, numbers = row["round"]["answers"].values(), row["round"]["partitions"]
        ends = {(answer["replay"], int(p)): answer["ends"][p] for answer in answers for p in numbers}
        replays = sorted({topic for topic, _ in ends})
        reading = Rereading(self.engine, ends)
        group = f"{self.engine.options.cell}.{row['round']['name']}"
        consumer = await self.engine.bus.consume(replays, group, reading.worker, self.engine.executor.limits.largest)
        committing = asyncio.get_running_loop().create_task(reading.worker.run())
        try:
            while not reading.is_over():
                await asyncio.sleep(0.1)
                await self._refresh(row)
        finally:
            committing.cancel()
            await consumer.stop()
        await self._check_whole(replays, group)
        await self.engine.bus.remove(replays)
        await self.store.transact([Delete(leases.COLLECTION, row_id(partition)) for partition in ends])

    async def _check_whole(self, replays: Sequence[str], group: str) -> None:
        """Raises `ReplayGone` if something of a replay was removed: it may have been before it was read."""
        for (topic, _), extent in (await self.engine.bus.extents(replays, group)).items():
            if extent.beginning:
                raise ReplayGone(f"{topic} is no longer whole")

    async def _close(self, row: Document) -> None:
        """Let the partitions go on, unless more is missing by now."""
        topic, round = row["_id"], row["round"]
        extents = await self.engine.bus.extents([topic], self.engine.group)
        whole = [
            int(number)
            for number, was in round["partitions"].items()
            if (now := extents[topic, int(number)]).log == was["log"] and now.beginning <= was["end"]
        ]
        await self._refresh(row)
        await self.store.transact(gaps.closed(row, whole, extents, round["began_at"]))
        log.info("gap.repaired", topic=topic, count=len(whole))

    async def _refresh(self, row: Document) -> None:
        """See what others have written; raises `Conflict` if this round is no longer wanted."""
        found = (await self.store.get(COLLECTION, [row["_id"]]))[row["_id"]]
        if found["round"] is None or found["round"]["name"] != row["round"]["name"]:
            raise Conflict(f"the repair {row['round']['name']} is no longer asked for")
        row |= found

    async def _note(self, row: Document, **fields: object) -> None:
        match = {"version": row["version"]} if row["round"] is None else {"round.name": row["round"]["name"]}
        await self.store.transact([Change(COLLECTION, row["_id"], {"state": row["state"], **match}, fields)])
        row |= fields

"""Replays of a service's journal: asked for by an operator, or by another service.

That one builds a read model anew, or has a gap in what it reads. Services ask each other through a topic, as in all
else. A request is a job of the service whose journal it is; it can be repeated, and so can its answer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import structlog
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from shared.engine.authoring.service import PEOPLE
from shared.engine.consuming import gaps
from shared.engine.ports.assignment import Assignment, AtOnce
from shared.engine.ports.bus import Partition, Record, Topic
from shared.engine.ports.store import Change, Conflict, Document, Keep, Store, Write
from shared.engine.process.engine import Engine
from shared.engine.publishing import journal
from shared.engine.publishing.journal import Journal, Replay
from shared.engine.recovery.shared_states import replay_all

log = structlog.get_logger()

REBUILDS = "rebuilds"


class ReplayRequested(BaseModel):
    """A service asks another one for its events of some types: `by` builds its read model `model` with them."""

    kind: Literal["requested"] = "requested"
    service: str
    name: str
    types: list[str]
    by: str
    model: str


class ReplayPublished(BaseModel):
    """A service has published what it was asked for: up to these offsets, and these positions in its journal."""

    kind: Literal["published"] = "published"
    service: str
    name: str
    by: str
    model: str
    topic: str
    ends: dict[str, int]
    positions: dict[str, int]


class RepairRequested(BaseModel):
    """A service has a gap in what it reads: `by` needs again what was published to `topic` since a moment."""

    kind: Literal["repair-requested"] = "repair-requested"
    service: str
    name: str
    by: str
    topic: str
    since: AwareDatetime


class RepairPublished(BaseModel):
    """A service has published again what it was asked for, to the topic `replay`, up to these offsets."""

    kind: Literal["repair-published"] = "repair-published"
    service: str
    name: str
    by: str
    topic: str
    replay: str
    ends: dict[str, int]


Said = ReplayRequested | ReplayPublished | RepairRequested | RepairPublished
SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="kind")])


def job(
    name: str,
    topic: str,
    group: str,
    started_at: datetime,
    tenant: str = "",
    types: Sequence[str] = (),
    since: str = "",
    until: str = "",
    requested: ReplayRequested | RepairRequested | None = None,
) -> Document:
    """Return a replay that is to be done."""
    return {
        "_id": name,
        "state": "running",
        "topic": topic,
        "group": group,
        "tenant": tenant,
        "types": list(types),
        "since": since,
        "until": until,
        "published_since": requested.since if isinstance(requested, RepairRequested) else None,
        "requested": requested.model_dump() if requested else None,
        "error": "",
        "started_at": started_at,
        "ended_at": None,
    }


class Replaying:
    """Publishes what is asked for, and says so; a `Subscriber` of what the services ask and answer."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.store, self.bus = engine, engine.store, engine.bus
        self.service = engine.service.name

    async def run(self, row: Document) -> None:
        """Do one replay, from where it was left."""
        requested = SAID.validate_python(row["requested"]) if row["requested"] else None
        like = requested.topic if isinstance(requested, RepairRequested) else self.engine.topic()
        found = (await self.bus.found([like])).get(like)
        # To as many partitions as the topic has that is replayed: a key leads to the same one.
        await self.bus.prepare({row["topic"]: Topic(found.partitions if found else self.engine.options.partitions)})
        if like == self.engine.topic(PEOPLE):
            await replay_all(self.engine, row["topic"])
            ends: Mapping[Partition, int] = await self.bus.end([row["topic"]])
        else:
            ends = await self._replay(row)
        if requested:
            await self._answer(requested, row["topic"], ends)
        done = {"state": "done", "ended_at": self.engine.executor.clock(), "error": ""}
        await self.store.transact([Change(journal.COLLECTION, row["_id"], {"state": "running"}, done)])

    async def _replay(self, row: Document) -> Mapping[Partition, int]:
        executor, wanted = self.engine.executor, {name: row[name] for name in ("tenant", "types", "since", "until")}
        replay = Replay(row["_id"], row["topic"], **wanted, published_since=row.get("published_since"))
        return await Journal(self.store, self.bus, executor.limits.shards, executor.clock).replay(replay)

    async def say(self, said: Said) -> None:
        """Ask a service, or this one, for a replay, or answer; returns when the broker has it."""
        publisher = await self.bus.publisher()
        try:
            topic = self.engine.topic(journal.TOPIC)
            await (await publisher.send(topic, said.name.encode(), said.model_dump_json().encode(), []))
        finally:
            await publisher.close()

    async def assigned(self, assignment: Assignment) -> AtOnce:
        """See `Subscriber`."""
        return AtOnce(assignment, self._listen)

    async def _listen(self, records: Sequence[Record]) -> None:
        for record in records:
            try:
                said = SAID.validate_json(record.value or b"")
            except ValidationError as error:
                log.error("replay.unreadable", offset=record.offset, error=type(error).__name__)
                continue
            for write in self._writes(said):
                await _unless_over(self.store, write)

    def _writes(self, said: Said) -> list[Write]:
        """What is for this service."""
        match said:
            case ReplayRequested() | RepairRequested() if said.service == self.service:
                return self._begins(said)
            case ReplayPublished() if said.by == self.service:
                answer = said.model_dump(include={"topic", "ends", "positions"})
                set = {f"replays.{said.service}.{field}": value for field, value in answer.items()}
                return [Change(REBUILDS, said.model, {f"replays.{said.service}.name": said.name}, set)]
            case RepairPublished() if said.by == self.service:
                answer = said.model_dump(include={"replay", "ends"})
                return [
                    Change(
                        gaps.COLLECTION,
                        said.topic,
                        {"round.name": said.name},
                        {f"round.answers.{said.service}": answer},
                    )
                ]
        return []

    def _begins(self, requested: ReplayRequested | RepairRequested) -> list[Write]:
        """Asked for again, a replay is over at once, and answered again."""
        types = requested.types if isinstance(requested, ReplayRequested) else ()
        topic, now = f"{self.engine.topic()}.replay.{requested.name}", self.engine.executor.clock()
        new = job(requested.name, topic, requested.name, now, types=types, requested=requested)
        again = Change(journal.COLLECTION, requested.name, {"state": {"$in": ["done", "failed"]}}, {"state": "running"})
        return [Keep(journal.COLLECTION, new), again]

    async def _answer(self, requested: Said, topic: str, ends: Mapping[Partition, int]) -> None:
        answer = {"service": self.service, "name": requested.name, "by": requested.by}
        offsets = {str(partition): end for (_, partition), end in ends.items()}
        if isinstance(requested, RepairRequested):
            await self.say(RepairPublished(**answer, topic=requested.topic, replay=topic, ends=offsets))
        elif isinstance(requested, ReplayRequested):
            state = (await self.store.get(journal.COLLECTION, [requested.name]))[requested.name]
            positions = state["ends"]
            await self.say(
                ReplayPublished(**answer, model=requested.model, topic=topic, ends=offsets, positions=positions)
            )


async def _unless_over(store: Store, write: Write) -> None:
    try:
        await store.transact([write])
    except Conflict:
        log.debug("replay.nothing_to_note")

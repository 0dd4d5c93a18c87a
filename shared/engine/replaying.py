"""Replays of a service's journal: asked for by an operator, or by another service that builds a read model anew.

Services ask each other through a topic, as in all else. A request is a job of the service whose journal it is; it can
be repeated, and so can its answer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import structlog
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from shared.engine import journal
from shared.engine.assignment import Assignment, AtOnce
from shared.engine.bus import Bus, Partition, Record, Topic
from shared.engine.engine import Engine
from shared.engine.journal import Journal, Replay
from shared.engine.store import Change, Conflict, Document, Keep, Store, Write

log = structlog.get_logger()

REBUILDS = "rebuilds"


class ReplayAsked(BaseModel):
    """A service asks another one for its events of some types: `by` builds its read model `model` with them."""

    kind: Literal["asked"] = "asked"
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


Said = Annotated[ReplayAsked | ReplayPublished, Field(discriminator="kind")]
SAID: TypeAdapter[ReplayAsked | ReplayPublished] = TypeAdapter(Said)


def job(
    name: str,
    topic: str,
    group: str,
    started_at: datetime,
    tenant: str = "",
    types: Sequence[str] = (),
    since: str = "",
    until: str = "",
    asked: ReplayAsked | None = None,
) -> Document:
    """A replay that is to be done."""
    return {
        "_id": name,
        "state": "running",
        "topic": topic,
        "group": group,
        "tenant": tenant,
        "types": list(types),
        "since": since,
        "until": until,
        "asked": asked.model_dump() if asked else None,
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
        replay = Replay(row["_id"], row["topic"], row["tenant"], row["types"], row["since"], row["until"])
        executor = self.engine.executor
        await self.bus.prepare({replay.topic: Topic(self.engine.place.partitions)})
        ends = await Journal(self.store, self.bus, executor.limits.shards, executor.clock).replay(replay)
        if row["asked"]:
            await self._answer(ReplayAsked(**row["asked"]), replay, ends)
        done = {"state": "done", "ended_at": executor.clock(), "error": ""}
        await self.store.transact([Change(journal.COLLECTION, replay.name, {"state": "running"}, done)])

    async def ask(self, service: str, name: str, types: Sequence[str], model: str) -> None:
        """Ask a service, or this one, for a replay."""
        asked = ReplayAsked(service=service, name=name, types=list(types), by=self.service, model=model)
        await say(self.bus, self.engine.topic(journal.TOPIC), asked)

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

    def _writes(self, said: ReplayAsked | ReplayPublished) -> list[Write]:
        """What is for this service. Asked for again, a replay is over at once, and answered again."""
        if isinstance(said, ReplayAsked) and said.service == self.service:
            topic = f"{self.engine.topic()}.replay.{said.name}"
            new = job(said.name, topic, said.name, self.engine.executor.clock(), types=said.types, asked=said)
            again = Change(journal.COLLECTION, said.name, {"state": {"$in": ["done", "failed"]}}, {"state": "running"})
            return [Keep(journal.COLLECTION, new), again]
        if isinstance(said, ReplayPublished) and said.by == self.service:
            answer = said.model_dump(include={"topic", "ends", "positions"})
            match = {f"replays.{said.service}.name": said.name}
            set = {f"replays.{said.service}.{field}": value for field, value in answer.items()}
            return [Change(REBUILDS, said.model, match, set)]
        return []

    async def _answer(self, asked: ReplayAsked, replay: Replay, ends: Mapping[Partition, int]) -> None:
        state = (await self.store.get(journal.COLLECTION, [replay.name]))[replay.name]
        published = ReplayPublished(
            service=self.service,
            name=asked.name,
            by=asked.by,
            model=asked.model,
            topic=replay.topic,
            ends={str(partition): end for (_, partition), end in ends.items()},
            positions=state["ends"],
        )
        await say(self.bus, self.engine.topic(journal.TOPIC), published)


async def say(bus: Bus, topic: str, said: ReplayAsked | ReplayPublished) -> None:
    """Publish it; returns when the broker has it."""
    publisher = await bus.publisher()
    try:
        await (await publisher.send(topic, said.name.encode(), said.model_dump_json().encode(), []))
    finally:
        await publisher.close()


async def _unless_over(store: Store, write: Write) -> None:
    try:
        await store.transact([write])
    except Conflict:
        log.debug("replay.nothing_to_note")

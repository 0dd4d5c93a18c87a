"""How a service is: one request to any of its replicas tells of all of them."""

import asyncio
from collections.abc import Awaitable, Mapping
from importlib.metadata import version
from typing import Literal, TypeVar

from pydantic import BaseModel, Field

from shared.engine.authoring.grants import OPERATOR
from shared.engine.consuming.gaps import Gaps
from shared.engine.coordination.replicas import living
from shared.engine.ports.bus import Partition
from shared.engine.ports.store import Document, StoreError
from shared.engine.process.backlog import NOTHING, Backlog, backlog, lag
from shared.engine.process.engine import Engine
from shared.web.admin.access import CurrentOperator
from shared.web.admin.gaps import TopicGap, views
from shared.web.admin.lists import Moment
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that the database and the broker get for an answer; both are asked at once."""


class Replica(BaseModel):
    """A process of the service. Rates and times are those of the last ten seconds; null without any."""

    name: str
    role: Literal["all", "api", "worker"]
    started_at: Moment
    seen_at: Moment
    version: str
    events_in_per_second: float
    events_out_per_second: float
    commands_per_second: float
    command_p50_ms: float | None = Field(description="Half of the commands were answered within so many milliseconds")
    command_p95_ms: float | None = Field(description="95 of 100 commands were answered within so many milliseconds")
    batch_size: float | None = Field(description="Messages in a transaction, on average")
    clock_offset_seconds: float | None = Field(
        default=None, description="How far the clock of its machine is ahead of the database's; null if that is unknown"
    )
    partitions: int = Field(description="How many partitions it reads")
    paused_handlers: list[str] = Field(
        description="Handlers that fail too often and are paused; with `of` an organization if for it alone"
    )


class PartitionLag(BaseModel):
    """How far the service has come in a partition. All are offsets."""

    topic: str
    partition: int
    committed: int
    end: int
    lag: int


class Lag(BaseModel):
    """The records that wait for the service on the topics that it reads. `seconds`: for how long the oldest of them."""

    total: int
    seconds: float | None = Field(
        default=None, description="Since a process first saw that there was a record to handle; null before any looked"
    )
    partitions: list[PartitionLag]


class Outbox(BaseModel):
    """Events that are not published yet, in chunks."""

    chunks: int = 0
    oldest_seconds: float | None = None


class TimersPlanned(BaseModel):
    """What the service will do by itself. `due` are those whose time has come."""

    planned: int = 0
    due: int = 0
    oldest_due_seconds: float | None = None


class EffectsWaiting(BaseModel):
    """What is to be done outside. `failing` are those that were tried more than once."""

    waiting: int = 0
    failing: int = 0


class LanesParked(BaseModel):
    """Messages that wait to be tried again, in lanes that keep their order."""

    parked: int = 0
    messages: int = 0


class Status(BaseModel):
    """A service as it is now. No more than 10,000 of anything are counted: a count of 10000 means that or more."""

    service: str
    cell: str
    at: Moment
    version: str
    database: str = Field(description="ok, or a sentence; if it is away, the counts are those of nothing")
    broker: str = Field(description="ok, or a sentence")
    replicas: list[Replica]
    lag: Lag | None = Field(description="Null without a broker, and for a service that reads nothing")
    outbox: Outbox
    timers: TimersPlanned
    effects: EffectsWaiting
    lanes: LanesParked
    dead_letters: int
    gaps: list[TopicGap] = Field(description="Topics in which something is missing, and whose partitions stand still")


@routes.get("/status")
async def show_status(operator: CurrentOperator) -> Status:
    """How the service is: its replicas, and what waits. Answers within three seconds though all else be away."""
    engine, now = operator.engine, operator.engine.executor.clock()
    (stored, database), (read, broker) = await asyncio.gather(
        _asked(_stored(engine), "The database does not answer: look at ITHACA_MONGO_URL, and whether it runs."),
        _asked(_read(engine), "The broker does not answer: look at ITHACA_KAFKA_BOOTSTRAP, and whether it runs."),
    )
    waiting, rows, missing = stored or (NOTHING, [], [])
    return Status(
        service=engine.service.name,
        cell=engine.options.cell,
        at=now,
        version=version("ithaca"),
        database=database,
        broker=broker,
        replicas=[Replica(name=row["_id"], **row) for row in rows],
        lag=_lag(read, rows) if read else None,
        outbox=Outbox(chunks=waiting.chunks, oldest_seconds=waiting.oldest_seconds),
        timers=TimersPlanned(
            planned=waiting.timers_planned, due=waiting.timers_due, oldest_due_seconds=waiting.oldest_due_seconds
        ),
        effects=EffectsWaiting(waiting=waiting.effects_waiting, failing=waiting.effects_failing),
        lanes=LanesParked(parked=waiting.lanes, messages=waiting.messages),
        dead_letters=waiting.dead_letters,
        gaps=views(missing),
    )


async def _asked(question: Awaitable[T], sentence: str) -> tuple[T | None, str]:
    """The answer and "ok"; without one, the sentence that says so."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await question, "ok"
    except LookupError as error:
        return None, f"{error}: make what is missing with the service's migrate."
    except (StoreError, ConnectionError, TimeoutError):
        return None, sentence


async def _stored(engine: Engine) -> tuple[Backlog, list[Document], list[Document]]:
    executor, gaps = engine.executor, Gaps(engine.store, engine.executor.clock)
    counting = backlog(engine.store, executor.limits.shards, executor.clock)
    return await asyncio.gather(counting, living(engine.store, executor.clock()), gaps.open())


async def _read(engine: Engine) -> Mapping[Partition, tuple[int, int]]:
    """How far it has come with what it reads; if that is nothing, the broker is asked all the same."""
    if not engine.service.sources:
        await engine.bus.end([engine.topic()])
    return await lag(engine)


def _lag(read: Mapping[Partition, tuple[int, int]], replicas: list[Document]) -> Lag:
    known = [row["behind_seconds"] for row in replicas if row.get("behind_seconds") is not None]
    partitions = [
        PartitionLag(topic=topic, partition=number, committed=committed, end=end, lag=end - committed)
        for (topic, number), (committed, end) in sorted(read.items())
    ]
    total = sum(partition.lag for partition in partitions)
    return Lag(total=total, seconds=max(known, default=None), partitions=partitions)

"""What the services answer to operators, as far as it is shown. All times are in UTC."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue


class Answer(BaseModel):
    """What is shown of an answer. There is more in it, which is kept for those who ask for JSON."""

    model_config = ConfigDict(frozen=True, extra="allow")


A = TypeVar("A", bound=Answer)


class Listed(Answer, Generic[A]):
    """Some of a list. `next` is where to go on; None at the end."""

    items: list[A]
    next: str | None = None


class Replica(Answer):
    """A process of a service. Its figures are of the last seconds; the handlers in `paused_handlers` mostly fail."""

    name: str
    role: str
    events_in_per_second: float
    events_out_per_second: float
    command_p50_ms: float | None
    command_p95_ms: float | None
    batch_size: float | None
    clock_offset_seconds: float | None = None
    paused_handlers: list[str]


class Lag(Answer):
    """Events that wait on topics."""

    total: int


class Outbox(Answer):
    """Chunks of events that are not published yet."""

    chunks: int
    oldest_seconds: float | None


class Timers(Answer):
    """Timers that should have fired."""

    due: int


class Effects(Answer):
    """Effects that are to be done; those that fail are tried again."""

    waiting: int
    failing: int


class Lanes(Answer):
    """Lanes with messages that wait."""

    parked: int


class PartitionGap(Answer):
    """Records of a partition that were not read and are there no more; `next` is None if nobody knows how many."""

    partition: int
    first: int
    next: int | None
    since: datetime | None
    found_at: datetime
    reason: str


class TopicGap(Answer):
    """A topic in which something is missing. `state` is running or failed."""

    topic: str
    state: str
    error: str | None
    partitions: list[PartitionGap]


class Status(Answer):
    """What a service does, all of its replicas together. `database` and `broker` are "ok", or say what is wrong."""

    service: str
    cell: str
    database: str
    broker: str
    replicas: list[Replica]
    lag: Lag | None
    outbox: Outbox
    timers: Timers
    effects: Effects
    lanes: Lanes
    dead_letters: int
    gaps: list[TopicGap] = []


class Event(Answer):
    """An event of a service's journal."""

    id: str
    type: str
    time: datetime
    tenant: str
    subject: str
    correlationid: str = ""
    causationid: str = ""
    data: JsonValue = None


class DeadLetter(Answer):
    """A message that was given up. Only one that is shown has headers and data; `closed` says why it has not."""

    id: str
    tenant: str
    handler: str
    message_type: str
    message_id: str
    reason: str
    error: str
    at: datetime
    expires: datetime | None = None
    topic: str
    partition: int
    offset: int
    bytes: int
    headers: dict[str, str] = {}
    data: JsonValue = None
    data_base64: str | None = None
    closed: str | None = None


class LetterName(Answer):
    """Which dead letter of a service."""

    tenant: str
    id: str


class RefusedLetter(LetterName):
    """One that was left as it is, and why."""

    reason: str


class LettersDone(Answer):
    """What became of dead letters; after a dry run, what would become of them."""

    matched: int
    done: list[LetterName]
    refused: list[RefusedLetter]


class Lane(Answer):
    """Messages of one handler and key that wait, the first for `waiting_for` or for its next attempt."""

    id: str
    tenant: str
    handler: str
    lane: str
    messages: int
    waiting_for: str | None
    attempts: int
    error: str | None
    wake_at: datetime | None


class Woken(Answer):
    """How many lanes are due now."""

    woken: int


class Timer(Answer):
    """What a service will do by itself; `overdue_seconds` if it should have been done."""

    id: str
    tenant: str
    type: str
    due: datetime
    overdue_seconds: float | None


class Replay(Answer):
    """Stored events on their way to a consumer group, by a topic of its own. `state` is running, done or failed."""

    name: str
    topic: str
    group: str
    state: str
    published: int
    expected: int | None
    error: str | None


class Model(Answer):
    """A read model. `generation` is the one that is read, `building` the one that is to take its place."""

    name: str
    generation: int
    building: int | None
    state: str
    phase: str | None
    done: int
    expected: int | None
    error: str | None
    switched_at: datetime | None


class Limit(Answer):
    """How much a tenant may have of each process of a service; None is as much as all together."""

    weight: int
    queued: int | None
    running: int | None


class Tenant(Answer):
    """What a tenant has of a service. `handled` counts messages of the last minute."""

    tenant: str
    queued: int
    running: int
    retrying: int
    handled: int
    share: float
    limit: Limit
    is_usual: bool


class Tenants(Answer):
    """The tenants that have something of a service; `handled` counts messages of all of them."""

    items: list[Tenant]
    handled: int


class LimitSet(Answer):
    """What holds for a tenant from now on."""

    tenant: str
    limit: Limit
    is_usual: bool


class Topic(Answer):
    """A topic as it should be, and as it was found; None if it was not."""

    name: str
    partitions: int
    compacted: bool
    found_partitions: int | None
    differences: list[str]


class Growth(Answer):
    """How far a topic is on its way to more partitions; `sentence` tells what goes on."""

    topic: str
    state: str
    sentence: str

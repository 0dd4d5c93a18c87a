"""What operators' pages read of the services. Contents of events and messages are not among it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from services.console.api import Shown
from services.console.operator.work_views import Gap

S = TypeVar("S", bound=Shown)


class Replica(Shown):
    """A process of a service."""

    name: str
    role: str
    version: str
    started_at: datetime
    events_in_per_second: float
    events_out_per_second: float
    command_p95_ms: float | None = None
    clock_offset_seconds: float | None = None
    partitions: int
    paused_handlers: Sequence[str] = ()


class PartitionLag(Shown):
    """How far a service has come in a partition."""

    topic: str
    partition: int
    committed: int
    end: int
    lag: int


class Lag(Shown):
    """What waits on topics, and for how long."""

    total: int
    seconds: float | None = None
    partitions: Sequence[PartitionLag] = ()


class Outbox(Shown):
    """What is not published yet, and for how long."""

    chunks: int
    oldest_seconds: float | None = None


class TimersDue(Shown):
    """What a service will do by itself."""

    planned: int
    due: int


class Effects(Shown):
    """What is to be done outside."""

    waiting: int
    failing: int


class Parked(Shown):
    """What waits in lanes."""

    parked: int
    messages: int


class Status(Shown):
    """How a service is."""

    service: str
    cell: str
    at: datetime
    version: str
    database: str
    broker: str
    replicas: Sequence[Replica]
    lag: Lag | None
    outbox: Outbox
    timers: TimersDue
    effects: Effects
    lanes: Parked
    dead_letters: int
    gaps: Sequence[Gap] = ()

    @property
    def works(self) -> bool:
        """Whether a process reads what comes."""
        return any(one.role != "api" for one in self.replicas)

    @property
    def paused(self) -> list[str]:
        """The handlers that are paused, in any process."""
        return sorted({handler for one in self.replicas for handler in one.paused_handlers})


class Minute(Shown):
    """The worst of a minute."""

    at: datetime
    behind_seconds: float
    dead_letters: int


class Trend(Shown):
    """The last hour."""

    items: Sequence[Minute] = ()


class Event(Shown):
    """What has happened, as far as it is no content."""

    id: str
    type: str
    time: datetime
    tenant: str
    subject: str
    actor: str | None = None
    correlationid: str
    causationid: str


class Events(Shown):
    """Some of it."""

    items: Sequence[Event]
    next: str
    more: bool = False


class Waiting(Shown):
    """A message that waits in a lane."""

    caused_by: str
    message_type: str
    handler: str
    parked_at: datetime


class AllWaiting(Shown):
    """Messages that wait."""

    items: Sequence[Waiting] = ()

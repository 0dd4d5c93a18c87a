"""What operators' pages read of what waits, is planned or goes on, of topics and of the record."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Shown


class PartitionGap(Shown):
    """Records that are missing in a partition."""

    partition: int
    first: int
    next: int | None = None
    reason: str


class Gap(Shown):
    """A topic in which something is missing."""

    topic: str
    state: str
    error: str | None = None
    partitions: Sequence[PartitionGap] = ()


class Lane(Shown):
    """Messages of one handler and key that wait."""

    id: str
    tenant: str
    handler: str
    lane: str
    messages: int
    waiting_for: str | None = None
    attempts: int
    error: str | None = None
    wake_at: datetime | None = None


class Lanes(Shown):
    """Some of them."""

    items: Sequence[Lane] = ()


class Timer(Shown):
    """What a service will do by itself."""

    id: str
    tenant: str
    type: str
    due: datetime
    overdue_seconds: float | None = None
    correlationid: str


class Timers(Shown):
    """The soonest of it."""

    items: Sequence[Timer] = ()


class Replay(Shown):
    """Stored events on their way to a consumer group."""

    name: str
    topic: str
    group: str
    state: str
    published: int
    expected: int | None = None
    error: str | None = None
    started_at: datetime


class Replays(Shown):
    """Some of them."""

    items: Sequence[Replay] = ()


class Model(Shown):
    """A read model, and how far its rebuild is."""

    name: str
    generation: int
    building: int | None = None
    state: str
    phase: str | None = None
    done: int
    expected: int | None = None
    error: str | None = None


class Models(Shown):
    """Those of a service."""

    items: Sequence[Model] = ()


class Topic(Shown):
    """A topic as it should be, and how it differs."""

    name: str
    partitions: int
    compacted: bool
    found_partitions: int | None = None
    differences: Sequence[str] = ()


class Topics(Shown):
    """Those of a service."""

    items: Sequence[Topic] = ()


class Gaps(Shown):
    """Topics in which something is missing."""

    items: Sequence[Gap] = ()


class Line(Shown):
    """What somebody has done or seen."""

    at: datetime
    actor: str
    role: str
    operation: str
    count: int = 0
    network: str = ""
    status: int


class Lines(Shown):
    """Some of them."""

    items: Sequence[Line] = ()

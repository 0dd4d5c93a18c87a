"""What the engine asks of a broker: to hand over records, to keep positions, to take records in order.

There are two: `kafka.bus.KafkaBus` and `memory.bus.MemoryBus`. One contract suite holds for both.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.engine.ports.assignment import Assignment

Partition = tuple[str, int]
"""A topic and a number."""


MEMBER = "ithaca-"
"""How the names of all processes begin that are members of groups; the name that they hold leases by follows."""


@dataclass(slots=True, frozen=True)
class Record:
    """One record as it came. `time` is the broker's, in milliseconds since the epoch."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    time: int = 0


@dataclass(slots=True, frozen=True)
class Extent:
    """What a partition has: records from `beginning` on, up to before `end`.

    `log` tells these records from those of another topic that had the same name before. `committed` is the offset at
    which a group reads next, as far as the broker knows.
    """

    log: str
    beginning: int
    end: int
    committed: int | None = None

    def contains(self, offset: int) -> bool:
        """Return whether reading can begin at an offset: nothing before it is missing, nor behind the end."""
        return self.beginning <= offset <= self.end

    @property
    def unread(self) -> tuple[int, int]:
        """Where the group reads next, and the end. One that has no place in it has all records before it."""
        if self.committed is None or self.committed > self.end:
            return self.beginning, self.end
        return self.committed, self.end


class Receiver(Protocol):
    """Who gets the records of one assignment, and finishes them in its positions."""

    async def starts(self, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        """Decide where to begin in partitions that have no position, by what they have.

        Those that are left out are not read for now, and asked about again after some seconds.
        """

    async def looked(self, extents: Mapping[Partition, Extent]) -> None:
        """Take note of what all partitions of the assignment have now, every few seconds."""

    async def receive(self, records: Sequence[Record]) -> None:
        """Take records, to handle them in this order; further ones come when this returns.

        An exception leads to the same records again. What was taken is finished, and committed, by `revoked`.
        """

    async def revoked(self) -> None:
        """Finish and commit: the partitions will be another member's when this returns, raises or takes too long."""


class Subscriber(Protocol):
    """Who is given assignments: the worker."""

    async def assigned(self, assignment: "Assignment") -> Receiver:
        """Begin with partitions that are this member's now. Called again if it raises, before their records come."""


class Consumer(Protocol):
    """A member of a group, running until it is stopped."""

    @property
    def has_joined(self) -> bool:
        """Whether the group has said, once at least, which partitions are this member's; there may be none."""

    @property
    def has_ended(self) -> bool:
        """Whether it hands over nothing more, though nobody has stopped it."""

    async def stop(self) -> None:
        """Hand over nothing more, let the batch in flight end, and leave the group."""


class Publisher(Protocol):
    """Sends records; those of one partition arrive in the order in which they were sent, or not at all."""

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """Take a record (this may wait for room); what is returned ends when the broker has acknowledged it."""

    async def close(self, abandon: bool = False) -> None:
        """Flush and close; with `abandon`, drop what was not acknowledged, within a bounded time."""


Outgoing = tuple[str, bytes, bytes | None, Sequence[tuple[str, bytes]]]
"""A record that is to be published: topic, key, value and headers."""


class Fenced(Exception):
    """Somebody else publishes under this name by now: nothing that its former owner hands over is appended any more."""


class FencedPublisher(Protocol):
    """The only one that can append anything under its name, from when it was made until the next one is.

    What its predecessor had handed over is on the topic by then, or never will be.
    """

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Append records in order; readers see all of them or none. Raises `Fenced`, within a bounded time.

        After any exception it is of no more use. Unless that was `Fenced`, the records may be on the topic.
        """

    async def close(self) -> None:
        """Give its connections back, within a bounded time."""


class NotAdmitted(ConnectionError):
    """A broker answers, and does not take our name and password, or we do not trust its certificate."""


class CannotGrow(Exception):
    """The broker does not give a topic the partitions that were asked for; the message says why."""


class Bus(Protocol):
    """A broker. What asks for something raises `ConnectionError` when no broker answers."""

    async def publisher(self) -> Publisher:
        """Return a started publisher of its own."""

    async def fenced(self, name: str) -> FencedPublisher:
        """Start a publisher that has this name to itself: whoever had it before is fenced when this returns."""

    async def consume(self, topics: Sequence[str], group: str, subscriber: Subscriber, max_records: int) -> Consumer:
        """Join a group and start handing over records, at most `max_records` at once."""

    async def end(self, topics: Sequence[str]) -> dict[Partition, int]:
        """Return the next offset of every partition of these topics."""

    async def extents(self, topics: Sequence[str], group: str) -> dict[Partition, Extent]:
        """Return what every partition of these topics has, and how far the group has come; raises as `end` does."""

    async def lag(self, group: str, topics: Sequence[str]) -> dict[Partition, tuple[int, int]]:
        """Return for every partition the next offset that the group would read, and the partition's own next one.

        What the group has not read before it was removed counts as unread.
        """

    async def groups(self, topic: str) -> list[str]:
        """Return the groups that read a topic: they have a position in it, or a member that wants its records."""

    async def members(self, group: str) -> list[str]:
        """Return the names of those who are in the group now; nobody for a group that does not exist."""

    async def identity(self) -> str:
        """Return what tells the cluster of brokers from any other, for as long as it lives."""

    async def lacking(self, reads: Sequence[str], writes: Sequence[str], group: str, name: str = "") -> list[str]:
        """Return the missing rights to read these topics as that group, and to write to those, a sentence each.

        With `name`, also those to publish under it behind a fence; it is taken, so that it has to be nobody's.
        """

    async def found(self, topics: Sequence[str]) -> dict[str, "Topic"]:
        """Return those of the topics that there are, as they are."""

    async def grow(self, topic: str, partitions: int) -> None:
        """Give a topic so many partitions; nothing happens if it has them. Publishers go on with those they know.

        A key may lead to another partition from then on. Raises `CannotGrow`.
        """

    async def prepare(self, topics: Mapping[str, "Topic"]) -> None:
        """Create topics that are missing."""

    async def remove(self, topics: Sequence[str]) -> None:
        """Remove topics with all that is in them, and how far groups have come in them.

        Those that are not there are passed over.
        """

    async def verify(self, topics: Mapping[str, "Topic"]) -> list[str]:
        """Return what is missing or not as it should be, a sentence each."""

    async def close(self) -> None:
        """Give connections back."""


HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
"""For a week a service may be away and miss nothing."""

FOREVER = timedelta.max

MEBIBYTE_RECORDS = 1024 * 1024 + 12
"""The bytes that a batch of one MiB takes with what is around it."""


@dataclass(slots=True, frozen=True)
class Topic:
    """How a topic should be: a compacted one keeps the last record of every key, others keep each for `retention`.

    `batch_bytes` is the largest batch of records that it takes.
    """

    partitions: int = 12
    compacted: bool = False
    retention: timedelta = WEEK
    batch_bytes: int = MEBIBYTE_RECORDS

    def compare(self, name: str, found: "Topic | None") -> list[str]:
        """Return what is wrong with a topic as it was found (None: it was not), a sentence each."""
        if found is None:
            return [f"topic {name} is missing"]
        sentences = []
        if found.partitions < self.partitions:  # more is well: it has grown
            sentences.append(f"topic {name} has {found.partitions} partitions, not {self.partitions}")
        if found.compacted != self.compacted:
            sentences.append(
                f"topic {name} is {'' if found.compacted else 'not '}compacted, and should be the opposite"
            )
        elif not self.compacted and found.retention < self.retention:
            hours = found.retention / HOUR, self.retention / HOUR
            sentences.append(f"topic {name} keeps records for {hours[0]:g} h, not {hours[1]:g} h: set retention.ms")
        if found.batch_bytes < self.batch_bytes:
            sentences.append(
                f"topic {name} takes {found.batch_bytes} bytes at once, not {self.batch_bytes}: set max.message.bytes"
            )
        return sentences

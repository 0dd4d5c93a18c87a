"""The outbox: events wait here, in the transaction that caused them, until the relay has published them.

A chunk holds all events of one transaction and shard. Commit order is not the order of ids, so a chunk's number is
the larger of the clock and one more than the highest number on any aggregate of the batch, and is stored back on the
aggregates: for one aggregate it only rises, whatever the clocks do. Published chunks stay, as the journal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

from shared.clock import rfc3339
from shared.contracts.envelope import HEADERS, JSON, Envelope
from shared.contracts.event import Event, State
from shared.engine.batch.message import Message, Origin
from shared.engine.ports.store import Document, Index, Insert, Write
from shared.ids import microseconds, uuid7

COLLECTION = "outbox"
INDEXES = (
    Index(("shard", "_id"), only="unpublished"),
    Index(("shard", "position")),
    Index(("shard", "tenant", "_id"), only="unchained"),
)
MAX_EVENT = 900_000
"""The largest event in bytes; brokers take 1 MB with headers."""

MAX_CHUNK = 4 * 1024 * 1024
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SALT_BITS = 10
INDEX_BITS = 20

ATTRIBUTES = [(name, header) for name, header in HEADERS.items()]
ALWAYS = [("ce_specversion", b"1.0"), ("content-type", JSON)]


@dataclass(slots=True)
class Pending:
    """An event (or a shared state, with `data` None for a withdrawn one) that has no id yet."""

    type: str
    tenant: str
    subject: str
    sequence: int
    data: bytes | None
    message: Message
    topic: str = ""
    program: str = ""
    anonymous: bool = False

    @property
    def key(self) -> str:
        """The record key: everything about one aggregate is in order."""
        return f"{self.tenant}/{self.subject}"


class TooLarge(ValueError):
    """An event that no broker would take."""


def encoded(contract: Event | State) -> bytes:
    """Return an event or a state as JSON; raises `TooLarge`."""
    data = contract.model_dump_json().encode()
    if len(data) > MAX_EVENT:
        raise TooLarge(f"{contract.about.name}: {len(data)} bytes are more than the {MAX_EVENT} that a topic takes")
    return data


def of_event(event: Event, message: Message, subject: str, sequence: int, data: bytes) -> Pending:
    """Return an event that a message has caused, with the program that it belongs to, if it names one."""
    about, program = event.about, str(vars(event).get("program_id") or "")
    return Pending(
        event.type_name, message.tenant, subject, sequence, data, message, about.topic, program, about.anonymous
    )


def shard_of(key: str, shards: int) -> int:
    """Return the part of the outbox, timers and effects that a key belongs to."""
    return crc32(key.encode()) % shards


def number(now: datetime, highest: int) -> int:
    """Return a transaction's chunk number: microseconds since the epoch, above all that its aggregates have seen."""
    return max(microseconds(now), highest + 1)


class Chunks:
    """Turns the pending events of one transaction into chunks."""

    def __init__(self, source: str, shards: int, random: Random) -> None:
        self.source = source
        self.shards = shards
        self.random = random

    def writes(self, pending: Iterable[Pending], first: int) -> tuple[list[Write], int]:
        """Return the inserts and the highest number used. Events have the time of the first, which never goes back."""
        writes, last = list[Write](), first
        salt = self.random.getrandbits(SALT_BITS)
        by_shard = dict[tuple[int, str], list[Document]]()
        time = rfc3339(EPOCH + timedelta(microseconds=first))
        for index, event in enumerate(pending):
            moment = event.message.moment
            row = self._row(event, uuid7(first, self._tail(index)), rfc3339(moment.now) if moment else time)
            by_shard.setdefault((shard_of(event.key, self.shards), event.topic), []).append(row)
        for (shard, topic), events in by_shard.items():
            for part, some in enumerate(_parts(events)):
                last = max(last, first + part)
                salt = (salt + 1) % (1 << SALT_BITS)
                chunk = {"_id": first + part << SALT_BITS | salt, "shard": shard, "unpublished": True, "events": some}
                writes.append(Insert(COLLECTION, chunk | {"topic": topic} if topic else chunk))
        return writes, last

    def _tail(self, index: int) -> int:
        return index << 42 | self.random.getrandbits(42)

    def _row(self, event: Pending, id: str, time: str) -> Document:
        origin, cause = event.message.origin, event.message.id
        if event.anonymous:  # as if it had come about by itself: nothing leads to who has asked for it
            origin, cause = Origin(self.source.replace("ithaca", "service", 1), origin.program, id), id
        row: Document = {
            "id": id,
            "source": self.source,
            "type": event.type,
            "time": time,
            "tenant": event.tenant,
            "subject": event.subject,
            "partitionkey": event.key,
            "correlationid": origin.correlation,
            "causationid": cause,
            "sequence": str(event.sequence),
            "data": event.data,
        }
        if program := event.program or origin.program:
            row["program"] = program
        if origin.actor:
            row["actor"] = origin.actor
        if origin.traceparent:
            row["traceparent"] = origin.traceparent
        return row


def _parts(events: list[Document]) -> Iterator[list[Document]]:
    """The events in lists of at most `MAX_CHUNK` bytes, in order."""
    part, size = list[Document](), 0
    for event in events:
        length = len(event["data"] or b"") + 512
        if part and size + length > MAX_CHUNK:
            yield part
            part, size = [], 0
        part.append(event)
        size += length
    yield part


def envelope(row: Document) -> Envelope:
    """Return a stored event as it travels."""
    return Envelope(**(row | {"data": row["data"] or b""}))


def record(row: Document) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
    """Key, value and headers of a stored event."""
    headers = ALWAYS + [(header, row[name].encode()) for name, header in ATTRIBUTES if name in row]
    return row["partitionkey"].encode(), row["data"], headers

"""Reading the journal: events in the order in which they were published, each once, from any point of it.

A cursor in the journal is a position in every shard. Positions are given at publication, without gaps, so that what is
read behind a cursor is complete, whatever the clocks of the replicas say. Between shards, chunks come in order of time.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.engine.batch import outbox
from shared.engine.ports.store import Document, Store, Where
from shared.ids import microseconds

AT_ONCE = 8
"""Chunks of one shard."""

MOST_CHUNKS = 5_000
"""After so many a page ends, however little was found."""

MOST_BYTES = 8 * 1024 * 1024
"""Of data in a page; one event always has room."""

LATE = 10_000_000
"""In microseconds: by so much a chunk may be published behind one with a higher number.

A transaction may take a while, and machines' clocks differ.
"""

MOST_PARTS = 64
"""Chunks of one transaction and shard, whose events have ids of the first one's time."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HIGHEST = (1 << 63) - 1
"""Of all numbers that a database can hold."""

ShardCursor = tuple[int, int]
"""The last position of which all was read, and how many events of the next one were read too."""

JournalCursor = dict[int, ShardCursor]
"""How far a journal is read, by shard."""


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which events are asked for; what is left out may be any.

    `type` is a full type or its bare name; with a `*` at its end, all that begin so. The times are those at which the
    events were stored: at `since` or later, before `until`.
    """

    tenant: str = ""
    type: str = ""
    correlation: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, chunk: Document) -> bool:
        """Return whether a chunk is of the time that is asked for."""
        id = chunk["_id"]
        return (self.since is None or id >= first_id(self.since)) and (self.until is None or id < first_id(self.until))

    def is_over(self, chunk: Document) -> bool:
        """Return whether nothing behind this chunk can be of the time that is asked for."""
        return self.until is not None and bool(chunk["_id"] >= first_id(self.until, LATE))

    def takes(self, event: Document) -> bool:
        """Return whether an event is one of those."""
        return (
            (not self.tenant or event["tenant"] == self.tenant)
            and (not self.correlation or event["correlationid"] == self.correlation)
            and (not self.type or self._is_of_type(event["type"]))
        )

    def _is_of_type(self, type: str) -> bool:
        names = (type, bare_name(type))
        if self.type.endswith("*"):
            return any(name.startswith(self.type[:-1]) for name in names)
        return self.type in names


@dataclass(slots=True)
class Found:
    """Some events, and the cursor behind them; `more` if there may be further ones at once."""

    next: JournalCursor
    events: list[Document] = field(default_factory=list)
    more: bool = False


class History:
    """One service's journal."""

    def __init__(self, store: Store, shards: int) -> None:
        self.store = store
        self.shards = range(shards)

    async def read(self, cursor: JournalCursor, wanted: Wanted, limit: int) -> Found:
        """Return the next events behind a cursor."""
        found, size, seen = Found(dict(cursor)), 0, 0
        async for chunk in self._chunks(cursor, wanted.is_over):
            shard, position, events = chunk["shard"], chunk["position"], chunk["events"]
            for index in range(_read_of(found.next[shard], position), len(events)):
                if len(found.events) >= limit or size >= MOST_BYTES:
                    found.next[shard], found.more = (position - 1, index), True
                    return found
                if wanted.covers(chunk) and wanted.takes(events[index]):
                    found.events.append(events[index])
                    size += len(events[index]["data"])
            found.next[shard] = (position, 0)
            seen += 1
            if seen >= MOST_CHUNKS:
                found.more = True
                return found
        return found

    async def last(self, wanted: Wanted, limit: int) -> Found:
        """Return the latest events, as far as they are among the last `MOST_CHUNKS` chunks; the cursor is the end."""
        found, size, seen = Found(await self.end()), 0, 0
        behind = await self._before(first_id(wanted.until, LATE)) if wanted.until else found.next
        async for chunk in self._chunks_back(behind):
            for event in reversed(chunk["events"]) if wanted.covers(chunk) else ():
                if len(found.events) < limit and size < MOST_BYTES and wanted.takes(event):
                    found.events.append(event)
                    size += len(event["data"])
            seen += 1
            if len(found.events) >= limit or size >= MOST_BYTES or seen >= MOST_CHUNKS:
                break
        found.events.reverse()
        return found

    async def one(self, id: str) -> Found:
        """Return the event with that id, if it is there. Its id says when it was stored."""
        cursor, moment = await self.end(), moment_of(id)
        if moment is None:
            return Found(cursor)
        ids = {"$gte": first_id(moment), "$lte": first_id(moment, MOST_PARTS)}
        chunks = await self.store.find(outbox.COLLECTION, {"_id": ids, "position": {"$gt": 0}})
        return Found(cursor, [event for chunk in chunks for event in chunk["events"] if event["id"] == id])

    async def end(self) -> JournalCursor:
        """Return the cursor behind all that is published."""
        where = [{"shard": shard, "position": {"$gt": 0}} for shard in self.shards]
        last = await asyncio.gather(*(self._first(one, "-position") for one in where))
        return {shard: (chunk["position"] if chunk else 0, 0) for shard, chunk in zip(self.shards, last, strict=True)}

    async def start(self, since: datetime) -> JournalCursor:
        """Return a cursor before all that was stored at that time or later."""
        return await self._before(first_id(since, -LATE))

    async def _before(self, id: int) -> JournalCursor:
        """The cursor before the first chunk of each shard that has this id or a higher one."""
        cursor = await self.end()
        behind: Where = {"position": {"$gt": 0}, "_id": {"$gte": id}}
        first = await asyncio.gather(*(self._first({"shard": shard, **behind}, "_id") for shard in self.shards))
        return cursor | {chunk["shard"]: (chunk["position"] - 1, 0) for chunk in first if chunk}

    async def _first(self, where: Where, order: str) -> Document | None:
        found = await self.store.find(outbox.COLLECTION, where, order=order, limit=1)
        return found[0] if found else None

    async def _chunks(self, cursor: JournalCursor, is_over: Callable[[Document], bool]) -> AsyncIterator[Document]:
        """The chunks behind a cursor, those of one shard in order of position, until one is behind what is wanted."""
        lines = [Line(self.store, shard, position) for shard, (position, _) in cursor.items()]
        while True:
            await asyncio.gather(*(line.fill() for line in lines))
            lines = [line for line in lines if line.chunks and not is_over(line.chunks[0])]
            if not lines:
                return
            first = min(lines, key=lambda line: int(line.chunks[0]["_id"]))
            yield first.chunks.popleft()

    async def _chunks_back(self, cursor: JournalCursor) -> AsyncIterator[Document]:
        """The chunks before a cursor, those of one shard from the last position on."""
        lines = [Line(self.store, shard, position, backwards=True) for shard, (position, _) in cursor.items()]
        while True:
            await asyncio.gather(*(line.fill() for line in lines))
            lines = [line for line in lines if line.chunks]
            if not lines:
                return
            last = max(lines, key=lambda line: int(line.chunks[0]["_id"]))
            yield last.chunks.popleft()


@dataclass(slots=True)
class Line:
    """The chunks of one shard behind a position, or back from it on, some at a time."""

    store: Store
    shard: int
    position: int
    backwards: bool = False
    chunks: deque[Document] = field(default_factory=deque)

    async def fill(self) -> None:
        """Have the next one in `chunks`, if there is one."""
        if self.chunks:
            return
        bound = {"$gt": 0, "$lte": self.position} if self.backwards else {"$gt": self.position}
        where, order = {"shard": self.shard, "position": bound}, "-position" if self.backwards else "position"
        self.chunks.extend(await self.store.find(outbox.COLLECTION, where, order=order, limit=AT_ONCE))
        if self.chunks:
            self.position = self.chunks[-1]["position"] - self.backwards


def bare_name(type: str) -> str:
    """Return the name in an event type: `MatchAccepted` of `ithaca.matching.MatchAccepted.v1`."""
    parts = type.split(".")
    return parts[-2] if len(parts) > 2 else type


def moment_of(id: str) -> datetime | None:
    """Return when an id was made (see `shared.ids.uuid7`), to the microsecond; None for one that does not tell."""
    try:
        value = UUID(id)
    except ValueError:
        return None
    if value.version != 7:
        return None
    milliseconds, fraction = value.int >> 80, value.int >> 64 & 0xFFF
    try:
        return EPOCH + timedelta(milliseconds=milliseconds, microseconds=-(-fraction * 1000 // 4096))
    except OverflowError:
        return None


def first_id(moment: datetime, later: int = 0) -> int:
    """Return the lowest id of a chunk of that time, or of so many microseconds later, that can be stored."""
    return max(0, min((microseconds(moment) + later) << outbox.SALT_BITS, HIGHEST))


def _read_of(cursor: ShardCursor, position: int) -> int:
    """How many events of a chunk were read before."""
    return cursor[1] if cursor[0] == position - 1 else 0

"""A database in memory. Documents go through BSON, so that what cannot be stored there cannot be stored here."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from bson.codec_options import CodecOptions

from shared.clock import to_milliseconds
from shared.engine.memory.pause import Pause, one_turn
from shared.engine.ports.depth import is_deeper
from shared.engine.ports.filters import matches, value_at
from shared.engine.ports.store import (
    Change,
    Check,
    Conflict,
    Delete,
    Document,
    Id,
    Index,
    Insert,
    Keep,
    Put,
    Replace,
    Reserve,
    Seen,
    Where,
    Write,
    WriteRefused,
)

AWARE: CodecOptions[Any] = CodecOptions(tz_aware=True)
LARGEST = 16 * 1024 * 1024
DEEPEST = 180
"""What a MongoDB takes, which promises less."""


LOOK_SECONDS = 1.0
"""After which a watcher is told that nothing was written."""


class MemoryStore:
    """A database of one process: see `Store`.

    `clock` is its own, in seconds since 1970; without one, it starts with the machine's and goes on with the loop's.
    """

    def __init__(self, pause: Pause = one_turn, clock: Callable[[], float] | None = None) -> None:
        self.collections: defaultdict[str, dict[Id, bytes]] = defaultdict(dict)
        self.pause = pause
        self.clock = clock or _ClockOfTheLoop()
        self.watchers = defaultdict[str, list[asyncio.Queue[Seen]]](list)
        self.seen = 0

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        await self.pause()
        rows = self.collections.get(collection, {})
        found = {id: bson.decode(rows[id], AWARE) for id in ids if id in rows}
        await self.pause()
        return found

    async def find(
        self, collection: str, where: Where, order: str = "_id", limit: int = 1000, after: Id | None = None
    ) -> list[Document]:
        """See `Store.find`."""
        await self.pause()
        documents = [document for document in self._all(collection) if matches(document, where)]
        if after is not None:
            backwards = order == "-_id"
            documents = [d for d in documents if (d["_id"] < after if backwards else d["_id"] > after)]
        documents.sort(key=lambda document: _rank(document, order.lstrip("-")), reverse=order.startswith("-"))
        await self.pause()
        return documents[:limit]

    async def count(self, collection: str, where: Where, limit: int = 0) -> int:
        """See `Store.count`."""
        return len(await self.find(collection, where, limit=limit or 1_000_000_000))

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        await self.pause()
        self._apply(writes)
        await self.pause()

    def _apply(self, writes: Sequence[Write]) -> None:
        """All of them at one moment, or none."""
        staged: dict[tuple[str, Id], bytes | None] = {}
        for write in writes:
            self._stage(write, staged)
        for (collection, id), raw in staged.items():
            if raw is None:
                self.collections[collection].pop(id, None)
            else:
                self.collections[collection][id] = raw
                self._show(collection, raw)

    def _show(self, collection: str, raw: bytes) -> None:
        """Tell those who watch."""
        self.seen += 1
        for watcher in self.watchers.get(collection, ()):
            watcher.put_nowait(Seen(_position(self.seen), bson.decode(raw, AWARE)))

    async def watch(self, collection: str) -> AsyncIterator[Seen]:
        """See `Store.watch`."""
        queue = asyncio.Queue[Seen]()
        self.watchers[collection].append(queue)
        try:
            yield Seen(_position(self.seen), None)
            while True:
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        found = await queue.get()
                except TimeoutError:
                    found = Seen(_position(self.seen), None)
                yield found
        finally:
            self.watchers[collection].remove(queue)

    async def lease(self, collection: str, id: Id, owner: str, seconds: float) -> Document | None:
        """See `Store.lease`."""
        await self.pause()
        raw = self.collections[collection].get(id)
        new: Document = {"_id": id, "owner": "", "epoch": 0, "unclean": False}
        lease: Document = bson.decode(raw, AWARE) if raw else new
        is_anothers = lease["owner"] not in ("", owner) and lease["until"] > self.time()
        if not is_anothers:
            if lease["owner"] != owner:
                lease |= {"epoch": lease["epoch"] + 1, "unclean": lease["owner"] != ""}
            lease |= {"owner": owner} | self._span(seconds)
            self.collections[collection][id] = bson.encode(lease)
        await self.pause()
        return None if is_anothers else lease

    async def renew(self, collection: str, ids: Sequence[Id], owner: str, seconds: float) -> None:
        """See `Store.renew`."""
        await self.pause()
        rows = self.collections[collection]
        for lease in [bson.decode(rows[id], AWARE) for id in ids if id in rows]:
            if lease["owner"] == owner:
                rows[lease["_id"]] = bson.encode(lease | self._span(seconds))
        await self.pause()

    async def now(self) -> datetime:
        """See `Store.now`."""
        await self.pause()
        now = self.time()
        await self.pause()
        return now

    def sessions(self) -> list[bytes]:
        """See `Store.sessions`."""
        return []

    async def end_sessions(self, ids: Sequence[bytes]) -> None:
        """See `Store.end_sessions`."""

    async def prepare(self, collections: Mapping[str, Sequence[Index]]) -> None:
        """See `Store.prepare`."""
        for name in collections:
            self.collections[name]

    async def verify(self, collections: Mapping[str, Sequence[Index]]) -> list[str]:
        """See `Store.verify`."""
        return [f"collection {name} is missing" for name in collections if name not in self.collections]

    async def drop(self, collection: str) -> None:
        """See `Store.drop`."""
        await self.pause()
        self.collections.pop(collection, None)

    async def close(self) -> None:
        """See `Store.close`."""

    def time(self) -> datetime:
        """Return what `now` answers, for a process that has the same clock."""
        return to_milliseconds(datetime.fromtimestamp(self.clock(), UTC))

    def _span(self, seconds: float) -> Document:
        now = self.time()
        return {"until": now + timedelta(seconds=seconds), "now": now}

    def _all(self, collection: str) -> Iterator[Document]:
        return (bson.decode(raw, AWARE) for raw in self.collections.get(collection, {}).values())

    def _stage(self, write: Write, staged: dict[tuple[str, Id], bytes | None]) -> None:
        """Do one write on what the ones before it in the transaction have left."""
        document = write.document if isinstance(write, Insert | Put | Keep | Replace) else None
        id: Id = document["_id"] if document is not None else write.id  # type: ignore[union-attr]  # the others have ids
        key = (write.collection, id)
        raw = staged[key] if key in staged else self.collections.get(write.collection, {}).get(id)
        match write:
            case Insert():
                self._expect(raw is None, key)
            case Replace(match=match) | Change(match=match):
                self._expect(raw is not None and matches(bson.decode(raw, AWARE), match), key)
            case Delete(match=match) | Check(match=match) if match is not None:
                self._expect(raw is not None and matches(bson.decode(raw, AWARE), match), key)
            case Check() | Reserve():
                self._expect(raw is None, key)
        if isinstance(write, Check | Reserve) or (isinstance(write, Keep) and raw is not None):
            return
        if isinstance(write, Change):
            staged[key] = _encoded(_changed(bson.decode(raw or b"", AWARE), write))
        else:
            staged[key] = None if document is None else _encoded(document)

    @staticmethod
    def _expect(is_met: bool, key: tuple[str, Id]) -> None:
        if not is_met:
            raise Conflict(f"{key[0]} {key[1]} is not as expected")


class _ClockOfTheLoop:
    """Seconds since 1970: the machine's when it is first asked, from then on as the loop's time goes on."""

    def __init__(self) -> None:
        self.began: float | None = None

    def __call__(self) -> float:
        passed = asyncio.get_running_loop().time()
        if self.began is None:
            self.began = datetime.now(UTC).timestamp() - passed
        return self.began + passed


def _position(number: int) -> str:
    return f"{number:020}"


def _rank(document: Document, field: str) -> tuple[bool, Any, Id]:
    """Where a document stands in an order; what has no value comes first."""
    value = value_at(document, field)
    return value is not None, value, document["_id"]


def _encoded(document: Mapping[str, Any]) -> bytes:
    try:
        raw = bson.encode(document)
    except (bson.errors.BSONError, OverflowError, RecursionError, UnicodeError) as error:
        raise WriteRefused(f"cannot be stored: {error}") from error
    if len(raw) > LARGEST:
        raise WriteRefused(f"cannot be stored: {len(raw)} bytes are more than {LARGEST}")
    if raw.count(b"\x03") + raw.count(b"\x04") >= DEEPEST and is_deeper(bson.decode(raw), DEEPEST):
        raise WriteRefused(f"cannot be stored: it is nested in more than {DEEPEST} levels")
    return raw


def _changed(document: Document, change: Change) -> Document:
    for path, value in change.set.items():
        inner, last = _holder(document, path)
        inner[last] = value
    for path in change.unset:
        outer, _, last = path.rpartition(".")
        holder = value_at(document, outer) if outer else document
        if isinstance(holder, dict):
            holder.pop(last, None)
    for path, count in change.add.items():
        inner, last = _holder(document, path)
        if not isinstance(inner.get(last, 0), int | float):
            raise WriteRefused(f"{path} is no number that could be counted up")
        inner[last] = inner.get(last, 0) + count
    return document


def _holder(document: Document, path: str) -> tuple[Document, str]:
    """What holds the last field of a path, made where it is missing, and the name of that field."""
    *outer, last = path.split(".")
    for name in outer:
        document = document.setdefault(name, {})
        if not isinstance(document, dict):
            raise WriteRefused(f"{name} in {path} cannot hold a field")
    return document, last

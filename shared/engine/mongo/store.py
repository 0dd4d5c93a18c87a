"""A store in MongoDB: see `Store`.

A transaction is a handful of commands, one for each collection and kind of write, given to the driver as they are: its
bulk writes would cost a third more processor time. Each has to match as many documents as it names; the first surprise
ends the transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pymongo
import structlog
from bson.binary import UUID_SUBTYPE, Binary
from pymongo import AsyncMongoClient, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.engine.mongo import preparation
from shared.engine.mongo.errors import TooMuch, errors_translated
from shared.engine.mongo.statements import Group, Statement, grouped
from shared.engine.ports.store import PATIENCE, Document, Id, Index, Seen, Unavailable, Where, Write

log = structlog.get_logger()

DURABLE = WriteConcern("majority", j=True)

WRITES = [{"$match": {"operationType": {"$in": ["insert", "replace", "update"]}}}]
LOOK_MS = 1_000
"""After which a watcher is told that nothing was written."""

MOST_STATEMENTS = 100_000
"""In one command: the database's own limit."""

FAREWELL_SECONDS = 1.0
"""For an abort, or the end of everything: the database cleans up by itself if it is not told."""


class MongoStore:
    """See `Store`. Every operation ends within `timeout` seconds; at most `writers` transactions run at once."""

    def __init__(self, url: str, database: str, timeout: float = 10.0, writers: int = 16) -> None:
        self.timeout = timeout
        self.client = AsyncMongoClient[Document](url, tz_aware=True, timeoutMS=int(timeout * 1000))
        self.database = self.client.get_database(database, write_concern=DURABLE)
        self.majority = self.database.with_options(read_concern=ReadConcern("majority"))
        self.snapshot = self.database.with_options(read_concern=ReadConcern("snapshot"))
        self.writers = [self.client.start_session(causal_consistency=False) for _ in range(writers)]
        self.idle = asyncio.LifoQueue[AsyncClientSession]()
        for session in self.writers:
            self.idle.put_nowait(session)

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        with self._bounded():
            found = self.majority[collection].find({"_id": {"$in": list(ids)}}, batch_size=len(ids) + 1)
            return {document["_id"]: document for document in await found.to_list()}

    async def find(
        self, collection: str, where: Where, order: str = "_id", limit: int = 1000, after: Id | None = None
    ) -> list[Document]:
        """See `Store.find`."""
        direction = -1 if order.startswith("-") else 1
        if after is not None:
            behind = {"$lt" if order == "-_id" else "$gt": after}
            where = {"$and": [where, {"_id": behind}]}
        with self._bounded():
            found = self.snapshot[collection].find(where, sort=[(order.lstrip("-"), direction)], limit=limit)
            return await found.batch_size(limit + 1).to_list()

    async def count(self, collection: str, where: Where, limit: int = 0) -> int:
        """See `Store.count`."""
        bound: dict[str, Any] = {"limit": limit} if limit else {}  # the driver takes none for all
        with self._bounded():
            return await self.majority[collection].count_documents(where, **bound)

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        groups = grouped(writes)
        if not groups:
            return
        most = min(MOST_STATEMENTS, max(map(len, groups.values())))
        session = await self._writer()
        try:
            while not await self._fits(session, groups, most):
                most = -(-most // 2)
        finally:
            self.idle.put_nowait(session)

    async def lease(self, collection: str, id: Id, owner: str, seconds: float) -> Document | None:
        """See `Store.lease`."""
        with self._bounded():
            lease = await self.database[collection].find_one_and_update(
                {"_id": id}, _acquire(owner, seconds), upsert=True, return_document=ReturnDocument.AFTER
            )
        return lease if lease and lease["owner"] == owner else None

    async def renew(self, collection: str, ids: Sequence[Id], owner: str, seconds: float) -> None:
        """See `Store.renew`."""
        with self._bounded():
            ours = {"_id": {"$in": list(ids)}, "owner": owner}
            await self.database[collection].update_many(ours, [{"$set": _span(seconds)}])

    async def watch(self, collection: str) -> AsyncIterator[Seen]:
        """See `Store.watch`: it is a change stream."""
        watched = self.majority[collection]
        with errors_translated():
            stream = await watched.watch(WRITES, full_document="updateLookup", max_await_time_ms=LOOK_MS)
        async with stream:
            yield Seen(_position(stream.resume_token), None)
            while True:
                with errors_translated():
                    change = await stream.try_next()
                if change is None:
                    yield Seen(_position(stream.resume_token), None)
                else:
                    yield Seen(_position(change["_id"]), change.get("fullDocument"))

    async def now(self) -> datetime:
        """See `Store.now`."""
        with self._bounded():
            found: datetime = (await self.client.admin.command("hello"))["localTime"]
        return found.replace(tzinfo=UTC)

    def sessions(self) -> list[bytes]:
        """See `Store.sessions`."""
        return [bytes(session.session_id["id"]) for session in self.writers]

    async def end_sessions(self, ids: Sequence[bytes]) -> None:
        """See `Store.end_sessions`."""
        if not ids:  # the database takes none for all
            return
        with self._bounded():
            await self.client.admin.command("killSessions", [{"id": Binary(id, UUID_SUBTYPE)} for id in ids])

    async def prepare(self, collections: Mapping[str, Sequence[Index]]) -> None:
        """See `Store.prepare`."""
        with errors_translated():
            await preparation.prepare(self.database, collections)

    async def verify(self, collections: Mapping[str, Sequence[Index]]) -> list[str]:
        """See `Store.verify`."""
        with errors_translated():
            hello = await self.client.admin.command("hello")
            if "setName" not in hello and hello.get("msg") != "isdbgrid":
                return ["MongoDB is no replica set, which transactions need: start it with --replSet and initiate it"]
            return await preparation.missing(self.database, collections)

    async def drop(self, collection: str) -> None:
        """See `Store.drop`."""
        with errors_translated():
            await self.database.drop_collection(collection)

    async def close(self) -> None:
        """See `Store.close`. The driver waits for its monitors without a limit, and they may wait for a dead member."""
        try:
            async with asyncio.timeout(3 * FAREWELL_SECONDS):
                with pymongo.timeout(FAREWELL_SECONDS):
                    for session in self.writers:
                        await session.end_session()
                    await self.client.close()
        except TimeoutError:
            log.warning("store.still_closing")

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """An operation: it ends within the time that there is, and raises a `StoreError`."""
        with errors_translated(), pymongo.timeout(min(self.timeout, PATIENCE.get())):
            yield

    async def _writer(self) -> AsyncClientSession:
        """A session that is idle; those under way end in bounded time, but not within everybody's patience."""
        try:
            async with asyncio.timeout(min(self.timeout, PATIENCE.get())):
                return await self.idle.get()
        except TimeoutError as error:
            raise Unavailable("all writers wait for the database") from error

    async def _fits(self, session: AsyncClientSession, groups: Mapping[Group, list[Statement]], most: int) -> bool:
        """Do it with `most` statements in a command; False if there has to be less in one."""
        try:
            with self._bounded():
                await session.start_transaction(write_concern=DURABLE)
                for group, statements in groups.items():
                    for start in range(0, len(statements), most):
                        await self._run(session, group, statements[start : start + most])
                # Repeated by the driver until the time is over, if the outcome is not known.
                await session.commit_transaction()
        except TooMuch:
            if most == 1:
                raise
            return False
        finally:
            if session.in_transaction:
                await _abort(session)
        return True

    async def _run(self, session: AsyncClientSession, group: Group, statements: Sequence[Statement]) -> None:
        reply = await self.database.command(group.command(statements), session=session)
        group.check(statements, reply)


def _position(token: Mapping[str, Any] | None) -> str:
    """Where a change stream is: the tokens of the database are made so that they can be sorted."""
    return str(token["_data"]) if token else ""


async def _abort(session: AsyncClientSession) -> None:
    """Free what is locked. If this fails, the session's next transaction does it."""
    with pymongo.timeout(FAREWELL_SECONDS):
        await session.abort_transaction()


def _acquire(owner: str, seconds: float) -> list[Document]:
    """One step, by the database's clock: the lease if it is free or ours, else the document as it was."""
    last = {"$ifNull": ["$owner", ""]}
    ours, freed = {"$eq": [last, {"$literal": owner}]}, {"$eq": [last, ""]}
    acquired = {
        "owner": {"$literal": owner},
        "epoch": {"$add": [{"$ifNull": ["$epoch", 0]}, {"$cond": [ours, 0, 1]}]},
        "unclean": {"$cond": [ours, "$unclean", {"$not": [freed]}]},
    }
    is_free = {"$or": [ours, freed, {"$lte": ["$until", "$$NOW"]}]}
    return [{"$replaceWith": {"$cond": [is_free, {"$mergeObjects": ["$$ROOT", acquired, _span(seconds)]}, "$$ROOT"]}}]


def _span(seconds: float) -> Document:
    """How long a lease lasts from now on, by the database's clock."""
    return {"until": {"$add": ["$$NOW", int(seconds * 1000)]}, "now": "$$NOW"}

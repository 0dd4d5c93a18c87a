"""What a transaction costs beside the same bulk writes without one, by the driver's own means."""

import time
from uuid import uuid4

from pymongo import InsertOne, ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession

from tests.benchmarks.streams import Parts

SIZE = 250


async def batches(parts: Parts, count: int) -> tuple[float, float]:
    """Seconds for so many batches in a transaction each, and without; in turn, in one database."""
    store = parts.store()
    await store.prepare({"inbox": (), "customer": (), "outbox": ()})
    together = apart = 0.0
    for number in range(count):
        async with store.client.start_session() as session:
            began = time.perf_counter()
            async with await session.start_transaction():
                await _write(store.database, number, "in", session)
            together += time.perf_counter() - began
        began = time.perf_counter()
        await _write(store.database, number, "out", None)
        apart += time.perf_counter() - began
    await store.client.drop_database(store.database.name)
    await store.close()
    return together, apart


async def _write(database: object, number: int, kind: str, session: AsyncClientSession | None) -> None:
    """Rows of the inbox, aggregates and chunks, as a batch has them."""
    inbox = [InsertOne({"_id": f"{kind}/{uuid4()}", "state": "done"}) for _ in range(SIZE)]
    customers = [
        ReplaceOne(
            {"_id": f"{kind}/{n}"}, {"state": {"orders": number, "pieces": n, "last": ["o1", "o2", "o3"]}}, upsert=True
        )
        for n in range(SIZE)
    ]
    event = {"id": str(uuid4()), "type": "ithaca.shop.Shipped.v1", "data": b"x" * 120, "subject": "customer/1"}
    chunks = [InsertOne({"_id": f"{kind}/{uuid4()}", "shard": n, "events": [event] * 16}) for n in range(16)]
    for name, operations in {"customer": customers, "inbox": inbox, "outbox": chunks}.items():
        await database[name].bulk_write(operations, session=session, ordered=False)  # type: ignore[index]

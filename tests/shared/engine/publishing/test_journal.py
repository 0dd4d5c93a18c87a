"""What was published since a moment is found in the journal, however long before it was stored."""

from datetime import timedelta

import pytest

from shared.engine.batch import outbox
from shared.engine.coordination import leases
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import Topic
from shared.engine.ports.store import Document, Insert
from shared.engine.publishing.history import first_id
from shared.engine.publishing.journal import Journal, Replay
from tests.shared.engine.shop import START, virtual

TOPIC = "local.shop.replay.repair"


def chunk(position: int, stored: float, published: float | None) -> Document:
    """One event of one shard, stored and published at minutes after the start."""
    moment = START + timedelta(minutes=stored)
    row = {"tenant": "acme", "partitionkey": "acme/till/t1", "data": b"%d" % position, "time": "", "type": ""}
    more = {} if published is None else {"published_at": START + timedelta(minutes=published)}
    return {"_id": first_id(moment) + position, "shard": 0, "position": position, "events": [row], **more}


async def replayed(chunks: list[Document], minutes: float) -> list[int]:
    """Which of the chunks are published again, of those since so many minutes after the start."""
    store, bus = MemoryStore(), MemoryBus()
    lease = {"_id": "shard/0", "position": 10}
    await store.transact([Insert(leases.COLLECTION, lease), *(Insert(outbox.COLLECTION, row) for row in chunks)])
    await bus.prepare({TOPIC: Topic(1)})
    since = START + timedelta(minutes=minutes)
    await Journal(store, bus, 1, lambda: START).replay(Replay("r1", TOPIC, published_since=since))
    return [int(record.value or b"") for record in bus.topics[TOPIC][0]]


@pytest.mark.parametrize("minutes", range(12))
@virtual
async def test_all_that_was_published_since_a_moment_is_published_again(minutes: int) -> None:
    chunks = [chunk(position, position, position) for position in range(1, 11)]
    assert await replayed(chunks, minutes) == list(range(max(1, minutes), 11))


@virtual
async def test_what_waited_long_to_be_published_counts_by_when_it_was() -> None:
    chunks = [chunk(position, position, 100 + position) for position in range(1, 11)]
    assert await replayed(chunks, 50) == list(range(1, 11))
    assert await replayed(chunks, 105) == list(range(5, 11))


@virtual
async def test_of_a_version_that_did_not_note_it_the_time_of_storing_counts() -> None:
    chunks = [chunk(position, position, None if position < 6 else position) for position in range(1, 11)]
    assert await replayed(chunks, 3) == list(range(3, 11))


@virtual
async def test_what_was_erased_meanwhile_is_passed_over() -> None:
    chunks = [chunk(position, position, position) for position in range(1, 11) if position not in (1, 4, 5, 10)]
    assert await replayed(chunks, 4) == [6, 7, 8, 9]

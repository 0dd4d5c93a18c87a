"""The heads of lanes that are asked for at one moment are read together."""

import asyncio
from collections.abc import Iterable

import pytest

from shared.engine.failures import lanes
from shared.engine.failures.lane_heads import LaneHeads
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Id, Insert, Unavailable
from tests.shared.engine.shop import virtual


class Asked(MemoryStore):
    """A store that remembers what it was asked for, and may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[Id]] = []
        self.is_away = False

    async def get(self, collection: str, ids: Iterable[Id]) -> dict[Id, Document]:
        """See `Store`."""
        self.asked.append(list(ids))
        if self.is_away:
            raise Unavailable("away")
        return await super().get(collection, self.asked[-1])


def lane(number: int) -> Document:
    """A lane whose head is its third message."""
    return {"_id": f"lane/{number}", "state": {"head": 3}}


async def parked(store: MemoryStore, *numbers: int) -> None:
    """The head of each of these lanes."""
    ids = [lanes.row_id(f"lane/{number}", 3) for number in numbers]
    await store.transact([Insert(lanes.ROWS, {"_id": id, "id": id}) for id in ids])


def test_what_is_asked_for_at_one_moment_is_one_query_and_each_gets_its_own() -> None:
    async def story() -> None:
        store = Asked()
        await parked(store, *range(99))
        heads = LaneHeads(store)
        rows = await asyncio.gather(*(heads.of(lane(number)) for number in range(100)))
        assert len(store.asked) == 1
        assert [row and row["id"] for row in rows[:99]] == [lanes.row_id(f"lane/{number}", 3) for number in range(99)]
        assert rows[99] is None
        assert await heads.of(lane(5)) == rows[5]
        assert len(store.asked) == 2

    asyncio.run(story())


@virtual
async def test_whoever_asked_is_told_that_the_database_is_away() -> None:
    store = Asked()
    store.is_away = True
    heads = LaneHeads(store)
    told = await asyncio.gather(*(heads.of(lane(number)) for number in range(3)), return_exceptions=True)
    assert [type(error) for error in told] == [Unavailable] * 3
    store.is_away = False
    assert await heads.of(lane(1)) is None


@virtual
async def test_who_asks_no_longer_takes_nothing_from_the_others() -> None:
    store = Asked()
    await parked(store, 1, 2)
    heads = LaneHeads(store)
    first, second = (asyncio.ensure_future(heads.of(lane(number))) for number in (1, 2))
    await asyncio.sleep(0)
    first.cancel()
    row = await second
    assert row is not None
    with pytest.raises(asyncio.CancelledError):
        await first

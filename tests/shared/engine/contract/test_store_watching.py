"""What is written into a collection is seen by who watches it, in memory and in MongoDB."""

import asyncio
from collections.abc import AsyncIterator

from shared.engine.ports.store import Change, Delete, Document, Insert, Put, Seen, Store
from tests.shared.engine.conftest import Run

PATIENCE = 20


async def _next(watching: AsyncIterator[Seen]) -> tuple[str, Document]:
    """The next document that is seen, and where."""
    async with asyncio.timeout(PATIENCE):
        async for seen in watching:
            if seen.document is not None:
                return seen.position, seen.document
    raise AssertionError("it ended")


def test_documents_are_seen_in_the_order_in_which_they_are_written_from_the_beginning_of_the_watch_on(
    store: Store, run: Run
) -> None:
    async def watched() -> None:
        await store.transact([Insert("rows", {"_id": "before", "n": 0})])
        watching = store.watch("rows")
        first = await anext(watching)
        assert first.document is None
        await store.transact([Insert("rows", {"_id": "a", "n": 1}), Insert("others", {"_id": "x"})])
        await store.transact([Change("rows", "a", {"n": 1}, add={"n": 1})])
        positions = [first.position]
        for n in (1, 2):
            position, document = await _next(watching)
            positions.append(position)
            assert document["_id"] == "a"
            assert document["n"] in (n, 2), "it is seen as it is then"
        await store.transact([Put("rows", {"_id": "b"}), Delete("rows", "before")])
        position, document = await _next(watching)
        assert document == {"_id": "b"}
        positions.append(position)
        assert positions == sorted(set(positions)), "a later one is greater"

    run(watched())


def test_who_watches_is_told_when_nothing_is_written(store: Store, run: Run) -> None:
    async def watched() -> None:
        async with asyncio.timeout(PATIENCE):
            watching = store.watch("rows")
            seen = [await anext(watching) for _ in range(3)]
        assert [one.document for one in seen] == [None, None, None]

    run(watched())


def test_two_who_watch_see_the_same_at_the_same_positions(store: Store, run: Run) -> None:
    async def watched() -> None:
        one, other = store.watch("rows"), store.watch("rows")
        await anext(one)
        await anext(other)
        await store.transact([Insert("rows", {"_id": "a"}), Insert("rows", {"_id": "b"})])
        assert [await _next(one) for _ in "ab"] == [await _next(other) for _ in "ab"]

    run(watched())

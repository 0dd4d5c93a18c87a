"""However many wait for what a command brings about, the command is answered at once, and all of them are woken.

Planted defects for it: `Waking._wake` in `shared/engine/failures/wakeups.py` that takes one page only, or goes on
behind a page after a conflict; `Waking.wake` that does not put back what it could not do.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated

import bson

from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create
from shared.engine.batch.tracked import TrackedAggregate
from shared.engine.failures.lanes import Lane
from shared.engine.failures.wakeups import AT_ONCE, POLL
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Change, Conflict, Document, Insert, Unavailable, Write
from tests.shared.engine.shop import START, Ledger, Sell, Shop, Sold, Till, TillSeen, TillShown, virtual
from tests.waiting import eventually

LATER = START + timedelta(minutes=10)


class Slow(MemoryStore):
    """A database in which it takes a second to change lanes, and fails as it is told to."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)
        self.seconds = 1.0
        self.wakings: list[int] = []
        self.before: list[Callable[[], Exception | None]] = []

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if any(isinstance(write, Change) and write.collection == Lane.collection for write in writes):
            self.wakings.append(len(writes))
            await asyncio.sleep(self.seconds)
            if self.before and (error := self.before.pop(0)()):
                raise error
        await super().transact(writes)


def of_number(event: Sold) -> str:
    return f"l{event.number}"


def patient() -> Handlers:
    """A reaction that needs a till, which a command makes."""
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")]) -> None:
        till.sell(command.number)

    @handlers.on("note")
    def note(
        event: Sold, till: Annotated[Till, awaits("till_id")], ledger: Annotated[Ledger, create(of_number)]
    ) -> None:
        ledger.numbers.append(event.number)

    return handlers


def lane(number: int, what: str = "till/acme/t1") -> Document:
    """A lane that waits, for ten minutes more."""
    state = Lane(handler="note", tail=1, waiting_for=what, wake_at=LATER).model_dump()
    counts = {"version": 1, "sequence": 0, "chunk": 0, "guard": 0, "schema": 1}
    return {"_id": f"acme/note/{number:05}", "tenant": "acme", "shared": False, "state": state, **counts}


async def with_lanes(count: int) -> tuple[Shop, Slow]:
    """A shop whose executor runs, with so many lanes that wait for a till, and one that waits for another."""
    shop = Shop(patient(), store=(store := Slow()))
    rows = [lane(number) for number in range(count)] + [lane(99_999, "till/acme/t2")]
    await store.transact([Insert(Lane.collection, row) for row in rows])
    return shop, store


async def lanes(shop: Shop) -> list[Document]:
    return await shop.store.find(Lane.collection, {}, limit=10_000)


async def asleep(shop: Shop) -> list[str]:
    return [row["_id"] for row in await lanes(shop) if row["state"]["waiting_for"]]


async def all_woken(shop: Shop) -> None:
    await eventually(lambda: shop.executor.waking.is_idle)


@virtual
async def test_a_command_does_not_stand_behind_those_whom_another_one_wakes() -> None:
    shop, store = await with_lanes(4 * AT_ONCE)
    running = asyncio.create_task(shop.executor.run())
    began = asyncio.get_running_loop().time()
    for till in ("t1", "t3", "t1"):
        assert (await shop.executor.submit(shop.command(Sell(till_id=till)))).ending is Ending.DONE
    assert asyncio.get_running_loop().time() - began < 1
    await all_woken(shop)
    assert await asleep(shop) == ["acme/note/99999"]
    assert store.wakings == [AT_ONCE] * 4
    running.cancel()


@virtual
async def test_more_than_are_found_at_once_are_woken_all() -> None:
    shop, _ = await with_lanes(1100)
    shop.executor.waking.note(["till/acme/t1"])
    await shop.executor.waking.wake()
    assert await asleep(shop) == ["acme/note/99999"]
    woken = [row for row in await lanes(shop) if not row["state"]["waiting_for"]]
    assert {(row["state"]["wake_at"], row["version"]) for row in woken} == {(START, 2)}


@virtual
async def test_what_comes_while_others_are_woken_wakes_too() -> None:
    shop, _ = await with_lanes(3)
    waking = asyncio.create_task(shop.executor.waking.run())
    shop.executor.waking.note(["till/acme/t1"])
    await asyncio.sleep(0.5)
    shop.executor.waking.note(["till/acme/t2"])
    await all_woken(shop)
    assert await asleep(shop) == []
    waking.cancel()


@virtual
async def test_one_that_is_gone_meanwhile_keeps_no_other_asleep() -> None:
    shop, store = await with_lanes(AT_ONCE)

    def gone() -> Exception:
        store.collections[Lane.collection].pop("acme/note/00007")
        return Conflict("overtaken")

    store.before = [gone]
    shop.executor.waking.note(["till/acme/t1"])
    await shop.executor.waking.wake()
    assert await asleep(shop) == ["acme/note/99999"]
    assert len(await lanes(shop)) == AT_ONCE


@virtual
async def test_it_is_tried_again_when_the_database_was_away() -> None:
    shop, store = await with_lanes(2 * AT_ONCE)
    store.before = [lambda: None, lambda: Unavailable("gone"), lambda: Unavailable("gone")]
    running = asyncio.create_task(shop.executor.run())
    await shop.executor.submit(shop.command(Sell(till_id="t1")))
    await asyncio.sleep(60)
    assert await asleep(shop) == ["acme/note/99999"]
    running.cancel()


@virtual
async def test_a_process_that_stops_in_the_middle_wakes_the_rest_within_a_bounded_time() -> None:
    shop, store = await with_lanes(AT_ONCE)
    store.seconds = 0.2
    waiting = shop.executor.queue.put(shop.command(Sell(till_id="t1")))
    shop.executor.queue.close()
    await shop.executor.run()
    assert waiting.result().ending is Ending.DONE
    assert await asleep(shop) == ["acme/note/99999"]


@virtual
async def test_what_is_under_way_when_a_process_stops_is_done_again() -> None:
    shop, store = await with_lanes(2 * AT_ONCE)
    store.seconds = 0.2
    running = asyncio.create_task(shop.executor.run())
    await shop.executor.submit(shop.command(Sell(till_id="t1")))
    await asyncio.sleep(0.1)
    shop.executor.queue.close()
    await running
    assert await asleep(shop) == ["acme/note/99999"]


@virtual
async def test_what_a_process_that_was_killed_has_not_told_another_one_finds_within_a_minute() -> None:
    shop, store = await with_lanes(1100)
    await shop.handle(shop.command(Sell(till_id="t1")))  # and nobody is woken
    other = Shop(patient(), store=store)
    running = asyncio.create_task(other.executor.run())
    await asyncio.sleep(POLL + 10)
    assert await asleep(other) == ["acme/note/99999"]
    running.cancel()


@virtual
async def test_to_look_for_what_is_waited_for_wakes_nobody_in_vain() -> None:
    shop, store = await with_lanes(3)
    gone = TillSeen(id="t9", removed=True).model_dump()
    counts = {"version": 3, "sequence": 0, "chunk": 0, "shared": False, "guard": 0, "schema": 1}
    await store.transact([Insert("till", {"_id": "acme/t1", "tenant": "acme", "state": gone, **counts})])
    await store.transact([Insert(Lane.collection, lane(50, "ithaca.shop.Sold.v9"))])
    await shop.executor.waking.look()
    assert shop.executor.waking.is_idle


@virtual
async def test_a_process_that_stops_does_not_wait_for_a_database_that_is_away() -> None:
    shop, store = await with_lanes(1)
    store.seconds = 1000
    shop.executor.queue.put(shop.command(Sell(till_id="t1")))
    shop.executor.queue.close()
    async with asyncio.timeout(2):
        await shop.executor.run()
    assert len(await asleep(shop)) == 2


@virtual
async def test_who_parks_again_for_the_same_thing_is_not_woken_without_end() -> None:
    shop, store = await with_lanes(2)

    def park_again() -> None:
        for number in range(2):
            store.collections[Lane.collection][f"acme/note/{number:05}"] = bson.encode(lane(number) | {"version": 9})

    store.before = [park_again] * 10
    shop.executor.waking.note(["till/acme/t1"])
    await shop.executor.waking.wake()
    assert len(store.wakings) < 10


def test_a_state_that_is_shown_again_after_it_was_gone_has_come() -> None:
    gone = TillSeen(id="t1", applied=2, removed=True)
    counts = {"version": 3, "sequence": 0, "chunk": 0, "shared": False, "guard": 0, "schema": 1}
    held = TrackedAggregate(
        ("till-seen", "acme/t1"), TillSeen, {"_id": "acme/t1", "state": gone.model_dump(), **counts}
    )
    assert not held.has_come
    seen = held.blank()
    assert isinstance(seen, TillSeen)
    seen.follow(TillShown(till_id="t1", text="open"), 4)
    held.version += 1
    assert held.has_come

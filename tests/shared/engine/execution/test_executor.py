"""A batch: loaded at once, run in order, written in one transaction, answered behind it."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import pytest
from pydantic import BaseModel

from shared.engine.authoring.answer import Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.execution.executor import Limits
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Conflict, Document, Id, Unavailable, UnknownOutcome, Write
from shared.errors import Refusal, StaleVersion, TryLater
from tests.shared.engine.shop import Ledger, Sell, Shop, Sold, Till, noting, virtual


class Watched(MemoryStore):
    """A database of which every question is counted, and that fails or holds a transaction back when it is told to."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)
        self.asked: list[str] = []
        self.errors: list[Exception | None] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        self.asked.append(collection)
        return await super().get(collection, ids)

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        await self.gate.wait()
        error = self.errors.pop(0) if self.errors else None
        if not isinstance(error, Unavailable | Conflict):
            await super().transact(writes)
        if error is not None:
            raise error


class Settle(BaseModel):
    """Look into the ledger that a till names."""

    till_id: str


class Closed(Refusal):
    """Nothing is sold."""


def of_both(_: BaseModel, till: Till, ledger: Ledger) -> str:
    return f"{till.id}-{ledger.id}"


class Settled(Bundle):
    """What is found in three rounds, each by what the one before has found."""

    till: Annotated[Till, require("till_id")]
    ledger: Annotated[Ledger, create("till.text")]
    other: Annotated[Till | None, optional(of_both)]


def tills() -> Handlers:
    """Sells; at a number below zero it is refused, and a ledger of a till is found by what the till says."""
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        event = till.sell(command.number)
        till.text = f"l{command.number}"
        ctx.emit(event, event)
        if command.number < 0:
            raise Closed("It is closed.")

    @handlers.post("/settled")
    def settle(command: Settle, settled: Settled) -> None:
        settled.ledger.numbers.extend(settled.till.sold)

    @handlers.post("/closing")
    def close(command: Close) -> None:
        raise Closed("It is closed.")

    return handlers


class Close(BaseModel):
    """About nothing that is stored."""


@virtual
async def test_two_messages_for_one_aggregate_see_each_other() -> None:
    shop = Shop(tills())
    answers = await shop.handle(shop.command(Sell(number=1)), shop.command(Sell(number=2)))
    assert [answer.body for answer in answers] == [b'{"id":"t1","version":1}', b'{"id":"t1","version":2}']
    assert (await shop.get(Till)).sold == [1, 2]


@virtual
async def test_the_version_moves_with_the_message_and_the_sequence_with_the_event() -> None:
    shop = Shop(tills())
    for number in (1, 2):
        await shop.handle(shop.command(Sell(number=number)), shop.command(Sell(number=number)))
    assert (await shop.get(Till)).version == 4
    assert [event["sequence"] for event in await shop.published()] == list("12345678")


@virtual
async def test_a_batch_asks_for_each_collection_once_in_each_round_of_loads() -> None:
    shop = Shop(tills(), noting(), store=(store := Watched()))
    await shop.handle(*(shop.command(Sell(till_id=f"t{n}", number=n)) for n in range(20)))
    store.asked.clear()
    commands = [shop.command(Settle(till_id=f"t{n}")) for n in range(20)]
    await shop.handle(*commands, *(shop.event(Sold(till_id=f"t{n}")) for n in range(20)))
    assert sorted(store.asked) == ["inbox", "lanes", "ledger", "ledger", "till", "till"]


@virtual
async def test_what_is_found_by_what_was_loaded_before_follows_the_changes_of_the_batch() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell(number=1)))
    (_, answer) = await shop.handle(shop.command(Sell(number=2)), shop.command(Settle(till_id="t1")))
    assert answer.ending is Ending.DONE
    assert (await shop.get(Ledger, "l2")).numbers == [1, 2]


@virtual
async def test_the_same_id_in_two_tenants_is_two_aggregates() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell(number=1)), shop.command(Sell(number=2), tenant="other"))
    assert (await shop.get(Till)).sold == [1]
    assert (await shop.get(Till, tenant="other")).sold == [2]


@virtual
async def test_a_command_about_something_that_is_not_there_is_refused() -> None:
    shop = Shop(tills())
    (answer,) = await shop.handle(shop.command(Settle(till_id="none")))
    assert (answer.ending, answer.status) == (Ending.REFUSED, 404)
    assert await shop.rows("till") == []


@virtual
async def test_a_command_with_a_stale_version_is_refused_and_one_with_the_right_version_is_not() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell()))
    stale = shop.command(Sell(), expected_version=2)
    answers = await shop.handle(
        shop.command(Sell(), expected_version=1), shop.command(Sell(), expected_version=1), stale
    )
    assert [(answer.status, answer.version) for answer in answers] == [(200, 2), (412, 0), (200, 3)]


@virtual
async def test_a_version_asked_of_a_command_that_is_about_nothing_is_refused() -> None:
    shop = Shop(tills())
    (answer,) = await shop.handle(shop.command(Close(), expected_version=1))
    assert isinstance(answer.error, StaleVersion)


@pytest.mark.parametrize("number", [1, -1])
@virtual
async def test_answers_leave_behind_the_commit_and_refusals_too(number: int) -> None:
    shop = Shop(tills(), store=(store := Watched()))
    store.gate.clear()
    running = asyncio.create_task(shop.executor.run())
    asked = [asyncio.create_task(shop.executor.submit(shop.command(Sell(number=n), key=f"k{n}"))) for n in (number, 2)]
    await asyncio.sleep(10)
    assert not any(task.done() for task in asked)
    store.gate.set()
    assert {(await task).ending for task in asked} <= {Ending.DONE, Ending.REFUSED}
    running.cancel()


@pytest.mark.parametrize("error", [Unavailable("gone"), UnknownOutcome("no answer")])
@virtual
async def test_when_nothing_is_known_callers_are_told_so_and_events_are_tried_until_it_is(error: Exception) -> None:
    shop = Shop(tills(), noting(), store=(store := Watched()))
    store.errors = [error, error]
    running = asyncio.create_task(shop.executor.run())
    command = shop.executor.queue.put(shop.command(Sell(number=1)))
    event = shop.executor.queue.put(shop.event(Sold(till_id="t1", number=1)))
    answer = await command
    assert (answer.ending, answer.status, answer.error) == (Ending.FAILED, 503, error)
    assert (await event).ending in (Ending.DONE, Ending.DUPLICATE)
    assert (await shop.get(Ledger, "note-t1")).numbers == [1]
    running.cancel()


@virtual
async def test_who_asks_while_events_wait_for_the_database_is_answered_all_the_same() -> None:
    shop = Shop(tills(), noting(), store=(store := Watched()))
    store.errors = [Unavailable("gone")] * 100
    running = asyncio.create_task(shop.executor.run())
    event = shop.executor.queue.put(shop.event(Sold(till_id="t1", number=1)))
    async with asyncio.timeout(2):
        answers = [await shop.executor.submit(shop.command(Sell())) for _ in range(3)]
    assert {answer.status for answer in answers} == {503}
    assert not event.done()
    running.cancel()


@virtual
async def test_a_batch_that_takes_longer_than_the_deadline_goes_on_in_smaller_ones() -> None:
    shop = Shop(noting(), store=(store := Slow()), limits=Limits(smallest=1, largest=16, deadline=1.0))
    running = asyncio.create_task(shop.executor.run())
    waiting = [shop.executor.queue.put(shop.event(Sold(till_id="t1", number=n))) for n in range(8)]
    assert [(await one).ending for one in waiting] == [Ending.DONE] * 8
    assert (await shop.get(Ledger, "note-t1")).numbers == list(range(8))
    assert store.largest > store.done
    running.cancel()


class Slow(MemoryStore):
    """A database that needs a while for each event."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)
        self.largest = self.done = 0

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        events = sum(write.collection == "inbox" for write in writes)
        self.largest = max(events, self.largest)
        await asyncio.sleep(0.3 * events)
        self.done = events
        await super().transact(writes)


@virtual
async def test_batches_shrink_by_half_at_a_conflict_and_grow_by_a_quarter_when_they_are_full() -> None:
    shop = Shop(tills(), store=(store := Watched()), limits=Limits(smallest=8, largest=40))
    store.errors = [Conflict("faster")] * 2
    await shop.handle(shop.command(Sell()))
    sizes = [shop.executor.size]
    for _ in range(8):
        await shop.handle(*(shop.command(Sell(till_id=f"t{n}")) for n in range(shop.executor.size)))
        sizes.append(shop.executor.size)
    assert sizes == [8, 10, 12, 15, 18, 22, 27, 33, 40]
    store.errors = [Conflict("faster")]
    await shop.handle(shop.command(Sell()))
    assert shop.executor.size == 20


@virtual
async def test_a_caller_who_has_gone_disturbs_nobody() -> None:
    shop = Shop(tills(), store=(store := Watched()))
    store.gate.clear()
    running = asyncio.create_task(shop.executor.run())
    gone, there = (asyncio.create_task(shop.executor.submit(shop.command(Sell(number=n)))) for n in (1, 2))
    await asyncio.sleep(1)
    gone.cancel()
    store.gate.set()
    assert (await there).ending is Ending.DONE
    assert sorted((await shop.get(Till)).sold) == [1, 2]
    running.cancel()


@virtual
async def test_when_the_executor_ends_nobody_waits_for_it() -> None:
    shop = Shop(tills(), store=(store := Watched()))
    store.errors = [MemoryError("a defect")]
    running = asyncio.create_task(shop.executor.run())
    waiting = [shop.executor.queue.put(shop.command(Sell())) for _ in range(3)]
    results = await asyncio.gather(*waiting, running, return_exceptions=True)
    assert [type(result) for result in results] == [RuntimeError] * 3 + [MemoryError]
    with pytest.raises(TryLater):
        await shop.executor.submit(shop.command(Sell()))


@virtual
async def test_a_closed_queue_is_worked_off_and_then_the_executor_ends() -> None:
    shop = Shop(tills(), limits=Limits(smallest=1, largest=2))
    waiting = [shop.executor.queue.put(shop.command(Sell(number=n))) for n in range(5)]
    shop.executor.queue.close()
    await shop.executor.run()
    assert all(one.result().ending is Ending.DONE for one in waiting)


@virtual
async def test_everything_of_a_batch_has_the_same_time() -> None:
    shop = Shop(tills())
    await shop.handle(*(shop.command(Sell(till_id=f"t{n}")) for n in range(3)))
    assert len({event["time"] for event in await shop.published()}) == 1
    shop.advance(seconds=1)
    await shop.handle(shop.command(Sell()))
    assert len({event["time"] for event in await shop.published()}) == 2

"""The worker takes records ahead of the transaction, in order, and commits positions behind it."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from shared.engine.breaker import SHORTEST
from shared.engine.bus import Partition, Positions, Record
from shared.engine.careful import Careful
from shared.engine.memory.store import MemoryStore
from shared.engine.store import Write
from shared.engine.worker import AHEAD, HELD, HeldBack, Worker
from tests.shared.engine.shop import Ledger, Shop, Sold, envelope, noting, virtual

PARTITION: Partition = ("shop", 0)
OTHER: Partition = ("shop", 1)


class Gate(MemoryStore):
    """A database whose transactions wait until they are let through."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)
        self.opened = asyncio.Event()
        self.opened.set()

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        await self.opened.wait()
        await super().transact(writes)


class Group(Positions):
    """A member's positions; commits fail while `broken`."""

    def __init__(self) -> None:
        self.committed: dict[Partition, int] = {}
        self.partitions = {PARTITION, OTHER}
        self.broken = False

    def holds(self, partition: Partition) -> bool:
        """See `Positions.holds`."""
        return partition in self.partitions

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `Positions.commit`."""
        if self.broken:
            raise ConnectionError("gone")
        self.committed.update(offsets)


class Stage:
    """A worker of the shop with its group, and an executor that runs."""

    def __init__(self) -> None:
        self.store = Gate()
        self.shop = Shop(noting(), store=self.store)
        self.group = Group()
        self.freed: list[Partition] = []
        self.seconds_to_free = 0.0
        self.worker = Worker(self.shop.executor, Careful(self.shop.executor, "one"), self._claim, self._free)
        self.executing = asyncio.ensure_future(self.shop.executor.run())

    async def _claim(self, partition: Partition) -> bool:  # noqa: ARG002 - nobody died
        return False

    async def _free(self, partition: Partition) -> None:
        await asyncio.sleep(self.seconds_to_free)
        self.freed.append(partition)

    async def receive(self, *numbers: int, first: int, partition: Partition = PARTITION) -> None:
        """Records of one till from an offset on; what nobody can take is of a till of its own."""
        records = [sold(number, first + place, partition) for place, number in enumerate(numbers)]
        await self.worker.receive(records, self.group)

    async def numbers(self) -> list[int]:
        return (await self.shop.get(Ledger, "note-t1")).numbers

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        while self.worker.under_way:
            await asyncio.wait(self.worker.under_way)


def sold(number: int, offset: int, partition: Partition) -> Record:
    till = "t1" if number >= 0 else f"broken{offset}"
    event = envelope(Sold(till_id=till, number=number), id=f"e{partition[1]}-{offset}")
    return Record(*partition, offset, event.partitionkey.encode(), event.data, event.headers())


@virtual
async def test_records_are_taken_while_a_transaction_is_under_way_and_handled_in_order() -> None:
    stage = Stage()
    stage.store.opened.clear()
    for batch in range(AHEAD):
        await stage.receive(2 * batch, 2 * batch + 1, first=2 * batch)
    assert len(stage.worker.under_way) == AHEAD
    assert stage.group.committed == {}
    stage.store.opened.set()
    await stage.quiet()
    assert await stage.numbers() == [0, 1, 2, 3]
    assert stage.group.committed == {PARTITION: 4}


@virtual
async def test_no_more_is_taken_than_can_be_handled_soon() -> None:
    stage = Stage()
    stage.store.opened.clear()
    for batch in range(AHEAD):
        await stage.receive(batch, first=batch)
    further = asyncio.ensure_future(stage.receive(AHEAD, first=AHEAD))
    await asyncio.sleep(1)
    assert not further.done()
    stage.store.opened.set()
    await further
    await stage.quiet()
    assert await stage.numbers() == list(range(AHEAD + 1))


@virtual
async def test_a_commit_that_fails_is_made_up_for_by_the_next_one() -> None:
    stage = Stage()
    stage.group.broken = True
    await stage.receive(1, first=0)
    await stage.quiet()
    assert stage.group.committed == {}
    stage.group.broken = False
    await stage.receive(2, first=1)
    await stage.quiet()
    assert stage.group.committed == {PARTITION: 2}


@virtual
async def test_a_commit_that_fails_is_made_though_no_record_comes_any_more() -> None:
    stage = Stage()
    stage.group.broken = True
    await stage.receive(1, first=0)
    await stage.quiet()
    stage.group.broken = False
    running = asyncio.ensure_future(stage.worker.run())
    await asyncio.sleep(2 * SHORTEST)
    running.cancel()
    assert stage.group.committed == {PARTITION: 1}


@virtual
async def test_a_partition_is_given_back_when_all_that_was_taken_of_it_is_committed() -> None:
    stage = Stage()
    stage.store.opened.clear()
    await stage.receive(1, 2, first=0)
    leaving = asyncio.ensure_future(stage.worker.revoked([PARTITION]))
    await asyncio.sleep(1)
    assert not leaving.done()
    assert stage.freed == []
    stage.store.opened.set()
    await leaving
    assert (stage.group.committed, stage.freed) == ({PARTITION: 2}, [PARTITION])


@virtual
async def test_what_is_not_finished_holds_the_position_back_though_later_records_are() -> None:
    stage = Stage()
    await stage.receive(*[-1] * 30, first=0)
    await stage.quiet()
    assert stage.worker.breakers.opened() == ["note"]
    await stage.receive(1, 2, first=30)
    await stage.quiet()
    assert stage.group.committed == {PARTITION: 30}


@virtual
async def test_what_is_held_back_is_not_committed_while_partitions_are_given_back() -> None:
    stage = Stage()
    await stage.receive(*[-1] * 30, first=0)
    await stage.quiet()
    await stage.receive(1, 2, first=0, partition=OTHER)
    await stage.quiet()
    stage.seconds_to_free = 3 * SHORTEST
    running = asyncio.ensure_future(stage.worker.run())
    await stage.worker.revoked([PARTITION, OTHER])
    running.cancel()
    assert stage.freed == [PARTITION, OTHER]
    assert stage.group.committed.get(OTHER, 0) == 0


@virtual
async def test_when_too_much_is_held_back_nothing_more_is_taken() -> None:
    stage = Stage()
    await stage.receive(*[-1] * 30, first=0)
    await stage.quiet()
    await stage.receive(*range(HELD + 1), first=30)
    with pytest.raises(HeldBack, match="note"):
        await stage.receive(1, first=31 + HELD)


@virtual
async def test_records_that_come_again_before_they_are_finished_are_not_taken_twice() -> None:
    stage = Stage()
    stage.store.opened.clear()
    await stage.receive(1, 2, first=0)
    await stage.receive(1, 2, 3, first=0)
    assert [delivery.offset for delivery in stage.worker.unfinished] == [0, 1, 2]
    stage.store.opened.set()
    await stage.quiet()
    assert await stage.numbers() == [1, 2, 3]
    assert stage.group.committed == {PARTITION: 3}


@virtual
async def test_records_of_partitions_that_are_not_ours_are_dropped() -> None:
    stage = Stage()
    stage.group.partitions.clear()
    await stage.receive(1, first=0)
    await stage.quiet()
    assert await stage.numbers() == []

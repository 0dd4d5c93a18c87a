"""A position belongs to one assignment: whatever was read under a former one does not move it, however late it returns.

One line makes these fail: `Assignment.end` leaves `self.positions` as they are.
"""

import asyncio

from shared.engine.ports.assignment import Found
from tests.shared.engine.shop import virtual
from tests.shared.engine.stage import BEGINNING, LONG, OTHER, PARTITION, SHORT, Stage


@virtual
async def test_what_was_read_before_a_rebalance_is_handled_once_and_in_order_though_it_comes_again() -> None:
    stage = Stage()
    stage.store.opened.clear()
    await stage.receive(0, 1, first=0)
    await stage.receive(2, 3, first=2)
    await stage.receive(4, 5, first=4)  # waits for room
    await stage.assignment.end(SHORT)
    stage.rebalance(PARTITION, OTHER)
    await stage.receive(0, 1, 2, 3, first=0)
    await stage.receive(4, 5, 6, first=4)
    stage.store.opened.set()
    await asyncio.sleep(1)
    assert await stage.numbers() == [0, 1, 2, 3, 4, 5, 6]
    assert stage.log.committed == BEGINNING | {PARTITION: 7}


@virtual
async def test_what_is_answered_after_a_rebalance_moves_no_position_of_the_next_assignment() -> None:
    stage = Stage()
    stage.store.opened.clear()
    await stage.receive(0, 1, first=0)
    await stage.assignment.end(SHORT)
    former = stage.log
    stage.rebalance(PARTITION)
    stage.store.opened.set()
    await stage.quiet()
    await stage.runs()
    assert (former.committed, stage.log.committed) == (BEGINNING, {PARTITION: 0})
    assert await stage.numbers() == [0, 1]


@virtual
async def test_of_several_partitions_the_one_that_comes_back_goes_on_from_what_was_committed() -> None:
    stage = Stage()
    await stage.receive(0, first=0)
    await stage.receive(100, first=0, partition=OTHER)
    await stage.quiet()
    stage.store.opened.clear()
    await stage.receive(1, first=1)
    await stage.receive(101, first=1, partition=OTHER)
    await stage.assignment.end(SHORT)
    stage.rebalance(OTHER)
    await stage.receive(101, 102, first=1, partition=OTHER)
    stage.store.opened.set()
    await asyncio.sleep(1)
    await stage.runs()
    assert stage.log.committed == {OTHER: 3}
    assert await stage.numbers() == [0, 100, 1, 101, 102]


@virtual
async def test_what_was_held_back_before_a_rebalance_is_not_tried_for_who_has_it_no_more() -> None:
    stage = Stage()
    await stage.receive(*[-1] * 30, first=0)
    await stage.quiet()
    await stage.receive(1, 2, first=0, partition=OTHER)
    await stage.assignment.end(LONG)
    await stage.runs()
    assert stage.worker.breakers.opened() == ["note"]
    assert await stage.numbers() == []


@virtual
async def test_a_commit_that_hangs_ends_with_its_assignment() -> None:
    stage = Stage()
    stage.log.answers.clear()
    await stage.receive(0, first=0)
    await asyncio.sleep(0.1)
    await stage.assignment.end(SHORT)
    await asyncio.sleep(0.001)
    stage.log.answers.set()
    await stage.quiet()
    assert stage.log.committed == BEGINNING


@virtual
async def test_offsets_without_a_record_are_committed_though_no_record_comes() -> None:
    stage = Stage()
    await stage.receive(0, first=0)
    stage.log.found.put_nowait(Found([], {PARTITION: 3, OTHER: 1}))
    await stage.runs()
    assert stage.log.committed == {PARTITION: 3, OTHER: 1}

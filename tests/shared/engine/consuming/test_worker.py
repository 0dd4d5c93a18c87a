"""The worker takes records ahead of the transaction, in order, and commits positions behind it."""

import asyncio

from shared.engine.consuming.worker import AHEAD
from tests.shared.engine.shop import virtual
from tests.shared.engine.stage import BEGINNING, LONG, OTHER, PARTITION, Stage


@virtual
async def test_records_are_taken_while_a_transaction_is_under_way_and_handled_in_order() -> None:
    stage = Stage()
    stage.store.opened.clear()
    for batch in range(AHEAD):
        await stage.receive(2 * batch, 2 * batch + 1, first=2 * batch)
    assert len(stage.worker.under_way) == AHEAD
    assert stage.log.committed == BEGINNING
    stage.store.opened.set()
    await stage.quiet()
    assert await stage.numbers() == [0, 1, 2, 3]
    assert stage.log.committed == BEGINNING | {PARTITION: 4}


@virtual
async def test_no_more_is_taken_than_can_be_handled_soon() -> None:
    stage = Stage()
    stage.store.opened.clear()
    for batch in range(AHEAD):
        await stage.receive(batch, first=batch)
    await stage.receive(AHEAD, first=AHEAD)
    await stage.receive(AHEAD + 1, first=AHEAD + 1)
    await asyncio.sleep(1)
    assert (len(stage.worker.under_way), stage.log.found.qsize()) == (AHEAD, 1)
    stage.store.opened.set()
    await asyncio.sleep(1)
    assert await stage.numbers() == list(range(AHEAD + 2))


@virtual
async def test_a_commit_that_fails_is_made_up_for_by_the_next_one() -> None:
    stage = Stage()
    stage.log.broken = True
    await stage.receive(1, first=0)
    await stage.quiet()
    assert stage.log.committed == BEGINNING
    stage.log.broken = False
    await stage.receive(2, first=1)
    await stage.quiet()
    assert stage.log.committed == BEGINNING | {PARTITION: 2}


@virtual
async def test_a_commit_that_fails_is_made_though_no_record_comes_any_more() -> None:
    stage = Stage()
    stage.log.broken = True
    await stage.receive(1, first=0)
    await stage.quiet()
    stage.log.broken = False
    await stage.runs()
    assert stage.log.committed == BEGINNING | {PARTITION: 1}


@virtual
async def test_a_partition_is_given_back_when_all_that_was_taken_of_it_is_committed() -> None:
    stage = Stage()
    stage.store.opened.clear()
    await stage.receive(1, 2, first=0)
    leaving = asyncio.ensure_future(stage.assignment.end(LONG))
    await asyncio.sleep(1)
    assert not leaving.done()
    assert stage.freed == []
    stage.store.opened.set()
    await leaving
    assert (stage.log.committed, stage.freed) == ({PARTITION: 2, OTHER: 0}, [PARTITION, OTHER])

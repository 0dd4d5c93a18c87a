"""A message that ends every process that handles it is found, however batches are formed; no other one is blamed.

One line each makes these fail: in `poison.py`, `_groups` puts suspects together with others; `_record` counts whether
the message was alone or not; `_outcome` forgets nothing; in `partitions.py`, a claim's `ahead` is always our own.
"""

import asyncio
from itertools import product

import pytest

from shared.engine.authoring.answer import Ending
from shared.engine.batch import inbox
from shared.engine.consuming.poison import COLLECTION, FATAL, PoisonSearch
from shared.engine.coordination.leases import SEARCH_SECONDS
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Put, StoreError
from shared.errors import TryLater
from tests.shared.engine.line import BACKLOG, TIMERS, Line
from tests.shared.engine.shop import START, TENANT, Shop, Sold, noting, virtual
from tests.shared.engine.stage import BEGINNING, LONG, OTHER, PARTITION, Stage

SOLD = Sold(till_id="t1", number=1)


@pytest.mark.parametrize("place", range(BACKLOG))
@virtual
async def test_poison_is_found_at_every_place_of_a_backlog(place: int) -> None:
    line = Line(place)
    await line.sell(range(BACKLOG))
    assert (
        await line.ended() == 2 + FATAL
    )  # the first one, one that had its batch recorded, and those that had it alone
    assert await line.dead() == [f"e{place}"]
    assert await line.noted() == [number for number in range(BACKLOG) if number != place]
    assert await line.store.find(COLLECTION, {}) == []


@virtual
async def test_poison_with_nothing_beside_it_is_alone_from_the_start() -> None:
    line = Line(0)
    await line.sell([0])
    assert await line.ended() == 1 + FATAL
    assert await line.dead() == ["e0"]


@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 6), (6, 7)])
@virtual
async def test_two_poisons_are_both_found(one: int, other: int) -> None:
    line = Line(one, other)
    await line.sell(range(BACKLOG))
    await line.ended()
    assert await line.dead() == [f"e{one}", f"e{other}"]
    assert await line.noted() == [number for number in range(BACKLOG) if number not in (one, other)]


@virtual
async def test_poison_is_found_by_processes_that_read_less_ahead_than_the_one_that_it_has_ended() -> None:
    line = Line(BACKLOG - 1)
    await line.sell(range(BACKLOG))
    assert not await line.lives()
    line.largest = 2
    assert await line.ended() == 1 + FATAL
    assert await line.dead() == [f"e{BACKLOG - 1}"]


@virtual
async def test_what_ends_a_process_only_in_company_is_handled_alone() -> None:
    line = Line()
    line.together = {4}
    await line.sell(range(BACKLOG))
    assert await line.ended() == 2
    assert (await line.noted(), await line.dead()) == (list(range(BACKLOG)), [])


@pytest.mark.parametrize("moments", list(product(range(1, 5), repeat=3)))
@virtual
async def test_three_processes_killed_by_somebody_else_during_the_search_put_the_blame_on_nobody(
    moments: tuple[int, ...],
) -> None:
    line = Line()
    await line.sell(range(3))
    line.store.writes_left = 0
    line.poison = {0}  # the first one ends uncleanly, for whatever reason
    assert not await line.lives()
    line.poison = set()
    for moment in moments:
        line.store.writes_left = moment
        await line.lives()
    line.store.writes_left = -1
    assert await line.ended() == 0
    assert (await line.noted(), await line.dead()) == ([0, 1, 2], [])
    assert await line.store.find(COLLECTION, {}) == []


@virtual
async def test_a_process_that_stops_in_order_is_none_that_has_ended() -> None:
    line = Line(0)
    await line.sell([0])
    for _ in range(FATAL):
        assert not await line.lives()
    line.poison = set()
    assert await line.lives()
    assert (await line.noted(), await line.dead()) == ([0], [])


@virtual
async def test_poison_among_timers_is_found_and_the_others_fire() -> None:
    line = Line(103)
    await line.sell(range(TIMERS, TIMERS + BACKLOG))
    await line.ended()
    (letter,) = await line.store.find(DeadLetter.collection, {})
    assert (letter["state"]["handler"], letter["state"]["reason"]) == ("ring", "stopped-the-process")
    assert sorted(await line.noted()) == [number for number in range(100, 108) if number != 103]
    assert await line.store.find(COLLECTION, {}) == []


@virtual
async def test_after_an_unclean_stop_a_batch_costs_one_recorded_attempt() -> None:
    line = Line(0)
    await line.sell(range(BACKLOG))
    assert not await line.lives()
    line.poison = set()
    await line.sell(range(BACKLOG, 3 * BACKLOG))
    line.store.written.clear()
    assert await line.lives()
    assert line.store.written.count(COLLECTION) == 2  # one before the batch, one behind it
    assert await line.noted() == list(range(3 * BACKLOG))


@virtual
async def test_after_a_stop_in_order_nothing_is_recorded() -> None:
    line = Line()
    await line.sell(range(BACKLOG))
    assert await line.lives()
    await line.sell(range(BACKLOG, 2 * BACKLOG))
    assert await line.lives()
    assert COLLECTION not in line.store.written


@virtual
async def test_an_attempt_that_a_living_process_gives_up_does_not_count() -> None:
    store, id = MemoryStore(), inbox.row_id(TENANT, "note", "ithaca/shop", "e1")
    record = {"_id": id, "fatal": FATAL - 2, "alone": True, "owner": "killed over it", "expires": START}
    await store.transact([Put(COLLECTION, record)])
    for number in range(FATAL):
        shop = Shop(noting(), store=store)
        attempt = asyncio.ensure_future(PoisonSearch(shop.executor, f"p{number}").handle([shop.event(SOLD, id="e1")]))
        await asyncio.sleep(1)  # nobody executes it
        assert (await shop.rows(COLLECTION))[0]["owner"] == f"p{number}"
        attempt.cancel()
        await asyncio.wait([attempt])
    assert [(row["fatal"], row["owner"]) for row in await shop.rows(COLLECTION)] == [(FATAL - 1, "")]
    shop = Shop(noting(), store=store)
    executing = asyncio.ensure_future(shop.executor.run())
    (answer,) = await PoisonSearch(shop.executor, "the last one").handle([shop.event(SOLD, id="e1")])
    executing.cancel()
    assert (answer.ending, await shop.rows(COLLECTION)) == (Ending.DONE, [])


@virtual
async def test_a_partition_that_goes_in_the_middle_of_the_search_is_searched_by_the_next_one() -> None:
    stage = Stage()
    stage.unclean.update({PARTITION})
    await stage.receive(1, 2, first=0)
    await asyncio.sleep(1)
    await stage.assignment.end(LONG)
    assert (stage.log.committed, stage.freed) == (BEGINNING | {PARTITION: 2}, [OTHER])


@virtual
async def test_the_search_ends_with_what_may_have_been_under_way_or_after_a_minute() -> None:
    stage = Stage()
    stage.unclean.update({PARTITION, OTHER})
    await asyncio.sleep(0.001)
    assert stage.worker.tenure is not None
    stage.worker.tenure.suspect[PARTITION] = 2
    await stage.receive(1, 2, first=0)
    await asyncio.sleep(1)
    assert list(stage.worker.tenure.suspect) == [OTHER]
    await asyncio.sleep(SEARCH_SECONDS)
    await stage.assignment.end(LONG)
    assert stage.freed == [PARTITION, OTHER]


@virtual
async def test_what_is_submitted_at_once_is_one_attempt_and_those_who_wait_hear_of_its_failure() -> None:
    shop = Shop(noting())
    search = PoisonSearch(shop.executor, "p1")
    waiting = [asyncio.ensure_future(search.submit(shop.event(SOLD, id=f"e{number}"))) for number in range(9)]
    await asyncio.sleep(1)
    assert len(await shop.rows(COLLECTION)) < 9  # the first one did not wait for the others
    shop.executor.queue.close()
    executing = asyncio.ensure_future(shop.executor.run())
    await asyncio.wait(waiting)
    await executing
    answers = [one.exception() or one.result().ending for one in waiting]
    assert answers.count(Ending.DONE) == 1
    assert sum(isinstance(answer, StoreError | TryLater) for answer in answers) == 8
    assert await shop.rows(COLLECTION) == []

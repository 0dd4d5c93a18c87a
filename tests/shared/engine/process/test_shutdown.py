"""A stop while the database is away: what cannot be handled is left to the next process, and so is what came behind."""

import asyncio

from shared.engine.authoring.answer import Ending
from shared.engine.execution.executor import Limits
from shared.engine.ports.store import Unavailable
from tests.shared.engine.execution.test_executor import Watched
from tests.shared.engine.shop import Ledger, Shop, Sold, noting, virtual


@virtual
async def test_a_stop_while_the_database_is_away_leaves_events_to_whoever_comes_next() -> None:
    shop = Shop(noting(), store=(store := Watched()))
    store.errors = [Unavailable("gone")] * 100
    running = asyncio.create_task(shop.executor.run())
    waiting = shop.executor.queue.put(shop.event(Sold(till_id="t1")))
    await asyncio.sleep(2)
    shop.executor.queue.close()
    await running
    assert waiting.result().ending is Ending.FAILED


@virtual
async def test_what_came_behind_an_event_that_a_stop_leaves_to_the_next_process_is_left_too() -> None:
    shop = Shop(noting(), store=(store := Watched()), limits=Limits(smallest=1, largest=2))
    store.errors = [Unavailable("gone")]
    waiting = [shop.executor.queue.put(shop.event(Sold(till_id="t1", number=n), id=f"e{n}")) for n in range(3)]
    shop.executor.queue.close()
    await shop.executor.run()
    assert [one.result().ending for one in waiting] == [Ending.FAILED] * 3
    assert (await shop.get(Ledger, "note-t1")).numbers == []

"""How far behind a service is, told from offsets; and the worst of each minute of the last hour."""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.engine.memory.store import MemoryStore
from shared.engine.process.behind import COLLECTION, MOST_ENDS, Behind, Trend, last_hour

ONE, OTHER = ("local.shop", 0), ("local.shop", 1)
NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)


def test_who_has_handled_all_is_not_behind() -> None:
    assert Behind().look({ONE: (7, 7), OTHER: (0, 0)}, 100.0) == 0


def test_the_oldest_record_that_waits_counts_in_all_partitions() -> None:
    behind = Behind()
    assert behind.look({ONE: (5, 7), OTHER: (3, 3)}, 100.0) == 0
    assert behind.look({ONE: (5, 9), OTHER: (3, 4)}, 104.0) == 4
    assert behind.look({ONE: (7, 9), OTHER: (3, 4)}, 106.0) == 2
    assert behind.look({ONE: (9, 9), OTHER: (4, 4)}, 108.0) == 0


def test_what_is_handled_as_fast_as_it_comes_is_no_lag_however_much_comes() -> None:
    behind = Behind()
    waited = [behind.look({ONE: (n * 10, n * 10 + 5)}, 100.0 + 2 * n) for n in range(50)]
    assert max(waited) <= 2


def test_the_oldest_is_not_forgotten_however_long_all_stands_still() -> None:
    behind = Behind()
    for n in range(MOST_ENDS * 3):
        behind.look({ONE: (0, n + 1)}, 2.0 * n)
    assert behind.look({ONE: (0, 1)}, 10_000.0) == 10_000
    assert len(behind.ends[ONE]) <= MOST_ENDS


def test_a_minute_shows_the_worst_of_all_processes_once_it_is_over() -> None:
    async def noted() -> list[dict[str, object]]:
        store = MemoryStore()
        await store.prepare({COLLECTION: ()})
        one, other = Trend(store), Trend(store)
        for second, seconds in ((0, 1.0), (10, 9.0), (20, 2.0)):
            await one.note(NOON + timedelta(seconds=second), {"behind_seconds": seconds})
            await other.note(NOON + timedelta(seconds=second), {"behind_seconds": seconds / 2})
        assert await last_hour(store, NOON + timedelta(seconds=30)) == []
        for trend in (one, other):
            await trend.note(NOON + timedelta(seconds=61), {"behind_seconds": 0.0})
        return await last_hour(store, NOON + timedelta(seconds=62))

    (minute,) = asyncio.run(noted())
    assert minute["behind_seconds"] == 9.0


def test_what_is_older_than_an_hour_is_not_shown() -> None:
    async def noted() -> list[dict[str, object]]:
        store = MemoryStore()
        await store.prepare({COLLECTION: ()})
        trend = Trend(store)
        for minute in range(90):
            await trend.note(NOON + timedelta(minutes=minute), {"behind_seconds": float(minute)})
        return await last_hour(store, NOON + timedelta(minutes=90))

    assert [row["behind_seconds"] for row in asyncio.run(noted())] == [float(minute) for minute in range(31, 89)]

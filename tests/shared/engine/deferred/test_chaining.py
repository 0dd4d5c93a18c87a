"""Lines come onto their trail once and in order, whoever chains them, and what is done to a trail is found."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from shared.engine.batch import outbox
from shared.engine.batch.trail import AT_ONCE, Draft, inserts
from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.coordination.leases import Leases
from shared.engine.deferred.chain_watch import ChainWatch, pages, tenants, verify
from shared.engine.deferred.chaining import HEADS, LINES, Chaining, head_of, row_id
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Change, Delete, Document, Insert, Put, Write
from shared.observe import metrics
from shared.trail.seal import Seals
from tests.shared.engine.shop import START, virtual

SHARDS = 4
SEALS = Seals([b"k" * 32], "matching")
CHUNKS = outbox.Chunks("ithaca/matching", SHARDS, Random(1))


class Trails:
    """Organizations whose lines are chained; the time stands still until it is moved."""

    def __init__(self) -> None:
        self.store, self.now, self.written = MemoryStore(), START, 0

    async def process(self, owner: str = "one") -> Chaining:
        """A process that believes that all shards are its own, whatever others do."""
        own = MemoryStore()
        leases = Leases(own, owner, SHARDS, 1000.0, DatabaseTime(own, own.time))
        await leases.renew()
        return Chaining(self.store, leases, SEALS, lambda: self.now, 0.05, timedelta(days=30))

    async def ask(self, tenant: str, count: int = 1) -> None:
        """Somebody asks for something so many times."""
        for _ in range(count):
            self.written += 1
            draft = Draft([tenant], "person/zoe", "manager", "list_pool", {"program_id": "north"}, "", True)
            line = draft.line(f"c{self.written}", self.now, 200)
            await self.store.transact(list(inserts([(tenant, line)], CHUNKS, self.written * 5000)))

    async def trail(self, tenant: str) -> list[str]:
        """The ids of what its trail has, in order."""
        return [line.id async for page in pages(self.store, tenant, 0) for line in page]


async def chained(tenant: str = "acme", count: int = 6) -> Trails:
    """A trail of so many lines."""
    trails = Trails()
    await trails.ask(tenant, count)
    await (await trails.process()).round()
    return trails


@virtual
async def test_lines_come_onto_the_trail_of_their_organization_in_order_and_leave_the_outbox() -> None:
    trails = Trails()
    chaining = await trails.process()
    for tenant in ("acme", "beta", "acme", "-"):
        await trails.ask(tenant, 2)
        await chaining.round()
    assert await trails.trail("acme") == ["c1", "c2", "c5", "c6"]
    assert await trails.trail("beta") == ["c3", "c4"]
    assert await trails.trail("-") == ["c7", "c8"]
    assert await trails.store.find(outbox.COLLECTION, {}) == []
    assert await tenants(trails.store) == ["-", "acme", "beta"]
    assert [await verify(trails.store, tenant) for tenant in ("acme", "beta", "-")] == [[], [], []]


@virtual
async def test_of_two_processes_that_chain_the_same_lines_one_gets_through_and_nothing_is_there_twice() -> None:
    trails = Trails()
    one, two = await trails.process("one"), await trails.process("two")
    for _ in range(20):
        await trails.ask("acme", 3)
        await asyncio.gather(one.round(), two.round())
    while await one.round() or await trails.store.find(outbox.COLLECTION, {}):
        pass
    assert await trails.trail("acme") == [f"c{number}" for number in range(1, 61)]
    assert await verify(trails.store, "acme") == []


@virtual
async def test_lines_of_one_transaction_stay_together_however_many_they_are() -> None:
    trails = Trails()
    draft = Draft(["acme"], "client/hr", "client", "WaterPlot", {}, "", True)
    lines = [("acme", draft.line(f"c{number}", START, 200)) for number in range(3 * AT_ONCE)]
    await trails.store.transact(list(inserts(lines, CHUNKS, 1_000_000)))
    assert len(await trails.store.find(outbox.COLLECTION, {"unchained": True})) == 3
    await (await trails.process()).round()
    assert await trails.trail("acme") == [line["id"] for _, line in lines]


@virtual
async def test_the_loop_is_rung_by_a_transaction_with_lines_and_by_no_other() -> None:
    chaining = await Trails().process()
    chaining.note([Insert(outbox.COLLECTION, {"_id": 1, "events": []}), Delete("rows", "a")])
    assert not chaining.bell._event.is_set()
    chaining.note([Insert(outbox.COLLECTION, {"_id": 1, "events": [], "unchained": True})])
    assert chaining.bell._event.is_set()


FOURTH = row_id("acme", 4)
TAMPERINGS: dict[str, tuple[Sequence[Write], str]] = {
    "changed": ([Change(LINES, FOURTH, {}, {"actor": "person/ann"})], "line 4 was changed"),
    "removed": ([Delete(LINES, FOURTH)], "line 4 is missing"),
    "the last removed": ([Delete(LINES, row_id("acme", 6))], "line 6 is missing at the end"),
    "the head removed": ([Delete(HEADS, "acme")], "there is no head"),
    "all removed but the head": ([Delete(LINES, row_id("acme", number)) for number in range(1, 7)], "lines 1 to 6"),
    "the head set back": ([Change(HEADS, "acme", {}, {"number": 4})], "line 4 is not the one that the head names"),
}


@virtual
async def _tampered(writes: Sequence[Write], said: str) -> None:
    trails = await chained()
    await trails.store.transact(writes)
    assert said in "; ".join(await verify(trails.store, "acme"))
    watch = ChainWatch(trails.store, (await trails.process()).leases, SEALS, lambda: trails.now)
    await watch.round()
    has_head = await trails.store.get(HEADS, ["acme"])
    assert watch.broken == ({"acme"} if has_head else set())
    assert await tenants(trails.store) == ["acme"]


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_done_to_a_stored_trail_is_found(tampering: str) -> None:
    _tampered(*TAMPERINGS[tampering])


@virtual
async def test_two_lines_that_change_places_are_found() -> None:
    trails = await chained()
    rows = await trails.store.get(LINES, [row_id("acme", 2), row_id("acme", 5)])
    second, fifth = rows.values()
    swapped = [Put(LINES, fifth | {"_id": second["_id"]}), Put(LINES, second | {"_id": fifth["_id"]})]
    await trails.store.transact(swapped)
    assert "put in another order" in "; ".join(await verify(trails.store, "acme"))


@virtual
async def test_nobody_goes_on_with_a_trail_whose_head_was_set_back_and_what_waits_stays() -> None:
    trails = await chained()
    third: Document = (await trails.store.get(LINES, [row_id("acme", 3)]))[row_id("acme", 3)]
    await trails.store.transact([Change(HEADS, "acme", {}, {"number": 3, "hash": third["hash"]})])
    await trails.ask("acme")
    before = metrics.text()
    await (await trails.process()).round()
    assert b"ithaca_trails_stuck_total 0" not in metrics.text().splitlines()
    assert metrics.text() != before
    assert len(await trails.store.find(outbox.COLLECTION, {"unchained": True})) == 1
    assert await trails.trail("acme") == ["c1", "c2", "c3", "c4", "c5", "c6"]


@virtual
async def test_what_is_too_old_goes_from_the_beginning_and_the_rest_verifies() -> None:
    trails = await chained(count=4)
    chaining = await trails.process()
    trails.now += timedelta(days=20)
    await trails.ask("acme", 3)
    await chaining.round()
    trails.now += timedelta(days=11)
    await chaining._hourly()
    assert await trails.trail("acme") == ["c5", "c6", "c7"]
    head = head_of((await trails.store.get(HEADS, ["acme"]))["acme"])
    assert (head.first, head.number) == (5, 7)
    assert await verify(trails.store, "acme") == []
    trails.now += timedelta(days=400)
    await chaining.prune((await trails.store.get(HEADS, ["acme"]))["acme"])
    await trails.ask("acme")
    await chaining.round()
    assert await trails.trail("acme") == ["c8"]
    assert await verify(trails.store, "acme") == []


@virtual
async def test_a_trail_of_which_lines_go_for_their_age_while_it_is_read_is_not_broken() -> None:
    trails = await chained(count=6)
    chaining = await trails.process()
    trails.now += timedelta(days=40)

    class Late(MemoryStore):
        """A database in which what is too old goes before the first line is read."""

        async def find(self, collection: str, *given: object, **more: object) -> list[Document]:
            """See `Store.find`."""
            if collection == LINES and not pruned:
                pruned.append(True)
                await chaining.prune((await trails.store.get(HEADS, ["acme"]))["acme"])
            return await super().find(collection, *given, **more)  # type: ignore[arg-type]  # as they came

    pruned = list[bool]()
    late = Late()
    late.collections = trails.store.collections
    assert await verify(late, "acme") == []
    assert pruned

"""The relay publishes nothing of a halted shard, and nothing with a publisher that is older than its leases."""

import asyncio

from shared.engine.coordination import leases
from shared.engine.ports.store import Put
from tests.shared.engine.publishing.test_relay import Stage, chunk
from tests.shared.engine.shop import virtual


@virtual
async def test_of_a_halted_shard_nothing_is_published() -> None:
    stage = await Stage().given(chunk(1, b"a"), chunk(2, b"b", shard=1))
    await stage.store.transact([Put(leases.COLLECTION, await stage.lease(0) | {"epoch": 9, "halted": True})])
    await stage.leases.renew()
    await stage.relay.round()
    assert await stage.positions() == {1: None, 2: 1}
    await stage.store.transact([Put(leases.COLLECTION, await stage.lease(0) | {"epoch": 10, "halted": False})])
    await stage.leases.renew()
    await stage.relay.round()
    assert await stage.positions() == {1: 1, 2: 1}


@virtual
async def test_a_publisher_that_is_older_than_a_lease_is_replaced() -> None:
    stage = await Stage().given(chunk(1, b"a"))
    await stage.relay.round()
    await asyncio.sleep(1)
    await stage.given(chunk(2, b"b"))
    await stage.relay.round()
    assert len(stage.broker.senders) == 1
    await stage.store.transact([Put(leases.COLLECTION, await stage.lease(1) | {"epoch": 9})])
    await stage.given(chunk(3, b"c"))
    await stage.relay.round()
    assert [sender.closed for sender in stage.broker.senders] == ["flushed", ""]
    assert await stage.positions() == {1: 1, 2: 2, 3: 3}


@virtual
async def test_what_was_sent_before_a_lease_was_taken_anew_is_sent_again() -> None:
    stage = await Stage(shards=1).given(chunk(1, b"a"))
    stage.broker.patience = 1.0
    publishing = asyncio.create_task(stage.relay.round())
    await asyncio.sleep(0.5)
    await stage.store.transact([Put(leases.COLLECTION, await stage.lease(0) | {"epoch": 9})])
    await stage.leases.renew()
    await publishing
    assert await stage.positions() == {1: None}
    await stage.relay.round()
    assert (await stage.positions(), stage.broker.values()) == ({1: 1}, [b"a", b"a"])

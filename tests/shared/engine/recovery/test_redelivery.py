"""A dead letter that is replayed in several processes at once, or by one that dies over it, has its effect once."""

import asyncio
from dataclasses import replace as changed

from shared.engine.authoring.answer import Ending
from shared.engine.batch.message import Message
from shared.engine.consuming.poison import COLLECTION, FATAL, PoisonSearch
from shared.engine.consuming.records import LETTERS_A_MINUTE, Records
from shared.engine.failures.dead_letters import DeadLetter, KeepDeadLetter
from shared.engine.failures.sealer import Contents
from shared.engine.ports.bus import Record
from shared.engine.ports.store import Document, Insert, Put
from shared.engine.recovery.redelivery import GONE, Redelivered, Redelivery
from tests.shared.engine.shop import SEALER, Ledger, Shop, Sold, envelope, noting, virtual


async def dead(shop: Shop, reason: str = "failed") -> Document:
    """An event that was given up, though its handler works now."""
    message = shop.event(Sold(till_id="t1", number=1))
    message.poison = True
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DEAD]
    (row,) = await shop.rows(DeadLetter.collection)
    row["state"]["reason"] = reason
    return row


def line(row: Document) -> Insert:
    return Insert("audit", {"_id": f"{row['_id']} was replayed"})


async def replay(shop: Shop, row: Document, owner: str = "a") -> list[Redelivered]:
    """Replay it in the process of that shop."""
    working = asyncio.create_task(shop.executor.run())
    redelivered = await Redelivery(shop.executor, PoisonSearch(shop.executor, owner)).replay([row], line)
    shop.executor.queue.close()
    await working
    return redelivered


@virtual
async def test_of_two_processes_at_once_one_is_told_that_it_is_gone() -> None:
    first = Shop(noting())
    row = await dead(first)
    second = Shop(noting(), store=first.store)
    redelivered = await asyncio.gather(replay(first, row), replay(second, row))
    assert sorted(one.refused for some in redelivered for one in some) == ["", GONE]
    assert (await first.get(Ledger, "note-t1")).numbers == [1]
    assert await first.rows(DeadLetter.collection) == []
    assert len(await first.rows("audit")) == 1


@virtual
async def test_one_that_stopped_processes_is_buried_anew_when_its_replays_stop_them_too() -> None:
    shop = Shop(noting())
    row = await dead(shop, reason="stopped-the-process")
    id, expires = row["state"]["delivery"]["seen"], shop.now
    ended = {"_id": id, "fatal": FATAL - 1, "alone": True, "owner": "killed over it", "expires": expires}
    await shop.store.transact([Put(COLLECTION, ended)])
    assert [one.refused for one in await replay(shop, row, "the fourth")] != [""]
    (new,) = await shop.rows(DeadLetter.collection)
    assert (new["state"]["reason"], new["_id"] != row["_id"]) == ("stopped-the-process", True)
    assert await shop.rows(Ledger.collection) == []


@virtual
async def test_a_letter_of_a_letter_can_be_replayed_as_well() -> None:
    shop = Shop(noting())
    row = await dead(shop)
    redelivery = Redelivery(shop.executor, PoisonSearch(shop.executor, "a"))
    ((_, message),) = await redelivery._messages([row])
    assert isinstance(message, Message)
    message.poison = True
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DEAD]
    (again,) = await shop.rows(DeadLetter.collection)
    assert [one.refused for one in await replay(shop, again)] == [""]
    assert (await shop.get(Ledger, "note-t1")).numbers == [1]


@virtual
async def test_a_record_that_this_version_can_read_is_replayed_for_every_handler_that_wants_it() -> None:
    handlers = (noting("a"), noting("b"))
    shop = Shop(*handlers)
    sold = envelope(Sold(till_id="t1", number=7), id="e1")
    record = Record("local.shop", 0, 9, None, sold.data, sold.headers())
    (kept,) = Records(shop.service, SEALER).messages(changed(record, value=b'{"till_id": 7}'))
    sealed = SEALER.seal(f"{kept.tenant}/{kept.id}", Contents(sold.data, tuple(record.headers)))
    assert isinstance(kept.body, KeepDeadLetter)
    kept.body = kept.body.model_copy(update={"contents": sealed})  # what another version would make of it
    await shop.handle(kept)
    (row,) = await shop.rows(DeadLetter.collection)
    assert [one.refused for one in await replay(shop, row)] == [""]
    assert [(await shop.get(Ledger, f"{name}-t1")).numbers for name in "ab"] == [[7], [7]]
    assert await shop.rows(DeadLetter.collection) == []
    again = await shop.handle(*Records(shop.service, SEALER).messages(record))
    assert [answer.ending for answer in again] == [Ending.DUPLICATE] * 2


@virtual
async def test_a_record_that_nobody_can_read_yet_and_what_stands_for_many_stay() -> None:
    shop = Shop(noting())
    records = Records(shop.service, SEALER, lambda: shop.now)
    bad = [Record("local.shop", 0, offset, None, b"x", ()) for offset in range(LETTERS_A_MINUTE + 2)]
    await shop.handle(*(message for record in bad for message in records.messages(record)))
    rows = await shop.rows(DeadLetter.collection)
    redelivered = [one.refused for row in rows for one in await replay(shop, row)]
    assert sum(one.startswith("It could not be read as a message") for one in redelivered) == LETTERS_A_MINUTE
    assert "It stands for 2 records, which local.shop has: discard it." in redelivered
    assert len(await shop.rows(DeadLetter.collection)) == LETTERS_A_MINUTE + 1

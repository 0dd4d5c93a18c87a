"""Chunks of events: one for each transaction and shard, with numbers that only rise for an aggregate."""

from datetime import datetime, timedelta
from typing import Annotated

import pytest

from shared.contracts.event import Event
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Origin
from shared.engine.batch.outbox import MAX_CHUNK, SALT_BITS, envelope, number, shard_of
from shared.engine.execution.executor import Limits
from shared.engine.ports.store import Document
from shared.ids import microseconds
from tests.shared.engine.shop import START, Sell, Shop, Sold, Till, TillShown, virtual

LARGE = 800_000
CAUSE = ("actor", "correlationid", "causationid", "traceparent")


class ShownTill(Till, name="shown-till"):
    """A till that the people topic shows while it has a text."""

    def shared_state(self) -> TillShown | None:
        """See `Aggregate.shared_state`."""
        return TillShown(till_id=self.id, text=self.text) if self.text else None


class Praised(Event, aggregate="till", subject="till_id", service="shop", anonymous=True):
    """Somebody likes it, and does not say who."""

    till_id: str
    program_id: str = "p1"


class Praise(Sell):
    """Say so."""


class SellMany(Sell):
    """Sell as many large things."""


class Write(Sell):
    """Write onto a till that is shown."""

    text: str


def tills() -> Handlers:
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(till.sell(command.number))

    @handlers.post("/many")
    def sell_many(command: SellMany, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(*(Sold(till_id=till.id, number=n, text="x" * LARGE) for n in range(command.number)))

    @handlers.post("/praise")
    def praise(command: Praise, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(till.sell(command.number), Praised(till_id=till.id))

    @handlers.post("/written")
    def write(command: Write, till: Annotated[ShownTill, create("till_id")]) -> None:
        till.text = command.text

    handlers.shares(ShownTill, TillShown)
    return handlers


def chunk_number(chunk: Document) -> int:
    found: int = chunk["_id"] >> SALT_BITS
    return found


async def stored_number(shop: Shop, id: str = "t1") -> int:
    (row,) = [row for row in await shop.rows("till") if row["_id"] == f"acme/{id}"]
    found: int = row["chunk"]
    return found


@virtual
async def test_a_transaction_writes_one_chunk_for_each_shard_it_touches() -> None:
    shop = Shop(tills(), limits=Limits(shards=4))
    await shop.handle(*(shop.command(Sell(till_id=f"t{n % 20}", number=n)) for n in range(60)))
    chunks = await shop.rows("outbox")
    assert sorted(chunk["shard"] for chunk in chunks) == [0, 1, 2, 3]
    for chunk in chunks:
        assert {shard_of(event["partitionkey"], 4) for event in chunk["events"]} == {chunk["shard"]}
        assert chunk["unpublished"] is True
    assert len(await shop.published()) == 60


@pytest.mark.parametrize("step", [timedelta(0), timedelta(hours=-1), timedelta(hours=1)])
@virtual
async def test_numbers_rise_for_an_aggregate_whatever_the_clock_does(step: timedelta) -> None:
    shop = Shop(tills())
    seen = []
    for n in range(5):
        await shop.handle(shop.command(Sell(number=n)))
        seen.append(await stored_number(shop))
        shop.now += step
    assert seen == sorted(set(seen))
    events = await shop.published()
    assert [event["sequence"] for event in events] == list("12345")
    ids = [event["id"] for event in events]
    assert ids == sorted(set(ids))
    times = [event["time"] for event in events]
    assert times == sorted(times)


@virtual
async def test_a_number_is_above_those_of_all_aggregates_of_the_batch_and_is_stored_on_each() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell(till_id="t1")))
    high = await stored_number(shop, "t1")
    shop.now -= timedelta(days=1)
    await shop.handle(shop.command(Sell(till_id="t2")), shop.command(Sell(till_id="t1")))
    assert await stored_number(shop, "t1") == await stored_number(shop, "t2") == high + 1


def test_a_number_is_the_clock_in_microseconds_unless_something_higher_was_seen() -> None:
    now = microseconds(START)
    assert number(START, 0) == number(START, now - 1) == now
    assert number(START, now) == now + 1


@virtual
async def test_an_anonymous_event_says_neither_who_nor_what_has_caused_it() -> None:
    shop = Shop(tills())
    traced = "00-615920206adb3827db5171075508af85-dd0013ddb599a286-01"
    asked = shop.command(Praise(), origin=Origin("person/ada", "p1", "c1", traced))
    await shop.handle(asked)
    sold, praised = await shop.published()
    assert [sold[name] for name in CAUSE] == ["person/ada", "c1", asked.id, traced]
    assert [praised.get(name) for name in CAUSE] == ["service/shop", praised["id"], praised["id"], None]
    assert (praised["source"], praised["program"], praised["tenant"]) == ("ithaca/shop", "p1", "acme")


@virtual
async def test_what_is_too_large_for_one_chunk_is_split_in_order() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(SellMany(number=12)))
    chunks = sorted(await shop.rows("outbox"), key=lambda chunk: chunk["_id"])
    sizes = [sum(len(event["data"]) for event in chunk["events"]) for chunk in chunks]
    assert len(chunks) == 3
    assert max(sizes) <= MAX_CHUNK
    assert [event["sequence"] for chunk in chunks for event in chunk["events"]] == [str(n) for n in range(1, 13)]
    assert [chunk_number(chunk) for chunk in chunks] == [chunk_number(chunks[0]) + n for n in range(3)]
    assert await stored_number(shop) == chunk_number(chunks[-1])


@virtual
async def test_events_go_on_behind_all_parts_of_a_split_chunk() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(SellMany(number=12)))
    await shop.handle(shop.command(Sell()))
    last = max(await shop.rows("outbox"), key=lambda chunk: chunk["_id"])
    assert [event["sequence"] for event in last["events"]] == ["13"]


@virtual
async def test_what_is_shared_goes_to_people_in_a_chunk_of_its_own_and_is_withdrawn_once() -> None:
    shop = Shop(tills())
    told: list[tuple[str, bytes | None]] = []
    for text in ("open", "", "", "again"):
        shop.store.collections["outbox"].clear()
        await shop.handle(shop.command(Write(till_id="t1", text=text)), shop.command(Sell()))
        for chunk in await shop.rows("outbox"):
            told.extend(
                (event["sequence"], event["data"]) for event in chunk["events"] if chunk.get("topic") == "people"
            )
    assert told == [("1", b'{"till_id":"t1","text":"open"}'), ("2", None), ("3", b'{"till_id":"t1","text":"again"}')]


@virtual
async def test_events_travel_with_all_that_is_behind_them() -> None:
    shop = Shop(tills())
    command = shop.command(Sell())
    command.origin.program, command.origin.traceparent = "p1", "00-1"
    await shop.handle(command)
    (row,) = await shop.published()
    found = envelope(row)
    assert (found.source, found.type, found.tenant) == ("ithaca/shop", "ithaca.shop.Sold.v1", "acme")
    assert (found.subject, found.partitionkey, found.sequence) == ("till/t1", "acme/till/t1", "1")
    assert (found.actor, found.program, found.correlationid) == ("client/test", "p1", "c1")
    assert (found.causationid, found.traceparent) == (command.id, "00-1")
    assert datetime.fromisoformat(found.time) == START

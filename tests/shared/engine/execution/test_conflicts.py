"""When another process was faster: what rests on something stale is done again, in order, and the rest goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import BaseModel

from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, optional, reads
from shared.engine.execution.conflicts import connected
from shared.engine.execution.executor import Limits
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Conflict, Insert, StoreError, Write
from shared.errors import Refusal
from tests.shared.engine.shop import Ledger, Sell, Shop, Sold, Till, noting, virtual


class Overtaken(MemoryStore):
    """A database in which others commit something just before a transaction of ours."""

    def __init__(self, *others: Callable[[], Awaitable[object]]) -> None:
        super().__init__(clock=lambda: 0.0)
        self.others = list(others)
        self.committed: list[list[str]] = []

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if self.others:
            await self.others.pop(0)()
        await super().transact(writes)
        states = (getattr(write, "document", {}) for write in writes if write.collection in ("till", "ledger"))
        self.committed.append([state["_id"].partition("/")[2] for state in states if "state" in state])


class TakeOff(BaseModel):
    """A till is to be closed; one of two has to stay open."""

    till_id: str
    other_id: str


class LastOpen(Refusal):
    """The other till is closed."""


class Reprint(Timer):
    """A receipt is to be printed again."""


CREATED = Annotated[Till, create("other_id")]
OPTIONAL = Annotated[Till | None, optional("other_id")]
LOOKED_AT = Annotated[Till | None, reads("other_id")]


def of_number(event: Sold) -> str:
    return f"l{event.number}"


def tills(other: object = CREATED) -> Handlers:
    """Tills that sell; one is closed if another, loaded in this way, stays open."""
    handlers = Handlers()

    def take_off(command: TakeOff, till: Annotated[Till, create("till_id")], other: Till | None) -> None:
        if other is not None and other.text == "off":
            raise LastOpen("The other one is closed: somebody has to stay.")
        till.text = "off"

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(till.sell(command.number))

    take_off.__annotations__["other"] = other
    handlers.post("/off")(take_off)
    return handlers


def overtaking(shop: Shop, command: BaseModel, handlers: Handlers | None = None) -> Callable[[], Awaitable[object]]:
    """What another process does meanwhile."""
    other = Shop(handlers or tills(), store=shop.store)
    return lambda: other.handle(other.command(command))


@pytest.mark.parametrize("other", [CREATED, OPTIONAL], ids=["created", "optional"])
@virtual
async def test_two_decisions_that_rest_on_each_other_are_not_both_taken(other: object) -> None:
    store = Overtaken()
    shop = Shop(tills(other), store=store)
    store.others = [overtaking(shop, TakeOff(till_id="b", other_id="a"))]
    (answer,) = await shop.handle(shop.command(TakeOff(till_id="a", other_id="b")))
    assert answer.ending is Ending.REFUSED
    assert ((await shop.get(Till, "a")).text, (await shop.get(Till, "b")).text) == ("", "off")


@virtual
async def test_a_decision_that_rests_on_something_that_stays_absent_is_taken_at_once() -> None:
    shop = Shop(tills(OPTIONAL), store=(store := Overtaken()))
    await shop.handle(shop.command(TakeOff(till_id="a", other_id="b")))
    await shop.handle(shop.command(TakeOff(till_id="c", other_id="b")))
    assert {row["_id"]: (row["version"], row["guard"]) for row in await shop.rows("till")} == {
        "acme/a": (1, 0),
        "acme/c": (1, 0),
    }
    assert len(store.committed) == 2


@virtual
async def test_what_an_older_version_left_to_guard_something_absent_goes_with_the_next_guard() -> None:
    shop = Shop(tills(OPTIONAL))
    left = {"_id": "acme/b", "tenant": "acme", "version": 0, "sequence": 0, "chunk": 0, "shared": False, "guard": 1}
    await shop.store.transact([Insert("till", left | {"schema": 1, "state": {}})])
    await shop.handle(shop.command(TakeOff(till_id="a", other_id="b")))
    assert [row["_id"] for row in await shop.rows("till")] == ["acme/a"]


@virtual
async def test_what_is_declared_to_be_looked_at_only_may_be_stale() -> None:
    store = Overtaken()
    shop = Shop(tills(LOOKED_AT), store=store)
    store.others = [overtaking(shop, TakeOff(till_id="b", other_id="a"), tills(LOOKED_AT))]
    (answer,) = await shop.handle(shop.command(TakeOff(till_id="a", other_id="b")))
    assert answer.ending is Ending.DONE
    assert ((await shop.get(Till, "a")).text, (await shop.get(Till, "b")).text) == ("off", "off")


@virtual
async def test_a_guard_moves_no_version() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell(till_id="b")))
    await shop.handle(shop.command(TakeOff(till_id="a", other_id="b")))
    assert (await shop.get(Till, "b")).version == 1


@virtual
async def test_only_what_is_connected_to_a_conflict_is_held_up() -> None:
    store = Overtaken()
    shop = Shop(tills(), store=store)
    store.others = [overtaking(shop, Sell(till_id="t2", number=9))]
    answers = await shop.handle(*(shop.command(Sell(till_id=f"t{n}", number=n)) for n in (1, 2, 3)))
    assert [answer.ending for answer in answers] == [Ending.DONE] * 3
    assert store.committed == [["t2"], ["t1", "t3"], ["t2"]]
    assert (await shop.get(Till, "t2")).sold == [9, 2]
    assert [event["sequence"] for event in await shop.published() if event["subject"] == "till/t2"] == ["1", "2"]


@virtual
async def test_if_another_transaction_was_only_faster_the_whole_batch_goes_again() -> None:
    async def faster() -> None:
        raise Conflict("another transaction was faster")

    shop = Shop(tills(), store=(store := Overtaken(faster, faster)))
    answers = await shop.handle(*(shop.command(Sell(till_id=f"t{n}", number=n)) for n in (1, 2)))
    assert [answer.ending for answer in answers] == [Ending.DONE] * 2
    assert store.committed == [["t1", "t2"]]


@virtual
async def test_a_conflict_that_never_ends_is_given_up_at_the_deadline() -> None:
    async def faster() -> None:
        store.others.append(faster)
        raise Conflict("another transaction was faster")

    shop = Shop(tills(), store=(store := Overtaken(faster)), limits=Limits(deadline=5.0))
    with pytest.raises(StoreError, match=r"longer than 5\.0 s"):
        await shop.handle(shop.command(Sell()))
    assert asyncio.get_running_loop().time() == pytest.approx(5.0)


def sharing(*, fails: list[int], refuses: list[int]) -> Handlers:
    """A reaction with a ledger for each number, though all are of one till; some numbers fail once, some are refused.

    A number that is a multiple of ten plans something; one that ends in 1 cancels it.
    """
    handlers = Handlers()

    @handlers.on("note")
    def note(event: Sold, ledger: Annotated[Ledger, create(of_number)], ctx: Context) -> None:
        ledger.numbers.append(event.number)
        if event.number in fails:
            fails.remove(event.number)
            raise RuntimeError("not this time")
        if event.number in refuses:
            raise LastOpen("Not this one.")
        if event.number % 10 == 0:
            ctx.after(timedelta(hours=1), Reprint(), id="reprint")
        if event.number % 10 == 1:
            ctx.cancel("reprint")

    return handlers


async def overtaken_at_first(handlers: Handlers, lanes: Sequence[str]) -> tuple[Shop, Overtaken]:
    """Two events, 10 and 11, in these lanes; what the first one needs is changed by others meanwhile."""
    store = Overtaken()
    shop, other = Shop(handlers, store=store), Shop(sharing(fails=[], refuses=[]), store=store)
    store.others = [lambda: other.handle(other.event(Sold(till_id="t9", number=10), id="other"))]
    events = [shop.event(Sold(till_id="t1", number=10 + n), lane=lane) for n, lane in enumerate(lanes)]
    await shop.handle(*events)
    return shop, store


@virtual
async def test_messages_of_one_lane_stay_in_order_though_they_need_different_things() -> None:
    _, store = await overtaken_at_first(sharing(fails=[], refuses=[]), ["till/t1", "till/t1"])
    assert store.committed == [["l10"], ["l10", "l11"]]


@virtual
async def test_a_message_that_failed_in_the_batch_does_not_overtake_one_of_its_lane() -> None:
    shop, store = await overtaken_at_first(sharing(fails=[11], refuses=[]), ["till/t1", "till/t1"])
    assert store.committed == [["l10"], ["l10", "l11"]]
    assert await shop.rows("parked") == []


@virtual
async def test_a_timer_that_one_message_plans_and_the_next_one_cancels_is_cancelled() -> None:
    shop, store = await overtaken_at_first(sharing(fails=[], refuses=[]), ["till/t1", "till/t2"])
    assert store.committed == [["l10"], ["l10", "l11"]]
    assert await shop.rows("timers") == []


@virtual
async def test_a_refusal_that_rests_on_an_earlier_message_stays_behind_it() -> None:
    store = Overtaken()
    shop = Shop(tills(), store=store)
    store.others = [overtaking(shop, Sell(till_id="a"))]
    off = [TakeOff(till_id="a", other_id="b"), TakeOff(till_id="b", other_id="a")]
    answers = await shop.handle(*map(shop.command, off))
    assert [answer.ending for answer in answers] == [Ending.DONE, Ending.REFUSED]


@virtual
async def test_an_event_that_another_process_has_handled_meanwhile_is_dropped() -> None:
    store = Overtaken()
    shop, other = Shop(noting(), store=store), Shop(noting(), store=store)
    store.others = [lambda: other.handle(other.event(Sold(till_id="t1", number=1), id="e1"))]
    (answer,) = await shop.handle(shop.event(Sold(till_id="t1", number=1), id="e1"))
    assert answer.ending is Ending.DUPLICATE
    assert (await shop.get(Ledger, "note-t1")).numbers == [1]


def test_what_is_connected_through_others_is_connected() -> None:
    touched: list[set[tuple[str, str | int]]] = [
        {("till", "a")},
        {("till", "a"), ("till", "b")},
        {("till", "b")},
        {("till", "c")},
    ]
    assert connected(touched, {("till", "a")}) == {0, 1, 2}
    assert connected(touched, {("till", "d")}) == set()

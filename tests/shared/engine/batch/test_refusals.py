"""To refuse is to decide: a refusal rests on a state that existed, however many documents it has looked at.

Planted defects for it: `grounds.note` in `shared/engine/batch/grounds.py` that does nothing; `_check` there without
`tracked.checked`, or without `tracked.guarded`; `_guard_absence` that does nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import pytest
from pydantic import BaseModel

from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, awaits, create, reads, require
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Check, Document, Id, Reserve, Write
from shared.errors import Refusal
from tests.shared.engine.shop import TENANT, Ledger, Sell, Shop, Sold, Till, at, virtual

SANDBOX = "sandbox-one"


class Move(BaseModel):
    """The only key moves from one till to another."""

    from_id: str
    to_id: str


class Ask(BaseModel):
    """Ask whether one of two tills has the key."""

    till_id: str = "a"
    other_id: str = "b"


class NoKey(Refusal):
    """Neither till has the key."""


def second(_: BaseModel, one: Till) -> str:
    """The other one of two tills, by a second round of loads."""
    return "b"


class Both(Bundle):
    """The tills of which one has the key."""

    one: Annotated[Till, create(at("a"))]
    two: Annotated[Till, create(second)]


def keys() -> Handlers:
    """Tills of which exactly one has the key, and who would refuse if none had it."""
    handlers = Handlers()

    @handlers.post("/move")
    def move(command: Move, one: Annotated[Till, create("from_id")], two: Annotated[Till, create("to_id")]) -> None:
        one.text, two.text = "", "key"

    @handlers.post("/ask")
    def ask(command: Ask, one: Annotated[Till, create("till_id")], two: Annotated[Till, create(second)]) -> None:
        _check(one, two)

    @handlers.on("note")
    def note(event: Sold, both: Both, ledger: Annotated[Ledger, create("text")]) -> None:
        _check(both.one, both.two)
        ledger.numbers.append(event.number)

    return handlers


def _check(*tills: Till) -> None:
    if not any(till.text for till in tills):
        raise NoKey("Nobody has the key.")


class Between(MemoryStore):
    """A database in which somebody commits between two reads of one load, or just before a transaction of ours."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)
        self.after_reading: dict[str, Callable[[], Awaitable[object]]] = {}
        self.before_writing: list[Callable[[], Awaitable[object]]] = []
        self.written: list[Write] = []

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        found = await super().get(collection, ids)
        if ids and (meanwhile := self.after_reading.pop(collection, None)):
            await meanwhile()
        return found

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if self.before_writing:
            await self.before_writing.pop(0)()
        self.written.extend(writes)
        await super().transact(writes)


async def with_the_key_at_b() -> tuple[Shop, Between]:
    """A shop where the key has been given to b."""
    store = Between()
    shop = Shop(keys(), store=store)
    await shop.handle(shop.command(Move(from_id="a", to_id="b")))
    store.written.clear()
    return shop, store


def moving(shop: Shop, from_id: str, to_id: str) -> Callable[[], Awaitable[object]]:
    """What another process does meanwhile."""
    other = Shop(keys(), store=shop.store)
    return lambda: other.handle(other.command(Move(from_id=from_id, to_id=to_id)))


@virtual
async def test_an_event_is_not_refused_on_a_state_that_never_was() -> None:
    shop, store = await with_the_key_at_b()
    store.after_reading["till"] = moving(shop, "b", "a")
    (answer,) = await shop.handle(shop.event(Sold(till_id="t", number=1, text="l1")))
    assert answer.ending is Ending.DONE
    assert (await shop.get(Ledger, "l1")).numbers == [1]


@virtual
async def test_a_wrong_refusal_is_not_kept_under_its_key() -> None:
    shop, store = await with_the_key_at_b()
    store.after_reading["till"] = moving(shop, "b", "a")
    first = await shop.handle(shop.command(Ask(), key="k1", body_hash="h"))
    again = await shop.handle(shop.command(Ask(), key="k1", body_hash="h"))
    assert [answer.status for answer in (*first, *again)] == [200, 200]


@virtual
async def test_a_command_without_a_key_is_not_refused_on_what_never_was_either() -> None:
    shop, store = await with_the_key_at_b()
    store.after_reading["till"] = moving(shop, "b", "a")
    assert [answer.status for answer in await shop.handle(shop.command(Ask()))] == [200]


@virtual
async def test_a_refusal_keeps_nobody_from_writing_and_leaves_no_document() -> None:
    shop = Shop(keys(), store=(store := Between()))
    (answer,) = await shop.handle(shop.command(Ask(), key="k1", body_hash="h"))
    assert answer.ending is Ending.REFUSED
    assert [type(write) for write in store.written if write.collection == "till"] == [Check, Check]
    assert await shop.rows("till") == []


@virtual
async def test_a_refusal_that_rests_on_one_document_costs_no_look_more() -> None:
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, require("till_id")]) -> None:
        raise NoKey("Never.")

    shop = Shop(handlers, store=(store := Between()))
    assert [answer.status for answer in await shop.handle(shop.command(Sell()))] == [404]
    assert store.written == []


def one_more(command: Sell, ledger: Ledger) -> str:
    """A till by a second round of loads."""
    return command.till_id + ledger.id[:0]


@virtual
async def test_what_is_missing_was_missing_beside_all_else_that_was_looked_at() -> None:
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(
        command: Sell, ledger: Annotated[Ledger, create("till_id")], till: Annotated[Till, require(one_more)]
    ) -> None:
        ledger.numbers.append(till.sold[0])

    shop = Shop(keys(), handlers, store=(store := Between()))
    store.before_writing = [moving(shop, "t2", "t1")]
    (answer,) = await shop.handle(shop.command(Sell(), key="k1", body_hash="h"))
    assert answer.status == 500  # found by now, with nothing sold


@virtual
async def test_a_version_that_is_stale_was_so_beside_all_else_that_was_looked_at() -> None:
    shop, store = await with_the_key_at_b()
    store.after_reading["till"] = moving(shop, "b", "a")
    (answer,) = await shop.handle(shop.command(Ask(), expected_version=1))
    assert answer.status == 200


@virtual
async def test_what_is_declared_to_be_looked_at_only_is_not_checked() -> None:
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(
        command: Sell, till: Annotated[Till, create("till_id")], other: Annotated[Till | None, reads(at("t2"))]
    ) -> None:
        raise NoKey("Never.")

    shop = Shop(handlers, store=(store := Between()))
    await shop.handle(shop.command(Sell(), key="k1", body_hash="h"))
    assert [write.collection for write in store.written] == ["idempotency"]


@virtual
async def test_a_refusal_that_rests_on_a_change_of_its_batch_is_guarded_with_it() -> None:
    shop, store = await with_the_key_at_b()
    away = shop.command(Move(from_id="b", to_id="c"))
    (_, answer) = await shop.handle(away, shop.command(Ask(), key="k1", body_hash="h"))
    assert answer.ending is Ending.REFUSED
    assert Reserve("till", f"{TENANT}/a") in store.written
    assert await shop.store.get("till", [f"{TENANT}/a"]) == {}


@virtual
async def test_when_the_change_that_a_refusal_rests_on_is_overtaken_it_is_decided_anew() -> None:
    shop, store = await with_the_key_at_b()
    store.before_writing = [moving(shop, "b", "a")]
    away = shop.command(Move(from_id="b", to_id="c"))
    (_, answer) = await shop.handle(away, shop.command(Ask(), key="k1", body_hash="h"))
    assert answer.status == 200


@virtual
async def test_of_a_batch_only_the_refusal_on_what_never_was_is_decided_anew() -> None:
    shop, store = await with_the_key_at_b()
    store.after_reading["till"] = moving(shop, "b", "a")
    others = [shop.command(Move(from_id=f"x{n}", to_id=f"y{n}")) for n in range(3)]
    answers = await shop.handle(others[0], shop.command(Ask(), key="k1", body_hash="h"), *others[1:])
    assert [answer.status for answer in answers] == [200] * 4
    assert {(await shop.get(Till, f"y{n}")).version for n in range(3)} == {1}


@virtual
async def test_a_refusal_in_a_sandbox_rests_on_its_clock_too() -> None:
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")]) -> None:
        raise NoKey("Never.")

    shop = Shop(handlers, store=(store := Between()))
    await shop.handle(shop.command(Sell(), tenant=SANDBOX))
    assert {write.collection for write in store.written if isinstance(write, Check)} == {"till", "clocks"}


@virtual
async def test_who_parks_for_what_comes_that_very_moment_does_not_wait_for_it() -> None:
    handlers = Handlers()

    @handlers.on("note")
    def note(event: Sold, till: Annotated[Till, awaits("till_id")], ledger: Annotated[Ledger, create("text")]) -> None:
        ledger.numbers.append(event.number)

    shop = Shop(handlers, store=(store := Between()))
    store.before_writing = [moving(shop, "t0", "t1")]
    (answer,) = await shop.handle(shop.event(Sold(till_id="t1", number=1, text="l1")))
    assert answer.ending is Ending.DONE
    assert await shop.rows("lanes") == []


@pytest.mark.parametrize("count", [1, 3])
@virtual
async def test_to_wait_for_what_is_absent_leaves_no_document_of_it(count: int) -> None:
    handlers = Handlers()

    @handlers.on("note")
    def note(event: Sold, till: Annotated[Till, awaits("till_id")]) -> None: ...

    shop = Shop(handlers)
    answers = await shop.handle(*(shop.event(Sold(till_id="t1", number=n)) for n in range(count)))
    assert [answer.ending for answer in answers] == [Ending.PARKED] * count
    assert await shop.rows("till") == []

"""An idempotency key makes of many askings one deed, and of many answers one."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import pytest

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.memory.store import MemoryStore
from shared.errors import Refusal
from tests.shared.engine.shop import START, Sell, Shop, Till, virtual


class SoldOut(Refusal):
    """There is nothing left."""


def tills(broken: Callable[[], bool] = lambda: False) -> Handlers:
    """Sells two things in all."""
    handlers = Handlers()

    @handlers.post("/sales", status=201)
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        if broken():
            raise RuntimeError("broken")
        if len(till.sold) == 2:
            raise SoldOut("There is nothing left: come back tomorrow.")
        ctx.emit(till.sell(command.number))

    return handlers


def told(answer: Answer) -> tuple[Ending, int, bytes, int]:
    return answer.ending, answer.status, answer.body, answer.version


@pytest.mark.parametrize("together", [True, False])
@virtual
async def test_the_same_key_with_the_same_body_gets_the_same_answer_and_does_nothing(together: bool) -> None:
    shop = Shop(tills())
    commands = [shop.command(Sell(number=1), key="k") for _ in range(3)]
    batches = [commands] if together else [[command] for command in commands]
    answers = [answer for batch in batches for answer in await shop.handle(*batch)]
    assert [told(answer) for answer in answers] == [(Ending.DONE, 201, b'{"id":"t1","version":1}', 1)] * 3
    assert (await shop.get(Till)).sold == [1]


@virtual
async def test_a_refusal_is_an_answer_too() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell(number=1)), shop.command(Sell(number=2)))
    (first,) = await shop.handle(shop.command(Sell(number=3), key="k"))
    shop.store.collections["till"].clear()
    (second,) = await shop.handle(shop.command(Sell(number=3), key="k"))
    assert told(first) == told(second)
    assert (second.ending, second.status) == (Ending.REFUSED, 409)
    assert (await shop.get(Till)).sold == []


@virtual
async def test_a_key_used_with_another_body_is_refused_and_stays_what_it_was() -> None:
    shop = Shop(tills())
    (done,) = await shop.handle(shop.command(Sell(number=1), key="k", body_hash="one"))
    (other,) = await shop.handle(shop.command(Sell(number=2), key="k", body_hash="two"))
    (again,) = await shop.handle(shop.command(Sell(number=1), key="k", body_hash="one"))
    assert (other.status, b"idempotency-key-reused" in other.body) == (422, True)
    assert told(again) == told(done)


@virtual
async def test_a_key_of_somebody_else_is_another_key() -> None:
    shop = Shop(tills())
    keys = ["acme/person/1/Sell/k", "acme/person/2/Sell/k", "other/person/1/Sell/k"]
    answers = await shop.handle(*(shop.command(Sell(till_id=f"t{n}"), key=key) for n, key in enumerate(keys)))
    assert [answer.version for answer in answers] == [1, 1, 1]


@virtual
async def test_a_failure_is_no_answer_and_may_be_asked_again() -> None:
    errors = [True]
    shop = Shop(tills(lambda: bool(errors and errors.pop())))
    answers = [(await shop.handle(shop.command(Sell(number=1), key="k")))[0] for _ in range(3)]
    assert [answer.status for answer in answers] == [500, 201, 201]
    assert (await shop.get(Till)).sold == [1]


@virtual
async def test_two_processes_asked_at_once_do_it_once_and_answer_the_same() -> None:
    store = MemoryStore(clock=lambda: 0.0)
    shops = [Shop(tills(), store=store) for _ in range(2)]
    both = await asyncio.gather(*(shop.handle(shop.command(Sell(number=1), key="k")) for shop in shops))
    assert told(both[0][0]) == told(both[1][0])
    assert (await shops[0].get(Till)).sold == [1]


@virtual
async def test_an_answer_is_kept_for_a_day() -> None:
    shop = Shop(tills())
    await shop.handle(shop.command(Sell(number=1), key="k"))
    (row,) = await shop.rows("idempotency")
    assert (row["expires"] - START).total_seconds() == 24 * 3600

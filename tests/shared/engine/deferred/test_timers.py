"""A timer comes once, at its time, as it was last planned."""

from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import BaseModel

from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.deferred import timers
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.lanes import ATTEMPTS, Lane, unpark
from shared.errors import Refusal
from tests.shared.engine.shop import START, Shop, Till, at, virtual


class Ring(Timer):
    """Ring at a till."""

    number: int = 0


class Plan(BaseModel):
    """What to do with the timer `ring`: any of `first`, `replace`, `cancel`, in this order."""

    steps: list[str]
    number: int = 1


class Closed(Refusal):
    """Nothing rings here."""


def ringing(
    every: timedelta | None = None, replace: bool = False, cancels: bool = False, fails: Exception | None = None
) -> Handlers:
    """Notes what rings; and plans the next one, cancels its own, or fails."""
    handlers = Handlers()

    @handlers.post("/plans")
    def plan(command: Plan, ctx: Context) -> None:
        for step in command.steps:
            if step == "cancel":
                ctx.cancel("ring")
            else:
                hours = timedelta(hours=command.number)
                ctx.after(hours, Ring(number=command.number), "ring", replace=step == "replace")

    @handlers.on("ring")
    def ring(timer: Ring, till: Annotated[Till, create(at("rung"))], ctx: Context) -> None:
        till.sold.append(timer.number)
        if every is not None:
            ctx.after(every, Ring(number=timer.number + 1), "ring", replace)
        if cancels:
            ctx.cancel("ring")
        if fails is not None:
            raise fails

    return handlers


async def planned(shop: Shop) -> list[tuple[float, bytes]]:
    """The timers, each with the hours until it is due and what it will bring."""
    return [((row["due"] - START).total_seconds() / 3600, row["data"]) for row in await shop.rows("timers")]


async def due(shop: Shop) -> Message:
    """The message of the one timer that is set."""
    (row,) = await shop.rows("timers")
    message = timers.fired(shop.executor, row)
    assert message is not None
    return message


async def rung(shop: Shop) -> list[int]:
    return (await shop.get(Till, "rung")).sold


@virtual
async def test_a_timer_and_its_row_end_in_one_transaction() -> None:
    shop = Shop(ringing())
    await shop.handle(shop.command(Plan(steps=["first"])))
    message = await due(shop)
    (answer,) = await shop.handle(message)
    assert (answer.ending, await rung(shop), await shop.rows("timers")) == (Ending.DONE, [1], [])
    (answer,) = await shop.handle(message)
    assert (answer.ending, await rung(shop)) == (Ending.DUPLICATE, [1])


@virtual
async def test_a_timer_that_comes_twice_in_one_batch_counts_once() -> None:
    shop = Shop(ringing())
    await shop.handle(shop.command(Plan(steps=["first"])))
    answers = await shop.handle(await due(shop), await due(shop))
    assert [answer.ending for answer in answers] == [Ending.DONE, Ending.DUPLICATE]
    assert await rung(shop) == [1]


ONE, TWO = (1.0, b'{"number":1}'), (2.0, b'{"number":2}')


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (["first"], ["first"], [ONE]),
        (["first"], ["replace"], [TWO]),
        (["first"], ["cancel"], []),
        (["first"], ["cancel", "first"], [TWO]),
        (["replace"], ["replace"], [TWO]),
        (["first", "cancel"], ["first"], [TWO]),
        (["cancel"], ["first", "cancel"], []),
        (["cancel", "first"], [], [ONE]),
    ],
)
@pytest.mark.parametrize("together", [True, False])
@virtual
async def test_the_same_id_keeps_the_first_unless_it_is_replaced_or_cancelled(
    first: list[str], second: list[str], left: list[tuple[float, bytes]], together: bool
) -> None:
    shop = Shop(ringing())
    commands = [shop.command(Plan(steps=first, number=1)), shop.command(Plan(steps=second, number=2))]
    if together:
        await shop.handle(*commands)
    else:
        for command in commands:
            await shop.handle(command)
    assert await planned(shop) == left


@pytest.mark.parametrize(("step", "left"), [("cancel", []), ("replace", [TWO]), ("first", [])])
@virtual
async def test_what_is_said_of_a_timer_before_it_comes_holds_in_one_batch_too(
    step: str, left: list[tuple[float, bytes]]
) -> None:
    shop = Shop(ringing())
    await shop.handle(shop.command(Plan(steps=["first"])))
    answers = await shop.handle(shop.command(Plan(steps=[step], number=2)), await due(shop))
    was_in_time = step != "first"
    assert answers[1].ending is (Ending.DUPLICATE if was_in_time else Ending.DONE)
    assert await planned(shop) == left
    assert await rung(shop) == ([] if was_in_time else [1])


@pytest.mark.parametrize("step", ["first", "replace"])
@virtual
async def test_a_timer_planned_again_behind_its_end_in_one_batch_stays(step: str) -> None:
    shop = Shop(ringing())
    await shop.handle(shop.command(Plan(steps=["first"])))
    await shop.handle(await due(shop), shop.command(Plan(steps=[step], number=2)))
    assert await planned(shop) == [TWO]


@pytest.mark.parametrize("replace", [False, True])
@virtual
async def test_a_timer_may_plan_itself_again_for_ever_and_its_rows_do_not_grow(replace: bool) -> None:
    shop = Shop(ringing(every=timedelta(hours=1), replace=replace))
    await shop.handle(shop.command(Plan(steps=["first"])))
    sizes = set()
    for _ in range(9):
        sizes.add(len(str((await shop.rows("timers"))[0])))
        await shop.handle(await due(shop))
    assert await rung(shop) == list(range(1, 10))
    assert len(sizes) == 1


@virtual
async def test_a_timer_may_cancel_itself() -> None:
    shop = Shop(ringing(cancels=True))
    await shop.handle(shop.command(Plan(steps=["first"])))
    (answer,) = await shop.handle(await due(shop))
    assert (answer.ending, await shop.rows("timers")) == (Ending.DONE, [])


@virtual
async def test_a_timer_whose_handler_always_fails_ends_as_a_dead_letter() -> None:
    shop = Shop(ringing(fails=RuntimeError()))
    await shop.handle(shop.command(Plan(steps=["first"])))
    endings = [(await shop.handle(await due(shop)))[0].ending]
    assert await shop.rows("timers") == []
    while rows := await shop.rows("parked"):
        endings.append((await shop.handle(unpark(rows[0], shop.service.by_name["ring"])))[0].ending)
    assert endings == [Ending.PARKED] * (ATTEMPTS - 1) + [Ending.DEAD]
    assert [row["state"]["handler"] for row in await shop.rows(DeadLetter.collection)] == ["ring"]
    assert (await shop.rows(Lane.collection), await rung(shop)) == ([], [])


@virtual
async def test_a_timer_that_can_no_longer_be_read_becomes_a_dead_letter_at_once() -> None:
    shop = Shop(ringing())
    await shop.handle(shop.command(Plan(steps=["first"])))
    message = await due(shop)
    message.data = b'{"number":"many"}'
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DEAD]
    assert await shop.rows("timers") == []


@virtual
async def test_a_timer_that_is_refused_is_done() -> None:
    shop = Shop(ringing(fails=Closed("Nothing rings here: it is closed.")))
    await shop.handle(shop.command(Plan(steps=["first"])))
    (answer,) = await shop.handle(await due(shop))
    assert (answer.ending, await shop.rows("timers"), await rung(shop)) == (Ending.REFUSED, [], [])


def test_two_handlers_of_one_timer_are_refused() -> None:
    first, second = ringing(), Handlers()
    second.on("ring-again")(first.handlers[1].function)
    with pytest.raises(TypeError, match="shop: Ring has ring and ring-again"):
        Service("shop", "Shop", [], [first, second])

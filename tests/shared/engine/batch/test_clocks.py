"""What happens in a sandbox happens at its time, by its own clock; a live organization never notices."""

from datetime import timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from shared.contracts.clock import ClockAdvanced
from shared.engine.authoring.aggregate import Effect, Timer
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.sandbox_clock import SandboxClock, follow_clock
from shared.engine.batch.message import Message
from shared.engine.deferred import timers
from shared.ids import TenantId
from tests.shared.engine.execution.test_conflicts import Overtaken
from tests.shared.engine.shop import START, Ledger, Sell, Shop, Sold, Till, at, virtual

SANDBOX = "sandbox-acme"
DAY = timedelta(days=1)


class Ring(Timer):
    """Ring at a till."""


class Print(Effect):
    """Print a receipt."""


class Plan(BaseModel):
    """Ring after some hours."""

    hours: int = 1


def selling() -> Handlers:
    """Sells with a receipt, rings and notes what was sold, each with the time at which it thinks that it is."""
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        till.text = ctx.now.isoformat()
        ctx.emit(till.sell(command.number))
        ctx.perform(Print(), id="print")

    @handlers.post("/plans")
    def plan(command: Plan, till: Annotated[Till, create(at("planned"))], ctx: Context) -> None:
        till.sold.append(command.hours)
        ctx.after(timedelta(hours=command.hours), Ring(), id=f"ring/{command.hours}")

    @handlers.on("ring")
    def ring(_: Ring, till: Annotated[Till, create(at("rung"))], ctx: Context) -> None:
        till.text = ctx.now.isoformat()

    @handlers.on("note")
    def note(event: Sold, ledger: Annotated[Ledger, create("till_id")], ctx: Context) -> None:
        ledger.numbers.append(event.number)
        ctx.at(ctx.now - DAY, Ring(), id="late")

    return handlers


def advanced(by: timedelta, round: int = 1, tenant: str = SANDBOX) -> ClockAdvanced:
    offset_ms = by // timedelta(milliseconds=1)
    return ClockAdvanced(organization_id=TenantId(tenant), round=round, now=START + by, offset_ms=offset_ms)


async def move(shop: Shop, by: timedelta, round: int = 1, tenant: str = SANDBOX) -> Answer:
    event = shop.event(advanced(by, round, tenant), "follow-clock", f"round-{round}", tenant=tenant, occurred_at=START)
    return (await shop.handle(event))[0]


async def clock(shop: Shop) -> SandboxClock:
    return await shop.get(SandboxClock, SANDBOX, SANDBOX)


def asked(shop: Shop, body: BaseModel, tenant: str = SANDBOX) -> Message:
    return shop.command(body, tenant=tenant)


def sold(shop: Shop, number: int, at: timedelta, tenant: str = SANDBOX) -> Message:
    return shop.event(Sold(till_id="t1", number=number), tenant=tenant, occurred_at=START + at)


@virtual
async def test_a_command_happens_when_the_clock_of_its_sandbox_says() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY)
    shop.advance(hours=1)
    await shop.handle(asked(shop, Sell()))
    assert (await shop.get(Till, tenant=SANDBOX)).text == (START + 30 * DAY + timedelta(hours=1)).isoformat()
    assert (await shop.published())[-1]["time"] == "2027-02-03T10:00:00.000Z"


@virtual
async def test_a_live_organization_has_the_machine_s_time_and_no_clock() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY)
    before = await shop.rows(SandboxClock.collection)
    await shop.handle(asked(shop, Sell(), "acme"), sold(shop, 1, DAY, "acme"))
    assert (await shop.get(Till, tenant="acme")).text == START.isoformat()
    assert await shop.rows(SandboxClock.collection) == before


@virtual
async def test_the_clock_of_a_live_organization_cannot_be_moved() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY, tenant="acme")
    await shop.handle(asked(shop, Sell(), "acme"))
    assert (await shop.get(Till, tenant="acme")).text == START.isoformat()


@virtual
async def test_what_an_event_causes_happens_at_the_time_of_the_event() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY)
    await shop.handle(sold(shop, 1, 5 * DAY))
    (row,) = await shop.rows(timers.COLLECTION)
    assert timers.shown(row) == START + 5 * DAY


@virtual
async def test_a_timer_fires_at_the_time_when_it_was_due_however_late_it_is() -> None:
    shop = Shop(selling())
    await shop.handle(asked(shop, Plan(hours=2)))
    await move(shop, 30 * DAY)
    (row,) = await shop.rows(timers.COLLECTION)
    message = timers.fired(shop.executor, row)
    assert message is not None
    await shop.handle(message)
    assert (await shop.get(Till, "rung", SANDBOX)).text == (START + timedelta(hours=2)).isoformat()


@virtual
async def test_a_timer_is_due_by_the_machine_when_the_clock_will_show_its_time() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY)
    await shop.handle(asked(shop, Plan(hours=2)))
    (row,) = await shop.rows(timers.COLLECTION)
    assert row["due"] == START + timedelta(hours=2)
    assert timers.shown(row) == START + 30 * DAY + timedelta(hours=2)


@virtual
async def test_an_effect_is_due_at_once_and_knows_when_it_was_asked_for() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY)
    await shop.handle(asked(shop, Sell()))
    (row,) = await shop.rows("effects")
    assert (row["due"], row["at"]) == (START, START + 30 * DAY)


@virtual
async def test_messages_of_times_that_the_clock_has_reached_are_counted() -> None:
    shop = Shop(selling())
    await move(shop, 10 * DAY)
    await shop.handle(sold(shop, 1, 9 * DAY), sold(shop, 2, 10 * DAY))
    assert (await clock(shop)).activity == 2


@virtual
async def test_what_people_ask_for_meanwhile_is_not_counted_nor_what_it_causes() -> None:
    shop = Shop(selling())
    await move(shop, 10 * DAY)
    shop.advance(seconds=1)
    await shop.handle(asked(shop, Sell()), sold(shop, 1, 10 * DAY + timedelta(seconds=1)))
    assert (await clock(shop)).activity == 0


@virtual
async def test_a_message_that_comes_twice_counts_once() -> None:
    shop = Shop(selling())
    await move(shop, 10 * DAY)
    message = sold(shop, 1, DAY)
    await shop.handle(message)
    assert (await shop.handle(message))[0].ending is Ending.DUPLICATE
    assert (await clock(shop)).activity == 1


@virtual
async def test_a_message_whose_clock_has_moved_meanwhile_is_handled_again_at_the_new_time() -> None:
    store = Overtaken()
    shop, other = Shop(selling(), store=store), Shop(selling(), store=store)
    await move(shop, DAY)

    async def overtake() -> None:
        await move(other, 30 * DAY, round=2)

    store.others.append(overtake)
    await shop.handle(asked(shop, Plan(hours=2)))
    (row,) = await shop.rows(timers.COLLECTION)
    assert timers.shown(row) == START + 30 * DAY + timedelta(hours=2)


@virtual
async def test_an_earlier_round_does_not_bring_the_clock_back() -> None:
    shop = Shop(selling())
    await move(shop, 30 * DAY, round=2)
    await move(shop, DAY, round=1)
    found = await clock(shop)
    assert (found.round, found.offset) == (2, 30 * DAY)


@pytest.mark.parametrize("tenant", ["sandbox-other", "acme"])
def test_a_clock_is_moved_by_its_own_organization_only(tenant: str) -> None:
    shop, found = Shop(selling()), SandboxClock(id=SANDBOX)
    context: Any = type("Elsewhere", (), {"tenant": tenant})()
    follow_clock(advanced(DAY), found, context)
    assert found.round == 0
    assert shop.service.by_name["follow-clock"].function is follow_clock

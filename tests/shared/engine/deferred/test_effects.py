"""An effect that takes long tells how far it is; what it tells is a message, and keeps the attempt alive."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Annotated

from pydantic import BaseModel

from shared.engine.authoring.aggregate import Effect
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import create
from shared.engine.deferred.effects import Effects
from shared.errors import Refusal
from tests.shared.engine.shop import START, Printed, Shop, Till, at, virtual

SILENCE = timedelta(seconds=30)


class Print(Effect):
    """Print a long receipt."""


class Ask(BaseModel):
    """Have it printed."""


class Jammed(Refusal):
    """The till takes no more."""


class Printer:
    """Prints page after page; between two, it waits until the test lets it go on."""

    def __init__(self) -> None:
        self.pages, self.may_go_on = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def print(self, work: Work) -> Printed:
        for page in (1, 2):
            await work.report_progress(Printed(number=page))
            self.pages.release()
            await self.may_go_on.acquire()
        return Printed(number=3)


def printing(printer: Printer, jams_at: int = 0) -> Handlers:
    handlers = Handlers()

    @handlers.post("/receipts")
    def ask(_: Ask, ctx: Context) -> None:
        ctx.perform(Print(), id="print")

    @handlers.performs(timeout=timedelta(hours=1), silence=SILENCE)
    async def print_pages(_: Print, work: Work) -> Printed:
        return await printer.print(work)

    @handlers.on("note-page")
    def note_page(printed: Printed, till: Annotated[Till, create(at("pages"))]) -> None:
        if printed.number == jams_at:
            raise Jammed("The till is full: empty it.")
        till.sold.append(printed.number)

    return handlers


@asynccontextmanager
async def printed_by(shop: Shop) -> AsyncIterator[asyncio.Task[None]]:
    """The effect is asked for, and performed meanwhile."""
    executing = asyncio.create_task(shop.executor.run())
    performing = Effects(shop.executor, shop.store, lambda: shop.now, Random(1))
    await shop.executor.submit(shop.command(Ask()))
    (row,) = await shop.rows("effects")
    attempt = asyncio.create_task(performing.perform(row))
    try:
        yield attempt
    finally:
        attempt.cancel()
        shop.executor.queue.close()
        await asyncio.gather(attempt, executing, return_exceptions=True)


async def sold(shop: Shop) -> list[int]:
    return (await shop.get(Till, "pages")).sold


@virtual
async def test_what_is_told_has_its_effect_at_once_and_the_row_stays_until_the_end() -> None:
    printer = Printer()
    shop = Shop(printing(printer))
    async with printed_by(shop) as attempt:
        await printer.pages.acquire()
        assert await sold(shop) == [1]
        assert len(await shop.rows("effects")) == 1
        printer.may_go_on.release()
        printer.may_go_on.release()
        await attempt
        assert await sold(shop) == [1, 2, 3]
        assert await shop.rows("effects") == []


@virtual
async def test_to_tell_something_puts_the_next_attempt_off() -> None:
    printer = Printer()
    shop = Shop(printing(printer))
    async with printed_by(shop):
        await printer.pages.acquire()
        (row,) = await shop.rows("effects")
        assert START + SILENCE < row["due"] < START + SILENCE + timedelta(seconds=3)
        shop.advance(seconds=20)
        printer.may_go_on.release()
        await printer.pages.acquire()
        (later,) = await shop.rows("effects")
        assert later["due"] > START + timedelta(seconds=20) + SILENCE
        assert later["attempts"] == 1


@virtual
async def test_an_attempt_that_tells_something_after_another_one_has_begun_ends() -> None:
    printer, second = Printer(), Printer()
    shop = Shop(printing(printer))
    async with printed_by(shop) as attempt:
        await printer.pages.acquire()
        (row,) = await shop.rows("effects")
        other = Shop(printing(second), store=shop.store)
        executing = asyncio.create_task(other.executor.run())
        again = asyncio.create_task(Effects(other.executor, other.store, lambda: other.now, Random(2)).perform(row))
        await second.pages.acquire()
        printer.may_go_on.release()
        await attempt
        second.may_go_on.release()
        second.may_go_on.release()
        await again
        other.executor.queue.close()
        await executing
    assert await sold(shop) == [1, 1, 2, 3]
    assert await shop.rows("effects") == []


@virtual
async def test_a_rule_that_refuses_what_is_told_leaves_the_attempt_alive() -> None:
    printer = Printer()
    shop = Shop(printing(printer, jams_at=1))
    async with printed_by(shop) as attempt:
        await printer.pages.acquire()
        (row,) = await shop.rows("effects")
        assert row["due"] > START + SILENCE
        printer.may_go_on.release()
        printer.may_go_on.release()
        await attempt
    assert await sold(shop) == [2, 3]

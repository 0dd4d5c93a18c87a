"""A service follows the clock of a sandbox: it works off what is due, and tells when nothing is left to do."""

import asyncio
import json
from datetime import datetime, timedelta
from random import Random
from typing import Annotated, Any

from shared.contracts.clock import ClockAdvanced, ClockFollowed
from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context, NotYet
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Message, Origin
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.process.engine import Engine, ProcessOptions
from shared.ids import TenantId
from tests.shared.engine.shop import START, Ledger, Sell, Sold, Till, at, envelope, service, virtual
from tests.waiting import until

SANDBOX = TenantId("sandbox-acme")
HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


class Ring(Timer):
    """Ring at a till."""

    number: int


class Print(Effect):
    """Print a receipt."""


class Printed(Outcome):
    """A receipt was printed."""


class Street:
    """A shop that runs, in virtual time; what is sold rings after so many hours as its number says."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.rung = list[datetime]()
        self.seconds_to_print = 0.0
        self.printer_fails = False
        self.store = MemoryStore(clock=lambda: self.clock().timestamp())
        self.bus = MemoryBus()
        self.service = service(self._handlers())
        self.engine = Engine(
            self.service,
            self.store,
            self.bus,
            self.clock,
            Random(1),
            ProcessOptions("p1", partitions=2),
            Limits(shards=2),
        )

    def clock(self) -> datetime:
        return START + timedelta(milliseconds=int(self.loop.time() * 1000))

    def _handlers(self) -> Handlers:
        handlers = Handlers()

        @handlers.post("/sales")
        def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
            ctx.emit(till.sell(command.number))

        @handlers.on("note")
        def note(event: Sold, ledger: Annotated[Ledger, create("till_id")], ctx: Context) -> None:
            if event.number < 0:
                raise NotYet("something")
            ledger.numbers.append(event.number)
            ctx.after(event.number * HOUR, Ring(number=event.number), id=f"ring/{event.number}")

        @handlers.on("ring")
        def ring(timer: Ring, till: Annotated[Till, create(at("rung"))], ctx: Context) -> None:
            self.rung.append(ctx.now)
            ctx.emit(Sold(till_id="rung", number=timer.number + 100))
            ctx.perform(Print(), id=f"print/{timer.number}")

        @handlers.performs()
        async def print_receipt(effect: Print, work: Work) -> Printed:
            await asyncio.sleep(self.seconds_to_print)
            if self.printer_fails:
                raise RuntimeError("out of paper")
            return Printed()

        @handlers.on("printed")
        def printed(outcome: Printed, till: Annotated[Till, create(at("printed"))], ctx: Context) -> None:
            till.text = ctx.now.isoformat()

        return handlers

    async def sell(self, number: int) -> None:
        handler, id = self.service.by_name["Sell"], self.engine.executor.new_id()
        body = Sell(number=number)
        await self.engine.submit(Message(handler, id, SANDBOX, body=body, origin=Origin("client/test", correlation=id)))

    def ask(self, round: int, by: timedelta) -> None:
        """Move the clock, as intake does."""
        now = START + by
        moved = ClockAdvanced(
            organization_id=SANDBOX, round=round, now=now, offset_ms=max(0, (now - self.clock()) // MILLISECOND)
        )
        event = envelope(moved, f"round-{round}", tenant=SANDBOX, source="ithaca/intake")
        self.bus.append("local.clock", event.partitionkey.encode(), event.data, event.headers())

    async def answer(self, round: int) -> ClockFollowed:
        """What the shop says of a round, within a virtual hour."""

        async def said() -> ClockFollowed | None:
            for record in (one for log in self.bus.topics["local.clock"] for one in log):
                if b"service" in (record.value or b"") and json.loads(record.value or b"")["round"] == round:
                    return ClockFollowed.read(record.value or b"")
            return None

        return await until(said, 3600, every=0.01)

    async def __aenter__(self) -> "Street":
        await self.engine.prepare()
        await self.engine.start()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.engine.stop()


@virtual
async def test_all_that_is_due_until_then_happens_at_its_time_and_the_next_is_named() -> None:
    async with Street() as street:
        for number in (1, 2, 90):
            await street.sell(number)
        street.ask(1, timedelta(seconds=1))
        before = await street.answer(1)
        street.ask(2, 10 * HOUR)
        answer = await street.answer(2)
        assert [at.replace(microsecond=0) for at in sorted(street.rung)] == [START + HOUR, START + 2 * HOUR]
        assert before.next_due is not None
        assert before.next_due.replace(microsecond=0) == START + HOUR
        assert answer.next_due is not None
        assert answer.next_due.replace(microsecond=0) == START + 90 * HOUR
        assert answer.activity > before.activity


@virtual
async def test_two_rounds_say_the_same_when_nothing_was_left_to_do() -> None:
    async with Street() as street:
        await street.sell(1)
        for round in range(1, 5):
            street.ask(round, 10 * HOUR)
            await street.answer(round)
        assert (await street.answer(3)).activity == (await street.answer(4)).activity


@virtual
async def test_a_service_answers_when_what_it_does_outside_is_done() -> None:
    async with Street() as street:
        street.seconds_to_print = 20.0
        await street.sell(1)
        street.ask(1, 10 * HOUR)
        await street.answer(1)
        street.ask(2, 10 * HOUR)
        await street.answer(2)
        (printed,) = (await street.store.get("till", [f"{SANDBOX}/printed"])).values()
        assert datetime.fromisoformat(printed["state"]["text"]).replace(microsecond=0) == START + HOUR


@virtual
async def test_what_has_failed_and_is_tried_later_is_not_waited_for() -> None:
    async with Street() as street:
        street.printer_fails = True
        await street.sell(1)
        street.ask(1, 10 * HOUR)
        await street.answer(1)
        street.ask(2, 10 * HOUR)
        began = street.loop.time()
        await street.answer(2)
        assert street.loop.time() - began < 60


@virtual
async def test_a_message_that_waits_for_something_is_not_waited_for() -> None:
    async with Street() as street:
        await street.sell(-1)
        street.ask(1, 10 * HOUR)
        await street.answer(1)
        assert await street.store.find("lanes", {"tenant": SANDBOX})


@virtual
async def test_a_process_that_begins_in_the_middle_of_a_round_brings_it_to_its_end() -> None:
    async with Street() as street:
        await street.sell(1)
        street.ask(1, timedelta(seconds=1))
        await street.answer(1)
        street.ask(2, 10 * HOUR)
    again = Street()
    again.store, again.bus = street.store, street.bus
    again.engine = Engine(
        again.service,
        again.store,
        again.bus,
        again.clock,
        Random(2),
        ProcessOptions("p2", partitions=2),
        Limits(shards=2),
    )
    async with again:
        assert (await again.answer(2)).round == 2
        assert street.rung + again.rung

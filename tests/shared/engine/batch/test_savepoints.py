"""A message that cannot be handled leaves nothing behind, and takes none of its batch with it."""

from datetime import timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from shared.engine.authoring.aggregate import Aggregate, Effect, Timer
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.outbox import MAX_EVENT
from shared.engine.ports.store import MAX_DOCUMENT
from shared.errors import Refusal
from tests.shared.engine.shop import Sell, Shop, Sold, Till, virtual

SURROGATE = "\ud800"


class Look(Timer):
    """Look at a till."""

    text: str = ""


class Print(Effect):
    """Print a receipt."""

    text: str = ""


class Closed(Refusal):
    """The till is closed."""


class Drawer(Aggregate, name="drawer"):
    """Holds anything, whether a database takes it or not."""

    content: Any = None


class Fill(BaseModel):
    """Put something into a drawer, by its name."""

    drawer_id: str
    what: str


class Receipt(BaseModel):
    """What a command may answer with."""

    text: str


def nested(levels: int) -> list[object]:
    """A list in a list in a list."""
    inner: list[object] = []
    for _ in range(levels):
        inner = [inner]
    return inner


CONTENTS: dict[str, object] = {
    "too large": "x" * (MAX_DOCUMENT + 1),
    "a 65-bit integer": 2**64,
    "a lone surrogate": SURROGATE,
    "a name with a NUL": {"a\0b": 1},
    "a name that is no text": {1: "one"},
    "no value of a document": object(),
    "lists of 200 levels": nested(200),
    "lists of 500 levels": nested(500),
    "lists of 50,000 levels": nested(50_000),
}


def counter(error: Exception | None = None) -> Handlers:
    """A till; at a number below zero its handler raises, when all is done."""
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(till.sell(command.number))
        ctx.after(timedelta(hours=1), Look(), id=f"look/{command.number}")
        ctx.perform(Print(), id=f"print/{command.number}")
        if command.number < 0 and error is not None:
            raise error

    return handlers


def cabinet() -> Handlers:
    handlers = Handlers()

    @handlers.post("/drawers")
    def fill(command: Fill, drawer: Annotated[Drawer, create("drawer_id")]) -> None:
        drawer.content = CONTENTS.get(command.what, command.what)

    return handlers


def causing(cause: str) -> Handlers:
    """A till whose handler causes, at a number below zero, something that cannot be stored or sent."""
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> Receipt:
        event = till.sell(command.number)
        ctx.emit(event)
        text = "fine" if command.number >= 0 else SURROGATE
        match cause:
            case "an event":
                ctx.emit(event.model_copy(update={"text": text}))
            case "a large event" if command.number < 0:
                ctx.emit(event.model_copy(update={"text": "x" * MAX_EVENT}))
            case "an event about something else" if command.number < 0:
                ctx.emit(Sold(till_id="another", number=1))
            case "a timer":
                ctx.after(
                    timedelta(hours=1), Look(text=text) if text == "fine" else Look.model_construct(text=text), "l"
                )
            case "an effect":
                ctx.perform(Print(text=text) if text == "fine" else Print.model_construct(text=text), id="p")
            case "an answer":
                return Receipt.model_construct(text=text)
        return Receipt(text="done")

    return handlers


@pytest.mark.parametrize("error", [RuntimeError("broken"), Closed("The till is closed: come back tomorrow.")])
@virtual
async def test_a_message_that_raises_leaves_no_state_event_timer_or_effect(error: Exception) -> None:
    shop = Shop(counter(error))
    await shop.handle(*(shop.command(Sell(number=number)) for number in (1, -1, 2)))
    assert (await shop.get(Till)).sold == [1, 2]
    assert [event["sequence"] for event in await shop.published()] == ["1", "2"]
    assert [row["_id"] for row in await shop.rows("timers")] == ["acme/look/1", "acme/look/2"]
    assert [row["_id"] for row in await shop.rows("effects")] == ["acme/print/1", "acme/print/2"]


@virtual
async def test_what_a_failed_message_has_begun_is_not_there_for_the_next_one() -> None:
    shop = Shop(counter(RuntimeError("broken")))
    failed, done = await shop.handle(shop.command(Sell(number=-1)), shop.command(Sell(number=1)))
    assert (failed.ending, failed.status, done.ending) == (Ending.FAILED, 500, Ending.DONE)
    till = await shop.get(Till)
    assert (till.sold, till.version) == ([1], 1)


@pytest.mark.parametrize("what", CONTENTS)
@virtual
async def test_what_cannot_be_stored_fails_its_message_and_not_the_batch(what: str) -> None:
    shop = Shop(cabinet())
    commands = [Fill(drawer_id="d1", what="a pen"), Fill(drawer_id="d2", what=what), Fill(drawer_id="d3", what="ink")]
    answers = await shop.handle(*map(shop.command, commands))
    assert [answer.status for answer in answers] == [200, 500, 200]
    assert [row["state"]["content"] for row in await shop.rows("drawer")] == ["a pen", "ink"]


@pytest.mark.parametrize(
    "cause", ["an event", "a large event", "an event about something else", "a timer", "an effect", "an answer"]
)
@virtual
async def test_what_cannot_be_sent_or_planned_fails_its_message_and_not_the_batch(cause: str) -> None:
    shop = Shop(causing(cause))
    sales = [Sell(till_id=f"t{number}", number=number) for number in (1, -2, 3)]
    answers = await shop.handle(*map(shop.command, sales))
    assert [answer.status for answer in answers] == [200, 500, 200]
    assert [row["_id"] for row in await shop.rows("till")] == ["acme/t1", "acme/t3"]
    assert {event["subject"] for event in await shop.published()} == {"till/t1", "till/t3"}


@virtual
async def test_the_largest_event_that_a_topic_takes_is_sent() -> None:
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        empty = len(Sold(till_id=till.id).model_dump_json())
        ctx.emit(Sold(till_id=till.id, text="x" * (MAX_EVENT - empty)))

    shop = Shop(handlers)
    await shop.handle(shop.command(Sell()))
    assert [len(event["data"]) for event in await shop.published()] == [MAX_EVENT]


@virtual
async def test_what_nobody_changed_is_not_written() -> None:
    handlers = Handlers()
    handlers.post("/looks")(look)
    shop = Shop(handlers)
    (answer,) = await shop.handle(shop.command(Sell()))
    assert answer.version == 0
    assert (await shop.get(Till)).is_new


def look(command: Sell, till: Annotated[Till, create("till_id")]) -> None:
    """Changes nothing."""

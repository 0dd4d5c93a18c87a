"""What fails waits in its lane, what belongs behind it waits too, and nothing waits for ever."""

from datetime import timedelta
from typing import Annotated

import pytest

from shared.engine.authoring.aggregate import Removed
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.handlers import Handler, Handlers
from shared.engine.authoring.loads import awaits, create, optional
from shared.engine.batch.message import NOTHING, Message
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.lanes import ATTEMPTS, PATIENCE, Lane, unpark
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Id, Unavailable, Where
from tests.shared.engine.shop import (
    START,
    Ledger,
    Sell,
    Shop,
    Sold,
    Till,
    TillSeen,
    TillShown,
    at,
    contents,
    noting,
    of_till,
    virtual,
)

SECRET = "ada@example.org"


def picky(*refused: int, name: str = "note") -> Handlers:
    """A reaction that fails at these numbers, with something personal in the error."""
    handlers = Handlers()

    @handlers.on(name)
    def note(event: Sold, ledger: Annotated[Ledger, create(of_till(name))]) -> None:
        ledger.numbers.append(event.number)
        if event.number in refused:
            raise RuntimeError(f"{SECRET} cannot buy number {event.number}")

    return handlers


def patient() -> Handlers:
    """A reaction that needs a till, which a command makes; another command asks whether there is one."""
    handlers = Handlers()

    @handlers.on("note")
    def note(
        event: Sold, till: Annotated[Till, awaits("till_id")], ledger: Annotated[Ledger, create(of_till("note"))]
    ) -> None:
        ledger.numbers.append(event.number)

    @handlers.post("/sales")
    def open_till(command: Sell, till: Annotated[Till, create("till_id")]) -> None:
        till.text = "open"

    @handlers.post("/looks")
    def look(
        command: Look, ledger: Annotated[Ledger, create(at("looks"))], till: Annotated[Till | None, optional("till_id")]
    ) -> None:
        ledger.numbers.append(0 if till is None else 1)

    return handlers


class Look(Sell):
    """Is there a till?"""


def sold(*numbers: int, till: str = "t1") -> list[Sold]:
    return [Sold(till_id=till, number=number) for number in numbers]


async def given(shop: Shop, *numbers: int) -> list[Message]:
    """Events with these numbers have come, in one batch."""
    messages = [shop.event(event) for event in sold(*numbers)]
    await shop.handle(*messages)
    return messages


async def head(shop: Shop, handler: Handler | None = None) -> Message:
    """The first that waits, as it is tried again."""
    rows = await shop.rows("parked")
    return unpark(rows[0], handler or shop.service.by_name[rows[0]["handler"]])


async def again(shop: Shop) -> Answer:
    (answer,) = await shop.handle(await head(shop))
    return answer


async def lane(shop: Shop) -> Document:
    (found,) = await shop.rows(Lane.collection)
    state: Document = found["state"]
    return state


async def numbers(shop: Shop, id: str = "note-t1") -> list[int]:
    return (await shop.get(Ledger, id)).numbers


@virtual
async def test_those_behind_a_failed_message_wait_and_come_in_order_when_it_has_died() -> None:
    shop = Shop(picky(2))
    await given(shop, 1, 2, 3)
    await given(shop, 4)
    assert await numbers(shop) == [1]
    while await shop.rows("parked"):
        await again(shop)
    assert await numbers(shop) == [1, 3, 4]
    assert len(await shop.rows(DeadLetter.collection)) == 1
    assert await shop.rows(Lane.collection) == []


@virtual
async def test_a_message_that_works_when_it_is_tried_again_is_followed_by_the_others() -> None:
    shop = Shop(picky(2))
    await given(shop, 1, 2, 3)
    mended = Shop(picky(), store=shop.store)
    assert [(await again(mended)).ending for _ in range(2)] == [Ending.DONE] * 2
    assert await numbers(shop) == [1, 2, 3]
    assert await shop.rows(Lane.collection) == []


@virtual
async def test_other_keys_and_other_handlers_do_not_wait() -> None:
    shop = Shop(picky(2), noting("other"))
    events = [*sold(2, 3), *sold(2, 3, till="t2")]
    await shop.handle(*(shop.event(event, name) for event in events for name in ("note", "other")))
    assert {row["_id"] for row in await shop.rows(Lane.collection)} == {"acme/note/till/t1", "acme/note/till/t2"}
    assert await numbers(shop, "other-t1") == await numbers(shop, "other-t2") == [2, 3]


@pytest.mark.parametrize("dead", [False, True])
@virtual
async def test_a_parked_or_buried_message_that_is_delivered_again_is_dropped(dead: bool) -> None:
    shop = Shop(picky(2))
    messages = await given(shop, 2, 3)
    while dead and await shop.rows("parked"):
        await again(shop)
    before = await shop.rows("parked"), await shop.rows(Lane.collection)
    assert [answer.ending for answer in await shop.handle(*messages)] == [Ending.DUPLICATE] * 2
    assert (await shop.rows("parked"), await shop.rows(Lane.collection)) == before


@virtual
async def test_pauses_grow_and_after_the_last_attempt_the_message_is_buried() -> None:
    shop = Shop(picky(2))
    await given(shop, 2)
    pauses = []
    while rows := await shop.rows(Lane.collection):
        pauses.append((rows[0]["state"]["wake_at"] - shop.now).total_seconds())
        answer = await again(shop)
    assert answer.ending is Ending.DEAD
    assert pauses == [1, 2, 4, 8, 16]
    assert len(pauses) == ATTEMPTS - 1


@virtual
async def test_a_dead_letter_says_where_and_how_it_failed_and_tells_no_values() -> None:
    shop = Shop(picky(2))
    (message,) = await given(shop, 2)
    while await shop.rows("parked"):
        await again(shop)
    (row,) = await shop.rows(DeadLetter.collection)
    letter = row["state"]
    assert (letter["handler"], letter["message_id"], letter["message_type"]) == ("note", message.id, Sold.type_name)
    assert letter["reason"] == "failed"
    assert letter["error"].splitlines()[-1] == "RuntimeError"
    assert "test_lanes.py:" in letter["error"]
    assert "in note" in letter["error"]
    assert SECRET not in letter["error"]
    assert contents(row).data == message.data
    assert (await shop.published())[-1]["type"] == "ithaca.engine.MessageDeadLettered.v1"
    assert SECRET not in str(await shop.published())


@virtual
async def test_what_cannot_be_read_is_buried_at_once_without_its_values() -> None:
    shop = Shop(picky())
    message = shop.event(Sold(till_id="t1"))
    message.data = b'{"till_id": "t1", "number": "%b"}' % SECRET.encode()
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DEAD]
    (row,) = await shop.rows(DeadLetter.collection)
    assert (row["state"]["reason"], row["state"]["error"]) == ("undecodable", "number: int_parsing")


@virtual
async def test_waiting_for_something_is_no_attempt_and_ends_when_it_comes() -> None:
    shop = Shop(patient())
    await given(shop, 1, 2)
    assert (await lane(shop))["waiting_for"] == "till/acme/t1"
    for _ in range(3 * ATTEMPTS):
        assert (await again(shop)).ending is Ending.PARKED
    state = await lane(shop)
    assert (state["attempts"], state["wake_at"] - shop.now) == (0, timedelta(minutes=10))
    await submitted(shop, Sell())
    state = await lane(shop)
    assert (state["waiting_for"], state["wake_at"]) == (None, shop.now)
    assert [(await again(shop)).ending for _ in range(2)] == [Ending.DONE] * 2
    assert await numbers(shop) == [1, 2]


@virtual
async def test_what_others_have_found_absent_is_awaited_and_wakes_all_the_same() -> None:
    shop = Shop(patient())
    await submitted(shop, Look())
    await given(shop, 1)
    await again(shop)
    await submitted(shop, Sell())
    assert (await lane(shop))["wake_at"] == shop.now
    assert (await lane(shop))["waiting_for"] is None


class Sleepy(MemoryStore):
    """A database that fails when somebody is to be woken."""

    async def find(
        self, collection: str, where: Where, order: str = "_id", limit: int = 1000, after: Id | None = None
    ) -> list[Document]:
        """See `Store.find`."""
        if collection == Lane.collection:
            raise Unavailable("gone")
        return await super().find(collection, where, order, limit, after)


@virtual
async def test_an_answer_does_not_depend_on_whom_it_wakes() -> None:
    shop = Shop(patient(), store=Sleepy(clock=lambda: 0.0))
    assert (await submitted(shop, Sell())).ending is Ending.DONE


async def submitted(shop: Shop, body: Sell) -> Answer:
    """The answer of an executor that runs."""
    shop.executor.queue.closed = False
    waiting = shop.executor.queue.put(shop.command(body))
    shop.executor.queue.close()
    await shop.executor.run()
    return waiting.result()


@virtual
async def test_what_has_waited_for_a_day_is_buried() -> None:
    shop = Shop(patient())
    await given(shop, 1)
    shop.now = START + PATIENCE
    assert (await again(shop)).ending is Ending.PARKED
    shop.advance(seconds=1)
    assert (await again(shop)).ending is Ending.DEAD
    (row,) = await shop.rows(DeadLetter.collection)
    assert row["state"]["reason"] == "waited-too-long"


@virtual
async def test_two_processes_that_try_the_same_message_again_count_once() -> None:
    shop = Shop(picky(2))
    await given(shop, 2, 3)
    mended = Shop(picky(), store=shop.store)
    first, second = await head(mended), await head(mended)
    assert [answer.ending for answer in await mended.handle(first)] == [Ending.DONE]
    assert [answer.ending for answer in await mended.handle(second)] == [Ending.DUPLICATE]
    assert await numbers(shop) == [2]


@virtual
async def test_a_late_try_does_not_take_the_place_of_another_message_in_a_new_lane() -> None:
    shop = Shop(picky(2, 3))
    await given(shop, 2)
    mended = Shop(picky(), store=shop.store)
    late = await head(mended)
    await again(mended)
    await given(shop, 3)
    assert [answer.ending for answer in await mended.handle(late)] == [Ending.DUPLICATE]
    assert (await again(mended)).ending is Ending.DONE
    assert await numbers(shop) == [2, 3]


@virtual
async def test_a_removal_that_had_to_wait_is_still_a_removal() -> None:
    handlers = Handlers()
    handlers.copies(TillShown, TillSeen)
    shop = Shop(handlers)
    name = "copy-till-seen"
    shown = [shop.event(TillShown(till_id="t1", text="open"), name, sequence=n, seen="") for n in (1, 2)]
    gone = shop.event(TillShown(till_id="t1", text=""), name, sequence=3, seen="", data=NOTHING)
    shown[1].unknown = "ithaca.shop.TillShown.v2"
    answers = await shop.handle(*shown, gone)
    assert [answer.ending for answer in answers] == [Ending.DONE, Ending.PARKED, Ending.PARKED]
    assert (await shop.rows("parked"))[1]["data"] == NOTHING
    assert unpark((await shop.rows("parked"))[1], shop.service.by_name[name]).read() == Removed(subject_id="t1")

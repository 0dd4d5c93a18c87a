"""What the database will never take is found, one message, and set aside; the others go on.

A planted defect for it: `unnamed` in `shared/engine/failures/unnamed.py` that returns nothing.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Annotated

import bson
import pytest

from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Limits
from shared.engine.failures.dead_letters import KEEP_DEAD_LETTER, KEPT_BYTES, DeadLetter, KeepDeadLetter
from shared.engine.failures.lanes import ATTEMPTS, unpark
from shared.engine.failures.sealer import Contents
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Delete, Document, Id, Insert, StoreError, Write, WriteRefused
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.shop import (
    SEALER,
    START,
    TENANT,
    Ledger,
    Sell,
    Shop,
    Sold,
    at,
    contents,
    noting,
    service,
    virtual,
)
from tests.waiting import until

Refuses = Callable[[Write], bool]


class Strict(MemoryStore):
    """A database that takes some writes never, and no id that cannot be encoded, as the real one."""

    def __init__(self, refuses: Refuses = lambda _: False) -> None:
        super().__init__(clock=lambda: 0.0)
        self.refuses = refuses
        self.before: Callable[[], None] = lambda: None

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        try:
            bson.encode({"ids": list(ids)})
        except (bson.errors.BSONError, UnicodeError) as error:
            raise WriteRefused(f"cannot be asked for: {error}") from error
        return await super().get(collection, ids)

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if any(self.refuses(write) for write in writes):
            self.before()
            raise WriteRefused("never")
        await super().transact(writes)


def a_ledger_with(number: int) -> Refuses:
    def refuses(write: Write) -> bool:
        return write.collection == "ledger" and number in state_of(write).get("numbers", ())

    return refuses


def state_of(write: Write) -> Document:
    state: Document = getattr(write, "document", {}).get("state", {})
    return state


def by_its_text(event: Sold) -> str:
    return chr(0xD800) if event.text else "fine"


def tills() -> Handlers:
    """The ledger of the reaction is found by the event's text, whatever that is."""
    handlers = Handlers()

    @handlers.post("/sales")
    def sell(command: Sell, ledger: Annotated[Ledger, create("till_id")]) -> None:
        ledger.numbers.append(command.number)

    @handlers.on("by-text")
    def by_text(event: Sold, ledger: Annotated[Ledger, create(by_its_text)]) -> None:
        ledger.numbers.append(event.number)

    return handlers


@virtual
async def test_the_one_message_is_parked_and_all_others_of_its_batch_are_handled() -> None:
    shop = Shop(noting(), store=Strict(a_ledger_with(13)))
    answers = await shop.handle(*(shop.event(Sold(till_id=f"t{n}", number=n)) for n in range(20)))
    assert [n for n, answer in enumerate(answers) if answer.ending is not Ending.DONE] == [13]
    assert answers[13].ending is Ending.PARKED
    assert [row["handler"] for row in await shop.rows("parked")] == ["note"]
    assert len(await shop.rows("ledger")) == 19


@virtual
async def test_a_command_is_told_and_never_parked() -> None:
    shop = Shop(tills(), store=Strict(a_ledger_with(1)))
    answers = await shop.handle(*(shop.command(Sell(till_id=f"t{n}", number=n)) for n in range(3)))
    assert [answer.status for answer in answers] == [200, 500, 200]
    assert await shop.rows("parked") == []


@virtual
async def test_what_comes_behind_it_in_its_lane_waits_behind_it() -> None:
    shop = Shop(noting(), store=Strict(a_ledger_with(1)))
    answers = await shop.handle(*(shop.event(Sold(till_id="t1", number=n)) for n in range(4)))
    endings = [Ending.DONE, Ending.PARKED, Ending.PARKED, Ending.PARKED]
    assert [answer.ending for answer in answers] == endings
    assert (await shop.get(Ledger, "note-t1")).numbers == [0]


@virtual
async def test_it_becomes_a_dead_letter_in_the_end() -> None:
    shop = Shop(noting(), store=Strict(a_ledger_with(1)))
    endings = [(await shop.handle(shop.event(Sold(till_id="t1", number=1))))[0].ending]
    while rows := await shop.rows("parked"):
        endings.append((await shop.handle(unpark(rows[0], shop.service.by_name["note"])))[0].ending)
    assert endings == [Ending.PARKED] * (ATTEMPTS - 1) + [Ending.DEAD]


@virtual
async def test_an_id_that_the_database_does_not_understand_fails_the_one_message_that_asks_for_it() -> None:
    shop = Shop(tills(), store=Strict())
    events = [Sold(till_id=f"t{n}", number=n, text="odd" if n == 1 else "") for n in range(3)]
    answers = await shop.handle(*(shop.event(event, "by-text") for event in events))
    assert [answer.ending for answer in answers] == [Ending.DONE, Ending.PARKED, Ending.DONE]


@virtual
async def test_a_message_that_cannot_even_be_parked_is_buried() -> None:
    shop = Shop(noting(), store=Strict(lambda write: write.collection in ("ledger", "parked")))
    message = shop.event(Sold(till_id="t1", number=1, text="x" * KEPT_BYTES))
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DEAD]
    (letter,) = await shop.rows(DeadLetter.collection)
    assert (letter["state"]["reason"], len(contents(letter).data)) == ("refused-by-the-database", KEPT_BYTES)
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DUPLICATE]


@virtual
async def test_a_database_that_takes_nothing_at_all_is_an_error() -> None:
    shop = Shop(noting(), store=Strict(lambda _: True))
    with pytest.raises(StoreError):
        await shop.handle(shop.event(Sold(till_id="t1")))


@virtual
async def test_what_another_process_has_done_with_the_message_meanwhile_counts() -> None:
    store = Strict(a_ledger_with(1))
    shop = Shop(noting(), store=store)
    message = shop.event(Sold(till_id="t1", number=1))
    store.before = lambda: store.collections["inbox"].update({message.seen: bson.encode({"_id": message.seen})})
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DUPLICATE]
    assert await shop.rows("parked") == []


@virtual
async def test_a_dead_letter_of_bytes_that_are_no_text_can_wait_too() -> None:
    store = Strict(lambda write: write.collection == DeadLetter.collection)
    shop = Shop(noting(), store=store)
    sealed = SEALER.seal(f"{TENANT}/m1", Contents(b"\xff", (("a", b"\xfe"),)))
    found = KeepDeadLetter(handler="", message_id="m1", message_type="", reason="not JSON", contents=sealed)
    message = Message(KEEP_DEAD_LETTER, "m1", TENANT, body=found, lane="m1", seen="acme/keep-dead-letter/m1")
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.PARKED]
    store.refuses = lambda _: False
    (row,) = await shop.rows("parked")
    assert [answer.ending for answer in await shop.handle(unpark(row, KEEP_DEAD_LETTER))] == [Ending.DONE]
    (letter,) = await shop.rows(DeadLetter.collection)
    assert contents(letter) == (b"\xff", (("a", b"\xfe"),))


@virtual
async def test_a_dead_letter_that_had_to_wait_is_written_by_whichever_process_takes_it_up() -> None:
    store = Strict(lambda write: write.collection == DeadLetter.collection)
    found = KeepDeadLetter(handler="", message_id="m1", message_type="", reason="not JSON")
    message = Message(KEEP_DEAD_LETTER, "m1", TENANT, body=found, lane="m1", seen="acme/keep-dead-letter/m1")
    assert [answer.ending for answer in await Shop(noting(), store=store).handle(message)] == [Ending.PARKED]
    store.refuses, store.clock = lambda _: False, lambda: START.timestamp() + 10
    engine = Engine(service(noting()), store, MemoryBus(), store.time, Random(1), ProcessOptions("p1"), Limits())
    await engine.prepare()
    await engine.start()
    (letter,) = await until(lambda: store.find(DeadLetter.collection, {}))
    await engine.stop()
    assert letter["state"]["reason"] == "not JSON"


def naming(*words: str) -> Refuses:
    """Whatever is written that has one of these words in it."""
    return lambda write: any(word in repr(write) for word in words)


@pytest.mark.parametrize("words", [("/poison'",), ("poison",), ("poison", "till/x1", "note-x1")], ids=str)
@virtual
async def test_what_cannot_even_be_buried_by_its_name_is_buried_without_and_blocks_nobody(words: Sequence[str]) -> None:
    shop = Shop(noting(), store=Strict(naming(*words)))
    bad = shop.event(Sold(till_id="x1", number=1), id="poison")
    good = [shop.event(Sold(till_id=f"g{n}", number=1), id=f"good{n}", tenant="other") for n in range(3)]
    answers = await shop.handle(*good[:2], bad, good[2])
    assert [answer.ending for answer in answers] == [Ending.DONE, Ending.DONE, Ending.DEAD, Ending.DONE]
    (letter,) = await shop.rows(DeadLetter.collection)
    state = letter["state"]
    assert (state["handler"], state["reason"], contents(letter).data) == ("note", "refused-by-the-database", bad.data)
    assert [answer.ending for answer in await shop.handle(bad)] == [Ending.DEAD]
    assert len(await shop.rows(DeadLetter.collection)) == 1


class Ring(Timer):
    """It is time."""


@pytest.mark.parametrize("is_kept", [False, True])
@virtual
async def test_the_row_of_a_timer_that_is_buried_without_its_name_goes_if_it_can(is_kept: bool) -> None:
    handlers = Handlers()

    @handlers.on("ring")
    def ring(timer: Ring, ledger: Annotated[Ledger, create(at("l1"))]) -> None:
        ledger.numbers.append(13)

    def refuses(write: Write) -> bool:
        return a_ledger_with(13)(write) or write.collection == "parked" or (is_kept and isinstance(write, Delete))

    shop = Shop(handlers, store=Strict(refuses))
    await shop.store.transact([Insert("timers", {"_id": "acme/r1", "token": "t1"})])
    row = Delete("timers", "acme/r1", {"token": "t1"})
    message = Message(handlers.handlers[0], "t1", TENANT, b"{}", lane="r1", completion=[row])
    assert [answer.ending for answer in await shop.handle(message)] == [Ending.DEAD]
    assert len(await shop.rows(DeadLetter.collection)) == 1
    assert bool(await shop.rows("timers")) is is_kept


@virtual
async def test_the_lane_of_a_message_that_is_buried_without_its_name_goes_on() -> None:
    store = Strict(a_ledger_with(1))
    shop = Shop(noting(), store=store)
    poison, behind = (shop.event(Sold(till_id="t1", number=n), id=id) for n, id in ((1, "poison"), (2, "next")))
    await shop.handle(poison, behind)
    store.refuses = lambda write: a_ledger_with(1)(write) or naming("/poison'")(write)
    endings = []
    while rows := await shop.rows("parked"):
        (answer,) = await shop.handle(unpark(rows[0], shop.service.by_name["note"]))
        endings.append(answer.ending)
    assert endings == [Ending.PARKED] * (ATTEMPTS - 2) + [Ending.DEAD, Ending.DONE]
    assert (await shop.get(Ledger, "note-t1")).numbers == [2]


@virtual
async def test_a_command_whose_key_cannot_be_asked_for_is_told_and_others_are_answered() -> None:
    shop = Shop(tills(), store=Strict())
    odd = shop.command(Sell(till_id="t1", number=1), key=chr(0xD800), body_hash="h")
    answers = await shop.handle(shop.command(Sell(till_id="t2", number=2)), odd)
    assert [answer.status for answer in answers] == [200, 500]
    assert await shop.rows(DeadLetter.collection) == []


@virtual
async def test_an_event_whose_id_cannot_be_asked_for_is_buried_without_it() -> None:
    shop = Shop(noting(), store=Strict())
    events = [shop.event(Sold(till_id=f"t{n}", number=n), id=chr(0xD800) if n == 1 else "") for n in range(3)]
    answers = await shop.handle(*events)
    assert [answer.ending for answer in answers] == [Ending.DONE, Ending.DEAD, Ending.DONE]

"""What a handler gets of its loads: alone or in bundles, by paths and functions, of one kind of message or several."""

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, LocalCopy
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, awaits, create, optional, reads, require
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming.poison import PoisonSearch
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.lanes import Lane, unpark
from shared.engine.recovery.redelivery import Redelivery
from tests.shared.engine.market import Market
from tests.shared.engine.shop import Ledger, Shop, Sold, Till, virtual
from tests.waiting import until


class Returned(Event, aggregate="till", subject="till_id", service="shop"):
    """Something was brought back."""

    till_id: str
    number: int = 0
    reason: str | None = None


class Clerk(Aggregate, name="clerk"):
    """Who sells, and where."""

    till_ids: list[str] = []
    boss_id: str | None = None


class Hire(BaseModel):
    """Give a clerk some tills."""

    clerk_id: str
    till_ids: list[str] = []
    boss_id: str | None = None


class Close(BaseModel):
    """Close the tills of some clerks, and of their bosses if they have any."""

    clerk_id: str = "ann"
    others: list[str] = []


def all_ledgers(_: Close, clerk: Clerk, tills: Sequence[Till]) -> list[str]:
    """A ledger for each till of the clerk."""
    return [f"{clerk.id}-{till.id}" for till in tills]


class Closing(Bundle):
    """A clerk with everything that is closed."""

    clerk: Annotated[Clerk, require("clerk_id")]
    tills: Annotated[list[Till], create("clerk.till_ids")]

    @property
    def sold(self) -> list[list[int]]:
        """What each till has sold."""
        return [till.sold for till in self.tills]


class Whole(Closing):
    """What goes with it."""

    boss: Annotated[Clerk | None, optional("clerk.boss_id")]
    tills_of_boss: Annotated[list[Till] | None, create("boss.till_ids")]
    ledgers: Annotated[list[Ledger], create(all_ledgers)]
    seen: Annotated[Till | None, reads("clerk_id")]


class Others(Bundle):
    """Some other clerks, by a path through several."""

    colleagues: Annotated[list[Clerk], optional("others")]
    their_first: Annotated[list[Ledger], create("colleagues.id")]


def staff(found: list[Closing | Whole | Others]) -> Handlers:
    """Commands that keep what they got."""
    handlers = Handlers()

    @handlers.post("/clerks")
    def hire(command: Hire, clerk: Annotated[Clerk, create("clerk_id")]) -> None:
        clerk.till_ids, clerk.boss_id = command.till_ids, command.boss_id

    @handlers.post("/closings")
    def close(_: Close, closing: Whole, others: Others, ctx: Context) -> None:
        found.extend([closing, others])
        for till in closing.tills:
            ctx.emit(till.sell(7))

    return handlers


async def closed(
    found: list[Closing | Whole | Others], *hired: Hire, others: Sequence[str] = ()
) -> tuple[Shop, Answer]:
    """A shop with these clerks, of whom ann has closed her tills."""
    shop = Shop(staff(found))
    await shop.handle(*map(shop.command, hired))
    (answer,) = await shop.handle(shop.command(Close(others=list(others))))
    return shop, answer


ANN, BOB = Hire(clerk_id="ann", till_ids=["t1", "t2"], boss_id="bob"), Hire(clerk_id="bob", till_ids=["t3"])


@virtual
async def test_a_bundle_has_what_its_paths_and_functions_lead_to() -> None:
    found = list[Closing | Whole | Others]()
    await closed(found, ANN, BOB)
    whole = found[0]
    assert isinstance(whole, Whole)
    assert (whole.clerk.id, [till.id for till in whole.tills]) == ("ann", ["t1", "t2"])
    assert whole.boss is not None
    assert (whole.boss.id, [till.id for till in whole.tills_of_boss or ()]) == ("bob", ["t3"])
    assert ([ledger.id for ledger in whole.ledgers], whole.seen) == (["ann-t1", "ann-t2"], None)
    assert whole.sold == [[7], [7]]


@virtual
async def test_a_path_through_none_is_none_and_one_through_a_list_is_a_list() -> None:
    found = list[Closing | Whole | Others]()
    await closed(found, ANN, Hire(clerk_id="eve", till_ids=["t9"]), others=["eve", "nobody", "ann"])
    whole, others = found
    assert isinstance(whole, Whole)
    assert isinstance(others, Others)
    assert (whole.boss, whole.tills_of_boss) == (None, None)
    assert [clerk.id for clerk in others.colleagues] == [ledger.id for ledger in others.their_first] == ["eve", "ann"]


@virtual
async def test_what_a_bundle_has_is_written_and_answered_for() -> None:
    shop, answer = await closed([], ANN, BOB)
    assert answer.body == b'{"id":"ann","version":1}'
    assert [(await shop.get(Till, id)).sold for id in ("t1", "t2", "t3")] == [[7], [7], []]


@virtual
async def test_a_command_whose_bundle_lacks_something_is_refused() -> None:
    _, answer = await closed([], BOB)
    assert (answer.ending, answer.status) == (Ending.REFUSED, 404)


@virtual
async def test_nothing_in_a_bundle_is_replaced() -> None:
    found = list[Closing | Whole | Others]()
    await closed(found, ANN, BOB)
    whole = found[0]
    assert isinstance(whole, Whole)
    with pytest.raises(FrozenInstanceError):
        whole.clerk = Clerk()  # type: ignore[misc]


def test_a_rule_that_takes_a_bundle_is_tested_with_one() -> None:
    assert Closing(clerk=Clerk(), tills=[Till(sold=[1]), Till()]).sold == [[1], []]


class Mood:
    """Whether what is told can be noted."""

    bad = False


def noting_both(mood: Mood) -> Handlers:
    """One reaction to two kinds of events."""
    handlers = Handlers()

    @handlers.on("note")
    def note(event: Sold | Returned, ledger: Annotated[Ledger, create("till_id")]) -> None:
        if mood.bad:
            raise RuntimeError("not in the mood")
        ledger.numbers.append(-event.number if isinstance(event, Returned) else event.number)

    return handlers


def told(shop: Shop) -> list[Message]:
    """Something was sold, brought back, and sold again."""
    events = (Sold(till_id="t1", number=1), Returned(till_id="t1", number=1), Sold(till_id="t1", number=2))
    return [replace(shop.event(event), handler=shop.service.by_type["note", event.type_name]) for event in events]


@virtual
async def test_events_of_two_types_are_in_order_for_their_handler_though_they_have_to_wait() -> None:
    market, mood = Market(), Mood()
    office = Service("office", "Office", [], [noting_both(mood)])
    async with market.open(office) as engine:
        shop = Shop(store=market.stores["office"])
        shop.service, mood.bad = office, True
        for message in told(shop):
            await engine.submit(message)
        (lane,) = await shop.rows(Lane.collection)
        assert lane["state"]["tail"] - lane["state"]["head"] == 3
        mood.bad = False

        async def all_noted() -> bool:
            await market.advance(timedelta(minutes=1))
            return (await shop.get(Ledger)).numbers == [1, -1, 2]

        await until(all_noted, 300)
        assert await shop.rows("parked") == []


@virtual
async def test_letters_of_both_types_can_be_replayed_by_their_handler() -> None:
    mood = Mood()
    shop, mood.bad = Shop(noting_both(mood)), True
    await shop.handle(*told(shop))
    while rows := await shop.rows("parked"):
        handler = shop.service.handler(rows[0]["handler"], rows[0]["unknown"], rows[0]["type"])
        assert handler is not None
        await shop.handle(unpark(rows[0], handler))
    checked = await Redelivery(shop.executor, PoisonSearch(shop.executor, "a")).check(
        await shop.rows(DeadLetter.collection)
    )
    assert [one.refused for one in checked] == ["", "", ""]


class LastReturned(LocalCopy, name="last-returned"):
    """What was brought back last."""

    number: int = 0
    reason: str | None = None


@virtual
async def test_a_local_copy_of_an_event_has_its_fields_and_never_goes_back() -> None:
    handlers = Handlers()
    handlers.copies(Returned, LastReturned)

    @handlers.on("note")
    def note(
        event: Sold,
        ledger: Annotated[Ledger, create("till_id")],
        returned: Annotated[LastReturned, awaits("till_id")],
    ) -> None:
        ledger.numbers.append(returned.number)

    shop = Shop(handlers)
    second, first = Returned(till_id="t1", number=2, reason="torn"), Returned(till_id="t1", number=1)
    assert [answer.ending for answer in await shop.handle(shop.event(Sold(till_id="t1")))] == [Ending.PARKED]
    for sequence, event in ((2, second), (1, first)):
        await shop.handle(shop.event(event, "copy-last-returned", sequence=sequence))
    (row,) = await shop.rows("parked")
    await shop.handle(unpark(row, shop.service.by_name["note"]))
    assert (await shop.get(Ledger)).numbers == [2]
    assert (await shop.get(LastReturned)).reason == "torn"

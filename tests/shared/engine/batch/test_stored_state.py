"""State outlives the code that wrote it: older states are read, newer ones left alone, unknown fields kept."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, reads
from shared.engine.authoring.reader import FutureSchema, revive
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.lanes import PATIENCE, Lane, unpark
from shared.engine.ports.store import Document, Put
from tests.shared.engine.shop import Sell, Shop, Sold, Till, virtual


class Box(Aggregate, name="box", schema=2):
    """A till as it is kept today: amounts were single numbers once."""

    amounts: list[int] = []

    @classmethod
    def upcast(cls, state: dict[str, Any], schema: int) -> dict[str, Any]:
        """Schema 1 had one amount."""
        assert schema == 1
        return {"id": state["id"], "amounts": [state["amount"]]}


def boxes() -> Handlers:
    handlers = Handlers()

    @handlers.post("/boxes")
    def put(command: Sell, box: Annotated[Box, create("till_id")]) -> None:
        box.amounts.append(command.number)

    @handlers.on("note")
    def note(event: Sold, box: Annotated[Box, create("till_id")]) -> None:
        box.amounts.append(event.number)

    return handlers


def stored(id: str, schema: int, **state: object) -> Put:
    document: Document = {"_id": f"acme/{id}", "tenant": "acme", "schema": schema, "version": 3, "sequence": 0}
    return Put("box", document | {"chunk": 0, "shared": False, "guard": 0, "state": {"id": id} | state})


@virtual
async def test_a_state_with_a_lower_schema_is_brought_up_to_date() -> None:
    shop = Shop(boxes())
    await shop.store.transact([stored("t1", 1, amount=5)])
    await shop.handle(shop.command(Sell(number=6)))
    (row,) = await shop.rows("box")
    assert (row["schema"], row["version"], row["state"]) == (2, 4, {"id": "t1", "amounts": [5, 6]})


@virtual
async def test_fields_that_this_version_does_not_know_are_written_back() -> None:
    shop = Shop(boxes())
    await shop.store.transact([stored("t1", 2, amounts=[5], currency={"code": "EUR", "digits": 2})])
    await shop.handle(shop.command(Sell(number=6)))
    (row,) = await shop.rows("box")
    assert row["state"] == {"id": "t1", "amounts": [5, 6], "currency": {"code": "EUR", "digits": 2}}


class Closed(BaseModel):
    """What a command may say; part of what is stored, too."""

    model_config = ConfigDict(extra="forbid")

    width: int = 1


class Shelf(Aggregate, name="shelf"):
    """What is stored of what was said."""

    said: Closed = Closed()


def test_a_field_that_only_a_newer_version_knows_is_no_error_within_a_closed_model() -> None:
    put = stored("t1", 1, said={"width": 2, "depth": 3})
    assert revive(Shelf, dict(put.document)).said.width == 2


@pytest.mark.parametrize(
    "unreadable", [stored("t1", 3, amounts=[5]), stored("t1", 2, amounts="all"), stored("t1", 1, total=5)]
)
@virtual
async def test_a_state_that_cannot_be_read_fails_its_messages_and_is_not_touched(unreadable: Put) -> None:
    shop = Shop(boxes())
    await shop.store.transact([unreadable])
    answers = await shop.handle(*(shop.command(Sell(till_id=id)) for id in ("t0", "t1", "t2")))
    assert [answer.status for answer in answers] == [200, 500, 200]
    rows = {row["_id"]: row for row in await shop.rows("box")}
    assert rows["acme/t1"] == unreadable.document


@virtual
async def test_an_event_for_a_state_of_a_newer_version_waits_for_that_version() -> None:
    shop = Shop(boxes())
    await shop.store.transact([stored("t1", 3, amounts=[5])])
    (answer,) = await shop.handle(shop.event(Sold(till_id="t1", number=6)))
    assert answer.ending is Ending.PARKED
    assert isinstance(answer.error, FutureSchema)
    shop.now += PATIENCE / 2
    for _ in range(10):
        assert (await again(shop)).ending is Ending.PARKED
    await shop.store.transact([stored("t1", 2, amounts=[5])])
    assert (await again(shop)).ending is Ending.DONE
    assert (await shop.get(Box)).amounts == [5, 6]


async def again(shop: Shop) -> Answer:
    """Try what waits."""
    (row,) = await shop.rows("parked")
    (answer,) = await shop.handle(unpark(row, shop.service.by_name[row["handler"]]))
    return answer


@virtual
async def test_an_event_for_a_state_that_no_version_can_read_becomes_a_dead_letter() -> None:
    shop = Shop(boxes())
    await shop.store.transact([stored("t1", 2, amounts="all")])
    (answer,) = await shop.handle(shop.event(Sold(till_id="t1")))
    while answer.ending is Ending.PARKED:
        answer = await again(shop)
    assert answer.ending is Ending.DEAD
    assert [row["state"]["handler"] for row in await shop.rows(DeadLetter.collection)] == ["note"]
    assert await shop.rows(Lane.collection) == []


@virtual
async def test_an_aggregate_that_is_only_looked_at_is_never_written() -> None:
    handlers = Handlers()
    handlers.post("/looks")(look)
    shop = Shop(handlers)
    before = stored("t1", 1, amount=5)
    await shop.store.transact([before])
    await shop.handle(shop.command(Sell()), shop.command(Sell(till_id="t2")))
    assert await shop.rows("box") == [before.document]


def look(command: Sell, till: Annotated[Till, create("till_id")], box: Annotated[Box | None, reads("till_id")]) -> None:
    """Whether it is there or not."""

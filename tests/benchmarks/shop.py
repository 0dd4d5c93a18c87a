"""The service that is measured: one aggregate, one event in, one event out; and the same as a command."""

from typing import Annotated

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import PERSON, Scope
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service


class Ordered(Event, aggregate="order", subject="order_id", service="market"):
    """Something was ordered."""

    order_id: str
    customer_id: str
    pieces: int
    note: str = ""


class Shipped(Event, aggregate="customer", subject="customer_id", service="shop"):
    """It is on its way."""

    customer_id: str
    order_id: str
    pieces: int


class Customer(Aggregate, name="customer"):
    """What a customer has had."""

    orders: int = 0
    pieces: int = 0
    last: list[str] = []

    def ship(self, order_id: str, pieces: int) -> Shipped:
        """One more order."""
        self.orders += 1
        self.pieces += pieces
        self.last = [*self.last[-4:], order_id]
        return Shipped(customer_id=self.id, order_id=order_id, pieces=pieces)


class Ship(BaseModel):
    """Ship an order."""

    customer_id: str
    order_id: str
    pieces: int


def shop() -> Service:
    """The service."""
    handlers = Handlers()

    @handlers.on("ship-ordered")
    def ship_ordered(event: Ordered, customer: Annotated[Customer, create("customer_id")], ctx: Context) -> None:
        ctx.emit(customer.ship(event.order_id, event.pieces))

    @handlers.post("/customers/{customer_id}/shipments", allow=(PERSON, Scope("intake:write")))
    def ship(command: Ship, customer: Annotated[Customer, create("customer_id")], ctx: Context) -> None:
        ctx.emit(customer.ship(command.order_id, command.pieces))

    return Service("shop", "Shop", [Shipped], [handlers])

"""Guests: they come early, wait for their house to open, and are let in as soon as it does."""

import asyncio
from typing import Annotated

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create
from tests.simulation.ledger.outside import Outside


class GuestInvited(Event, aggregate="guest", subject="guest_id", service="ledger"):
    """Somebody is on the way to a house."""

    guest_id: str
    house_id: str


class Guest(Aggregate, name="guest"):
    """Who comes to a house, and whether they are in it."""

    is_in: bool = False


class House(Aggregate, name="house"):
    """It is there once it has opened."""

    is_open: bool = False


class InviteGuest(BaseModel):
    """Ask somebody to come."""

    guest_id: str
    house_id: str


class OpenHouse(BaseModel):
    """Let in all who wait, and who come later."""

    house_id: str


def guests(outside: Outside) -> Handlers:
    """Who invites, who opens, and who lets in."""
    handlers = Handlers()

    @handlers.post("/guests")
    def invite(command: InviteGuest, guest: Annotated[Guest, create("guest_id")], ctx: Context) -> None:
        ctx.emit(GuestInvited(guest_id=guest.id, house_id=command.house_id))

    @handlers.post("/houses")
    def open_house(_: OpenHouse, house: Annotated[House, create("house_id")]) -> None:
        house.is_open = True

    @handlers.on("let-in")
    def let_in(
        _: GuestInvited,
        house: Annotated[House, awaits("house_id", stale=True)],
        guest: Annotated[Guest, create("guest_id")],
    ) -> None:
        assert house.is_open
        guest.is_in = True
        outside.let_in[guest.id] = asyncio.get_running_loop().time()

    return handlers

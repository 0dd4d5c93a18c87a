"""A worker whose bell rings an hour after it is set: `python -m tests.shared.engine.mongo.bell_process HOURS`.

Its machine's clock is so many hours ahead, besides what the machine really does.
"""

import sys
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel

import shared.main
from shared.clock import system_clock
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service


class Rung(Event, aggregate="bell", subject="bell_id", service="bell"):
    """The bell has rung."""

    bell_id: str


class SetBell(BaseModel):
    """Let the bell ring in an hour."""

    bell_id: str


class Ring(Timer):
    """It is time."""

    bell_id: str


class Bell(Aggregate, name="bell"):
    """How often it has rung."""

    rung: int = 0


def bell() -> Service:
    """The service."""
    handlers = Handlers()

    @handlers.post("/bells")
    def set_bell(command: SetBell, bell: Annotated[Bell, create("bell_id")], ctx: Context) -> None:
        ctx.after(timedelta(hours=1), Ring(bell_id=command.bell_id), id=bell.id)

    @handlers.on("ring")
    def ring(timer: Ring, bell: Annotated[Bell, create("bell_id")], ctx: Context) -> None:
        bell.rung += 1
        ctx.emit(Rung(bell_id=timer.bell_id))

    return Service("bell", "Bell", [Rung], [handlers])


if __name__ == "__main__":
    ahead = timedelta(hours=float(sys.argv.pop()))

    def machine() -> datetime:
        return system_clock() + ahead

    vars(shared.main)["system_clock"] = machine  # there is no setting for it
    shared.main.run(bell())

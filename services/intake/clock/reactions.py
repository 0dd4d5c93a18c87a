"""A sandbox's clock moves on when all services have followed it."""

from typing import Annotated

from services.intake.clock.model import SandboxClock
from shared.contracts.clock import ClockFollowed
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

reactions = Handlers()


@reactions.on("note-clock-followed")
def note_clock_followed(
    event: ClockFollowed, clock: Annotated[SandboxClock, create("organization_id")], ctx: Context
) -> None:
    """Record how far a service has followed; move the clock on once all have."""
    ctx.emit(*clock.record(event, ctx.now))

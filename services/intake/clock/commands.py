"""Moving the clock of a sandbox."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from services.intake.clock.model import ClockShown, SandboxClock
from services.intake.fields import Id
from services.intake.organizations.model import Organization
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.installed import service_entries
from shared.moments import Duration, Instant

commands = Handlers()

FOLLOWERS = tuple(entry.name for entry in service_entries())
"""Every service: a clock has moved when all of them have followed it."""


class AdvanceClock(Command):
    """Move the clock of a sandbox forward, by a duration or to a time; everything due until then happens."""

    tenant_field: ClassVar[str] = "organization_id"
    """An operator whose token names no tenant may ask, too: this field names the tenant."""

    organization_id: Id
    by: Duration | None = Field(None, description="An ISO 8601 duration, such as P30D, P1M or PT26H; 366 days at most")
    to: Instant | None = Field(None, description="A time with an offset, such as 2027-01-31T12:00:00Z")

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """Refuse both, and neither."""
        if (self.by is None) == (self.to is None):
            raise ValueError("say how far it goes with one of by (such as P30D) and to (such as 2027-01-31T12:00:00Z)")
        return self

    def distance(self, now: datetime) -> timedelta:
        """How far the clock has to move from `now`."""
        target = self.to if self.to is not None else self.by and self.by.after(now)
        return target - now if target else timedelta()


@commands.post(
    "/organizations/{organization_id}/clock/advance",
    status=202,
    allow=(OPERATOR, ADMIN, Scope("intake:write")),
)
def advance_clock(
    command: AdvanceClock,
    clock: Annotated[SandboxClock, create("organization_id")],
    _: Annotated[Organization, require("organization_id")],
    ctx: Context,
) -> ClockShown:
    """Move the clock of a sandbox forward; everything due until then happens."""
    ctx.emit(*clock.advance(command.distance(ctx.now), ctx.now, FOLLOWERS))
    return clock.show(ctx.now)

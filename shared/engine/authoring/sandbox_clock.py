"""The clock of a sandbox organization, as a service follows it: see `docs/decisions/0009-sandbox-clocks.md`.

A live organization has none: its time is the database's, and for it nothing here is loaded or written.
"""

from datetime import datetime, timedelta
from typing import Annotated

from shared.contracts.clock import ClockAdvanced, ClockFollowed
from shared.engine.authoring.aggregate import Aggregate, InternalMessage
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.ids import TenantId, is_sandbox


class CaughtUp(InternalMessage):
    """A service has found nothing left to do in a round of a clock, when it had handled so many messages."""

    organization_id: TenantId
    service: str
    round: int
    activity: int
    next_due: datetime | None


class SandboxClock(Aggregate, name="clocks"):
    """How far a sandbox's time is ahead of the database's, in one service.

    `reached` is the time up to which all that is due is to be worked off, and `due` (in the database's time) is set
    while this goes on. `activity` counts the messages that were handled for times up to `reached`.
    """

    offset_ms: int = 0
    reached: datetime | None = None
    round: int = 0
    activity: int = 0
    shard: int = 0
    due: datetime | None = None

    @property
    def offset(self) -> timedelta:
        """How far it is ahead."""
        return timedelta(milliseconds=self.offset_ms)

    def follow(self, moved: ClockAdvanced) -> None:
        """Move on, and look for what is due; a round that is over is passed over."""
        if moved.round > self.round:
            self.round, self.reached, self.offset_ms = moved.round, moved.now, moved.offset_ms
            self.due = moved.now - self.offset

    def count(self, happened: datetime) -> bool:
        """Return whether a message that was handled belongs to what the clock has reached, and is counted."""
        is_counted = self.reached is not None and happened <= self.reached
        self.activity += is_counted
        return is_counted

    def finish(self, found: CaughtUp) -> list[ClockFollowed]:
        """Report the round as over, unless something was handled since that was found."""
        if self.due is None or (found.round, found.activity) != (self.round, self.activity):
            return []
        self.due = None
        return [ClockFollowed(**found.model_dump())]


following = Handlers()


@following.on("follow-clock")
def follow_clock(event: ClockAdvanced, clock: Annotated[SandboxClock, create("organization_id")], ctx: Context) -> None:
    """Move the clock of a sandbox; that of a live organization cannot be moved."""
    if is_sandbox(ctx.tenant) and event.organization_id == ctx.tenant:
        clock.follow(event)


@following.on("report-clock-followed")
def report_clock_followed(
    found: CaughtUp, clock: Annotated[SandboxClock, create("organization_id")], ctx: Context
) -> None:
    """Report that nothing is left to do in a round of the clock."""
    ctx.emit(*clock.finish(found))


REPORT_FOLLOWED = following.handlers[1]

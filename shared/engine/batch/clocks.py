"""The clock of a sandbox organization, as a service follows it: see `docs/decisions/0009-sandbox-clocks.md`.

A live organization has none: its time is the database's, and for it nothing here is loaded or written.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.contracts.clock import TOPIC, ClockAdvanced, ClockFollowed
from shared.contracts.event import Contract
from shared.engine.authoring.aggregate import Aggregate, InternalMessage
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handler, Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Message, Moment
from shared.engine.batch.outbox import shard_of
from shared.engine.batch.tracked import Place
from shared.engine.coordination.turns import Agenda
from shared.ids import TenantId, is_sandbox

if TYPE_CHECKING:
    from shared.engine.batch.batch import Unit


class CaughtUp(InternalMessage):
    """A service has found nothing left to do in a round of a clock, when it had handled so many messages."""

    organization_id: TenantId
    service: str
    round: int
    activity: int
    next_due: datetime | None


class Clock(Aggregate, name="clocks"):
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
        """Whether a message that was handled belongs to what the clock has reached, and is counted."""
        is_counted = self.reached is not None and happened <= self.reached
        self.activity += is_counted
        return is_counted

    def finish(self, found: CaughtUp) -> list[ClockFollowed]:
        """Tell that the round is over, unless something was handled since that was found."""
        if self.due is None or (found.round, found.activity) != (self.round, self.activity):
            return []
        self.due = None
        return [ClockFollowed(**found.model_dump())]


AGENDA = Agenda(Clock.collection, "state.due", "state.shard")
INDEXES = AGENDA.indexes[:1]

following = Handlers()


@following.on("follow-clock", loads={"clock": create(Clock, "organization_id")})
def follow_clock(event: ClockAdvanced, clock: Clock, ctx: Context) -> None:
    """Move the clock of a sandbox; that of a live organization cannot be moved."""
    if is_sandbox(ctx.tenant) and event.organization_id == ctx.tenant:
        clock.follow(event)


@following.on("tell-clock-followed", loads={"clock": create(Clock, "organization_id")})
def tell_clock_followed(found: CaughtUp, clock: Clock, ctx: Context) -> None:
    """Tell that nothing is left to do."""
    ctx.emit(*clock.finish(found))


TELL = following.handlers[1]


def place(tenant: str) -> Place:
    """Where the clock of a sandbox is stored."""
    return Clock.collection, f"{tenant}/{tenant}"


def moment(unit: "Unit", message: Message) -> Moment | None:
    """When a message of a sandbox happens: when it was caused; a command now, by the sandbox's clock."""
    if not is_sandbox(message.tenant):
        return None
    clock = _of(unit, message)
    return Moment(message.occurred_at or unit.now + clock.offset, clock.offset_ms)


def note(unit: "Unit", message: Message) -> None:
    """A message of a sandbox was handled: the transaction fails if the clock that it rests on has moved meanwhile."""
    if message.moment is None:
        return
    held, clock = unit.held[place(message.tenant)], _of(unit, message)
    held.guarded = True
    unit.marks[-1].changed.append(held.place)
    if not _moves_clocks(message.handler) and clock.count(message.moment.now):
        unit.change(held)


def _of(unit: "Unit", message: Message) -> Clock:
    held = unit.held[place(message.tenant)]
    clock = held.blank()
    assert isinstance(clock, Clock)
    clock.shard = shard_of(held.place[1], unit.shards)
    return clock


def _moves_clocks(handler: Handler) -> bool:
    """Whether it is part of moving clocks, which is not what the clock waits for."""
    return handler is TELL or (issubclass(handler.takes, Contract) and handler.takes.about.topic == TOPIC)

"""The time at which the messages of sandbox organizations happen, by their own clocks."""

from typing import TYPE_CHECKING

from shared.contracts.clock import TOPIC
from shared.contracts.event import Contract
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.sandbox_clock import REPORT_FOLLOWED, SandboxClock
from shared.engine.batch.message import Message, Moment
from shared.engine.batch.outbox import shard_of
from shared.engine.batch.tracked import DocumentKey
from shared.engine.coordination.turns import Agenda
from shared.ids import is_sandbox

if TYPE_CHECKING:
    from shared.engine.batch.batch import Batch

AGENDA = Agenda(SandboxClock.collection, "state.due", "state.shard")
INDEXES = AGENDA.indexes[:1]


def clock_key(tenant: str) -> DocumentKey:
    """Return the key of a sandbox's clock."""
    return SandboxClock.collection, f"{tenant}/{tenant}"


def moment(batch: "Batch", message: Message) -> Moment | None:
    """Return when a message of a sandbox happens: when it was caused; a command now, by the sandbox's clock."""
    if not is_sandbox(message.tenant):
        return None
    clock = _of(batch, message)
    return Moment(message.occurred_at or batch.now + clock.offset, clock.offset_ms)


def note(batch: "Batch", message: Message) -> None:
    """Note that a message was handled: the transaction fails if its sandbox's clock has moved meanwhile."""
    if message.moment is None:
        return
    tracked, clock = batch.tracked[clock_key(message.tenant)], _of(batch, message)
    tracked.guarded = True
    batch.marks[-1].changed.append(tracked.key)
    if not _moves_clocks(message.handler) and clock.count(message.moment.now):
        batch.change(tracked)


def _of(batch: "Batch", message: Message) -> SandboxClock:
    tracked = batch.tracked[clock_key(message.tenant)]
    clock = tracked.blank()
    assert isinstance(clock, SandboxClock)
    clock.shard = shard_of(tracked.key[1], batch.shards)
    return clock


def _moves_clocks(handler: Handler) -> bool:
    """Whether it is part of moving clocks, which is not what the clock waits for."""
    return handler is REPORT_FOLLOWED or (issubclass(handler.takes, Contract) and handler.takes.about.topic == TOPIC)

"""What one message has caused so far; it is dropped whole if the message fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Effect, Timer
from shared.engine.batch.message import Message
from shared.engine.batch.outbox import shard_of
from shared.engine.batch.tracked import DocumentKey, TrackedAggregate
from shared.engine.ports.store import Delete, Document, Keep, Put, Write


@dataclass(slots=True)
class Savepoint:
    """What one message has caused so far."""

    message: Message
    now: datetime
    shards: int
    new_id: Callable[[], str]
    loaded: dict[DocumentKey, TrackedAggregate] = field(default_factory=dict)
    emitted: list[tuple[TrackedAggregate, Event]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """See `Context.emit`."""
        about = event.about
        tracked = self.loaded.get((about.aggregate, f"{self.message.tenant}/{event.subject_id}"))
        if tracked is None:
            raise LookupError(
                f"{about.name} is about {about.aggregate} {event.subject_id}, which was not loaded to write"
            )
        self.emitted.append((tracked, event))

    def plan(self, when: datetime, timer: Timer, id: str, replace: bool) -> None:
        """See `Context.at`."""
        row = self._own(id, timer) | {"due": when}
        if moment := self.message.moment:
            row |= {"due": moment.by_machine(when), "offset_ms": moment.offset_ms}
        self.writes.append(Put("timers", row) if replace else Keep("timers", row))

    def cancel(self, id: str) -> None:
        """See `Context.cancel`."""
        self.writes.append(Delete("timers", f"{self.message.tenant}/{id}"))

    def perform(self, effect: Effect, id: str) -> None:
        """See `Context.perform`."""
        row = self._own(id, effect) | {"due": self.now, "attempts": 0}
        if moment := self.message.moment:
            row |= {"at": moment.now, "sandbox": True}
        self.writes.append(Keep("effects", row))

    def _own(self, id: str, own: Timer | Effect) -> Document:
        """The row of a message to oneself, which carries on who and what is behind it. Its `token` will be its id."""
        message, full = self.message, f"{self.message.tenant}/{id}"
        return {
            "_id": full,
            "tenant": message.tenant,
            "shard": shard_of(full, self.shards),
            "type": type(own).__name__,
            "data": own.model_dump_json().encode(),
            "token": self.new_id(),
            "actor": message.origin.actor,
            "program": message.origin.program,
            "correlation": message.origin.correlation,
            "traceparent": message.origin.traceparent,
        }

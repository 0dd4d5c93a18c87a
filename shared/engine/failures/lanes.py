"""Lanes: a message that fails waits in its lane, and those behind it wait too, so that order holds.

A lane is a document for each handler and key, version-checked like every aggregate; the messages are rows beside it.
Parked is a state of its own in the inbox: a redelivery is dropped, a retry is not.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

import structlog

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import NotYet
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.loads import Mode
from shared.engine.authoring.service import Service, message_type
from shared.engine.batch import inbox
from shared.engine.batch.batch import Batch
from shared.engine.batch.message import Message, Origin
from shared.engine.batch.outbox import shard_of
from shared.engine.batch.tracked import DocumentKey, TrackedAggregate
from shared.engine.coordination.turns import Agenda
from shared.engine.failures.dead_letters import KEEP_DEAD_LETTER, KEPT_BYTES, Delivery, KeepDeadLetter
from shared.engine.failures.sealer import Contents, ContentSealer
from shared.engine.ports.store import Delete, Document, Index, Insert
from shared.observe.failures import describe

log = structlog.get_logger()

ROWS = "parked"
ATTEMPTS = 6
PATIENCE = timedelta(hours=24)
"""How long a message waits for what must come first."""

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(minutes=10)
PAUSE = timedelta(minutes=2)
"""After so long a paused lane is looked at by itself, should whoever has paused it be gone."""


class Lane(Aggregate, name="lanes"):
    """Messages of one handler and key that wait, `head` up to `tail`. `attempts` and `error` are those of the head."""

    handler: str = ""
    generation: int = 0
    shard: int = 0
    head: int = 0
    tail: int = 0
    attempts: int = 0
    pauses: int = 0
    waiting_for: str | None = None
    error: str | None = None
    wake_at: datetime | None = None

    def wait(self, now: datetime, error: Exception) -> None:
        """Try the head again later; waiting for something else is not counted as an attempt."""
        self.pauses += 1
        self.waiting_for = error.what if isinstance(error, NotYet) else None
        self.attempts += self.waiting_for is None
        self.error = None if self.waiting_for else describe(error)
        self.wake_at = now + min(LONGEST, SHORTEST * 2 ** min(self.pauses - 1, 16))

    def pause(self, now: datetime, what: str) -> None:
        """Leave the head alone: its handler is tried with another one, and wakes all that wait when it works."""
        self.waiting_for, self.wake_at = what, now + PAUSE

    def advance(self, now: datetime) -> None:
        """Remove the head, which is done: the next one is due."""
        self.head += 1
        self.attempts = self.pauses = 0
        self.waiting_for, self.error, self.wake_at = None, None, now

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return self.head >= self.tail


AGENDA = Agenda(Lane.collection, "state.wake_at", "state.shard", "state.handler")
INDEXES = {
    ROWS: (),
    Lane.collection: (
        *AGENDA.indexes,
        Index(("state.waiting_for", "_id")),
        Index(("state.handler", "state.generation")),
    ),
}


def lane_key(message: Message) -> DocumentKey | None:
    """Return the lane of a message; commands have none."""
    if message.is_command:
        return None
    generation = f"@{message.generation}" if message.generation else ""
    return (Lane.collection, f"{message.tenant}/{message.handler.name}{generation}/{message.lane}")


def row_id(lane_id: str, number: int) -> str:
    """Return the row of a lane's message."""
    return f"{lane_id}#{number:010}"


def awaited(service: Service) -> frozenset[str]:
    """Return the collections that reactions wait for."""
    return frozenset(
        load.aggregate.collection
        for handlers in service.reactions.values()
        for handler in handlers
        for load in handler.loads.values()
        if load.mode in (Mode.AWAIT, Mode.REQUIRE)
    )


class Lanes:
    """What the executor does with messages that must wait, in the transaction of the batch."""

    def __init__(self, keep_inbox: timedelta, sealer: ContentSealer) -> None:
        self.keep_inbox = keep_inbox
        self.sealer = sealer

    def was_seen(self, batch: Batch, message: Message) -> bool:
        """Return whether it is a second delivery; the replay of a dead letter is not."""
        row = None if message.parked_number is not None else batch.rows.get((inbox.COLLECTION, message.seen))
        return row is not None and not (message.from_letter and row["state"] == inbox.DEAD)

    def remember(self, batch: Batch, message: Message, state: str) -> None:
        """Add the inbox row of a message that comes from no lane, so that a second delivery changes nothing."""
        if not message.seen:
            return
        expires = None if state == inbox.PARKED else inbox.expiry(batch.now, self.keep_inbox)
        row = inbox.updated if message.from_letter else inbox.first_seen
        batch.remember(row(message.seen, state, expires), message.seen)

    def must_wait(self, batch: Batch, message: Message) -> bool:
        """Return whether others of its lane came first, or it has to wait itself."""
        if message.parked_number is not None or message.replayed:
            return False
        must_wait = message.awaits_replay or message.paused != ""
        return must_wait or ((lane := self._lane(batch, message)) is not None and not lane.is_empty)

    def is_next(self, batch: Batch, message: Message) -> bool:
        """Return whether a parked message is still the head of its lane."""
        lane = self._lane(batch, message)
        return lane is not None and not lane.is_empty and lane.head == message.parked_number

    def follow(self, batch: Batch, message: Message) -> Answer:
        """Park a message behind the others of its lane."""
        self._append(batch, message)
        return Answer(Ending.PARKED)

    def park(self, batch: Batch, message: Message, error: Exception) -> Answer:
        """Park a message to be tried later, or give it up: what cannot be read, has failed or waited too often."""
        waits = isinstance(error, NotYet)
        if isinstance(error, ValueError) and message.body is None:
            return self.dead_letter(batch, message, error, "undecodable")
        tracked = (
            self._append(batch, message) if message.parked_number is None else batch.tracked[self._lane_key(message)]
        )
        lane = tracked.aggregate
        assert isinstance(lane, Lane)
        lane.wait(batch.now, error)
        if message.parked_number is not None and waits and batch.now - (message.parked_at or batch.now) > PATIENCE:
            return self.dead_letter(batch, message, error, "waited-too-long")
        if lane.attempts >= ATTEMPTS:
            return self.dead_letter(batch, message, error, "failed")
        batch.change(tracked)
        return Answer(Ending.PARKED, error=error)

    def leave(self, batch: Batch, message: Message, state: str) -> None:
        """Remove the head of a lane, which is done, and its row: the next one is due."""
        tracked = batch.tracked[self._lane_key(message)]
        lane = tracked.aggregate
        assert isinstance(lane, Lane)
        if message.seen:
            batch.add_writes(inbox.updated(message.seen, state, inbox.expiry(batch.now, self.keep_inbox)))
        lane.advance(batch.now)
        tracked.gone = lane.is_empty
        batch.change(tracked)

    def dead_letter(
        self, batch: Batch, message: Message, error: Exception, reason: str = "refused-by-the-database"
    ) -> Answer:
        """Give a message up: keep it as a dead letter, and complete it."""
        found = KeepDeadLetter(
            handler=message.handler.name,
            message_id=message.id,
            message_type=message.unknown or message_type(message.handler.takes),
            reason=reason,
            error=describe(error),
            contents=self.sealer.seal(f"{message.tenant}/{message.id}", Contents(_data(message)[:KEPT_BYTES])),
            size=len(_data(message)),
            delivery=_delivery(message),
        )
        id = batch.new_id() if message.named else message.id
        letter = Message(KEEP_DEAD_LETTER, id, message.tenant, body=found, origin=message.origin)
        batch.track_new(letter)
        batch.run(letter)
        batch.add_writes(*message.completion)
        if message.parked_number is not None:
            self.leave(batch, message, inbox.DEAD)
        else:
            self.remember(batch, message, inbox.DEAD)
        return Answer(Ending.DEAD, error=error)

    def _append(self, batch: Batch, message: Message) -> TrackedAggregate:
        """Add a row at the end of the lane, and complete the message where it came from."""
        tracked = batch.tracked[self._lane_key(message)]
        lane = tracked.blank()
        assert isinstance(lane, Lane)
        tracked.gone = False
        lane.handler = message.handler.name
        lane.shard = shard_of(tracked.key[1], batch.shards)
        lane.generation = message.generation
        if lane.is_empty:
            lane.wake_at = None if message.awaits_replay else batch.now
            if message.paused:
                lane.pause(batch.now, message.paused)
        batch.add_writes(*message.completion, Insert(ROWS, _row(message, tracked.key[1], lane.tail, batch.now)))
        self.remember(batch, message, inbox.PARKED)
        lane.tail += 1
        batch.change(tracked)
        return tracked

    def _lane(self, batch: Batch, message: Message) -> Lane | None:
        key = lane_key(message)
        lane = batch.tracked[key].present() if key else None
        return lane if isinstance(lane, Lane) else None

    @staticmethod
    def _lane_key(message: Message) -> DocumentKey:
        key = lane_key(message)
        assert key is not None, "a command has no lane"
        return key


def _data(message: Message) -> bytes:
    """Its data as JSON; what came without a body may be anything, or nothing."""
    return message.data or (b"" if message.body is None else message.body.model_dump_json().encode())


def _delivery(message: Message) -> Delivery:
    return Delivery(
        lane=message.lane,
        source=message.source,
        seen=message.seen,
        sequence=message.sequence,
        occurred_at=message.occurred_at,
        generation=message.generation,
        **asdict(message.origin),
    )


def _row(message: Message, lane_id: str, number: int, now: datetime) -> Document:
    origin = message.origin
    return {
        "_id": row_id(lane_id, number),
        "tenant": message.tenant,
        "handler": message.handler.name,
        "generation": message.generation,
        "id": message.id,
        "data": _data(message),
        "lane": message.lane,
        "source": message.source,
        "seen": message.seen,
        "sequence": message.sequence,
        "occurred_at": message.occurred_at,
        "type": message_type(message.handler.takes),
        "unknown": message.unknown,
        "actor": origin.actor,
        "program": origin.program,
        "correlation": origin.correlation,
        "traceparent": origin.traceparent,
        "parked_at": now,
    }


def unpark(row: Document, handler: Handler) -> Message:
    """Return a parked message, to be tried again."""
    return Message(
        handler,
        row["id"],
        row["tenant"],
        row["data"],
        lane=row["lane"],
        source=row["source"],
        origin=Origin(row["actor"], row["program"], row["correlation"], row["traceparent"]),
        sequence=row["sequence"],
        occurred_at=row["occurred_at"],
        generation=row["generation"],
        seen=row["seen"],
        completion=(Delete(ROWS, row["_id"], {"id": row["id"]}),),
        parked_number=int(row["_id"].rpartition("#")[2]),
        parked_at=row["parked_at"],
        unknown="" if row["unknown"] == message_type(handler.takes) else row["unknown"],
    )

"""Parking: a message that fails waits in its lane, and those behind it wait too, so that order holds.

A lane is a document for each handler and key, version-checked like every aggregate; the messages are rows beside it.
Parked is a state of its own in the inbox: a redelivery is dropped, a retry is not.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

import structlog

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import NotYet
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.loads import Mode
from shared.engine.authoring.service import Service, message_type
from shared.engine.batch import inbox
from shared.engine.batch.batch import Unit
from shared.engine.batch.message import Answer, Ending, Message, Origin
from shared.engine.batch.outbox import shard_of
from shared.engine.batch.tracked import Held, Place
from shared.engine.coordination.turns import Agenda
from shared.engine.failures.dead_letters import BURY, KEPT_BYTES, Bury, Delivery
from shared.engine.failures.sealer import Contents, Safe
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
        """The head is done: the next one is due."""
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


def place(message: Message) -> Place | None:
    """The lane of a message; commands have none."""
    if message.is_command:
        return None
    generation = f"@{message.generation}" if message.generation else ""
    return (Lane.collection, f"{message.tenant}/{message.handler.name}{generation}/{message.lane}")


def row_id(lane_id: str, number: int) -> str:
    """The row of a lane's message."""
    return f"{lane_id}#{number:010}"


def awaited(service: Service) -> frozenset[str]:
    """The collections that reactions wait for."""
    return frozenset(
        load.aggregate.collection
        for handlers in service.reactions.values()
        for handler in handlers
        for load in handler.loads.values()
        if load.mode in (Mode.AWAIT, Mode.REQUIRE)
    )


class Parking:
    """What the executor does with messages that must wait, in the transaction of the batch."""

    def __init__(self, keep_inbox: timedelta, safe: Safe) -> None:
        self.keep_inbox = keep_inbox
        self.safe = safe

    def was_seen(self, unit: Unit, message: Message) -> bool:
        """Whether it is a second delivery: of what is dead, a replay is none."""
        row = None if message.place is not None else unit.rows.get((inbox.COLLECTION, message.seen))
        return row is not None and not (message.from_letter and row["state"] == inbox.DEAD)

    def remember(self, unit: Unit, message: Message, state: str) -> None:
        """Write down what has become of a message that comes from no lane, so that it is not delivered twice."""
        if not message.seen:
            return
        expires = None if state == inbox.PARKED else inbox.expiry(unit.now, self.keep_inbox)
        row = inbox.settled if message.from_letter else inbox.first_seen
        unit.remember(row(message.seen, state, expires), message.seen)

    def must_wait(self, unit: Unit, message: Message) -> bool:
        """Whether others of its lane came first, or it is held back itself."""
        if message.place is not None or message.replayed:
            return False
        is_held = message.held_back or message.paused != ""
        return is_held or ((lane := self._lane(unit, message)) is not None and not lane.is_empty)

    def is_next(self, unit: Unit, message: Message) -> bool:
        """Whether a message taken up again is still the head of its lane."""
        lane = self._lane(unit, message)
        return lane is not None and not lane.is_empty and lane.head == message.place

    def follow(self, unit: Unit, message: Message) -> Answer:
        """Wait behind the others."""
        self._append(unit, message)
        return Answer(Ending.PARKED)

    def park(self, unit: Unit, message: Message, error: Exception) -> Answer:
        """Try again later, or give up: at once what cannot be read, else after the last attempt or too long a wait."""
        waits = isinstance(error, NotYet)
        if isinstance(error, ValueError) and message.body is None:
            return self.bury(unit, message, error, "undecodable")
        held = self._append(unit, message) if message.place is None else unit.held[self._place(message)]
        lane = held.aggregate
        assert isinstance(lane, Lane)
        lane.wait(unit.now, error)
        if message.place is not None and waits and unit.now - (message.parked_at or unit.now) > PATIENCE:
            return self.bury(unit, message, error, "waited-too-long")
        if lane.attempts >= ATTEMPTS:
            return self.bury(unit, message, error, "failed")
        unit.change(held)
        return Answer(Ending.PARKED, error=error)

    def leave(self, unit: Unit, message: Message, state: str) -> None:
        """The head of a lane is done, and its row with it: the next one is due."""
        held = unit.held[self._place(message)]
        lane = held.aggregate
        assert isinstance(lane, Lane)
        if message.seen:
            unit.settle(inbox.settled(message.seen, state, inbox.expiry(unit.now, self.keep_inbox)))
        lane.advance(unit.now)
        held.gone = lane.is_empty
        unit.change(held)

    def bury(self, unit: Unit, message: Message, error: Exception, reason: str = "refused-by-the-database") -> Answer:
        """Give it up: a dead letter, and the message as done."""
        found = Bury(
            handler=message.handler.name,
            message_id=message.id,
            message_type=message.unknown or message_type(message.handler.takes),
            reason=reason,
            error=describe(error),
            contents=self.safe.seal(f"{message.tenant}/{message.id}", Contents(_data(message)[:KEPT_BYTES])),
            size=len(_data(message)),
            delivery=_delivery(message),
        )
        id = unit.new_id() if message.named else message.id
        letter = Message(BURY, id, message.tenant, body=found, origin=message.origin)
        unit.hold_new(letter)
        unit.run(letter)
        unit.settle(*message.settles)
        if message.place is not None:
            self.leave(unit, message, inbox.DEAD)
        else:
            self.remember(unit, message, inbox.DEAD)
        return Answer(Ending.DEAD, error=error)

    def _append(self, unit: Unit, message: Message) -> Held:
        """A row at the end of the lane, instead of wherever the message came from."""
        held = unit.held[self._place(message)]
        lane = held.blank()
        assert isinstance(lane, Lane)
        held.gone = False
        lane.handler = message.handler.name
        lane.shard = shard_of(held.place[1], unit.shards)
        lane.generation = message.generation
        if lane.is_empty:
            lane.wake_at = None if message.held_back else unit.now
            if message.paused:
                lane.pause(unit.now, message.paused)
        unit.settle(*message.settles, Insert(ROWS, _row(message, held.place[1], lane.tail, unit.now)))
        self.remember(unit, message, inbox.PARKED)
        lane.tail += 1
        unit.change(held)
        return held

    def _lane(self, unit: Unit, message: Message) -> Lane | None:
        where = place(message)
        lane = unit.held[where].present() if where else None
        return lane if isinstance(lane, Lane) else None

    @staticmethod
    def _place(message: Message) -> Place:
        where = place(message)
        assert where is not None, "a command has no lane"
        return where


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


def take_up(row: Document, handler: Handler) -> Message:
    """A parked message, to be tried again."""
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
        settles=(Delete(ROWS, row["_id"], {"id": row["id"]}),),
        place=int(row["_id"].rpartition("#")[2]),
        parked_at=row["parked_at"],
        unknown="" if row["unknown"] == message_type(handler.takes) else row["unknown"],
    )

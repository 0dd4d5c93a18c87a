"""What the executor handles, whatever it came from: a command, an event, a timer, an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

from shared.contracts.event import State
from shared.engine.authoring.aggregate import Outcome, Removed, Timer
from shared.engine.authoring.context import NotYet
from shared.engine.batch.tracked import DocumentKey
from shared.engine.ports.store import Write
from shared.observe import traces

if TYPE_CHECKING:
    from shared.engine.authoring.handlers import Handler
    from shared.engine.authoring.permissions import Awaited
    from shared.engine.batch.trail import Draft


NOTHING = b"null"
"""The data of a record without a value."""


class Idempotency(NamedTuple):
    """The id of the row that remembers an answer, and the hash of the body that it was given for."""

    id: str
    body_hash: str


class Moment(NamedTuple):
    """When something happens by the clock of a sandbox, which is so many milliseconds ahead of the database's."""

    now: datetime
    offset_ms: int

    def by_machine(self, when: datetime) -> datetime:
        """Return the database's time when that clock shows this; what is past is due now."""
        return max(when, self.now) - timedelta(milliseconds=self.offset_ms)


@dataclass(slots=True)
class Origin:
    """Who and what is behind a message; all that it causes carries this on."""

    actor: str = ""
    program: str = ""
    correlation: str = ""
    traceparent: str = ""


class Kind(Enum):
    """Where a message comes from; each kind waits in a line of its own, so that none holds up another."""

    COMMAND = auto()
    EVENT = auto()
    TIMER = auto()
    OUTCOME = auto()
    PARKED = auto()
    REPLAYED = auto()


@dataclass(slots=True)
class Message:
    """One message for one handler.

    `body` is what the handler gets; where it is None, `data` is its JSON, decoded when the message runs. Order holds
    within a `lane`. `seen` is the inbox row that makes a second delivery a no-op. `completion` is the writes that
    complete it (deleting a timer's row, say), in the same transaction as its effect. A message that is retried from
    its lane has `parked_number`, its number there, and `parked_at`. `unknown` names a version that this code cannot
    read. For a read model, `generation` says which one, `awaits_replay` that the message waits until the journal has
    been `replayed`; what is replayed itself does not wait. `paused` names what it waits for while its handler is
    paused. `wanted` caches the keys of its loads, as far as they depend on it alone. A `poison` message has ended one
    process after another: it becomes a dead letter instead. One that is not `named` has an id that says nothing of it,
    since the database refuses whatever names it. One `from_letter` was dead, and is tried again: its inbox row says
    so. In a sandbox, which has a clock of its own, `moment` is when it happens. A command whose sender may ask for it
    about some things only has what is `awaited` to decide that. Its `draft` is of the line that it leaves on the audit
    trail, if it leaves one.
    """

    handler: "Handler"
    id: str
    tenant: str
    data: bytes = b""
    body: BaseModel | None = None
    lane: str = ""
    source: str = ""
    origin: Origin = field(default_factory=Origin)
    sequence: int = 0
    occurred_at: datetime | None = None
    generation: int = 0
    seen: str = ""
    completion: Sequence[Write] = ()
    parked_number: int | None = None
    parked_at: datetime | None = None
    unknown: str = ""
    awaits_replay: bool = False
    replayed: bool = False
    paused: str = ""
    poison: bool = False
    named: bool = True
    from_letter: bool = False
    wanted: dict[int, DocumentKey | list[DocumentKey]] = field(default_factory=dict)
    expected_version: int | None = None
    idempotency: Idempotency | None = None
    moment: Moment | None = None
    awaited: "Awaited | None" = None
    draft: "Draft | None" = None

    @property
    def is_command(self) -> bool:
        """Whether somebody waits for its answer; it is never parked."""
        return self.handler.http is not None

    @property
    def kind(self) -> Kind:
        """The kind by which it has its part of each batch."""
        if self.is_command:
            return Kind.COMMAND
        if self.parked_number is not None or self.from_letter:
            return Kind.PARKED
        return Kind.REPLAYED if self.replayed else _kind(self.handler.takes)

    def described(self) -> dict[str, str]:
        """Return what log lines say of it while it is handled."""
        return {
            "tenant": self.tenant,
            "handler": self.handler.name,
            "message_id": self.id,
            "correlation_id": self.origin.correlation,
            "trace_id": traces.trace_id(self.origin.traceparent),
        }

    def read(self) -> BaseModel:
        """Return what the handler gets; raises pydantic's `ValidationError`, or `NotYet` for an unknown version.

        A state without a value is gone: its lane says which one.
        """
        if self.unknown:
            raise NotYet(self.unknown)
        if self.body is None and self.data == NOTHING and issubclass(self.handler.takes, State):
            self.body = Removed(subject_id=self.lane.partition("/")[2])
        if self.body is None:
            self.body = self.handler.takes.model_validate_json(self.data, extra="ignore")
        return self.body


@cache
def _kind(takes: type[BaseModel]) -> Kind:
    if issubclass(takes, Timer):
        return Kind.TIMER
    return Kind.OUTCOME if issubclass(takes, Outcome) else Kind.EVENT

"""What the executor handles, whatever it came from: a command, an event, a timer, an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from shared.engine.store import Write

if TYPE_CHECKING:
    from shared.engine.handlers import Handler


class Idempotency(tuple[str, str]):
    """The id of the row that remembers an answer, and the hash of the body that it was given for."""

    __slots__ = ()


@dataclass(slots=True)
class Message:
    """One message for one handler.

    `data` is its JSON, decoded by the handler's model when it runs. `lane` is the key within which order holds.
    `seen` is the inbox row that makes a second delivery a no-op; `settles` are the writes that belong to having handled
    it (the timer's row is deleted, the inbox row written), in the same transaction as its effect.
    """

    handler: "Handler"
    id: str
    tenant: str
    data: bytes
    lane: str
    source: str = ""
    subject: str = ""
    program: str = ""
    actor: str = ""
    correlation: str = ""
    traceparent: str = ""
    sequence: int = 0
    path: dict[str, str] = field(default_factory=dict)
    seen: str = ""
    settles: Sequence[Write] = ()
    attempts: int = 0
    expected_version: int | None = None
    idempotency: Idempotency | None = None


class Ending(Enum):
    """What became of a message."""

    DONE = auto()
    REFUSED = auto()
    DUPLICATE = auto()
    PARKED = auto()
    FAILED = auto()


@dataclass(slots=True)
class Answer:
    """What the sender is told, once it is durable. `status` and `body` are for HTTP; `version` is the ETag."""

    ending: Ending
    status: int = 200
    body: bytes = b""
    version: int = 0
    error: Exception | None = None

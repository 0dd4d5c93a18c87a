"""What becomes of a message, and what its sender gets."""

from dataclasses import dataclass
from enum import Enum, auto


class Ending(Enum):
    """What became of a message."""

    DONE = auto()
    REFUSED = auto()
    DUPLICATE = auto()
    PARKED = auto()
    DEAD = auto()
    FAILED = auto()


@dataclass(slots=True)
class Answer:
    """What the sender is told, once it is durable. `status` and `body` are for HTTP; `version` is the ETag.

    `error` is what made a message be refused, parked or fail.
    """

    ending: Ending
    status: int = 200
    body: bytes = b""
    version: int = 0
    error: Exception | None = None

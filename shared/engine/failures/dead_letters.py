"""Dead letters: what could not be handled, kept with all that is needed to understand and replay it, and announced."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from shared.contracts.engine import MessageDeadLettered
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, InternalMessage
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.failures.sealer import Sealed

KEEP = timedelta(days=30)
"""How long a dead letter waits for an operator."""

NO_TENANT = "-"
"""Stands for the tenant of a record that names none; no tenant can have this name."""

KEPT_BYTES = 8 * 1024 * 1024
"""What is kept of a message that is larger: more might not fit into a document."""


class Delivery(BaseModel):
    """How a message came to its handler, so that it can come again; see `Message`."""

    lane: str = ""
    source: str = ""
    seen: str = ""
    sequence: int = 0
    occurred_at: datetime | None = None
    generation: int = 0
    actor: str = ""
    program: str = ""
    correlation: str = ""
    traceparent: str = ""


class KeepDeadLetter(InternalMessage):
    """What is known of a message that is given up. Its `contents` may be personal; nothing else is.

    `size` is that of its data in bytes: more than `KEPT_BYTES` are cut off. `summary` names the letter that stands for
    many records which nobody could read.
    """

    handler: str
    message_id: str
    message_type: str
    reason: str
    error: str = ""
    contents: Sealed = Sealed()
    size: int = 0
    delivery: Delivery = Delivery()
    topic: str = ""
    partition: int = -1
    offset: int = -1
    summary: str = ""

    @property
    def is_of_a_notice(self) -> bool:
        """Whether what was given up was itself about something that was given up."""
        return self.message_type.startswith(NOTICES) or self.message_type == KeepDeadLetter.__name__


class DeadLetter(Aggregate, name="deadletter"):
    """A message that waits for an operator: inspected, replayed or discarded by command.

    One that stands for many records counts them; they are found on their topic, from `offset` to `last_offset`.
    """

    indexes = (("handler",), ("message_type",), ("delivery.correlation",))

    handler: str = ""
    message_id: str = ""
    message_type: str = ""
    reason: str = ""
    error: str = ""
    contents: Sealed = Sealed()
    size: int = 0
    delivery: Delivery = Delivery()
    topic: str = ""
    partition: int = -1
    offset: int = -1
    count: int = 1
    last_offset: int = -1
    at: datetime | None = None
    expires: datetime | None = None

    def keep(self, found: KeepDeadLetter, at: datetime) -> tuple[Event, ...]:
        """Keep it; a second time changes nothing."""
        if not self.is_new:
            return ()
        self._fill(found, at)
        announced = MessageDeadLettered(
            dead_letter_id=self.id, handler=self.handler, message_type=self.message_type, reason=self.reason
        )
        return (announced,)

    def add(self, found: KeepDeadLetter, at: datetime) -> None:
        """Count one more of the records that it stands for."""
        if self.is_new:
            self._fill(found, at)
        else:
            self.count += 1
        self.offset, self.last_offset = min(self.offset, found.offset), max(self.last_offset, found.offset)
        self.reason = f"{self.count} more could not be read in that minute: offsets {self.offset} to {self.last_offset}"

    def _fill(self, found: KeepDeadLetter, at: datetime) -> None:
        kept: dict[str, Any] = {name: getattr(found, name) for name in KeepDeadLetter.model_fields if name != "summary"}
        for name, value in kept.items():
            setattr(self, name, value)
        self.at, self.expires = at, at + KEEP


NOTICES = f"ithaca.{MessageDeadLettered.about.service}."
"""How the types of all events begin that tell of failures."""

engine = Handlers()


@engine.on("keep-dead-letter")
def keep_dead_letter(found: KeepDeadLetter, letter: Annotated[DeadLetter, create()], ctx: Context) -> None:
    """Keep a dead letter, and announce it to its tenant; a notice that was given up itself is not announced."""
    announced = letter.keep(found, ctx.now)
    if ctx.tenant != NO_TENANT and not found.is_of_a_notice:
        ctx.emit(*announced)


@engine.on("count-unreadable")
def count_unreadable(found: KeepDeadLetter, letter: Annotated[DeadLetter, create("summary")], ctx: Context) -> None:
    """Count a record that nobody can read, where there are more of them than anybody would look at."""
    letter.add(found, ctx.now)


KEEP_DEAD_LETTER, COUNT_UNREADABLE = engine.handlers

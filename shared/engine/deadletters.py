"""Dead letters: what could not be handled, kept with all that is needed to understand and replay it, and announced."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from shared.contracts.engine import MessageDeadLettered
from shared.contracts.event import Event
from shared.engine.aggregate import Aggregate, Own
from shared.engine.context import Context
from shared.engine.handlers import Handlers
from shared.engine.loads import create
from shared.engine.safe import Sealed

KEEP = timedelta(days=30)
"""How long a dead letter waits for an operator."""

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


class Bury(Own):
    """What is known of a message that is given up. Its `contents` may be personal; nothing else is.

    `size` is that of its data in bytes: more than `KEPT_BYTES` are cut off.
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


class DeadLetter(Aggregate, name="deadletter"):
    """A message that waits for an operator: inspected, replayed or discarded by command."""

    indexes = (("handler",), ("message_type",))

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
    at: datetime | None = None
    expires: datetime | None = None

    def bury(self, found: Bury, at: datetime) -> tuple[Event, ...]:
        """Keep it; a second time changes nothing."""
        if not self.is_new:
            return ()
        for name in Bury.model_fields:
            setattr(self, name, getattr(found, name))
        self.at, self.expires = at, at + KEEP
        announced = MessageDeadLettered(
            dead_letter_id=self.id, handler=self.handler, message_type=self.message_type, reason=self.reason
        )
        return (announced,)


engine = Handlers()


@engine.on("bury", loads={"letter": create(DeadLetter)})
def bury(found: Bury, letter: DeadLetter, ctx: Context) -> None:
    """Give a message up."""
    ctx.emit(*letter.bury(found, ctx.now))

"""Dead letters: what could not be handled, kept with all that is needed to understand it, and announced."""

import traceback
from datetime import datetime, timedelta

from pydantic import ConfigDict, ValidationError

from shared.contracts.engine import MessageDeadLettered
from shared.contracts.event import Event
from shared.engine.aggregate import Aggregate, Own
from shared.engine.context import Context
from shared.engine.handlers import Handlers
from shared.engine.loads import create

KEEP = timedelta(days=30)
"""How long a dead letter waits for an operator."""

KEPT_BYTES = 8 * 1024 * 1024
"""What is kept of a message that is larger: more might not fit into a document."""


class Bury(Own):
    """What is known of a message that is given up. `data` and `headers` may be personal; nothing else is."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    handler: str
    message_id: str
    message_type: str
    reason: str
    error: str = ""
    data: bytes = b""
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = ""
    partition: int = -1
    offset: int = -1


class DeadLetter(Aggregate, name="deadletter"):
    """A message that waits for an operator: inspected, replayed or discarded by command."""

    indexes = (("handler",),)

    handler: str = ""
    message_id: str = ""
    message_type: str = ""
    reason: str = ""
    error: str = ""
    data: bytes = b""
    headers: tuple[tuple[str, bytes], ...] = ()
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


def describe(error: BaseException) -> str:
    """Where and how it failed, without values: those may be personal."""
    if isinstance(error, ValidationError):
        return "\n".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_input=False))
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    lines = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([*lines, type(error).__name__])

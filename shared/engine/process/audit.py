"""The audit: what operators have done to a running service, one line an action, never changed and never removed."""

from collections.abc import Mapping
from datetime import datetime

from shared.engine.ports.store import Insert

COLLECTION = "audit"


def line(
    id: str, at: datetime, actor: str, action: str, what: str, tenant: str = "", details: Mapping[str, object] = {}
) -> Insert:
    """Return the write that records an action: it belongs into the transaction of the action's effect.

    `id` orders the lines by time (see `shared.ids.uuid7`). `action` is a constant dotted name such as `lanes.wake`,
    `what` names what it was done to. `details` are for a program to read; nothing in a line may be personal.
    """
    return Insert(
        COLLECTION,
        {
            "_id": id,
            "at": at,
            "actor": actor,
            "action": action,
            "what": what,
            "tenant": tenant,
            "details": dict(details),
        },
    )

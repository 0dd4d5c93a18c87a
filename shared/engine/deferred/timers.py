"""Timers: a message to oneself at a time. It never appears on a topic; its end and its effect are one transaction."""

from datetime import datetime, timedelta

from shared.engine.batch.message import Message, Origin
from shared.engine.coordination.turns import Agenda
from shared.engine.execution.executor import Executor
from shared.engine.ports.store import Delete, Document, Index

COLLECTION = "timers"
AGENDA = Agenda(COLLECTION, rests=True)
INDEXES = (*AGENDA.indexes, Index(("tenant", "due")))


def fired(executor: Executor, row: Document) -> Message | None:
    """Return the message of a timer that is due; None if this version has no handler for it."""
    handlers = executor.service.reactions.get(row["type"])
    if not handlers:
        return None
    return Message(
        handlers[0],
        row["token"],
        row["tenant"],
        row["data"],
        lane=row["_id"].partition("/")[2],
        origin=Origin(row["actor"], row["program"], row["correlation"], row["traceparent"]),
        occurred_at=shown(row) if "offset_ms" in row else None,
        completion=(Delete(COLLECTION, row["_id"], {"token": row["token"]}),),
    )


def shown(row: Document) -> datetime:
    """Return when a timer is due by the clock of its tenant, which for a sandbox is ahead of the database's."""
    due: datetime = row["due"]
    return due + timedelta(milliseconds=row.get("offset_ms", 0))

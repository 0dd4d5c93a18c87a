"""From a record on a topic to messages for handlers."""

from dataclasses import replace
from datetime import datetime

import structlog

from shared.clock import to_milliseconds
from shared.contracts.envelope import Envelope, Undecodable, read
from shared.contracts.event import Contract, State
from shared.engine import inbox
from shared.engine.bus import Record
from shared.engine.deadletters import KEPT_BYTES, Bury
from shared.engine.handlers import Handler
from shared.engine.message import NOTHING, Message, Origin
from shared.engine.parking import BURY
from shared.engine.safe import Contents, Safe
from shared.engine.service import Service
from shared.ids import TENANT

log = structlog.get_logger()

NO_TENANT = "-"
"""Stands where a record does not say whose it is; no tenant can be called so."""


class Records:
    """Reads records for one service. What cannot be read goes into the `safe`."""

    def __init__(self, service: Service, safe: Safe | None = None) -> None:
        self.reactions = service.reactions
        self.safe = safe or Safe()
        self.unversioned = {
            type.rpartition(".")[0]: handlers
            for type, handlers in service.reactions.items()
            if issubclass(handlers[0].takes, Contract)
        }

    def messages(self, record: Record) -> list[Message]:
        """A message for each handler that wants it; none for an unknown type; what cannot be read is to be buried."""
        try:
            envelope = read(NOTHING if record.value is None else record.value, record.headers)
            if not TENANT.fullmatch(envelope.tenant):
                raise Undecodable("tenant: not a slug of 3 to 40 small letters, digits and hyphens")
            if (handlers := self.reactions.get(envelope.type)) is None:
                return self._of_another_version(envelope)
            if record.value is None and not issubclass(handlers[0].takes, State):
                raise Undecodable("the record has no value: an event needs its data")
            return [_message(handler, envelope) for handler in handlers]
        except Undecodable as error:
            return [_undecodable(record, str(error), self.safe)]

    def _of_another_version(self, envelope: Envelope) -> list[Message]:
        """What only a newer version of this service can read waits for it, in its handlers' lanes."""
        handlers = self.unversioned.get(envelope.type.rpartition(".")[0], ())
        return [replace(_message(handler, envelope), unknown=envelope.type) for handler in handlers]


def for_generation(message: Message, generation: int) -> Message:
    """The same message for another generation of a read model, which has an inbox of its own."""
    if not generation:
        return message
    name = f"{message.handler.name}@{generation}"
    seen = inbox.row_id(message.tenant, name, message.source, message.id)
    return replace(message, generation=generation, seen=seen, wanted={})


def _message(handler: Handler, envelope: Envelope) -> Message:
    """A state is applied by its sequence; an event is remembered in the inbox."""
    is_state = issubclass(handler.takes, State)
    if is_state and not (envelope.sequence and envelope.subject):
        raise Undecodable("sequence and subject: a state needs both, to tell what it is of and which one is newer")
    seen = "" if is_state else inbox.row_id(envelope.tenant, handler.name, envelope.source, envelope.id)
    return Message(
        handler,
        envelope.id,
        envelope.tenant,
        envelope.data,
        lane=envelope.subject or envelope.partitionkey,
        source=envelope.source,
        origin=Origin(envelope.actor, envelope.program, envelope.correlationid, envelope.traceparent),
        occurred_at=to_milliseconds(datetime.fromisoformat(envelope.time)),
        sequence=int(envelope.sequence or 0),
        seen=seen,
    )


def _undecodable(record: Record, reason: str, safe: Safe) -> Message:
    where = f"{record.topic}-{record.partition}-{record.offset}"
    log.warning("record.undecodable", where=where, reason=reason)
    value = record.value or b""
    headers = tuple((name, raw or b"") for name, raw in record.headers)
    found = Bury(
        handler="",
        message_id=where,
        message_type="",
        reason=reason,
        contents=safe.seal(f"{NO_TENANT}/{where}", Contents(value[:KEPT_BYTES], headers)),
        size=len(value),
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )
    seen = inbox.row_id(NO_TENANT, BURY.name, record.topic, where)
    return Message(BURY, where, NO_TENANT, body=found, lane=where, seen=seen)

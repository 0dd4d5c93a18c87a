"""From a record on a topic to messages for handlers."""

from dataclasses import replace
from datetime import datetime

import structlog

from shared.clock import to_milliseconds
from shared.contracts.envelope import Envelope, Undecodable, read
from shared.contracts.event import Contract, State
from shared.engine import inbox
from shared.engine.aggregate import Removed
from shared.engine.bus import Record
from shared.engine.deadletters import Bury
from shared.engine.handlers import Handler
from shared.engine.message import Message, Origin
from shared.engine.parking import BURY
from shared.engine.service import Service
from shared.ids import TENANT

log = structlog.get_logger()

NO_TENANT = "-"
"""Stands where a record does not say whose it is; no tenant can be called so."""


class Records:
    """Reads records for one service."""

    def __init__(self, service: Service) -> None:
        self.reactions = service.reactions
        self.unversioned = {
            type.rpartition(".")[0]: handlers
            for type, handlers in service.reactions.items()
            if issubclass(handlers[0].takes, Contract)
        }

    def messages(self, record: Record) -> list[Message]:
        """A message for each handler that wants it; none for an unknown type; what cannot be read is to be buried."""
        try:
            envelope = read(b"null" if record.value is None else record.value, record.headers)
            if not TENANT.fullmatch(envelope.tenant):
                raise Undecodable("tenant: not a slug of 3 to 40 small letters, digits and hyphens")
            if record.value is None:
                return self._removal(envelope)
        except Undecodable as error:
            return [_undecodable(record, str(error))]
        handlers = self.reactions.get(envelope.type)
        if handlers is not None:
            return [_message(handler, envelope) for handler in handlers]
        for handler in self.unversioned.get(envelope.type.rpartition(".")[0], ()):
            message = _message(handler, envelope)
            message.unknown = envelope.type
            return [message]
        return []

    def _removal(self, envelope: Envelope) -> list[Message]:
        """A record without a value says that a shared state is gone; its headers say which."""
        handlers = self.reactions.get(envelope.type, [])
        if not any(issubclass(handler.takes, State) for handler in handlers):
            raise Undecodable("the record has no value: an event needs its data")
        messages = [_message(handler, envelope) for handler in handlers]
        for message in messages:
            message.body = Removed(subject_id=envelope.subject.partition("/")[2])
        return messages


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


def _undecodable(record: Record, reason: str) -> Message:
    where = f"{record.topic}-{record.partition}-{record.offset}"
    log.warning("record.undecodable", where=where, reason=reason)
    found = Bury(
        handler="",
        message_id=where,
        message_type="",
        reason=reason,
        data=record.value or b"",
        headers=tuple((name, raw or b"") for name, raw in record.headers),
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )
    seen = inbox.row_id(NO_TENANT, BURY.name, record.topic, where)
    return Message(BURY, where, NO_TENANT, body=found, lane=where, seen=seen)

"""From a record on a topic to messages for handlers.

Who wants a record is asked before it is judged: what no handler of the service wants is passed over, whatever is wrong
with it. What does not even say of which type it is may be anything that the service reads the topic for, so that it is
wanted. Of the records of a partition that cannot be read, so many a minute are buried with their bytes; the rest are
counted in one letter, and are found by their offsets.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from pydantic import ValidationError

from shared.clock import Clock, system_clock, to_milliseconds
from shared.contracts.envelope import Envelope, Undecodable, read
from shared.contracts.event import Contract, State
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.service import Service
from shared.engine.batch import inbox
from shared.engine.batch.message import NOTHING, Message, Origin
from shared.engine.failures.dead_letters import (
    COUNT_UNREADABLE,
    KEEP_DEAD_LETTER,
    KEPT_BYTES,
    NO_TENANT,
    KeepDeadLetter,
)
from shared.engine.failures.sealer import Contents, ContentSealer, Sealed
from shared.engine.ports.bus import Partition, Record
from shared.ids import TENANT
from shared.observe.failures import describe

log = structlog.get_logger()

LETTERS_A_MINUTE = 10
"""Records of one partition that get a dead letter each in a minute: nobody looks at more of them."""

VERSION = re.compile(r"v[0-9]{1,4}")


class Records:
    """Reads records for one service. The `sealer` seals what cannot be read."""

    def __init__(self, service: Service, sealer: ContentSealer | None = None, clock: Clock = system_clock) -> None:
        self.reactions = {
            type: handlers for type, handlers in service.reactions.items() if issubclass(handlers[0].takes, Contract)
        }
        self.unversioned = {type.rpartition(".")[0]: handlers for type, handlers in self.reactions.items()}
        self.sealer = sealer or ContentSealer()
        self.clock = clock
        self.letters: dict[Partition, tuple[datetime, int]] = {}

    def messages(self, record: Record) -> list[Message]:
        """Return a message for each handler that wants it: none for an unknown type, a dead letter for bad bytes."""
        tenant, type = NO_TENANT, ""
        try:
            envelope = read(NOTHING if record.value is None else record.value, record.headers)
            if (handlers := self.reactions.get(envelope.type)) is None:
                return self._of_another_version(envelope)
            _check_tenant(envelope)
            tenant, type = envelope.tenant, envelope.type
            if record.value is None and not issubclass(handlers[0].takes, State):
                raise Undecodable("the record has no value: an event needs its data")
            return _read_once([_message(handler, envelope) for handler in handlers])
        except Undecodable as error:
            type = type or error.type
            is_wanted = not type or type in self.reactions or self._knows_another_version(type)
            return [self._undecodable(record, str(error), type, tenant)] if is_wanted else []

    def _of_another_version(self, envelope: Envelope) -> list[Message]:
        """What only a newer version of this service can read waits for it, in its handlers' lanes."""
        if not (handlers := self._knows_another_version(envelope.type)):
            return []
        _check_tenant(envelope)
        return [replace(_message(handler, envelope), unknown=envelope.type) for handler in handlers]

    def _knows_another_version(self, type: str) -> Sequence[Handler]:
        """Who takes another version of this type."""
        name, _, version = type.rpartition(".")
        return self.unversioned.get(name, ()) if VERSION.fullmatch(version) else ()

    def _undecodable(self, record: Record, reason: str, type: str, tenant: str) -> Message:
        """Return the message that keeps it as a dead letter, once whatever happens."""
        where = f"{record.topic}-{record.partition}-{record.offset}"
        log.warning("record.undecodable", where=where, reason=reason)
        found = KeepDeadLetter(
            handler="",
            message_id=where,
            message_type=type,
            reason=reason,
            size=len(record.value or b""),
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
        seen = inbox.row_id(NO_TENANT, KEEP_DEAD_LETTER.name, record.topic, where)
        message = Message(KEEP_DEAD_LETTER, where, tenant, body=found, lane=where, seen=seen)
        if minute := self._is_one_of_many((record.topic, record.partition)):
            summary = f"{record.topic}-{record.partition}-{minute:%Y-%m-%dT%H:%MZ}"
            found = found.model_copy(update={"message_id": summary, "message_type": "", "size": 0, "summary": summary})
            return replace(message, handler=COUNT_UNREADABLE, tenant=NO_TENANT, body=found, lane=summary)
        message.body = found.model_copy(update={"contents": self._sealed(f"{tenant}/{where}", record)})
        return message

    def _is_one_of_many(self, partition: Partition) -> datetime | None:
        """The minute, if in this one too many records of the partition have their letters already."""
        minute = self.clock().replace(second=0, microsecond=0)
        since, count = self.letters.get(partition, (minute, 0))
        count = count + 1 if since == minute else 1
        self.letters[partition] = (minute, count)
        return minute if count > LETTERS_A_MINUTE else None

    def _sealed(self, about: str, record: Record) -> Sealed:
        headers = tuple((name, raw or b"") for name, raw in record.headers)
        return self.sealer.seal(about, Contents((record.value or b"")[:KEPT_BYTES], headers))


def for_generation(message: Message, generation: int) -> Message:
    """Return the same message for another generation of a read model, which has an inbox of its own."""
    if not generation:
        return message
    name = f"{message.handler.name}@{generation}"
    seen = inbox.row_id(message.tenant, name, message.source, message.id)
    return replace(message, generation=generation, seen=seen, wanted={})


def _read_once(messages: list[Message]) -> list[Message]:
    """The data is read once for all handlers: if it cannot be, that is one letter, and not one for each of them."""
    try:
        body = messages[0].read()
    except ValidationError as error:
        raise Undecodable(f"undecodable: {describe(error)}") from error
    for message in messages:
        message.body = body
    return messages


def _check_tenant(envelope: Envelope) -> None:
    if not TENANT.fullmatch(envelope.tenant):
        raise Undecodable("tenant: not a slug of 3 to 40 small letters, digits and hyphens")


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

"""Golden examples, delivered to a service as Kafka delivers them: through the production code, on a store in memory."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import bson

from shared.contracts.catalog import every_contract, golden
from shared.contracts.envelope import Envelope
from shared.contracts.event import State
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming.records import Records
from shared.engine.execution.executor import Executor
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import Record
from shared.engine.ports.store import Document, Id

Stored = dict[tuple[str, Id], Document]

BEGINNING = datetime(2027, 1, 4, tzinfo=UTC)


def story() -> list[Envelope]:
    """All examples in the order in which they happened; of what happened at once, states first."""
    kinds = {contract.type_name: contract for contract in every_contract()}
    examples = [golden(contract) for contract in kinds.values()]
    return sorted(examples, key=lambda example: (example.time, not issubclass(kinds[example.type], State)))


def record(example: Envelope) -> Record:
    """The example as a record, in binary mode."""
    return Record("topic", 0, 0, example.partitionkey.encode(), example.data, example.headers())


class Recipient:
    """A service that gets messages. Its clock moves on with each, so that an effect would show."""

    def __init__(self, service: Service) -> None:
        self.now = BEGINNING
        self.records = Records(service)
        self.store = MemoryStore(clock=lambda: 0.0)
        self.executor = Executor(service, self.store, lambda: self.now, Random(1))

    def messages(self, examples: Iterable[Envelope]) -> list[Message]:
        """What its handlers make of the examples."""
        return [message for example in examples for message in self.records.messages(record(example))]

    async def take(self, message: Message) -> Answer:
        """Handle one message."""
        self.now = max(self.now + timedelta(seconds=1), message.occurred_at or BEGINNING)
        (answer,) = await self.executor.handle([message])
        return answer

    def stored(self) -> Stored:
        """All that is in its database, without the counters by which transactions notice each other."""
        rows = {
            (name, id): bson.decode(raw) for name, rows in self.store.collections.items() for id, raw in rows.items()
        }
        return {where: {name: value for name, value in row.items() if name != "guard"} for where, row in rows.items()}

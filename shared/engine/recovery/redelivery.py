"""Dead letters on their way out: handed to their handlers again as if they came now, or discarded. Each once.

A letter goes in the transaction in which its message is handled, parked or buried anew: it is never lost, and of two
operators who replay it, one is told that it is gone.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.reader import revive
from shared.engine.authoring.service import message_type
from shared.engine.batch.message import Message, Origin
from shared.engine.consuming.poison import PoisonSearch
from shared.engine.consuming.read_models import ReadModels
from shared.engine.consuming.records import Records, for_generation
from shared.engine.execution.executor import Executor
from shared.engine.failures.dead_letters import KEEP_DEAD_LETTER, KEPT_BYTES, DeadLetter
from shared.engine.failures.sealer import Contents, NotOpened
from shared.engine.ports.bus import Record
from shared.engine.ports.store import Conflict, Delete, Document, Insert
from shared.engine.recovery.rehearsal import Rehearsed, rehearse
from shared.observe.failures import describe

Line = Callable[[Document], Insert]
"""The audit's line of what is done to a letter: written with it."""

Found = Message | Sequence[Message] | str

GONE = "It is gone: it was replayed or discarded meanwhile, or its time was over."
DEAD_AGAIN = "It has failed for good once more: a new dead letter has taken its place."
ENDED_PROCESSES = "stopped-the-process"
"""The reason of letters whose message is never tried beside others."""
STOPPING = "The service is stopping: ask again, another replica will answer."


class CannotReplay(Exception):
    """The letter stays where it is; the message says why, and what can be done."""


@dataclass(slots=True, frozen=True)
class Redelivered:
    """What became of a letter; `refused` says why nothing did, `rehearsed` how it would end."""

    row: Document
    refused: str = ""
    rehearsed: Rehearsed | None = None


class Redelivery:
    """Replays dead letters through a process's executor; those that have ended others, through the search."""

    def __init__(self, executor: Executor, search: PoisonSearch) -> None:
        self.executor, self.search = executor, search

    async def check(self, rows: Sequence[Document]) -> list[Redelivered]:
        """Return what would become of these letters if they were replayed, as far as that can be known beforehand."""
        return [
            Redelivered(row, refused=found if isinstance(found, str) else "")
            for row, found in await self._messages(rows)
        ]

    async def rehearse(self, rows: Sequence[Document]) -> list[Redelivered]:
        """Return what the handlers would do with these letters, each by itself; raises `StoreError`.

        What has ended processes is not tried.
        """
        return [await self._rehearse(row, found) for row, found in await self._messages(rows)]

    async def _rehearse(self, row: Document, found: Found) -> Redelivered:
        if isinstance(found, str):
            return Redelivered(row, refused=found)
        if row["state"]["reason"] == ENDED_PROCESSES:
            return Redelivered(row)
        messages = [found] if isinstance(found, Message) else found
        return Redelivered(row, rehearsed=await rehearse(self.executor, messages))

    async def replay(self, rows: Sequence[Document], line: Line) -> list[Redelivered]:
        """Hand the letters to their handlers, in this order within each lane."""
        given = list[tuple[Document, Awaitable[Answer] | str]]()
        for row, found in await self._messages(rows):
            if not isinstance(found, str):
                last = found if isinstance(found, Message) else found[-1]
                last.completion = (*last.completion, line(row))
            given.append((row, found if isinstance(found, str) else self._hand_over(row, found)))
        return [Redelivered(row, refused=await _why_not(found)) for row, found in given]

    async def discard(self, rows: Sequence[Document], line: Line) -> list[Redelivered]:
        """Remove letters, and all that they contain, for ever."""
        return [await self._discard(row, line(row)) for row in rows]

    def open(self, row: Document) -> Contents:
        """Return what the letter contains; raises `NotOpened`."""
        letter = revive(DeadLetter, row)
        return self.executor.lanes.sealer.open(f"{row['tenant']}/{letter.message_id}", letter.contents)

    async def _discard(self, row: Document, line: Insert) -> Redelivered:
        try:
            await self.executor.store.transact([_removed(row), line])
        except Conflict:
            return Redelivered(row, refused=GONE)
        return Redelivered(row)

    def _hand_over(self, row: Document, found: Message | Sequence[Message]) -> Awaitable[Answer]:
        if not isinstance(found, Message):
            return self._one_by_one(found)
        if row["state"]["reason"] == ENDED_PROCESSES:
            return self.search.submit(found)
        return self.executor.queue.put(found)

    async def _one_by_one(self, messages: Sequence[Message]) -> Answer:
        """The letter goes with the last of them: nothing is known of one that fails, so that it stays."""
        for message in messages:
            answer = await self.executor.queue.put(message)
            if answer.ending is Ending.FAILED:
                break
        return answer

    async def _messages(self, rows: Sequence[Document]) -> list[tuple[Document, Found]]:
        """Each letter with its message, with one for each handler if it is a record's; or why there is none."""
        models = {handler.model for handler in self.executor.service.handlers if handler.model}
        states = await ReadModels(self.executor.store).states(sorted(models))
        return [(row, self._message(row, states)) for row in rows]

    def _message(self, row: Document, models: Mapping[str, Document]) -> Found:
        letter = revive(DeadLetter, row)
        try:
            if letter.topic:
                return self._of_record(row, letter, models)
            handler = self._handler(letter, models)
            message = _message(handler, row, letter, self.open(row).data)
            message.read()
        except ValidationError as error:
            return f"This version cannot read it: {describe(error)}. Discard it, or replay it with one that can."
        except (CannotReplay, NotOpened) as error:
            return str(error)
        return message

    def _of_record(self, row: Document, letter: DeadLetter, models: Mapping[str, Document]) -> list[Message]:
        """What this version makes of a record that one before it could not read."""
        if letter.last_offset >= 0:
            raise CannotReplay(f"It stands for {letter.count} records, which {letter.topic} has: discard it.")
        if letter.size > KEPT_BYTES:
            raise CannotReplay(_cut(letter))
        contents = self.open(row)
        value = contents.data if letter.size else None
        record = Record(letter.topic, letter.partition, letter.offset, None, value, contents.headers)
        found = Records(self.executor.service).messages(record)
        if not found or found[0].handler is KEEP_DEAD_LETTER:
            raise CannotReplay(_nobodys(letter))
        live = {name: state["live"] for name, state in models.items()}
        found = [for_generation(message, live.get(message.handler.model, 0)) for message in found]
        found[-1].completion = (_removed(row),)
        return found

    def _handler(self, letter: DeadLetter, models: Mapping[str, Document]) -> Handler:
        """Who takes the letter's message in this version; raises `CannotReplay`."""
        name, type, generation = letter.handler, letter.message_type, letter.delivery.generation
        if not name:
            raise CannotReplay(_nobodys(letter))
        handler = self.executor.service.handler(name, type)
        if handler is None:
            raise CannotReplay(f"This version has no handler {name}: discard it, or replay it with one that has.")
        if message_type(handler.takes) != type:
            raise CannotReplay(f"This version's {name} does not take {type}: discard it, or wait for one that does.")
        if letter.size > KEPT_BYTES:
            raise CannotReplay(_cut(letter))
        if handler.model and generation != models[handler.model]["live"]:
            raise CannotReplay(f"It is of another build of {handler.model} than the live one: discard it.")
        return handler


def _cut(letter: DeadLetter) -> str:
    return f"Only {KEPT_BYTES} of its {letter.size} bytes were kept: only discarding is left."


def _nobodys(letter: DeadLetter) -> str:
    if letter.topic:
        return "It could not be read as a message: discard it, unless a newer version of this service can read it."
    return f"It is a {letter.message_type} that was given up, not a message: discard it, and ask for it anew."


def _message(handler: Handler, row: Document, letter: DeadLetter, data: bytes) -> Message:
    """The message as it was when it came."""
    way = letter.delivery
    return Message(
        handler,
        letter.message_id,
        row["tenant"],
        data,
        lane=way.lane,
        source=way.source,
        origin=Origin(way.actor, way.program, way.correlation, way.traceparent),
        sequence=way.sequence,
        occurred_at=way.occurred_at,
        generation=way.generation,
        seen=way.seen,
        completion=(_removed(row),),
        from_letter=True,
    )


def _removed(row: Document) -> Delete:
    return Delete(DeadLetter.collection, row["_id"], {"version": row["version"]})


async def _why_not(found: Awaitable[Answer] | str) -> str:
    """Why the letter was not replayed; nothing if it was."""
    if isinstance(found, str):
        return found
    endings = {Ending.DUPLICATE: GONE, Ending.DEAD: DEAD_AGAIN, Ending.FAILED: STOPPING}
    return endings.get((await found).ending, "")

"""The search for poison: a message that ends every process that handles it.

After an unclean stop, whatever may have been under way is recorded before it is handled, a batch with one write. If the
process ends too, the next one finds the records, and handles those messages one by one, each recorded as being alone.
The record is the message's own: how the next process forms its batches makes no difference.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Executor
from shared.engine.ports.store import Delete, Document, Id, Index, Put, StoreError, Write

log = structlog.get_logger()

COLLECTION = "attempts"
INDEXES = (Index(("expires",), expires=True),)

KEEP = timedelta(days=1)
"""How long the record of an attempt lasts whose message never comes again."""

FATAL = 3
"""Processes that have ended with a message alone under way: another one does not try it, but makes it a dead letter."""

Waiting = tuple[Message, "asyncio.Future[Answer]"]


class PoisonSearch:
    """One per process, named by `owner`: only what other processes did not survive counts.

    It has one attempt under way at a time, so that it is clear which one has ended the process.
    """

    def __init__(self, executor: Executor, owner: str) -> None:
        self.executor = executor
        self.owner = owner
        self.turn = asyncio.Lock()
        self.waiting: list[Waiting] = []

    async def submit(self, message: Message) -> Answer:
        """Handle one message, in an attempt with whatever else was submitted meanwhile."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((message, answer))
        async with self.turn:
            if not answer.done():
                waiting, self.waiting = self.waiting, []
                await self._answer(waiting)
        return await answer

    async def handle(self, messages: Sequence[Message]) -> list[Answer]:
        """Handle messages, in this order: together what was not under way before, one by one what was."""
        async with self.turn:
            return await self._handle(messages)

    async def _answer(self, waiting: Sequence[Waiting]) -> None:
        try:
            answers = await self._handle([message for message, _ in waiting])
        except BaseException as error:
            for _, answer in waiting:
                answer.set_exception(StoreError(f"the attempt has failed: {type(error).__name__}"))
                answer.exception()  # who has left already is not waited for
            raise
        for (_, answer), found in zip(waiting, answers, strict=True):
            answer.set_result(found)

    async def _handle(self, messages: Sequence[Message]) -> list[Answer]:
        known = await self.executor.store.get(COLLECTION, [_id(message) for message in messages])
        answers = list[Answer]()
        for group in _groups(messages, known):
            answers += await self._attempt(group, known)
        return answers

    async def _attempt(self, group: Sequence[Message], known: Mapping[Id, Document]) -> list[Answer]:
        """Record, handle, and forget; what was not handled after all is as suspect as before."""
        records = {_id(message): self._record(_id(message), known, alone=len(group) == 1) for message in group}
        await self.executor.store.transact([Put(COLLECTION, record) for record in records.values()])
        answers = list[asyncio.Future[Answer]]()
        try:
            answers += [self.executor.queue.put(_judged(message, records[_id(message)])) for message in group]
            await asyncio.wait(answers)
        finally:
            handled = {_id(message) for message, answer in zip(group, answers, strict=False) if _is_handled(answer)}
            await self.executor.store.transact(list(_outcome(records, handled, known)))
        return [answer.result() for answer in answers]

    def _record(self, id: str, known: Mapping[Id, Document], alone: bool) -> Document:
        """That this process begins with a message, and how many have ended with it alone."""
        before = known.get(id, {"fatal": 0, "alone": False, "owner": ""})
        has_ended = before["alone"] and before["owner"] not in ("", self.owner)
        return {
            "_id": id,
            "fatal": before["fatal"] + has_ended,
            "alone": alone,
            "owner": self.owner,
            "expires": self.executor.clock() + KEEP,
        }


def _id(message: Message) -> str:
    return message.seen or f"{message.tenant}/{message.handler.name}/{message.id}"


def _groups(messages: Sequence[Message], known: Mapping[Id, Document]) -> list[list[Message]]:
    """Each suspect alone, and what is between two suspects together."""
    groups, is_open = list[list[Message]](), False
    for message in messages:
        is_suspect = _id(message) in known
        if is_suspect or not is_open:
            groups.append([])
        groups[-1].append(message)
        is_open = not is_suspect
    return groups


def _judged(message: Message, record: Document) -> Message:
    if record["fatal"] < FATAL:
        return message
    log.error("message.poison", handler=message.handler.name, message=message.id)
    return replace(message, poison=True)


def _is_handled(answer: "asyncio.Future[Answer]") -> bool:
    is_answered = answer.done() and not answer.cancelled() and answer.exception() is None
    return is_answered and answer.result().ending is not Ending.FAILED


def _outcome(records: Mapping[str, Document], handled: set[str], known: Mapping[Id, Document]) -> Iterable[Write]:
    """This process has survived it: nothing is left of what was handled, and nobody is at the rest."""
    for id, record in records.items():
        if id in handled or id not in known:
            yield Delete(COLLECTION, id)
        else:
            yield Put(COLLECTION, record | {"owner": ""})

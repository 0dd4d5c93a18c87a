"""Load, decide, write: many messages in one transaction.

Commands, events, timers and outcomes all end here. A batch is loaded with one query per collection, its handlers run
in memory, and one transaction writes state, events, timers, effects and the rows that say what has been seen. Answers
leave after the commit. `docs/engine.md` names the invariants.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import structlog

from shared.clock import Clock
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.service import Service
from shared.engine.batch import inbox, telemetry, trail
from shared.engine.batch.arguments import missing
from shared.engine.batch.batch import Batch
from shared.engine.batch.message import Message
from shared.engine.batch.outbox import Chunks
from shared.engine.execution.answers import keep, kept, refused
from shared.engine.execution.conflicts import broken, connected, is_completed, touched
from shared.engine.execution.loader import fetch, load, look_up, surroundings
from shared.engine.execution.queue import Queue, Waiting
from shared.engine.failures import lanes
from shared.engine.failures.sealer import ContentSealer
from shared.engine.failures.unnamed import letter, unnamed
from shared.engine.failures.wakeups import Waking
from shared.engine.ports.store import Conflict, Store, StoreError, Write, WriteRefused
from shared.errors import Refusal
from shared.ids import new_ids
from shared.observe import metrics

log = structlog.get_logger()


@dataclass(slots=True, frozen=True)
class Limits:
    """How much at once, and for how long. Sizes in messages, durations in seconds unless they are timedeltas."""

    smallest: int = 50
    largest: int = 500
    deadline: float = 30.0
    shards: int = 16
    keep_inbox: timedelta = timedelta(days=30)
    keep_answers: timedelta = timedelta(days=1)


End = Callable[[Batch, Message, Exception], Answer]


class Poison(Exception):
    """Process after process has ended while it handled this message alone."""


class Executor:
    """Executes all messages of one process. Each function in `on_committed` gets what a transaction has written."""

    def __init__(
        self,
        service: Service,
        store: Store,
        clock: Clock,
        random: Random,
        limits: Limits | None = None,
        queue: Queue | None = None,
        sealer: ContentSealer | None = None,
    ) -> None:
        self.service = service
        self.store = store
        self.clock = clock
        self.random = random
        self.limits = limits or Limits()
        self.queue = queue or Queue()
        self.new_id = new_ids(clock, random)
        self.chunks = Chunks(f"ithaca/{service.name}", self.limits.shards, random)
        self.lanes = lanes.Lanes(self.limits.keep_inbox, sealer or ContentSealer())
        self.awaited = lanes.awaited(service)
        self.size = self.limits.largest // 2
        self.on_committed: list[Callable[[Sequence[Write]], None]] = []
        self.waking = Waking(store, clock, self.awaited, self.on_committed)
        self.left: StoreError | None = None

    async def submit(self, message: Message) -> Answer:
        """Handle one message with whatever else waits; raises `TryLater` when too much does."""
        return await self.queue.put(message)

    async def run(self) -> None:
        """Handle what is queued, batch by batch, until the queue is closed and empty; wake lanes beside it."""
        waking = asyncio.get_running_loop().create_task(self.waking.run())
        try:
            while left := await self.queue.next_batch(self.size):
                await self._finish(left)
        finally:
            waking.cancel()
            await asyncio.wait([waking])
        await self.waking.finish()

    async def _finish(self, left: list[Waiting]) -> None:
        try:
            while left:
                left = await self._handle_next(left)
        except BaseException as error:
            self.queue.fail(left, error)
            raise

    async def _handle_next(self, batch: list[Waiting]) -> list[Waiting]:
        """Handle the first of them and return the rest. Callers who come meanwhile need not wait for the others."""
        size = self.size
        again = await self._round(batch[:size])
        if again:
            await asyncio.sleep(self.random.uniform(0.05, 0.5))
            await self._round(self.queue.commands.pop(self.size))
        return again + batch[size:]

    async def _round(self, batch: list[Waiting]) -> list[Waiting]:
        """Answer a batch, and return what must be tried again since the database is away, or takes too long.

        Callers get their answers at once. Everything else is tried until it is done, before anything that came later,
        so that order holds; at a stop it is left to the next process, and so is all that came later.
        """
        again = list[Waiting]()
        batch = [waiting for waiting in batch if not (waiting[0].is_command and waiting[1].cancelled())]
        if not batch:
            return again
        try:
            if self.left is not None:
                raise self.left  # what comes behind must not overtake what the next process will find
            answers = await self.handle([message for message, _ in batch])
        except StoreError as error:
            log.warning("batch.failed", size=len(batch), error=type(error).__name__)
            self.size = max(self.limits.smallest, self.size // 2)
            answers = [Answer(Ending.FAILED, 503, error=error)] * len(batch)
            self.left = error if self.queue.closed else None
            again = [] if self.left else [waiting for waiting in batch if not waiting[0].is_command]
        except BaseException as error:
            self.queue.fail(batch, error)
            raise
        for (message, waiting), answer in zip(batch, answers, strict=True):
            if not waiting.done() and not (again and not message.is_command):
                waiting.set_result(answer)
        return again

    async def handle(self, messages: Sequence[Message]) -> list[Answer]:
        """Handle messages, in order where they touch the same things.

        Raises `StoreError` if their outcome is unknown, past the deadline too: nobody may mistake that for success.
        """
        try:
            with telemetry.batch(messages) as answers:
                async with asyncio.timeout(self.limits.deadline):
                    answers.extend(await self._commit(messages))
            return answers
        except TimeoutError as error:
            raise StoreError(f"the batch took longer than {self.limits.deadline} s") from error

    async def _commit(self, messages: Sequence[Message], tries: int = 0) -> list[Answer]:
        """Return the answers once durable. A conflict is retried without what it does not touch; a refusal bisected."""
        batch = self._new_batch()
        try:
            answers = await self._attempt(batch, messages)
        except Conflict:
            return await self._again(batch, messages, tries)
        except WriteRefused as error:
            return await self._bisect(messages, error)
        if len(messages) >= self.size:
            self.size = min(self.limits.largest, self.size + self.size // 4)
        return answers

    async def _attempt(self, batch: Batch, messages: Sequence[Message]) -> list[Answer]:
        await load(self.store, batch, messages)
        answers = [await self._one(batch, message) for message in messages]
        await self._write(batch)
        return answers

    async def _write(self, batch: Batch) -> None:
        """Run the transaction; nothing that follows it can fail."""
        writes = batch.collect_writes(self.chunks)
        if not writes:
            return
        await self.store.transact(writes)
        for notify in self.on_committed:
            notify(writes)
        come = (key for key, tracked in batch.tracked.items() if key[0] in self.awaited and tracked.has_come)
        self.waking.note(f"{collection}/{id}" for collection, id in come)

    async def _again(self, batch: Batch, messages: Sequence[Message], tries: int) -> list[Answer]:
        """After a conflict, retry what is connected to a stale document by itself, and commit the rest at once.

        A message whose own row is gone (a timer that another process has fired) has been handled.
        """
        self.size = max(self.limits.smallest, self.size // 2)
        metrics.conflict()
        stale = await broken(self.store, batch.collected)
        gone = {index for index, message in enumerate(messages) if is_completed(message, stale)}
        late = connected(touched(batch, messages), stale) - gone
        rest = [index for index in range(len(messages)) if index not in late | gone]
        answers = dict.fromkeys(gone, Answer(Ending.DUPLICATE))
        if stale and rest:
            answers |= zip(rest, await self._commit([messages[index] for index in rest]), strict=True)
        elif rest:
            late |= set(rest)
        if late:
            await asyncio.sleep(self.random.uniform(0, 0.002 * 2 ** min(tries, 7)))
            again = await self._commit([messages[index] for index in sorted(late)], tries + 1)
            answers |= zip(sorted(late), again, strict=True)
        return [answers[index] for index in range(len(messages))]

    async def _bisect(self, messages: Sequence[Message], error: WriteRefused) -> list[Answer]:
        """Find the message whose writes the database refuses, and commit the others without it."""
        if len(messages) > 1:
            middle = len(messages) // 2
            return await self._commit(messages[:middle]) + await self._commit(messages[middle:])
        try:
            return [await self._set_aside(messages[0], error)]
        except Conflict:
            return await self._commit(messages)

    async def _set_aside(self, message: Message, error: Exception) -> Answer:
        """Park what the database refuses; if it refuses that too, make it a dead letter, at last without its name.

        None of its loads is needed. A database that does not even accept a letter which says nothing of the message
        accepts nobody's: that is an error, and no fault of the message. A command is answered, and that is all.
        """
        ends = ((self._fail, message), *((self.lanes.dead_letter, one) for one in (message, *unnamed(message))))
        for end, one in ends:
            try:
                return await self._end(end, one, error)
            except WriteRefused as refused:
                error = refused
            if message.is_command:
                return Answer(Ending.FAILED, 500, error=error)
        raise error

    async def _end(self, end: End, message: Message, error: Exception) -> Answer:
        """End a message that cannot be handled in this way, in a transaction of its own."""
        batch = self._new_batch()
        await look_up(self.store, batch, [message])
        await fetch(self.store, batch, surroundings([message]) | letter(message))
        batch.begin(message)
        answer = self._known(batch, message) or end(batch, message, error)
        await self._write(batch)
        return answer

    def _new_batch(self) -> Batch:
        return Batch(self.service, self.clock(), self.new_id, self.limits.shards)

    async def _one(self, batch: Batch, message: Message) -> Answer:
        """Run one message, unless it was seen before or must wait behind others."""
        batch.begin(message)
        if (answer := self._known(batch, message)) is not None:
            return answer
        if message.poison:
            return self.lanes.dead_letter(batch, message, Poison(), "stopped-the-process")
        if self.lanes.must_wait(batch, message):
            return self.lanes.follow(batch, message)
        try:
            if len(message.handler.rounds) > 1:  # an earlier message may have changed what its keys lead to
                while keys := missing(batch.tracked, message, len(message.handler.rounds)):
                    await fetch(self.store, batch, keys)
            answer = batch.run(message)
        except Refusal as refusal:
            batch.add_writes(*message.completion)
            answer = refused(refusal)
        except StoreError:
            raise  # it says nothing of the message
        except Exception as error:
            return self._fail(batch, message, error)
        self._complete(batch, message, answer)
        return answer

    def _known(self, batch: Batch, message: Message) -> Answer | None:
        """Return the answer to something that was seen before, in the database or in this batch."""
        if self.lanes.was_seen(batch, message):
            return Answer(Ending.DUPLICATE)
        if message.parked_number is not None and not self.lanes.is_next(batch, message):
            return Answer(Ending.DUPLICATE)
        if batch.is_void(message):
            return Answer(Ending.DUPLICATE)
        return kept(batch, message)

    def _complete(self, batch: Batch, message: Message, answer: Answer) -> None:
        """Write down that the message has been handled."""
        if message.parked_number is not None:
            self.lanes.leave(batch, message, inbox.DONE)
        else:
            self.lanes.remember(batch, message, inbox.DONE)
        keep(batch, message, answer, batch.now + self.limits.keep_answers)
        trail.write(batch, message, answer.status)

    def _fail(self, batch: Batch, message: Message, error: Exception) -> Answer:
        """End a message with an unexpected error: a command is answered, anything else is parked to be tried again."""
        if message.is_command or message.replayed:
            log.error("message.failed", exc_info=error)
            trail.write(batch, message, 500)
            return Answer(Ending.FAILED, 500, error=error)
        return self.lanes.park(batch, message, error)

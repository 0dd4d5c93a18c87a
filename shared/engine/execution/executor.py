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
from shared.engine.authoring.service import Service
from shared.engine.batch import inbox
from shared.engine.batch import telemetry as observing
from shared.engine.batch.batch import Unit
from shared.engine.batch.message import Answer, Ending, Message
from shared.engine.batch.outbox import Chunks
from shared.engine.execution.answers import keep, kept, refused
from shared.engine.execution.conflicts import broken, connected, is_settled, touched
from shared.engine.execution.loading import hold, load, look_up, surroundings
from shared.engine.execution.queue import Queue, Waiting
from shared.engine.failures import parking
from shared.engine.failures.sealer import Safe
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


End = Callable[[Unit, Message, Exception], Answer]


class Poison(Exception):
    """Process after process has ended while it handled this message alone."""


class Executor:
    """One per process. `committed` is called after each transaction with what it wrote, to wake who waits for it."""

    def __init__(
        self,
        service: Service,
        store: Store,
        clock: Clock,
        random: Random,
        limits: Limits | None = None,
        queue: Queue | None = None,
        safe: Safe | None = None,
    ) -> None:
        self.service = service
        self.store = store
        self.clock = clock
        self.random = random
        self.limits = limits or Limits()
        self.queue = queue or Queue()
        self.new_id = new_ids(clock, random)
        self.chunks = Chunks(f"ithaca/{service.name}", self.limits.shards, random)
        self.parking = parking.Parking(self.limits.keep_inbox, safe or Safe())
        self.awaited = parking.awaited(service)
        self.size = self.limits.largest // 2
        self.committed: list[Callable[[Sequence[Write]], None]] = []
        self.waking = Waking(store, clock, self.awaited, self.committed)
        self.left: StoreError | None = None

    async def submit(self, message: Message) -> Answer:
        """Handle one message with whatever else waits; raises `TryLater` when too much does."""
        return await self.queue.put(message)

    async def run(self) -> None:
        """Handle what is queued, batch by batch, until the queue is closed and empty; wake beside it who waits."""
        waking = asyncio.get_running_loop().create_task(self.waking.run())
        try:
            while left := await self.queue.take(self.size):
                await self._finish(left)
        finally:
            waking.cancel()
            await asyncio.wait([waking])
        await self.waking.finish()

    async def _finish(self, left: list[Waiting]) -> None:
        try:
            while left:
                left = await self._go_on(left)
        except BaseException as error:
            self.queue.fail(left, error)
            raise

    async def _go_on(self, batch: list[Waiting]) -> list[Waiting]:
        """Handle the first of them; returns what is left. Callers who come meanwhile need not wait for the others."""
        size = self.size
        again = await self._round(batch[:size])
        if again:
            await asyncio.sleep(self.random.uniform(0.05, 0.5))
            await self._round(self.queue.commands.take(self.size))
        return again + batch[size:]

    async def _round(self, batch: list[Waiting]) -> list[Waiting]:
        """Answer a batch; returns what must be tried again because the database cannot be reached, or takes too long.

        Callers are told at once. Everything else is tried until it is done, before anything that came later, so that
        order holds; at a stop it is left to whoever comes next, and all that came later with it.
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
        """Handle messages, in order where they touch the same things; raises `StoreError` if nothing is known of them.

        So it does past the deadline: it never falls through to who would take it for success.
        """
        try:
            with observing.batch(messages) as answers:
                async with asyncio.timeout(self.limits.deadline):
                    answers.extend(await self._commit(messages))
            return answers
        except TimeoutError as error:
            raise StoreError(f"the batch took longer than {self.limits.deadline} s") from error

    async def _commit(self, messages: Sequence[Message], tries: int = 0) -> list[Answer]:
        """The answers, once durable. Conflicts are retried apart from what they do not touch; other errors bisected."""
        unit = self._unit()
        try:
            answers = await self._attempt(unit, messages)
        except Conflict:
            return await self._again(unit, messages, tries)
        except WriteRefused as error:
            return await self._bisect(messages, error)
        if len(messages) >= self.size:
            self.size = min(self.limits.largest, self.size + self.size // 4)
        return answers

    async def _attempt(self, unit: Unit, messages: Sequence[Message]) -> list[Answer]:
        await load(self.store, unit, messages)
        answers = [await self._one(unit, message) for message in messages]
        await self._write(unit)
        return answers

    async def _write(self, unit: Unit) -> None:
        """The transaction; nothing behind it can fail."""
        writes = unit.take(self.chunks)
        if not writes:
            return
        await self.store.transact(writes)
        for tell in self.committed:
            tell(writes)
        come = (place for place, held in unit.held.items() if place[0] in self.awaited and held.has_come)
        self.waking.note(f"{collection}/{id}" for collection, id in come)

    async def _again(self, unit: Unit, messages: Sequence[Message], tries: int) -> list[Answer]:
        """After a conflict: what is connected to a stale document goes again by itself, the rest goes on at once.

        A message whose own row is gone (a timer that another process has fired) has been handled.
        """
        self.size = max(self.limits.smallest, self.size // 2)
        metrics.conflict()
        stale = await broken(self.store, unit.taken)
        gone = {index for index, message in enumerate(messages) if is_settled(message, stale)}
        late = connected(touched(unit, messages), stale) - gone
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
        """Find the message whose writes the database refuses; the others are not held up by it."""
        if len(messages) > 1:
            middle = len(messages) // 2
            return await self._commit(messages[:middle]) + await self._commit(messages[middle:])
        try:
            return [await self._set_aside(messages[0], error)]
        except Conflict:
            return await self._commit(messages)

    async def _set_aside(self, message: Message, error: Exception) -> Answer:
        """What the database refuses is parked; if it refuses that too, it is buried, in the end without its name.

        None of its loads is needed. A database that does not even take a letter which says nothing of the message takes
        nobody's: that is no fault of the message, and an error. Who has sent a command is told, and that is all.
        """
        ends = ((self._fail, message), *((self.parking.bury, one) for one in (message, *unnamed(message))))
        for end, one in ends:
            try:
                return await self._end(end, one, error)
            except WriteRefused as refused:
                error = refused
            if message.is_command:
                return Answer(Ending.FAILED, 500, error=error)
        raise error

    async def _end(self, end: End, message: Message, error: Exception) -> Answer:
        """Do this with a message that cannot be handled, in a transaction of its own."""
        unit = self._unit()
        await look_up(self.store, unit, [message])
        await hold(self.store, unit, surroundings([message]) | letter(message))
        unit.begin(message)
        answer = self._known(unit, message) or end(unit, message, error)
        await self._write(unit)
        return answer

    def _unit(self) -> Unit:
        return Unit(self.service, self.clock(), self.new_id, self.limits.shards)

    async def _one(self, unit: Unit, message: Message) -> Answer:
        """Run one message, unless it was seen before or must wait behind others."""
        unit.begin(message)
        if (answer := self._known(unit, message)) is not None:
            return answer
        if message.poison:
            return self.parking.bury(unit, message, Poison(), "stopped-the-process")
        if self.parking.must_wait(unit, message):
            return self.parking.follow(unit, message)
        try:
            if len(message.handler.rounds) > 1:  # an earlier message may have changed what its keys lead to
                while places := unit.missing(message, len(message.handler.rounds)):
                    await hold(self.store, unit, places)
            answer = unit.run(message)
        except Refusal as refusal:
            unit.settle(*message.settles)
            answer = refused(refusal)
        except StoreError:
            raise  # it says nothing of the message
        except Exception as error:
            return self._fail(unit, message, error)
        self._settle(unit, message, answer)
        return answer

    def _known(self, unit: Unit, message: Message) -> Answer | None:
        """The answer to something that was seen before, in the database or in this batch."""
        if self.parking.was_seen(unit, message):
            return Answer(Ending.DUPLICATE)
        if message.place is not None and not self.parking.is_next(unit, message):
            return Answer(Ending.DUPLICATE)
        if unit.is_void(message):
            return Answer(Ending.DUPLICATE)
        return kept(unit, message)

    def _settle(self, unit: Unit, message: Message, answer: Answer) -> None:
        """Write down that the message has been handled."""
        if message.place is not None:
            self.parking.leave(unit, message, inbox.DONE)
        else:
            self.parking.remember(unit, message, inbox.DONE)
        keep(unit, message, answer, unit.now + self.limits.keep_answers)

    def _fail(self, unit: Unit, message: Message, error: Exception) -> Answer:
        """An unexpected error: a command's caller is told, anything else is parked to be tried again."""
        if message.is_command or message.replayed:
            log.error("message.failed", exc_info=error)
            return Answer(Ending.FAILED, 500, error=error)
        return self.parking.park(unit, message, error)

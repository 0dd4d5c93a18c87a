"""Read models: disposable collections that follow events, and can be built anew from the journal while they do.

Each has a generation. A rebuild starts the next one: from then on every event for the model is also kept for it, in its
lanes, held back. The journal is replayed into the new generation; then its lanes are let go, in order, what the replay
has brought already being dropped by its inbox; and when none is left, readers are switched. Nothing waits meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from shared.engine.authoring.aggregate import ReadModel
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming.records import Records, for_generation
from shared.engine.execution.executor import Executor
from shared.engine.failures.dead_letters import COUNT_UNREADABLE, KEEP_DEAD_LETTER
from shared.engine.failures.lanes import ROWS, Lane, row_id
from shared.engine.ports.assignment import Assignment, AtOnce
from shared.engine.ports.bus import Bus, Extent, Partition, Record
from shared.engine.ports.store import Change, Conflict, Delete, Document, Index, Insert, Replace, Store, StoreError

COLLECTION = "models"

Save = Callable[[Mapping[Partition, int]], Awaitable[None]]
"""Keeps how far a replay was applied: the next offset of each partition."""


async def save_nothing(_: Mapping[Partition, int]) -> None:
    """Save nothing: for a feed that begins anew when it is interrupted."""


async def report_nothing(_: int) -> None:
    """Report nothing: for a finish that nobody follows."""


class RebuildFailed(Exception):
    """History could not be applied. The model stays as it was; the message says which event it was."""


class ReadModels:
    """What is known of a service's read models: which generation is live, and which one is being built."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def states(self, names: Sequence[str]) -> dict[str, Document]:
        """Return the state of each model; a model that was never rebuilt is at generation 0."""
        if not names:
            return {}
        found = await self.store.get(COLLECTION, names)
        return {name: _first(name) | found.get(name, {}) for name in names}

    async def change(self, state: Document, **fields: object) -> Document:
        """Return the state with other fields; raises `Conflict` if somebody else has changed it."""
        new = state | fields | {"version": state["version"] + 1}
        match = {"version": state["version"]}
        write = Replace(COLLECTION, state["_id"], match, new) if state["version"] else Insert(COLLECTION, new)
        await self.store.transact([write])
        return new


def read_models(service: Service) -> dict[str, type[ReadModel]]:
    """Return the read models of a service by their names."""
    return {kind.collection: kind for kind in service.aggregates if issubclass(kind, ReadModel)}


def _first(name: str) -> Document:
    return {"_id": name, "version": 0, "live": 0, "building": 0, "replaying": False, "last": 0}


class Rebuild:
    """Builds one read model anew; `begin`, `feed` once the journals are replayed, `finish`, then `clear` the old one.

    Each can be repeated. `settle` is the number of seconds after which every batch that rests on an earlier state of
    the model has ended.
    """

    def __init__(self, executor: Executor, bus: Bus, model: type[ReadModel], batch_seconds: float) -> None:
        self.executor, self.bus, self.model = executor, bus, model
        self.models = ReadModels(executor.store)
        self.batch_seconds = batch_seconds
        self.handlers = [handler for handler in executor.service.handlers if handler.model == model.collection]

    async def begin(self) -> Document:
        """Start the next generation, or find the one that was started.

        Whatever comes from now on is kept for it. What has come before was published before: a replay of the journals
        that begins later brings it.
        """
        state = await self._state()
        if state["building"]:
            return state
        generation = state["last"] + 1
        await self._prepare(generation)
        return await self.models.change(state, building=generation, last=generation, replaying=True)

    async def feed(
        self, ends: Mapping[Partition, int], group: str, fed: Mapping[Partition, int] = {}, save: Save = save_nothing
    ) -> None:
        """Apply what was replayed, from `fed` up to `ends`; raises `RebuildFailed`.

        `save` is told how far it has come, before the broker is.
        """
        state = await self._state()
        feeding = Feeding(self.executor, self.handlers, state["building"], ends, fed, save)
        topics = sorted({topic for topic, _ in ends})
        consumer = await self.bus.consume(topics, group, feeding, self.executor.limits.largest)
        try:
            await feeding.finished
        finally:
            await consumer.stop()

    async def finish(self, note: Callable[[int], Awaitable[None]] = report_nothing, poll: float = 0.2) -> int:
        """Let the lanes go, wait until they are empty, and switch the readers; returns the generation that is live.

        `note` is told how many lanes are left.
        """
        state = await self._state()
        if not state["building"]:
            return int(state["live"])
        if state["replaying"]:
            state = await self.models.change(state, replaying=False)
        await asyncio.sleep(self.batch_seconds)
        while left := await self.release(state["building"]):
            await note(left)
            await asyncio.sleep(poll)
        await self.models.change(state, live=state["building"], building=0)
        return int(state["building"])

    async def abandon(self) -> None:
        """Forget the generation that is being built, and what waits for it."""
        state = await self._state()
        if state["building"]:
            await self.models.change(state, building=0, replaying=False)
        if state["last"] > state["live"]:
            await self.clear(*range(state["live"] + 1, state["last"] + 1))

    async def clear(self, *generations: int) -> None:
        """Remove generations that are not live, nor will be, when nobody reads or writes them any more."""
        await asyncio.sleep(self.batch_seconds)
        for generation in generations:
            await self._remove(generation)

    async def _remove(self, generation: int) -> None:
        await self.executor.store.drop(self.model.collection_of(generation))
        if generation == 0:  # every process looks for it when it starts
            await self._prepare(generation)
        while lanes := await self.executor.store.find(Lane.collection, self._waiting(generation), limit=100):
            for lane in lanes:
                numbers = range(lane["state"]["head"], lane["state"]["tail"])
                rows = [Delete(ROWS, row_id(lane["_id"], number)) for number in numbers]
                await self.executor.store.transact([Delete(Lane.collection, lane["_id"]), *rows])

    async def _state(self) -> Document:
        name = self.model.collection
        return (await self.models.states([name]))[name]

    async def _prepare(self, generation: int) -> None:
        paths = (("tenant", *(f"state.{field}" for field in fields), "_id") for fields in self.model.indexes)
        await self.executor.store.prepare({self.model.collection_of(generation): [Index(path) for path in paths]})

    def _waiting(self, generation: int) -> Document:
        names = sorted({handler.name for handler in self.handlers})
        return {"state.handler": {"$in": names}, "state.generation": generation}

    async def release(self, generation: int) -> int:
        """Make every lane that is held due; returns how many lanes there are at all."""
        lanes = await self.executor.store.find(Lane.collection, self._waiting(generation))
        for lane in lanes:
            if lane["state"]["wake_at"] is None:
                due = {"state.wake_at": self.executor.clock()}
                change = Change(Lane.collection, lane["_id"], {"version": lane["version"]}, due, add={"version": 1})
                try:
                    await self.executor.store.transact([change])
                except Conflict:
                    continue
        return await self.executor.store.count(Lane.collection, self._waiting(generation)) if lanes else 0


class Feeding:
    """A `Subscriber` that applies a replay to one generation. `finished` ends with it, or with its failure."""

    def __init__(
        self,
        executor: Executor,
        handlers: Sequence[Handler],
        generation: int,
        ends: Mapping[Partition, int],
        fed: Mapping[Partition, int],
        save: Save,
    ) -> None:
        self.executor, self.handlers, self.generation = executor, handlers, generation
        self.records = Records(executor.service, executor.lanes.sealer, executor.clock)
        self.ends, self.fed, self.save = ends, dict(fed), save
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._check()

    async def assigned(self, assignment: Assignment) -> AtOnce:
        """See `Subscriber`."""
        return AtOnce(assignment, self._apply, self._starts)

    def _starts(self, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        """Where it was, by what was saved; of a replay that is no longer whole, nothing is applied."""
        starts = {partition: self.fed.get(partition, 0) for partition in extents}
        lacking = [
            one for one, start in starts.items() if start < self.ends.get(one, 0) and not extents[one].contains(start)
        ]
        if lacking:
            topic, _ = lacking[0]
            self._fail(RebuildFailed(f"what was replayed to {topic} is there no more"))
        return {partition: start for partition, start in starts.items() if extents[partition].contains(start)}

    async def _apply(self, records: Sequence[Record]) -> None:
        """How far it is applied is saved before it is committed: what was committed would never come again."""
        new = [record for record in records if record.offset >= self.fed.get((record.topic, record.partition), 0)]
        given = [(message, self.executor.queue.put(message)) for record in new for message in self._messages(record)]
        for message, answer in given:
            self._note(message, await answer)
        if self.finished.done():
            self.finished.result()
        offsets = {(record.topic, record.partition): record.offset + 1 for record in records}
        self.fed |= {partition: max(offset, self.fed.get(partition, 0)) for partition, offset in offsets.items()}
        try:
            await self.save(self.fed)
        except StoreError as error:
            self._fail(error)
            raise
        self._check()

    def _messages(self, record: Record) -> list[Message]:
        found = []
        for message in self.records.messages(record):
            if message.handler in (KEEP_DEAD_LETTER, COUNT_UNREADABLE):
                self._fail(RebuildFailed(f"what was replayed at {message.id} cannot be read as an event"))
            elif message.handler in self.handlers:
                found.append(replace(for_generation(message, self.generation), replayed=True))
        return found

    def _note(self, message: Message, answer: Answer) -> None:
        if answer.ending is Ending.FAILED and isinstance(answer.error, StoreError | None):
            self._fail(answer.error or StoreError("the process is stopping"))
        elif answer.ending in (Ending.FAILED, Ending.DEAD):
            kind = type(answer.error).__name__
            self._fail(RebuildFailed(f"{message.handler.name} could not apply the event {message.id}: {kind}"))

    def _fail(self, error: Exception) -> None:
        if not self.finished.done():
            self.finished.set_exception(error)

    def _check(self) -> None:
        is_whole = all(self.fed.get(partition, 0) >= end for partition, end in self.ends.items())
        if is_whole and not self.finished.done():
            self.finished.set_result(None)

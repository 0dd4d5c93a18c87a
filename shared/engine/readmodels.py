"""Read models: disposable collections that follow events, and can be built anew from the journal while they do.

Each has a generation. A rebuild starts the next one: from then on every event for the model is also kept for it, in its
lanes, held back. The journal is replayed into the new generation; then its lanes are let go, in order, what the replay
has brought already being dropped by its inbox; and when none is left, readers are switched. Nothing waits meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence

from shared.engine.aggregate import ReadModel
from shared.engine.bus import Bus, Partition, Positions, Record
from shared.engine.executor import Executor
from shared.engine.message import Answer, Ending, Message
from shared.engine.parking import Lane
from shared.engine.records import Records, for_generation
from shared.engine.store import Change, Conflict, Document, Index, Insert, Replace, Store

COLLECTION = "models"


class RebuildFailed(Exception):
    """History could not be applied. The model stays as it was; the message says which event it was."""


class ReadModels:
    """What is known of a service's read models: which generation is live, and which one is being built."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def states(self, names: Sequence[str]) -> dict[str, Document]:
        """The state of each model; a model that was never rebuilt is at generation 0."""
        if not names:
            return {}
        found = await self.store.get(COLLECTION, names)
        return {name: found.get(name) or _first(name) for name in names}

    async def change(self, state: Document, **fields: object) -> Document:
        """The state with other fields; raises `Conflict` if somebody else has changed it."""
        new = state | fields | {"version": state["version"] + 1}
        match = {"version": state["version"]}
        write = Replace(COLLECTION, state["_id"], match, new) if state["version"] else Insert(COLLECTION, new)
        await self.store.transact([write])
        return new


def _first(name: str) -> Document:
    return {"_id": name, "version": 0, "live": 0, "building": 0, "replaying": False}


class Rebuild:
    """Builds one read model anew; `begin`, `feed` once the journals are replayed, `finish`. Each can be repeated."""

    def __init__(self, executor: Executor, bus: Bus, model: type[ReadModel], settle: float) -> None:
        self.executor, self.bus, self.model = executor, bus, model
        self.models = ReadModels(executor.store)
        self.settle = settle
        handlers = executor.service.by_name.values()
        self.handlers = [handler for handler in handlers if handler.model == model.collection]

    async def begin(self, indexes: Sequence[Index]) -> Document:
        """Start the next generation, or find the one that was started.

        Returns when every batch that did not know of it has ended, `settle` seconds later at most: what those have seen
        is in the journal by then.
        """
        name = self.model.collection
        state = (await self.models.states([name]))[name]
        if not state["building"]:
            generation = state["live"] + 1
            await self.executor.store.prepare({self.model.collection_of(generation): indexes})
            state = await self.models.change(state, building=generation, replaying=True)
        await asyncio.sleep(self.settle)
        return state

    async def feed(self, topic: str, ends: Mapping[Partition, int]) -> None:
        """Apply what was replayed to the topic, up to `ends`; raises `RebuildFailed`."""
        state = (await self.models.states([self.model.collection]))[self.model.collection]
        group = f"{topic}.{state['building']}"
        receiver = Feeding(self.executor, self.handlers, state["building"], ends)
        consumer = await self.bus.consume([topic], group, receiver, self.executor.limits.largest)
        try:
            await receiver.finished
        finally:
            await consumer.stop()

    async def finish(self, poll: float = 0.2) -> int:
        """Let the lanes go, wait until they are empty, and switch the readers; returns the generation that is live."""
        name = self.model.collection
        state = (await self.models.states([name]))[name]
        if not state["building"]:
            return int(state["live"])
        if state["replaying"]:
            state = await self.models.change(state, replaying=False)
            await asyncio.sleep(self.settle)
        while await self._let_go(state["building"]):  # noqa: ASYNC110 - the lanes are emptied by other processes too
            await asyncio.sleep(poll)
        old, new = state["live"], state["building"]
        await self.models.change(state, live=new, building=0)
        await asyncio.sleep(self.settle)
        await self.executor.store.drop(self.model.collection_of(old))
        return int(new)

    async def abandon(self) -> None:
        """Forget the generation that is being built, and what waits for it."""
        name = self.model.collection
        state = (await self.models.states([name]))[name]
        if state["building"]:
            await self.models.change(state, building=0, replaying=False)
            await self.executor.store.drop(self.model.collection_of(state["building"]))

    async def _let_go(self, generation: int) -> bool:
        """Make every lane that is held due; returns whether there are lanes at all."""
        names = [handler.name for handler in self.handlers]
        where = {"state.handler": {"$in": names}, "state.generation": generation}
        lanes = await self.executor.store.find(Lane.collection, where)
        for lane in lanes:
            if lane["state"]["wake_at"] is None:
                due = {"state.wake_at": self.executor.clock()}
                change = Change(Lane.collection, lane["_id"], {"version": lane["version"]}, due, add={"version": 1})
                try:
                    await self.executor.store.transact([change])
                except Conflict:
                    continue
        return bool(lanes)


class Feeding:
    """A `Receiver` that applies a replay to one generation. `finished` ends with it, or with its failure."""

    def __init__(
        self, executor: Executor, handlers: Sequence[object], generation: int, ends: Mapping[Partition, int]
    ) -> None:
        self.executor, self.handlers, self.generation = executor, handlers, generation
        self.records = Records(executor.service, executor.parking.safe)
        self.left = {partition: end for partition, end in ends.items() if end}
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._check()

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        """See `Receiver`."""
        waiting: list[tuple[Message, Awaitable[Answer]]] = []
        for record in records:
            for message in self.records.messages(record):
                if message.handler in self.handlers:
                    replayed = for_generation(message, self.generation)
                    replayed.replayed = True
                    waiting.append((replayed, self.executor.queue.put(replayed)))
        for message, answer in waiting:
            self._note(message, await answer)
        offsets = {(record.topic, record.partition): record.offset + 1 for record in records}
        await positions.commit(offsets)
        for partition, offset in offsets.items():
            if self.left.get(partition, offset + 1) <= offset:
                del self.left[partition]
        self._check()

    async def assigned(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`."""

    async def revoked(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`."""

    def _note(self, message: Message, answer: Answer) -> None:
        if answer.ending not in (Ending.FAILED, Ending.DEAD) or self.finished.done():
            return
        failed = RebuildFailed(f"{message.handler.name} could not apply {message.id}: {type(answer.error).__name__}")
        self.finished.set_exception(failed)

    def _check(self) -> None:
        if not self.left and not self.finished.done():
            self.finished.set_result(None)

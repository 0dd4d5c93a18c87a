"""A worker of the shop in a group of its own, where a test says what comes and what the broker does."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from shared.clock import Clock
from shared.engine.consuming.gaps import Gaps
from shared.engine.consuming.partitions import Checkpoint, Claim, Partitions
from shared.engine.consuming.poison import PoisonSearch
from shared.engine.consuming.worker import Worker
from shared.engine.failures.breaker import SHORTEST
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.assignment import Assignment, Found, Position
from shared.engine.ports.bus import Extent, Partition, Record
from shared.engine.ports.store import Write
from tests.shared.engine.shop import Ledger, Shop, Sold, envelope, noting

PARTITION: Partition = ("shop", 0)
OTHER: Partition = ("shop", 1)
BEGINNING = {PARTITION: 0, OTHER: 0}
SHORT, LONG = 1.0, 600.0
"""Seconds to drain in."""


class Gate(MemoryStore):
    """A database whose transactions wait until they are let through."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)
        self.opened = asyncio.Event()
        self.opened.set()

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        await self.opened.wait()
        await super().transact(writes)


class Log:
    """A `Source`: what a test lets come. Commits fail while it is `broken`, and hang until it `answers`."""

    def __init__(self, starts: Mapping[Partition, int]) -> None:
        self.committed = dict(starts)
        self.found = asyncio.Queue[Found]()
        self.broken = False
        self.answers = asyncio.Event()
        self.answers.set()

    @property
    def partitions(self) -> Collection[Partition]:
        """See `Source.partitions`."""
        return self.committed

    async def extents(self) -> Mapping[Partition, Extent]:
        """See `Source.extents`."""
        return {partition: Extent("log", 0, 1_000, offset) for partition, offset in self.committed.items()}

    def begin(self, positions: Mapping[Partition, Position], anew: Collection[Partition]) -> None:
        """See `Source.begin`."""

    async def read(self, positions: Mapping[Partition, Position]) -> Found:  # noqa: ARG002 - a test says what comes
        """See `Source.read`."""
        return await self.found.get()

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `Source.commit`."""
        await self.answers.wait()
        if self.broken:
            raise ConnectionError("gone")
        self.committed |= offsets


class Freeing(Partitions):
    """Partitions that are given back as slowly as a test wants."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(MemoryStore(clock=lambda: 0.0), "one", clock)
        self.freed: list[Partition] = []
        self.unclean: set[Partition] = set()
        self.seconds_to_free = 0.0

    async def claim(self, partition: Partition, extent: Extent) -> Claim:
        """See `Partitions.claim`."""
        return replace(await super().claim(partition, extent), unclean=partition in self.unclean)

    async def free(self, checkpoints: Mapping[Partition, Checkpoint], others: Iterable[Partition] = ()) -> None:
        """See `Partitions.free`."""
        await asyncio.sleep(self.seconds_to_free)
        await super().free(checkpoints, others)
        self.freed.extend([*checkpoints, *others])


class Stage:
    """A worker of the shop with its group, and an executor that runs."""

    def __init__(self) -> None:
        self.store = Gate()
        self.shop = Shop(noting(), store=self.store)
        clock = self.shop.executor.clock
        self.checkpoints = Freeing(clock)
        missing = Gaps(self.checkpoints.store, clock)
        self.worker = Worker(self.shop.executor, PoisonSearch(self.shop.executor, "one"), self.checkpoints, missing)
        self.freed, self.unclean = self.checkpoints.freed, self.checkpoints.unclean
        self.executing = asyncio.ensure_future(self.shop.executor.run())
        self.log = Log(BEGINNING)
        self.assignment = Assignment("shop", self.log, self.worker)

    async def receive(self, *numbers: int, first: int, partition: Partition = PARTITION) -> None:
        """Records of one till from an offset on come, and are taken if there is room.

        What nobody can take is of a till of its own.
        """
        records = [sold(number, first + place, partition) for place, number in enumerate(numbers)]
        self.log.found.put_nowait(Found(records, {partition: first + len(numbers)}))
        await asyncio.sleep(0.001)

    def rebalance(self, *partitions: Partition) -> None:
        """The group gives these to us once more, from where was committed."""
        self.log = Log({partition: self.log.committed[partition] for partition in partitions})
        self.assignment = Assignment("shop", self.log, self.worker)

    async def numbers(self) -> list[int]:
        return (await self.shop.get(Ledger, "note-t1")).numbers

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.sleep(0.001)
        while self.worker.under_way:
            await asyncio.wait(self.worker.under_way)

    async def runs(self) -> None:
        """Let the worker do for a while what it does though no record comes."""
        running = asyncio.ensure_future(self.worker.run())
        await asyncio.sleep(3 * SHORTEST)
        running.cancel()


def sold(number: int, offset: int, partition: Partition) -> Record:
    till = "t1" if number >= 0 else f"broken{offset}"
    event = envelope(Sold(till_id=till, number=number), id=f"e{partition[1]}-{offset}")
    return Record(*partition, offset, event.partitionkey.encode(), event.data, event.headers())

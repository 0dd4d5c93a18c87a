"""Waking: lanes whose head waits for something are due once it has come.

It happens beside the executor, which only notes what has come: however many lanes wait, nobody's command stands behind
them. Who parks guards the absence of what it waits for, so that its lane is there before what it waits for is. What a
process has noted and not done when it is killed is done by the lanes' own backoff, ten minutes later at most.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog

from shared.clock import Clock
from shared.engine.loop import Bell
from shared.engine.parking import Lane
from shared.engine.store import Change, Conflict, Document, Store, StoreError, Write

log = structlog.get_logger()

AT_ONCE = 250
"""Lanes that are woken in one transaction, and arrivals that are looked for at once."""

POLL, PAUSE = 60.0, 0.5
"""Seconds between two looks at what was noted, and before another try while the database is away."""

FAREWELL = 1.0
"""Seconds that a process which stops takes for the rest."""

Tell = Callable[[Sequence[Write]], None]


class Waking:
    """One per process. Who is in `told` hears of each transaction."""

    def __init__(self, store: Store, clock: Clock, told: Sequence[Tell]) -> None:
        self.store, self.clock, self.told = store, clock, told
        self.bell = Bell()
        self.arrived: dict[str, None] = {}  # in order, each once
        self.is_busy = False

    @property
    def is_idle(self) -> bool:
        """Whether nobody is left to be woken."""
        return not self.arrived and not self.is_busy

    def note(self, arrived: Iterable[str]) -> None:
        """These have come into being; each as its collection and id."""
        self.arrived |= dict.fromkeys(arrived)
        if self.arrived:
            self.bell.ring()

    async def run(self) -> None:
        """Wake who is to be woken, until cancelled."""
        while True:
            await self.bell.wait(POLL)
            try:
                await self.wake()
            except Exception as error:
                log.warning("lanes.not_woken", error=type(error).__name__, exc_info=error)
                await asyncio.sleep(PAUSE)
                self.bell.ring()

    async def finish(self) -> None:
        """The same once more before the process stops, within a bounded time."""
        try:
            async with asyncio.timeout(FAREWELL):
                await self.wake()
        except (StoreError, TimeoutError) as error:
            log.warning("lanes.not_woken", error=type(error).__name__)  # they are due by their backoff

    async def wake(self) -> None:
        """Wake all who wait for what was noted; what cannot be done now stays noted."""
        while self.arrived:
            names = list(self.arrived)[:AT_ONCE]
            for name in names:
                del self.arrived[name]
            self.is_busy = True
            try:
                await self._wake(names)
            except BaseException:
                self.arrived = dict.fromkeys(names) | self.arrived
                raise
            finally:
                self.is_busy = False

    async def _wake(self, names: Sequence[str]) -> None:
        """Page by page, each lane once. A page in which one has changed meanwhile is read again, a smaller one."""
        after, size, where = None, AT_ONCE, {"state.waiting_for": {"$in": list(names)}}
        while lanes := await self.store.find(Lane.collection, where, limit=size, after=after):
            now = self.clock()
            writes = [_due(lane, now) for lane in lanes]
            try:
                await self.store.transact(writes)
            except Conflict:
                size = max(1, size // 2)
                continue
            after, size = lanes[-1]["_id"], min(AT_ONCE, 2 * size)
            for tell in self.told:
                tell(writes)


def _due(lane: Document, now: datetime) -> Change:
    due = {"state.wake_at": now, "state.waiting_for": None}
    return Change(Lane.collection, lane["_id"], {"version": lane["version"]}, due, add={"version": 1})

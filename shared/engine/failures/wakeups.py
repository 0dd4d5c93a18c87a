"""Waking: lanes whose head waits for something are due once it has come.

It happens beside the executor, which only notes what has come: however many lanes wait, nobody's command stands behind
them. Who parks guards the absence of what it waits for, so that its lane is there before what it waits for is. What a
process has noted and not done when it is killed, another one finds: each looks once a minute at what is waited for.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog

from shared.clock import Clock
from shared.engine.coordination.due import Bell
from shared.engine.failures.lanes import Lane
from shared.engine.ports.store import Change, Conflict, Document, Id, Store, StoreError, Write

log = structlog.get_logger()

AT_ONCE = 250
"""Lanes that are woken in one transaction, and arrivals that are looked for at once."""

NAMES = 1000
"""Of what is waited for, so much is looked for at once."""

POLL, PAUSE = 60.0, 0.5
"""Seconds without news after which it looks for what nobody has told, and before another try after a failure."""

FAREWELL = 1.0
"""Seconds that a process which stops takes for the rest."""

OnCommitted = Callable[[Sequence[Write]], None]


class Waking:
    """Wakes lanes for one process. `awaited` are the collections that lanes wait for; see `Executor.on_committed`."""

    def __init__(
        self, store: Store, clock: Clock, awaited: frozenset[str], on_committed: Sequence[OnCommitted]
    ) -> None:
        self.store, self.clock, self.awaited, self.on_committed = store, clock, awaited, on_committed
        self.bell = Bell()
        self.arrived: dict[str, None] = {}  # in order, each once
        self.is_busy = False

    @property
    def is_idle(self) -> bool:
        """Whether nobody is left to be woken."""
        return not self.arrived and not self.is_busy

    def note(self, arrived: Iterable[str]) -> None:
        """Note what has come into being, each by its collection and id."""
        self.arrived |= dict.fromkeys(arrived)
        if self.arrived:
            self.bell.ring()

    async def run(self) -> None:
        """Wake who is to be woken, until cancelled."""
        while True:
            await self.bell.wait(POLL)
            try:
                if not self.arrived:
                    await self.look()
                await self.wake()
            except Exception as error:
                log.warning("lanes.not_woken", error=type(error).__name__, exc_info=error)
                await asyncio.sleep(PAUSE)
                self.bell.ring()

    async def finish(self) -> None:
        """Wake what is left before the process stops, within a bounded time."""
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

    async def look(self) -> None:
        """Note what is waited for though it is there: who has brought it about has ended before it could tell."""
        last, of = "", "state.waiting_for"
        while lanes := await self.store.find(Lane.collection, {of: {"$gt": last}}, order=of, limit=NAMES):
            names = dict.fromkeys(lane["state"]["waiting_for"] for lane in lanes)
            last = next(reversed(names))
            self.note(await self._present(names))

    async def _present(self, names: Iterable[str]) -> list[str]:
        wanted: dict[str, list[Id]] = {}
        for name in names:
            collection, _, id = name.partition("/")
            if collection in self.awaited:
                wanted.setdefault(collection, []).append(id)
        found = {collection: await self.store.get(collection, ids) for collection, ids in wanted.items()}
        return [f"{name}/{id}" for name, rows in found.items() for id, row in rows.items() if _is_there(row)]

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
            for notify in self.on_committed:
                notify(writes)


def _is_there(row: Document) -> bool:
    return row["version"] > 0 and not row["state"].get("removed", False)


def _due(lane: Document, now: datetime) -> Change:
    due = {"state.wake_at": now, "state.waiting_for": None}
    return Change(Lane.collection, lane["_id"], {"version": lane["version"]}, due, add={"version": 1})

"""Long work that has to come to an end: replays and rebuilds.

A job is a document; while its `state` is one of those in `UNDER_WAY`, some process works on it, under a lease. When
that process dies, another one takes the job up where it was, since each step can be repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from shared.engine.coordination.leases import COLLECTION as LEASES
from shared.engine.coordination.leases import Leases
from shared.engine.ports.store import Change, Conflict, Delete, Document, StoreError

log = structlog.get_logger()

UNDER_WAY = ("running", "abandoning")

ATTEMPTS = 10
"""So often a process tries a job again that something has interrupted."""

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds before an interrupted job is tried again."""

Run = Callable[[Document], Awaitable[None]]
"""Does a job; when it returns, the job's document tells that it is over."""

Name = tuple[str, str]
"""A collection, and the id of a job in it."""


class JobFailed(Exception):
    """A job cannot be done. The message says why, and what can be done."""


class Jobs:
    """One per process. `kinds` are the collections of jobs, each with how they are done; `poll` is in seconds.

    A process whose clock is wrong has no jobs, as it has no shards: see `leases`.
    """

    def __init__(self, leases: Leases, kinds: Mapping[str, Run], poll: float) -> None:
        self.store, self.owner, self.lease_seconds = leases.store, leases.owner, leases.seconds
        self.time, self.kinds, self.poll = leases.time, kinds, poll
        self.working: dict[Name, asyncio.Task[None]] = {}
        self.until: dict[Name, float] = {}
        self.interrupted: dict[Name, int] = {}

    async def run(self) -> None:
        """Work until cancelled; what is under way then is left to whoever comes next."""
        try:
            while True:
                await self._round()
                await asyncio.sleep(self.poll)
        finally:
            left = list(self.working.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _round(self) -> None:
        try:
            if not self.time.is_right:
                await self._give_up()
                return
            for name in list(self.working):
                await self._acquire(name)
            for collection in self.kinds:
                for row in await self.store.find(collection, {"state": {"$in": list(UNDER_WAY)}}):
                    await self._begin((collection, row["_id"]), row)
        except StoreError as error:
            log.warning("jobs.unavailable", error=type(error).__name__)
        self._drop_what_is_no_longer_ours()

    async def _give_up(self) -> None:
        """Leave to others what is under way here."""
        left = dict(self.working)
        for task in left.values():
            task.cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        for name in left:
            await self._release(name)

    async def _begin(self, name: Name, row: Document) -> None:
        if name not in self.working and await self._acquire(name):
            task = asyncio.get_running_loop().create_task(self._work(name, row))
            self.working[name] = task
            task.add_done_callback(lambda _: self.working.pop(name, None))

    async def _acquire(self, name: Name) -> bool:
        """Take or renew the lease of a job; nobody else works on it while it lasts."""
        asked = asyncio.get_running_loop().time()
        if await self.store.lease(LEASES, _lease(name), self.owner, self.lease_seconds) is None:
            self.until.pop(name, None)
            return False
        self.until[name] = asked + self.lease_seconds
        return True

    def _drop_what_is_no_longer_ours(self) -> None:
        certain = asyncio.get_running_loop().time() + self.lease_seconds / 4
        for name, task in self.working.items():
            if self.until.get(name, 0.0) < certain:
                log.warning("job.lost", collection=name[0], job=name[1])
                task.cancel()

    async def _work(self, name: Name, row: Document) -> None:
        """Do it once, and note what prevents it; then anybody may take it up, if it is not over."""
        collection, id = name
        log.info("job.started", collection=collection, job=id)
        try:
            try:
                await self.kinds[collection](row)
            except Conflict:
                log.info("job.changed", collection=collection, job=id)  # by an operator, or by who has it now
            except JobFailed as error:
                await self._note(name, row, "failed", str(error))
            except Exception as error:
                log.warning("job.interrupted", collection=collection, job=id, exc_info=error)
                await self._interrupted(name, row, error)
            else:
                self.interrupted.pop(name, None)
            await self._release(name)
        except StoreError as error:
            log.warning("job.not_noted", collection=collection, job=id, error=type(error).__name__)

    async def _interrupted(self, name: Name, row: Document, error: Exception) -> None:
        times = self.interrupted[name] = self.interrupted.get(name, 0) + 1
        kind = type(error).__name__
        if times >= ATTEMPTS:
            del self.interrupted[name]
            await self._note(name, row, "failed", f"It was interrupted {times} times, by {kind} at last: ask again.")
            return
        await self._note(name, row, row["state"], f"It was interrupted by {kind}, and goes on by itself.")
        await asyncio.sleep(min(LONGEST, SHORTEST * 2 ** (times - 1)))

    async def _note(self, name: Name, row: Document, state: str, error: str) -> None:
        change = Change(name[0], name[1], {"state": row["state"]}, {"state": state, "error": error})
        try:
            await self.store.transact([change])
        except Conflict:
            log.info("job.changed", collection=name[0], job=name[1])

    async def _release(self, name: Name) -> None:
        self.until.pop(name, None)
        try:
            await self.store.transact([Delete(LEASES, _lease(name), {"owner": self.owner})])
        except Conflict:
            log.info("job.lost", collection=name[0], job=name[1])


def _lease(name: Name) -> str:
    return f"job/{name[0]}/{name[1]}"

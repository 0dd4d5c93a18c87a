"""One process of a service: its executor, and what feeds it and follows it.

Everything from outside comes in here: the clock, randomness, the database, the broker. A simulation gives its own.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import structlog

from shared.clock import Clock
from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.sandbox_clock import SandboxClock
from shared.engine.authoring.service import COMPACTED, PEOPLE, Service
from shared.engine.authoring.suspensions import suspended
from shared.engine.batch import clocks, outbox
from shared.engine.batch.message import Message
from shared.engine.consuming.gaps import Gaps
from shared.engine.consuming.partitions import Partitions
from shared.engine.consuming.poison import PoisonSearch
from shared.engine.consuming.worker import AHEAD, Worker
from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.coordination.due import Due
from shared.engine.coordination.leases import Leases
from shared.engine.coordination.tenants import Tenants
from shared.engine.deferred import effects, timers
from shared.engine.deferred.chain_watch import ChainWatch
from shared.engine.deferred.chaining import Chaining
from shared.engine.deferred.clock_rounds import Following
from shared.engine.deferred.effects import Effects
from shared.engine.execution.executor import Executor, Limits
from shared.engine.execution.queue import Queue
from shared.engine.failures import dead_letters, lanes, paused_lanes
from shared.engine.failures.lane_heads import LaneHeads
from shared.engine.failures.lanes import Lane, unpark
from shared.engine.failures.sealer import ContentSealer
from shared.engine.ports.bus import Bus, Consumer, Topic
from shared.engine.ports.store import Change, Conflict, Document, Store, UnknownOutcome, Write
from shared.engine.process import shutdown
from shared.engine.process.collections import collections
from shared.engine.publishing import growth, journal
from shared.engine.publishing.growth import Growth
from shared.engine.publishing.relay import Relay
from shared.trail.seal import Seals

log = structlog.get_logger()

ENGINE_HANDLERS = {handler.name: handler for handler in dead_letters.engine.handlers}
"""Handlers that every service has."""

STOP_SECONDS = 8.0

LATER = timedelta(minutes=1)
"""When a timer or a lane is looked at again that this version of the service does not know."""


@dataclass(slots=True, frozen=True)
class ProcessOptions:
    """Where a process runs. `owner` names it among its replicas; `cell` is the prefix of topics and groups.

    `answer_seconds` is how long a command's caller is kept waiting, whatever becomes of the batch; `keep_lines` how
    long lines stay on the audit trail, whose ends are sealed with the first of `trail_keys`.
    """

    owner: str
    cell: str = "local"
    lease_seconds: float = 10.0
    queue_limit: int = 2000
    partitions: int = 12
    poll_seconds: float = 1.0
    answer_seconds: float = 4.5
    keep_lines: timedelta = timedelta(days=1095)
    trail_keys: Sequence[bytes] = ()


class Engine:
    """Make it, `start` what this process is for, `stop` it. `submit` is how commands come in."""

    def __init__(
        self,
        service: Service,
        store: Store,
        bus: Bus,
        clock: Clock,
        random: Random,
        options: ProcessOptions,
        limits: Limits,
        sealer: ContentSealer | None = None,
    ) -> None:
        self.service, self.store, self.bus, self.options = service, store, bus, options
        self.tenants = Tenants()
        self.time = time = DatabaseTime(store, clock)
        self.executor = Executor(service, store, time, random, limits, Queue(options.queue_limit, self.tenants), sealer)
        self.leases = Leases(store, options.owner, limits.shards, options.lease_seconds, time)
        self.relay = Relay(store, bus, self.leases, self.topic, options.poll_seconds)
        self.effects = Effects(self.executor, store, time, random)
        self.search = PoisonSearch(self.executor, options.owner)
        self.partitions = Partitions(store, options.owner, time, AHEAD * limits.largest)
        self.gaps = Gaps(store, time)
        self.worker = Worker(self.executor, self.search, self.partitions, self.gaps)
        due = (store, self.leases, time, options.poll_seconds)
        self.timers = Due(*due, timers.AGENDA, self._fire, self.tenants)
        self.heads = LaneHeads(store)
        self.lanes = Due(*due, lanes.AGENDA, self._retry_head, self.tenants)
        self.performing = Due(*due, effects.AGENDA, self.effects.perform, self.tenants)
        topics = [self.topic(name) for name in service.sources if name != CLOCK]
        self.following = Following(self.executor, bus, self.group, topics)
        self.clocks = Due(*due, clocks.AGENDA, self.following.follow)
        self.growth = Growth(store, bus, time, self.topic(), limits.shards, options.lease_seconds)
        self.growing = Due(*due, growth.COLLECTION, self.growth.advance)
        self.seals = Seals(options.trail_keys, service.name)
        trail = (time, 2 * options.poll_seconds, options.keep_lines)
        self.chaining = Chaining(store, self.leases, self.seals, *trail)
        self.chain_watch = ChainWatch(store, self.leases, self.seals, time)
        self.consumer: Consumer | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.executing: asyncio.Task[None] | None = None
        self.is_worker = self.has_started = False
        self.executor.on_committed += [self._ring, self.chaining.note]

    def topic(self, name: str = "") -> str:
        """Return the topic of a service (this one by default), or of people."""
        return f"{self.options.cell}.{name or self.service.name}"

    @property
    def group(self) -> str:
        """The group in which the replicas of the service share what it reads."""
        return f"{self.options.cell}.{self.service.name}"

    async def submit(self, message: Message) -> Answer:
        """Handle a message; the answer is durable.

        Whoever asks for a command is told in time that nothing is known of it, by `UnknownOutcome`: one that is under
        way may still be done, which its idempotency key tells; one that has not begun never is.
        """
        if not message.is_command:
            return await self.executor.submit(message)
        try:
            async with asyncio.timeout(self.options.answer_seconds):
                return await self.executor.submit(message)
        except TimeoutError as error:
            raise UnknownOutcome(f"there was no answer within {self.options.answer_seconds} s") from error

    async def prepare(self) -> None:
        """Make what is missing in the database and on the broker."""
        await self.store.prepare(collections(self.service))
        await self.bus.prepare(self.topics())

    async def verify(self) -> list[str]:
        """Return what is missing, a sentence each; a process does not start before all is there."""
        return await self.store.verify(collections(self.service)) + await self.bus.verify(self.topics())

    def topics(self) -> dict[str, Topic]:
        """Return the topics that this service reads or writes."""
        names = [self.service.name, *self.service.sources, *([PEOPLE] if self.service.shared else [])]
        topics = {self.topic(name): Topic(self.options.partitions, name in COMPACTED) for name in names}
        return topics | {self.topic(journal.TOPIC): Topic(1)}

    async def start(self, worker: bool = True) -> None:
        """Start executing; with `worker`, also everything that is not somebody's command."""
        await self.time.measure()
        self.executing = self._task(self.executor.run())
        self.tasks = [self._task(self.time.run())]
        if worker:
            await self._start_worker()
        self.has_started = True

    async def _start_worker(self) -> None:
        await self.read_tenants()  # before a timer fires that is to rest
        await self.leases.renew()
        self.is_worker = True
        due = (self.timers, self.lanes, self.performing, self.clocks, self.growing)
        loops = (self.leases, self.relay, *due, self.worker, self.chaining, self.chain_watch)
        self.tasks += [self._task(loop.run()) for loop in loops]
        if sources := [self.topic(name) for name in self.service.sources]:
            self.consumer = await self.bus.consume(sources, self.group, self.worker, self.executor.limits.largest)

    async def read_tenants(self) -> None:
        """Know what operators have set for single tenants, and which are suspended; raises `StoreError`."""
        await self.tenants.read(self.store)
        self.tenants.suspended = await suspended(self.store)

    async def watch(self) -> None:
        """Wait until a part ends by itself, which none should; raises what ended it."""
        parts = [*self.tasks, *([self.executing] if self.executing else [])]
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()

    @property
    def is_whole(self) -> bool:
        """Whether everything runs that was started: a process of which a part has ended by itself is to be replaced."""
        parts = [*self.tasks, *([self.executing] if self.executing else [])]
        has_left = self.consumer is not None and self.consumer.has_ended
        return not has_left and not any(part.done() for part in parts)

    @property
    def has_joined(self) -> bool:
        """Whether the group has taken this process in; one that reads nothing needs none."""
        return self.consumer is None or self.consumer.has_joined

    async def close(self) -> None:
        """Give the connections back."""
        await self.bus.close()
        await self.store.close()

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Take nothing new, finish what is under way, publish it, give the leases back; within so many seconds."""
        await shutdown.stop(self, seconds)

    def _task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(work)

    def _ring(self, writes: Sequence[Write]) -> None:
        """Wake the loops for which a transaction has left something."""
        bells = {
            outbox.COLLECTION: self.relay.bell,
            timers.COLLECTION: self.timers.bell,
            effects.COLLECTION: self.performing.bell,
            Lane.collection: self.lanes.bell,
            SandboxClock.collection: self.clocks.bell,
        }
        for collection in {write.collection: None for write in writes if write.collection in bells}:
            bells[collection].ring()

    async def _fire(self, row: Document) -> None:
        message = timers.fired(self.executor, row)
        if message is None:
            log.warning("timer.unknown", timer=row["type"])
            await self._postpone(timers.COLLECTION, row, "token", "due")
        else:
            await self._handle(message, row["shard"])

    async def _retry_head(self, lane: Document) -> None:
        """Try the head of a lane again."""
        state = lane["state"]
        row = await self.heads.of(lane)
        if row is None or (handler := self._handler(row)) is None:
            log.warning("lane.stuck", lane_handler=state["handler"], row_found=row is not None)
            await self._postpone(Lane.collection, lane, "version", "state.wake_at")
        elif what := self.worker.breakers.pauses(message := unpark(row, handler)):
            await self._unless_changed(paused_lanes.pause(self.store, lane, what, self.executor.clock()))
        else:
            self.worker.note(message, await self._handle(message, state["shard"]), state["waiting_for"])

    def _handler(self, row: Document) -> Handler | None:
        """Who takes a parked message in this version."""
        name, types = row["handler"], (row["unknown"], row["type"])
        return self.service.handler(name, *types) or ENGINE_HANDLERS.get(name)

    async def _handle(self, message: Message, shard: int) -> Answer:
        """Whoever had the shard before may have ended by this very message."""
        return await (self.search.submit(message) if self.leases.is_unclean(shard) else self.submit(message))

    async def _postpone(self, collection: str, row: Document, mark: str, field: str) -> None:
        """What this version cannot handle waits for one that can, and stands in nobody's way."""
        later = self.executor.clock() + LATER
        await self._unless_changed(
            self.store.transact([Change(collection, row["_id"], {mark: row[mark]}, {field: later})])
        )

    @staticmethod
    async def _unless_changed(work: Awaitable[None]) -> None:
        try:
            await work
        except Conflict:
            log.debug("row.changed")

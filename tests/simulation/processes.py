"""The processes of a world: they start, are killed, are stopped in order, and are started again."""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from shared.clock import to_milliseconds
from shared.engine.authoring.service import Service
from shared.engine.execution.executor import Limits
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.recovery.maintenance import Maintenance
from tests.simulation.broker import FaultyBus
from tests.simulation.database import BEGINNING, FaultyStore
from tests.simulation.loop import PROCESS, Process, VirtualLoop
from tests.simulation.plan import Plan

ROOM = 8
"""Effects at once: so few that some have to wait."""

LEASE_SECONDS = 6.0
SHARDS = 2
PARTITIONS = 2

SESSION_SECONDS = 3.0
"""After which the broker notices that a member is gone."""

ONCE_MORE = 1.0
"""Seconds until whoever looks after processes starts one again that could not start."""

FAREWELL_SECONDS = 20.0
"""After which a process that does not stop is killed."""


@dataclass(slots=True)
class Running:
    """A process with its engine."""

    process: Process
    engine: Engine
    started: bool = False


class Fleet:
    """All processes of the service; `running` are those that nobody has killed."""

    def __init__(self, service: Service, store: FaultyStore, bus: FaultyBus, random: Random, plan: Plan) -> None:
        self.service, self.store, self.bus, self.random, self.plan = service, store, bus, random, plan
        self.loop: VirtualLoop = store.loop
        self.running: list[Running] = []
        self.number = 0
        self.over = False

    @property
    def ready(self) -> list[Running]:
        """Those that may be asked for something."""
        return [running for running in self.running if running.started]

    async def prepare(self) -> None:
        """Make collections and topics."""
        limits = Limits(shards=SHARDS)
        options = ProcessOptions("setup", partitions=PARTITIONS)
        await Engine(self.service, self.store, self.bus, self.store.time, self.random, options, limits).prepare()

    def launch(self) -> None:
        """Start one more process."""
        if self.over:
            return
        self.number += 1
        process = Process(f"p{self.number}")
        self.loop.processes.append(process)
        options = ProcessOptions(process.name, lease_seconds=LEASE_SECONDS, partitions=PARTITIONS, poll_seconds=2.0)
        limits = Limits(smallest=2, largest=self.random.choice([4, 50]), shards=SHARDS, deadline=8.0)
        clock = self._clock()
        random = Random(self.random.getrandbits(64))
        context = copy_context()
        context.run(PROCESS.set, process)
        engine = context.run(Engine, self.service, self.store, self.bus, clock, random, options, limits)
        engine.performing.room.at_once = ROOM
        running = Running(process, engine)
        self.running.append(running)
        self.loop.create_task(self._start(running), context=context)

    def kill(self, running: Running) -> None:
        """As kill -9: nothing of it runs again; the broker notices after its session time-out."""
        running.process.alive = False
        self.running.remove(running)
        self.loop.call_later(SESSION_SECONDS, self.bus.expire_all, running.process.name, context=Context())

    def end_this(self) -> None:
        """Kill the process that runs now, and start another one soon."""
        for running in self.running:
            if running.process is PROCESS.get():
                self.kill(running)
                self.launch_later(2.0)
                return

    def launch_later(self, within: float) -> None:
        """Start a process within so many seconds."""
        self.loop.call_later(self.random.uniform(0, within), self.launch, context=Context())

    async def stop(self, running: Running) -> None:
        """As SIGTERM: it ends by itself, and is killed if it does not."""
        running.started = False
        context = copy_context()
        context.run(PROCESS.set, running.process)
        stopping = self.loop.create_task(running.engine.stop(), context=context)
        await asyncio.wait([stopping], timeout=FAREWELL_SECONDS)
        if running in self.running:  # nobody has killed it meanwhile
            self.kill(running)

    async def _start(self, running: Running) -> None:
        """A process that cannot start, or of which a part ends, ends; whoever looks after processes starts another."""
        try:
            await running.engine.start()
            running.started = True
            await asyncio.gather(running.engine.watch(), self._maintain(running))
            has_ended = running.started  # one that is to stop was ended by nobody else
        except Exception:
            has_ended = True
        if has_ended and running in self.running:
            self.kill(running)
            self.loop.call_later(ONCE_MORE, self.launch, context=Context())

    async def _maintain(self, running: Running) -> None:
        """What repairs gaps, in worlds that have some."""
        if self.plan.retention:
            await Maintenance(running.engine).run()

    def _clock(self) -> Callable[[], datetime]:
        """A machine's clock: a little off, not always the same; some are far off until they are set."""
        random, skew = Random(self.random.getrandbits(64)), self.random.uniform(-self.plan.skew, self.plan.skew)
        set_at = self.loop.now + random.uniform(1.0, 20.0) if random.random() < self.plan.wrong else 0.0
        far = random.choice([-1, 1]) * 10 ** random.uniform(1, 5)

        def now() -> datetime:
            off = skew if random.random() < 0.9 else skew * random.uniform(-1, 1)
            off += far if self.loop.now < set_at else 0.0
            return to_milliseconds(BEGINNING + timedelta(seconds=self.loop.now + off))

        return now

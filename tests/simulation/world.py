"""A world: processes that die, stall and come back, a database and a broker that falter, clients that insist."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.clock import to_milliseconds
from shared.engine import audit, growing
from shared.engine.database_time import WRONG
from shared.engine.engine import Engine, Place
from shared.engine.executor import Limits
from shared.engine.message import Ending, Idempotency, Message
from shared.engine.service import Service
from shared.engine.store import StoreError
from shared.errors import Refusal
from tests.simulation.faults import BEGINNING, Faulty, FaultyBus, FaultyStore
from tests.simulation.ledger import ComeBack, Deposit, GoOff, Outside, ledger
from tests.simulation.loop import PROCESS, Process, VirtualLoop
from tests.simulation.plan import Plan

TENANT = "acme"
TOPIC = "local.ledger"


@dataclass(slots=True)
class Running:
    """A process with its engine."""

    process: Process
    engine: Engine
    skew: float
    started: bool = False


@dataclass(slots=True)
class World:
    """One run: make it from a seed, let it `live`, then ask what became of every operation."""

    seed: int
    plan: Plan
    loop: VirtualLoop
    random: Random
    store: FaultyStore
    bus: FaultyBus
    outside: Outside
    service: Service
    running: list[Running] = field(default_factory=list)
    acknowledged: dict[str, Deposit] = field(default_factory=dict)
    someone_on_call: bool = True
    trace: Any = field(default_factory=hashlib.sha256)  # hashlib's type has no public name
    number: int = 0
    over: bool = False

    @classmethod
    def of(cls, seed: int) -> "World":
        """The world of that seed."""
        random = Random(seed)
        plan = Plan.draw(random)
        plan.grows = seed % 4 == 0
        loop = VirtualLoop(Random(random.getrandbits(64)))
        store = FaultyStore(Faulty(Random(random.getrandbits(64))), loop)
        bus = FaultyBus(Faulty(Random(random.getrandbits(64))))
        outside = Outside()
        return cls(seed, plan, loop, random, store, bus, outside, ledger(outside))

    def clock(self, skew: float, wrong: float = 0.0) -> Callable[[], datetime]:
        """A machine's clock, off by up to `skew` seconds, and not always the same; some are far off until they are set.

        A share `wrong` of them is so.
        """
        random = Random(self.random.getrandbits(64))
        is_set_at = self.loop.now + random.uniform(1.0, 20.0) if random.random() < wrong else 0.0
        far = random.choice([-1, 1]) * 10 ** random.uniform(1, 5)

        def now() -> datetime:
            off = skew if random.random() < 0.9 else skew * random.uniform(-1, 1)
            off += far if self.loop.now < is_set_at else 0.0
            return to_milliseconds(BEGINNING + timedelta(seconds=self.loop.now + off))

        return now

    def launch(self) -> None:
        """Start one more process, while the world lasts."""
        if self.over:
            return
        self.number += 1
        process = Process(f"p{self.number}")
        self.loop.processes.append(process)
        skew = self.random.uniform(-self.plan.skew, self.plan.skew)
        place = Place(process.name, lease_seconds=6.0, partitions=2, poll_seconds=2.0)
        limits = Limits(smallest=2, largest=self.random.choice([4, 50]), shards=2, deadline=8.0)
        context = copy_context()
        context.run(PROCESS.set, process)
        engine = context.run(
            Engine,
            self.service,
            self.store,
            self.bus,
            self.clock(skew, self.plan.wrong),
            Random(self.random.getrandbits(64)),
            place,
            limits,
        )
        running = Running(process, engine, skew)
        self.running.append(running)
        self.loop.create_task(self._start(running), context=context)

    async def _start(self, running: Running) -> None:
        """A process that cannot start ends, and is started anew by whoever looks after processes."""
        try:
            await running.engine.start()
            running.started = True
        except Exception:
            self.kill(running)
            self.loop.call_later(1.0, self.launch, context=Context())

    def kill(self, running: Running) -> None:
        """As kill -9: nothing of it runs again; the broker notices after its session time-out."""
        running.process.alive = False
        self.running.remove(running)
        if running.engine.consumer is not None:
            consumer = running.engine.consumer
            self.loop.call_later(3.0, self.bus.expire, consumer)

    def live(self, seconds: float = 900.0) -> "World":
        """Run until nothing is left to do; raises TimeoutError if that takes more than `seconds` of virtual time."""
        try:
            self.loop.run_until_complete(self._live(seconds))
        finally:
            self.over = True
            self.loop.end()
        return self

    async def _live(self, seconds: float) -> None:
        await Engine(
            self.service,
            self.store,
            self.bus,
            self.clock(0),
            self.random,
            Place("setup", partitions=2),
            Limits(),
        ).prepare()
        for _ in range(self.plan.processes):
            self.launch()
        self._go_wrong(self.plan.store_faults, self.plan.bus_faults, self.plan.handler_faults)
        clients = [self.loop.create_task(self._client(n)) for n in range(self.plan.operations)]
        clients.append(self.loop.create_task(self._doctors("a", "b")))
        clients.append(self.loop.create_task(self._doctors("b", "a")))
        clients.append(self.loop.create_task(self._operator()))
        chaos = self.loop.create_task(self._chaos())
        for client in [*clients, chaos]:
            await client
        self._go_wrong(0.0, 0.0, 0.0)
        async with asyncio.timeout(seconds):
            while not self.is_quiet():  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(1.0)

    def _go_wrong(self, store: float, bus: float, handlers: float) -> None:
        self.store.faults.rate, self.bus.faults.rate = store, bus
        random = Random(self.random.getrandbits(64))

        def perhaps_fail() -> None:
            if handlers and random.random() < handlers:
                raise RuntimeError("simulated")

        self.outside.perhaps_fail = perhaps_fail  # type: ignore[method-assign]  # a fault is planted

    async def _chaos(self) -> None:
        plan = self.plan
        events = ["crash"] * plan.crashes + ["stall"] * plan.stalls + ["election"] * plan.elections
        self.random.shuffle(events)
        for event in events:
            await asyncio.sleep(self.random.uniform(0, 2.0))
            if event == "election":
                self.store.ahead = self.random.uniform(-0.45, 0.45) * WRONG
            if event == "election" or not self.running:
                continue
            victim = self.random.choice(self.running)
            if event == "crash":
                self.kill(victim)
                self.loop.call_later(self.random.uniform(0, 3.0), self.launch)
                await asyncio.sleep(3.0)
            else:
                victim.process.stalled_until = self.loop.now + self.random.uniform(1.0, 12.0)

    async def _client(self, number: int) -> None:
        """Ask for one deposit, with an idempotency key, until it is acknowledged."""
        await asyncio.sleep(self.random.uniform(0, self.plan.spread))
        accounts = [f"a{n}" for n in range(self.plan.accounts)]
        first = self.random.choice(accounts)
        second = self.random.choice([None, *(account for account in accounts if account != first)])
        hostile = self.random.random() < self.plan.hostile
        deposit = Deposit(account_id=first, other_id=second, operation=f"op{number}", hostile=hostile)
        while not await self._ask(deposit, f"key{number}"):  # noqa: ASYNC110 - a client's pause between tries
            await asyncio.sleep(self.random.uniform(0, 1.0))
        self.acknowledged[deposit.operation] = deposit

    async def _doctors(self, doctor: str, other: str) -> None:
        """Both want the same at the same moments: to be off, and then back."""
        for turn in range(6):
            await asyncio.sleep(turn - self.loop.now)
            body = GoOff(doctor_id=doctor, other_id=other) if turn % 2 == 0 else ComeBack(doctor_id=doctor)
            await self._ask(body, f"{doctor}{turn}")
            state = self.documents("doctor")
            self.someone_on_call &= not (len(state) == 2 and all(d["state"].get("off") for d in state.values()))

    async def _operator(self) -> None:
        """Let the topic grow, in some worlds: ask until it is written down."""
        random = Random(self.seed)
        while self.plan.grows and TOPIC not in self.documents(growing.COLLECTION):
            await asyncio.sleep(random.uniform(0, 3.0))
            ready = [running.engine for running in self.running if running.started]
            if ready:
                engine = random.choice(ready)
                line = audit.line(engine.executor.new_id(), engine.executor.clock(), "operator/ann", "grow", TOPIC)
                try:
                    await engine.growth.begin(random.randint(3, 6), line)
                except (StoreError, Refusal, ConnectionError):
                    continue

    async def _ask(self, body: Any, key: str) -> bool:
        """Whether a process has acknowledged the command."""
        ready = [running for running in self.running if running.started]
        if not ready:
            return False
        engine = self.random.choice(ready).engine
        idempotency = Idempotency(f"{TENANT}/client/{type(body).__name__}/{key}", key)
        handler = engine.service.by_name[type(body).__name__]
        message = Message(handler, engine.executor.new_id(), TENANT, body=body, idempotency=idempotency)
        try:
            async with asyncio.timeout(15.0):
                answer = await engine.submit(message)
        except (TimeoutError, Refusal, RuntimeError, StoreError):
            return False
        self.trace.update(f"{self.loop.now:.6f} {key} {answer.ending.name}\n".encode())
        return answer.ending in (Ending.DONE, Ending.REFUSED)

    def documents(self, collection: str) -> Mapping[Any, dict[str, Any]]:
        """A collection as it is now, at no cost of time."""
        return {document["_id"]: document for document in self.store._all(collection)}

    def is_quiet(self) -> bool:
        """Whether nothing waits: all processes run, all is published, consumed, fired, performed, no lane is left."""
        if not self.running or not all(running.started for running in self.running):
            return False
        if any(chunk.get("unpublished") for chunk in self.documents("outbox").values()):
            return False
        if any(self.documents(name) for name in ("timers", "effects", "lanes", "parked")):
            return False
        if any(row["state"] in growing.UNDER_WAY for row in self.documents(growing.COLLECTION).values()):
            return False
        group = self.bus.known[TOPIC]
        ends = {(t, p): len(log) for t in group.topics for p, log in enumerate(self.bus.topics[t])}
        return all(group.committed.get(partition, 0) >= end for partition, end in ends.items())

    def digest(self) -> str:
        """A hash of all that was answered and of all that is stored: equal for equal runs."""
        for name in sorted(self.store.collections):
            for id, raw in self.store.collections[name].items():
                self.trace.update(f"{name} {id} ".encode() + raw)
        self.trace.update(f"{self.loop.steps} {self.loop.now:.6f}".encode())
        return str(self.trace.hexdigest())

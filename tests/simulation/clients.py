"""Who asks: clients that insist until they are answered, and sometimes ask again for what they know already."""

import asyncio
from random import Random
from typing import Any

from pydantic import BaseModel

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch.message import Idempotency, Message
from shared.engine.ports.store import StoreError
from shared.engine.process import audit
from shared.engine.publishing import growth as growing
from shared.errors import Refusal
from tests.simulation.ledger.accounts import Deposit, Nature
from tests.simulation.ledger.doctors import ComeBack, GoOff
from tests.simulation.ledger.errands import RunErrands
from tests.simulation.ledger.guests import InviteGuest, OpenHouse
from tests.simulation.ledger.keys import FindKey, MoveKey
from tests.simulation.ledger.people import EditPerson, ErasePerson
from tests.simulation.plan import Plan
from tests.simulation.processes import ROOM, Fleet

TENANTS = ("acme", "borough", "civic")
PEOPLE = ("ann", "ben")
TOPIC = "local.ledger"

WAITS = 15.0
"""Seconds after which a client gives up on an answer."""

NOISY, QUIET = "noisy", "quiet"
"""A tenant with so many errands, and one with a single one."""

MANY = 3 * ROOM

GUESTS, OPENING = 5, 35.0
"""Who waits for the house to open, and after how many seconds it does: by then a lane is seldom tried by itself."""

MOMENTS = 3
"""At so many moments deposits are asked for."""

LOOKERS = 3
"""Who looks for the key whenever it is moved."""

Asked = tuple[str, BaseModel]
"""A command of a tenant."""


class Clients:
    """All of them. `answered` is what each key was answered first; `changed` are keys that were answered otherwise."""

    def __init__(self, plan: Plan, fleet: Fleet, random: Random) -> None:
        self.plan, self.fleet, self.random, self.loop = plan, fleet, random, fleet.loop
        self.tenants = TENANTS[: plan.tenants]
        self.asked: dict[str, Asked] = {}
        self.answered: dict[str, Answer] = {}
        self.changed: list[str] = []
        self.asked_quietly = self.opened = 0.0

    def done(self, kind: type[BaseModel], tenant: str | None = None) -> list[Any]:
        """The commands of a kind that were acknowledged as done."""
        return [
            body
            for key, (owner, body) in self.asked.items()
            if isinstance(body, kind) and owner == (tenant or owner) and self.ending(key) is Ending.DONE
        ]

    def ending(self, key: str) -> Ending | None:
        """How the command of a key ended, as far as its client knows."""
        answer = self.answered.get(key)
        return answer.ending if answer else None

    async def live(self) -> None:
        """Ask for everything that is planned, until all of it is acknowledged."""
        deposits = [self._deposit(number) for number in range(self.plan.operations)]
        edits = [self._edit(number) for number in range(self.plan.people)]
        doctors = self._doctors("a", "b"), self._doctors("b", "a")
        await asyncio.gather(*deposits, *edits, *doctors, self._keys(), self._grow(), self._errands(), self._guests())

    async def _deposit(self, number: int) -> None:
        """Several of them at one moment, so that processes get into each other's way."""
        await asyncio.sleep((1 + self.random.randrange(MOMENTS)) * self.plan.spread / MOMENTS)
        accounts = [f"a{n}" for n in range(self.plan.accounts)]
        first = self.random.choice(accounts)
        second = self.random.choice([None, *(account for account in accounts if account != first)])
        body = Deposit(account_id=first, other_id=second, operation=f"op{number}", nature=self._nature(number))
        body.reminded_after = self.plan.reminded_after
        await self._insist(self.random.choice(self.tenants), body, f"deposit{number}")

    def _nature(self, number: int) -> Nature:
        if self.plan.poison and number == 0:
            return Nature.POISON
        if self.plan.unwritable and number == 1:
            return Nature.UNWRITABLE
        return Nature.HOSTILE if self.random.random() < self.plan.hostile else Nature.CALM

    async def _edit(self, number: int) -> None:
        await asyncio.sleep(self.random.uniform(0, self.plan.spread))
        kind = self.random.choice([EditPerson, EditPerson, ErasePerson])
        body = kind(person_id=self.random.choice(PEOPLE), operation=f"op{number}")
        await self._insist(self.random.choice(self.tenants), body, f"person{number}")

    async def change_people(self, when: str) -> None:
        """Everybody is changed once more, or erased."""
        for person in PEOPLE:
            kind = self.random.choice([EditPerson, ErasePerson])
            operation = f"{when}{len(self.asked)}"
            await self._insist(self.tenants[0], kind(person_id=person, operation=operation), f"{person}-{operation}")

    async def _keys(self) -> None:
        """The key is moved while others look for it."""
        for turn in range(self.plan.looks):
            await asyncio.sleep(turn / 2 - self.loop.now)
            finds = [FindKey(seeker_id=f"find{one}", look=turn) for one in range(LOOKERS)]
            looks = [self._insist(self.tenants[0], find, f"look{turn}-{one}") for one, find in enumerate(finds)]
            await asyncio.gather(self._insist(self.tenants[0], MoveKey(move=turn), f"move{turn}"), *looks)

    async def _doctors(self, doctor: str, other: str) -> None:
        """Both want the same at the same moments: to be off, and then back."""
        for turn in range(6):
            await asyncio.sleep(turn - self.loop.now)
            body = GoOff(doctor_id=doctor, other_id=other) if turn % 2 == 0 else ComeBack(doctor_id=doctor)
            await self._insist(self.tenants[0], body, f"{doctor}{turn}")

    async def _errands(self) -> None:
        """One tenant has many at once, and then another one has one."""
        if self.plan.noisy:
            await self._insist(
                NOISY, RunErrands(errands_id="many", count=MANY * self.plan.processes, seconds=5.0), "many"
            )
            await self._insist(QUIET, RunErrands(errands_id="one", count=1, seconds=0.0), "one")
            self.asked_quietly = self.loop.now

    async def _guests(self) -> None:
        """They are invited at once, and let in late, where nothing goes wrong meanwhile."""
        if self.plan.noisy:
            for number in range(GUESTS):
                await self._insist(QUIET, InviteGuest(guest_id=f"guest{number}", house_id="house"), f"guest{number}")
            await asyncio.sleep(OPENING)
            await self._insist(QUIET, OpenHouse(house_id="house"), "opening")
            self.opened = self.loop.now

    async def _grow(self) -> None:
        """An operator lets the topic grow, in some worlds: asks until it is written down."""
        while self.plan.grows and TOPIC not in self.fleet.store.collections[growing.COLLECTION]:
            await asyncio.sleep(self.random.uniform(0, 3.0))
            if self.fleet.ready:
                engine = self.random.choice(self.fleet.ready).engine
                line = audit.line(engine.executor.new_id(), engine.executor.clock(), "operator/ann", "grow", TOPIC)
                try:
                    await engine.growth.begin(self.random.randint(3, 6), line)
                except (StoreError, Refusal, ConnectionError):
                    continue

    async def _insist(self, tenant: str, body: BaseModel, key: str) -> None:
        """Ask until it is acknowledged, and now and then once more: the answer is the same, whatever is true now."""
        self.asked[key] = tenant, body
        while not await self._ask(key):  # noqa: ASYNC110 - a client's pause between tries
            await asyncio.sleep(self.random.uniform(0, 1.0))
        if self.random.random() < 0.2:
            await asyncio.sleep(self.random.uniform(0, 3.0))
            await self._ask(key)

    async def _ask(self, key: str) -> bool:
        """Whether a process has acknowledged the command."""
        if not self.fleet.ready:
            return False
        tenant, body = self.asked[key]
        engine = self.random.choice(self.fleet.ready).engine
        idempotency = Idempotency(f"{tenant}/client/{type(body).__name__}/{key}", key)
        handler = engine.service.by_name[type(body).__name__]
        message = Message(handler, engine.executor.new_id(), tenant, body=body, idempotency=idempotency)
        try:
            answer = await asyncio.wait_for(engine.submit(message), WAITS)
        except (TimeoutError, Refusal, RuntimeError, StoreError):
            return False
        if answer.ending not in (Ending.DONE, Ending.REFUSED):
            return False
        first = self.answered.setdefault(key, answer)
        if (first.ending, first.status, first.body) != (answer.ending, answer.status, answer.body):
            self.changed.append(key)
        return True

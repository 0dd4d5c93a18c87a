"""A shop, on which tests see what the engine does: its tills, what is asked of them, and builders for all of it."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Annotated, Any, ParamSpec, TypeVar

from pydantic import BaseModel
from structlog.testing import capture_logs

from shared.contracts.envelope import Envelope
from shared.contracts.event import Contract, Event, State
from shared.engine.authoring.aggregate import Aggregate, LocalCopy, Outcome
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service, message_type
from shared.engine.batch import inbox
from shared.engine.batch.message import Idempotency, Message, Origin
from shared.engine.execution.executor import Executor, Limits
from shared.engine.failures.sealer import Contents, ContentSealer, Sealed
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document
from tests.simulation.loop import VirtualLoop

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
TENANT = "acme"
SEALER = ContentSealer([bytes(range(32))])

P = ParamSpec("P")
A = TypeVar("A", bound=Aggregate)


class Sold(Event, aggregate="till", subject="till_id", service="shop"):
    """Something was sold."""

    till_id: str
    number: int = 0
    text: str = ""


class TillShown(State, aggregate="till", subject="till_id", service="shop"):
    """What a till shows."""

    till_id: str
    text: str


class Till(Aggregate, name="till"):
    """What was sold, in order."""

    sold: list[int] = []
    text: str = ""

    def sell(self, number: int) -> Sold:
        """One more."""
        self.sold.append(number)
        return Sold(till_id=self.id, number=number)


class TillSeen(LocalCopy, name="till-seen"):
    """A till as the people topic shows it."""

    text: str = ""


class Ledger(Aggregate, name="ledger"):
    """What a reaction has seen, in order."""

    numbers: list[int] = []


class Sell(BaseModel):
    """Sell something at a till."""

    till_id: str = "t1"
    number: int = 0


class Printed(Outcome):
    """A receipt was printed."""

    number: int = 0


def at(id: str) -> Callable[[BaseModel], str]:
    """The key of what there is one of."""

    def key(_: BaseModel) -> str:
        return id

    return key


def of_till(name: str) -> Callable[[Sold], str]:
    """The key of what there is one of for each till."""

    def key(event: Sold) -> str:
        return f"{name}-{event.till_id}"

    return key


def noting(name: str = "note") -> Handlers:
    """A reaction that notes what was sold, in a ledger of the same name for each till."""
    handlers = Handlers()

    @handlers.on(name)
    def note(event: Sold, ledger: Annotated[Ledger, create(of_till(name))]) -> None:
        """What most reactions here do; a negative number is one that nobody can take."""
        ledger.numbers.append(event.number)
        if event.number < 0:
            raise RuntimeError("a number below zero")

    return handlers


def service(*handlers: Handlers) -> Service:
    return Service("shop", "Shop", [Sold], handlers)


class Shop:
    """One process of the shop: an executor with a clock that stands still until a test moves it."""

    def __init__(self, *handlers: Handlers, store: MemoryStore | None = None, limits: Limits | None = None) -> None:
        self.now = START
        self.service = service(*handlers)
        self.store = store if store is not None else MemoryStore(clock=lambda: 0.0)
        self.executor = Executor(self.service, self.store, lambda: self.now, Random(1), limits, sealer=SEALER)

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)

    def command(self, body: BaseModel, key: str = "", body_hash: str = "", **more: Any) -> Message:
        """A command, with an idempotency key of the tenant's if it is given."""
        options: dict[str, Any] = {"tenant": TENANT, "origin": Origin("client/test", correlation="c1")}
        options |= {"idempotency": Idempotency(key, body_hash)} if key else {}
        handler = self.service.by_name[type(body).__name__]
        return Message(handler, self.executor.new_id(), body=body, **(options | more))

    def event(self, body: Contract, name: str = "note", id: str = "", **more: Any) -> Message:
        """An event for one handler, as it comes from a topic."""
        id, tenant = id or self.executor.new_id(), more.pop("tenant", TENANT)
        options: dict[str, Any] = {
            "data": body.model_dump_json().encode(),
            "lane": f"{body.about.aggregate}/{body.subject_id}",
            "source": "ithaca/shop",
            "seen": inbox.row_id(tenant, name, "ithaca/shop", id),
        }
        return Message(self.service.by_name[name], id, tenant, **(options | more))

    async def handle(self, *messages: Message) -> list[Answer]:
        """All of them in one batch."""
        return await self.executor.handle(messages)

    async def rows(self, collection: str) -> list[Document]:
        return await self.store.find(collection, {})

    async def get(self, kind: type[A], id: str = "t1", tenant: str = TENANT) -> A:
        """The aggregate as it is stored; a blank one if there is none."""
        found = (await self.store.get(kind.collection, [f"{tenant}/{id}"])).get(f"{tenant}/{id}")
        return kind(**found["state"], version=found["version"]) if found else kind()

    async def published(self) -> list[Document]:
        """The events in the outbox, in order."""
        return [event for chunk in await self.rows("outbox") for event in chunk["events"]]


def contents(letter: Document) -> Contents:
    """What a dead letter kept."""
    tenant, state = letter["tenant"], letter["state"]
    return SEALER.open(f"{tenant}/{state['message_id']}", Sealed(**state["contents"]))


def envelope(body: Contract, id: str = "e1", **more: Any) -> Envelope:
    """What travels on a topic."""
    subject = f"{body.about.aggregate}/{body.subject_id}"
    fields: dict[str, Any] = {
        "id": id,
        "source": "ithaca/shop",
        "type": message_type(type(body)),
        "time": "2027-01-04T09:00:00.000Z",
        "tenant": TENANT,
        "subject": subject,
        "partitionkey": f"{TENANT}/{subject}",
        "sequence": "1",
        "data": body.model_dump_json().encode(),
    }
    return Envelope(**(fields | more))


def virtual(story: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a test in virtual time: nothing sleeps, and what would wait for ever is an error. Logs are kept back."""

    @functools.wraps(story)
    def played(*arguments: P.args, **options: P.kwargs) -> None:
        loop = VirtualLoop(Random(7))
        asyncio.set_event_loop(loop)
        try:
            with capture_logs():
                loop.run_until_complete(story(*arguments, **options))
        finally:
            loop.end()
            asyncio.set_event_loop(None)

    return played

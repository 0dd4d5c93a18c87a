"""A service's handlers, tried in memory: given some state, when a message comes, then these events.

The production executor runs them, on the in-memory store, with a clock that stands still until it is moved.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from shared.contracts.event import Contract, Event, State
from shared.engine.authoring.aggregate import Aggregate, Removed
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.permissions import Awaited
from shared.engine.authoring.reader import Reader
from shared.engine.authoring.scopes import SCOPES
from shared.engine.authoring.service import PEOPLE, Service, message_type
from shared.engine.batch import inbox, outbox
from shared.engine.batch.message import Message, Origin
from shared.engine.batch.tracked import TrackedAggregate
from shared.engine.deferred import effects, timers
from shared.engine.deferred.effects import Effects
from shared.engine.execution.answers import refused
from shared.engine.execution.executor import Executor
from shared.engine.execution.queue import Queue
from shared.engine.memory.store import MemoryStore
from shared.errors import Refusal

A = TypeVar("A", bound=Aggregate)
T = TypeVar("T")

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


class Asking(NamedTuple):
    """Who asks, as the edge would know it by a token."""

    kind: str
    subject: str
    roles: frozenset[str]
    scopes: frozenset[str]
    is_fresh: bool = True
    link: str = ""


class Scenario:
    """One service, one tenant, one clock. `events` and `states` are what the last messages have published."""

    def __init__(
        self, service: Service, tenant: str = "acme", now: datetime = START, actor: str = "client/test"
    ) -> None:
        self.service, self.tenant, self.now, self.actor = service, tenant, now, actor
        self.store = MemoryStore(clock=lambda: 0.0)
        self.executor = Executor(service, self.store, lambda: self.now, Random(1))
        self.loop = asyncio.new_event_loop()
        self.published: list[Event] = []
        self.shared: list[State | Removed] = []
        self.contracts = {model.type_name: model for model in [*service.emits, *service.shared.values()]}

    def given(self, *aggregates: Aggregate) -> "Scenario":
        """Aggregates that exist already."""
        for aggregate in aggregates:
            held = TrackedAggregate(
                (aggregate.collection, f"{self.tenant}/{aggregate.id}"), type(aggregate), None, aggregate
            )
            changed = held.change(forced=True)
            assert changed is not None
            held.encoded, held.version = changed[2], 1
            write = held.write()
            assert write is not None
            self._run(self.store.transact([write]))
        return self

    def when(self, body: BaseModel, actor: str | None = None, twice: bool = True, roles: Sequence[str] = ()) -> Answer:
        """A command, an event, a state, a timer or an outcome comes; events come twice, as they do.

        Raises what a handler raised unexpectedly; a refused command's answer has the status and the `error`.
        """
        answer = Answer(Ending.DONE)
        try:
            messages = self.messages(body, actor or self.actor, roles)
        except Refusal as refusal:
            return refused(refusal)
        for message in messages:
            answer = self._handle(message)
            if twice and message.seen:
                again = self._handle(message)
                assert again.ending is Ending.DUPLICATE, f"{message.handler.name} had an effect twice: {again}"
        return answer

    def messages(self, body: BaseModel, actor: str, roles: Sequence[str] = ()) -> list[Message]:
        """The messages that this body is for the service's handlers; raises what the edge refuses it with."""
        handlers = self.service.reactions.get(message_type(type(body)), [])
        handlers = handlers or [handler for handler in self.service.commands if handler.takes is type(body)]
        assert handlers, f"{self.service.name} does not handle {type(body).__name__}"
        id = self.executor.new_id()
        origin = Origin(actor, str(getattr(body, "program_id", "")), id)
        return [self._message(handler, body, id, origin, roles) for handler in handlers]

    def advance(self, by: timedelta) -> "Scenario":
        """Let time pass; timers fire in order, each at its time."""
        until = self.now + by
        while rows := self._run(self.store.find(timers.COLLECTION, {"due": {"$lte": until}}, order="due", limit=1)):
            self.now = max(self.now, rows[0]["due"])
            message = timers.fired(self.executor, rows[0])
            assert message is not None, f"nothing handles the timer {rows[0]['type']}"
            self._handle(message)
        self.now = until
        return self

    def perform(self) -> "Scenario":
        """Do all effects that are asked for, and take their outcomes."""
        performing = Effects(self.executor, self.store, lambda: self.now, Random(1))
        for row in self._run(self.store.find(effects.COLLECTION, {})):
            self._run(self._perform(performing, row))
        self._collect()
        return self

    def events(self, *kinds: type[Event]) -> list[Event]:
        """What has been published so far, of some kinds only if given; asking forgets nothing."""
        return [event for event in self.published if not kinds or isinstance(event, kinds)]

    def planned(self) -> dict[str, datetime]:
        """The timers that are set, by id."""
        return {row["_id"].partition("/")[2]: row["due"] for row in self._run(self.store.find(timers.COLLECTION, {}))}

    def asked(self) -> list[dict[str, Any]]:
        """The rows of effects that are to be performed."""
        return self._run(self.store.find(effects.COLLECTION, {}))

    def get(self, aggregate: type[A], id: str) -> A:
        """An aggregate as it is stored; raises `NotFound`."""
        return self._run(Reader(self.store, self.tenant).get(aggregate, id))

    def _message(self, handler: Any, body: BaseModel, id: str, origin: Origin, roles: Sequence[str]) -> Message:
        message = Message(handler, id, self.tenant, body=body, origin=origin, lane=id)
        message.awaited = self._awaited(handler, body, origin.actor, roles)
        if isinstance(body, Contract):
            message.body, message.data = None, body.model_dump_json().encode()
            message.sequence = int(self.now.timestamp() * 1000)
            message.lane = f"{body.about.aggregate}/{body.subject_id}"
        if isinstance(body, Event):
            message.seen = inbox.row_id(self.tenant, handler.name, f"ithaca/{body.about.service}", id)
        return message

    @staticmethod
    def _awaited(handler: Handler, body: BaseModel, actor: str, roles: Sequence[str]) -> Awaited | None:
        """What the edge leaves to the engine for this actor: a client with all scopes, a person with these roles."""
        if handler.http is None or handler.http.permission is None:
            return None
        kind, _, subject = actor.partition("/")
        asker = Asking(kind, subject, frozenset(roles), frozenset(SCOPES if kind == "client" else ()))
        decided = handler.http.permission.decide(asker, body)
        return decided if isinstance(decided, Awaited) else None

    def _handle(self, message: Message) -> Answer:
        answer = self._run(self.executor.handle([message]))[0]
        unexpected = answer.ending in (Ending.FAILED, Ending.DEAD, Ending.PARKED)
        if unexpected and answer.error is not None:
            raise answer.error
        self._collect()
        return answer

    async def _perform(self, performing: Effects, row: dict[str, Any]) -> None:
        self.executor.queue = Queue()
        running = asyncio.get_running_loop().create_task(self.executor.run())
        try:
            await performing.perform(row)
        finally:
            self.executor.queue.close()
            await running

    def _collect(self) -> None:
        """Take what stands in the outbox."""
        for chunk in self._run(self.store.find(outbox.COLLECTION, {})):
            for row in chunk["events"]:
                contract = self.contracts.get(row["type"])
                assert contract is not None, f"{self.service.name} publishes {row['type']} without saying so"
                found = contract.read(row["data"]) if row["data"] else Removed(subject_id=row["subject"])
                if chunk.get("topic") == PEOPLE:
                    assert isinstance(found, State | Removed)
                    self.shared.append(found)
                else:
                    assert isinstance(found, Event)
                    self.published.append(found)
        self.store.collections[outbox.COLLECTION].clear()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

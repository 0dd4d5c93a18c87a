"""A service: a name, and what it handles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.event import Event
from shared.engine.aggregate import Aggregate
from shared.engine.handlers import Handler, Handlers, Performer, Replication
from shared.settings import Settings


@dataclass(slots=True)
class Service:
    """The assembly of one service. `emits` are the events that it publishes; `routers` are its reads over HTTP."""

    name: str
    title: str
    emits: Sequence[type[Event]]
    handles: Sequence[Handlers]
    routers: Sequence[Any] = ()  # fastapi.APIRouter, which the engine does not import
    settings: type[Settings] = Settings
    commands: list[Handler] = field(init=False)
    reactions: dict[str, list[Handler]] = field(init=False)
    by_name: dict[str, Handler] = field(init=False)
    performers: dict[str, Performer] = field(init=False)
    replications: dict[str, Replication] = field(init=False)
    shared: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        every = [handler for part in self.handles for handler in part.handlers]
        self.by_name = {handler.name: handler for handler in every}
        if len(self.by_name) != len(every):
            raise TypeError(f"{self.name}: two handlers have one name")
        self.commands = [handler for handler in every if handler.http]
        self.reactions = {}
        for handler in every:
            if not handler.http:
                self.reactions.setdefault(message_type(handler.takes), []).append(handler)
        self.performers = {p.effect.__name__: p for part in self.handles for p in part.performers}
        self.replications = {r.state.type_name: r for part in self.handles for r in part.replications}
        self.shared = frozenset(a.collection for part in self.handles for a in part.shared)

    @property
    def aggregates(self) -> list[type[Aggregate]]:
        """Every kind of aggregate that its handlers load, each once."""
        loaded = {load.aggregate: None for handler in self.by_name.values() for load in handler.loads.values()}
        return list(loaded | {replication.replica: None for replication in self.replications.values()})

    @property
    def sources(self) -> list[str]:
        """The services whose events it reacts to; `people` for the compacted topic."""
        names = {
            handler.takes.about.service: None
            for handlers in self.reactions.values()
            for handler in handlers
            if issubclass(handler.takes, Event)
        }
        return list(names | ({"people": None} if self.replications else {}))


def message_type(model: type[Any]) -> str:
    """What a message of this model is called: the event type, or the class name of a service's own."""
    return model.type_name if issubclass(model, Event) else model.__name__



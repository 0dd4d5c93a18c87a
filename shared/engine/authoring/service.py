"""A service: a name, and what it handles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.event import Contract, Event, State
from shared.engine.authoring.aggregate import Aggregate, InternalMessage
from shared.engine.authoring.handlers import Handler, Handlers, Performer
from shared.engine.authoring.sandbox_clock import following
from shared.settings import Settings

PEOPLE = "people"
"""The topic on which personal data travels, and the only one."""

COMPACTED = frozenset({PEOPLE})
"""The topics of which the broker keeps the last record of every key for ever, and of others only the latest days."""


@dataclass(slots=True)
class Service:
    """The assembly of one service. `emits` are the events that it publishes; `routers` are its reads over HTTP.

    `pages` are written into the documents under their names: what a service lists beside its events and operations.
    `middleware` stands in front of everything that is asked over HTTP, the last one outermost.
    """

    name: str
    title: str
    emits: Sequence[type[Event]]
    handles: Sequence[Handlers]
    routers: Sequence[Any] = ()  # fastapi.APIRouter, which the engine does not import
    settings: type[Settings] = Settings
    pages: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    middleware: Sequence[Callable[..., Any]] = ()  # of ASGI, which the engine does not know
    handlers: list[Handler] = field(init=False)
    commands: list[Handler] = field(init=False)
    reactions: dict[str, list[Handler]] = field(init=False)
    by_name: dict[str, Handler] = field(init=False)
    by_type: dict[tuple[str, str], Handler] = field(init=False)
    performers: dict[str, Performer] = field(init=False)
    shared: dict[str, type[State]] = field(init=False)

    def __post_init__(self) -> None:
        self.handlers = [handler for part in (following, *self.handles) for handler in part.handlers]
        self.by_name = {}
        for handler in self.handlers:
            if self.by_name.setdefault(handler.name, handler).function is not handler.function:
                raise TypeError(f"{self.name}: two handlers have the name {handler.name}")
        self.by_type = {(handler.name, message_type(handler.takes)): handler for handler in self.handlers}
        if len(self.by_type) != len(self.handlers):
            raise TypeError(f"{self.name}: a handler takes one type of message twice")
        self.commands = [handler for handler in self.handlers if handler.http]
        self.reactions = {}
        for handler in self.handlers:
            if not handler.http:
                self.reactions.setdefault(message_type(handler.takes), []).append(handler)
        for handlers in self.reactions.values():
            if len(handlers) > 1 and issubclass(handlers[0].takes, InternalMessage):
                names = " and ".join(handler.name for handler in handlers)
                raise TypeError(f"{self.name}: {message_type(handlers[0].takes)} has {names}: one handler can take it")
        self.performers = {p.effect.__name__: p for part in self.handles for p in part.performers}
        self.shared = {collection: state for part in self.handles for collection, state in part.shared.items()}

    @property
    def aggregates(self) -> list[type[Aggregate]]:
        """Every kind of aggregate that its handlers load, each once."""
        loaded = {load.aggregate: None for handler in self.handlers for load in handler.loads.values()}
        return list(loaded)

    def handler(self, name: str, *types: str) -> Handler | None:
        """Return the handler of this name that takes the first of these types, or else any handler of the name."""
        exact = (self.by_type.get((name, type)) for type in types)
        return next((handler for handler in exact if handler), self.by_name.get(name))

    @property
    def sources(self) -> list[str]:
        """The topics that it reads: of the services whose events it reacts to, `people`, and `clock`."""
        handled = [handlers[0].takes for handlers in self.reactions.values()]
        events = {model.about.topic or model.about.service: None for model in handled if issubclass(model, Event)}
        people = {PEOPLE: None} if any(issubclass(model, State) for model in handled) else {}
        return list(events | people)


def message_type(model: type[Any]) -> str:
    """Return what a message of this model is called: the event type, or the class name of a service's own."""
    return model.type_name if issubclass(model, Contract) else model.__name__

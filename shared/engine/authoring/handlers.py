"""How a service author says what is handled: decorators on plain functions.

    commands = Handlers()

    @commands.post("/matches/{match_id}/accept", loads={"match": require(Match, "match_id")})
    def accept(command: AcceptMatch, match: Match, ctx: Context) -> None:
        ctx.emit(*match.accept(by=ctx.actor, at=ctx.now))

The type of the first parameter says what is handled: a command's model, an event, a `Timer` or an `Outcome`.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_type_hints

from pydantic import BaseModel

from shared.contracts.event import Event, State
from shared.engine.authoring.aggregate import Aggregate, Effect, Outcome, Own, ReadModel, Removed, Replica
from shared.engine.authoring.context import Context
from shared.engine.authoring.loads import Load, create, rounds
from shared.engine.authoring.reader import Reader

Function = Callable[..., BaseModel | None]
Perform = Callable[[Any, "Work"], Awaitable[Outcome | None]]  # each takes its own kind of effect
Tell = Callable[[Outcome], Awaitable[None]]
PEOPLE, CLIENTS, OPERATORS = "person", "client", "operator"


@dataclass(slots=True, frozen=True)
class Http:
    """Where a command is asked for, by whom, and the status of its answer."""

    path: str
    status: int
    allow: frozenset[str]


@dataclass(slots=True)
class Handler:
    """One function with what it takes. `name` is stable: inbox rows, timers and parked messages refer to it.

    `model` is the read model that it projects to, if any.
    """

    name: str
    function: Function
    takes: type[BaseModel]
    loads: Mapping[str, Load]
    http: Http | None = None
    rounds: list[list[str]] = field(default_factory=list)
    wants_context: bool = False
    model: str = ""

    def __post_init__(self) -> None:
        parameters = list(inspect.signature(self.function).parameters)[1:]
        self.wants_context = parameters[-1:] == ["ctx"]
        if parameters[: len(self.loads)] != list(self.loads):
            raise TypeError(f"{self.name}: its parameters after the message must be its loads: {', '.join(self.loads)}")
        self.rounds = rounds(self.loads)
        models = {load.aggregate.collection for load in self.loads.values() if issubclass(load.aggregate, ReadModel)}
        if models and len(models | {load.aggregate.collection for load in self.loads.values()}) > 1:
            raise TypeError(f"{self.name}: a projection loads rows of one read model and nothing else")
        self.model = next(iter(models), "")


@dataclass(slots=True, frozen=True)
class Work:
    """What a performer gets beside its effect: the stable key (for the other side to drop a repetition), and reads.

    `tell` hands over an outcome while it goes on, such as how far it has come; raises `AttemptLost`.
    """

    tenant: str
    key: str
    attempt: int
    now: datetime
    reader: Reader
    tell: Tell


@dataclass(slots=True, frozen=True)
class Performer:
    """How an effect is done: attempts, the time for one of them, and the longest pause between two.

    A performer that has told nothing for the time of `silence` is taken for dead.
    """

    effect: type[Effect]
    function: Perform
    attempts: int
    timeout: timedelta
    silence: timedelta
    longest_pause: timedelta


class Handlers:
    """What a module of a service handles; `Service` gathers them."""

    def __init__(self) -> None:
        self.handlers: list[Handler] = []
        self.performers: list[Performer] = []
        self.shared: dict[str, type[State]] = {}

    def post(
        self, path: str, loads: Mapping[str, Load] | None = None, status: int = 200, allow: tuple[str, ...] = ()
    ) -> Callable[[Function], Function]:
        """A command over HTTP. Path parameters and the body are fields of its model. The first load is its subject.

        The answer has the subject's id and version, or what the function returns. `allow` names who may ask: everybody
        with a token of the tenant when empty.
        """

        def register(function: Function) -> Function:
            takes = _first_type(function)
            http = Http(path, status, frozenset(allow))
            self.handlers.append(Handler(takes.__name__, function, takes, loads or {}, http))
            return function

        return register

    def on(self, name: str, loads: Mapping[str, Load] | None = None) -> Callable[[Function], Function]:
        """A reaction to an event, a timer or an outcome, under a name that stays even if the function's changes."""

        def register(function: Function) -> Function:
            takes = _first_type(function)
            if not issubclass(takes, Event | Own):
                raise TypeError(f"{name}: its first parameter must be an event, a timer or an outcome")
            self.handlers.append(Handler(name, function, takes, loads or {}))
            return function

        return register

    def performs(
        self,
        attempts: int = 8,
        timeout: timedelta = timedelta(seconds=30),
        longest_pause: timedelta = timedelta(minutes=10),
        silence: timedelta | None = None,
    ) -> Callable[[Perform], Perform]:
        """How an effect is done: the only place for I/O. What it returns comes back as a message.

        After a process has died, another one tries again when `timeout` is over; one that tells how far it is more
        often than every `silence` is followed that soon.
        """

        def register(function: Perform) -> Perform:
            effect = _first_type(function)
            if not issubclass(effect, Effect):
                raise TypeError(f"{function.__name__}: its first parameter must be an effect")
            self.performers.append(Performer(effect, function, attempts, timeout, silence or timeout, longest_pause))
            return function

        return register

    def replicates(self, state: type[State], replica: type[Replica]) -> None:
        """Keep a replica of a state from the people topic."""

        def follow(state: State | Removed, kept: Replica, ctx: Context) -> None:
            """Keep a copy of the latest state."""
            kept.follow(state, ctx.sequence)

        loads = {"kept": create(replica, lambda state: state.subject_id)}
        self.handlers.append(Handler(f"replicate-{replica.collection}", follow, state, loads))

    def shares(self, aggregate: type[Aggregate], state: type[State]) -> None:
        """Publish the aggregate's `shared_state` on the people topic whenever it changes."""
        self.shared[aggregate.collection] = state


def _first_type(function: Callable[..., object]) -> type[Any]:
    parameters = list(inspect.signature(function).parameters)
    hint = get_type_hints(function).get(parameters[0]) if parameters else None
    if not (isinstance(hint, type) and issubclass(hint, BaseModel)):
        raise TypeError(f"{function.__name__}: its first parameter must be typed with what it handles")
    return hint

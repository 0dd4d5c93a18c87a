"""How a service author says what is handled: decorators on plain functions.

    commands = Handlers()

    @commands.post("/matches/{match_id}/accept", allow=(Members("match.people"),))
    def accept(command: AcceptMatch, match: Annotated[Match, require("match_id")], ctx: Context) -> None:
        ctx.emit(*match.accept(by=ctx.actor, at=ctx.now))

The type of the first parameter says what is handled: a command's model, or an event, a `Timer` or an `Outcome`, of
which a reaction may take several (`event: ApplicationWithdrawn | ParticipantLeft`). `loads` says how the others say
what is loaded.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel

from shared.contracts.event import Event, State
from shared.engine.authoring.aggregate import Aggregate, Effect, LocalCopy, Outcome, ReadModel, Removed, check_copy
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Grant
from shared.engine.authoring.loads import Keys, Load, create, rounds
from shared.engine.authoring.permissions import Permission
from shared.engine.authoring.reader import Reader
from shared.engine.authoring.signatures import Function, Give, Signature, read_command, read_reaction

Perform = Callable[[Any, "Work"], Awaitable[Outcome | None]]  # each takes its own kind of effect
ReportProgress = Callable[[Outcome], Awaitable[None]]


@dataclass(slots=True, frozen=True)
class Http:
    """Where a command is asked for, by whom, and the status of its answer.

    One without a path is sent by routes of the service itself, which say who may ask for them: it has no permission.
    What those do who look after others leaves a line on the audit trail; what is `on_record`, whoever asks.
    """

    path: str
    status: int
    permission: Permission | None
    on_record: bool = False


@dataclass(slots=True)
class Handler:
    """One function with one kind of message that it takes. `name` is stable: inbox rows, timers and lanes refer to it.

    A function that takes several kinds has a handler for each, all of one name. `model` is the read model that it
    projects to, if any.
    """

    name: str
    function: Function
    takes: type[BaseModel]
    signature: Signature
    http: Http | None = None
    loads: Mapping[str, Load] = field(init=False)
    gives: Sequence[Give] = field(init=False)
    wants_context: bool = field(init=False)
    rounds: list[list[str]] = field(init=False)
    model: str = field(init=False)

    def __post_init__(self) -> None:
        _, self.loads, self.gives, self.wants_context, _ = self.signature
        self.rounds = rounds(self.loads)
        kinds = (load.aggregate for load in self.loads.values())
        self.model = next((kind.collection for kind in kinds if issubclass(kind, ReadModel)), "")


@dataclass(slots=True, frozen=True)
class Work:
    """What a performer gets beside its effect: the stable key (for the other side to drop a repetition), and reads.

    `report_progress` hands over an outcome while the work continues, such as how far it is; raises `AttemptLost`.
    """

    tenant: str
    key: str
    attempt: int
    now: datetime
    reader: Reader
    report_progress: ReportProgress


@dataclass(slots=True, frozen=True)
class Performer:
    """How an effect is done: attempts, the time for one of them, and the longest pause between two.

    A performer that has reported no progress for the time of `silence` is presumed dead.
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
        self,
        path: str,
        status: int = 200,
        allow: Sequence[Grant] = (),
        fresh: bool = False,
        on_record: bool = False,
    ) -> Callable[[Function], Function]:
        """Handle a command over HTTP. The path's parameters and the body are fields of its model.

        The answer has what the function returns, or the id and version of the command's subject, which is its first
        load. `allow` says who may ask: see `grants`. A service does not start with a path that nobody is named for.
        `fresh` commands take a sign-in of the last minutes: see `freshness`.
        What is `on_record` leaves a line on the audit trail, also where people ask for themselves.
        """

        def register(function: Function) -> Function:
            signature = read_command(function, allow)
            (takes,) = signature.takes
            permission = Permission(takes.__name__, signature.guards, fresh) if allow else None
            http = Http(path, status, permission, on_record)
            self.handlers.append(Handler(takes.__name__, function, takes, signature, http))
            return function

        return register

    def on(self, name: str) -> Callable[[Function], Function]:
        """React to events, timers or outcomes, under a name that stays even if the function's changes."""

        def register(function: Function) -> Function:
            self._register(name, function, read_reaction(function))
            return function

        return register

    def performs(
        self,
        attempts: int = 8,
        timeout: timedelta = timedelta(seconds=30),
        longest_pause: timedelta = timedelta(minutes=10),
        silence: timedelta | None = None,
    ) -> Callable[[Perform], Perform]:
        """Do an effect: the only place for I/O. What the function returns comes back as a message.

        After a process has died, another one tries again when `timeout` is over; if the performer reports its progress
        more often than every `silence`, that long after the last report.
        """

        def register(function: Perform) -> Perform:
            effect = _first_type(function)
            if not issubclass(effect, Effect):
                raise TypeError(f"{function.__name__}: its first parameter must be an effect")
            self.performers.append(Performer(effect, function, attempts, timeout, silence or timeout, longest_pause))
            return function

        return register

    def copies(self, contract: type[Event | State], copy: type[LocalCopy], key: str | Keys = "subject_id") -> None:
        """Keep a local copy of what another service publishes as this event or state: the fields that the copy has.

        Its id is that of the subject, unless a key says otherwise.
        """
        check_copy(contract, copy)

        def follow(latest: Event | State | Removed, kept: LocalCopy, ctx: Context) -> None:
            """Keep a copy of the latest state."""
            kept.follow(latest, ctx.sequence)

        follow.__annotations__ |= {"latest": contract, "kept": Annotated[copy, create(key)]}
        self._register(f"copy-{copy.collection}", follow, read_reaction(follow, Event | State))

    def shares(self, aggregate: type[Aggregate], state: type[State]) -> None:
        """Publish the aggregate's `shared_state` on the people topic whenever it changes."""
        self.shared[aggregate.collection] = state

    def _register(self, name: str, function: Function, signature: Signature) -> None:
        self.handlers += [Handler(name, function, takes, signature) for takes in signature.takes]


def _first_type(function: Callable[..., object]) -> type[Any]:
    parameters = list(inspect.signature(function).parameters)
    hint = get_type_hints(function).get(parameters[0]) if parameters else None
    if not (isinstance(hint, type) and issubclass(hint, BaseModel)):
        raise TypeError(f"{function.__name__}: its first parameter must be typed with what it handles")
    return hint

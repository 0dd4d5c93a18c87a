'''What a handler loads, said by the types of its parameters.

A load is an aggregate with the key by which it is found. One or two stand as parameters of the handler; what belongs
together, or is loaded by several handlers, is a bundle with a name from the field:

    class Involved(Bundle):
        """A session with the relationship that it belongs to, and the calendars of the two."""

        session: Annotated[Session, require("session_id")]
        relationship: Annotated[Relationship, require("session.relationship_id")]
        calendars: Annotated[list[PersonCalendar], create("relationship.people")]

    @commands.post("/sessions/{session_id}/reschedule")
    def reschedule_session(command: RescheduleSession, involved: Involved, ctx: Context) -> None: ...

    @commands.post("/sessions/{session_id}/complete")
    def complete_session(_: CompleteSession, session: Annotated[Session, require("session_id")]) -> None: ...

**Modes.** `create`: a blank one if there is none. `require`: a command is refused as `NotFound` without it, an event
waits. `awaits`: the same for an event, which is tried again as soon as it appears. `optional`: or None. `reads`: or
None, to look at only.

**Keys.** The name of a field or property of the message (`"session_id"`); a path through it (`"draft.people"`) or
through a load that is declared before (`"session.relationship_id"`; through a list it gives a list); or a function with
types, whose first parameter is the message and whose others are such loads, by their names:

    def rivals_of(_: AcceptMatch, match: Match, mentor: MentorSeats) -> list[MatchId]: ...

Without a key, `create()` makes a new one: its id is the message's.

**Types.** One id: `Match`. Several: `list[Match]`, in the order of the ids, without those that do not exist where they
may lack. `Match | None` exactly where there may be none: for `optional`, `reads`, and keys that may be None.

**The subject** of a command, whose id and version are the answer, is the first load: one aggregate that is created or
required. A bundle may extend another one, and have properties and methods. All of this is checked at import.
'''

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import dataclass_transform

from shared.engine.authoring.aggregate import Aggregate, LocalCopy

Ids = str | Sequence[str] | None
Keys = Callable[..., Ids]  # from the message and earlier loads: `keys` checks the types of its parameters


class Mode(Enum):
    """What it means that an aggregate does not exist."""

    CREATE = auto()
    REQUIRE = auto()
    OPTIONAL = auto()
    AWAIT = auto()


@dataclass(slots=True, frozen=True)
class Declared:
    """How the aggregate of an annotation is loaded."""

    mode: Mode
    key: str | Keys | None
    stale: bool = False


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
@dataclass(frozen=True, kw_only=True, eq=False)
class Bundle:
    """Loads under one name: a frozen dataclass, each of whose fields says what is loaded and by which key."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True, eq=False)(cls)


@dataclass(slots=True, frozen=True)
class Load:
    """An aggregate that a handler gets: a load as the engine runs it.

    `key` takes the message and, as further parameters, the loads that it `needs`; it returns an id (the handler gets
    the aggregate), several ids (it gets a list) or None (it gets None).
    """

    aggregate: type[Aggregate]
    key: Keys | None
    mode: Mode
    stale: bool = False
    needs: tuple[str, ...] = ()


def is_stale(aggregate: type[Aggregate], declared: Declared) -> bool:
    """Return whether it may be stale when the transaction commits: what is a copy always may."""
    return declared.stale or (issubclass(aggregate, LocalCopy) and declared.mode is not Mode.CREATE)


def create(key: str | Keys | None = None) -> Declared:
    """Load the aggregate, or a blank one if there is none. Without a key it is new: its id is the message's."""
    return Declared(Mode.CREATE, key)


def require(key: str | Keys) -> Declared:
    """Load the aggregate; without it a command is refused as `NotFound`, and an event waits for it."""
    return Declared(Mode.REQUIRE, key)


def optional(key: str | Keys) -> Declared:
    """Load the aggregate, or None."""
    return Declared(Mode.OPTIONAL, key)


def awaits(key: str | Keys, stale: bool = False) -> Declared:
    """Load the aggregate; without it the message waits (see `NotYet`) until it appears. `stale` as for `reads`."""
    return Declared(Mode.AWAIT, key, stale)


def reads(key: str | Keys) -> Declared:
    """Load the aggregate or None, to look at only: it may be stale at the commit, and is never written."""
    return Declared(Mode.OPTIONAL, key, stale=True)


def rounds(loads: Mapping[str, Load]) -> list[list[str]]:
    """Return the names in the order in which they can be loaded: all of a round at once, behind what they need."""
    depths = dict[str, int]()
    for name, load in loads.items():
        depths[name] = 1 + max((depths[need] for need in load.needs), default=0)
    every = range(1, 1 + max(depths.values(), default=0))
    return [[name for name in loads if depths[name] == depth] for depth in every]

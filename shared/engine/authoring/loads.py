"""What a handler declares to be loaded before it runs."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from shared.engine.authoring.aggregate import Aggregate, Replica

Keys = Callable[
    ..., Any
]  # from the message and earlier loads to an id, several ids, or None: a lambda has no useful type


class Mode(Enum):
    """What it means that an aggregate does not exist."""

    CREATE = auto()
    REQUIRE = auto()
    OPTIONAL = auto()
    AWAIT = auto()


@dataclass(slots=True, frozen=True)
class Load:
    """An aggregate that a handler gets as the parameter of the same name.

    `key` takes the message and, as further parameters, loads declared before it, by their names; it returns an id (the
    handler gets the aggregate), a list of ids (it gets a list) or None (it gets None).
    """

    aggregate: type[Aggregate]
    key: Keys | None
    mode: Mode
    stale: bool = False
    needs: tuple[str, ...] = ()


def _load(aggregate: type[Aggregate], key: str | Keys | None, mode: Mode, stale: bool = False) -> Load:
    stale = stale or (issubclass(aggregate, Replica) and mode is not Mode.CREATE)
    if isinstance(key, str):
        field = key
        return Load(aggregate, lambda message: getattr(message, field), mode, stale)
    needs = tuple(inspect.signature(key).parameters)[1:] if key else ()
    return Load(aggregate, key, mode, stale, needs)


def create(aggregate: type[Aggregate], key: str | Keys | None = None) -> Load:
    """The aggregate, or a blank one if there is none. Without a key it is new: its id is the message's."""
    return _load(aggregate, key, Mode.CREATE)


def require(aggregate: type[Aggregate], key: str | Keys) -> Load:
    """The aggregate; a command is refused as `NotFound` without it, an event waits for it."""
    return _load(aggregate, key, Mode.REQUIRE)


def optional(aggregate: type[Aggregate], key: str | Keys) -> Load:
    """The aggregate, or None."""
    return _load(aggregate, key, Mode.OPTIONAL)


def awaits(aggregate: type[Aggregate], key: str | Keys, stale: bool = False) -> Load:
    """The aggregate; without it the message waits (see `NotYet`) until it appears. `stale` as for `reads`."""
    return _load(aggregate, key, Mode.AWAIT, stale)


def reads(aggregate: type[Aggregate], key: str | Keys) -> Load:
    """The aggregate or None, to look at only: it may be stale when the transaction commits, and is never written."""
    return _load(aggregate, key, Mode.OPTIONAL, stale=True)


def rounds(loads: Mapping[str, Load]) -> list[list[str]]:
    """The names in the order in which they can be loaded: all of a round at once."""
    left, done, order = dict(loads), set[str](), list[list[str]]()
    while left:
        ready = [name for name, load in left.items() if done.issuperset(load.needs)]
        if not ready:
            raise TypeError(f"loads {', '.join(left)}: a key names a parameter that is no load declared beside it")
        order.append(ready)
        done.update(ready)
        for name in ready:
            del left[name]
    return order

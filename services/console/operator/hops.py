"""What one command has caused over all services, as a tree with times, and what of it is missing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.console.operator.letter_views import Letter
from services.console.operator.views import Event, Waiting
from shared.ids import moment_of

DEEPEST = 4
"""So far a tree is indented."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What should have followed an event, and has not: a message was given up, or waits."""

    service: str
    caused_by: str
    handler: str
    since: datetime
    error: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """An event, or what is missing, where it belongs: how deep, and from when to when, in milliseconds."""

    depth: int
    service: str
    begins: float
    ends: float
    event: Event | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """All hops in their order, and how many milliseconds lie between the first and the last event."""

    hops: Sequence[Hop]
    lasted: float

    @property
    def missing(self) -> int:
        """How many hops are missing."""
        return sum(hop.missing is not None for hop in self.hops)

    @property
    def events(self) -> int:
        """How many events there are."""
        return len(self.hops) - self.missing

    def share(self, milliseconds: float) -> float:
        """Return which part of the whole time that is."""
        return milliseconds / self.lasted if self.lasted else 0.0


def given_up(service: str, letter: Letter) -> Missing:
    """Return what is missing because of a dead letter."""
    error = (letter.error.splitlines() or [letter.reason])[-1]
    return Missing(service, letter.message_id, letter.handler, letter.at, error, letter.cause)


def waiting(service: str, one: Waiting) -> Missing:
    """Return what is missing as long as a message waits."""
    return Missing(service, one.caused_by, one.handler, one.parked_at)


def tree(found: Mapping[str, Sequence[Event]], missing: Sequence[Missing]) -> Tree:
    """Put events of each service, and what is missing, where they belong. There is an event."""
    events = sorted(
        ((event, service) for service, some in found.items() for event in some), key=lambda pair: pair[0].id
    )
    growing = _Growing(min(map(stored, (event for event, _ in events))))
    for event, service in events:
        growing.caused[event.causationid].append((event, service))
    for one in missing:
        growing.lacking[one.caused_by].append(one)
    ids = {event.id for event, _ in events}
    for cause in dict.fromkeys(event.causationid for event, _ in events if event.causationid not in ids):
        growing.grow(cause, 0, 0.0)
    for cause in list(growing.lacking):
        growing.lack(cause, 0, 0.0)
    return Tree(growing.hops, max((hop.ends for hop in growing.hops), default=0.0))


def stored(event: Event) -> datetime:
    """Return when an event was stored, by the clock that all share: a sandbox has one of its own."""
    try:
        return moment_of(event.id)
    except ValueError:
        return event.time.astimezone(UTC)


@dataclass(slots=True)
class _Growing:
    """A tree as it is made."""

    began: datetime
    hops: list[Hop] = field(default_factory=list)
    caused: dict[str, list[tuple[Event, str]]] = field(default_factory=lambda: defaultdict(list))
    lacking: dict[str, list[Missing]] = field(default_factory=lambda: defaultdict(list))

    def grow(self, cause: str, depth: int, begins: float) -> None:
        """Add what a cause has led to, and what that has led to."""
        self.lack(cause, depth, begins)
        todo = [(pair, depth, begins) for pair in reversed(self.caused.pop(cause, []))]
        while todo:
            (event, service), depth, begins = todo.pop()
            ends = self._after(stored(event))
            self.hops.append(Hop(min(depth, DEEPEST), service, min(begins, ends), ends, event))
            self.lack(event.id, depth + 1, ends)
            todo += [(pair, depth + 1, ends) for pair in reversed(self.caused.pop(event.id, []))]

    def lack(self, cause: str, depth: int, begins: float) -> None:
        """Add what is missing of what a cause should have led to."""
        for one in self.lacking.pop(cause, []):
            self.hops.append(Hop(min(depth, DEEPEST), one.service, begins, begins, missing=one))

    def _after(self, moment: datetime) -> float:
        return (moment - self.began).total_seconds() * 1000

"""What clients were told, and what came out: all that a checker may know of a system."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

DEFINITE_REFUSALS = frozenset({403, 404, 409, 410, 412, 422})
"""Statuses that say no for good; all others of 400 and above leave open what happened."""
STILL_AT_WORK = "idempotency-key-in-use"
"""The code of a 409 that says no for now: the first attempt is not answered yet."""


Position = tuple[str, int, int]
"""A topic, a partition and an offset."""


class Outcome(Enum):
    """What a client knows of a command."""

    DONE = auto()
    REFUSED = auto()
    UNKNOWN = auto()


@dataclass(slots=True, frozen=True)
class Attempt:
    """One request of a command. Times are monotonic seconds; `status` is 0 without an answer."""

    began: float
    ended: float
    status: int
    code: str = ""
    id: str = ""
    version: int = 0

    @property
    def outcome(self) -> Outcome:
        """What this answer says of the command."""
        if 200 <= self.status < 300:
            return Outcome.DONE
        is_definite = self.status in DEFINITE_REFUSALS and self.code != STILL_AT_WORK
        return Outcome.REFUSED if is_definite else Outcome.UNKNOWN

    @property
    def answer(self) -> tuple[int, str, str, int]:
        """What must be the same each time that the command is sent under its key."""
        return self.status, self.code, self.id, self.version


@dataclass(slots=True)
class Command:
    """What a client wanted: `what` it is, the id that it is about, and all the requests under its one key.

    `correlation` is carried by every event that it causes.
    """

    what: str
    about: str
    correlation: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def definite(self) -> list[Attempt]:
        """The answers that say what became of it."""
        return [attempt for attempt in self.attempts if attempt.outcome is not Outcome.UNKNOWN]

    @property
    def outcome(self) -> Outcome:
        """What the client knows of it at the end."""
        return self.definite[0].outcome if self.definite else Outcome.UNKNOWN

    @property
    def began(self) -> float:
        """When it was first sent."""
        return self.attempts[0].began

    @property
    def ended(self) -> float:
        """When the client first knew what became of it; for ever later if it never did."""
        return self.definite[0].ended if self.definite else float("inf")


@dataclass(slots=True, frozen=True)
class Published:
    """A record as a reader of committed records gets it. `data` is None for a tombstone."""

    topic: str
    partition: int
    offset: int
    key: str
    id: str
    name: str
    subject: str
    sequence: int
    correlation: str
    data: bytes | None = b"{}"

    @property
    def position(self) -> Position:
        """Which record it was."""
        return self.topic, self.partition, self.offset


@dataclass(slots=True, frozen=True)
class Mail:
    """A mail as the server took it."""

    message_id: str
    to: str
    subject: str


@dataclass(slots=True, frozen=True)
class Letter:
    """A dead letter of a service, with the position of the record that could not be read, if it is one."""

    service: str
    topic: str
    partition: int
    offset: int
    message_type: str


@dataclass(slots=True)
class History:
    """A run: what was asked, and everything that could be observed from outside.

    `addresses` go from an application to its person's mail. `pool` is what matching shows as participants, or None
    where it could not be asked. `poison` are the positions of unreadable records that were planted, `left` sentences
    about what was still under way when all had been given time to end.
    """

    commands: list[Command] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    pool: frozenset[str] | None = frozenset()
    poison: set[Position] = field(default_factory=set)
    left: list[str] = field(default_factory=list)

    def asked(self, *what: str) -> Iterator[Command]:
        """The commands of these kinds."""
        return (command for command in self.commands if command.what in what)

    def events(self, name: str) -> Iterator[Published]:
        """The events with that name, each once however often it was delivered."""
        return distinct(event for event in self.published if event.name == name)


def distinct(published: Iterable[Published]) -> Iterator[Published]:
    """The records without repetitions of an id, in their order: what a consumer that drops duplicates sees."""
    seen = set[tuple[str, str]]()
    for one in published:
        if (one.topic, one.id) not in seen:
            seen.add((one.topic, one.id))
            yield one

"""What services have answered last, in the memory of this process: what pages show while one of them is away."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = timedelta(hours=1)
"""How old what is shown may be."""
LARGEST = 200_000
MOST = 64_000_000
"""Bytes: of one answer, and of all. Whatever was read longest ago goes first."""
NEVER = ("/messages",)
"""Paths that end like this have what people write to each other: it is nowhere but with its service."""


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """An answer as it came, and when."""

    body: bytes
    at: datetime


@dataclass(slots=True)
class LastAnswers:
    """The last answers to each question of each person, by who asks with which roles, and what."""

    answers: OrderedDict[tuple[str, ...], LastAnswer] = field(default_factory=OrderedDict)
    size: int = 0

    def put(self, key: tuple[str, ...], body: bytes, at: datetime) -> None:
        """Keep an answer in the place of the one before it."""
        self._forget(key)
        if len(body) > LARGEST or key[2].endswith(NEVER):
            return
        self.answers[key] = LastAnswer(body, at)
        self.size += len(body)
        while self.size > MOST:
            self._forget(next(iter(self.answers)))

    def get(self, key: tuple[str, ...], at: datetime) -> LastAnswer | None:
        """Return the last answer, if it is not too old."""
        found = self.answers.get(key)
        return found if found and found.at > at - KEPT else None

    def _forget(self, key: tuple[str, ...]) -> None:
        if gone := self.answers.pop(key, None):
            self.size -= len(gone.body)


@dataclass(frozen=True, slots=True)
class Memory:
    """What one request remembers by: who asks, what time it is, and which services were found away, since when."""

    answers: LastAnswers
    who: str
    now: datetime
    away: dict[str, datetime] = field(default_factory=dict)

    def keep(self, service: str, path: str, params: str, body: bytes) -> None:
        """Keep what was answered."""
        self.answers.put((self.who, service, path, params), body, self.now)

    def recall(self, service: str, path: str, params: str) -> bytes | None:
        """Return what was answered last, and note that this is what is shown."""
        found = self.answers.get((self.who, service, path, params), self.now)
        if found is None:
            return None
        self.away[service] = min(found.at, self.away.get(service, found.at))
        return found.body

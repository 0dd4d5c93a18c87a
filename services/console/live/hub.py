"""What a process knows of what is new, and those of its browsers that listen."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

import structlog

from services.console.live.model import Latest
from services.console.live.signals import ACCESS, ALSO, NAMES, Audience
from shared.engine.authoring.reader import Reader
from shared.engine.authoring.watching import Interrupted, Watched, watch
from shared.web.auth import Caller

log = structlog.get_logger()

REMEMBERED = 2_000
"""How many of the latest news a browser can have missed and be told of; beyond, it is told that all may be new."""
AGAIN_SECONDS = 1.0
AFTER = "after"
"""What says in an address for what a page waits."""
WRITTEN = re.compile(r"([a-z_]{1,40}/[\w-]{1,80}):(\d{1,12}):(\d{1,12})")
HURRY = 0.4
"""Seconds for which somebody waits for a page that knows of what they have done."""
LOOK_SECONDS = 0.05
PATIENT = timedelta(seconds=10)
"""How long "Saving" is said; behind that, it is said that it will appear."""
GIVEN_UP = timedelta(minutes=10)
"""How long an address says anything at all: it may be kept, or opened again."""
MOST = 600
"""Streams of a process; fewer than its connections, of which pages need some."""
MOST_OF_ONE = 8
"""Streams of one person in a process: each of their browsers has one."""


@dataclass(frozen=True, slots=True)
class News:
    """Something was told at a position, to those who may hear it."""

    position: str
    audience: Audience


@dataclass(slots=True, eq=False)
class Listener:
    """One browser: what it has not been told yet, each signal once, with the position of the latest."""

    caller: Caller
    pending: dict[str, str] = field(default_factory=dict)
    is_doubtful: bool = False
    """Whether something has changed about what whoever listens may see."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, news: News) -> None:
        """Keep what it is to be told."""
        if not news.audience.has(self.caller):
            return
        signal = news.audience.signal
        self.is_doubtful |= signal == ACCESS
        self.pending[ALSO.get(signal, signal)] = news.position
        self.woken.set()

    def miss(self, position: str) -> None:
        """Have it told that all may be new."""
        self.pending |= dict.fromkeys(NAMES, position)
        self.woken.set()

    def take(self) -> dict[str, str]:
        """Return what it is to be told now."""
        taken, self.pending = self.pending, {}
        self.woken.clear()
        return dict(sorted(taken.items(), key=lambda one: one[1]))


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has just done, and wants to see: the row that will tell of it, its version, and since when."""

    row: str
    version: int
    since: datetime

    @property
    def written(self) -> str:
        """As it stands in an address."""
        return f"{self.row}:{self.version}:{int(self.since.timestamp())}"

    @classmethod
    def read(cls, written: str) -> Self | None:
        """Read what stands in an address; None if it is nothing of the kind."""
        found = WRITTEN.fullmatch(written)
        return cls(found[1], int(found[2]), datetime.fromtimestamp(int(found[3]), UTC)) if found else None

    async def within(self, seconds: float, store: Any, tenant: str) -> bool:  # an app's store
        """Wait until it was told, for so long at most; whether it was."""
        until = asyncio.get_running_loop().time() + seconds
        while not await self._is_told(store, tenant):
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def state(self, store: Any, tenant: str, now: datetime) -> str:  # an app's store
        """How it stands: "" when it was told, else "saving", and after a while "accepted"."""
        if now > self.since + GIVEN_UP or await self._is_told(store, tenant):
            return ""
        return "saving" if now < self.since + PATIENT else "accepted"

    async def _is_told(self, store: Any, tenant: str) -> bool:
        rows = await Reader(store, tenant).many(Latest, [self.row])
        return bool(rows) and rows[0].sequence >= self.version


class Hub:
    """Follows what is written of what is new, and hands it to those who listen."""

    def __init__(self, watch: Callable[[], AsyncIterator[Watched[Latest]]]) -> None:
        self.watch = watch
        self.latest = deque[News](maxlen=REMEMBERED)
        self.position = ""
        self.floor = ""
        """All news after this position are known, if it is one."""
        self.listeners = set[Listener]()
        self.following: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Begin to follow, unless it is being done."""
        if self.following is None or self.following.done():
            self.following = asyncio.get_running_loop().create_task(self._follow(), context=Context())

    def has_room(self, caller: Caller) -> bool:
        """Return whether one more may listen."""
        of_one = sum(one.caller.subject == caller.subject for one in self.listeners)
        return len(self.listeners) < MOST and of_one < MOST_OF_ONE

    def listener(self, caller: Caller, after: str) -> Listener:
        """Return what is to hear all that comes after a position; it has heard what was missed since."""
        listener = Listener(caller)
        if not self.floor or after < self.floor:
            listener.miss(self.position)
            return listener
        for news in self.latest:
            if news.position > after:
                listener.hear(news)
        return listener

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Have it hear what comes, until the end of the block."""
        self.listeners.add(listener)
        try:
            yield
        finally:
            self.listeners.discard(listener)

    async def _follow(self) -> None:
        """Follow for ever; what was missed meanwhile is made up for when it goes on."""
        while True:
            try:
                await self._watch()
            except Interrupted as error:
                log.warning("live.interrupted", error=type(error).__name__)
            self.floor = ""
            await asyncio.sleep(AGAIN_SECONDS)

    async def _watch(self) -> None:
        async for seen in self.watch():
            self.position = max(self.position, seen.position)
            if not self.floor:
                self.latest.clear()
                self.floor = self.position
                for listener in self.listeners:
                    listener.miss(self.position)
            if row := seen.row:
                self._tell(News(seen.position, Audience(seen.tenant, row.signal, row.program_id, row.people)))

    def _tell(self, news: News) -> None:
        if len(self.latest) == REMEMBERED:
            self.floor = self.latest[0].position
        self.latest.append(news)
        for listener in self.listeners:
            listener.hear(news)


def hub_of(state: Any) -> Hub:  # of an app
    """Return the hub of this process, which begins to follow when it is first asked for."""
    if not hasattr(state, "hub"):
        state.hub = Hub(partial(watch, state.store, Latest))
    found: Hub = state.hub
    found.follow()
    return found

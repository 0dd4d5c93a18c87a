"""When a handler fails too often, its messages are held back instead of being parked one and all.

More than a fifth of a handler's messages failing within a minute says that something is wrong with the handler or with
what it needs, not with the messages. One at a time, with growing pauses, tries whether it works again.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from shared.observe import metrics

log = structlog.get_logger()

WINDOW = 60.0
LEAST = 20
"""Messages within the window below which nothing is said of a handler."""

SHARE = 0.2
SHORTEST, LONGEST = 1.0, 60.0


@dataclass(slots=True)
class Breaker:
    """One handler's record. Times are monotonic seconds."""

    recent: deque[tuple[float, bool]] = field(default_factory=deque)
    failures: int = 0
    open: bool = False
    pause: float = SHORTEST
    next_probe: float = 0.0

    def note(self, now: float, failed: bool) -> None:
        """One more message has been handled, or has failed."""
        self.recent.append((now, failed))
        self.failures += failed
        while self.recent[0][0] < now - WINDOW:
            self.failures -= self.recent.popleft()[1]
        if not self.open and len(self.recent) >= LEAST and self.failures > SHARE * len(self.recent):
            self.open, self.pause = True, SHORTEST
            self.next_probe = now + self.pause

    def probed(self, now: float, failed: bool) -> None:
        """The one that was let through has ended: go on as before, or wait longer."""
        if not failed:
            self.open, self.failures = False, 0
            self.recent.clear()
            return
        self.pause = min(LONGEST, self.pause * 2)
        self.next_probe = now + self.pause


class Breakers:
    """All handlers' records."""

    def __init__(self) -> None:
        self.by_handler: dict[str, Breaker] = {}

    def of(self, handler: str) -> Breaker:
        """That handler's."""
        return self.by_handler.setdefault(handler, Breaker())

    def note(self, handler: str, failed: bool) -> None:
        """One of its messages has been handled, or has failed."""
        breaker = self.of(handler)
        was_open = breaker.open
        breaker.note(asyncio.get_running_loop().time(), failed)
        if breaker.open and not was_open:
            log.error("handler.held_back", handler=handler, failures=breaker.failures)
            metrics.held_back(handler, True)

    def probed(self, handler: str, failed: bool) -> None:
        """The one that was let through has ended."""
        breaker = self.of(handler)
        breaker.probed(asyncio.get_running_loop().time(), failed)
        metrics.held_back(handler, breaker.open)

    def opened(self) -> Iterable[str]:
        """The handlers that are held back."""
        return [name for name, breaker in self.by_handler.items() if breaker.open]

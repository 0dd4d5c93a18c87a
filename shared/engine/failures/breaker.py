"""When a handler fails too often, it is paused: its messages wait in their lanes instead of failing one and all.

More than a fifth of a handler's messages failing within a minute says that something is wrong with the handler or with
what it needs, not with the messages. One at a time, with growing pauses, tries whether it works again. If most failures
are one tenant's, the handler is paused for that tenant alone.
"""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field

import structlog

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import NotYet
from shared.engine.batch.message import Message
from shared.observe import metrics

log = structlog.get_logger()

WINDOW = 60.0
LEAST = 20
"""Messages within the window below which nothing is said of a handler."""

SHARE = 0.2
SHORTEST, LONGEST = 1.0, 60.0

MOST_TENANTS = 1000
"""Tenants with a failure that are remembered, besides those for which a handler is paused."""


@dataclass(slots=True)
class Breaker:
    """The record of a handler, or of a handler for one tenant. Times are monotonic seconds."""

    recent: deque[tuple[float, bool, str]] = field(default_factory=deque)
    failures: int = 0
    of_tenants: Counter[str] = field(default_factory=Counter)
    open: bool = False
    pause: float = SHORTEST
    next_probe: float = 0.0
    probe: str = ""

    def note(self, now: float, failed: bool, tenant: str = "") -> None:
        """One more message has been handled, or has failed; with its tenant, if there may be several."""
        self.recent.append((now, failed, tenant))
        self._count(failed, tenant, 1)
        while self.recent[0][0] < now - WINDOW:
            _, late, whose = self.recent.popleft()
            self._count(late, whose, -1)
        if not self.open and len(self.recent) >= LEAST and self.failures > SHARE * len(self.recent) and self._is_broad:
            self.open, self.pause = True, SHORTEST
            self.next_probe = now + self.pause

    def admits(self, now: float, id: str) -> bool:
        """Return whether a message may be handled: all if it is closed, else one when the pause is over."""
        if not self.open:
            return True
        if now < self.next_probe:
            return False
        self.probe, self.next_probe = id, now + self.pause
        return True

    def probed(self, now: float, failed: bool) -> None:
        """End the trial of the message that was let through: handle all again, or wait longer."""
        if not failed:
            self.open, self.failures, self.probe = False, 0, ""
            self.recent.clear()
            self.of_tenants.clear()
            return
        self.pause = min(LONGEST, self.pause * 2)
        self.next_probe = now + self.pause

    def _count(self, failed: bool, tenant: str, by: int) -> None:
        self.failures += by * failed
        if failed and tenant:
            self.of_tenants[tenant] += by
            if not self.of_tenants[tenant]:
                del self.of_tenants[tenant]

    @property
    def _is_broad(self) -> bool:
        """Whether no tenant has most of the failures."""
        return not self.of_tenants or 2 * max(self.of_tenants.values()) <= self.failures


Name = tuple[str, str]
"""A handler, and the tenant for which it is paused; no tenant for all of them."""


class Breakers:
    """All handlers' records, as one process has seen them."""

    def __init__(self) -> None:
        self.known: dict[Name, Breaker] = {}
        self.paused: set[Name] = set()

    def of(self, handler: str, tenant: str = "") -> Breaker:
        """Return that handler's, for all tenants or for one."""
        return self.known.setdefault((handler, tenant), Breaker())

    def pauses(self, message: Message) -> str:
        """Return what a message has to wait for, since its handler is paused; nothing if it may be handled."""
        if not self.paused:
            return ""
        now, names = asyncio.get_running_loop().time(), [name for name in _names(message) if name in self.paused]
        return next((awaited(name) for name in names if not self.known[name].admits(now, message.id)), "")

    def note(self, message: Message, answer: Answer) -> list[str]:
        """Learn from an answer; returns what lanes need not wait for any longer."""
        if (failed := _has_failed(answer)) is None:
            return []
        now, (whole, single) = asyncio.get_running_loop().time(), _names(message)
        tried = [name for name in (whole, single) if name in self.paused and self.known[name].probe == message.id]
        if tried:
            return [awaited(name) for name in tried if self._probed(name, now, failed)]
        if failed or single in self.known:
            self._note(single, now, failed)
        if single not in self.paused:  # else it says nothing of the handler
            self._note(whole, now, failed, message.tenant)
        return []

    def resume(self, name: Name) -> None:
        """Nobody waits: whoever comes next is handled."""
        self._probed(name, 0.0, failed=False)

    def due(self) -> list[Name]:
        """Return what may be tried again, and nobody has come to try it."""
        now = asyncio.get_running_loop().time()
        return [name for name in sorted(self.paused) if self.known[name].next_probe <= now]

    def opened(self) -> list[str]:
        """Return the handlers that are paused, for all tenants or for some."""
        return sorted({handler for (handler, _), breaker in self.known.items() if breaker.open})

    def described(self) -> list[str]:
        """Return the same with the tenant, where it is one tenant's."""
        return sorted(f"{handler} of {tenant}" if tenant else handler for handler, tenant in self.paused)

    def _note(self, name: Name, now: float, failed: bool, tenant: str = "") -> None:
        if name not in self.known and len(self.known) > MOST_TENANTS:
            kept = [other for other in self.known if other in self.paused or not other[1]]
            self.known = {other: self.known[other] for other in kept}
        breaker = self.of(*name)
        breaker.note(now, failed, tenant)
        if breaker.open and name not in self.paused:
            self.paused.add(name)
            log.error("handler.paused", handler=name[0], tenant=name[1], failures=breaker.failures)
            metrics.handler_paused(name[0], True)

    def _probed(self, name: Name, now: float, failed: bool) -> bool:
        """Whether the handler works again."""
        breaker = self.known[name]
        breaker.probed(now, failed)
        if not breaker.open:
            self.paused.discard(name)
            metrics.handler_paused(name[0], name[0] in self.opened())
        return not breaker.open


def awaited(name: Name) -> str:
    """Return what lanes wait for while a handler is paused."""
    return "/".join(("handler", *filter(None, name)))


def waits(message: Message) -> list[str]:
    """Return what a message may have to wait for if its handler is paused."""
    return [awaited(name) for name in _names(message)]


def _names(message: Message) -> tuple[Name, Name]:
    return (message.handler.name, ""), (message.handler.name, message.tenant)


def _has_failed(answer: Answer) -> bool | None:
    """Whether the handler has; None if it was not asked: the message waits behind others, or was seen before."""
    if answer.ending in (Ending.DUPLICATE, Ending.FAILED) or (answer.ending is Ending.PARKED and answer.error is None):
        return None
    return answer.ending is Ending.PARKED and not isinstance(answer.error, NotYet)

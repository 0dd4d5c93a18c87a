"""What time it is by the database, for a process whose own machine may have another opinion.

All replicas go by one clock, the database's: for timers, expiry, ids and the times of events. A process asks for it
every few seconds, and goes on from the best answer by its loop's time, which nobody can set. An answer was right at
some moment between the question and its arrival, so that half of the round trip is not known: a slow answer is a vague
one, and says nothing about the clocks. The least vague of the recent ones counts. One that contradicts it is evidence
that a clock was set, or that this machine has slept: all that was measured before is forgotten.

The machine's own clock is only compared. A process whose clock is wrong has no business with things that are due.
"""

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from shared.clock import Clock, to_milliseconds
from shared.engine.ports.store import Store, StoreError
from shared.observe import metrics

log = structlog.get_logger()

EVERY = 2.0
"""Seconds between two measurements."""

RECENT = 15
"""Measurements of which the best counts; clocks drift apart by a few milliseconds meanwhile."""

TOLERANCE = 0.25
"""Seconds by which two measurements may miss each other before a clock must have been set between them."""

NOTICED = 2.0
"""Seconds by which the machine's clock may be off before this is said."""

WRONG = 5.0
"""Seconds from which on it is wrong: what is due is left to other processes, and no request is to come here."""

SAME_TIME = "Let both machines take the time from the same servers (NTP)."
"""What to do about a clock that is off."""


@dataclass(slots=True, frozen=True)
class Measurement:
    """The database's clock was `ahead` seconds before the loop's time, give or take `uncertainty`."""

    ahead: float
    uncertainty: float

    def contradicts(self, other: "Measurement") -> bool:
        """Return whether no steady clocks can have given both."""
        return abs(self.ahead - other.ahead) > self.uncertainty + other.uncertainty + TOLERANCE


class DatabaseTime:
    """One per process: call it for the time. `machine` is the machine's clock, whose time it is until one measurement.

    `steady_since` is the loop's time since which measurements agree: what was concluded before is void.
    """

    def __init__(self, store: Store, machine: Clock) -> None:
        self.store = store
        self.machine = machine
        self.recent = deque[Measurement](maxlen=RECENT)
        self.best: Measurement | None = None
        self.steady_since = -math.inf
        self.is_off = False

    def __call__(self) -> datetime:
        """Now, in UTC to the millisecond."""
        if self.best is None:
            return self.machine()
        return to_milliseconds(datetime.fromtimestamp(self.best.ahead + self._loop.time(), UTC))

    @property
    def offset(self) -> float | None:
        """Seconds by which the machine's clock is ahead for certain (negative: behind); None while nothing is known."""
        if self.best is None:
            return None
        found = self.machine().timestamp() - self.best.ahead - self._loop.time()
        return math.copysign(max(0.0, abs(found) - self.best.uncertainty), found)

    @property
    def is_right(self) -> bool:
        """Whether the machine's clock is known to be right, within `WRONG`."""
        offset = self.offset
        return offset is not None and abs(offset) <= WRONG

    @property
    def problem(self) -> str:
        """What is wrong with the machine's clock, for a person; empty if nothing is."""
        offset = self.offset
        if offset is None:
            return "The database's time is not known yet"
        if abs(offset) <= NOTICED:
            return ""
        return f"This machine's clock is {abs(offset):.1f} s {'ahead of' if offset > 0 else 'behind'} the database's"

    async def measure(self) -> None:
        """Ask the database once; raises a `StoreError`."""
        self._loop = asyncio.get_running_loop()
        asked = self._loop.time()
        now = (await self.store.now()).timestamp()
        answered = self._loop.time()
        found = Measurement(now - (asked + answered) / 2, (answered - asked) / 2)
        if self.best is not None and found.contradicts(self.best):
            log.warning("clock.jumped", seconds=round(found.ahead - self.best.ahead, 3))
            self.recent.clear()
            self.steady_since = answered
        self.recent.append(found)
        self.best = min(self.recent, key=lambda one: one.uncertainty)
        self._report()

    async def run(self) -> None:
        """Measure for ever, and say when the machine's clock goes wrong, and when it is right again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.measure()
            except StoreError as error:
                log.warning("clock.not_measured", error=type(error).__name__)

    def _report(self) -> None:
        offset = self.offset or 0.0
        metrics.clock_offset(offset)
        if (is_off := abs(offset) > NOTICED) and not self.is_off:
            log.warning("clock.off", seconds=round(offset, 3))
        elif self.is_off and not is_off:
            log.info("clock.right_again")
        self.is_off = is_off

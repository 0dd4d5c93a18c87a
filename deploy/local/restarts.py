"""A process that has ended by itself is started again, unless that does not help."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from deploy.local.backing import Progress
from deploy.local.processes import Child

MOST = 3
WITHIN = 60.0
"""So often within so many seconds, for each process."""


class PartEnded(Exception):
    """A process of the system has ended for good; the message shows the end of its log."""


class Restarts:
    """Looks after processes; `restarted` is called after each start. `now` gives seconds that go on evenly."""

    def __init__(
        self,
        children: Sequence[Child],
        restarted: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.children = children
        self.restarted = restarted
        self.now = now
        self.started: dict[str, deque[float]] = {child.name: deque(maxlen=MOST) for child in children}

    def check(self, report: Progress) -> None:
        """Start again what has ended, and tell how that came; raises PartEnded for what ends again and again."""
        for child in self.children:
            if not child.is_running:
                self._again(child, report)

    def _again(self, child: Child, report: Progress) -> None:
        ending, started = child.ending(), self.started[child.name]
        if child.is_misled:
            raise PartEnded(f"{ending}\n{STOPPED}")
        if len(started) == MOST and self.now() - started[0] < WITHIN:
            raise PartEnded(f"{ending}\nIt was started again {MOST} times within a minute before. {STOPPED}")
        started.append(self.now())
        child.again()
        self.restarted()
        report(f"{ending}\n{child.name} was started again; that happens {MOST} times a minute at most.")


STOPPED = "The rest was stopped. `ithaca up` begins anew, and so does that log."

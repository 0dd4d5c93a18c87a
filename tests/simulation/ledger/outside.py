"""The world beyond the engine: where effects are seen, and where it is drawn which handlers fail."""

from collections import Counter
from collections.abc import Callable
from random import Random


class Outside:
    """What handlers and performers meet. `sent` counts effects by tenant and key, `ended` processes by the event.

    `begun` is when a tenant's last errand has begun, `let_in` when a guest was let in.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rate = 0.0
        self.sent: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.end_process: Callable[[], None] = lambda: None
        self.refused: set[str] = set()
        self.begun: dict[str, float] = {}
        self.let_in: dict[str, float] = {}

    def perhaps_fail(self) -> None:
        """Fail now and then, for no reason that lies in the message."""
        if self.rate and self.random.random() < self.rate:
            raise RuntimeError("simulated")

    def refuse(self, message: str) -> None:
        """From now on the database refuses every document about the clerk's handling of a message."""
        self.refused.add(message)

    def end(self, message: str) -> None:
        """As a handler that makes its process run out of memory: it never returns."""
        self.ended[message] += 1
        self.end_process()
        raise SystemError("simulated: nothing of this process runs any more")

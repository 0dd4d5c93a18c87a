"""The events of several services in one order, that of their ids: these tell when an event was stored.

Its own time may be another one, since a sandbox has a clock of its own.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from deploy.operate.answers import Answer, Event
from deploy.operate.client import PAGE, Services, Unanswered


class EventPage(Answer):
    """Some events; `more` if there may be others at once. Asked again later, `next` gives what came since."""

    items: list[Event]
    next: str
    more: bool


@dataclass(slots=True)
class Flow:
    """One service's events, page by page. `filters` are the interface's.

    `problem` is why it has ended early, or does not go on for now.
    """

    services: Services
    service: str
    filters: Mapping[str, str | int | None]
    limit: int = PAGE
    cursor: str | None = None
    ready: deque[Event] = field(default_factory=deque)
    is_at_end: bool = False
    problem: Unanswered | None = None

    @property
    def is_dry(self) -> bool:
        """Whether nothing is ready, and there may be more."""
        return not self.ready and not self.is_at_end

    async def fill(self) -> None:
        """Have the next page ready."""
        asked = {**self.filters, "after": self.cursor, "limit": self.limit}
        try:
            page = await self.services.get(self.service, "/events", EventPage, **asked)
        except Unanswered as error:
            self.is_at_end, self.problem = True, error
            return
        self.ready, self.cursor, self.problem = deque(page.items), page.next, None
        self.is_at_end = not page.more


async def merged(flows: Sequence[Flow]) -> AsyncIterator[tuple[str, Event]]:
    """What all of them have by now, each event with its service, the earliest first."""
    while True:
        while dry := [flow for flow in flows if flow.is_dry]:
            await asyncio.gather(*(flow.fill() for flow in dry))
        going = [flow for flow in flows if flow.ready]
        if not going:
            return
        first = min(going, key=lambda flow: flow.ready[0].id)
        yield first.service, first.ready.popleft()


async def latest(flows: Sequence[Flow], count: int) -> list[tuple[str, Event]]:
    """The last events of all together; the flows go on behind them."""
    await asyncio.gather(*(flow.fill() for flow in flows))
    events = [(flow.service, event) for flow in flows for event in flow.ready]
    for flow in flows:
        flow.ready, flow.is_at_end = deque(), True
    return sorted(events, key=lambda pair: pair[1].id)[-count:]

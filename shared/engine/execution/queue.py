"""What waits for the executor: bounded, and fair between kinds of messages and between tenants.

Somebody waits for the answer to a command, so commands come first; but every other kind has its part of each batch.
A batch takes as long as it is large, so while commands come, it is not filled up with what nobody waits for.
"""

import asyncio
import math
from collections import deque
from collections.abc import Iterable
from itertools import islice

from shared.engine.authoring.answer import Answer
from shared.engine.batch.message import Kind, Message
from shared.engine.coordination.tenants import Tenants
from shared.errors import TenantLimitReached, TryLater

Waiting = tuple[Message, "asyncio.Future[Answer]"]

OTHERS_SHARE = 0.25
"""The part of a batch that belongs to what is not a command, if both wait."""

BESIDE_COMMANDS = 25
"""So many other messages may be in a batch with few commands."""

BETWEEN_COMMANDS = 50
"""So many other messages are in a batch without a command, if there was one lately: the next one waits for them."""

LATELY_SECONDS = 1.0

LEAST_TURN = 16
"""So many messages a tenant gives at its turn, though others have fewer in all."""


class Line:
    """First in, first out for each tenant; between tenants, in turn, each by its weight."""

    def __init__(self, known: Tenants) -> None:
        self.known = known
        self.tenants: dict[str, deque[Waiting]] = {}
        self.length = 0

    def append(self, waiting: Waiting) -> None:
        """Stand behind the others of the same tenant."""
        self.tenants.setdefault(waiting[0].tenant, deque()).append(waiting)
        self.length += 1

    def pop(self, most: int) -> list[Waiting]:
        """Return the next ones: `most`, if there are so many."""
        popped: list[Waiting] = []
        while self.tenants and len(popped) < most:
            popped += self.pop_turn(most - len(popped))
        return popped

    def pop_turn(self, most: int) -> list[Waiting]:
        """Return the next ones, of no tenant more than its part of `most`, nor than all others have that wait.

        The rest waits for the tenant's next turn.
        """
        share = max(1, most // (self.known.weights(self.tenants) or 1))
        popped: list[Waiting] = []
        for tenant in list(islice(self.tenants, most)):
            if (room := most - len(popped)) <= 0:
                break
            waiting = self.tenants.pop(tenant)
            weight, others = self.known.of(tenant).weight, self.length - len(waiting)
            part = min(share, max(LEAST_TURN, others)) if others else share
            count = min(part * weight, room, len(waiting))
            popped.extend(waiting.popleft() for _ in range(count))
            if waiting:
                self.tenants[tenant] = waiting  # back to the end: the others come first now
        self.length -= len(popped)
        return popped


class Queue:
    """`limit` commands may wait; a tenant with less than its share of them is still let in when others have more."""

    def __init__(self, limit: int = 2000, tenants: Tenants | None = None) -> None:
        self.limit = limit
        self.tenants = tenants or Tenants()
        self.lines = {kind: Line(self.tenants) for kind in Kind}
        self.commands = self.lines[Kind.COMMAND]
        self.others = deque(line for line in self.lines.values() if line is not self.commands)
        self.owed = 0.0
        self.last_command = -math.inf
        self.filled = asyncio.Event()
        self.closed = False

    @property
    def length(self) -> int:
        """How many messages wait."""
        return sum(line.length for line in self.lines.values())

    def put(self, message: Message) -> "asyncio.Future[Answer]":
        """Wait for the executor; the future ends with the answer. Raises `TryLater` instead of waiting too long."""
        if self.closed:
            raise TryLater("The service is stopping: ask again, another replica will answer.")
        if message.is_command:
            self._admit(message.tenant)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.lines[message.kind].append((message, waiting))
        self.filled.set()
        return waiting

    async def next_batch(self, most: int) -> list[Waiting]:
        """Up to `most` of what waits, commands first, as soon as there is something; nothing once closed and empty."""
        while not self.length:
            if self.closed:
                return []
            self.filled.clear()
            await self.filled.wait()
        commands = self.commands.pop_turn(most - self._reserved(most))
        popped = commands + self._pop_others(min(most - len(commands), self._most_beside(len(commands))))
        self.tenants.count(message.tenant for message, _ in popped)
        return popped

    def close(self) -> None:
        """Take nothing more; what waits is still handed out."""
        self.closed = True
        self.filled.set()

    def fail(self, batch: Iterable[Waiting], error: BaseException) -> None:
        """Nobody will answer these, nor what still waits: the executor has ended."""
        self.close()
        left = [one for line in self.lines.values() for one in line.pop(line.length)]
        for _, waiting in [*batch, *left]:
            if not waiting.done():
                waiting.set_exception(RuntimeError(f"the executor has ended: {type(error).__name__}"))
                waiting.exception()  # who has left already is not waited for

    def _reserved(self, most: int) -> int:
        """How much of a batch commands leave to the others; of small batches, now and then a place."""
        waiting = self.length - self.commands.length
        if not (waiting and self.commands.length):
            self.owed = 0.0
            return 0
        self.owed += most * OTHERS_SHARE
        whole = int(self.owed)
        self.owed -= whole
        return min(whole, waiting)

    def _most_beside(self, commands: int) -> int:
        """How many others may be in a batch with so many commands: those who come meanwhile wait for all of it."""
        now = asyncio.get_running_loop().time()
        if commands:
            self.last_command = now
            return max(BESIDE_COMMANDS, int(commands * OTHERS_SHARE / (1 - OTHERS_SHARE)))
        return BETWEEN_COMMANDS if now - self.last_command < LATELY_SECONDS else self.length

    def _pop_others(self, most: int) -> list[Waiting]:
        """Of each kind an equal part; what one does not need, the others get. Who was served is last the next time."""
        popped: list[Waiting] = []
        while len(popped) < most and (waiting := [line for line in self.others if line.length]):
            share = max(1, (most - len(popped)) // len(waiting))
            for line in waiting[: most - len(popped)]:
                popped += line.pop(share)
                self.others.remove(line)
                self.others.append(line)
        return popped

    def _admit(self, tenant: str) -> None:
        own = len(self.commands.tenants.get(tenant, ()))
        limit = self.tenants.of(tenant)
        if limit.queued is not None and own >= limit.queued:
            raise TenantLimitReached(
                f"{own} commands of {tenant} wait already: ask again after the time in Retry-After."
            )
        if self.commands.length < self.limit:
            return
        if own >= self.limit // (len(self.commands.tenants) or 1) or self.commands.length >= 2 * self.limit:
            raise TryLater("There is more to do than can be done at once: ask again after the time in Retry-After.")

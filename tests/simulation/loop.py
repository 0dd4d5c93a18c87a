"""An event loop without a clock: time jumps to the next thing to do, and a seed decides what runs next."""

# mypy: disable-error-code="attr-defined,misc,override"
# It looks into handles as the standard loop itself does; their attributes have no public types.

import asyncio
import heapq
from asyncio import Handle, TimerHandle
from collections import deque
from contextlib import suppress
from contextvars import Context, ContextVar
from dataclasses import dataclass
from random import Random
from typing import Any

MOST_STEPS = 60_000
"""Steps of one run, above which something goes round in circles."""

STEPS_TO_END, MOST_CANCELLATIONS = 100, 50
"""Steps of a task that is cancelled, above which it is cancelled once more; and how often at most."""


@dataclass(slots=True)
class Absence:
    """Nobody answers `until` then. A `silent` one takes what it is asked for, and does it when it is over."""

    until: float = 0.0
    silent: bool = False


class Process:
    """A simulated process. A dead one never runs again; a stalled one only after `stalled_until`.

    One that is `cut_off` reads from the database, and cannot write to it. One that is about to `stall_at_send` for some
    seconds does so when it has handed a record to its driver, which has not sent it yet.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.stalled_until = 0.0
        self.cut_off = Absence()
        self.stall_at_send = 0.0
        self.dropped: list[Handle] = []


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs one ready callback at a time, drawn at random; no input or output exists."""

    _ready: deque[Handle]
    _scheduled: list[TimerHandle]

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random = random
        self.now = 0.0
        self.steps = 0
        self.most_steps = MOST_STEPS
        self.set_task_factory(self._track)
        self.tasks: list[asyncio.Task[Any]] = []
        self.processes: list[Process] = []

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.now

    def call_soon(self, callback: Any, *arguments: Any, context: Context | None = None) -> Handle:
        """As the standard loop's, without what is for debugging."""
        handle = Handle(callback, arguments, self, context)
        self._ready.append(handle)
        return handle

    def _track(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, **options)
        self.tasks.append(task)
        return task

    def _run_once(self) -> None:
        if self.steps >= self.most_steps:  # before anything is taken from what is ready, and would be lost
            raise AssertionError(f"more than {MOST_STEPS} steps: the simulation goes round in circles")
        scheduled, ready = self._scheduled, self._ready
        if not ready:
            while scheduled and scheduled[0]._cancelled:
                self._timer_handle_cancelled_pop()
            if not scheduled:
                raise RuntimeError("the simulation waits for something that never comes")
            self.now = max(self.now, scheduled[0]._when)
        while scheduled and scheduled[0]._when <= self.now:
            timer = heapq.heappop(scheduled)
            timer._scheduled = False
            ready.append(timer)
        index = int(self.random.random() * len(ready))
        handle = ready[index]
        del ready[index]
        self._step(handle)

    def _timer_handle_cancelled_pop(self) -> None:
        timer = heapq.heappop(self._scheduled)
        timer._scheduled = False

    def _step(self, handle: Handle) -> None:
        if handle._cancelled:
            return
        process = handle._context.get(PROCESS)
        if process is not None:
            if not process.alive:
                process.dropped.append(handle)
                return
            if process.stalled_until > self.now:
                delayed = TimerHandle(
                    process.stalled_until,
                    handle._callback,
                    handle._args,
                    self,
                    handle._context,
                )
                heapq.heappush(self._scheduled, delayed)
                delayed._scheduled = True
                return
        self.steps += 1
        handle._run()

    def _process_events(self, event_list: Any) -> None:
        """There is no input or output."""

    def _write_to_self(self) -> None:
        """There are no other threads."""

    def end(self) -> None:
        """Let every task that is left end by cancellation; what they do then no longer counts.

        One that takes long to end, or waits for what can no longer come, is cancelled again and again.
        """
        for process in self.processes:
            process.alive, process.stalled_until = True, 0.0
            self._ready.extend(process.dropped)
        for _ in range(MOST_CANCELLATIONS):
            if not (left := [task for task in self.tasks if not task.done()]):
                break
            for task in left:
                task.cancel()
            self.most_steps = self.steps + len(left) * STEPS_TO_END
            with suppress(AssertionError, RuntimeError):
                self.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        else:
            raise AssertionError(f"{left} do not end, however often they are cancelled")
        self.close()

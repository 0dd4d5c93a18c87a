"""The process that solves runs: it can be ended from outside at any moment, and its memory with it."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from threading import Event, Thread
from time import monotonic

from services.matching.runs.model.run_result import RunResult
from services.matching.runs.solution import Task, solve_pool
from shared.errors import Refusal

LOOK_SECONDS = 0.1
"""How often the one who waits looks whether it still wants the result."""
IDLE_SECONDS = 300
"""After so long without a run, the process ends."""


class SolverEnded(Exception):
    """The process has ended in the middle of a run: for want of memory, say. It can be tried again."""


class SolverFailed(Exception):
    """The computation has raised what it should not."""


class GivenUp(Exception):
    """Nobody waits for the result any more."""


class TimeLimit(Refusal):
    """The computation has taken longer than it was allowed to."""


class Solver:
    """One process, started when there is something to solve, for one run after the other; for one thread."""

    def __init__(self) -> None:
        self.process: SpawnProcess | None = None
        self.connection: Connection | None = None

    def solve(self, task: Task, tell: Callable[[str], None], is_over: Event) -> RunResult:
        """Have it solved, being told each step; the process is ended if it takes too long, or once it `is_over`.

        Raises a `Refusal` of the computation, `TimeLimit`, `GivenUp`, `SolverEnded`, `SolverFailed`.
        """
        try:
            return self._solve(task, tell, is_over)
        except (EOFError, OSError) as error:
            self.end()
            raise SolverEnded("the process that solves runs has ended") from error
        except (GivenUp, TimeLimit):
            self.end()
            raise

    def end(self) -> None:
        """End the process at once, whatever it does."""
        if self.process is not None and self.connection is not None:
            self.process.kill()
            self.process.join()
            self.connection.close()
        self.process = self.connection = None

    def _solve(self, task: Task, tell: Callable[[str], None], is_over: Event) -> RunResult:
        connection, ends_at = self._connected(), monotonic() + task.settings.time_limit
        connection.send(task)
        while True:
            while not connection.poll(LOOK_SECONDS):
                _go_on(task, is_over, ends_at)
            reply = connection.recv()
            if isinstance(reply, RunResult):
                return reply
            if isinstance(reply, Exception):
                raise reply
            tell(reply)

    def _connected(self) -> Connection:
        if self.process is None or self.connection is None or not self.process.is_alive():
            self.end()
            context = get_context("spawn")
            self.connection, theirs = context.Pipe()
            self.process = context.Process(target=serve, args=(theirs,), name="solver", daemon=True)
            self.process.start()
            theirs.close()
        return self.connection


def _go_on(task: Task, is_over: Event, ends_at: float) -> None:
    if is_over.is_set():
        raise GivenUp
    if monotonic() > ends_at:
        raise TimeLimit(f"The computation was not done after {task.settings.time_limit} seconds.")


def serve(connection: Connection) -> None:
    """What the process does: solve what is sent, until nobody sends anything for long, or is there to send."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        while connection.poll(IDLE_SECONDS):
            connection.send(_reply(connection.recv(), connection.send))
    except (EOFError, BrokenPipeError):
        return


def _end_with_parent() -> None:
    """A process that was killed could not end this one, which might compute for an hour."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _reply(task: Task, tell: Callable[[str], None]) -> RunResult | Exception:
    try:
        return solve_pool(task, tell)
    except Refusal as refusal:
        return refusal
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:
        return SolverFailed(f"{type(error).__name__}: {error}")

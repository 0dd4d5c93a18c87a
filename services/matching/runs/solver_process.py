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
from services.matching.runs.solution import solve_pool
from services.matching.runs.task import Task
from shared.errors import Refusal

CHECK_SECONDS = 0.1
"""Seconds between two checks of whether the result is still wanted."""
IDLE_SECONDS = 300
"""Seconds without a run after which the process ends."""


class SolverEnded(Exception):
    """The process has ended in the middle of a run, perhaps for lack of memory. It can be tried again."""


class SolverFailed(Exception):
    """The computation has raised an unexpected error."""


class NoLongerWanted(Exception):
    """The result is no longer wanted."""


class TimeLimit(Refusal):
    """The computation has taken longer than it was allowed to."""


class Solver:
    """One process, started when there is something to solve, for one run after the other; for one thread."""

    def __init__(self) -> None:
        self.process: SpawnProcess | None = None
        self.connection: Connection | None = None

    def solve(self, task: Task, report: Callable[[str], None], is_over: Event) -> RunResult:
        """Have it solved, with a report on each step; the process is ended if it takes too long, or once it `is_over`.

        Raises a `Refusal` of the computation, `TimeLimit`, `NoLongerWanted`, `SolverEnded`, `SolverFailed`.
        """
        try:
            return self._solve(task, report, is_over)
        except (EOFError, OSError) as error:
            self.end()
            raise SolverEnded("the process that solves runs has ended") from error
        except (NoLongerWanted, TimeLimit):
            self.end()
            raise

    def end(self) -> None:
        """End the process at once, whatever it does."""
        if self.process is not None and self.connection is not None:
            self.process.kill()
            self.process.join()
            self.connection.close()
        self.process = self.connection = None

    def _solve(self, task: Task, report: Callable[[str], None], is_over: Event) -> RunResult:
        connection, ends_at = self._connected(), monotonic() + task.settings.time_limit
        connection.send(task)
        while True:
            while not connection.poll(CHECK_SECONDS):
                _check_wanted(task, is_over, ends_at)
            reply = connection.recv()
            if isinstance(reply, RunResult):
                return reply
            if isinstance(reply, Exception):
                raise reply
            report(reply)

    def _connected(self) -> Connection:
        if self.process is None or self.connection is None or not self.process.is_alive():
            self.end()
            context = get_context("spawn")
            self.connection, theirs = context.Pipe()
            self.process = context.Process(target=serve, args=(theirs,), name="solver", daemon=True)
            self.process.start()
            theirs.close()
        return self.connection


def _check_wanted(task: Task, is_over: Event, ends_at: float) -> None:
    if is_over.is_set():
        raise NoLongerWanted
    if monotonic() > ends_at:
        raise TimeLimit(f"The computation was not done after {task.settings.time_limit} seconds.")


def serve(connection: Connection) -> None:
    """Solve what is sent, until nothing has been sent for long, or the sender is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        while connection.poll(IDLE_SECONDS):
            connection.send(_reply(connection.recv(), connection.send))
    except (EOFError, BrokenPipeError):
        return


def _end_with_parent() -> None:
    """End with the parent: if that was killed, it could not end this process, which might compute for an hour."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _reply(task: Task, report: Callable[[str], None]) -> RunResult | Exception:
    try:
        return solve_pool(task, report)
    except Refusal as refusal:
        return refusal
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:
        return SolverFailed(f"{type(error).__name__}: {error}")

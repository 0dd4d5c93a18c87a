"""One group's trial: its tests are loaded once, then run in a child process for each change.

A change replaces the code of a function that is there already, so that nothing is loaded again. Of the tests, those run
that reach its lines, quick ones first, until one fails.
"""

import gc
import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from types import FunctionType
from typing import NamedTuple

import coverage
import pytest

from tests.mutants.groups import ROOT, Group, groups
from tests.mutants.operators import Mutant, mutants

COMPUTING = 20
"""Seconds of a processor for the tests of one change, above ten times what they need: an endless loop is caught, also
where other programs have the processors most of the time."""

WAITING = 300
"""Seconds of waiting, likewise, for what never comes."""


class Reach(NamedTuple):
    """How many seconds of a processor, and of all, a test needs, and which lines of which files it reaches."""

    computing: float
    seconds: float
    lines: dict[str, set[int]]


class Trial:
    """A plugin of pytest that runs its own loop over the tests."""

    def __init__(self, group: Group, report: Callable[[int, str | None], None], sample: int | None = None) -> None:
        self.group = group
        self.sample = sample
        self.report = report
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notice what fails."""
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every change, as many at once as there are processors."""
        if session.testsfailed:
            raise session.Failed(f"tests of {self.group.name} cannot be loaded")
        reached = pickle.loads(in_child(lambda: pickle.dumps(self.measure(session.items))))  # noqa: S301 - it is ours
        todo = [one for file in self.group.files() for one in mutants(str(ROOT / file), (ROOT / file).read_text())]
        if self.sample:
            todo = Random(self.sample).sample(todo, min(self.sample, len(todo)))
        waiting, running = list(reversed(todo)), dict[int, Mutant]()
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                mutant = waiting.pop()
                running[self.start(session.items, reached, mutant)] = mutant
            pid, status = os.wait()
            one = running.pop(pid)
            self.report(len(todo), None if status else f"{Path(one.file).relative_to(ROOT)}::{one.change}")
        return True

    def measure(self, items: Sequence[pytest.Item]) -> list[Reach]:
        """What each test reaches; all must be well before anything is changed."""
        watch = coverage.Coverage(data_file=None, include=[str(ROOT / file) for file in self.group.files()])
        times = []
        watch.start()
        for item, following in pairs(items):
            watch.switch_context(item.nodeid)
            began = time.process_time(), time.perf_counter()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            times.append((time.process_time() - began[0], time.perf_counter() - began[1]))
            if self.failed:
                raise SystemExit(f"{item.nodeid} fails before anything is changed")
        watch.stop()
        lines: dict[str, dict[str, set[int]]] = {item.nodeid: {} for item in items}
        for file in watch.get_data().measured_files():
            for line, contexts in watch.get_data().contexts_by_lineno(file).items():
                for context in contexts:
                    lines.get(context, {}).setdefault(file, set()).add(line)
        return [Reach(*needed, lines[item.nodeid]) for needed, item in zip(times, items, strict=True)]

    def start(self, items: Sequence[pytest.Item], reached: Sequence[Reach], mutant: Mutant) -> int:
        """Begin to try a change; returns the process that ends with 0 if it survives."""
        wanted = [number for number, one in enumerate(reached) if one.lines.get(mutant.file, set()) & set(mutant.lines)]
        wanted.sort(key=lambda number: reached[number].computing)
        if pid := os.fork():
            return pid
        bound([reached[number] for number in wanted])
        change(mutant)
        for item, following in pairs([items[number] for number in wanted]):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                os._exit(1)
        os._exit(0)


def bound(wanted: Sequence[Reach]) -> None:
    """Have a signal end this process once it has computed, or has waited, far longer than these tests need."""
    signal.setitimer(signal.ITIMER_PROF, COMPUTING + 10 * sum(one.computing for one in wanted))
    signal.setitimer(signal.ITIMER_REAL, WAITING + 10 * sum(one.seconds for one in wanted))


def pairs(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each with the one that follows, for which fixtures stay."""
    return zip(items, [*items[1:], None], strict=False)


def change(mutant: Mutant) -> None:
    """Give every function of this place in the source the changed code."""
    gc.unfreeze()  # what is frozen is not among the objects
    for function in gc.get_objects():
        if type(function) is FunctionType:  # `isinstance` would ask proxies what they stand for, which may be gone
            code = function.__code__
            if (code.co_filename, code.co_qualname, code.co_firstlineno) == mutant[:3]:
                function.__code__ = mutant.code


def in_child(work: Callable[[], bytes]) -> bytes:
    """What a forked process comes to, which leaves this one as it is."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(work())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    os.waitpid(pid, 0)
    return found


def main() -> int:
    """Try the group of this name, or a sample of so many changes; a line of JSON for each."""

    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where tests write that go round `sys.stdout`

    def report(of: int, survivor: str | None) -> None:
        lines.write(json.dumps([of, survivor]) + "\n")

    group = next(one for one in groups() if one.name == sys.argv[1])
    options = ["-p", "no:terminal", "-m", "not real", "--capture=sys", "--hypothesis-seed=0", *group.tests]
    sample = int(sys.argv[2]) if len(sys.argv) > 2 else None
    return pytest.main(options, plugins=[Trial(group, report, sample)])


if __name__ == "__main__":
    sys.exit(main())

"""The process that solves runs: it is there when it is needed, and gone when nobody waits for it any more."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event, Timer
from typing import Any

import pytest

from services.matching.pool.model.profile import ProfileCopy
from services.matching.runs.model.run_result import RunResult
from services.matching.runs.model.run_settings import RunSettings
from services.matching.runs.solver_process import NoLongerWanted, Solver, SolverEnded, SolverFailed, TimeLimit
from services.matching.runs.task import MOST_PEOPLE, PoolTooLarge, Task
from shared.contracts.intake import Role
from shared.ids import PersonId
from tests.waiting import PATIENCE, eventually

pytestmark = pytest.mark.real

WINTER = datetime(2027, 1, 15, 9, tzinfo=UTC)


def people(mentors: int, mentees: int) -> list[ProfileCopy]:
    """Each with some of forty goals."""
    random, goals = Random(7), [f"goal {number}" for number in range(40)]
    return [
        ProfileCopy(id=f"{role}-{number}", person_id=PersonId(f"{role}-{number}"), role=role, seats=3,
                    goals=tuple(random.sample(goals, 4)))
        for role, count in ((Role.MENTOR, mentors), (Role.MENTEE, mentees))
        for number in range(count)
    ]  # fmt: skip


SHORT = Task(people(3, 4), [], [], WINTER)


def endless(**settings: Any) -> Task:
    """Groups among so many take minutes."""
    return Task(people(120, 300), [], [], WINTER, RunSettings(strategy="group", **settings))


@pytest.fixture
def solver() -> Iterator[Solver]:
    found = Solver()
    yield found
    found.end()


def solve(solver: Solver, task: Task = SHORT, is_over: Event | None = None) -> RunResult:
    return solver.solve(task, lambda _: None, is_over or Event())


def pid(solver: Solver) -> int:
    assert solver.process is not None
    assert solver.process.pid is not None
    return solver.process.pid


def test_one_process_solves_one_run_after_the_other_and_tells_each_step(solver: Solver) -> None:
    steps = list[str]()
    first = solver.solve(SHORT, steps.append, Event())
    before = pid(solver)
    assert first.figures.size == 4
    assert steps[0] == "comparing 4 mentees with 3 mentors"
    assert steps[-2:] == ["finding reasons", "pricing what else there is: 0 of 4 pairs"]
    assert any("4 matched, gap 0.0000%" in step for step in steps)
    assert solve(solver) == first
    assert pid(solver) == before


def test_a_process_that_was_killed_fails_its_run_and_the_next_run_has_another_process(solver: Solver) -> None:
    def kill(_: str) -> None:
        os.kill(pid(solver), signal.SIGKILL)

    with pytest.raises(SolverEnded):
        solver.solve(endless(), kill, Event())
    assert solver.process is None
    assert solve(solver).figures.size == 4


def test_when_nobody_waits_any_more_the_process_ends_in_the_middle_of_its_run(solver: Solver) -> None:
    is_over, seen = Event(), list[int]()

    def give_up(_: str) -> None:
        seen.append(pid(solver))
        is_over.set()

    with pytest.raises(NoLongerWanted):
        solver.solve(endless(), give_up, is_over)
    assert has_ended(seen[0])
    assert solve(solver).figures.size == 4


def test_a_run_that_takes_longer_than_its_limit_is_refused_and_its_process_ends(solver: Solver) -> None:
    solve(solver)
    before = pid(solver)
    with pytest.raises(TimeLimit, match="after 1 seconds"):
        solve(solver, endless(time_limit=1))
    assert has_ended(before)


def test_a_refusal_of_the_computation_comes_through_and_the_process_stays(solver: Solver) -> None:
    with pytest.raises(PoolTooLarge, match="10,000 people"):
        solve(solver, Task(people(MOST_PEOPLE, 1), [], [], WINTER))
    before = pid(solver)
    assert solve(solver).figures.size == 4
    assert pid(solver) == before


def test_what_the_computation_should_not_raise_is_told_by_name(solver: Solver) -> None:
    broken: Any = [PersonId("no profile")]
    with pytest.raises(SolverFailed, match="AttributeError"):
        solve(solver, Task(broken, [], [], WINTER))


SERVICE = """
from threading import Event
from services.matching.runs.solver_process import Solver
from tests.services.matching.runs.test_solver_process import endless
if __name__ == "__main__":
    solver = Solver()
    solver.solve(endless(), lambda step: print(solver.process.pid, flush=True), Event())
"""


def test_a_process_does_not_outlive_a_service_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "service.py"
    script.write_text(SERVICE)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment) as service:
        limit = Timer(PATIENCE * 4, service.kill)
        limit.start()
        assert service.stdout is not None
        child = int(service.stdout.readline())
        service.kill()
        limit.cancel()
    assert has_ended(child)


def has_ended(process: int) -> bool:
    """Whether it ends while one waits patiently."""
    asyncio.run(eventually(lambda: not is_there(process)))
    return True


def is_there(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"

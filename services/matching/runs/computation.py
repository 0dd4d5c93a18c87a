"""The computation of runs: the pool is read, and matched away from the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event

from services.matching.pool.members import profiles_in_pool
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import RunResult
from services.matching.runs.model.run_settings import RunSettings
from services.matching.runs.solver_process import Solver
from services.matching.runs.task import Task
from shared.engine.authoring.aggregate import Effect, Outcome
from shared.engine.authoring.handlers import Handlers, Work
from shared.ids import MatchRunId, ProgramId

computation = Handlers()

ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="solver")
"""Large runs together would take more memory than there is."""
SOLVER = Solver()
REPORT_SECONDS = 1.0
"""Seconds between two reports on how far a run is, when it is also checked whether the run is cancelled."""


class SolveMatching(Effect):
    """Match everybody in a program's pool who wants a match and is not being asked about one."""

    run_id: MatchRunId
    program_id: ProgramId


class RunSolved(Outcome):
    """The proved result of a run."""

    run_id: MatchRunId
    result: RunResult


class RunProgressed(Outcome):
    """The latest step that a computation has reported, and how many it has reported by now."""

    run_id: MatchRunId
    step: str
    steps: int


@computation.performs(attempts=5, timeout=timedelta(hours=12), silence=timedelta(minutes=1))
async def solve_matching(effect: SolveMatching, work: Work) -> RunSolved | None:
    """Compute the best matching of the pool as it is now, one run after the other; None if the run is cancelled.

    Raises `PoolTooLarge`, `NotProved`, `TimeLimit`.
    """
    steps, is_over = ["waiting for other runs"], Event()
    run = await work.reader.get(MatchRun, effect.run_id)
    task = await load_task(effect.program_id, run.settings, work)
    solve = partial(SOLVER.solve, task, steps.append, is_over)
    computing = asyncio.get_running_loop().run_in_executor(ONE_AT_A_TIME, solve)
    try:
        while run.is_under_way and not computing.done():
            await work.report_progress(RunProgressed(run_id=effect.run_id, step=steps[-1], steps=len(steps)))
            await asyncio.wait([computing], timeout=REPORT_SECONDS)
            run = await work.reader.get(MatchRun, effect.run_id)
        return RunSolved(run_id=effect.run_id, result=await computing) if run.is_under_way else None
    finally:
        is_over.set()
        computing.cancel()


async def load_task(program_id: ProgramId, settings: RunSettings, work: Work) -> Task:
    """Read who takes part in a program, with what they have and are asked about."""
    where = {"program_id": program_id}
    profiles = await profiles_in_pool(work.reader, where)
    seats = await work.reader.every(MentorSeats, where)
    requests = await work.reader.every(MenteeRequests, where)
    return Task(profiles, seats, requests, work.now, settings)

"""Where it is computed: the pool is read, and solved away from the event loop, before anybody hears of it."""

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
from services.matching.runs.solution import Task
from services.matching.runs.solver_process import Solver
from shared.engine.authoring.aggregate import Effect, Outcome
from shared.engine.authoring.handlers import Handlers, Work
from shared.ids import MatchRunId, ProgramId

computation = Handlers()

ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="solver")
"""Large runs together would take more memory than there is."""
SOLVER = Solver()
BETWEEN_LOOKS = 1.0
"""Seconds after which it is told how far a run is, and looked whether it is cancelled."""


class SolveMatching(Effect):
    """Match those of a program's pool who have no match and are not asked about one."""

    run_id: MatchRunId
    program_id: ProgramId


class RunSolved(Outcome):
    """The proved result of a run."""

    run_id: MatchRunId
    result: RunResult


class RunProgressed(Outcome):
    """What was last told of a computation, and how many steps it has told by now."""

    run_id: MatchRunId
    step: str
    steps: int


@computation.performs(attempts=5, timeout=timedelta(hours=12), silence=timedelta(minutes=1))
async def solve_matching(effect: SolveMatching, work: Work) -> RunSolved | None:
    """The best matching of the pool as it is now, one run after the other; None if it is cancelled meanwhile.

    Raises `PoolTooLarge`, `NotProved`, `TimeLimit`.
    """
    steps, is_over = ["waiting for other runs"], Event()
    run = await work.reader.get(MatchRun, effect.run_id)
    task = await everybody(effect.program_id, run.settings, work)
    solve = partial(SOLVER.solve, task, steps.append, is_over)
    computing = asyncio.get_running_loop().run_in_executor(ONE_AT_A_TIME, solve)
    try:
        while run.is_under_way and not computing.done():
            await work.report_progress(RunProgressed(run_id=effect.run_id, step=steps[-1], steps=len(steps)))
            await asyncio.wait([computing], timeout=BETWEEN_LOOKS)
            run = await work.reader.get(MatchRun, effect.run_id)
        return RunSolved(run_id=effect.run_id, result=await computing) if run.is_under_way else None
    finally:
        is_over.set()
        computing.cancel()


async def everybody(program_id: ProgramId, settings: RunSettings, work: Work) -> Task:
    """Those of a program who take part, with what they have and are asked about."""
    where = {"program_id": program_id}
    profiles = await profiles_in_pool(work.reader, where)
    seats = await work.reader.every(MentorSeats, where)
    requests = await work.reader.every(MenteeRequests, where)
    return Task(profiles, seats, requests, work.now.date(), settings)

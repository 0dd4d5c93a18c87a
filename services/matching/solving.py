"""Where it is computed: the pool is read, and solved away from the event loop, before anybody hears of it."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event

from services.matching.model.fit import Fit
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus, ProfileCopy
from services.matching.model.run import MatchRun
from services.matching.model.run_result import RunResult
from services.matching.model.run_settings import RunSettings
from services.matching.proposing import FindNextBest
from services.matching.reasons import Unmatchable
from services.matching.runs.solution import Task
from services.matching.runs.solver import Solver
from services.matching.solution import find_mentor
from shared.contracts.intake import Role
from shared.engine.authoring.aggregate import Effect, Outcome
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.reader import Reader
from shared.ids import ApplicationId, MatchId, MatchRunId, ProgramId

solving = Handlers()

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


class NextBestFound(Outcome):
    """The best mentor who is left for a mentee."""

    match_id: MatchId
    program_id: ProgramId
    mentee_application_id: ApplicationId
    mentor_application_id: ApplicationId
    fit: Fit
    is_ranked: bool = False


class NobodyFound(Outcome):
    """No mentor is left for a mentee, and why."""

    mentee_application_id: ApplicationId
    reason: str
    figures: dict[str, int] = {}


class RunTold(Outcome):
    """What was last told of a computation, and how many steps it has told by now."""

    run_id: MatchRunId
    step: str
    steps: int


@solving.performs(attempts=5, timeout=timedelta(hours=12), silence=timedelta(minutes=1))
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
            await work.tell(RunTold(run_id=effect.run_id, step=steps[-1], steps=len(steps)))
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


@solving.performs()
async def find_next_best(effect: FindNextBest, work: Work) -> NextBestFound | NobodyFound:
    """The best of the mentors who have a seat that is not promised, and were not asked in vain."""
    id, where = effect.mentee_application_id, {"program_id": effect.program_id}
    mentee, requests = await work.reader.get(ProfileCopy, id), await work.reader.get(MenteeRequests, id)
    mentors = await profiles_in_pool(work.reader, where | {"role": Role.MENTOR})
    seats = await work.reader.every(MentorSeats, where)
    found = await asyncio.to_thread(find_mentor, mentee, requests, mentors, seats, work.now.date(), effect.is_ranked)
    if isinstance(found, Unmatchable):
        return NobodyFound(mentee_application_id=id, reason=found.code, figures=dict(found.figures))
    return NextBestFound(
        match_id=effect.match_id,
        program_id=effect.program_id,
        mentee_application_id=id,
        mentor_application_id=found.mentor,
        fit=found.fit,
        is_ranked=effect.is_ranked,
    )


async def profiles_in_pool(reader: Reader, where: Mapping[str, str]) -> list[ProfileCopy]:
    """What those stated who take part."""
    entries = await reader.every(PoolEntry, {**where, "status": PoolStatus.IN})
    inside = {entry.id for entry in entries}
    return [profile for profile in await reader.every(ProfileCopy, where) if profile.id in inside]

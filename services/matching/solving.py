"""Where it is computed: the pool is read, and solved away from the event loop, before anybody hears of it."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event

from services.matching.algorithm.optimal import Progress
from services.matching.model.fit import Fit
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus, ProfileCopy
from services.matching.model.run import RunResult
from services.matching.proposing import FindNextBest
from services.matching.reasons import Unmatchable
from services.matching.solution import find_mentor, solve_pool
from shared.contracts.intake import Role
from shared.engine.aggregate import Effect, Outcome
from shared.engine.handlers import Handlers, Work
from shared.engine.reader import Reader
from shared.ids import ApplicationId, MatchId, MatchRunId, ProgramId

solving = Handlers()

ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="solver")
"""Large runs together would take more memory than there is."""


class GivenUp(Exception):
    """Nobody waits for the result any more."""


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


@solving.performs(attempts=3, timeout=timedelta(minutes=10))
async def solve_matching(effect: SolveMatching, work: Work) -> RunSolved:
    """The best matching of the pool as it is now; raises `PoolTooLarge`."""
    where = {"program_id": effect.program_id}
    profiles = await profiles_in_pool(work.reader, where)
    seats = await work.reader.every(MentorSeats, where)
    requests = await work.reader.every(MenteeRequests, where)
    is_over = Event()
    solver = partial(solve_pool, profiles, seats, requests, work.now.date(), until(is_over))
    try:
        result = await asyncio.get_running_loop().run_in_executor(ONE_AT_A_TIME, solver)
    finally:
        is_over.set()
    return RunSolved(run_id=effect.run_id, result=result)


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


def until(is_over: Event) -> Progress:
    """Ends a computation at its next step once that is set: a thread cannot be ended from outside."""

    def go_on(_: str) -> None:
        if is_over.is_set():
            raise GivenUp

    return go_on

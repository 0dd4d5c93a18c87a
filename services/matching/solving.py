"""Where it is computed: the pool is read, solved away from the event loop, and proved before anybody hears of it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

from services.matching.candidate import Candidate
from services.matching.certificate import verify
from services.matching.criteria import ScoringSettings
from services.matching.model.fit import Fit
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus, ProfileCopy, ProfileInvalid
from services.matching.model.run import LeftOver, RunFigures, RunPair, RunRecord, RunResult
from services.matching.proposing import FindNextBest
from services.matching.solver import Pair, Problem, Unmatched, next_best, solve
from shared.contracts.intake import Role
from shared.engine.aggregate import Effect, Outcome
from shared.engine.handlers import Handlers, Work
from shared.engine.reader import Reader
from shared.errors import Refusal
from shared.ids import ApplicationId, MatchId, MatchRunId, ProgramId

solving = Handlers()

MOST_PEOPLE = 10_000
MOST_PAIRS = 4_000_000
"""A mentee and a mentor each. So many take about ten seconds on one core and half a gigabyte of memory."""

ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="solver")
"""Large runs together would take more memory than there is."""

PROFILE_INVALID = "profile_invalid"


class PoolTooLarge(Refusal):
    """More people, or more pairs of them, than a run can take."""


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
    solver = partial(solve_pool, profiles, seats, requests, work.now.date())
    result = await asyncio.get_running_loop().run_in_executor(ONE_AT_A_TIME, solver)
    return RunSolved(run_id=effect.run_id, result=result)


@solving.performs()
async def find_next_best(effect: FindNextBest, work: Work) -> NextBestFound | NobodyFound:
    """The best of the mentors who have a seat that is not promised, and were not asked in vain."""
    id, where = effect.mentee_application_id, {"program_id": effect.program_id}
    mentee, requests = await work.reader.get(ProfileCopy, id), await work.reader.get(MenteeRequests, id)
    mentors = await profiles_in_pool(work.reader, where | {"role": Role.MENTOR})
    seats = await work.reader.every(MentorSeats, where)
    found = await asyncio.to_thread(find_mentor, mentee, requests, mentors, seats, work.now.date())
    if isinstance(found, Unmatched):
        return NobodyFound(mentee_application_id=id, reason=found.code, figures=dict(found.figures))
    return NextBestFound(
        match_id=effect.match_id,
        program_id=effect.program_id,
        mentee_application_id=id,
        mentor_application_id=found.mentor,
        fit=Fit.of(found.score),
    )


async def profiles_in_pool(reader: Reader, where: Mapping[str, str]) -> list[ProfileCopy]:
    """What those stated who take part."""
    entries = await reader.every(PoolEntry, {**where, "status": PoolStatus.IN})
    inside = {entry.id for entry in entries}
    return [profile for profile in await reader.every(ProfileCopy, where) if profile.id in inside]


def solve_pool(
    profiles: Sequence[ProfileCopy], seats: Sequence[MentorSeats], requests: Sequence[MenteeRequests], day: date
) -> RunResult:
    """Match those who have no match and are not asked about one, to the seats that are not promised."""
    promised = {place.id: place.promised for place in seats}
    settled = {mentee.id for mentee in requests if mentee.is_settled}
    full = {profile.id for profile in profiles if promised.get(profile.id, 0) >= max(profile.seats, 1)}
    waiting = [profile for profile in profiles if profile.id not in settled | full]
    candidates, invalid = compare(waiting, promised)
    problem = Problem(candidates=candidates, settings=ScoringSettings(reference_date=day))
    check_size(problem)
    solution = solve(problem)
    verify(problem, solution)
    return RunResult(
        figures=RunFigures(
            size=solution.size,
            total=solution.total,
            mentors=len(problem.mentors),
            mentees=len(problem.mentees),
            seats=sum(mentor.seats for mentor in problem.mentors),
        ),
        record=RunRecord.of(solution.record),
        pairs=tuple(map(run_pair, solution.pairs)),
        left_over=left_over({profile.id: profile for profile in waiting}, [*solution.unmatched, *invalid]),
    )


def find_mentor(
    mentee: ProfileCopy,
    requests: MenteeRequests,
    mentors: Sequence[ProfileCopy],
    seats: Sequence[MentorSeats],
    day: date,
) -> Pair | Unmatched:
    """The best mentor who is left for one mentee, or why there is none."""
    candidates, invalid = compare([mentee, *mentors], {})
    problem = Problem(candidates=candidates, settings=ScoringSettings(reference_date=day))
    id, promised = ApplicationId(mentee.id), {ApplicationId(place.id): place.promised for place in seats}
    its_own = [one for one in invalid if one.id == id]
    return its_own[0] if its_own else next_best(problem, promised, id, requests.excluded)


def compare(
    profiles: Iterable[ProfileCopy], promised: Mapping[str, int]
) -> tuple[tuple[Candidate, ...], list[Unmatched]]:
    """People as they are compared, and those who cannot be: a profile that is invalid keeps out nobody else."""
    candidates, invalid = list[Candidate](), list[Unmatched]()
    for profile in profiles:
        try:
            candidates.append(profile.candidate(promised.get(profile.id, 0)))
        except ProfileInvalid:
            invalid.append(Unmatched(id=ApplicationId(profile.id), role=profile.role, code=PROFILE_INVALID))
    return tuple(candidates), invalid


def check_size(problem: Problem) -> None:
    """Raises `PoolTooLarge` before memory is short."""
    people, pairs = len(problem.candidates), len(problem.mentees) * len(problem.mentors)
    if people > MOST_PEOPLE or pairs > MOST_PAIRS:
        most = f"{MOST_PEOPLE:,} people and {MOST_PAIRS:,} pairs"
        raise PoolTooLarge(f"A run takes {most}: this pool has {people:,} and {pairs:,}.")


def run_pair(pair: Pair) -> RunPair:
    """A pair as a run keeps it."""
    return RunPair(mentor_application_id=pair.mentor, mentee_application_id=pair.mentee, fit=Fit.of(pair.score))


def left_over(profiles: Mapping[str, ProfileCopy], unmatched: Sequence[Unmatched]) -> tuple[LeftOver, ...]:
    """Those without a match as a run keeps them."""
    return tuple(
        LeftOver(
            application_id=one.id,
            person_id=profiles[one.id].person_id,
            role=one.role,
            reason=one.code,
            figures=dict(one.figures),
        )
        for one in unmatched
    )

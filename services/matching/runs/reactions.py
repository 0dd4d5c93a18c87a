"""How far a run is, and how its result is kept, told and proposed slice by slice."""

from collections.abc import Sequence
from datetime import timedelta

from services.matching.pool.model.participant import PoolEntry
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import proposals
from services.matching.proposals.model.requests import SEARCH_FAILED, MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import FindNextBest, propose_or_go_on
from services.matching.runs.computation import RunSolved, RunTold, SolveMatching
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import RunLeftOvers, RunPairs, cut, slice_id, slice_ids
from shared.engine.authoring.aggregate import Effect, EffectFailed, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, optional, reads, require
from shared.ids import MatchRunId

run_reactions = Handlers()

PAUSE = timedelta(milliseconds=100)
"""Between two slices of a run, so that it does not delay others."""


class Turn(Timer):
    """It is the turn of a slice of a run's result."""

    run_id: MatchRunId
    number: int

    @property
    def slice_id(self) -> str:
        """The id of the slice."""
        return slice_id(self.run_id, self.number)


class ProposeSlice(Turn):
    """Some pairs of a published run are to be proposed."""


class TellSlice(Turn):
    """Some of those whom a run has not matched are to be told."""


@run_reactions.on("note-progress", loads={"run": require(MatchRun, "run_id")})
def note_progress(told: RunTold, run: MatchRun, ctx: Context) -> None:
    """Who looks at the run sees how far it is, whichever process computes it."""
    run.note(told.step, told.steps, at=ctx.now)


@run_reactions.on(
    "keep-run-result",
    loads={
        "run": require(MatchRun, "run_id"),
        "pairs": create(RunPairs, lambda solved: slice_ids(solved.run_id, solved.result.pairs)),
        "left_overs": create(RunLeftOvers, lambda solved: slice_ids(solved.run_id, solved.result.left_over)),
    },
)
def keep_run_result(
    solved: RunSolved, run: MatchRun, pairs: Sequence[RunPairs], left_overs: Sequence[RunLeftOvers], ctx: Context
) -> None:
    """The matches wait until the run is published; who has none is told. Of a cancelled run nothing is kept."""
    if not run.is_under_way:
        return
    ctx.emit(run.complete(solved.result, at=ctx.now))
    for part, some in zip(pairs, cut(solved.result.pairs), strict=True):
        part.fill(some, [ctx.new_id() for _ in some])
    for rest, others in zip(left_overs, cut(solved.result.left_over), strict=True):
        rest.left_over = list(others)
    tell_next(run, ctx)


@run_reactions.on(
    "tell-slice",
    loads={"run": require(MatchRun, "run_id"), "part": require(RunLeftOvers, "slice_id")},
)
def tell_slice(timer: TellSlice, run: MatchRun, part: RunLeftOvers, ctx: Context) -> None:
    """Some of those whom the run has not matched are told why."""
    if timer.number == run.next_to_tell:
        ctx.emit(*run.tell(part))
        tell_next(run, ctx)


def tell_next(run: MatchRun, ctx: Context) -> None:
    """Plan the next slice of those who are to be told, if there is one."""
    if (number := run.next_to_tell) is not None:
        timer = TellSlice(run_id=MatchRunId(run.id), number=number)
        ctx.after(PAUSE, timer, id=f"tell/{timer.slice_id}")


@run_reactions.on(
    "propose-slice",
    loads={
        "run": require(MatchRun, "run_id"),
        "part": require(RunPairs, "slice_id"),
        "program": require(ProgramCopy, lambda _, run: run.program_id),
        "profiles": reads(ProfileCopy, lambda _, part: part.mentors()),
        "entries": require(PoolEntry, lambda _, part: part.mentors() + part.mentees()),
        "matches": create(Match, lambda _, part: part.matches()),
        "mentors": create(MentorSeats, lambda _, part: part.mentors()),
        "mentees": create(MenteeRequests, lambda _, part: part.mentees()),
    },
)
def propose_slice(
    timer: ProposeSlice,
    run: MatchRun,
    part: RunPairs,
    program: ProgramCopy,
    profiles: Sequence[ProfileCopy],
    entries: Sequence[PoolEntry],
    matches: Sequence[Match],
    mentors: Sequence[MentorSeats],
    mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """Some pairs of a run are proposed. Where one is no longer possible, its mentee goes on to the next best."""
    if timer.number != run.next_to_propose:
        return
    seats = {profile.id: profile.seats for profile in profiles}
    people = {entry.id: entry for entry in entries}
    for pair, proposal in zip(part.pairs, proposals(matches, mentors, mentees), strict=True):
        mentor, mentee = people[pair.mentor_application_id], people[pair.mentee_application_id]
        offer = Offer(mentor, mentee, seats.get(mentor.id, 0), pair.fit, timer.run_id)
        pair.outcome = propose_or_go_on(proposal, offer, program, ctx)
    run.count_proposed()
    propose_next(run, ctx)


def propose_next(run: MatchRun, ctx: Context) -> None:
    """Plan the next slice of a published run, if there is one."""
    if (number := run.next_to_propose) is not None:
        timer = ProposeSlice(run_id=MatchRunId(run.id), number=number)
        ctx.after(PAUSE, timer, id=f"propose/{timer.slice_id}")


@run_reactions.on(
    "note-failed-computation",
    loads={
        "run": optional(MatchRun, lambda failed: subject_of(failed, SolveMatching)),
        "mentee": optional(MenteeRequests, lambda failed: subject_of(failed, FindNextBest)),
    },
)
def note_failed_computation(
    failed: EffectFailed, run: MatchRun | None, mentee: MenteeRequests | None, ctx: Context
) -> None:
    """A run has failed, or a search; the reason is visible, and another run can be requested."""
    if run is not None:
        run.fail(failed.reason, at=ctx.now)
    if mentee is not None:
        mentee.find_nobody(SEARCH_FAILED, {})


def subject_of(failed: EffectFailed, effect: type[Effect]) -> str | None:
    """The id that the key of this kind of effect names."""
    return failed.key.split("/")[1] if failed.effect == effect.__name__ else None

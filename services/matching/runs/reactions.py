"""How far a run is, and how its result is kept, told and proposed slice by slice."""

from collections.abc import Sequence
from datetime import timedelta

from services.matching.model.match import Match, Offer
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, ProfileCopy, ProgramCopy
from services.matching.model.proposal import proposals
from services.matching.model.run import MatchRun
from services.matching.model.run_result import RunLeftOvers, RunPairs, cut, slice_id, slice_ids
from services.matching.proposing import propose_or_go_on
from services.matching.solving import RunSolved, RunTold
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, reads, require
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

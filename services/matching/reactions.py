"""What other services' events, time and finished computations bring about in matching."""

from collections.abc import Sequence
from datetime import timedelta

from services.matching.loading import PROPOSAL, mentees_of, mentors_of, open_of
from services.matching.model.match import Match, Offer
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, ProfileCopy, ProgramCopy, profile_of_newcomer
from services.matching.model.proposal import Proposal, proposals
from services.matching.model.run import MatchRun, RunLeftOvers, RunPairs, cut, slice_id, slice_ids
from services.matching.proposing import ExpireMatch, FindNextBest, forget_expiry, go_on, propose_or_go_on
from services.matching.solving import NextBestFound, NobodyFound, RunSolved, SolveMatching
from shared.contracts.intake import ApplicationApproved, ApplicationWithdrawn, Profile, ProgramPublished, Role
from shared.engine.aggregate import Effect, EffectFailed, Timer
from shared.engine.context import Context
from shared.engine.handlers import Handlers
from shared.engine.loads import awaits, create, optional, reads, require
from shared.ids import MatchRunId

reactions = Handlers()

PAUSE = timedelta(milliseconds=100)
"""Between two slices of a run, so that it does not delay others."""

SEARCH_FAILED = "search_failed"


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


@reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its rules."""
    program.follow(event.rules)


reactions.replicates(Profile, ProfileCopy)


@reactions.on(
    "enter-pool",
    loads={"entry": create(PoolEntry, "application_id"), "profile": awaits(ProfileCopy, profile_of_newcomer)},
)
def enter_pool(event: ApplicationApproved, entry: PoolEntry, profile: ProfileCopy | None, ctx: Context) -> None:
    """Who is approved can be matched, as soon as the profile is here."""
    entry.enter(event, at=ctx.now)


@reactions.on(
    "leave-pool",
    loads={
        "entry": create(PoolEntry, "application_id"),
        "mentor": optional(MentorSeats, lambda event: event.application_id if event.role is Role.MENTOR else None),
        "mentee": optional(MenteeRequests, lambda event: event.application_id if event.role is Role.MENTEE else None),
        "matches": require(Match, open_of),
        "mentors": create(MentorSeats, lambda _, matches: mentors_of(matches)),
        "mentees": create(MenteeRequests, lambda _, matches: mentees_of(matches)),
    },
)
def leave_pool(
    event: ApplicationWithdrawn,
    entry: PoolEntry,
    mentor: MentorSeats | None,
    mentee: MenteeRequests | None,
    matches: Sequence[Match],
    mentors: Sequence[MentorSeats],
    mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """What the person was asked is off. The mentees of a mentor who leaves go on to the next best."""
    entry.leave(event)
    closed = proposals(matches, mentors, mentees)
    for proposal in closed:
        ctx.emit(*proposal.withdraw(at=ctx.now))
    forget_expiry(closed, ctx)
    if event.role is Role.MENTOR:
        go_on(closed, ctx)
    elif mentee is not None:
        mentee.leave()


@reactions.on(
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
    """The matches wait until the run is published; who has none is told."""
    ctx.emit(run.complete(solved.result, at=ctx.now))
    for part, some in zip(pairs, cut(solved.result.pairs), strict=True):
        part.fill(some, [ctx.new_id() for _ in some])
    for rest, others in zip(left_overs, cut(solved.result.left_over), strict=True):
        rest.left_over = list(others)
    tell_next(run, ctx)


@reactions.on(
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


@reactions.on(
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


@reactions.on("expire-match", loads=PROPOSAL)
def expire_match(_: ExpireMatch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context) -> None:
    """Unless both have answered: the mentee goes on to the next best."""
    if match.is_open:
        proposal = Proposal(match, mentor, mentee)
        ctx.emit(*proposal.expire(at=ctx.now))
        go_on([proposal], ctx)


@reactions.on(
    "propose-next-best",
    loads={
        "match": create(Match, "match_id"),
        "program": require(ProgramCopy, "program_id"),
        "entries": require(PoolEntry, lambda found: [found.mentor_application_id, found.mentee_application_id]),
        "profile": reads(ProfileCopy, "mentor_application_id"),
        "mentor": create(MentorSeats, "mentor_application_id"),
        "mentee": create(MenteeRequests, "mentee_application_id"),
    },
)
def propose_next_best(
    found: NextBestFound,
    match: Match,
    program: ProgramCopy,
    entries: Sequence[PoolEntry],
    profile: ProfileCopy | None,
    mentor: MentorSeats,
    mentee: MenteeRequests,
    ctx: Context,
) -> None:
    """Ask them, or search again if the mentor is no longer to be had."""
    mentor_entry, mentee_entry = entries
    offer = Offer(mentor_entry, mentee_entry, profile.seats if profile else 0, found.fit)
    propose_or_go_on(Proposal(match, mentor, mentee), offer, program, ctx)


@reactions.on("note-nobody-found", loads={"mentee": require(MenteeRequests, "mentee_application_id")})
def note_nobody_found(found: NobodyFound, mentee: MenteeRequests) -> None:
    """The reason stays visible until somebody is asked."""
    mentee.find_nobody(found.reason, found.figures)


@reactions.on(
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

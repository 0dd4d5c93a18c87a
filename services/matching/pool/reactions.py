"""What it means for matches that somebody leaves, pauses, comes back, or has more or less room."""

from collections.abc import Sequence

from services.matching.pool.model.participant import PoolEntry, PoolStatus, profile_of_newcomer
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.loading import all_of, application_of, beyond, involved, open_of
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.proposal import proposals
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import call_off, forget_timers, go_on, search
from services.matching.waitlist.freed_seats import search_for_waiting
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationWithdrawn,
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Profile,
    ProgramPublished,
    Role,
)
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create

pool_reactions = Handlers()


@pool_reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its rules."""
    program.follow(event.rules)


pool_reactions.replicates(Profile, ProfileCopy)


@pool_reactions.on(
    "enter-pool",
    loads={
        "entry": create(PoolEntry, "application_id"),
        "profile": awaits(ProfileCopy, profile_of_newcomer),
        "mentee": create(MenteeRequests, application_of(Role.MENTEE)),
    },
)
def enter_pool(
    event: ApplicationApproved,
    entry: PoolEntry,
    profile: ProfileCopy | None,
    mentee: MenteeRequests | None,
    ctx: Context,
) -> None:
    """Who is approved can be matched, as soon as the profile is here."""
    entry.enter(event, at=ctx.now)
    if mentee is not None and profile is not None:
        mentee.begin(profile.mentors)


@pool_reactions.on("leave-pool", loads=involved(all_of))
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
    """What the person was asked is off, and what they have agreed to ends."""
    end_all(event, entry, mentee, matches, mentors, mentees, ctx)


@pool_reactions.on("leave-program", loads=involved(all_of))
def leave_program(
    event: ParticipantLeft,
    entry: PoolEntry,
    mentor: MentorSeats | None,
    mentee: MenteeRequests | None,
    matches: Sequence[Match],
    mentors: Sequence[MentorSeats],
    mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """What the person was asked is off, and what they have agreed to ends."""
    end_all(event, entry, mentee, matches, mentors, mentees, ctx)


@pool_reactions.on("pause-participant", loads=involved(open_of))
def pause_participant(
    event: ParticipantPaused,
    entry: PoolEntry,
    mentor: MentorSeats | None,
    mentee: MenteeRequests | None,
    matches: Sequence[Match],
    mentors: Sequence[MentorSeats],
    mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """What the person was asked is off; what they have agreed to goes on."""
    if not entry.pause(event, ctx.sequence, at=ctx.now):
        return
    if mentee is not None:
        mentee.pause()
    closed = proposals(matches, mentors, mentees)
    call_off(closed, ctx)
    go_on(closed, ctx)


@pool_reactions.on(
    "resume-participant",
    loads={
        "entry": create(PoolEntry, "application_id"),
        "mentee": create(MenteeRequests, application_of(Role.MENTEE)),
    },
)
def resume_participant(
    event: ParticipantResumed, entry: PoolEntry, mentee: MenteeRequests | None, ctx: Context
) -> None:
    """Who was looked for before is looked for again; the seats of a mentor are there for those who wait."""
    if not entry.resume(event, ctx.sequence, at=ctx.now):
        return
    if mentee is None:
        search_for_waiting(event.program_id, ctx)
    elif mentee.resume():
        search(mentee, event.program_id, ctx)


@pool_reactions.on("follow-capacity", loads=involved(beyond))
def follow_capacity(
    event: CapacityChanged,
    entry: PoolEntry,
    mentor: MentorSeats | None,
    mentee: MenteeRequests | None,
    matches: Sequence[Match],
    mentors: Sequence[MentorSeats],
    mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """What there is no longer room for is called off; what is agreed goes on."""
    if entry.status is PoolStatus.OUT and not entry.is_new:
        return
    closed = proposals(matches, mentors, mentees)
    call_off(closed, ctx)
    if mentee is not None:
        mentee.want(event.capacity)
    go_on(closed, ctx)
    if mentor is not None and mentor.promised < event.capacity:
        search_for_waiting(event.program_id, ctx)


def end_all(
    event: ApplicationWithdrawn | ParticipantLeft,
    entry: PoolEntry,
    mentee: MenteeRequests | None,
    matches: Sequence[Match],
    mentors: Sequence[MentorSeats],
    mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """The mentees of a mentor who leaves go on to the next best; a mentee who leaves frees the seats for others."""
    entry.leave(event, at=ctx.now)
    was_agreed = [match for match in matches if not match.is_open]
    ended = proposals(matches, mentors, mentees)
    for proposal in ended:
        ctx.emit(*proposal.end(at=ctx.now))
    forget_timers(ended, ctx)
    if mentee is None:
        go_on(ended, ctx)
    else:
        mentee.leave()
        if was_agreed:
            search_for_waiting(event.program_id, ctx)

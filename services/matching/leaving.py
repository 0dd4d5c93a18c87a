"""What it means for matches that somebody leaves, pauses, comes back, or has more or less room."""

from collections.abc import Sequence

from services.matching.loading import all_of, application_of, beyond, involved, open_of
from services.matching.model.match import Match
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus
from services.matching.model.proposal import proposals
from services.matching.proposing import call_off, forget_timers, go_on, search
from services.matching.waiting import search_for_waiting
from shared.contracts.intake import (
    ApplicationWithdrawn,
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Role,
)
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

leaving = Handlers()


@leaving.on("leave-pool", loads=involved(all_of))
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


@leaving.on("leave-program", loads=involved(all_of))
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


@leaving.on("pause-participant", loads=involved(open_of))
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


@leaving.on(
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


@leaving.on("follow-capacity", loads=involved(beyond))
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

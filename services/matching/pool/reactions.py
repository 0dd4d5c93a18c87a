"""What it means for matches that somebody enters or leaves a program, pauses, comes back, or has more or less room."""

from typing import Annotated

from services.matching.pool.involved import Involved, InvolvedInOpen, InvolvedInSurplus, Newcomer, if_mentee
from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.next_mentor import cancel_timers, search_next_mentor, search_next_mentors, withdraw_all
from services.matching.waitlist.freed_seats import search_for_waiting
from services.matching.waitlist.next_look import stop_looking, wait_again
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationWithdrawn,
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Profile,
    ProgramPublished,
)
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

pool_reactions = Handlers()

pool_reactions.copies(ProgramPublished, Program)
pool_reactions.copies(Profile, ProfileCopy)


@pool_reactions.on("enter-pool")
def enter_pool(event: ApplicationApproved, newcomer: Newcomer, ctx: Context) -> None:
    """Add an approved applicant to the pool, as soon as their profile is here; offer a mentor's seats to who waits."""
    newcomer.participant.enter(event, at=ctx.now)
    if newcomer.mentee is not None and newcomer.profile is not None:
        newcomer.mentee.enter(newcomer.profile.mentors)
    elif newcomer.participant.status is ParticipantStatus.IN:
        search_for_waiting(event.program_id, ctx)


@pool_reactions.on("leave-pool")
def leave_pool(event: ApplicationWithdrawn | ParticipantLeft, involved: Involved, ctx: Context) -> None:
    """Withdraw the open proposals of somebody who leaves, and end their accepted matches.

    The mentees of a mentor who leaves are matched anew; a mentee who leaves frees seats for others.
    """
    involved.participant.leave(event, at=ctx.now)
    stop_looking(involved.participant, ctx)
    ended = involved.proposals
    for proposal in ended:
        ctx.emit(*proposal.end(at=ctx.now))
    cancel_timers(ended, ctx)
    if involved.mentee is None:
        search_next_mentors(ended, ctx)
    else:
        involved.mentee.leave()
        if ended:
            search_for_waiting(event.program_id, ctx)


@pool_reactions.on("pause-participant")
def pause_participant(event: ParticipantPaused, involved: InvolvedInOpen, ctx: Context) -> None:
    """Withdraw the open proposals of somebody who pauses; accepted matches go on."""
    if not involved.participant.pause(event, ctx.sequence, at=ctx.now):
        return
    stop_looking(involved.participant, ctx)
    if involved.mentee is not None:
        involved.mentee.pause()
    closed = involved.proposals
    withdraw_all(closed, ctx)
    search_next_mentors(closed, ctx)


@pool_reactions.on("resume-participant")
def resume_participant(
    event: ParticipantResumed,
    participant: Annotated[Participant, create("application_id")],
    mentee: Annotated[MenteeRequests | None, create(if_mentee)],
    ctx: Context,
) -> None:
    """Look again for a mentee who was looked for before the pause; offer the seats of a mentor to those who wait."""
    if not participant.resume(event, ctx.sequence, at=ctx.now):
        return
    if mentee is None:
        search_for_waiting(event.program_id, ctx)
        wait_again(participant, ctx)
    elif mentee.resume():
        search_next_mentor(mentee, event.program_id, ctx)


@pool_reactions.on("follow-capacity")
def follow_capacity(event: CapacityChanged, involved: InvolvedInSurplus, ctx: Context) -> None:
    """Withdraw the proposals for which there is no room any more; accepted matches go on."""
    if involved.participant.status is ParticipantStatus.OUT and not involved.participant.is_new:
        return
    closed = involved.proposals
    withdraw_all(closed, ctx)
    if involved.mentee is not None:
        involved.mentee.change_capacity(event.capacity)
    search_next_mentors(closed, ctx)
    if involved.mentor is None:
        return
    if involved.mentor.promised < event.capacity:
        search_for_waiting(event.program_id, ctx)
    if event.capacity:
        wait_again(involved.participant, ctx)
    else:
        stop_looking(involved.participant, ctx)

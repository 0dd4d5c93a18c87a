"""What events and the passing of time cause in evaluation."""

from datetime import timedelta

from services.evaluation.model import Invitation, ProgramCopy, RelationshipWatch, RiskCase
from shared.contracts.intake import ProgramPublished
from shared.contracts.members import people
from shared.contracts.sessions import (
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionScheduled,
)
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create, require
from shared.ids import InvitationId, RelationshipId

reactions = Handlers()


class RemindOfFeedback(Timer):
    """Has the person answered by now?"""

    invitation_id: InvitationId


class LookForBooking(Timer):
    """Has a session of the relationship been booked by now?"""

    relationship_id: RelationshipId


@reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its rules."""
    program.follow(event.rules)


@reactions.on(
    "ask-for-feedback",
    loads={
        "watch": awaits(RelationshipWatch, "relationship_id"),
        "invitations": create(Invitation, lambda event: [f"{event.session_id}-{id}" for id in people(event.members)]),
    },
)
def ask_for_feedback(
    event: SessionCompleted, watch: RelationshipWatch, invitations: list[Invitation], ctx: Context
) -> None:
    """Ask all members about a session that was held, and plan to remind those who do not answer."""
    for member, invitation in zip(event.members, invitations, strict=True):
        ctx.emit(*invitation.send(event, to=member))
        reminder = RemindOfFeedback(invitation_id=InvitationId(invitation.id))
        ctx.after(timedelta(hours=watch.feedback_reminder_hours), reminder, id=invitation.reminder)


@reactions.on("remind-of-feedback", loads={"invitation": require(Invitation, "invitation_id")})
def remind_of_feedback(_: RemindOfFeedback, invitation: Invitation, ctx: Context) -> None:
    """Unless the answer has come."""
    ctx.emit(*invitation.remind())


@reactions.on(
    "watch-relationship",
    loads={
        "watch": create(RelationshipWatch, "relationship_id"),
        "program": awaits(ProgramCopy, "program_id", stale=True),
    },
)
def watch_relationship(
    event: RelationshipStarted, watch: RelationshipWatch, program: ProgramCopy, ctx: Context
) -> None:
    """Look again when a session should be booked."""
    due = watch.begin(event, ctx.message_id, program)
    ctx.at(due, LookForBooking(relationship_id=event.relationship_id), id=watch.look)


@reactions.on("note-booking", loads={"watch": awaits(RelationshipWatch, "relationship_id")})
def note_booking(event: SessionScheduled, watch: RelationshipWatch, ctx: Context) -> None:
    """A pair that has booked need not be looked at."""
    watch.book(event.session_id, ctx.message_id)
    plan_look(watch, ctx)


@reactions.on("note-session-held", loads={"watch": awaits(RelationshipWatch, "relationship_id")})
def note_session_held(event: SessionCompleted, watch: RelationshipWatch, ctx: Context) -> None:
    """A pair that has met need not be looked at."""
    watch.book(event.session_id, ctx.message_id)
    plan_look(watch, ctx)


@reactions.on("note-cancellation", loads={"watch": awaits(RelationshipWatch, "relationship_id")})
def note_cancellation(event: SessionCancelled, watch: RelationshipWatch, ctx: Context) -> None:
    """A pair whose only session is off is looked at after all, if the time for it is still to come."""
    watch.cancel(event.session_id, ctx.message_id)
    plan_look(watch, ctx)


@reactions.on("note-early-end", loads={"watch": awaits(RelationshipWatch, "relationship_id")})
def note_early_end(_: RelationshipEndedEarly, watch: RelationshipWatch, ctx: Context) -> None:
    """Two who no longer work together need not be looked at."""
    watch.end()
    plan_look(watch, ctx)


def plan_look(watch: RelationshipWatch, ctx: Context) -> None:
    """Have the pair looked at when it should have booked, or no longer."""
    if when := watch.next_look(ctx.now):
        ctx.at(when, LookForBooking(relationship_id=RelationshipId(watch.id)), id=watch.look)
    else:
        ctx.cancel(watch.look)


@reactions.on(
    "find-nothing-booked",
    loads={
        "watch": require(RelationshipWatch, "relationship_id"),
        "risk": create(RiskCase, lambda timer: f"{timer.relationship_id}-nothing-booked"),
    },
)
def find_nothing_booked(_: LookForBooking, watch: RelationshipWatch, risk: RiskCase, ctx: Context) -> None:
    """A case is raised if still nothing is booked."""
    ctx.emit(*risk.find_nothing_booked(watch, at=ctx.now))

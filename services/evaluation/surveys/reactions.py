"""Who is asked for feedback, and when they are reminded."""

from datetime import timedelta
from typing import Annotated

from services.evaluation.local_copies import Program
from services.evaluation.surveys.model import Invitation, Respondents
from shared.contracts.members import people
from shared.contracts.sessions import RelationshipStarted, SessionCompleted
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create, require
from shared.ids import FeedbackId, InvitationId, RespondentId

reactions = Handlers()


class RemindOfFeedback(Timer):
    """Remind the person who was asked, unless the answer has come by now."""

    invitation_id: InvitationId


@reactions.on("enroll-respondents")
def enroll_respondents(
    event: RelationshipStarted,
    respondents: Annotated[Respondents, create("relationship_id")],
    program: Annotated[Program, awaits("program_id")],
    ctx: Context,
) -> None:
    """Draw the ids under which the members of a relationship will answer."""
    members = people(event.members)
    respondents.enroll(members, [RespondentId(ctx.new_id()) for _ in members], program.rules)


def invitation_ids(event: SessionCompleted) -> list[str]:
    """Name the invitations: there is one for each member of the session."""
    return [f"{event.session_id}-{person_id}" for person_id in people(event.members)]


@reactions.on("ask-for-feedback")
def ask_for_feedback(
    event: SessionCompleted,
    respondents: Annotated[Respondents, awaits("relationship_id")],
    invitations: Annotated[list[Invitation], create(invitation_ids)],
    ctx: Context,
) -> None:
    """Ask all members about a session that was held, and plan to remind those who do not answer."""
    for member, invitation in zip(event.members, invitations, strict=True):
        respondent_id = respondents.of(member.person_id, people(event.members))
        ctx.emit(*invitation.send(event, member, respondent_id, feedback_id=FeedbackId(ctx.new_id())))
        reminder = RemindOfFeedback(invitation_id=InvitationId(invitation.id))
        ctx.after(timedelta(hours=respondents.rules.feedback_reminder_hours), reminder, id=invitation.reminder)


@reactions.on("remind-of-feedback")
def remind_of_feedback(
    _: RemindOfFeedback, invitation: Annotated[Invitation, require("invitation_id")], ctx: Context
) -> None:
    """Remind the person of a request for feedback, unless the answer has come."""
    ctx.emit(*invitation.remind())

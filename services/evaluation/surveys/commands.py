"""What people answer."""

from typing import Annotated

from pydantic import Field

from services.evaluation.surveys.model import Feedback, Invitation
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.links import ByLink, Purpose
from shared.engine.authoring.loads import Bundle, create, require
from shared.ids import InvitationId

commands = Handlers()


class GiveFeedback(Command):
    """Answer about a session. Others see only totals; the comment stays in this service."""

    invitation_id: InvitationId
    satisfaction: int | None = Field(ge=1, le=5, description="From 1 (not at all) to 5 (fully); null: not observed")
    comment: str = Field(default="", max_length=4000, description="In your own words")


class Answer(Bundle):
    """An invitation, and the feedback that answers it."""

    invitation: Annotated[Invitation, require("invitation_id")]
    feedback: Annotated[Feedback, create("invitation.feedback_id")]


@commands.post(
    "/invitations/{invitation_id}/feedback",
    allow=(Subject("invitation.person_id"), ByLink(Purpose.FEEDBACK, "invitation.open_links")),
)
def give_feedback(command: GiveFeedback, answer: Answer, ctx: Context) -> None:
    """Give feedback on a session, once, if you were asked for it."""
    invitation, feedback = answer.invitation, answer.feedback
    ctx.emit(*invitation.answer())
    ctx.emit(*feedback.give(invitation, command.satisfaction, command.comment))
    ctx.cancel(invitation.reminder)

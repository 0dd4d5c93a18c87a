"""What may be asked of evaluation."""

from pydantic import BaseModel, ConfigDict, Field

from services.evaluation.model import Invitation
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import PEOPLE, Handlers
from shared.engine.authoring.loads import require
from shared.ids import InvitationId

commands = Handlers()


class GiveFeedback(BaseModel):
    """Answer about a session. Others see only totals; the comment stays in this service."""

    model_config = ConfigDict(extra="forbid")

    invitation_id: InvitationId
    satisfaction: int | None = Field(ge=1, le=5, description="From 1 (not at all) to 5 (fully); null: not observed")
    comment: str = Field(default="", max_length=4000, description="In your own words")


@commands.post(
    "/invitations/{invitation_id}/feedback",
    loads={"invitation": require(Invitation, "invitation_id")},
    allow=(PEOPLE,),
)
def give_feedback(command: GiveFeedback, invitation: Invitation, ctx: Context) -> None:
    """Once, by the person who was asked."""
    ctx.emit(*invitation.answer(command.satisfaction, command.comment, by=ctx.actor))
    ctx.cancel(invitation.reminder)

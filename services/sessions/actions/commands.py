"""What may be asked of action items: to assign and to complete them."""

from typing import Annotated

from services.sessions.actions.model import ActionItem, Assignment
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.relationships.model import Relationship
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Members, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, reads, require
from shared.ids import ActionItemId, RelationshipId

commands = Handlers()

ACTING = Members("action.people"), *staff("action.program_id", "sessions:write")
"""Who may do something about an action item."""


class AssignAction(Assignment, extra="forbid"):
    """Agree that one of the members does something."""

    relationship_id: RelationshipId


class CompleteAction(Command):
    """Say that an action item is done."""

    action_id: ActionItemId


class NewAction(Bundle):
    """An action item to be assigned, with whom it is agreed and when its owner meets the others next."""

    action: Annotated[ActionItem, create()]
    relationship: Annotated[Relationship, require("relationship_id")]
    calendar: Annotated[PersonCalendar | None, reads("owner_id")]


@commands.post(
    "/relationships/{relationship_id}/actions",
    status=201,
    allow=(Members("relationship.people"), *staff("relationship.program_id", "sessions:write")),
)
def assign_action(command: AssignAction, new: NewAction, ctx: Context) -> None:
    """Agree that a member does something, by default before they meet next."""
    next_session = new.calendar.next_start(new.relationship.id, after=ctx.now) if new.calendar else None
    agreed = command.agree(next_session, at=ctx.now)
    ctx.emit(*new.action.assign(new.relationship, agreed, at=ctx.now))


@commands.post("/actions/{action_id}/complete", allow=ACTING)
def complete_action(_: CompleteAction, action: Annotated[ActionItem, require("action_id")], ctx: Context) -> None:
    """Say that an action item is done; any member may."""
    ctx.emit(*action.complete(at=ctx.now))

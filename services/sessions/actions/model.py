"""Action items: what one of the members has agreed to do, and until when."""

from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, Field

from services.sessions.members import OfMembers
from services.sessions.relationships.model import Relationship
from services.sessions.times import EPOCH, Moment
from shared.clock import to_milliseconds
from shared.contracts.event import Event
from shared.contracts.sessions import ActionAssigned, ActionCompleted
from shared.errors import Refusal
from shared.ids import ActionItemId, PersonId, RelationshipId

DUE_BEFORE_SESSION = timedelta(hours=48)
DUE_WITHOUT_SESSION = timedelta(days=14)


class DueInThePast(Refusal):
    """Nobody can do something by a time that has passed."""


class OwnerNotMember(Refusal):
    """Who is to do something belongs to the relationship."""


class ActionAlreadyDone(Refusal):
    """It was completed before."""


class Assignment(BaseModel):
    """What is to be done, by whom, until when."""

    owner_id: PersonId = Field(description="Who does it: a member of the relationship")
    task: str = Field(min_length=1, max_length=2000, description="What is to be done; only the members see it")
    due_at: Moment | None = Field(
        default=None,
        description="Until when; if left out, 48 hours before the next session, or else in 14 days",
    )

    def agree(self, next_session: datetime | None, at: datetime) -> "Agreed":
        """Fix until when, if nobody has said it: 48 hours before the next session if that is to come, or in 14 days."""
        return Agreed(self.owner_id, self.task, to_milliseconds(self.due_at or usual_due(next_session, at)))


class Agreed(NamedTuple):
    """What is done, by whom, until when."""

    owner_id: PersonId
    task: str
    due_at: datetime


class ActionItem(OfMembers, name="action"):
    """Something that one of the members has agreed to do. What it is (`task`) never leaves the service."""

    indexes: ClassVar = (("relationship_id",), ("members.person_id",))

    relationship_id: RelationshipId = RelationshipId("")
    owner_id: PersonId = PersonId("")
    task: str = ""
    due_at: datetime = EPOCH
    done_at: datetime | None = None

    def assign(self, relationship: Relationship, what: Agreed, at: datetime) -> tuple[Event, ...]:
        """Give it to one of the members; raises `OwnerNotMember`, `DueInThePast`."""
        relationship.check_active()
        if what.owner_id not in relationship.people:
            raise OwnerNotMember("Who is to do it belongs to the relationship: choose a member.", field="owner_id")
        if what.due_at <= at:
            raise DueInThePast("An action item is due in the future: choose a later due_at.", field="due_at")
        self.relationship_id = RelationshipId(relationship.id)
        self.program_id, self.members = relationship.program_id, relationship.members
        self.owner_id, self.task, self.due_at = what
        assigned = ActionAssigned(
            action_id=ActionItemId(self.id),
            relationship_id=self.relationship_id,
            program_id=self.program_id,
            members=self.members,
            owner_id=self.owner_id,
            due_at=self.due_at,
        )
        return (assigned,)

    def complete(self, at: datetime) -> tuple[Event, ...]:
        """Say that it is done; any of the members may."""
        if self.done_at is not None:
            raise ActionAlreadyDone("This action item is done already.")
        self.done_at = at
        completed = ActionCompleted(
            action_id=ActionItemId(self.id),
            relationship_id=self.relationship_id,
            program_id=self.program_id,
            members=self.members,
            owner_id=self.owner_id,
        )
        return (completed,)

    def forget(self) -> bool:
        """Take out the words of what was to be done; returns whether there were any."""
        had_some, self.task = bool(self.task), ""
        return had_some


def usual_due(next_session: datetime | None, at: datetime) -> datetime:
    """When an action item is due if nobody says."""
    if next_session is not None and next_session - DUE_BEFORE_SESSION > at:
        return next_session - DUE_BEFORE_SESSION
    return at + DUE_WITHOUT_SESSION

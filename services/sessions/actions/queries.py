"""Action items as their members see them; what is to be done is shown to nobody else."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.sessions.actions.model import ActionItem
from services.sessions.relationships.model import Relationship
from shared.web.auth import Caller, CurrentCaller
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class ActionView(BaseModel):
    """Something to do. `task` is None for everybody but the members."""

    id: str
    version: int
    relationship_id: str
    owner_id: str
    task: str | None
    due_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, action: ActionItem) -> Self:
        """As it is shown to the members."""
        return cls.model_validate(action, from_attributes=True)

    @classmethod
    def without_task(cls, action: ActionItem) -> Self:
        """As it is shown to everybody else."""
        return cls.of(action).model_copy(update={"task": None})

    @classmethod
    def shown_to(cls, caller: Caller) -> Callable[[ActionItem], Self]:
        """As it is shown to that caller, who may see it."""
        return cls.of if caller.kind == "person" else cls.without_task


@queries.get("/actions/{action_id}")
async def show_action(action_id: str, reader: TenantReader, caller: CurrentCaller, response: Response) -> ActionView:
    """One thing that the members have agreed to do."""
    action = await reader.get(ActionItem, action_id)
    relationship = await reader.get(Relationship, action.relationship_id)
    relationship.check_actor(caller.actor)
    return ActionView.shown_to(caller)(versioned(response, action))


@queries.get("/relationships/{relationship_id}/actions")
async def list_actions(
    relationship_id: str, reader: TenantReader, caller: CurrentCaller, after: After = None, limit: Limit = 100
) -> Listing[ActionView]:
    """What the members have agreed to do, done or not."""
    relationship = await reader.get(Relationship, relationship_id)
    relationship.check_actor(caller.actor)
    page = await reader.page(ActionItem, {"relationship_id": relationship_id}, after, limit)
    return listing(page, ActionView.shown_to(caller))

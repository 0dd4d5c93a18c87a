"""Action items as their members see them; what is to be done is shown to nobody else."""

from typing import Annotated

from fastapi import Response

from services.sessions.actions.model import ActionItem
from services.sessions.actions.views import ActionView
from services.sessions.relationships.model import Relationship
from shared.engine.authoring.grants import Members, overseers
from shared.web.access import GrantedBy, found
from shared.web.names import Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


@queries.get(
    "/actions/{action_id}",
    allow=(Members("action.people"), *overseers("action.program_id", "sessions:read")),
    shows=of_people("owner_id"),
)
async def show_action(
    action: Annotated[ActionItem, found(ActionItem, "action_id")], granted: GrantedBy, names: Names, response: Response
) -> ActionView:
    """One thing that the members have agreed to do."""
    return await names.on(ActionView.shown_to(granted)(versioned(response, action)))


@queries.get(
    "/relationships/{relationship_id}/actions",
    allow=(Members("relationship.people"), *overseers("relationship.program_id", "sessions:read")),
    shows=of_people("items.owner_id"),
)
async def list_actions(
    relationship: Annotated[Relationship, found(Relationship, "relationship_id")],
    granted: GrantedBy,
    reader: TenantReader,
    names: Names,
    after: After = None,
    limit: Limit = 100,
) -> Listing[ActionView]:
    """What the members have agreed to do, done or not."""
    page = await reader.page(ActionItem, {"relationship_id": relationship.id}, after, limit)
    return await names.on_page(listing(page, ActionView.shown_to(granted)))

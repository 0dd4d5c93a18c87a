"""One relationship over HTTP; lists of them say how they go, and so stand beside what was planned in them."""

from typing import Annotated

from fastapi import Response

from services.sessions.relationships.model import Relationship
from services.sessions.relationships.views import RelationshipView
from shared.engine.authoring.grants import Members, overseers
from shared.web.access import found
from shared.web.names import Names
from shared.web.routes import Routes
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


@queries.get(
    "/relationships/{relationship_id}",
    allow=(Members("relationship.people"), *overseers("relationship.program_id", "sessions:read")),
    shows=of_people("members.person_id"),
)
async def show_relationship(
    relationship: Annotated[Relationship, found(Relationship, "relationship_id")], names: Names, response: Response
) -> RelationshipView:
    """One relationship."""
    return await names.on(RelationshipView.of(versioned(response, relationship)))

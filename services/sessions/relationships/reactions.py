"""What starts a relationship: an accepted match, in a program whose rules are known."""

from typing import Annotated

from services.sessions.relationships.model import Program, Relationship, relationship_of
from shared.contracts.intake import ProgramPublished
from shared.contracts.matching import MatchAccepted
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create
from shared.ids import RelationshipId

reactions = Handlers()
reactions.copies(ProgramPublished, Program)


def relationship_id(event: MatchAccepted) -> RelationshipId:
    """The relationship that comes from the match."""
    return relationship_of(event.match_id)


@reactions.on("start-relationship")
def start_relationship(
    event: MatchAccepted,
    relationship: Annotated[Relationship, create(relationship_id)],
    program: Annotated[Program, awaits("program_id")],
    ctx: Context,
) -> None:
    """Start the relationship of two people who have accepted each other."""
    ctx.emit(*relationship.start(event, program, at=ctx.now))

"""What other services' events cause in sessions."""

from services.sessions.model import ProgramCopy, Relationship
from shared.contracts.intake import ProgramPublished
from shared.contracts.matching import MatchAccepted
from shared.engine.context import Context
from shared.engine.handlers import Handlers
from shared.engine.loads import awaits, create

reactions = Handlers()


@reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its rules."""
    program.follow(event.rules)


@reactions.on(
    "start-relationship",
    loads={"relationship": create(Relationship, "match_id"), "program": awaits(ProgramCopy, "program_id", stale=True)},
)
def start_relationship(event: MatchAccepted, relationship: Relationship, program: ProgramCopy, ctx: Context) -> None:
    """Two people who have accepted each other begin to work together."""
    ctx.emit(*relationship.start(event, program, at=ctx.now))

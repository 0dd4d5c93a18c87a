"""What other services' events cause in sessions."""

from services.sessions.calendar import PersonCalendar
from services.sessions.model import ProgramCopy, Relationship, Session, relationship_of
from shared.contracts.intake import ProgramPublished
from shared.contracts.matching import MatchAccepted, MatchUnwound
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create, require

reactions = Handlers()


@reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its rules."""
    program.follow(event.rules)


@reactions.on(
    "start-relationship",
    loads={
        "relationship": create(Relationship, lambda event: relationship_of(event.match_id)),
        "program": awaits(ProgramCopy, "program_id", stale=True),
    },
)
def start_relationship(event: MatchAccepted, relationship: Relationship, program: ProgramCopy, ctx: Context) -> None:
    """Start the relationship of two people who have accepted each other."""
    ctx.emit(*relationship.start(event, program, at=ctx.now))


@reactions.on(
    "end-relationship",
    loads={
        "relationship": awaits(Relationship, lambda event: relationship_of(event.match_id)),
        "calendars": create(PersonCalendar, lambda _, relationship: relationship.people),
        "sessions": require(Session, lambda _, relationship, calendars: calendars[0].sessions_of(relationship.id)),
    },
)
def end_relationship(
    event: MatchUnwound,
    relationship: Relationship,
    calendars: list[PersonCalendar],
    sessions: list[Session],
    ctx: Context,
) -> None:
    """End the relationship early, and cancel what was planned in it."""
    ctx.emit(*relationship.end_early(event.reason, at=ctx.now))
    for session in sessions:
        if called_off := session.call_off(at=ctx.now):
            ctx.emit(*called_off)
            for calendar in calendars:
                calendar.free(session.id)

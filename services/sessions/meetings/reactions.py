"""What becomes of meetings when those who meet no longer work together."""

from collections.abc import Sequence
from typing import Annotated

from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session
from services.sessions.relationships.model import Relationship, relationship_of
from shared.contracts.matching import MatchUnwound
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, awaits, create, require
from shared.ids import RelationshipId

reactions = Handlers()


def relationship_id(event: MatchUnwound) -> RelationshipId:
    """The relationship that comes from the match."""
    return relationship_of(event.match_id)


def sessions_of(_: MatchUnwound, relationship: Relationship, calendars: Sequence[PersonCalendar]) -> list[str]:
    """The sessions of the relationship; all members are booked for the same ones."""
    return calendars[0].sessions_of(relationship.id)


class Ending(Bundle):
    """A relationship that ends, with all that was planned in it."""

    relationship: Annotated[Relationship, awaits(relationship_id)]
    calendars: Annotated[list[PersonCalendar], create("relationship.people")]
    sessions: Annotated[list[Session], require(sessions_of)]


@reactions.on("end-relationship")
def end_relationship(event: MatchUnwound, ending: Ending, ctx: Context) -> None:
    """End the relationship early, and cancel what was planned in it."""
    ctx.emit(*ending.relationship.end_early(event.reason, at=ctx.now))
    for session in ending.sessions:
        if cancelled := session.cancel_unless_begun(at=ctx.now):
            ctx.emit(*cancelled)
            for calendar in ending.calendars:
                calendar.free(session.id)

"""A relationship of two, and what is planned in it, as the tests of the rules begin with."""

from datetime import UTC, datetime, timedelta

from services.sessions.actions.model import ActionItem, Agreed, Assignment
from services.sessions.meetings.model.session import Session
from services.sessions.relationships.model import Program, Relationship
from services.sessions.times import Slot
from shared.contracts.intake import ProgramRules
from shared.contracts.matching import MatchAccepted
from shared.ids import MatchId, PersonId, ProgramId

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
ADA, BEN = PersonId("ada"), PersonId("ben")
ACCEPTED = MatchAccepted(
    match_id=MatchId("m1"), program_id=ProgramId("p1"), mentor_id=ADA, mentee_id=BEN, proposed_at=NOW
)


def program() -> Program:
    return Program(id="p1", rules=ProgramRules(session_minutes=45, first_session_days=10))


def relationship() -> Relationship:
    started = Relationship(id="r1")
    started.start(ACCEPTED, program(), at=NOW)
    return started


def slot(start: datetime = TOMORROW, minutes: int = 60) -> Slot:
    return Slot.between(start, start + timedelta(minutes=minutes), "Europe/Berlin")


def session(start: datetime = TOMORROW) -> Session:
    planned = Session(id="s1")
    planned.schedule(relationship(), slot(start))
    return planned


def agreed(due_at: datetime | None = None, next_session: datetime | None = None, owner: PersonId = BEN) -> Agreed:
    return Assignment(owner_id=owner, task="Write the CV", due_at=due_at).agree(next_session, at=NOW)


def action() -> ActionItem:
    assigned = ActionItem(id="a1")
    assigned.assign(relationship(), agreed(), at=NOW)
    return assigned

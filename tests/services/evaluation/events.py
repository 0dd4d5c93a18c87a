"""What happens to Ada, who mentors Ben, for the tests of evaluation."""

from datetime import timedelta
from typing import Any

from services.evaluation.service import service
from services.evaluation.surveys.commands import GiveFeedback
from shared.contracts.event import Event
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.contracts.members import pair
from shared.contracts.sessions import (
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionScheduled,
)
from shared.engine.authoring.answer import Ending
from shared.ids import InvitationId, MatchId, PersonId, ProgramId, RelationshipId, SessionId
from tests.scenario import START, Scenario

PROGRAM, ADA, BEN, CLEO = ProgramId("p1"), PersonId("ada"), PersonId("ben"), PersonId("cleo")
R1 = RelationshipId("r1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEMBERS: dict[str, Any] = {"program_id": PROGRAM, "members": pair(ADA, BEN)}
PUBLISHED = ProgramPublished(program_id=PROGRAM, title="Tech", cadence="monthly", months=6, rules=ProgramRules())
STARTED = RelationshipStarted(
    relationship_id=R1,
    match_ids=(MatchId("m1"),),
    started_at=START,
    first_session_due=START + 14 * DAY,
    **MEMBERS,
)
ENDED = RelationshipEndedEarly(relationship_id=R1, reason="rematch", **MEMBERS)


def of_session(id: str = "s1") -> dict[str, Any]:
    """What all events of a session say."""
    times = {"starts_at": START + DAY, "ends_at": START + DAY + HOUR}
    return {"session_id": SessionId(id), "relationship_id": R1, **times, **MEMBERS}


def scheduled(id: str = "s1") -> SessionScheduled:
    """A session is planned for tomorrow."""
    return SessionScheduled(**of_session(id), time_zone="UTC", revision=0)


def cancelled(id: str = "s1") -> SessionCancelled:
    """It is off."""
    return SessionCancelled(**of_session(id), time_zone="UTC", revision=1)


def completed(id: str = "s1") -> SessionCompleted:
    """It was held, as Ben says."""
    return SessionCompleted(**of_session(id), completed_by=BEN)


def after(*events: Event) -> Scenario:
    """The two work together, and then these events."""
    scenario = Scenario(service)
    for event in (PUBLISHED, STARTED, *events):
        scenario.when(event)
    return scenario


def feedback(scenario: Scenario, satisfaction: int | None = 5, by: PersonId = BEN, about: str = "s1") -> Ending:
    """Ben's invitation is answered."""
    command = GiveFeedback(invitation_id=InvitationId(f"{about}-ben"), satisfaction=satisfaction, comment="Good.")
    return scenario.when(command, actor=f"person/{by}").ending

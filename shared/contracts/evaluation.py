"""What evaluation tells: who is asked, what is answered, and which pairs may be drifting apart."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.ids import InvitationId, PersonId, ProgramId, RelationshipId, RiskCaseId, SessionId


class SurveyInvited(Event, aggregate="invitation", subject="invitation_id"):
    """A person is asked for feedback on a session."""

    invitation_id: InvitationId
    program_id: ProgramId
    relationship_id: RelationshipId
    session_id: SessionId
    person_id: PersonId
    role: Role


class SurveyReminded(Event, aggregate="invitation", subject="invitation_id"):
    """No answer has come yet: the person is asked once more."""

    invitation_id: InvitationId
    program_id: ProgramId
    relationship_id: RelationshipId
    session_id: SessionId
    person_id: PersonId
    role: Role


class FeedbackGiven(Event, aggregate="invitation", subject="invitation_id"):
    """The person has answered. `satisfaction` is on a scale of 1 to 5, None where it was not observed."""

    invitation_id: InvitationId
    program_id: ProgramId
    relationship_id: RelationshipId
    session_id: SessionId
    person_id: PersonId
    role: Role
    satisfaction: int | None = None


class RelationshipAtRisk(Event, aggregate="risk", subject="risk_id"):
    """A published rule has found a pair that may need help; `evidence` are the ids of the events it rests on."""

    risk_id: RiskCaseId
    program_id: ProgramId
    relationship_id: RelationshipId
    mentor_id: PersonId
    mentee_id: PersonId
    rule: str
    evidence: tuple[str, ...] = ()
    raised_at: AwareDatetime

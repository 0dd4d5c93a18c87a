"""What evaluation tells: who is asked, what is answered, and which relationships may be drifting apart."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.fields import Invitation, Members, Person, Program, Relationship, Session
from shared.contracts.members import MemberRole
from shared.ids import RiskCaseId


class SurveyInvited(Event, aggregate="invitation", subject="invitation_id"):
    """A person is asked for feedback on a session with the other members."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    members: Members
    person_id: Person
    role: MemberRole
    """As what the person took part in the session."""


class SurveyReminded(Event, aggregate="invitation", subject="invitation_id"):
    """No answer has come yet: the person is asked once more."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    members: Members
    person_id: Person
    role: MemberRole
    """As what the person took part in the session."""


class FeedbackGiven(Event, aggregate="invitation", subject="invitation_id"):
    """The person has answered. `satisfaction` is on a scale of 1 to 5, None where it was not observed."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    person_id: Person
    role: MemberRole
    """As what the person took part in the session."""
    satisfaction: int | None = None
    """From 1 (not at all) to 5 (very); none for what was not observed."""


class RelationshipAtRisk(Event, aggregate="risk", subject="risk_id"):
    """A published rule has found a relationship that may need help; `evidence` names the events that it rests on."""

    risk_id: RiskCaseId
    """The case, one for each relationship and rule."""
    program_id: Program
    relationship_id: Relationship
    members: Members
    rule: str
    """The rule with its bound, such as `nothing_booked_10_days`."""
    evidence: tuple[str, ...] = ()
    """The ids of the events that it rests on."""
    raised_at: AwareDatetime
    """When it was found."""

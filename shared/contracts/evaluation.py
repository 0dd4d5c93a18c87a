"""What evaluation tells: who is asked, what is answered, and which pairs may be drifting apart."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.fields import Invitation, Mentee, Mentor, Person, Program, Relationship, Session
from shared.contracts.intake import Role
from shared.ids import RiskCaseId


class SurveyInvited(Event, aggregate="invitation", subject="invitation_id"):
    """A person is asked for feedback on a session."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    person_id: Person
    role: Role
    """The side on which the person took part in the session."""


class SurveyReminded(Event, aggregate="invitation", subject="invitation_id"):
    """No answer has come yet: the person is asked once more."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    person_id: Person
    role: Role
    """The side on which the person took part in the session."""


class FeedbackGiven(Event, aggregate="invitation", subject="invitation_id"):
    """The person has answered. `satisfaction` is on a scale of 1 to 5, None where it was not observed."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    person_id: Person
    role: Role
    """The side on which the person took part in the session."""
    satisfaction: int | None = None
    """From 1 (not at all) to 5 (very); none for what was not observed."""


class RelationshipAtRisk(Event, aggregate="risk", subject="risk_id"):
    """A published rule has found a pair that may need help; `evidence` are the ids of the events it rests on."""

    risk_id: RiskCaseId
    """The case, one for each relationship and rule."""
    program_id: Program
    relationship_id: Relationship
    mentor_id: Mentor
    mentee_id: Mentee
    rule: str
    """The rule with its bound, such as `nothing_booked_10_days`."""
    evidence: tuple[str, ...] = ()
    """The ids of the events that it rests on."""
    raised_at: AwareDatetime
    """When it was found."""

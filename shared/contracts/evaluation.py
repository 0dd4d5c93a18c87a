"""What evaluation tells: who is asked, what is answered, and which relationships may be drifting apart."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.fields import Invitation, Members, Person, Program, Relationship, Session
from shared.contracts.members import MemberRole
from shared.ids import FeedbackId, RespondentId, RiskCaseId


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


class SurveyAnswered(Event, aggregate="invitation", subject="invitation_id"):
    """The person has answered, and need not be reminded. What was said is not in it."""

    invitation_id: Invitation
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    person_id: Person
    role: MemberRole
    """As what the person took part in the session."""


class FeedbackGiven(Event, aggregate="feedback", subject="feedback_id", anonymous=True):
    """Somebody has said something about a session. Neither the event nor its envelope says who.

    `satisfaction` is on a scale of 1 to 5, None where it was not observed.
    """

    feedback_id: FeedbackId
    """What was said; the id has nothing to do with that of the invitation."""
    program_id: Program
    relationship_id: Relationship
    session_id: Session
    respondent_id: RespondentId
    """Who has said it: the same in all that one person says about one relationship, drawn at random, no person's id."""
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

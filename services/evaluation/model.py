"""Invitations to give feedback, and relationships that may be drifting apart: what they hold, and the rules on them."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from shared.contracts.evaluation import FeedbackGiven, RelationshipAtRisk, SurveyInvited, SurveyReminded
from shared.contracts.event import Event
from shared.contracts.intake import ProgramRules
from shared.contracts.members import Member, MemberRole
from shared.contracts.sessions import RelationshipStarted, SessionCompleted
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotAllowed, Refusal
from shared.ids import InvitationId, PersonId, ProgramId, RelationshipId, RiskCaseId, SessionId


class AlreadyAnswered(Refusal):
    """Feedback is given once."""


class ProgramCopy(Aggregate, name="program"):
    """The rules of a program that matter here, as intake published them; 0 before that."""

    nothing_booked_days: int = 0
    feedback_reminder_hours: int = 0

    def follow(self, rules: ProgramRules) -> None:
        """Take the rules over."""
        self.nothing_booked_days = rules.nothing_booked_days
        self.feedback_reminder_hours = rules.feedback_reminder_hours


class InvitationStatus(StrEnum):
    """What has become of a request for feedback."""

    SENT = "sent"
    REMINDED = "reminded"
    ANSWERED = "answered"


class Invitation(Aggregate, name="invitation"):
    """One person is asked about one session. The comment never leaves the service."""

    indexes: ClassVar = (("person_id", "status"),)

    program_id: ProgramId = ProgramId("")
    relationship_id: RelationshipId = RelationshipId("")
    session_id: SessionId = SessionId("")
    members: tuple[Member, ...] = ()
    person_id: PersonId = PersonId("")
    role: MemberRole = MemberRole.MENTOR
    status: InvitationStatus = InvitationStatus.SENT
    satisfaction: int | None = None
    comment: str = ""

    @property
    def reminder(self) -> str:
        """The id of the timer that reminds of it."""
        return f"remind/{self.id}"

    def send(self, session: SessionCompleted, to: Member) -> tuple[Event, ...]:
        """Ask a member about a session that was held."""
        self.program_id, self.relationship_id = session.program_id, session.relationship_id
        self.session_id, self.members = session.session_id, session.members
        self.person_id, self.role = to.person_id, to.role
        return (SurveyInvited(**self._facts(), members=self.members),)

    def remind(self) -> tuple[Event, ...]:
        """Ask once more, if there is no answer yet."""
        if self.status is not InvitationStatus.SENT:
            return ()
        self.status = InvitationStatus.REMINDED
        return (SurveyReminded(**self._facts(), members=self.members),)

    def answer(self, satisfaction: int | None, comment: str, by: str) -> tuple[Event, ...]:
        """What the person says: 1 to 5, or None for what was not observed; raises `NotAllowed`, `AlreadyAnswered`."""
        if by != f"person/{self.person_id}":
            raise NotAllowed("Only the person who was asked can give this feedback.")
        if self.status is InvitationStatus.ANSWERED:
            raise AlreadyAnswered("You have given this feedback already; it cannot be changed.")
        self.status, self.satisfaction, self.comment = InvitationStatus.ANSWERED, satisfaction, comment
        return (FeedbackGiven(**self._facts(), satisfaction=satisfaction),)

    def _facts(self) -> dict[str, Any]:  # the fields that all events of an invitation have are of several types
        return {
            "invitation_id": InvitationId(self.id),
            "program_id": self.program_id,
            "relationship_id": self.relationship_id,
            "session_id": self.session_id,
            "person_id": self.person_id,
            "role": self.role,
        }


class RelationshipWatch(Aggregate, name="watch"):
    """What tells whether a relationship drifts; its id is the relationship's.

    `bookings` and `cancellations` go from a session's id to that of the event, in whatever order the events came. It
    keeps the rules that the program had when the relationship started.
    """

    program_id: ProgramId = ProgramId("")
    members: tuple[Member, ...] = ()
    started: str = ""
    booking_due: datetime | None = None
    nothing_booked_days: int = 0
    feedback_reminder_hours: int = 0
    bookings: dict[str, str] = Field(default_factory=dict)
    cancellations: dict[str, str] = Field(default_factory=dict)
    has_ended: bool = False

    def begin(self, event: RelationshipStarted, event_id: str, program: ProgramCopy) -> datetime:
        """Look after a relationship; returns when a session should be booked."""
        self.program_id, self.members, self.started = event.program_id, event.members, event_id
        self.nothing_booked_days = program.nothing_booked_days
        self.feedback_reminder_hours = program.feedback_reminder_hours
        self.booking_due = event.started_at + timedelta(days=program.nothing_booked_days)
        return self.booking_due

    def book(self, session_id: SessionId, event_id: str) -> None:
        """A session was booked, or held."""
        self.bookings.setdefault(session_id, event_id)

    def cancel(self, session_id: SessionId, event_id: str) -> None:
        """A session will not be held."""
        self.cancellations[session_id] = event_id

    def end(self) -> None:
        """They no longer work together: nothing need be booked."""
        self.has_ended = True

    @property
    def lacks_booking(self) -> bool:
        """Whether no session is booked that was not cancelled, though the relationship goes on."""
        return not self.has_ended and not self.bookings.keys() - self.cancellations.keys()

    @property
    def look(self) -> str:
        """The id of the timer that looks for a booking."""
        return f"booking/{self.id}"

    def next_look(self, at: datetime) -> datetime | None:
        """When to look for a booking; None if there is one, or if the time for it has passed."""
        return self.booking_due if self.lacks_booking and self.booking_due and self.booking_due > at else None

    @property
    def evidence(self) -> list[str]:
        """The ids of the events that it rests on."""
        return [self.started, *self.bookings.values(), *self.cancellations.values()]


class RiskCase(Aggregate, name="risk"):
    """A published rule has found a relationship that may need help. `evidence` are ids of events."""

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")
    relationship_id: RelationshipId = RelationshipId("")
    members: tuple[Member, ...] = ()
    rule: str = ""
    evidence: list[str] = Field(default_factory=list)
    raised_at: datetime | None = None

    def find_nothing_booked(self, watch: RelationshipWatch, at: datetime) -> tuple[Event, ...]:
        """The rule `nothing_booked_<days>_days`: so long after its start, a relationship has a session booked.

        Looked at once, when that time has passed. A session that was booked and cancelled again does not count. A
        relationship that has ended is not at risk.
        """
        if self.raised_at is not None or not watch.lacks_booking:
            return ()
        self.program_id, self.relationship_id = watch.program_id, RelationshipId(watch.id)
        self.members = watch.members
        self.rule, self.evidence = f"nothing_booked_{watch.nothing_booked_days}_days", watch.evidence
        self.raised_at = at
        found = RelationshipAtRisk(
            risk_id=RiskCaseId(self.id),
            program_id=self.program_id,
            relationship_id=self.relationship_id,
            members=self.members,
            rule=self.rule,
            evidence=tuple(self.evidence),
            raised_at=at,
        )
        return (found,)

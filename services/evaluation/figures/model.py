"""What the figures count: one document for each application, match, session, invitation and feedback.

It is kept from events, remembers which ones it rests on, and comes out the same in whatever order they came.
"""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited
from shared.contracts.intake import ApplicationApproved, ApplicationWithdrawn, ParticipantLeft, Role
from shared.contracts.matching import MatchAccepted, MatchDeclined, MatchExpired, MatchProposed, MatchUnwound
from shared.contracts.sessions import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from shared.engine.authoring.aggregate import ReadModel
from shared.ids import ApplicationId, ProgramId


class Mark(BaseModel):
    """An event that a figure rests on: its id, what it is called, and when it came here."""

    model_config = ConfigDict(frozen=True)

    event_id: str
    type: str
    at: datetime


class Fact(ReadModel):
    """Something that a program's figures count."""

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")


class ApplicationFact(Fact, name="application_fact"):
    """An application that was approved. Who has left counts as withdrawn; the type of the mark tells which it was."""

    role: Role = Role.MENTOR
    approved: Mark | None = None
    withdrawn: Mark | None = None

    def note(self, event: ApplicationApproved | ApplicationWithdrawn | ParticipantLeft, mark: Mark) -> None:
        """Keep what became of it."""
        self.program_id, self.role = event.program_id, event.role
        match event:
            case ApplicationApproved():
                self.approved = mark
            case ApplicationWithdrawn() | ParticipantLeft():
                self.withdrawn = mark


class MatchFact(Fact, name="match_fact"):
    """A proposal, how it was answered, and whether the match has ended early. `application_id` is the mentee's."""

    application_id: ApplicationId = ApplicationId("")
    accepted: Mark | None = None
    declined: Mark | None = None
    expired: Mark | None = None
    unwound: Mark | None = None

    def note(
        self, event: MatchProposed | MatchAccepted | MatchDeclined | MatchExpired | MatchUnwound, mark: Mark
    ) -> None:
        """Keep what became of it."""
        self.program_id = event.program_id
        match event:
            case MatchProposed():
                self.application_id = event.mentee_application_id
            case MatchAccepted():
                self.accepted = mark
            case MatchDeclined():
                self.declined = mark
            case MatchExpired():
                self.expired = mark
            case MatchUnwound():
                self.unwound = mark


class SessionFact(Fact, name="session_fact"):
    """A session, when it should be over, and whether it was held. `revision` is the one that `ends_at` is from."""

    ends_at: datetime | None = None
    revision: int = -1
    scheduled: Mark | None = None
    completed: Mark | None = None
    cancelled: Mark | None = None

    def note(
        self, event: SessionScheduled | SessionRescheduled | SessionCompleted | SessionCancelled, mark: Mark
    ) -> None:
        """Keep what became of it."""
        self.program_id = event.program_id
        match event:
            case SessionScheduled() | SessionRescheduled():
                if event.revision > self.revision:
                    self.scheduled, self.ends_at, self.revision = mark, event.ends_at, event.revision
            case SessionCompleted():
                self.completed = mark
            case SessionCancelled():
                self.cancelled = mark


class InvitationFact(Fact, name="invitation_fact"):
    """A person who was asked, and whether an answer has come."""

    invited: Mark | None = None
    answered: Mark | None = None

    def note(self, event: SurveyInvited | SurveyAnswered, mark: Mark) -> None:
        """Keep what became of it."""
        self.program_id = event.program_id
        match event:
            case SurveyInvited():
                self.invited = mark
            case SurveyAnswered():
                self.answered = mark


class FeedbackFact(Fact, name="feedback_fact"):
    """What somebody has answered; `satisfaction` is None for what was not observed."""

    given: Mark | None = None
    satisfaction: int | None = None

    def note(self, event: FeedbackGiven, mark: Mark) -> None:
        """Keep what was said."""
        self.program_id, self.given, self.satisfaction = event.program_id, mark, event.satisfaction

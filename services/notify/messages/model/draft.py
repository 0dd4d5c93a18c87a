"""What is to be said to whom, before it is said."""

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared.contracts.matching import Contribution
from shared.contracts.members import MemberRole
from shared.ids import ApplicationId, NotificationId, PersonId, ProgramId, RelationshipId, SessionId


class Template(StrEnum):
    """Every message that goes to a person; each has a folder in the catalog, with an example."""

    APPLICATION_RECEIVED = "application_received"
    APPLICATION_APPROVED = "application_approved"
    MATCH_PROPOSED_TO_MENTOR = "match_proposed_to_mentor"
    MATCH_PROPOSED_TO_MENTEE = "match_proposed_to_mentee"
    MATCH_REMINDER = "match_reminder"
    MATCH_ACCEPTED = "match_accepted"
    MATCH_DECLINED = "match_declined"
    MATCH_EXPIRED = "match_expired"
    MATCH_UNWOUND = "match_unwound"
    SESSION_SCHEDULED = "session_scheduled"
    SESSION_RESCHEDULED = "session_rescheduled"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_REMINDER = "session_reminder"
    FEEDBACK_REQUESTED = "feedback_requested"
    FEEDBACK_REMINDER = "feedback_reminder"


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "email"


class Proposal(BaseModel):
    """Why two people are asked whether they want to work together, and the profiles behind the reasons."""

    model_config = ConfigDict(frozen=True)

    reasons: tuple[Contribution, ...]
    mentor_application_id: ApplicationId
    mentee_application_id: ApplicationId

    @property
    def applications(self) -> list[ApplicationId]:
        """Whose profiles hold the words behind the reasons."""
        return [self.mentor_application_id, self.mentee_application_id]


class Meeting(BaseModel):
    """The time of a session, as one event has told it; `previous_starts_at` is set if it was moved."""

    model_config = ConfigDict(frozen=True)

    session_id: SessionId
    relationship_id: RelationshipId = RelationshipId("")
    revision: int
    starts_at: datetime
    ends_at: datetime
    previous_starts_at: datetime | None = None


class Draft(BaseModel):
    """What is to be told to whom: ids, codes and times. Names and words are looked up when it is sent.

    `subject` is what it is about, such as `match/<id>`, and `stage` how far that has come. `role` is the recipient's,
    `others` are the people whom it names, `path` leads to a page about it. `times` are those for which the person needs
    to know it. A reminder comes `minutes` before a session, or before the last moment for an answer.
    """

    model_config = ConfigDict(frozen=True)

    template: Template = Template.APPLICATION_RECEIVED
    channel: Channel = Channel.EMAIL
    subject: str = ""
    stage: int = 0
    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: MemberRole = MemberRole.MENTEE
    others: tuple[PersonId, ...] = ()
    path: str = ""
    times: tuple[datetime, ...] = ()
    minutes: int = 0
    proposal: Proposal | None = None
    meeting: Meeting | None = None

    @property
    def id(self) -> NotificationId:
        """The id of the message: one per event, person, template and channel, whatever is delivered twice.

        An event is told by its subject and stage, which stay the same even if it is published again with a new id.
        """
        parts = (self.subject, str(self.stage), str(self.minutes), self.person_id, self.template, self.channel)
        return NotificationId(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32])

    @property
    def people(self) -> list[PersonId]:
        """Whose contact cards it takes: the recipient's, then those of whom it names."""
        return [self.person_id, *self.others]

    def is_late(self, at: datetime) -> bool:
        """Whether it is of no use any more: all of its times have passed."""
        return bool(self.times) and max(self.times) <= at

    def urgent_by(self, at: datetime) -> datetime | None:
        """The next of its times; None if there is none."""
        return min((time for time in self.times if time > at), default=None)

"""Messages to people, from when they are queued to when they are out, and what they depend on."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.contracts.matching import Contribution
from shared.contracts.notify import NotificationFailed, NotificationSent, ReminderFired
from shared.engine.aggregate import Aggregate
from shared.ids import ApplicationId, NotificationId, PersonId, ProgramId, RelationshipId, SessionId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Template(StrEnum):
    """Every message that goes to a person. `templates/examples.json` shows the values that each one needs."""

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
    `path` leads to a page about it. `times` are those for which the person needs to know it. A reminder comes `minutes`
    before a session, or before the last moment for an answer.
    """

    model_config = ConfigDict(frozen=True)

    template: Template = Template.APPLICATION_RECEIVED
    channel: Channel = Channel.EMAIL
    subject: str = ""
    stage: int = 0
    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: Role = Role.MENTEE
    partner_id: PersonId | None = None
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
        """Whose contact cards it takes: the recipient's, then the partner's if it names one."""
        return [self.person_id, *([self.partner_id] if self.partner_id else [])]

    def is_late(self, at: datetime) -> bool:
        """Whether it is of no use any more: all of its times have passed."""
        return bool(self.times) and max(self.times) <= at

    def urgent_by(self, at: datetime) -> datetime | None:
        """The next of its times; None if there is none."""
        return min((time for time in self.times if time > at), default=None)


class Progress(Aggregate, name="progress"):
    """How far an application, a match, a session or a request for feedback has come, and whom it is about.

    Its id is `<kind>/<id>`. A stage is never gone back to: what is told of an earlier one is outdated.
    """

    stage: int = -1
    people: list[PersonId] = Field(default_factory=list)

    def reach(self, stage: int, people: Sequence[PersonId] = ()) -> bool:
        """Come to a stage; returns False if it has come further before."""
        if stage < self.stage:
            return False
        self.stage, self.people = stage, list(people) or self.people
        return True

    def partner_of(self, person_id: PersonId) -> PersonId:
        """The other one of the two."""
        (partner,) = (other for other in self.people if other != person_id)
        return partner

    def outdates(self, draft: Draft) -> bool:
        """Whether what the draft says is no longer so."""
        return draft.stage < self.stage


class NotificationStatus(StrEnum):
    """What has become of a message. An outdated one was no longer true, or of use, when it could have been sent."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    OUTDATED = "outdated"


class Notification(Aggregate, name="notification"):
    """One message to one person on one channel; its id is that of its draft.

    `event_id` is the event that it is about. `send_at` is when it is due to be sent, or was, quiet hours considered.
    """

    indexes: ClassVar = (("person_id",),)

    person_id: PersonId = PersonId("")
    event_id: str = ""
    draft: Draft = Draft()
    status: NotificationStatus = NotificationStatus.QUEUED
    queued_at: datetime = EPOCH
    send_at: datetime = EPOCH
    settled_at: datetime | None = None
    reason: str = ""

    def queue(self, draft: Draft, event_id: str, at: datetime) -> bool:
        """Take the message in; returns False if that has been done before."""
        if not self.is_new:
            return False
        self.draft, self.person_id, self.event_id = draft, draft.person_id, event_id
        self.queued_at = self.send_at = at
        return True

    def schedule(self, at: datetime) -> None:
        """Be sent at that time, and not before."""
        self.send_at = at

    def settle(self, status: NotificationStatus, reason: str, at: datetime) -> tuple[Event, ...]:
        """What has become of it; `reason` is a stable code, and says why if it failed."""
        self.status, self.reason, self.settled_at = status, reason, at
        match status:
            case NotificationStatus.SENT:
                return (NotificationSent(**self._facts()),)
            case NotificationStatus.FAILED:
                return (NotificationFailed(**self._facts(), reason=reason),)
        return ()

    def _facts(self) -> dict[str, Any]:  # the fields that both events have are of several types
        return {
            "notification_id": NotificationId(self.id),
            "person_id": self.person_id,
            "template": self.draft.template.value,
            "channel": self.draft.channel.value,
            "event_id": self.event_id,
        }


class Reminder(Aggregate, name="reminder"):
    """A person's reminder of a session, so many minutes before it. It fires again if the session is moved.

    Its id is that of the timer that waits for its time: `remind/<session>/<person>/<minutes>`.
    """

    fired_at: datetime | None = None

    def fire(self, draft: Draft, due_at: datetime, at: datetime) -> tuple[Event, ...]:
        """Its time has come."""
        self.fired_at = at
        fired = ReminderFired(
            reminder_id=self.id, person_id=draft.person_id, template=draft.template.value, due_at=due_at
        )
        return (fired,)

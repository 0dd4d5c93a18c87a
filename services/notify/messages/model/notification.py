"""A message to one person, from when it is queued to when it is out."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from services.notify.messages.model.draft import Draft
from shared.contracts.event import Event
from shared.contracts.notify import NotificationFailed, NotificationSent
from shared.engine.authoring.aggregate import Aggregate, Effect, Timer
from shared.ids import NotificationId, PersonId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(at: datetime) -> str:
    """Write the day of a moment, in UTC."""
    return at.astimezone(UTC).date().isoformat()


class NotificationStatus(StrEnum):
    """What became of a message.

    An outdated one was no longer true, or of no use, by the time it could be sent; letters like an unwanted one were
    stopped by the person.
    """

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    OUTDATED = "outdated"
    UNWANTED = "unwanted"


class Notification(Aggregate, name="notification"):
    """One message to one person on one channel; its id is that of its draft.

    `event_id` is the event that it is about. `send_at` is when it is due to be sent, or was, quiet hours considered.
    """

    indexes: ClassVar = (("person_id",), ("draft.program_id", "queued_on"), ("draft.program_id", "status"))

    person_id: PersonId = PersonId("")
    event_id: str = ""
    draft: Draft = Draft()
    status: NotificationStatus = NotificationStatus.QUEUED
    queued_at: datetime = EPOCH
    queued_on: str = ""
    """The day of it, in UTC: messages are found by it."""
    send_at: datetime = EPOCH
    completed_at: datetime | None = None
    reason: str = ""

    def queue(self, draft: Draft, event_id: str, at: datetime) -> bool:
        """Queue the message; returns False if it was queued before."""
        if not self.is_new:
            return False
        self.draft, self.person_id, self.event_id = draft, draft.person_id, event_id
        self.queued_at = self.send_at = at
        self.queued_on = day_of(at)
        return True

    def schedule(self, at: datetime) -> None:
        """Set the time at which to send it."""
        self.send_at = at

    def complete(self, status: NotificationStatus, reason: str, at: datetime) -> tuple[Event, ...]:
        """Record what became of it; `reason` is a stable code that says why, if it failed."""
        self.status, self.reason, self.completed_at = status, reason, at
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
            "template": self.draft.template,
            "channel": self.draft.channel.value,
            "event_id": self.event_id,
        }


class SendNotification(Timer):
    """Send a message, or put it off until the quiet hours end."""

    notification_id: str


class SendEmail(Effect):
    """Send a message by mail. The address and the text are looked up when that is done."""

    notification_id: str

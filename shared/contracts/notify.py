"""What notify tells: which messages went out, and which could not."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.ids import NotificationId, PersonId


class NotificationSent(Event, aggregate="notification", subject="notification_id"):
    """The channel has taken a message to one person. `event_id` is what it is about."""

    notification_id: NotificationId
    person_id: PersonId
    template: str
    channel: str
    event_id: str


class NotificationFailed(Event, aggregate="notification", subject="notification_id"):
    """A message could not be handed over, and is given up; `reason` is a stable code."""

    notification_id: NotificationId
    person_id: PersonId
    template: str
    channel: str
    event_id: str
    reason: str


class ReminderFired(Event, aggregate="reminder", subject="reminder_id"):
    """The time of a planned reminder has come."""

    reminder_id: str
    person_id: PersonId
    template: str
    due_at: AwareDatetime

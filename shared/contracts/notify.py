"""What notify tells: which messages went out, and which could not."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.fields import About, Channel, Notification, Person, Template


class NotificationSent(Event, aggregate="notification", subject="notification_id"):
    """The channel has taken a message to one person. `event_id` is what it is about."""

    notification_id: Notification
    person_id: Person
    template: Template
    channel: Channel
    event_id: About


class NotificationFailed(Event, aggregate="notification", subject="notification_id"):
    """A message could not be handed over, and is given up; `reason` is a stable code."""

    notification_id: Notification
    person_id: Person
    template: Template
    channel: Channel
    event_id: About
    reason: str
    """Why, such as `not_delivered`, `person_gone`, or what the mail server said, such as `smtp_550`."""


class ReminderFired(Event, aggregate="reminder", subject="reminder_id"):
    """The time of a planned reminder has come."""

    reminder_id: str
    """The reminder: one person, one session, so many minutes before."""
    person_id: Person
    template: Template
    due_at: AwareDatetime
    """When it was planned for."""

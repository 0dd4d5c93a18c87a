"""Reminders: what is said so many minutes before a session, or before the last moment for an answer."""

from datetime import datetime

from services.notify.messages.model.draft import Draft
from shared.contracts.event import Event
from shared.contracts.notify import ReminderFired
from shared.engine.authoring.aggregate import Aggregate, Timer


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


MINUTES_BEFORE = (24 * 60, 60, 15)


class RemindOfSession(Timer):
    """It is time to say `draft`, if the session is still as the event `event_id` has told."""

    reminder_id: str
    event_id: str
    due_at: datetime
    draft: Draft


class RemindOfAnswer(Timer):
    """It is time to say `draft`: the event `event_id` has told that an answer is awaited."""

    event_id: str
    draft: Draft

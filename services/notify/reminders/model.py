"""Reminders: so many minutes before a session, or before the last moment for an answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from services.notify.messages.model.draft import Draft
from shared.contracts.event import Event
from shared.contracts.notify import ReminderFired
from shared.contracts.sessions import SessionCancelled, SessionRescheduled, SessionScheduled
from shared.engine.authoring.aggregate import Aggregate, Timer
from shared.ids import PersonId

MINUTES_BEFORE = (24 * 60, 60, 15)


class Reminder(Aggregate, name="reminder"):
    """A person's reminder of a session, so many minutes before it. It fires again if the session is moved.

    Its id is that of the timer that waits for its time: `remind/<session>/<person>/<minutes>`.
    """

    fired_at: datetime | None = None

    @staticmethod
    def key(session_id: str, person_id: PersonId, minutes: int) -> str:
        """The id of a reminder, and of its timer."""
        return f"remind/{session_id}/{person_id}/{minutes}"

    def fire(self, draft: Draft, due_at: datetime, at: datetime) -> tuple[Event, ...]:
        """Record that its time has come."""
        self.fired_at = at
        return (ReminderFired(reminder_id=self.id, person_id=draft.person_id, template=draft.template, due_at=due_at),)


class RemindOfSession(Timer):
    """Queue a reminder, if the session is still as the event `event_id` gave it."""

    reminder_id: str
    event_id: str
    due_at: datetime
    draft: Draft


class RemindOfAnswer(Timer):
    """Queue a reminder of the answer that the event `event_id` has said is awaited."""

    event_id: str
    draft: Draft


def session_reminders(
    event: SessionScheduled | SessionRescheduled, drafts: list[Draft], event_id: str
) -> Iterator[RemindOfSession]:
    """List every reminder of a session: for each person, so many minutes before. Each is of use until the next one."""
    for draft in drafts:
        for minutes, following in pairwise((*MINUTES_BEFORE, 0)):
            until = event.starts_at - timedelta(minutes=following)
            yield RemindOfSession(
                reminder_id=Reminder.key(event.session_id, draft.person_id, minutes),
                event_id=event_id,
                due_at=event.starts_at - timedelta(minutes=minutes),
                draft=draft.model_copy(update={"minutes": minutes, "times": (until,)}),
            )


def reminder_ids(event: SessionCancelled) -> Iterator[str]:
    """List the ids of every reminder that a session may have."""
    for member in event.members:
        for minutes in MINUTES_BEFORE:
            yield Reminder.key(event.session_id, member.person_id, minutes)

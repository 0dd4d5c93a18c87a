"""A session is about to begin."""

from services.notify.catalog.message import Choice, reminder
from services.notify.catalog.recipients import to_members
from services.notify.messages.model.draft import Draft
from shared.contracts.sessions import SessionRescheduled, SessionScheduled
from shared.engine.authoring.links import Purpose


@reminder(opens=Purpose.SESSION, choice=Choice.SESSION_REMINDERS)
def session_reminder(event: SessionScheduled | SessionRescheduled) -> list[Draft]:
    """Remind all members of a session that is about to begin."""
    return to_members(event, path=f"sessions/{event.session_id}")

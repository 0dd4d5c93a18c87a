"""A session was moved to another time."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_members
from services.notify.messages.model.draft import Draft
from shared.contracts.sessions import SessionRescheduled
from shared.engine.authoring.links import Purpose


@announcement(calendar="REQUEST", opens=Purpose.SESSION)
def session_rescheduled(event: SessionRescheduled) -> list[Draft]:
    """Give all members the new time of a session, and move it in their calendars."""
    return to_members(event, path=f"sessions/{event.session_id}")

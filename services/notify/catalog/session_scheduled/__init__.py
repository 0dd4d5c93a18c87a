"""A session was scheduled."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_members
from services.notify.messages.model.draft import Draft
from shared.contracts.sessions import SessionScheduled
from shared.engine.authoring.links import Purpose


@announcement(calendar="REQUEST", opens=Purpose.SESSION)
def session_scheduled(event: SessionScheduled) -> list[Draft]:
    """Invite all members to a session, and put it into their calendars."""
    return to_members(event, path=f"sessions/{event.session_id}")

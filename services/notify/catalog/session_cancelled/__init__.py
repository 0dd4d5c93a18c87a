"""A session was cancelled."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_members
from services.notify.messages.model.draft import Draft
from shared.contracts.sessions import SessionCancelled


@announcement(calendar="CANCEL")
def session_cancelled(event: SessionCancelled) -> list[Draft]:
    """Tell all members that a session is off, and take it out of their calendars."""
    return to_members(event, path=f"relationships/{event.relationship_id}")

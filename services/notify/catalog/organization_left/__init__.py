"""Somebody has left the organization."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_person
from services.notify.messages.model.draft import Draft
from shared.contracts.departures import OrganizationLeft


@announcement()
def organization_left(event: OrganizationLeft) -> list[Draft]:
    """Tell the person that they have left, what has ended, and how they come back."""
    return to_person(event, event.change)

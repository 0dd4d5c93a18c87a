"""Somebody is suspended."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_person
from services.notify.messages.model.draft import Draft
from shared.contracts.access import PersonSuspended


@announcement()
def person_suspended(event: PersonSuspended) -> list[Draft]:
    """Tell the person that they cannot sign in any more, and whom to ask."""
    return to_person(event, event.change)

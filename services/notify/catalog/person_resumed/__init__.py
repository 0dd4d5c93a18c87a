"""Somebody gets in again who was suspended."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import TODAY, to_person
from services.notify.messages.model.draft import Draft
from shared.contracts.access import PersonResumed


@announcement()
def person_resumed(event: PersonResumed) -> list[Draft]:
    """Tell the person that they can sign in again."""
    return to_person(event, event.change, path=TODAY)

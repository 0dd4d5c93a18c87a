"""Nobody was found for a person who waits for a match."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_who_waits
from services.notify.messages.model.draft import Draft
from shared.contracts.matching import LeftWithoutMatch


@announcement()
def left_without_match(event: LeftWithoutMatch) -> list[Draft]:
    """Tell a person that there is no match yet, why, what happens next and what they can do; once, then monthly."""
    return [to_who_waits(event)]

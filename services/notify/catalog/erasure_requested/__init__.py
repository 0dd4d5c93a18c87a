"""Nothing is to be kept of somebody but ids."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_person
from services.notify.messages.model.draft import Draft
from shared.contracts.departures import ErasureRequested


@announcement()
def erasure_requested(event: ErasureRequested) -> list[Draft]:
    """Tell the person what goes, what stays, and that this is the last letter."""
    return to_person(event, 0)

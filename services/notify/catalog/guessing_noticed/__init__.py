"""Something is tried at an organization far too often."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_admins
from services.notify.messages.model.draft import Draft
from shared.contracts.access import GuessingNoticed


@announcement()
def guessing_noticed(event: GuessingNoticed) -> list[Draft]:
    """Tell those who run an organization that somebody seems to guess there, and is refused for a while."""
    return to_admins(event)

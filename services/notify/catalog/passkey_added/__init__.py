"""A person has one more passkey."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_owner
from services.notify.messages.model.draft import Draft
from shared.contracts.access import PasskeyAdded


@announcement()
def passkey_added(event: PasskeyAdded) -> list[Draft]:
    """Tell the person that somebody, most likely they, can sign in as them with one more passkey."""
    return to_owner(event)

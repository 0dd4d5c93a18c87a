"""A person has a passkey no longer."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_owner
from services.notify.messages.model.draft import Draft
from shared.contracts.access import PasskeyRemoved


@announcement()
def passkey_removed(event: PasskeyRemoved) -> list[Draft]:
    """Tell the person that a passkey of theirs signs nobody in any more."""
    return to_owner(event)

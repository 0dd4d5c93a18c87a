"""Somebody is to have another address."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_address
from services.notify.messages.model.draft import Addressee, Draft
from shared.contracts.access import AddressChangeRequested


@announcement()
def address_confirmation(event: AddressChangeRequested) -> list[Draft]:
    """Ask at the new address to confirm it with a link or a code, or say that it is somebody's already."""
    return to_address(event, Addressee.NEW_ADDRESS)

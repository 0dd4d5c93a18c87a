"""Somebody is to have another address, and is told at the one that they have."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_address
from services.notify.messages.model.draft import Addressee, Draft
from shared.contracts.access import AddressChangeRequested


@announcement()
def address_change_asked(event: AddressChangeRequested) -> list[Draft]:
    """Tell the person at the present address that it is to change, and how to stop that."""
    return to_address(event, Addressee.OLD_ADDRESS)

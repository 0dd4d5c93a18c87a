"""Two cards of a person have become one."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_person
from services.notify.messages.model.draft import Draft
from shared.contracts.intake import PersonMerged


@announcement()
def cards_merged(event: PersonMerged) -> list[Draft]:
    """Tell the person that what they had in two accounts is in one, and with which address they sign in."""
    return to_person(event, event.times, path="me", reason="passkeys" if event.passkeys_ended else "")

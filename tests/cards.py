"""Contact cards for tests of services that know people by name."""

from shared.contracts.intake import ContactCard
from shared.ids import PersonId


def card(id: str, name: str = "", **stated: str | bool) -> ContactCard:
    """The card of somebody, with an address that is found wherever it gets to."""
    return ContactCard.model_validate(
        {"person_id": PersonId(id), "name": name or id.title(), "email": f"{id}@secret.example.org"}
        | {"locale": "en", "time_zone": "Europe/Rome"}
        | stated
    )

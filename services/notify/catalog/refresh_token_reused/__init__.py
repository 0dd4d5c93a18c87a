"""A refresh token was used twice."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import WAYS_IN, to_person
from services.notify.messages.model.draft import Draft
from shared.contracts.access import RefreshTokenReused


@announcement()
def refresh_token_reused(event: RefreshTokenReused) -> list[Draft]:
    """Warn the person that somebody may have copied their sign-in, which has ended."""
    return to_person(event, event.times, path=WAYS_IN)

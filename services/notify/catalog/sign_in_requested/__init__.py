"""A person wants to sign in."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_person
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import SignInStage
from shared.contracts.access import SignInRequested


@announcement()
def sign_in_requested(event: SignInRequested) -> list[Draft]:
    """Give the person the link and the code to sign in with, for a quarter of an hour."""
    return to_person(event, SignInStage.REQUESTED, times=(event.expires_at,), sign_in_request_id=event.request_id)

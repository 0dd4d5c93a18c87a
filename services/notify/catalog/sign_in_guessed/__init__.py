"""Somebody has guessed at a code."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import WAYS_IN, to_person
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import SignInStage
from shared.contracts.access import SignInGuessed


@announcement()
def sign_in_guessed(event: SignInGuessed) -> list[Draft]:
    """Warn the person that somebody has tried to guess a code of theirs, and did not get in."""
    return to_person(event, SignInStage.GUESSED, path=WAYS_IN)

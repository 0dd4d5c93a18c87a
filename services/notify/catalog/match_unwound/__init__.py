"""A match has ended early."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_pair
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import MatchStage
from shared.contracts.matching import MatchUnwound


@announcement()
def match_unwound(event: MatchUnwound) -> list[Draft]:
    """Tell both that the match has ended, but not who asked for it or why."""
    return list(to_pair(event, MatchStage.UNWOUND, path="proposals"))

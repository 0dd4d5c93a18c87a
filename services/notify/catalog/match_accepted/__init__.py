"""Both have accepted a match."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_pair
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import MatchStage
from shared.contracts.matching import MatchAccepted


@announcement()
def match_accepted(event: MatchAccepted) -> list[Draft]:
    """Introduce the two to each other: how to reach the other one, and by when to meet."""
    return list(to_pair(event, MatchStage.CLOSED))

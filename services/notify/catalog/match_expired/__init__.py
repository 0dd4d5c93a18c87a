"""A proposed match was not answered in time."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_pair
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import MatchStage
from shared.contracts.matching import MatchExpired


@announcement()
def match_expired(event: MatchExpired) -> list[Draft]:
    """Tell both that the match did not come about in time, but not who has not answered."""
    return list(to_pair(event, MatchStage.CLOSED, path="proposals"))

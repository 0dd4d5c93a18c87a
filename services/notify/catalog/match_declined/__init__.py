"""One of the two has declined a match."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_pair
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import MatchStage
from shared.contracts.intake import Role
from shared.contracts.matching import MatchDeclined


@announcement()
def match_declined(event: MatchDeclined) -> list[Draft]:
    """Say that the match did not come about, but not who declined or why; not to a mentor who declined."""
    to_mentor, to_mentee = to_pair(event, MatchStage.CLOSED, path="proposals")
    return [to_mentee] if event.declined_by is Role.MENTOR else [to_mentor, to_mentee]

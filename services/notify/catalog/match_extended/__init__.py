"""One of two who are asked about a match needs more time."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_other_side
from services.notify.messages.model.draft import Draft
from shared.contracts.matching import MatchExtended
from shared.engine.authoring.links import Purpose


@announcement(opens=Purpose.PROPOSAL)
def match_extended(event: MatchExtended) -> list[Draft]:
    """Tell the other side that there is more time to answer, and until when."""
    return to_other_side(event, event.extended_by, number=event.times)

"""A match was proposed, as its mentee reads it."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_pair
from services.notify.messages.model.draft import Draft, Proposal
from services.notify.messages.model.progress import MatchStage
from shared.contracts.matching import MatchProposed
from shared.engine.authoring.links import Purpose


@announcement(opens=Purpose.PROPOSAL)
def match_proposed_to_mentee(event: MatchProposed) -> list[Draft]:
    """Ask the mentee whether they want to work with the mentor, and say why the two were matched."""
    _, to_mentee = to_pair(event, MatchStage.PROPOSED, times=(event.expires_at,), proposal=Proposal.of(event))
    return [to_mentee]

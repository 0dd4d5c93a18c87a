"""One of two who are asked about a match has written to the other."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_other_side
from services.notify.messages.model.draft import Draft
from shared.contracts.matching import MatchQuestionAsked
from shared.engine.authoring.links import Purpose


@announcement(opens=Purpose.PROPOSAL)
def match_question_asked(event: MatchQuestionAsked) -> list[Draft]:
    """Tell the other side that there is a message before they decide, and where to read and answer it."""
    return to_other_side(event, event.asked_by, number=event.number)

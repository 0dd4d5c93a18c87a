"""A person is asked for feedback on a session."""

from services.notify.catalog.message import Choice, announcement
from services.notify.catalog.recipients import to_respondent
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import InvitationStage
from shared.contracts.evaluation import SurveyInvited
from shared.engine.authoring.links import Purpose


@announcement(opens=Purpose.FEEDBACK, choice=Choice.FEEDBACK_REQUESTS)
def feedback_requested(event: SurveyInvited) -> list[Draft]:
    """Ask the person for feedback on a session."""
    return to_respondent(event, InvitationStage.ASKED)

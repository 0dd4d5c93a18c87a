"""A person has not given feedback yet."""

from services.notify.catalog.message import Choice, announcement
from services.notify.catalog.recipients import to_respondent
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import InvitationStage
from shared.contracts.evaluation import SurveyReminded
from shared.engine.authoring.links import Purpose


@announcement(opens=Purpose.FEEDBACK, choice=Choice.FEEDBACK_REQUESTS)
def feedback_reminder(event: SurveyReminded) -> list[Draft]:
    """Ask the person once more for feedback on a session."""
    return to_respondent(event, InvitationStage.REMINDED)

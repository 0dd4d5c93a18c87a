"""An application has arrived."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_applicant
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import ApplicationStage
from shared.contracts.intake import ApplicationSubmitted


@announcement()
def application_received(event: ApplicationSubmitted) -> list[Draft]:
    """Confirm to the applicant that the application has arrived."""
    return to_applicant(event, ApplicationStage.SUBMITTED)

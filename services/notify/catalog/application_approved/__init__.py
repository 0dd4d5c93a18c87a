"""An application was approved."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_applicant
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import ApplicationStage
from shared.contracts.intake import ApplicationApproved


@announcement()
def application_approved(event: ApplicationApproved) -> list[Draft]:
    """Welcome the applicant, who takes part from now on."""
    return to_applicant(event, ApplicationStage.APPROVED)

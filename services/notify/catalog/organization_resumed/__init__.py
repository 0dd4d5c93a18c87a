"""An organization goes on that was suspended."""

from services.notify.catalog.message import announcement_of_rest
from services.notify.catalog.recipients import to_admins
from services.notify.messages.model.draft import Draft
from shared.contracts.suspension import OrganizationResumed


@announcement_of_rest()
def organization_resumed(event: OrganizationResumed) -> list[Draft]:
    """Tell the admins that their organization goes on."""
    return to_admins(event)

"""An organization is suspended."""

from services.notify.catalog.message import announcement_of_rest
from services.notify.catalog.recipients import to_admins
from services.notify.messages.model.draft import Draft
from shared.contracts.suspension import OrganizationSuspended


@announcement_of_rest()
def organization_suspended(event: OrganizationSuspended) -> list[Draft]:
    """Tell the admins that their organization is suspended, why, and what that means."""
    return to_admins(event)

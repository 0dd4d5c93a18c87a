"""Somebody is invited to a role."""

from services.notify.catalog.message import announcement
from services.notify.catalog.recipients import to_person
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.progress import RoleStage
from shared.contracts.roles import PartnerAdminInvited, PersonInvited


@announcement()
def role_invited(event: PersonInvited | PartnerAdminInvited) -> list[Draft]:
    """Ask the person to take on a role, and say how to accept it."""
    path = f"role-invitations/{event.invitation_id}"
    role = event.role.value if isinstance(event, PersonInvited) else "partner_admin"
    return to_person(event, RoleStage.INVITED, times=(event.expires_at,), path=path, reason=role)

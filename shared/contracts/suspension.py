"""What intake tells of organizations that are suspended, and of those that go on."""

from enum import StrEnum

from shared.contracts.event import Event
from shared.ids import PersonId, TenantId


class SuspensionReason(StrEnum):
    """Why an organization is suspended."""

    REQUESTED = "requested"
    PAYMENT = "payment"
    SECURITY = "security"
    TERMS = "terms"
    OTHER = "other"


class OrganizationSuspended(Event, aggregate="organization", subject="organization_id", service="intake"):
    """An organization is suspended: nobody of it can sign in or ask for anything, and what it plans rests."""

    organization_id: TenantId
    """The organization."""
    reason: SuspensionReason
    """Why."""
    admins: tuple[PersonId, ...] = ()
    """Its admins, who are told."""
    change: int
    """How often it was suspended or resumed, this time included."""


class OrganizationResumed(Event, aggregate="organization", subject="organization_id", service="intake"):
    """An organization goes on where it was when it was suspended."""

    organization_id: TenantId
    """The organization."""
    admins: tuple[PersonId, ...] = ()
    """Its admins, who are told."""
    change: int
    """How often it was suspended or resumed, this time included."""

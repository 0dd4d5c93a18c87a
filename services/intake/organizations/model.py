"""An organization that has onboarded: a tenant."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.intake import OrganizationRegistered
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended, SuspensionReason
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId, TenantId


class OrganizationStatus(StrEnum):
    """The states of an organization."""

    UNREGISTERED = "unregistered"
    REGISTERED = "registered"
    SUSPENDED = "suspended"


class SlugTaken(Refusal):
    """Two organizations cannot have one slug."""


class AlreadySuspended(Refusal):
    """An organization is suspended once."""


class NotSuspended(Refusal):
    """Only an organization that is suspended can be resumed."""


class Organization(Aggregate, name="organization"):
    """A company, school, agency or community. Its id is its slug, which is also the tenant of everything it owns.

    `changes` counts how often it was suspended or resumed; there is a `reason` while it is suspended.
    """

    indexes: ClassVar = (("status",),)

    name: str = ""
    locale: str = ""
    time_zone: str = ""
    status: OrganizationStatus = OrganizationStatus.UNREGISTERED
    reason: SuspensionReason | None = None
    changes: int = 0

    def register(self, name: str, locale: str, time_zone: str) -> list[Event]:
        """Register it. The locale and the time zone are for people who state none."""
        if self.status is not OrganizationStatus.UNREGISTERED:
            raise SlugTaken(f"The slug {self.id} belongs to another organization: choose a different one.")
        self.name, self.locale, self.time_zone = name, locale, time_zone
        self.status = OrganizationStatus.REGISTERED
        return [
            OrganizationRegistered(organization_id=TenantId(self.id), name=name, locale=locale, time_zone=time_zone)
        ]

    def suspend(self, reason: SuspensionReason, admins: tuple[PersonId, ...]) -> OrganizationSuspended:
        """Suspend it; raises `AlreadySuspended`."""
        if self.status is OrganizationStatus.SUSPENDED:
            raise AlreadySuspended(f"{self.id} is suspended already, for the reason {self.reason}: resume it first.")
        self.status, self.reason, self.changes = OrganizationStatus.SUSPENDED, reason, self.changes + 1
        return OrganizationSuspended(
            organization_id=TenantId(self.id), reason=reason, admins=admins, change=self.changes
        )

    def resume(self, admins: tuple[PersonId, ...]) -> OrganizationResumed:
        """Let it go on; raises `NotSuspended`."""
        if self.status is not OrganizationStatus.SUSPENDED:
            raise NotSuspended(f"{self.id} is not suspended: nothing is left to do.")
        self.status, self.reason, self.changes = OrganizationStatus.REGISTERED, None, self.changes + 1
        return OrganizationResumed(organization_id=TenantId(self.id), admins=admins, change=self.changes)

"""An organization that has onboarded: a tenant."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.intake import OrganizationRegistered
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import TenantId


class OrganizationStatus(StrEnum):
    """The states of an organization."""

    UNREGISTERED = "unregistered"
    REGISTERED = "registered"


class SlugTaken(Refusal):
    """Two organizations cannot have one slug."""


class Organization(Aggregate, name="organization"):
    """A company, school, agency or community. Its id is its slug, which is also the tenant of everything it owns."""

    indexes: ClassVar = (("status",),)

    name: str = ""
    locale: str = ""
    time_zone: str = ""
    status: OrganizationStatus = OrganizationStatus.UNREGISTERED

    def register(self, name: str, locale: str, time_zone: str) -> list[Event]:
        """Register it. The locale and the time zone are for people who state none."""
        if self.status is not OrganizationStatus.UNREGISTERED:
            raise SlugTaken(f"The slug {self.id} belongs to another organization: choose a different one.")
        self.name, self.locale, self.time_zone = name, locale, time_zone
        self.status = OrganizationStatus.REGISTERED
        return [
            OrganizationRegistered(organization_id=TenantId(self.id), name=name, locale=locale, time_zone=time_zone)
        ]

"""An erasure: from the request until all services have confirmed that they keep nothing of the person but ids."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.departures import KEEPERS, ErasureRequested, Forgotten, PersonErased
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import PersonId

SERVICES = tuple(sorted(one.about.service for one in KEEPERS))
"""Who must have confirmed it."""


class ErasureStatus(StrEnum):
    """How far an erasure has come."""

    NOT_REQUESTED = "not_requested"
    REQUESTED = "requested"
    DONE = "done"


class Confirmation(BaseModel):
    """What a service has said: out of how many records something was taken, and how many stay, with ids only."""

    model_config = ConfigDict(frozen=True)

    changed: int
    kept: int
    at: datetime


class Erasure(Aggregate, name="erasure"):
    """That nothing is to be kept of a person, whose id it has; it stays when nothing else does."""

    requested_at: datetime | None = None
    completed_at: datetime | None = None
    confirmed: dict[str, Confirmation] = Field(default_factory=dict)

    @property
    def status(self) -> ErasureStatus:
        """How far it has come."""
        if self.completed_at is not None:
            return ErasureStatus.DONE
        return ErasureStatus.REQUESTED if self.requested_at else ErasureStatus.NOT_REQUESTED

    @property
    def awaited(self) -> list[str]:
        """The services that have not confirmed it yet."""
        return [one for one in SERVICES if one not in self.confirmed]

    def request(self, at: datetime) -> Event:
        """Ask all services for it."""
        self.requested_at = at
        return ErasureRequested(person_id=PersonId(self.id), requested_at=at)

    def confirm(self, event: Forgotten, at: datetime) -> list[Event]:
        """Note what a service has confirmed; the last one completes it. What nobody has asked for is not noted."""
        if self.requested_at is None:
            return []
        service = event.about.service
        self.confirmed = {service: Confirmation(changed=event.changed, kept=event.kept, at=at)} | self.confirmed
        if self.awaited or self.completed_at is not None:
            return []
        self.completed_at = at
        return [PersonErased(person_id=PersonId(self.id), requested_at=self.requested_at, confirmed_by=SERVICES)]

"""What moves the clock of a sandbox organization, and tells that it has moved: on a topic of its own."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.event import Event
from shared.ids import TenantId

TOPIC = "clock"
"""Where both travel. They are many, and of no use later: neither stays in a journal."""

Organization = Annotated[TenantId, Field(description="The sandbox organization whose clock it is.")]
Round = Annotated[int, Field(description="Which question this is: it rises with every one.")]


class ClockAdvanced(Event, aggregate="sandbox-clock", subject="organization_id", topic=TOPIC):
    """A sandbox organization's clock has moved, or stands: every service works off all that is due until then."""

    organization_id: Organization
    round: Round
    now: AwareDatetime
    """The time up to which everything is to happen, by the organization's clock."""
    offset_ms: int = Field(ge=0)
    """How far the organization's clock is ahead of the machines', in milliseconds."""


class ClockFollowed(Event, aggregate="clocks", subject="organization_id", topic=TOPIC):
    """A service has worked off all that it knew to be due in that round."""

    organization_id: Organization
    service: str
    """Which service has followed."""
    round: Round
    activity: int
    """How many messages the service has handled for moved times: as many as before means that nothing was under way."""
    next_due: AwareDatetime | None
    """When its next timer of the organization is due, by the organization's clock."""

"""What operators' pages read of organizations."""

from collections.abc import Sequence

from services.console.api import Shown


class Organization(Shown):
    """An organization."""

    id: str
    name: str
    status: str
    reason: str | None = None
    time_zone: str = "UTC"


class Limit(Shown):
    """How much a tenant may have of each process; None is as much as all together."""

    weight: int
    queued: int | None = None
    running: int | None = None


class Usage(Shown):
    """What a tenant has of a service."""

    tenant: str
    queued: int
    running: int
    retrying: int
    handled: int
    share: float
    limit: Limit
    is_usual: bool


class Usages(Shown):
    """What tenants have of a service."""

    items: Sequence[Usage] = ()
    handled: int = 0

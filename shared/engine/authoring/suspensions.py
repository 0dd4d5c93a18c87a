"""Which organizations are suspended, as each service keeps it: what is asked of them is refused, and timers rest."""

from typing import Annotated

from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.ports.store import Store

MOST = 10_000
"""Organizations that are suspended at once."""


class Suspension(Aggregate, name="suspensions"):
    """Whether an organization, whose id it has, is suspended, as it was after so many changes of that."""

    is_suspended: bool = False
    change: int = 0

    def note(self, event: OrganizationSuspended | OrganizationResumed) -> None:
        """Take over what an event says; one that comes late, or once more after years, says nothing any more."""
        if event.change > self.change:
            self.is_suspended, self.change = isinstance(event, OrganizationSuspended), event.change


suspensions = Handlers()
"""Every service has these, except the one that suspends: it notes that at once."""


@suspensions.on("note-suspension")
def note_suspension(
    event: OrganizationSuspended | OrganizationResumed, suspension: Annotated[Suspension, create("organization_id")]
) -> None:
    """Refuse whoever asks for the organization from now on, or no longer."""
    suspension.note(event)


async def suspended(store: Store) -> frozenset[str]:
    """Return the tenants that are suspended now; raises `StoreError`."""
    rows = await store.find(Suspension.collection, {"state.is_suspended": True}, limit=MOST)
    return frozenset(row["tenant"] for row in rows)

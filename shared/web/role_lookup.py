"""The roles of people who have too many for a token: read from the service's own copy, once for each token."""

from dataclasses import dataclass

from shared.engine.authoring.held_roles import HeldRoles
from shared.engine.authoring.reader import Reader
from shared.engine.ports.store import Store
from shared.errors import TryLater


@dataclass(slots=True, frozen=True)
class RoleLookup:
    """Looks up which roles people have, in the database of the service."""

    store: Store

    async def roles_of(self, tenant: str, person_id: str, change: int) -> frozenset[str]:
        """Return them as they were after some change of them, or a later one.

        Raises `TryLater` while that change has not come here: what was taken away before a token was issued must not
        count with it, however far behind the service is.
        """
        found = await Reader(self.store, tenant).many(HeldRoles, [person_id])
        if not found or found[0].change < change:
            raise TryLater("It is not known here yet which roles you have now: try again in a moment.")
        return frozenset(found[0].roles)

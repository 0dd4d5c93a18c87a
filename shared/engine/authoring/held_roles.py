"""Which roles people have, as each service keeps it for tokens that have no room for all of them."""

from collections.abc import Iterable
from typing import Annotated

from shared.contracts.roles import PartnerAdminGranted, PartnerAdminRevoked, RoleChange, RoleGranted, RoleRevoked
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create


class HeldRoles(Aggregate, name="held_roles"):
    """All roles of one person, whose id it has, as they were after so many changes of them."""

    roles: tuple[str, ...] = ()
    change: int = 0

    def note(self, event: RoleChange) -> None:
        """Take over what an event says; one that comes late says nothing any more."""
        if event.change > self.change:
            self.roles, self.change = event.roles, event.change


def change_roles(kept: HeldRoles, changes: Iterable[RoleChange], ctx: Context) -> None:
    """Keep what has changed here and now, and have it told to the others."""
    for change in changes:
        kept.note(change)
        ctx.emit(change)


held_roles = Handlers()
"""Every service has these, except the one that gives roles: it notes them at once."""


@held_roles.on("note-roles")
def note_roles(
    event: RoleGranted | RoleRevoked | PartnerAdminGranted | PartnerAdminRevoked,
    kept: Annotated[HeldRoles, create("person_id")],
) -> None:
    """Keep which roles the person has from now on."""
    kept.note(event)

"""What belongs to the members of a relationship."""

from shared.contracts.members import Member, people
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotAllowed
from shared.ids import PersonId, ProgramId


class OfMembers(Aggregate):
    """What belongs to the members of a relationship: of all people, only they may act on it."""

    program_id: ProgramId = ProgramId("")
    members: tuple[Member, ...] = ()

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who the members are."""
        return people(self.members)

    def check_actor(self, actor: str) -> None:
        """Let clients and operators of the tenant act for the members; raises `NotAllowed` for any other person."""
        if actor.startswith("person/") and person_of(actor) not in self.people:
            raise NotAllowed("Only the members of this relationship may do this.")


def person_of(actor: str) -> PersonId:
    """The person who acts; no id of anybody for a client, an operator or a service."""
    kind, _, id = actor.partition("/")
    return PersonId(id if kind == "person" else "")

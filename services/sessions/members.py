"""What belongs to the members of a relationship."""

from shared.contracts.members import Member, people
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import PersonId, ProgramId


class OfMembers(Aggregate):
    """What belongs to the members of a relationship."""

    program_id: ProgramId = ProgramId("")
    members: tuple[Member, ...] = ()

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who the members are."""
        return people(self.members)


def person_of(actor: str) -> PersonId:
    """The person who acts; no id of anybody for a client, an operator or a service."""
    kind, _, id = actor.partition("/")
    return PersonId(id if kind == "person" else "")

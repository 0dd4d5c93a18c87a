"""The slot of a person in a program and role: room for one live application."""

from shared.contracts.intake import Role
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal


class AlreadyApplied(Refusal):
    """A person has one live application per program and role: `application_id`."""


class ParticipantSlot(Aggregate, name="participant_slot"):
    """The slot of a person in a program and role: occupied by at most one live application.

    `application_id` is the latest one, live while the slot `is_occupied`.
    """

    application_id: str | None = None
    is_occupied: bool = False

    @staticmethod
    def key(program_id: str, person_id: str, role: Role) -> str:
        """The id of the slot."""
        return f"{program_id}/{person_id}/{role}"

    def occupy(self, application_id: str) -> None:
        """Occupy the slot with an application; raises `AlreadyApplied`."""
        if self.is_occupied:
            detail = "This person has a live application for that role in the program: withdraw it first."
            raise AlreadyApplied(detail, application_id=self.application_id)
        self.application_id, self.is_occupied = application_id, True

    def free(self) -> None:
        """Free the slot for another application."""
        self.is_occupied = False

"""The one place that a person has in a program and role."""

from shared.contracts.intake import Role
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal


class AlreadyApplied(Refusal):
    """One live application per person, program and role. `application_id` is the live one."""


class ParticipantSlot(Aggregate, name="participant_slot"):
    """The one place that a person has in a program and role: held by at most one live application.

    `application_id` is the latest one, live while the place `is_held`.
    """

    application_id: str | None = None
    is_held: bool = False

    @staticmethod
    def key(program_id: str, person_id: str, role: Role) -> str:
        """The id of the place."""
        return f"{program_id}/{person_id}/{role}"

    def take(self, application_id: str) -> None:
        """Hold the place for an application."""
        if self.is_held:
            detail = "This person has a live application for that role in the program: withdraw it first."
            raise AlreadyApplied(detail, application_id=self.application_id)
        self.application_id, self.is_held = application_id, True

    def free(self) -> None:
        """Let another application have the place."""
        self.is_held = False

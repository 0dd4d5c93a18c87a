"""How a command names two people."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.engine.authoring.command import Command
from shared.ids import ApplicationId, ProgramId

Application = Annotated[ApplicationId, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class Pair(Command):
    """A mentor and a mentee of a program, by their applications to it."""

    program_id: ProgramId
    mentor_application_id: Application = Field(description="The mentor's application to the program")
    mentee_application_id: Application = Field(description="The mentee's application to the program")

    @property
    def applications(self) -> tuple[ApplicationId, ApplicationId]:
        """In the order of the roles."""
        return self.mentor_application_id, self.mentee_application_id

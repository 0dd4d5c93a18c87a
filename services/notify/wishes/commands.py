"""What may be asked of letters that nobody needs to get: to stop them, and to get them again."""

from typing import Annotated

from services.notify.wishes.model import Wishes, choice_of
from services.notify.wishes.readers import OWN
from shared.engine.authoring.command import Command
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.ids import PersonId

commands = Handlers()


class StopLetters(Command):
    """Get letters of one kind no longer."""

    person_id: PersonId
    choice: str


class ResumeLetters(Command):
    """Get letters of one kind again."""

    person_id: PersonId
    choice: str


@commands.post("/people/{person_id}/letters/{choice}/stop", allow=OWN)
def stop_letters(command: StopLetters, wishes: Annotated[Wishes, create("person_id")]) -> None:
    """Send somebody letters of one kind no longer; those that are on their way are not sent either."""
    wishes.stop(choice_of(command.choice))


@commands.post("/people/{person_id}/letters/{choice}/resume", allow=OWN)
def resume_letters(command: ResumeLetters, wishes: Annotated[Wishes, create("person_id")]) -> None:
    """Send somebody letters of one kind again."""
    wishes.resume(choice_of(command.choice))

"""Has commands held, and taken back. Only the console's own pages ask for it."""

from typing import Annotated

from services.console.held.model import HELD_FOR, HeldCommand
from services.console.held.reactions import SendNow
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import PersonId
from shared.sealing import SealedSecret

commands = Handlers()


class HoldCommand(Command):
    """Somebody asks for what can be taken back."""

    held_id: str
    person_id: PersonId
    saying: str
    about: str
    sealed: SealedSecret


class TakeBack(Command):
    """Somebody takes back what they have asked for."""

    held_id: str


class DismissHeld(Command):
    """Somebody has read why it was not done."""

    held_id: str


@commands.post("")
def hold_command(command: HoldCommand, held: Annotated[HeldCommand, create("held_id")], ctx: Context) -> None:
    """Hold a command, once however often its form is sent."""
    if not held.is_new:
        return
    held.person_id, held.saying, held.about = command.person_id, command.saying, command.about
    held.sealed, held.due_at, held.is_shown = command.sealed, ctx.now + HELD_FOR, True
    ctx.at(held.due_at, SendNow(held_id=held.id), id=f"send/{held.id}")


@commands.post("")
def take_back(_: TakeBack, held: Annotated[HeldCommand, require("held_id")], ctx: Context) -> None:
    """Take a command back: nothing is sent."""
    held.take_back(by=ctx.actor)
    ctx.cancel(f"send/{held.id}")


@commands.post("")
def dismiss_held(_: DismissHeld, held: Annotated[HeldCommand, require("held_id")], ctx: Context) -> None:
    """Show no more why a command was not done."""
    held.dismiss(by=ctx.actor)

"""Sends what is held when its time has come: with the token of whoever has asked, so by the right that they have."""

from datetime import timedelta
from typing import Annotated

from services.console.api import Api, ServiceAway, ServiceProblem, client
from services.console.frame.texts import msgid
from services.console.held.model import HeldCommand
from services.console.held.sealing import opened, sealer
from services.console.settings import ConsoleSettings
from shared.engine.authoring.aggregate import Effect, EffectFailed, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import require

reactions = Handlers()

TOO_LATE = msgid(
    "It could not be sent in time with your right to ask for it. Nothing was done: do it again, if you may."
)


class SendNow(Timer):
    """The time is over in which a command can be taken back."""

    held_id: str


class SendHeld(Effect):
    """Have a service do what was held."""

    held_id: str


class HeldSent(Outcome):
    """The service has done it, or says why not."""

    held_id: str
    problem: str = ""


@reactions.on("send-held-command")
def send_held_command(timer: SendNow, held: Annotated[HeldCommand, require("held_id")], ctx: Context) -> None:
    """Have it sent, unless it was taken back."""
    if held.begin():
        ctx.perform(SendHeld(held_id=timer.held_id), id=timer.held_id)


@reactions.performs(attempts=6, timeout=timedelta(seconds=20), longest_pause=timedelta(seconds=10))
async def send_held(effect: SendHeld, work: Work) -> HeldSent:
    """Ask the service for it; while it does not answer it is asked again, and does it once."""
    held = await work.reader.get(HeldCommand, effect.held_id)
    settings = ConsoleSettings.load()
    found = opened(sealer(settings), held)
    if found is None:
        return HeldSent(held_id=held.id, problem=TOO_LATE)
    async with client() as http:
        try:
            await Api(http, settings).known_as(found.token).do(found.service, found.path, found.body, held.id)
        except ServiceAway:
            raise
        except ServiceProblem as problem:
            return HeldSent(held_id=held.id, problem=TOO_LATE if problem.status_code == 401 else str(problem.detail))
    return HeldSent(held_id=held.id)


@reactions.on("note-held-command-sent")
def note_held_command_sent(sent: HeldSent, held: Annotated[HeldCommand, require("held_id")]) -> None:
    """Note what has become of it."""
    held.end(sent.problem)


@reactions.on("give-held-command-up")
def give_held_command_up(_: EffectFailed, held: Annotated[HeldCommand, require("key")]) -> None:
    """Give up what could not be sent."""
    held.end(TOO_LATE)

"""Errands: effects that take their time. One tenant has many, another has one, which is not to wait for them."""

import asyncio
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel

from shared.engine.authoring.aggregate import Aggregate, Effect
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import create
from tests.simulation.ledger.outside import Outside


class Errands(Aggregate, name="errands"):
    """How many somebody has asked for."""

    count: int = 0


class RunErrands(BaseModel):
    """Have so many errands run, each of which takes so many seconds."""

    errands_id: str
    count: int
    seconds: float


class Errand(Effect):
    """One of them."""

    seconds: float


def errands(outside: Outside) -> Handlers:
    """Who asks for errands, and who runs them."""
    handlers = Handlers()

    @handlers.post("/errands")
    def ask(command: RunErrands, errands: Annotated[Errands, create("errands_id")], ctx: Context) -> None:
        errands.count += command.count
        for number in range(command.count):
            ctx.perform(Errand(seconds=command.seconds), id=f"errand/{number}")

    @handlers.performs(timeout=timedelta(seconds=20))
    async def run(effect: Errand, work: Work) -> None:
        outside.begun[work.tenant] = asyncio.get_running_loop().time()
        await asyncio.sleep(effect.seconds)

    return handlers

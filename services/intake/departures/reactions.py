"""Follows what the other services confirm of an erasure, and lets the card go behind the last of them."""

from typing import Annotated

from services.intake.departures.model import Erasure
from services.intake.people.model import Person
from shared.contracts.departures import (
    ForgottenByEvaluation,
    ForgottenByMatching,
    ForgottenByNotify,
    ForgottenBySessions,
)
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional

reactions = Handlers()


class UnderWay(Bundle):
    """An erasure, if it was asked for, and whose."""

    erasure: Annotated[Erasure, create("person_id")]
    person: Annotated[Person | None, optional("person_id")]


@reactions.on("confirm-erasure")
def confirm_erasure(
    event: ForgottenByMatching | ForgottenBySessions | ForgottenByEvaluation | ForgottenByNotify,
    under_way: UnderWay,
    ctx: Context,
) -> None:
    """Note what a service has confirmed; behind the last one the card is empty, and leaves the people topic."""
    completed = under_way.erasure.confirm(event, at=ctx.now)
    ctx.emit(*completed)
    if completed and under_way.person is not None:
        under_way.person.erase()

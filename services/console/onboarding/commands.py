"""Hides what a newcomer is shown first, and shows it again. Only the console's own pages ask for it."""

from typing import Annotated

from services.console.onboarding.model import Tour
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.ids import PersonId

commands = Handlers()


class HideTour(Command):
    """Somebody has seen enough of what to try first."""

    person_id: PersonId


class ShowTour(Command):
    """Somebody wants to see it again."""

    person_id: PersonId


@commands.post("")
def hide_tour(_: HideTour, tour: Annotated[Tour, create("person_id")], ctx: Context) -> None:
    """Hide it, until they ask for it."""
    tour.hidden_at = tour.hidden_at or ctx.now


@commands.post("")
def show_tour(_: ShowTour, tour: Annotated[Tour, create("person_id")]) -> None:
    """Show it again."""
    tour.hidden_at = None

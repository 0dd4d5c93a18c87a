"""Following the services: what any of them tells becomes the latest of what it is about."""

from typing import Annotated

from services.console.live.model import Latest
from services.console.live.signals import SIGNAL_OF, TOLD, people_of, place_of
from shared.contracts.event import Event
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

reactions = Handlers()


def row_of(event: Event) -> str:
    """Return the id of the row of what an event is about."""
    return Latest.key(event.about.aggregate, event.subject_id)


def note_latest(event: Event, latest: Annotated[Latest, create(row_of)], ctx: Context) -> None:
    """Note what was told, and whom it concerns."""
    latest.signal, latest.people = SIGNAL_OF[type(event)], people_of(event)
    latest.program_id = str(getattr(event, "program_id", None) or "")
    latest.waits_in = place_of(event, latest.waits_in)
    latest.sequence, latest.at = max(ctx.sequence, latest.sequence), ctx.occurred_at


note_latest.__annotations__["event"] = TOLD
reactions.on("note-latest")(note_latest)

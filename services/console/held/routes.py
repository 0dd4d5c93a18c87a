"""Taking back what is held, and putting away what is said of it."""

from starlette.responses import Response

from services.console.frame.capabilities import Capability
from services.console.frame.page import CurrentPage
from services.console.held.commands import DismissHeld, TakeBack
from shared.engine.authoring.grants import PERSON
from shared.web.commands import SendCommand
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))


@routes.post("/held/{held_id}/undo")
async def take_back(held_id: str, page: CurrentPage, send: SendCommand) -> Response:
    """Take a command back, and go on where one was."""
    await send(TakeBack(held_id=held_id), page.caller)
    return page.go(page.came_from)


@routes.post("/held/{held_id}/dismiss")
async def dismiss(held_id: str, page: CurrentPage, send: SendCommand) -> Response:
    """Show no more why a command was not done."""
    await send(DismissHeld(held_id=held_id), page.caller)
    return page.go(page.came_from)


held = Capability(routes)
